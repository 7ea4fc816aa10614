"""Reading: everybody's codings in a document, to be filtered by coder, code and theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from casestudy.codebook import framework, selection
from casestudy.panel.comparing import others
from casestudy.panel.part import Act, Answer
from casestudy.panel.session import Session


class ReadingPart:
    """The codings of all coders, and the themes that the codes build."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def acts(self) -> Mapping[str, Act]:
        """Nothing is done to what is read."""
        return {}

    def opened(self) -> Answer:
        """Codings of all but the session's own coder, and each theme with its codes."""
        return {"reading": True, "others": others(self.session), "themes": self._themes()}

    def _themes(self) -> list[dict[str, Any]]:
        book = self.session.codes.book
        parents = {name: code.parent for name, code in book.codes.items()}
        return [
            {"name": theme.name, "codes": sorted(selection.expand(theme.pick.codes, parents))}
            for theme in framework.load(self.session.study).themes
        ]
