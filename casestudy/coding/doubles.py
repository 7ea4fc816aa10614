"""From codings to units for agreement: which unit, whose codings, and whether uncoded units count.

Everything is for documents that all the chosen coders coded. A code is judged by itself: in each unit
each coder has said it or not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from casestudy.coding import segments, suggest
from casestudy.coding.codebook import Codebook
from casestudy.coding.suggest import Unit
from casestudy.errors import InputError, Problem, nearest
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.agreement.coefficient import Coefficient
    from casestudy.agreement.ratings import Ratings

CUTS = ("sentence", "paragraph", "turn", "document", "character")
UNITS = (*CUTS, "segment")
COUNTINGS = ("all units", "units coded with the scheme")
SHEET = "unit of the sheet"


def plural(unit: str) -> str:
    """Several of a unit, in words."""
    return "units of the sheet" if unit == SHEET else f"{unit}s"


def coders_of(frame: pd.DataFrame, coders: Sequence[str] = ()) -> list[str]:
    """The coders to compare: those named, or all.

    Raises
    ------
    InputError
        When fewer than two are there.
    """
    known = sorted(frame["coder"].unique())
    strange = [one for one in coders if one not in known]
    if strange:
        problem = Problem(f"coder {strange[0]!r}", "has no codings here.", nearest(strange[0], known))
        raise InputError("The coders cannot be compared.", [problem])
    chosen = list(dict.fromkeys(coders)) or known
    if len(chosen) < 2:
        found = f"there is one coder, {chosen[0]}." if chosen else "there is no coder."
        problem = Problem("coders", found, "Agreement needs two: see casestudy blind.")
        raise InputError("The coders cannot be compared.", [problem])
    return chosen


def shared(frame: pd.DataFrame, coders: Sequence[str]) -> list[str]:
    """Documents that every one of the coders coded, sorted."""
    by_document = frame[frame["coder"].isin(list(coders))].groupby("document")["coder"].nunique()
    return sorted(str(name) for name, count in by_document.items() if count == len(coders))


def units(documents: Mapping[str, Transcript], names: Sequence[str], unit: str = "sentence") -> list[Unit]:
    """The units of some documents, without what the interviewer says.

    Parameters
    ----------
    documents : mapping of id to Transcript
    names : sequence of str
    unit : {'sentence', 'paragraph', 'turn', 'document', 'character'}
        Segments are not cut from the text alone: see `doubles`.

    Raises
    ------
    InputError
        When the unit is not known.
    """
    if unit not in CUTS:
        remedy = "Segments are made of codings." if unit == "segment" else nearest(unit, CUTS)
        problem = Problem(f"unit {unit!r}", "text cannot be cut by it.", remedy)
        raise InputError("The text cannot be cut into units.", [problem])
    if unit == "sentence":
        return suggest.units(documents, names) if names else []
    found = []
    for name in sorted(names):
        text, own = documents[name].text, segments.own_turns(documents[name])
        if unit == "paragraph":
            found += segments.paragraphs(documents[name])
        elif unit == "character":
            found += segments.characters(documents[name])
        elif unit == "turn":
            found += [Unit(name, one.number, one.speech, one.end, text[one.speech : one.end]) for one in own]
        elif own:
            found.append(Unit(name, 0, own[0].speech, own[-1].end, text[own[0].speech : own[-1].end]))
    return [one for one in found if one.end > one.start]


@dataclass(frozen=True)
class Doubles:
    """Who said which code in which unit.

    Attributes
    ----------
    units : tuple of Unit
    coders, codes : tuple of str
    said : bool array, units × coders × codes
    unit : str
    """

    units: tuple[Unit, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    said: Any
    unit: str

    def ratings(self, code: str, *, uncoded: bool = True, scheme: Sequence[str] = ()) -> Ratings:
        """One code as ratings, ``yes`` or ``no`` by each coder, clustered by document.

        Parameters
        ----------
        code : str
        uncoded : bool
            Whether units count in which no coder said any code of `scheme`; they raise every agreement
            that is not corrected for chance.
        scheme : sequence of str
            The codes that make a unit coded; all by default.
        """
        import numpy as np

        from casestudy.agreement.ratings import Ratings

        keep, numbers = self._kept(tuple(scheme), uncoded)
        # Made without `ratings.read`, which looks at every word: characters are many.
        cells = self._layers[self.codes.index(code)][:, keep].T.astype(np.int64)
        return Ratings(cells, ("no", "yes"), self.coders, True, numbers, self.unit)

    def _kept(self, scheme: tuple[str, ...], uncoded: bool) -> tuple[Any, Any]:
        """Which units count, and the numbers of their documents: found once for all codes of a scheme."""
        import numpy as np

        key = () if uncoded else (scheme or self.codes)
        if key not in self._known:
            keep = np.ones(len(self.units), dtype=bool)
            if not uncoded:
                keep = np.zeros(len(self.units), dtype=bool)
                for code in key:
                    keep |= self.somebody(code)
            numbers = np.unique(self._documents[keep], return_inverse=True)[1].astype(np.int64)
            self._known[key] = keep, numbers
        return self._known[key]

    def somebody(self, code: str) -> Any:
        """In which units some coder said the code."""
        return self._layers[self.codes.index(code)].any(axis=0)

    def everybody(self, code: str) -> Any:
        """In which units all coders said the code."""
        return self._layers[self.codes.index(code)].all(axis=0)

    @cached_property
    def _layers(self) -> Any:
        """Codes × coders × units: the order in which codes are taken one by one quickly."""
        import numpy as np

        return np.ascontiguousarray(self.said.transpose(2, 1, 0))

    @cached_property
    def _known(self) -> dict[tuple[str, ...], tuple[Any, Any]]:
        return {}

    @cached_property
    def _documents(self) -> Any:
        import numpy as np

        return np.unique([one.document for one in self.units], return_inverse=True)[1]

    @property
    def uncoded_share(self) -> float:
        """Share of the units in which no coder said anything; NaN without units."""
        return float(1 - self.said.any(axis=(1, 2)).mean()) if len(self.units) else float("nan")


def doubles(
    frame: pd.DataFrame,
    documents: Mapping[str, Transcript],
    book: Codebook,
    coders: Sequence[str],
    *,
    unit: str = "sentence",
    codes: Sequence[str] = (),
    overlap: float = 0.5,
    names: Sequence[str] | None = None,
    within: Sequence[Unit] | None = None,
) -> Doubles:
    """Cut what the coders share into units, and see who said what in each.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `casestudy.coding.table.table`; roll it up first to compare parents.
    documents, book, coders
    unit : {'sentence', 'paragraph', 'turn', 'document', 'character', 'segment'}
        A sentence bears a code when a coding covers half of it or lies half in it; so do the others. For
        segments see `casestudy.coding.segments.segments`.
    codes : sequence of str
        All that occur by default.
    overlap : float
        For segments: the share of text that makes two codings one segment.
    names : sequence of str, optional
        Documents that all coders read; by default those in which each of them coded something.
    within : sequence of Unit, optional
        These units and no others, such as those of a blind sheet; all coders are taken to have read them.

    Raises
    ------
    InputError
        When the unit or the threshold cannot be used.
    """
    import numpy as np

    if unit not in UNITS and within is None:
        problem = Problem(f"unit {unit!r}", "it is not known.", nearest(unit, UNITS))
        raise InputError("The text cannot be cut into units.", [problem])
    names = shared(frame, coders) if names is None else names
    if within is not None:
        names, unit = sorted({one.document for one in within}), SHEET
    own = frame[frame["document"].isin(names) & frame["coder"].isin(list(coders)) & frame["placed"]]
    if unit == "segment":
        chosen = tuple(codes or sorted(own["code"].unique()))
        found, said = segments.segments(own, documents, names, coders, chosen, overlap)
        return Doubles(tuple(found), tuple(coders), chosen, said, unit)
    found = units(documents, names, unit) if within is None else list(within)
    chosen = tuple(codes or sorted((own if within is None else touching(own, found))["code"].unique()))
    layers = [suggest.bearing(found, own[own["coder"].eq(coder)], chosen) for coder in coders]
    empty = np.zeros((0, len(coders), len(chosen)), dtype=bool)
    said = np.stack(layers, axis=1) if found else empty
    return Doubles(tuple(found), tuple(coders), chosen, said, unit)


def touching(frame: pd.DataFrame, found: Sequence[Unit]) -> pd.DataFrame:
    """The codings that some unit bears: they cover half of it, or lie half in it."""
    import numpy as np

    places: dict[str, list[tuple[int, int]]] = {}
    for one in found:
        places.setdefault(one.document, []).append((one.start, one.end))
    arrays = {name: np.array(spans) for name, spans in places.items()}
    kept = []
    for name, start, end in zip(frame["document"], frame["start"], frame["end"], strict=True):
        spans = arrays.get(name, np.zeros((0, 2), dtype=int))
        common = np.minimum(spans[:, 1], end) - np.maximum(spans[:, 0], start)
        kept.append(bool((common * 2 >= np.minimum(spans[:, 1] - spans[:, 0], end - start)).any()))
    return frame[np.array(kept, dtype=bool)]


def by_code(
    given: Doubles,
    book: Codebook,
    *,
    least: int = 5,
    seed: int = 1,
    coefficients: Sequence[Coefficient] = (),
    only: Collection[str] | None = None,
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
    only : collection of str, optional
        These codes alone; the others still make units coded.

    Returns
    -------
    pandas.DataFrame
        One row a code, coefficient and way of counting: ``code, path, scheme, coefficient, counting``
        (all units, or units that some coder coded with the scheme), ``value, low, high, both, one``
        (units in which all coders, and only some, said it), ``positive`` (positive specific agreement:
        twice both over both coders' sums, two coders only), ``n_units, documents, prevalence, bias,
        reason, interval``.
    """
    import numpy as np
    import pandas as pd

    from casestudy.agreement.alpha import krippendorff
    from casestudy.agreement.chance import gwet
    from casestudy.agreement.coefficient import measure
    from casestudy.agreement.posterior import Posterior

    wanted = list(coefficients) or [krippendorff(), gwet()]
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
            clusters = ratings.clusters if ratings.clusters is not None else np.array([], dtype=int)
            documents = int(clusters.max(initial=-1)) + 1
            for coefficient in wanted:
                result = measure(ratings, coefficient, Posterior(seed=seed))
                rows.append(
                    {
                        **base,
                        "coefficient": result.name,
                        "counting": counting,
                        "value": result.value,
                        "low": result.interval.low,
                        "high": result.interval.high,
                        **counts,
                        "n_units": result.n_units,
                        "documents": documents,
                        "prevalence": result.prevalence,
                        "bias": result.bias,
                        "reason": result.reason,
                        "interval": result.interval.method,
                    }
                )
    columns = ["code", "path", "scheme", "coefficient", "counting", "value", "low", "high", "both", "one"]
    columns += ["positive", "n_units", "documents", "prevalence", "bias", "reason", "interval"]
    return pd.DataFrame(rows, columns=columns).astype({"n_units": "Int64", "documents": "Int64"})


def refuse_if_reflexive(stance: str, insist: bool = False) -> None:
    """Stop where the study's stance refuses coefficients of agreement, unless they are asked for.

    Raises
    ------
    InputError
        In a reflexive study.
    """
    if stance == "reflexive" and not insist:
        problem = Problem(
            "study.toml, stance",
            "a reflexive thematic analysis does not measure agreement.",
            "Read the disagreements as material, or set insist = true.",
        )
        raise InputError("Agreement is not computed.", [problem])
