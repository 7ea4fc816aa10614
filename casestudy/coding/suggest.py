"""Suggestions of codes for sentences, from rules of the codebook and from the study's own codings.

Nothing here writes a coding. A suggestion says what it rests on; a person accepts or rejects it, and the
record keeps both: ``suggested by …, accepted by …``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.coding.codebook import Codebook
from casestudy.coding.codings import Record, Work, record
from casestudy.coding.table import INTERVIEWERS
from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")


@dataclass(frozen=True)
class Unit:
    """A sentence that a participant says."""

    document: str
    turn: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Suggestion:
    """A code for a sentence, and why.

    Attributes
    ----------
    unit : Unit
    code : str
    by : str
        ``rule`` or ``model``.
    score : float
        The model's calibrated probability; 1 for a rule.
    words : tuple of str
        What the rule matched, or the words that speak most for the code.
    nearest : tuple of str
        Quotes that bear the code and are most like the sentence.
    """

    unit: Unit
    code: str
    by: str
    score: float
    words: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def units(documents: Mapping[str, Transcript], names: Iterable[str] = ()) -> list[Unit]:
    """The sentences of participants, in order.

    Examples
    --------
    >>> from casestudy.transcripts.transcript import from_text
    >>> document = from_text("INTERVIEWER: Well?\\n\\nAino: I do. Every day!", "t")
    >>> [unit.text for unit in units({"t": document})]
    ['I do.', 'Every day!']
    """
    found = []
    for name in sorted(names) or sorted(documents):
        document = documents[name]
        for turn in document.turns:
            if turn.speaker.casefold() in INTERVIEWERS:
                continue
            for start, end in _sentences(document.text, turn.speech, turn.end):
                found.append(Unit(name, turn.number, start, end, document.text[start:end]))
    return found


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    reached = start
    for match in _END.finditer(text, start, end):
        if text[reached : match.start()].strip():
            yield reached, match.start() + len(match[0].rstrip())
        reached = match.end()
    if text[reached:end].strip():
        yield reached, end


def by_rules(sentences: Sequence[Unit], book: Codebook, model: Any = None) -> list[Suggestion]:
    """What the rules of the codebook suggest; their form is that of `casestudy.coding.words.patterns`.

    Raises
    ------
    InputError
        When a rule cannot be understood.
    """
    from casestudy.coding.words import patterns

    by_rule: dict[str, list[str]] = {}
    for code in book.in_use():
        for rule in code.rules:
            by_rule.setdefault(rule, []).append(code.id)
    if not by_rule or not sentences:
        return []
    texts = {f"{number:07}": Transcript(f"{number:07}", unit.text) for number, unit in enumerate(sentences)}
    hits = patterns(texts, sorted(by_rule), model)
    found: dict[tuple[int, str], list[str]] = {}
    for row in hits.to_dict("records"):
        for name in by_rule[row["pattern"]]:
            found.setdefault((int(row["document"]), name), []).append(row["words"])
    return [
        Suggestion(sentences[number], code, "rule", 1.0, tuple(dict.fromkeys(said)))
        for (number, code), said in sorted(found.items())
    ]


def bearing(sentences: Sequence[Unit], frame: pd.DataFrame, codes: Sequence[str]) -> Any:
    """Which sentences bear which codes: bool, sentences × codes.

    A sentence bears a code when a coding covers half of it, or lies with half of itself in it.
    """
    import numpy as np

    there = np.zeros((len(sentences), len(codes)), dtype=bool)
    places: dict[str, list[int]] = {}
    for number, unit in enumerate(sentences):
        places.setdefault(unit.document, []).append(number)
    column = {code: number for number, code in enumerate(codes)}
    inside = frame[frame["placed"] & frame["code"].isin(column)]
    for name, part in inside.groupby("document"):
        own = np.array(places.get(str(name), []), dtype=int)
        if not len(own):
            continue
        begin = np.array([sentences[number].start for number in own])
        end = np.array([sentences[number].end for number in own])
        for start, stop, code in zip(part["start"], part["end"], part["code"], strict=True):
            shared = np.minimum(end, stop) - np.maximum(begin, start)
            there[own[shared * 2 >= np.minimum(end - begin, stop - start)], column[code]] = True
    return there


@dataclass(frozen=True)
class Learnt:
    """What was learnt of the study's codings: one logistic regression a code over TF-IDF, calibrated."""

    sentences: tuple[Unit, ...]
    codes: tuple[str, ...]
    there: Any
    vectorizer: Any
    matrix: Any
    weights: Any
    intercepts: Any
    calibration: tuple[tuple[float, float], ...]


