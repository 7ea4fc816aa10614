"""Finds out how a file counts positions, converts them once, and proves each quote.

Every way of counting that makes a difference to the texts is tried. Quotes that the file stores decide; where
it stores none, selections should begin and end at words. The best way must reach a floor, and on the segments
where a rival gives other words it must lead by a margin: else the reader is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casestudy.errors import InputError, Problem
from casestudy.interchange.conventions import ALL, NOWHERE, Convention, Written
from casestudy.interchange.evidence import (
    CUT,
    Positions,
    Span,
    are_quotes,
    lead_at_ends,
    matches,
    quotes,
    sampled,
    score,
)
from casestudy.interchange.project import Standing
from casestudy.transcripts.find import find

FLOOR, MARGIN = 0.75, 0.20
MANY, _DOCUMENTS, _SEGMENTS = 10_000, 60, 1_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A segment in the canonical text, with its words and how they were found."""

    start: int
    end: int
    quote: str
    standing: Standing


@dataclass(frozen=True)
class Placing:
    """What was found out about a file's positions.

    Attributes
    ----------
    convention : Convention
        The one of the project.
    evidence : str
        What decided, in words.
    score, margin : float
        Share of the evidence that fits, and the lead over the nearest rival where the two differ.
    placed : list of Placed
        One for each span.
    others : mapping of Convention to int
        Ways that single segments needed instead, with how many.
    """

    convention: Convention
    evidence: str
    score: float
    margin: float
    placed: list[Placed]
    others: Mapping[Convention, int]


def place(
    texts: Mapping[str, Written],
    spans: Sequence[Span],
    where: str,
    *,
    known: Convention | None = None,
    chosen: Convention | None = None,
    among: Sequence[Convention] = ALL,
) -> Placing:
    """Place every span in its text.

    Parameters
    ----------
    texts : mapping of document to Written
    spans : sequence of Span
        Their documents are all in `texts`.
    where : str
        How to call the file.
    known : Convention, optional
        What the tool is known to write: decides between ways that fit equally well, and nothing else.
    chosen : Convention, optional
        What the caller says; nothing is tried then, and the quotes are proved all the same.
    among : sequence of Convention
        The ways that the format may have.

    Raises
    ------
    InputError
        When several ways fit and give other words; the message shows them.
    """
    if chosen is not None:
        return _proved(texts, spans, [chosen], "chosen by hand", 1.0, 1.0)
    if len(spans) > MANY:
        # A part of the documents shows the way; each quote of all of them is proved by itself after that.
        part = _part(spans)
        some = _classes(texts, part, among, known)
        if are_quotes(some, texts, part):
            ranked, scores = _ranked(some, texts, part, True, known)
            margin = _lead(ranked, some, scores, texts, part, True)
            if margin >= MARGIN or known == ranked[0]:
                return _proved(texts, spans, ranked, "stored quotes", scores[ranked[0]], margin)
    classes = _classes(texts, spans, among, known)
    quoted = are_quotes(classes, texts, spans)
    ranked, scores = _ranked(classes, texts, spans, quoted, known)
    best = ranked[0]
    margin = _lead(ranked, classes, scores, texts, spans, quoted)
    evidence = "stored quotes" if quoted else "word boundaries"
    if not spans or len(ranked) == 1:
        return _proved(texts, spans, ranked, "no way makes a difference", 1.0, 1.0)
    if quoted:
        if margin >= MARGIN or known == best:
            return _proved(texts, spans, ranked, evidence, scores[best], margin)
        raise _undecided(where, ranked, classes, scores, texts, spans)
    if scores[best] >= FLOOR and (margin >= MARGIN or _is(known, best, classes)):
        return _proved(texts, spans, [best], evidence, scores[best], margin)
    if by_document := _by_document(texts, spans, where, among, known):
        return by_document
    raise _undecided(where, ranked, classes, scores, texts, spans)


