"""Words themselves: keyword in context, collocations, phrase and lemma patterns, words that codings
leave out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
MEASURES = ("likelihood_ratio", "pmi", "raw_freq", "student_t", "chi_sq")


def concordance(
    documents: Mapping[str, Transcript],
    word: str,
    *,
    width: int = 40,
    regex: bool = False,
    case: bool = False,
) -> pd.DataFrame:
    """Keyword in context: every place of a word with what stands around it.

    Parameters
    ----------
    documents : mapping of id to Transcript
    word : str
        A word or words, as whole words; ``*`` stands for letters at an end (``veget*``).
    width : int
        Characters of context on each side.
    regex : bool
        Whether `word` is a regular expression.
    case : bool
        Whether capitals matter.

    Returns
    -------
    pandas.DataFrame
        ``document, turn, said_by, start, end, before, word, after``, by document and place. Line ends
        show as spaces.

    Raises
    ------
    InputError
        When the expression is none, or matches the empty text.
    """
    import numpy as np
    import pandas as pd

    finder, lower = _finder(word, regex, case)
    columns: dict[str, list[Any]] = {name: [] for name in ("document", "said_by", "before", "word", "after")}
    numbers: dict[str, list[Any]] = {name: [np.zeros(0, np.int64)] for name in ("turn", "start", "end")}
    for name in sorted(documents):
        text, own = documents[name].text, documents[name].turns
        small = text.lower() if lower else ""
        if lower and len(small) == len(text) and not any(odd in text for odd in "ſıİ"):
            spans = [match.span() for match in lower.finditer(small)]
        else:
            spans = [match.span() for match in finder.finditer(text)]
        if not spans:
            continue
        start, end = np.array(spans, dtype=np.int64).T
        turn = np.searchsorted([one.start for one in own], start, side="right")
        turn[start >= np.array([-1, *(one.end for one in own)])[turn]] = 0
        said = ["", *(one.speaker for one in own)]
        for column, found in (("turn", turn), ("start", start), ("end", end)):
            numbers[column].append(found)
        flat = text.replace("\n", " ")
        columns["document"] += [name] * len(spans)
        columns["said_by"] += [said[number] for number in turn.tolist()]
        columns["before"] += [flat[max(0, first - width) : first] for first, _ in spans]
        columns["word"] += [flat[first:last] for first, last in spans]
        columns["after"] += [flat[last : last + width] for _, last in spans]
    frame = pd.DataFrame(columns | {name: np.concatenate(parts) for name, parts in numbers.items()})
    return frame[["document", "turn", "said_by", "start", "end", "before", "word", "after"]]


def _finder(word: str, regex: bool, case: bool) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """What finds the word, and what finds it quicker in a text in small letters; None where it may differ.

    A pattern that begins with plain letters is looked for by them, much quicker than letter by letter: so
    the look at what stands before the word comes after it.
    """
    inner = word if regex else re.escape(word.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    try:
        finder = re.compile(inner if regex else rf"(?<!\w){inner}(?!\w)", 0 if case else re.IGNORECASE)
        empty = not word.strip() or finder.fullmatch("") is not None
    except re.error as error:
        problem = Problem(f"pattern {word!r}", f"{error}.", "Correct the expression.")
        raise InputError("The words cannot be searched for.", [problem]) from error
    if empty:
        raise InputError(
            "The words cannot be searched for.", [Problem(f"pattern {word!r}", "it finds nothing or all.")]
        )
    first = re.match(r"[a-zà-öø-þ]+", word.strip().lower())
    if regex or case or first is None or len(word.lower()) != len(word) or not _PLAIN.fullmatch(word):
        return finder, None
    rest = inner.lower()[first.end() :]
    return finder, re.compile(rf"{first[0]}(?<!\w{first[0]}){rest}(?!\w)")


_PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-Þà-öø-þ *'’-]+")


def collocations(
    texts: Iterable[str],
    *,
    window: int = 5,
    least: int = 3,
    measure: str = "likelihood_ratio",
    without: Iterable[str] = (),
    of: str = "",
    most: int = 50,
) -> pd.DataFrame:
    """Words that stand near each other more often than by chance (NLTK's measures).

    Parameters
    ----------
    texts : iterable of str
        Pairs do not cross from one to the next; give turns.
    window : int
        Words within which a pair must stand; 2 for neighbours.
    least : int
        Fewest occurrences of a pair.
    measure : {'likelihood_ratio', 'pmi', 'raw_freq', 'student_t', 'chi_sq'}
    without : iterable of str
        Words to leave out, such as `function_words`; left out before pairs are counted.
    of : str
        Only pairs with this word.
    most : int

    Returns
    -------
    pandas.DataFrame
        ``first, second, count, score``; highest score first, then by words. ``count`` weighs a pair once
        for each window position it shares.
    """
    import pandas as pd
    from nltk.collocations import BigramCollocationFinder
    from nltk.metrics import BigramAssocMeasures

    if measure not in MEASURES:
        raise InputError(
            "Collocations cannot be counted.",
            [Problem(f"measure {measure!r}", "it is not known.", f"One of {', '.join(MEASURES)}.")],
        )
    left = frozenset(without)
    parts = [[word for word in tokens(text) if word not in left] for text in texts]
    finder = BigramCollocationFinder.from_documents([part for part in parts if len(part) > 1])
    if window > 2:
        pairs, single = Counter(), Counter()  # type: Counter[tuple[str, str]], Counter[str]
        for part in parts:
            for place, word in enumerate(part):
                single[word] += 1
                for other in part[place + 1 : place + window]:
                    pairs[word, other] += 1
        from nltk.probability import FreqDist

        finder = BigramCollocationFinder(FreqDist(single), FreqDist(pairs), window)
    finder.apply_freq_filter(least)
    scored = finder.score_ngrams(getattr(BigramAssocMeasures, measure))
    rows = [
        (first, second, int(finder.ngram_fd[first, second]), float(score))
        for (first, second), score in scored
        if not of or of.casefold() in (first, second)
    ]
    rows.sort(key=lambda row: (-round(row[3], 9), row[0], row[1]))
    return pd.DataFrame(rows[:most], columns=["first", "second", "count", "score"])


def tokens(text: str) -> list[str]:
    """The words of a text in small letters: runs of letters, with apostrophes inside.

    Examples
    --------
    >>> tokens("It’s 17:30 — isn't it?")
    ['it’s', "isn't", 'it']
    """
    return [match[0].casefold() for match in _WORD.finditer(text)]


def function_words(language: str = "en") -> frozenset[str]:
    """Words that carry little by themselves, from spaCy's list for a language; empty where it has none."""
    import importlib

    try:
        module = importlib.import_module(f"spacy.lang.{language}.stop_words")
    except ImportError:
        return frozenset()
    plain = {word.casefold() for word in module.STOP_WORDS}
    short = {
        "i'm",
        "it's",
        "don't",
        "that's",
        "i've",
        "didn't",
        "you're",
        "there's",
        "i'd",
        "can't",
        "wasn't",
    }
    both = plain | (short if language == "en" else set())
    return frozenset(both | {word.replace("'", "’") for word in both})


def patterns(
    documents: Mapping[str, Transcript], wanted: Sequence[str], model: Any = None, language: str = "en"
) -> pd.DataFrame:
    """Places where a pattern of words stands, by spaCy's matcher.

    Parameters
    ----------
    documents : mapping of id to Transcript
    wanted : sequence of str
        Each a row of words: ``compare`` (that lemma, if a model is given, else the word), ``"compare"``
        in quotation marks (that form), ``ADJ`` (a part of speech; needs a model), ``*`` (any one word),
        ``not?`` (the word, or nothing). ``|`` joins alternatives of one place: ``read|study food``.
    model : spaCy model, optional
        For lemmas and parts of speech; without one, words are compared as they stand.
    language : str

    Returns
    -------
    pandas.DataFrame
        ``document, turn, said_by, start, end, pattern, words``; the longest match where several begin at
        one place.

    Raises
    ------
    InputError
        When a pattern is empty or needs a model that is not given.
    """
    import pandas as pd
    import spacy
    from spacy.matcher import Matcher

    nlp = model if model is not None else spacy.blank(language)
    matcher = Matcher(nlp.vocab)
    problems = []
    for number, pattern in enumerate(wanted):
        try:
            matcher.add(str(number), [_places(pattern, model is not None)], greedy="LONGEST")
        except ValueError as error:
            problems.append(
                Problem(f"pattern {pattern!r}", str(error), "See casestudy.coding.words.patterns.")
            )
    if problems:
        raise InputError("The patterns cannot be searched for.", problems)
    rows = []
    names = sorted(documents)
    nlp.max_length = max([nlp.max_length, *(len(documents[name].text) + 1 for name in names)])
    for name, parsed in zip(names, nlp.pipe(documents[name].text for name in names), strict=True):
        for key, first, last in matcher(parsed):
            span = parsed[first:last]
            turn = documents[name].turn_at(span.start_char)
            speaker = (turn.number, turn.speaker) if turn else (0, "")
            pattern = wanted[int(nlp.vocab.strings[key])]
            rows.append((name, *speaker, span.start_char, span.end_char, pattern, span.text))
    rows.sort(key=lambda row: (row[0], row[3], row[4], row[5]))
    return pd.DataFrame(rows, columns=["document", "turn", "said_by", "start", "end", "pattern", "words"])


_PARTS = [
    "ADJ",
    "ADP",
    "ADV",
    "AUX",
    "CCONJ",
    "DET",
    "INTJ",
    "NOUN",
    "NUM",
    "PART",
    "PRON",
    "PROPN",
    "PUNCT",
    "SCONJ",
    "SYM",
    "VERB",
]


def _places(pattern: str, model: bool) -> list[dict[str, Any]]:
    words = pattern.split()
    if not words:
        raise ValueError("it is empty.")
    places: list[dict[str, Any]] = []
    for word in words:
        optional = word.endswith("?") and len(word) > 1
        core = word.removesuffix("?") if optional else word
        choices = core.split("|")
        place: dict[str, Any]
        if core == "*":
            place = {}
        elif core in _PARTS:
            if not model:
                raise ValueError(f"{core} needs a language model.")
            place = {"POS": core}
        elif all(choice.startswith('"') and choice.endswith('"') for choice in choices) or not model:
            place = {"LOWER": {"IN": [choice.strip('"').lower() for choice in choices]}}
        else:
            place = {"LEMMA": {"IN": [form for choice in choices for form in (choice, choice.lower())]}}
        places.append({**place, "OP": "?"} if optional else place)
    if all(place.get("OP") for place in places):
        raise ValueError("every word of it may be left out.")
    return places


def uncoded(
    documents: Mapping[str, Transcript],
    frame: pd.DataFrame,
    *,
    without: Iterable[str] = (),
    least: int = 3,
) -> pd.DataFrame:
    """Words that many people say and no coding covers: where the codebook may be blind.

    Parameters
    ----------
    documents : mapping of id to Transcript
    frame : pandas.DataFrame
        From `casestudy.coding.table.table`; documents without a coding are left out.
    without : iterable of str
    least : int
        Fewest documents in which a word stands.

    Returns
    -------
    pandas.DataFrame
        ``word, documents, times, uncovered`` (share of its places outside any coding); most uncovered
        places first.
    """
    import pandas as pd

    from casestudy.coding.spans import union

    left = frozenset(without)
    times: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    where: dict[str, set[str]] = {}
    placed = frame[frame["placed"]]
    for name, part in placed.groupby("document", sort=True):
        document = documents[str(name)]
        spans = union(list(zip(part["start"], part["end"], strict=True)))
        covered = bytearray(len(document.text))
        for start, end in spans:
            covered[start:end] = b"\1" * (end - start)
        for turn in document.own_turns:
            for match in _WORD.finditer(document.text, turn.speech, turn.end):
                word = match[0].casefold()
                if word in left or len(word) < 3:
                    continue
                times[word] += 1
                outside[word] += not covered[match.start()]
                where.setdefault(word, set()).add(str(name))
    rows = [
        (word, len(where[word]), times[word], outside[word] / times[word])
        for word in times
        if len(where[word]) >= least
    ]
    rows.sort(key=lambda row: (-outside[row[0]], row[0]))
    return pd.DataFrame(rows, columns=["word", "documents", "times", "uncovered"])
