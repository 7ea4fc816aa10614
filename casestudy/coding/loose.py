"""Talk that nobody coded: sentences without a coding, and which of them rules or likeness to codings find."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from casestudy.codebook.selection import Pick
from casestudy.coding import units
from casestudy.coding.material import Material
from casestudy.coding.units import Unit
from casestudy.coding.words import patterns
from casestudy.transcripts.transcript import Transcript


def sentences(found: Material, least: int = 5) -> list[Unit]:
    """Sentences of participants with at least `least` words that no coding touches."""
    spans: dict[str, list[tuple[int, int]]] = {}
    places = found.words[["document", "start", "end"]]
    for document, start, end in places.itertuples(index=False):
        spans.setdefault(str(document), []).append((int(start), int(end)))
    kept = []
    for unit in units.units(found.texts):
        touched = any(start < unit.end and end > unit.start for start, end in spans.get(unit.document, ()))
        if not touched and len(unit.text.split()) >= least:
            kept.append(unit)
    return kept


def rules_of(found: Material, codes: Collection[str]) -> set[str]:
    """The rules of words of some codes."""
    return {rule for code in codes if code in found.book.codes for rule in found.book.codes[code].rules}


def by_rule(found: Material, codes: Collection[str], loose: Sequence[Unit]) -> dict[str, set[int]]:
    """The sentences, by number, that each rule of some codes finds."""
    rules = sorted(rules_of(found, codes))
    if not rules or not loose:
        return {}
    texts = {f"{number:07}": Transcript(f"{number:07}", unit.text) for number, unit in enumerate(loose)}
    hits: dict[str, set[int]] = {}
    table = patterns(texts, rules)
    for pattern, document in zip(table["pattern"], table["document"], strict=True):
        hits.setdefault(str(pattern), set()).add(int(document))
    return hits


def by_likeness(found: Material, codes: Collection[str], loose: Sequence[Unit], least: float) -> list[Unit]:
    """Sentences like what was coded with some codes and is not denied, the likest first.

    Likeness is the cosine of word weights (TF-IDF) with the likest coded quote; words that say little do not
    count.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    pick = Pick(tuple(sorted(codes)), unless=found.framework.unless)
    coded = pick.of(found.words[found.words["placed"]], found.parents)
    quotes = sorted(set(coded["quote"]))
    if not quotes or not loose:
        return []
    weights = TfidfVectorizer(stop_words="english", min_df=2, sublinear_tf=True)
    try:
        matrix = weights.fit_transform([unit.text for unit in loose] + quotes)
    except ValueError:  # nothing but words that say little
        return []
    likeness = (matrix[: len(loose)] @ matrix[len(loose) :].T).max(axis=1).toarray().ravel()
    order = sorted(range(len(loose)), key=lambda number: (-likeness[number], number))
    return [loose[number] for number in order if likeness[number] >= least]