def _classes(
    texts: Mapping[str, Written], spans: Sequence[Span], among: Sequence[Convention], known: Convention | None
) -> dict[Convention, Positions]:
    """The ways of counting that give different positions, each under its plainest name."""
    rows: dict[str, list[int]] = defaultdict(list)
    for number, span in enumerate(spans):
        rows[span.document].append(number)
    found: dict[tuple[Convention, ...], Convention] = {}
    ordered = sorted(among, key=lambda one: (one != known, one.inclusive, one.bom, ALL.index(one)))
    for convention in ordered:
        key = tuple(texts[name].effective(convention) for name in rows)
        found.setdefault(key, convention)
    classes: dict[Convention, Positions] = {}
    seen: set[Positions] = set()
    for convention in found.values():
        starts, ends = [NOWHERE] * len(spans), [NOWHERE] * len(spans)
        for name, numbers in rows.items():
            first, last = texts[name].positions(
                convention, [spans[n].start for n in numbers], [spans[n].end for n in numbers]
            )
            for number, start, end in zip(numbers, first, last, strict=True):
                starts[number], ends[number] = start, end
        positions = (tuple(starts), tuple(ends))
        if positions not in seen:
            seen.add(positions)
            classes[convention] = positions
    return classes


def _ranked(
    classes: Mapping[Convention, Positions],
    texts: Mapping[str, Written],
    spans: Sequence[Span],
    quoted: bool,
    known: Convention | None,
) -> tuple[list[Convention], dict[Convention, float]]:
    numbers = range(len(spans))
    if quoted:
        numbers = [number for number in numbers if spans[number].quote]  # type: ignore[assignment]
    sample = sampled(numbers)
    scores = {
        convention: score(positions, sample, texts, spans, quoted)
        for convention, positions in classes.items()
    }
    order = list(classes)
    return sorted(order, key=lambda one: (-scores[one], one != known, order.index(one))), scores


