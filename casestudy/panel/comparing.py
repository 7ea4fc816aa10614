"""Two coders side by side: where they agree, by code; where they do not, one by one, with a decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from casestudy.coders import agreement_by_unit, common_text, decisions, open_disagreements, unit_ratings
from casestudy.coding.material import Material
from casestudy.errors import InputError, Problem
from casestudy.files import reading
from casestudy.panel import shown
from casestudy.panel.part import Act, Answer
from casestudy.panel.session import Session


class ComparingPart:
    """The work of two coders on one document, and what they decide on it.

    Parameters
    ----------
    session : Session
        Of the first coder.
    other : str
        The second coder.
    """

    def __init__(self, session: Session, other: str) -> None:
        if not other or other == session.coder:
            problem = Problem(
                "other", "no second coder is named.", 'Write panel(…, mode="compare", other="b").'
            )
            raise InputError("Nothing can be compared.", [problem])
        self.session, self.coders = session, (session.coder, other)

    @cached_property
    def acts(self) -> Mapping[str, Act]:
        """Ask for the comparison; decide on one disagreement."""
        return {"compare": lambda given: self._compared(), "decide": self._decide}

    def opened(self) -> Answer:
        """The second coder's codings, to be shown beside."""
        return {"comparing": list(self.coders), "others": others(self.session, [self.coders[1]])}

    def _material(self) -> Material:
        with reading.once():
            material = Material(self.session.study)
            material.words, material.texts  # noqa: B018
        return material

    def _reach(self, material: Material) -> common_text.Reach:
        study, coders = self.session.study, self.coders
        return common_text.of(study, material.words, material.texts, coders)

    def _compared(self) -> Answer:
        material = self._material()
        reach, frame, book = self._reach(material), material.words, material.book
        name = self.session.name
        if name not in reach.names:
            found = f"{' and '.join(self.coders)} did not both read it."
            raise InputError("Nothing can be compared.", [Problem(f"document {name}", found)])
        decided = decisions.read(self.session.study)
        lines = open_disagreements.unsettled(frame, decided, book, *self.coders, reach=reach)
        here = lines[lines["document"].eq(name)]
        pairs = unit_ratings.doubles(
            reach.frame(frame)[lambda rows: rows["document"].eq(name)],
            material.texts,
            book,
            self.coders,
            within=[one for one in reach.units(material.texts) if one.document == name],
        )
        agreed = agreement_by_unit.by_code(pairs, book, least=1, interval=None)
        rows = agreed[agreed["coefficient"].eq(agreed["coefficient"].iloc[0])] if len(agreed) else agreed
        rows = rows[rows["counting"].eq(rows["counting"].iloc[0])] if len(rows) else rows
        return {
            "disagreements": [_line(row, self.coders) for row in here.to_dict("records")],
            "agreement": [_agreement(row) for row in rows.to_dict("records")],
            "coefficient": str(rows["coefficient"].iloc[0]) if len(rows) else "",
            "units": len(pairs.units),
            "decided": sum(one.document == name for one in decided),
        }

    def _decide(self, given: Mapping[str, Any]) -> Answer:
        study = self.session.study
        with decisions.writing(study):
            material = self._material()
            lines = open_disagreements.unsettled(
                material.words,
                decisions.read(study),
                material.book,
                *self.coders,
                reach=self._reach(material),
            )
            made = open_disagreements.settled(
                lines,
                str(given["disagreement"]),
                self.coders,
                codes=[str(code) for code in given.get("codes") or []],
                keep=bool(given.get("keep")),
                who=str(given.get("who") or self.session.coder),
                why=str(given.get("why") or ""),
                when=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                events=material.events,
                texts=material.texts,
            )
            decisions.append(study, [made], material.book)
        return {"decision": made.id, **self._compared()}


def others(session: Session, coders: list[str] | None = None) -> list[dict[str, Any]]:
    """The codings of other coders in a session's document, for the browser; of all by default."""
    from casestudy.coding import codings

    rows = []
    for work in codings.read(session.study, document=session.name):
        if work.coder != session.coder and (coders is None or work.coder in coders):
            for coding in work.codings:
                row = shown.coding(coding, session)
                rows.append({**row, "id": f"{work.coder}/{coding.id}", "coder": work.coder})
    return rows


def _line(row: Mapping[Any, Any], coders: tuple[str, str]) -> dict[str, Any]:
    """A disagreement for the browser."""
    sides: list[dict[str, Any]] = []
    spans: list[tuple[int, int]] = []
    for side, coder in zip(("first", "second"), coders, strict=True):
        sides.append({"coder": coder, "code": str(row[f"{side}_code"])})
        if row[f"{side}_code"]:
            spans.append((int(row[f"{side}_start"]), int(row[f"{side}_end"])))
    whole = {"start": min(start for start, _ in spans), "end": max(end for _, end in spans)}
    return {"id": str(row["id"]), "state": str(row["state"]), "sides": sides, **whole}


def _agreement(row: Mapping[Any, Any]) -> dict[str, Any]:
    value = float(row["value"])
    return {
        "code": str(row["code"]),
        "path": str(row["path"]),
        "value": None if value != value else round(value, 3),
        "both": int(row["both"]),
        "one": int(row["one"]),
        "reason": str(row["reason"] or ""),
    }
