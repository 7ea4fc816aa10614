"""Reconciliation: what coders decided when they disagreed, kept beside their codings, not in place of them.

``evidence/reconciliation.jsonl`` has one decision a line. Figures of agreement before it rest on the
coders' files as they are; figures after it on the same files with the decisions applied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casestudy.coding.codebook import Codebook
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.outputs import write_atomically
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

FILE = "evidence/reconciliation.jsonl"
CODINGS = ("changed", "kept")


@dataclass(frozen=True)
class Decision:
    """What was decided on one stretch of text.

    Attributes
    ----------
    id : str
    document : str
    start, end : int
        The stretch that bears `codes` after the decision.
    scheme : str
        The scheme that was decided on: codings of others are left alone.
    codes : tuple of str
        Empty where it bears none.
    coders : tuple of str
        Whose codings it concerns.
    who, when, why : str
    change : str
        The event of the codebook's history that it led to; empty for none.
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


def decision(**fields: Any) -> Decision:
    """Make a decision; its id is made of its content."""
    blank = Decision("", **fields)
    return replace(blank, id=hashlib.sha256(line(blank).encode("utf-8", "surrogatepass")).hexdigest()[:12])


def line(one: Decision) -> str:
    """A decision as its line of JSON."""
    return json.dumps(dict(vars(one)), ensure_ascii=False, default=list)


def read(study: Study) -> list[Decision]:
    """The decisions of a study by time, then id; doubled lines count once.

    Raises
    ------
    InputError
        With every line that is no decision.
    """
    found = study.inputs(FILE)
    decisions: dict[str, Decision] = {}
    problems: list[Problem] = []
    text = found[0].read_bytes().decode("utf-8-sig", errors="replace") if found else ""
    for number, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        where = f"{FILE}, line {number}"
        try:
            data = json.loads(row)
            values: dict[str, Any] = {key: str(data[key]) for key in ("id", "document", "scheme")}
            values |= {key: int(data[key]) for key in ("start", "end")}
            values |= {key: tuple(str(one) for one in data[key]) for key in ("codes", "coders")}
            values |= {key: str(data.get(key) or "") for key in ("who", "when", "why", "change")}
            values["about"] = tuple(str(one) for one in data.get("about") or ())
            one = Decision(**values, codings=str(data.get("codings") or "changed"))
        except (ValueError, KeyError, TypeError, RecursionError):
            remedy = "Write id, document, start, end, scheme, codes and coders."
            problems.append(Problem(where, f"{row[:40]!r} is no decision.", remedy))
            continue
        if not 0 <= one.start < one.end:
            problems.append(Problem(where, f"it spans {one.start} to {one.end}.", "0 <= start < end."))
            continue
        if one.codings not in CODINGS:
            problems.append(Problem(where, f"codings are {one.codings!r}.", nearest(one.codings, CODINGS)))
            continue
        decisions[one.id] = one
    raise_if(problems, "The reconciliation log has problems.")
    return sorted(decisions.values(), key=lambda one: (one.when, one.id))


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
                found = f"{code!r} is no code of the scheme {one.scheme!r}."
                problems.append(Problem(f"decision on {one.document}", found, nearest(code, same)[:200]))
        if not one.who.strip() or not one.why.strip():
            problems.append(
                Problem(f"decision on {one.document}", "nobody, or no reason, is named.", "Say both.")
            )
    if problems:
        raise InputError("Nothing was written.", problems)
    path = study.root / FILE
    before = path.read_bytes() if path.is_file() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    write_atomically(path, before + "".join(f"{line(one)}\n" for one in decisions).encode("utf-8"))


def applied(frame: pd.DataFrame, decisions: Sequence[Decision], book: Codebook) -> pd.DataFrame:
    """The table of codings after the decisions; the coders' files stay as they are.

    Codings of the decision's coders and scheme that share text with its stretch go, or those it is
    about; each of the coders gets the decided codes there. A later decision on the same stretch holds. A
    decision that keeps the codings changes nothing.

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
        like = frame[
            frame["document"].eq(one.document) & (frame["start"] < one.end) & (frame["end"] > one.start)
        ]
        pattern = like.iloc[0].to_dict() if len(like) else dict.fromkeys(frame.columns, "")
        rows = [
            {
                **pattern,
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
                "quote": "",
                "memo": one.why,
                "by": f"reconciled: {one.id}",
                "placed": True,
            }
            for coder in one.coders
            for code in one.codes
        ]
        table = pd.concat([kept, pd.DataFrame(rows, columns=frame.columns)]) if rows else kept
        table = table.astype(frame.dtypes.to_dict())
    order = ["document", "start", "end", "code", "coder", "coding"]
    return table.sort_values(order, kind="stable").reset_index(drop=True)