def _vectorizer() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        token_pattern=r"[^\W\d_]+(?:['’][^\W\d_]+)*", ngram_range=(1, 2), min_df=2, sublinear_tf=True
    )


def _fit(matrix: Any, answers: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=4.0, class_weight="balanced", solver="liblinear", random_state=0).fit(
        matrix, answers
    )


def learnable(there: Any, groups: Any, least: int = 3) -> Any:
    """Which codes at least so many people speak of, and not everyone everywhere: only these can be learnt."""
    import numpy as np

    people = np.array([len(set(groups[there[:, column]])) for column in range(there.shape[1])], dtype=int)
    return (people >= least) & ~there.all(axis=0)


def out_of_fold(sentences: Sequence[Unit], there: Any, groups: Any, folds: int = 5) -> Any:
    """Scores of each sentence by models that have not seen its participant; NaN where none could be made.

    Parameters
    ----------
    sentences : sequence of Unit
    there : bool array, sentences × codes
    groups : array of str
        The participant (or document) of each sentence.
    folds : int

    Returns
    -------
    float array, sentences × codes
        Log odds, not calibrated.
    """
    import numpy as np
    from sklearn.model_selection import GroupKFold

    texts = [unit.text for unit in sentences]
    scores = np.full(there.shape, np.nan)
    count = min(folds, len(set(groups)))
    if count < 2:
        return scores
    for train, test in GroupKFold(count).split(texts, groups=groups):
        vectorizer = _vectorizer()
        try:
            known = vectorizer.fit_transform([texts[number] for number in train])
        except ValueError:  # no word occurs twice
            continue
        asked = vectorizer.transform([texts[number] for number in test])
        for column in range(there.shape[1]):
            answers = there[train, column]
            if answers.any() and not answers.all():
                scores[test, column] = _fit(known, answers).decision_function(asked)
    return scores


