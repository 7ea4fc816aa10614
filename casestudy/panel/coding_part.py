"""Coding itself: the messages that add, change, delete, undo, each answered when it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from casestudy.panel import shown, slots, vivo
from casestudy.panel.part import Act, Answer
from casestudy.panel.session import Change, Session


class CodingPart:
    """A coder's acts in a session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def acts(self) -> Mapping[str, Act]:
        """The acts by name; what each needs stands in `Session`."""
        session = self.session
        return {
            "add": lambda given: self._said(
                session.add([str(code) for code in given["codes"]], int(given["start"]), int(given["end"]))
            ),
            "move": lambda given: self._said(
                session.move(str(given["coding"]), int(given["start"]), int(given["end"]))
            ),
            "split": lambda given: self._said(session.split(str(given["coding"]), int(given["at"]))),
            "delete": lambda given: self._said(session.delete([str(name) for name in given["codings"]])),
            "recode": lambda given: self._said(session.recode(str(given["coding"]), str(given["code"]))),
            "describe": self._describe,
            "fill": lambda given: self._said(
                slots.fill(
                    session, str(given["coding"]), [str(one) for one in given["codes"]], str(given["code"])
                )
            ),
            "undo": lambda given: self._said(session.undo()),
            "redo": lambda given: self._said(session.redo()),
            "create": self._create,
        }

    def opened(self) -> Answer:
        """The attributes that codings may have, and the slots of episodes."""
        vocabulary = self.session.codes.vocabulary.values()
        rows = [{"name": one.name, "values": list(one.values), "rule": one.rule} for one in vocabulary]
        filling = slots.slots(self.session.study, self.session.codes.book)
        return {"attributes": rows, "slots": filling, "editable": True}

    def _said(self, change: Change) -> Answer:
        return shown.change(change, self.session)

    def _describe(self, given: Mapping[str, Any]) -> Answer:
        attributes = {str(name): str(value) for name, value in (given.get("attributes") or {}).items()}
        memo = given.get("memo")
        words = None if memo is None else str(memo)
        return self._said(
            self.session.describe(str(given["coding"]), attributes=attributes or None, memo=words)
        )

    def _create(self, given: Mapping[str, Any]) -> Answer:
        code = vivo.create(
            self.session.study,
            str(given["name"]),
            scheme=str(given["scheme"]),
            parent=str(given.get("parent") or ""),
            definition=str(given.get("definition") or ""),
            who=self.session.coder,
        )
        return {**self._said(self.session.look()), "code": code}
