"""The progress line: what runs now, how much is done, how long it has taken."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TextIO


class Progress:
    """Writes one line that changes in place on a terminal, and a line a change elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.started = time.monotonic()
        self.last = ""
        self.terminal = self.stream.isatty()

    def __call__(self, running: Sequence[str], done: int, total: int) -> None:
        """Say what runs now."""
        words = f"{done} of {total} done" + (f", running {', '.join(running)}" if running else "")
        if self.terminal:
            line = f"{words}, {time.monotonic() - self.started:.0f} s"
            self.stream.write("\r\x1b[K" + line[:200])
            self.stream.flush()
        elif words != self.last and running:
            self.stream.write(f"{words}\n")
            self.stream.flush()
        self.last = words

    def close(self) -> None:
        """Clear the line, so that what follows stands alone."""
        if self.terminal:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
