"""Agreement on each code, over the units of `casestudy.coders.unit_ratings`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Literal

from casestudy.codebook.codes import Codebook
from casestudy.coders.unit_ratings import Doubles

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.agreement.catalogue import IntervalMethod
    from casestudy.agreement.coefficient import Coefficient
    from casestudy.agreement.ratings import Ratings
    from casestudy.agreement.results import Interval, Result

COUNTINGS = ("all units", "units coded with the scheme")


def by_code(
    given: Doubles,
    book: Codebook,
    *,
    least: int = 5,
    seed: int = 1,
    coefficients: Sequence[Coefficient] = (),
    interval: IntervalMethod | Literal["posterior"] | None = "posterior",
    only: Collection[str] | None = None,
    known: dict[Any, Result] | None = None,
) -> pd.DataFrame:
    """Agreement on each code, with uncoded units and without them.

    Parameters
    ----------
    given : Doubles
    book : Codebook
    least : int
        Fewest units in which some coder said the code; rarer ones are counted and not measured.
    seed : int
        Of the intervals.
    coefficients : sequence of Coefficient
        Krippendorff's alpha and Gwet's AC1 by default.
    interval : callable or None
        From `casestudy.agreement.catalogue.interval`; by default the posterior interval from `seed`.
    only : collection of str, optional
        These codes alone; the others still make units coded.
    known : dict, optional
        Results by what they rest on, which is filled: the same counts are then measured once, as before and
        after decisions that did not touch a code.

    Returns
    -------
    pandas.DataFrame
        One row a code, coefficient and way of counting: ``code, path, scheme, coefficient, counting``
        (all units, or units that some coder coded with the scheme), ``value, low, high, both, one``
        (units in which all coders, and only some, said it), ``positive`` (positive specific agreement:
        twice both over both coders' sums, two coders only), ``n_units, documents, prevalence, bias``
        (indices of the ratings), ``reason`` (why value or interval is missing), ``interval`` (level and
        method), ``coders`` (how many), ``missing`` (share of ratings).
    """
    import pandas as pd

    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.posterior import Posterior

    method = Posterior(seed=seed) if interval == "posterior" else interval
    wanted = list(coefficients) or standard()
    schemes = {code: book.codes[code].scheme if code in book.codes else "" for code in given.codes}
    rows = []
    for code in given.codes:
        if only is not None and code not in only:
            continue
        some, all_ = int(given.somebody(code).sum()), int(given.everybody(code).sum())
        positive = float("nan")
        if len(given.coders) == 2 and some:
            positive = 2 * all_ / (some + all_)
        base = {"code": code, "path": book.path(code), "scheme": schemes[code]}
        counts = {"both": all_, "one": some - all_, "positive": positive}
        if some < least:
            reason = f"said in {some} units, fewer than {least}"
            rows.append({**base, "coefficient": "", "counting": "", **counts, "reason": reason})
            continue
        same = [one for one in given.codes if schemes[one] == schemes[code]]
        for counting, uncoded in zip(COUNTINGS, (True, False), strict=True):
            ratings = given.ratings(code, uncoded=uncoded, scheme=same)
            counted = None if known is None else _counts(ratings)
            for coefficient in wanted:
                key = (coefficient.name, seed, counted)
                result = known.get(key) if known is not None and counted else None
                if result is None:
                    result = measure(ratings, coefficient, method)
                if known is not None and counted:
                    known[key] = result
                indices = {"prevalence": result.prevalence, "bias": result.bias}
                rows.append({**base, **counts, **indices, **_row(result, counting, ratings)})
    columns = ["code", "path", "scheme", "coefficient", "counting", "value", "low", "high", "both", "one"]
    columns += ["positive", "n_units", "documents", "prevalence", "bias", "reason", "interval"]
    whole = dict.fromkeys(["n_units", "documents", "coders"], "Int64")
    return pd.DataFrame(rows, columns=[*columns, "coders", "missing"]).astype(whole)


def _counts(ratings: Ratings) -> tuple[Any, ...] | None:
    """How often each document shows each pattern of ratings, which is all that a coefficient rests on."""
    import numpy as np

    coders = ratings.codes.shape[1]
    if ratings.clusters is None or coders > 10:
        return None
    patterns = ratings.clusters << coders
    for coder in range(coders):
        patterns = patterns + (ratings.codes[:, coder] << coder)
    return ratings.unit, ratings.coders, np.bincount(patterns).tobytes()


def by_scheme(given: Doubles, book: Codebook, *, seed: int = 1) -> pd.DataFrame:
    """Agreement on each scheme as a whole: what a coder said in a unit is the set of its codes there.

    Parameters
    ----------
    given : Doubles
    book : Codebook
    seed : int
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        Four rows a scheme: ``scheme, codes`` (how many were used), ``coefficient`` (percent agreement, where
        sets must be equal; Krippendorff's alpha with MASI distance, where sets that share codes agree in
        part), ``counting, value, low, high, n_units, documents, coders, missing, reason, interval``.
    """
    import numpy as np
    import pandas as pd

    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.percent import percent_agreement
    from casestudy.agreement.posterior import Posterior
    from casestudy.agreement.ratings import Ratings
    from casestudy.agreement.weights import masi

    schemes: dict[str, list[str]] = {}
    for code in given.codes:
        schemes.setdefault(book.codes[code].scheme if code in book.codes else "", []).append(code)
    rows = []
    for scheme, codes in sorted(schemes.items()):
        columns = [given.codes.index(code) for code in codes]
        for counting, uncoded in zip(COUNTINGS, (True, False), strict=True):
            ratings = given.ratings(codes[0], uncoded=uncoded, scheme=codes)
            keep, _ = given.kept(tuple(codes), uncoded)
            said = given.said[keep][:, :, columns].reshape(-1, len(columns))
            found, numbers = np.unique(np.packbits(said, axis=1), axis=0, return_inverse=True)
            bits = np.unpackbits(found, axis=1, count=len(columns)) if len(found) else found
            sets = tuple(frozenset(codes[place] for place in np.flatnonzero(one)) for one in bits)
            cells = numbers.reshape(-1, len(given.coders)).astype(np.int64)
            ratings = Ratings(cells, sets, given.coders, False, ratings.clusters, given.unit)
            for wanted in (percent_agreement("units"), krippendorff(masi, name="MASI distance")):
                result = measure(ratings, wanted, Posterior(seed=seed))
                rows.append({"scheme": scheme, "codes": len(codes), **_row(result, counting, ratings)})
    names = ["scheme", "codes", "coefficient", "counting", "value", "low", "high", "n_units", "documents"]
    return pd.DataFrame(rows, columns=[*names, "coders", "missing", "reason", "interval"])


def standard() -> list[Coefficient]:
    """The coefficients that are shown by default."""
    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.many_coders import gwet

    return [krippendorff(), gwet()]


def definitions(coefficients: Sequence[Coefficient] = ()) -> pd.DataFrame:
    """What coefficients are: ``coefficient, definition, source, missing_rule``.

    Examples
    --------
    >>> definitions()["coefficient"].tolist()
    ["Krippendorff's alpha, nominal metric", "Gwet's AC1"]
    """
    import pandas as pd

    names = {"coefficient": "name", "definition": "definition", "source": "source"}
    names["missing_rule"] = "missing_rule"
    wanted = list(coefficients) or standard()
    return pd.DataFrame({name: [getattr(one, own) for one in wanted] for name, own in names.items()})


def _row(result: Result, counting: str, ratings: Ratings) -> dict[str, object]:
    """What every row says of a result."""
    documents = 0 if ratings.clusters is None else int(ratings.clusters.max(initial=-1)) + 1
    return {
        "coefficient": result.name,
        "counting": counting,
        "value": result.value,
        "low": result.interval.low,
        "high": result.interval.high,
        "n_units": result.n_units,
        "documents": documents,
        "reason": result.reason or result.interval.reason.replace("cluster", "document"),
        "interval": _called(result.interval),
        "coders": result.n_coders,
        "missing": result.missing,
    }


def _called(interval: Interval) -> str:
    """An interval's level and method; what is resampled here are documents."""
    if not interval.method:
        return ""
    return f"{interval.level:.0%} {interval.method}".replace("over clusters", "over documents")
