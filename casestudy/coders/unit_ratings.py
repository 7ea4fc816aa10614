"""From codings to units for agreement: which unit, whose codings, and whether uncoded units count.

Everything is for documents that all the chosen coders coded. A code is judged by itself: in each unit
each coder has said it or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.coders import segments
from casestudy.coding import units as cuts
from casestudy.coding.units import Unit
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.agreement.ratings import Ratings

CUTS = ("sentence", "paragraph", "turn", "document", "character")
UNITS = (*CUTS, "segment")
SHEET = "unit of the sheet"


def plural(unit: str) -> str:
    """Several of a unit, in words."""
    return "units of the sheet" if unit == SHEET else f"{unit}s"


def coders_of(frame: pd.DataFrame, coders: Sequence[str] = (), more: Iterable[str] = ()) -> list[str]:
    """The coders to compare: those named, or all.

    Parameters
    ----------
    frame : pandas.DataFrame
    coders : sequence of str
    more : iterable of str
        Coders who read something, and perhaps found nothing to code.

    Raises
    ------
    InputError
        When fewer than two are there.
    """
    known = sorted({*map(str, frame["coder"].unique()), *more})
    strange = [one for one in coders if one not in known]
    problems = [Problem(f"coder {one!r}", "has no codings here.", nearest(one, known)) for one in strange]
    raise_if(problems, "The coders cannot be compared.")
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
        return cuts.units(documents, names) if names else []
    found = []
    for name in sorted(names):
        text, own = documents[name].text, documents[name].own_turns
        if unit == "paragraph":
            found += cuts.paragraphs(documents[name])
        elif unit == "character":
            found += cuts.characters(documents[name])
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

        keep, numbers = self.kept(tuple(scheme), uncoded)
        # Made without `ratings.read`, which looks at every word: characters are many.
        cells = self._layers[self.codes.index(code)][:, keep].T.astype(np.int64)
        return Ratings(cells, ("no", "yes"), self.coders, True, numbers, self.unit)

    def kept(self, scheme: tuple[str, ...], uncoded: bool) -> tuple[Any, Any]:
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
    unit: str = "",
    codes: Sequence[str] = (),
    overlap: float = 0.5,
    names: Sequence[str] | None = None,
    within: Sequence[Unit] | None = None,
    parts: Mapping[str, Sequence[Unit]] | None = None,
) -> Doubles:
    """Cut what the coders share into units, and see who said what in each.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `casestudy.coding.table.table`; roll it up first to compare parents.
    documents, book, coders
    unit : {'sentence', 'paragraph', 'turn', 'document', 'character', 'segment'}
        Sentences by default, or the units of `within`. A sentence has a code when a coding covers half of
        it or lies half in it; so do the others. For segments see `casestudy.coders.segments.segments`.
    codes : sequence of str
        All that occur by default.
    overlap : float
        For segments: the share of text that makes two codings one segment.
    names : sequence of str, optional
        Documents that all coders read; by default those in which each of them coded something.
    within : sequence of Unit, optional
        These units and no others, such as those of a blind sheet; all coders are taken to have read them.
        Not for segments.
    parts : mapping of document to sequence of Unit, optional
        For segments: documents of which only these units were read.

    Raises
    ------
    InputError
        When the unit or the threshold cannot be used.
    """
    import numpy as np

    if unit and unit not in UNITS:
        problem = Problem(f"unit {unit!r}", "it is not known.", nearest(unit, UNITS))
        raise InputError("The text cannot be cut into units.", [problem])
    names = shared(frame, coders) if names is None else names
    if within is not None:
        names = sorted({one.document for one in within})
    unit = unit or ("sentence" if within is None else SHEET)
    own = frame[frame["document"].isin(names) & frame["coder"].isin(list(coders)) & frame["placed"]]
    if unit == "segment":
        chosen = tuple(codes or sorted(own["code"].unique()))
        found, said = segments.segments(own, documents, names, coders, chosen, overlap, parts)
        return Doubles(tuple(found), tuple(coders), chosen, said, unit)
    found = units(documents, names, unit) if within is None else list(within)
    chosen = tuple(codes or sorted((own if within is None else touching(own, found))["code"].unique()))
    layers = [cuts.bearing(found, own[own["coder"].eq(coder)], chosen) for coder in coders]
    empty = np.zeros((0, len(coders), len(chosen)), dtype=bool)
    said = np.stack(layers, axis=1) if found else empty
    return Doubles(tuple(found), tuple(coders), chosen, said, unit)


def touching(frame: pd.DataFrame, found: Sequence[Unit]) -> pd.DataFrame:
    """The codings that some unit has: they cover half of it, or lie half in it."""
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
