"""What other programs report about coded text, so that figures can be compared. Read their limits.

NVivo's definitions, and what ATLAS.ti says of percent agreement and of Holsti's index, were read in their
help pages. MAXQDA's and the rest of ATLAS.ti's are as reported in secondary accounts. Where an account leaves
a choice open, the choice made here is named in the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from casestudy.agreement.results import NAN, Result
from casestudy.agreement.spans import GAP, Spans
from casestudy.agreement.unitised import unitised_alpha, unitised_alpha_of_code
from casestudy.agreement.values import holds
from casestudy.errors import InputError, Problem, nearest, raise_if

LEVELS = ("existence", "frequency", "segment")
_NVIVO = "NVivo's help pages on coding comparison queries"
_MAXQDA = "MAXQDA's intercoder agreement, as reported"
_ATLAS = "ATLAS.ti's intercoder agreement, as reported"


def nvivo(spans: Spans, code: str) -> tuple[Result, Result]:
    """Percent agreement and Cohen's kappa on characters, as NVivo reports them for one code.

    Parameters
    ----------
    spans : Spans
        Of two coders. NVivo computes each file by itself: use `Spans.of_document`; several documents are
        pooled here, and the result says so.
    code : str

    Returns
    -------
    (Result, Result)
        Percent agreement and kappa. Uncoded text counts as agreement: long blank text inflates both.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(["A", "B"], [0, 0], [200, 50], ["x", "x"], length=1000)
    >>> percent, kappa = nvivo(spans, "x")
    >>> percent.value
    0.85
    """
    both, one, other, neither = _characters(spans, code)
    length = both + one + other + neither
    chance = ((both + one) * (both + other) + (other + neither) * (one + neither)) / length if length else 0.0
    agreed = both + neither
    notes = [f"{neither / length:.1%} of the text was coded by neither.".replace("%", " %")] if length else []
    if len(spans.documents) > 1:
        notes.append(f"{len(spans.documents)} documents pooled; NVivo computes each file by itself.")
    empty = "" if length else "There is no text."
    flat = empty or (
        "" if length > chance else "Both coders coded all or nothing: chance agreement is complete."
    )
    percent = _result(
        spans,
        f"Percent agreement on characters, {code!r}, as NVivo defines it",
        "(characters coded by both + by neither) / characters",
        _NVIVO,
        agreed / length if length else NAN,
        empty,
        notes,
        observed=1 - agreed / length if length else NAN,
    )
    kappa = _result(
        spans,
        f"Cohen's kappa on characters, {code!r}, as NVivo defines it",
        "(agreed - expected) / (characters - expected), expected from how much each coder coded",
        _NVIVO,
        NAN if flat else (agreed - chance) / (length - chance),
        flat,
        notes,
        observed=NAN if flat else 1 - agreed / length,
        expected=NAN if flat else 1 - chance / length,
    )
    return percent, kappa


def maxqda(
    spans: Spans, level: str = "segment", *, overlap: float = 0.9, absent_agrees: bool = False
) -> tuple[Result, ...]:
    """Percent agreement as MAXQDA reports it, on segments with the kappa it adds.

    Parameters
    ----------
    spans : Spans
        Of two coders.
    level : {'segment', 'existence', 'frequency'}
        ``existence`` and ``frequency`` compare each code in each document; ``segment`` looks for a
        counterpart to every segment of either coder.
    overlap : float
        For segments: least overlap, as intersection over union (the accounts do not say which is meant).
    absent_agrees : bool
        For documents: whether a code that neither coder used there counts as agreement.

    Returns
    -------
    tuple of Result
        Percent agreement; for segments also kappa with chance 1/q over the q codes. How MAXQDA takes segments
        with unequal numbers of codes is not confirmed: 1/q is used throughout.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(
    ...     ["A", "A", "B", "B"], [0, 50, 1, 70], [30, 60, 30, 80], ["x", "y", "x", "y"], length=100
    ... )
    >>> [round(one.value, 2) for one in maxqda(spans)]
    [0.5, 0.0]
    """
    _two(spans, "MAXQDA's figures")
    if level not in LEVELS:
        raise InputError(
            "The level is unknown.", [Problem("level", f"{level!r}.", nearest(str(level), LEVELS))]
        )
    if not holds(lambda one: 0 < one <= 1, overlap):
        raise_if([Problem("overlap", f"{overlap!r} is not above 0 and up to 1.")], "It cannot be computed.")
    if level != "segment":
        return (_by_document(spans, level, absent_agrees),)
    hits, total = _counterparts(spans, overlap)
    q = len(spans.codes)
    reason = "" if total else "Nobody coded anything."
    share = hits / total if total else NAN
    name = f"on segments, overlap of at least {overlap:.0%}, as MAXQDA defines it".replace("%", " %")
    notes = [f"{hits} of {total} segments have a counterpart; overlap is intersection over union."]
    percent = _result(
        spans,
        f"Percent agreement {name}",
        "segments of either coder with a counterpart of the same code / segments of both",
        _MAXQDA,
        share,
        reason,
        notes,
        observed=1 - share,
    )
    flat = reason or ("" if q > 1 else "There is only one code: chance agreement is complete.")
    kappa = _result(
        spans,
        f"Kappa (Brennan-Prediger) {name}",
        "(P_o - 1/q)/(1 - 1/q), q codes",
        _MAXQDA,
        NAN if flat else (share - 1 / q) / (1 - 1 / q),
        flat,
        [*notes, f"Chance taken as 1/{q}; the rule for unequal numbers of codes per segment is unconfirmed."],
        observed=NAN if flat else 1 - share,
        expected=NAN if flat else 1 - 1 / q,
    )
    return percent, kappa


def holsti(spans: Spans, code: str) -> Result:
    """Holsti's index on characters: twice the text coded by both over the text coded by each, added.

    ATLAS.ti's help pages state it on decisions, 2A/(N1 + N2), and leave open what one decision is; it is a
    character here.

    Parameters
    ----------
    spans : Spans
        For more than two coders the mean over pairs.
    code : str

    Returns
    -------
    Result
        Undefined where nobody used the code.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> round(holsti(read_spans(["A", "B"], [0, 2], [10, 8], ["x", "x"], length=50), "x").value, 3)
    0.75
    """
    found = []
    for pair in combinations(spans.coders, 2):
        both, one, other, _ = _characters(spans.of_coders(*pair), code)
        if both + one + other:
            found.append(2 * both / (2 * both + one + other))
    value = float(np.mean(found)) if found else NAN
    reason = "" if found else f"Nobody coded {code!r}."
    definition = "2 M / (N_1 + N_2) in characters; mean over pairs of coders"
    name = f"Holsti index on characters, {code!r}"
    return _result(spans, name, definition, _ATLAS, value, reason, [], observed=1 - value)


def atlas_ti(spans: Spans, domains: Mapping[str, Sequence[str]]) -> list[Result]:
    """The family that ATLAS.ti reports for semantic domains, by way of the u-alpha family.

    Parameters
    ----------
    spans : Spans
    domains : mapping of domain to its codes
        Within a domain a coder gives a text one code at most.

    Returns
    -------
    list of Result
        For each domain c-alpha-binary (|u-alpha of the domain against everything else), cu-alpha (codes
        within it) and csu-alpha of each code; over the domains Cu-alpha. Undefined, with the reason, where
        one coder gives text two codes of a domain or, for Cu-alpha, two domains.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(["A", "B"], [0, 2], [10, 10], ["x", "x"], length=50)
    >>> [one.name.split(",")[0] for one in atlas_ti(spans, {"d": ["x"]})]
    ["c-alpha-binary of 'd'", "cu-alpha of 'd'", "csu-alpha of 'x' in 'd'", 'Cu-alpha over domains']
    """
    if not isinstance(domains, Mapping):
        problem = Problem("domains", "they are not a list of codes for each domain.")
        raise InputError("There are no domains.", [problem])
    found, whole = [], spans.domains(domains)
    for name, codes in domains.items():
        found.append(_renamed(f"c-alpha-binary of {name!r}", spans.domain(codes, name), "|u"))
        part = spans.only(*codes)
        found.append(_renamed(f"cu-alpha of {name!r}", part, "cu"))
        found += [_renamed(f"csu-alpha of {code!r} in {name!r}", part, "", code) for code in codes]
    return [*found, _renamed("Cu-alpha over domains", whole, "cu")]


def _renamed(name: str, spans: Spans, form: str, code: str = "") -> Result:
    from dataclasses import replace

    if spans.overlaps:
        where = spans.overlaps[0]
        reason = f"One coder gave one text two values ({where.where}: {where.found})"
        return _result(
            spans, f"{name}, as ATLAS.ti names it", "see the u-alpha family", _ATLAS, NAN, reason, []
        )
    found = unitised_alpha_of_code(spans, code) if code else unitised_alpha(spans, form)
    note = "ATLAS.ti's name for it; that both programs compute the same figure is not confirmed."
    return replace(
        found,
        name=f"{name}, as ATLAS.ti names it: {found.name}",
        source=f"{_ATLAS}; {found.source}",
        notes=(*found.notes, note),
    )


def _two(spans: Spans, what: str) -> None:
    if len(spans.coders) != 2:
        found = f"{len(spans.coders)} coders: {', '.join(spans.coders)}."
        raise InputError(
            f"{what} are for two coders.", [Problem("spans", found, "Choose two with `of_coders`.")]
        )


def _characters(spans: Spans, code: str) -> tuple[float, float, float, float]:
    """Characters coded by both, the first only, the second only, neither."""
    _two(spans, "Figures on characters")
    pieces = spans.only(code).pieces
    one, other = (pieces.values != GAP).T
    cells = (one & other, one & ~other, ~one & other, ~one & ~other)
    both, first, second, neither = (float(pieces.length[cell].sum()) for cell in cells)
    return both, first, second, neither


def _by_document(spans: Spans, level: str, absent_agrees: bool) -> Result:
    shape = (2, len(spans.documents), len(spans.codes))
    counts = np.zeros(shape, dtype=np.int64)
    np.add.at(counts, (spans.coder, spans.document, spans.code), 1)
    present = counts > 0
    same = present[0] == present[1] if level == "existence" else counts[0] == counts[1]
    counted = np.ones(shape[1:], dtype=bool) if absent_agrees else present.any(axis=0)
    total = int(counted.sum())
    value = float((same & counted).sum() / total) if total else NAN
    rule = "counts as agreement" if absent_agrees else "is not counted"
    return _result(
        spans,
        f"Percent agreement on code {level} in documents, as MAXQDA defines it",
        f"codes of documents whose {level} agrees / codes of documents",
        _MAXQDA,
        value,
        "" if total else "Nobody coded anything.",
        [f"{total} codes of documents; a code that neither coder used in a document {rule}."],
        observed=1 - value,
    )


def _counterparts(spans: Spans, overlap: float) -> tuple[int, int]:
    """How many segments have a counterpart of the other coder, and how many there are."""
    hits = 0
    keys = spans.document * len(spans.codes) + spans.code
    for g, h in ((0, 1), (1, 0)):
        for key in np.unique(keys[spans.coder == g]).tolist():
            mine = np.flatnonzero((keys == key) & (spans.coder == g))
            theirs = np.flatnonzero((keys == key) & (spans.coder == h))
            low = np.searchsorted(spans.end[theirs], spans.start[mine], side="right")
            high = np.searchsorted(spans.start[theirs], spans.end[mine], side="left")
            for i, first, last in zip(mine.tolist(), low.tolist(), high.tolist(), strict=True):
                near = theirs[first:last]
                shared = np.minimum(spans.end[i], spans.end[near]) - np.maximum(
                    spans.start[i], spans.start[near]
                )
                whole = np.maximum(spans.end[i], spans.end[near]) - np.minimum(
                    spans.start[i], spans.start[near]
                )
                hits += bool((shared >= overlap * whole - 1e-9).any())
    return hits, len(spans.coder)


def _result(
    spans: Spans,
    name: str,
    definition: str,
    source: str,
    value: float,
    reason: str,
    notes: list[str],
    *,
    observed: float = NAN,
    expected: float = NAN,
) -> Result:
    return Result(
        name=name,
        definition=definition,
        source=source,
        value=value,
        reason=reason,
        unit="code point",
        n_units=int(spans.lengths.sum()),
        n_coders=len(spans.coders),
        n_categories=len(spans.codes),
        missing_rule="Uncoded text counts as text that the coder did not code.",
        observed=observed,
        expected=expected,
        notes=(*spans.notes, *notes),
    )
