"""Reconciliation: what coders decided when they disagreed, kept beside their codings, not in place of them.

``evidence/reconciliation.jsonl`` has one decision a line. Figures of agreement before it rest on the
coders' files as they are; figures after it on the same files with the decisions applied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import locks
from casestudy.files.journal import Journal, NotALine, written
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/reconciliation.jsonl"
CODINGS = ("changed", "kept")
RECONCILED = "reconciled: "


@dataclass(frozen=True)
class Decision:
    """What was decided on one stretch of text.

    Attributes
    ----------
    id : str
    document : str
    start, end : int
        The stretch that has `codes` after the decision.
    scheme : str
        The scheme that was decided on: codings of others are left alone.
    codes : tuple of str
        Empty where it has none.
    coders : tuple of str
        Whose codings it concerns.
    who, when, why : str
    change : str
        The event of the codebook's history that it led to; empty for none.
    proposes : str
        A change of the codebook that it asks for, in words, where nobody has made it yet.
    quote : str
        The words of the stretch when it was decided on.
    about : tuple of str
        The codings in question, by id: others stay, though they share its text. Empty for all that do.
    codings : {'changed', 'kept'}
        Whether codings count as changed after it; ``kept`` where coders leave their readings as they are.
    """

    id: str
    document: str
    start: int
    end: int
    scheme: str
    codes: tuple[str, ...]
    coders: tuple[str, ...]
    who: str = ""
    when: str = ""
    why: str = ""
    change: str = ""
    about: tuple[str, ...] = ()
    codings: str = "changed"
    proposes: str = ""
    quote: str = ""


def decision(**fields: Any) -> Decision:
    """Make a decision; its id is made of its content."""
    blank = Decision("", **fields)
    return replace(blank, id=hashlib.sha256(line(blank).encode("utf-8", "surrogatepass")).hexdigest()[:12])


def line(one: Decision) -> str:
    """A decision as its line of JSON."""
    return written(dict(vars(one)))


def read(study: Study) -> list[Decision]:
    """The decisions of a study by time, then id; doubled lines count once.

    Raises
    ------
    InputError
        With every line that is not a decision.
    """
    decisions, problems = survey(study)
    raise_if(problems, "The reconciliation log has problems.")
    return decisions


def survey(study: Study) -> tuple[list[Decision], list[Problem]]:
    """Like `read`, with the problems listed instead of raised."""
    decisions: list[Decision] = []
    problems: list[Problem] = []
    for path in study.inputs(FILE):
        decisions, problems = _JOURNAL.survey(path, FILE)
    return sorted(decisions, key=lambda one: (one.when, one.id)), problems


def _decision(data: Any, number: int) -> Decision:
    values: dict[str, Any] = {key: str(data[key]) for key in ("id", "document", "scheme")}
    start, end = data["start"], data["end"]
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise NotALine(f"it spans {start!r} to {end!r}.", "Whole numbers, 0 <= start < end.")
    values |= {key: _several(data[key]) for key in ("codes", "coders")}
    values |= {key: str(data.get(key) or "") for key in ("who", "when", "why", "change", "proposes", "quote")}
    about, codings = _several(data.get("about") or []), str(data.get("codings") or "changed")
    if codings not in CODINGS:
        raise NotALine(f"codings are {codings!r}.", nearest(codings, CODINGS))
    return Decision(**values, start=start, end=end, about=about, codings=codings)


def _several(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(str(one) for one in value)


_JOURNAL: Journal[Decision] = Journal(
    "a decision",
    "Write id, document, start, end, scheme, codes and coders.",
    _decision,
    lambda one: dict(vars(one)),
    attrgetter("id"),
)


def append(study: Study, decisions: Sequence[Decision], book: Codebook) -> None:
    """Append decisions to the log.

    Raises
    ------
    InputError
        When a code is not in the codebook, or not of the decision's scheme.
    """
    problems = []
    for one in decisions:
        for code in one.codes:
            known = book.codes.get(code)
            if known is None or known.scheme != one.scheme:
                same = [other.id for other in book.in_use(one.scheme)]
                found = f"{code!r} is not a code of the scheme {one.scheme!r}."
                problems.append(Problem(f"decision on {one.document}", found, nearest(code, same)[:200]))
        if not one.who.strip() or not one.why.strip():
            problems.append(
                Problem(f"decision on {one.document}", "nobody, or no reason, is named.", "Say both.")
            )
    if problems:
        raise InputError("Nothing was written.", problems)
    _JOURNAL.append(study.root, FILE, decisions)


@contextmanager
def writing(study: Study) -> Iterator[None]:
    """Hold the log of decisions while one is worked out and written.

    Raises
    ------
    RunFailed
        When somebody else was writing it all the time.
    """
    with locks.writing(study.root, FILE):
        yield


def applied(frame: pd.DataFrame, decisions: Sequence[Decision], book: Codebook) -> pd.DataFrame:
    """The table of codings after the decisions; the coders' files stay as they are.

    Codings of the decision's coders and scheme that share text with its stretch go, or those it is
    about; each of the coders gets the decided codes there. Who has a decided code on all of that text,
    in a coding that stays, gets no second one; one that lies within it gives way. A later decision on the
    same stretch holds. A decision that keeps the codings changes nothing.

    Returns
    -------
    pandas.DataFrame
        Columns as in `frame`; rows that a decision made are by ``reconciled: ID``.
    """
    import pandas as pd

    table = frame
    for one in decisions:
        if one.codings == "kept":
            continue
        inside = table["document"].eq(one.document) & table["scheme"].eq(one.scheme)
        touched = (
            inside & table["coder"].isin(one.coders) & (table["start"] < one.end) & (table["end"] > one.start)
        )
        if one.about:
            touched = table["coding"].isin(one.about) & inside
        kept = table[~touched]
        rows: list[dict[str, Any]] = []
        for coder in one.coders:
            own = kept["document"].eq(one.document) & kept["coder"].eq(coder) & kept["placed"]
            for code in one.codes:
                same = kept[own.loc[kept.index] & kept["code"].eq(code)]
                if ((same["start"] <= one.start) & (same["end"] >= one.end)).any():
                    continue
                kept = kept.drop(index=same.index[(same["start"] >= one.start) & (same["end"] <= one.end)])
                rows.append(
                    {
                        **_pattern(frame, one, code),
                        "coding": f"{one.id}-{coder}-{code}",
                        "coder": coder,
                        "document": one.document,
                        "scheme": one.scheme,
                        "code": code,
                        "as_coded": code,
                        "name": book.codes[code].name if code in book.codes else code,
                        "path": book.path(code),
                        "start": one.start,
                        "end": one.end,
                        "quote": _words(frame, one),
                        "memo": one.why,
                        "by": f"{RECONCILED}{one.id}",
                        "placed": True,
                    }
                )
        made = pd.DataFrame(rows, columns=frame.columns)
        table = pd.concat([kept, made], ignore_index=True) if rows else kept
        table = table.astype(frame.dtypes.to_dict())
    order = ["document", "start", "end", "code", "coder", "coding"]
    return table.sort_values(order, kind="stable").reset_index(drop=True)


def between(
    decisions: Sequence[Decision], coders: Collection[str], documents: Collection[str]
) -> list[Decision]:
    """The decisions that two or more of some coders took on some documents.

    Examples
    --------
    >>> one = decision(document="t", start=0, end=2, scheme="s", codes=(), coders=("a", "b"))
    >>> len(between([one], ["a", "b"], ["t"])), len(between([one], ["a", "c"], ["t"]))
    (1, 0)
    """
    return [one for one in decisions if one.document in documents and len(set(one.coders) & set(coders)) >= 2]


def touched(frame: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """The codes whose codings decisions changed: those of codings that went, and of codings that came.

    Parameters
    ----------
    frame, after : pandas.DataFrame
        Codings as they were left, and from `applied`.
    """
    gone = frame.loc[~frame["coding"].isin(after["coding"]), "code"]
    came = after.loc[~after["coding"].isin(frame["coding"]), "code"]
    return sorted({*gone, *came})


def listed(decisions: Sequence[Decision]) -> pd.DataFrame:
    """Decisions as a table, without the words of the text.

    Returns
    -------
    pandas.DataFrame
        ``id, document, scheme, decided`` (codes, ``no code`` or ``both readings kept``), ``who, when, why,
        proposes, change``. In the order of the decisions.
    """
    import pandas as pd

    rows = [
        {
            "id": one.id,
            "document": one.document,
            "scheme": one.scheme,
            "decided": "both readings kept" if one.codings == "kept" else ", ".join(one.codes) or "no code",
            **{name: getattr(one, name) for name in ("who", "when", "why", "proposes", "change")},
        }
        for one in decisions
    ]
    names = ["id", "document", "scheme", "decided", "who", "when", "why", "proposes", "change"]
    return pd.DataFrame(rows, columns=names)


def _pattern(frame: pd.DataFrame, one: Decision, code: str) -> dict[Any, Any]:
    """The coding that a decided one takes its attributes from: of the code, in question, or near it."""
    inside = frame["document"].eq(one.document)
    asked = frame["coding"].isin(one.about)
    near = inside & (frame["start"] < one.end) & (frame["end"] > one.start)
    for rows in (asked & frame["code"].eq(code), near & frame["code"].eq(code), asked, near, inside):
        if rows.any():
            return dict(frame[rows].iloc[0].to_dict())
    return dict(frame.iloc[0].to_dict()) if len(frame) else dict.fromkeys(frame.columns, "")


def _words(frame: pd.DataFrame, one: Decision) -> str:
    """The words of the stretch, from a coding that has them all; empty where none has."""
    inside = frame["document"].eq(one.document)
    for row in frame[inside & (frame["start"] <= one.start) & (frame["end"] >= one.end)].to_dict("records"):
        if len(row["quote"]) == row["end"] - row["start"]:
            return str(row["quote"])[one.start - row["start"] : one.end - row["start"]]
    return ""


def problems_of(
    decisions: Sequence[Decision],
    book: Codebook | None,
    documents: Mapping[str, Transcript] | None,
    codings: Mapping[str, Collection[str]],
    events: Collection[str],
) -> list[Problem]:
    """What is wrong with decisions, beside the other files of the study.

    Parameters
    ----------
    decisions : sequence of Decision
    book : Codebook or None
    documents : mapping of id to Transcript, or None
        None where they cannot be read: what needs them is not looked at.
    codings : mapping of coder to ids of codings
    events : collection of str
        Ids of the codebook's history.

    Returns
    -------
    list of Problem
        Documents, schemes, codes, coders, codings and events that are not there; stretches beyond the text;
        decisions without a name or reason; two on the same codings that decide differently.
    """
    problems: list[Problem] = []
    known = {one for ids in codings.values() for one in ids}
    made = {f"{one.id}-{coder}-{code}" for one in decisions for coder in one.coders for code in one.codes}
    settled: dict[tuple[str, ...], Decision] = {}
    for one in decisions:
        found: list[tuple[str, str]] = []
        document = (documents or {}).get(one.document)
        if documents is not None and document is None:
            found.append((f"document {one.document!r} is not there.", nearest(one.document, documents)[:200]))
        elif document is not None and one.end > len(document.text):
            found.append((f"it ends at {one.end}, behind the text of {len(document.text)}.", "Decide again."))
        elif document is not None and one.quote and document.text[one.start : one.end] != one.quote:
            found.append((f"displaced: its words are not at {one.start}-{one.end}.", "Decide again."))
        if book is not None and one.scheme not in book.schemes:
            found.append((f"scheme {one.scheme!r} is not there.", nearest(one.scheme, book.schemes)))
        for code in one.codes if book is not None else ():
            there = book.codes.get(code) if book is not None else None
            if there is None or there.scheme != one.scheme:
                found.append((f"code {code!r} is not a code of the scheme {one.scheme!r}.", "Decide again."))
        for coder in one.coders:
            if coder not in codings:
                found.append((f"coder {coder!r} has no codings.", nearest(coder, codings)))
        gone = sorted(set(one.about) - known - made)
        if gone:
            found.append((f"coding {', '.join(gone)} is not there any more.", "Decide again."))
        if one.change and one.change not in events:
            found.append((f"event {one.change!r} is not in the codebook's history.", "Name another."))
        if not one.who.strip() or not one.why.strip():
            found.append(("nobody, or no reason, is named.", "Say both."))
        other = settled.setdefault(tuple(sorted(one.about)), one) if one.about else one
        if (other.codes, other.codings) != (one.codes, one.codings):
            found.append((f"decision {other.id} is on the same codings; this later one holds.", "Keep one."))
        problems += [Problem(f"{FILE}, decision {one.id}", said, remedy) for said, remedy in found]
    return problems
