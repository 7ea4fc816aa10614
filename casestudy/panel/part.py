"""What a panel is put together of: parts that answer messages, each one task of a coder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Answer = dict[str, Any]
Act = Callable[[Mapping[str, Any]], Answer]


class Part(Protocol):
    """One task in a panel."""

    @property
    def acts(self) -> Mapping[str, Act]:
        """What it does, by the name of the message that asks for it."""

    def opened(self) -> Answer:
        """What a view is given when it opens."""