def learn(sentences: Sequence[Unit], frame: pd.DataFrame, codes: Sequence[str], least: int = 3) -> Learnt:
    """Learn from the codings that there are.

    Parameters
    ----------
    sentences : sequence of Unit
        Of documents that were coded.
    frame : pandas.DataFrame
        Their codings, from `casestudy.coding.table.table`.
    codes : sequence of str
        Those that fewer than `least` participants speak of are left out: too little to learn from.

    Raises
    ------
    InputError
        When no code can be learnt.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    there = bearing(sentences, frame, codes)
    groups = np.array([unit.document for unit in sentences])
    keep = learnable(there, groups, least) if len(sentences) else np.zeros(len(codes), dtype=bool)
    if not keep.any():
        found = f"no code is spoken of by {least} participants or more."
        raise InputError(
            "Nothing can be learnt yet.", [Problem("codings", found, "Code more interviews first.")]
        )
    there, chosen = there[:, keep], [code for code, kept in zip(codes, keep, strict=True) if kept]
    scores = out_of_fold(sentences, there, groups)
    calibration = []
    for column in range(len(chosen)):
        seen = ~np.isnan(scores[:, column])
        answers = there[seen, column]
        if answers.any() and not answers.all():
            plain = LogisticRegression(C=1e6).fit(scores[seen, column][:, None], answers)
            calibration.append((float(plain.coef_[0, 0]), float(plain.intercept_[0])))
        else:
            calibration.append((float("nan"), float("nan")))
    vectorizer = _vectorizer()
    matrix = vectorizer.fit_transform([unit.text for unit in sentences])
    models = [_fit(matrix, there[:, column]) for column in range(len(chosen))]
    weights = np.vstack([model.coef_[0] for model in models])
    intercepts = np.array([model.intercept_[0] for model in models])
    return Learnt(
        tuple(sentences), tuple(chosen), there, vectorizer, matrix, weights, intercepts, tuple(calibration)
    )


def by_model(
    learnt: Learnt, sentences: Sequence[Unit], *, most: int = 3, least: float = 0.2
) -> list[Suggestion]:
    """The likeliest codes of each sentence, with the words and coded quotes that speak for them.

    Parameters
    ----------
    learnt : Learnt
    sentences : sequence of Unit
    most : int
        Codes a sentence at most.
    least : float
        Smallest calibrated probability.
    """
    import numpy as np

    if not sentences:
        return []
    asked = learnt.vectorizer.transform([unit.text for unit in sentences])
    raw = asked @ learnt.weights.T + learnt.intercepts
    slopes, shifts = np.array(learnt.calibration).T
    chances = 1 / (1 + np.exp(-(raw * slopes + shifts)))
    names = learnt.vectorizer.get_feature_names_out()
    alike = (asked @ learnt.matrix.T).tocsr()
    found = []
    for number, unit in enumerate(sentences):
        order = sorted(
            range(len(learnt.codes)), key=lambda column: (-_rounded(chances[number, column]), column)
        )
        row = asked[number]
        near = alike[number]
        for column in order[:most]:
            chance = float(chances[number, column])
            if not chance >= least:
                continue
            said = sorted(
                (
                    (value * learnt.weights[column, word], names[word])
                    for word, value in zip(row.indices, row.data, strict=True)
                ),
                key=lambda one: (-round(one[0], 9), one[1]),
            )
            quotes = sorted(
                (
                    (value, learnt.sentences[other])
                    for other, value in zip(near.indices, near.data, strict=True)
                    if learnt.there[other, column] and _place(learnt.sentences[other]) != _place(unit)
                ),
                key=lambda one: (-round(one[0], 9), _place(one[1])),
            )
            words = tuple(word for gain, word in said if gain > 0)[:5]
            nearest = tuple(f"{one.document}: {one.text}" for _, one in quotes[:2])
            found.append(Suggestion(unit, learnt.codes[column], "model", chance, words, nearest))
    return found


def _rounded(value: float) -> float:
    return round(value, 9) if value == value else -1.0


def _place(unit: Unit) -> tuple[str, int]:
    return unit.document, unit.start


def fresh(suggestions: Iterable[Suggestion], work: Work) -> list[Suggestion]:
    """Suggestions that the coder has neither made nor rejected: no record of that code touches the "
    "sentence."""
    spans = [(one.code, one.start, one.end) for one in work.records if one.action != "delete"]
    return [
        one
        for one in suggestions
        if one.unit.document != work.document
        or not any(
            code == one.code and start < one.unit.end and one.unit.start < end for code, start, end in spans
        )
    ]


def decided(
    suggestion: Suggestion, accepted: bool, who: str, work: Work, mark: str, when: str = ""
) -> list[Record]:
    """The records of a person's decision: a coding; or, for a rejection, a coding and its removal.

    Raises
    ------
    InputError
        When nobody decided: a suggestion is never accepted silently.
    """
    if not who.strip():
        raise InputError("Nothing was written.", [Problem("who", "nobody is named.", "Say who decided.")])
    reason = ", ".join(suggestion.words[:3])
    source = f"suggested by {suggestion.by} ({suggestion.score:.2f}: {reason})"
    unit = suggestion.unit
    verb = "accepted" if accepted else "rejected"
    place = f"{work.coder}/{work.document}"
    first = record(
        "add",
        place=place,
        code=suggestion.code,
        start=unit.start,
        end=unit.end,
        quote=unit.text,
        attributes={},
        memo="",
        when=when,
        text=mark,
        by=f"{source}, {verb} by {who.strip()}",
    )
    if accepted:
        return [first]
    return [first, record("delete", [first.id], place=place, memo=f"rejected by {who.strip()}", when=when)]