def _part(spans: Sequence[Span]) -> list[Span]:
    """Segments of some documents, spread over all of them."""
    names = list(dict.fromkeys(span.document for span in spans))
    chosen = set(names[:: max(1, len(names) // _DOCUMENTS)])
    some = [span for span in spans if span.document in chosen]
    return some[:: max(1, len(some) // _SEGMENTS)]


def _lead(
    ranked: Sequence[Convention],
    classes: Mapping[Convention, Positions],
    scores: Mapping[Convention, float],
    texts: Mapping[str, Written],
    spans: Sequence[Span],
    quoted: bool,
) -> float:
    """The smallest lead of the best way over a rival, on the segments where the two differ."""
    leads = [1.0]
    best = classes[ranked[0]]
    for rival in ranked[1:]:
        other = classes[rival]
        differing = [
            number
            for number in range(len(spans))
            if best[0][number] != other[0][number] or best[1][number] != other[1][number]
        ]
        sample = sampled(differing)
        if not quoted:
            leads.append(lead_at_ends(best, other, sample, texts, spans))
            continue
        lead = score(best, sample, texts, spans, quoted) - score(other, sample, texts, spans, quoted)
        if abs(lead) < MARGIN:
            both = [n for n in sample if matches(best, n, texts, spans) == matches(other, n, texts, spans)]
            proved = [n for n in both if matches(best, n, texts, spans)]
            if not proved:
                continue  # each segment is proved by its quote, by the one way or by the other
            lead = lead_at_ends(best, other, proved, texts, spans)
        leads.append(lead)
    return min(leads)


def _is(known: Convention | None, best: Convention, classes: Mapping[Convention, Positions]) -> bool:
    """Whether what the tool is known to write is the best way; ways that differ nowhere are one."""
    return known is not None and known == best and known in classes


def _by_document(
    texts: Mapping[str, Written],
    spans: Sequence[Span],
    where: str,
    among: Sequence[Convention],
    known: Convention | None,
) -> Placing | None:
    """Each document by itself, where together they fit no single way; None where one stays undecided."""
    names = list(dict.fromkeys(span.document for span in spans))
    if len(names) < 2:
        return None
    placed: dict[int, Placed] = {}
    others: dict[Convention, int] = defaultdict(int)
    results = []
    for name in names:
        numbers = [number for number, span in enumerate(spans) if span.document == name]
        try:
            part = place(texts, [spans[number] for number in numbers], where, known=known, among=among)
        except InputError:
            return None
        results.append(part)
        placed.update(zip(numbers, part.placed, strict=True))
        others[part.convention] += len(numbers)
    first = max(results, key=lambda one: others[one.convention])
    others.pop(first.convention)
    evidence = "word boundaries of each document by itself"
    lowest = min(results, key=lambda one: one.score)
    rows = [placed[number] for number in range(len(spans))]
    return Placing(
        first.convention, evidence, lowest.score, min(one.margin for one in results), rows, dict(others)
    )


def _proved(
    texts: Mapping[str, Written],
    spans: Sequence[Span],
    ranked: Sequence[Convention],
    evidence: str,
    score: float,
    margin: float,
) -> Placing:
    """Every span with its words; a span whose quote the first way does not give may have another way."""
    rows: dict[str, list[int]] = defaultdict(list)
    for number, span in enumerate(spans):
        rows[span.document].append(number)
    placed: list[Placed | None] = [None] * len(spans)
    others: dict[Convention, int] = defaultdict(int)
    for name, numbers in rows.items():
        written = texts[name]
        waiting = numbers
        for convention in ranked:
            if not waiting:
                break
            starts, ends = written.positions(
                convention, [spans[n].start for n in waiting], [spans[n].end for n in waiting]
            )
            left = []
            for number, start, end in zip(waiting, starts, ends, strict=True):
                stated = spans[number].quote
                words = written.text[start:end] if 0 <= start <= end else ""
                exact = bool(stated) and start < end and quotes(stated, words)
                if exact or (convention == ranked[0] and not stated):
                    placed[number] = Placed(start, end, words, "exact" if exact else "placed")
                    if convention != ranked[0]:
                        others[convention] += 1
                else:
                    if convention == ranked[0]:
                        placed[number] = Placed(start, end, words, "placed")
                    left.append(number)
            waiting = left
    best = ranked[0] if ranked else Convention()
    return Placing(best, evidence, score, margin, [one for one in placed if one is not None], dict(others))


def held_to(quote: str, placed: Placed, written: Written) -> Placed:
    """A segment whose stored quote is known to be one, and which does not stand where it should.

    Where the words stand once in the text, they are taken from there; else the segment is displaced, with the
    stored words kept.
    """
    if placed.standing == "exact" or not quote.strip():
        return placed
    exact = written.text[placed.start : placed.end] if placed.start >= 0 else ""
    if exact and quotes(quote, exact):
        return Placed(placed.start, placed.end, exact, "exact")
    places = find(written.text, CUT.sub("", quote))
    if len(places) == 1 and not CUT.search(quote):
        start, end = places[0]
        return Placed(start, end, written.text[start:end], "moved")
    return Placed(placed.start, placed.end, quote, "displaced")


def _undecided(
    where: str,
    ranked: Sequence[Convention],
    classes: Mapping[Convention, Positions],
    scores: Mapping[Convention, float],
    texts: Mapping[str, Written],
    spans: Sequence[Span],
) -> InputError:
    """The error that shows the ways that fit, each with its words where they differ."""
    best = ranked[0]
    rivals = [one for one in ranked[1:] if scores[best] - scores[one] < MARGIN] or list(ranked[1:2])
    shown = [best, *rivals[:3]]
    number = next(
        (
            n
            for n in range(len(spans))
            if len({(classes[one][0][n], classes[one][1][n]) for one in shown}) == len(shown)
        ),
        next(
            n
            for n in range(len(spans))
            if len({(classes[one][0][n], classes[one][1][n]) for one in shown}) > 1
        ),
    )
    problems = [
        Problem(
            where,
            f"{convention.in_words()} fits {scores[convention]:.0%} of the evidence; a segment of "
            f"{texts[spans[number].document].name[:40]!r} would be "
            f"{_shown(classes[convention], number, texts, spans)}.",
            f"If this is right: --offsets {convention}.",
        )
        for convention in shown
    ]
    return InputError("The file does not show how it counts positions; choose one way.", problems)


def _shown(positions: Positions, number: int, texts: Mapping[str, Written], spans: Sequence[Span]) -> str:
    start, end = positions[0][number], positions[1][number]
    if not 0 <= start <= end:
        return "outside of the text"
    words = texts[spans[number].document].text[start:end]
    return repr(words if len(words) <= 60 else f"{words[:28]}…{words[-28:]}")
