"""Agreement on spans as they were drawn, without cutting text into units first: the u-alpha family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from casestudy.codebook.codes import Codebook
from casestudy.coders.unit_ratings import shared
from casestudy.coding import units
from casestudy.coding.units import Unit
from casestudy.errors import InputError, Problem
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.agreement.catalogue import IntervalMethod
    from casestudy.agreement.results import Result
    from casestudy.agreement.spans import Spans

COLUMNS = ("scheme", "form", "coefficient", "value", "low", "high", "coded", "characters", "documents")


def spans(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    coders: Sequence[str],
    names: Sequence[str] | None = None,
    parts: Mapping[str, Sequence[Unit]] | None = None,
) -> Spans:
    """The codings of some coders over what participants say; the interviewer's words are taken out.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `casestudy.coding.table.table`.
    documents : mapping of id to Transcript
    coders : sequence of str
        Two or more.
    names : sequence of str, optional
        Documents that all read; by default those in which each coded something.
    parts : mapping of document to sequence of Unit, optional
        For documents of which all read only these units.

    Returns
    -------
    Spans
        Positions count the characters of participants' turns, laid end to end within a document.

    Raises
    ------
    InputError
        When there is no document that all coded.
    """
    from casestudy.agreement.spans import read_spans

    names = shared(frame, coders) if names is None else names
    if not names:
        problem = Problem("documents", f"none was coded by all of {', '.join(coders)}.", "Code one twice.")
        raise InputError("Spans cannot be compared.", [problem])
    own = frame[frame["document"].isin(names) & frame["coder"].isin(list(coders)) & frame["placed"]]
    turns = {name: units.stretches(documents[name], (parts or {}).get(name)) for name in names}

    def place(name: str, position: int) -> int:
        return sum(min(max(position, start), end) - start for start, end in turns[name])

    return read_spans(
        own["coder"].tolist(),
        [place(name, start) for name, start in zip(own["document"], own["start"], strict=True)],
        [place(name, end) for name, end in zip(own["document"], own["end"], strict=True)],
        own["code"].tolist(),
        document=own["document"].tolist(),
        length={name: place(name, len(documents[name].text)) for name in names},
        coders=list(coders),
    )


def by_scheme(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    coders: Sequence[str],
    names: Sequence[str] | None = None,
    *,
    parts: Mapping[str, Sequence[Unit]] | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """u-alpha, |u-alpha and cu-alpha of each scheme of the codebook.

    Parameters
    ----------
    frame, documents, coders, names, parts
        As for `spans`.
    seed : int
        Of the intervals, which resample documents.

    Returns
    -------
    pandas.DataFrame
        Three rows a scheme: ``scheme, form`` (``|u``: where anything of the scheme is said, all its codes
        taken as one; ``u``: borders and codes together; ``cu``: codes where both coded), ``coefficient,
        value, low, high, coded`` (share of participants' characters that some coder coded with the scheme),
        ``characters, documents, reason, interval``. ``u`` and ``cu`` need one code at most on any text: where
        a coder gave two, they are NaN and the reason says so.
    """
    import pandas as pd

    from casestudy.agreement.posterior import Posterior
    from casestudy.agreement.unitised import unitised_alpha

    found = spans(frame, documents, coders, names, parts)
    rows = []
    for scheme, codes in _schemes(frame, found).items():
        for form in ("|u", "u", "cu"):
            part = found.domain(codes, scheme) if form == "|u" else found.only(*codes)
            row: dict[str, object] = {"scheme": scheme, "form": form, "documents": len(found.documents)}
            row |= {"characters": int(found.lengths.sum())}
            if part.overlaps:
                row["reason"] = "a coder gave two codes of the scheme to one text"
            else:
                result = unitised_alpha(part, form, interval=Posterior(seed=seed))
                row |= {"coefficient": result.name, "value": result.value, "reason": _why(result)}
                row |= {"low": result.interval.low, "high": result.interval.high}
                row |= {"coded": result.n_pairable / result.n_units if result.n_units else float("nan")}
                row |= {"interval": result.interval.method}
            rows.append(row)
    table = pd.DataFrame(rows, columns=[*COLUMNS, "reason", "interval"])
    table[["coefficient", "interval"]] = table[["coefficient", "interval"]].fillna("")
    numbers = ["value", "low", "high", "coded"]
    table[numbers] = table[numbers].astype(float)
    return table


def gammas(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    coders: Sequence[str],
    names: Sequence[str] | None = None,
    *,
    parts: Mapping[str, Sequence[Unit]] | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """Gamma and gamma-cat of each scheme, which take spans of one coder that overlap as well.

    Parameters
    ----------
    frame, documents, coders, names, parts, seed
        As for `by_scheme`; chance is drawn from the seed too.

    Returns
    -------
    pandas.DataFrame
        Two rows a scheme: ``scheme, form`` (``gamma``: where and what; ``gamma-cat``: what, over aligned
        spans), ``value, low, high`` (over documents), ``spans, reason, notes``.
    """
    import pandas as pd

    from casestudy.agreement.gamma import gamma
    from casestudy.agreement.posterior import Posterior

    found = spans(frame, documents, coders, names, parts)
    rows = []
    for scheme, codes in _schemes(frame, found).items():
        results = gamma(found.only(*codes), seed=seed, interval=Posterior(seed=seed))
        for form, result in zip(("gamma", "gamma-cat"), results, strict=True):
            row: dict[str, object] = {"scheme": scheme, "form": form, "value": result.value}
            row |= {"low": result.interval.low, "high": result.interval.high, "spans": result.n_units}
            rows.append(row | {"reason": _why(result), "notes": " ".join(result.notes)})
    return pd.DataFrame(rows, columns=["scheme", "form", "value", "low", "high", "spans", "reason", "notes"])


def _why(result: Result) -> str:
    """Why the figure, or its interval, is undefined."""
    return result.reason or result.interval.reason


def _schemes(frame: pd.DataFrame, found: Spans) -> dict[str, list[str]]:
    """The codes of each scheme that the coders used."""
    schemes: dict[str, list[str]] = {}
    for scheme, code in sorted(set(zip(frame["scheme"], frame["code"], strict=True))):
        if code in found.codes:
            schemes.setdefault(str(scheme), []).append(str(code))
    return schemes


def by_code(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    book: Codebook,
    coders: Sequence[str],
    names: Sequence[str] | None = None,
    *,
    parts: Mapping[str, Sequence[Unit]] | None = None,
    least: int = 5,
    seed: int = 1,
) -> pd.DataFrame:
    """u-alpha of each code and of each semantic domain: a code that has others below it, with all of those.

    Parameters
    ----------
    frame, documents, coders, names, parts, seed
        As for `by_scheme`.
    book : Codebook
    least : int
        Fewest spans of either coder; rarer codes are left out.

    Returns
    -------
    pandas.DataFrame
        One row a code: ``code, path, scheme, domain`` (how many codes are taken as one), ``spans`` (of all
        coders), ``value, low, high`` (u-alpha of the code or domain against all other text), ``coded``
        (share of participants' characters that some coder gave it), ``reason``. Codes are taken one by one,
        so that others on the same text do not matter. By scheme and path.
    """
    import pandas as pd

    from casestudy.agreement.posterior import Posterior
    from casestudy.agreement.unitised import unitised_alpha

    found = spans(frame, documents, coders, names, parts)
    rows = []
    for code in sorted(book.codes):
        below = sorted(set(book.below(code)) & set(found.codes))
        if not below:
            continue
        part = found.domain(below, code)
        if len(part.start) < least:
            continue
        result = unitised_alpha(part, "u", interval=Posterior(seed=seed))
        rows.append(
            {
                "code": code,
                "path": book.path(code),
                "scheme": book.codes[code].scheme,
                "domain": len(below),
                "spans": len(part.start),
                "value": result.value,
                "low": result.interval.low,
                "high": result.interval.high,
                "coded": result.n_pairable / result.n_units if result.n_units else float("nan"),
                "reason": _why(result),
            }
        )
    columns = ["code", "path", "scheme", "domain", "spans", "value", "low", "high", "coded", "reason"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["scheme", "path", "code"], ignore_index=True)


def by_name(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    book: Codebook,
    coders: Sequence[str],
    coefficients: Sequence[str],
    seed: int,
    interval: IntervalMethod | None,
    least: int,
    *,
    names: Sequence[str] | None = None,
    parts: Mapping[str, Sequence[Unit]] | None = None,
) -> pd.DataFrame:
    """Coefficients of coded text by name, for each code with all codes below it, against all other text.

    Parameters
    ----------
    frame, documents, book, coders, names, parts
        As for `by_code`.
    coefficients : sequence of str
        Keys of `casestudy.agreement.catalogue.OF_SPANS`.
    seed : int
        Of what is drawn.
    interval : callable or None
        From `casestudy.agreement.catalogue.interval`; coefficients that have no interval leave it out.
    least : int
        Fewest spans of all coders; rarer codes are left out.

    Returns
    -------
    pandas.DataFrame
        One row a code and result: ``code, path, coefficient, value, low, high, spans, reason, notes``.
    """
    import pandas as pd

    from casestudy.agreement.catalogue import OF_SPANS

    every = spans(frame, documents, coders, names, parts)
    rows = []
    for code in sorted(book.codes):
        below = sorted(set(book.below(code)) & set(every.codes))
        part = every.domain(below, code) if below else None
        if part is None or len(part.start) < least:
            continue
        for name in coefficients:
            rows += [
                {
                    "code": code,
                    "path": book.path(code),
                    "coefficient": result.name,
                    "value": result.value,
                    "low": result.interval.low,
                    "high": result.interval.high,
                    "spans": len(part.start),
                    "reason": _why(result),
                    "notes": " ".join(result.notes),
                }
                for result in OF_SPANS[name](part, code, seed, interval)
            ]
    columns = ["code", "path", "coefficient", "value", "low", "high", "spans", "reason", "notes"]
    return pd.DataFrame(rows, columns=columns)
