"""How much a reader may give and take: characters, nesting, seconds; and what text may be at all."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from casestudy.errors import CaseStudyError, InputError, Problem

MOST_CHARACTERS = 30_000_000
MOST_DEPTH = 200
MOST_SECONDS = 120.0
LONGEST_TIME = 3.6e9  # seconds: a million hours
_HALF = re.compile("[\ud800-\udfff]")


class Budget:
    """What one document may take; `spend` refuses what goes beyond.

    Parameters
    ----------
    where : str
        How to call the file in messages.
    characters, seconds : int, float
        How many characters it may give, and how long reading may last.
    """

    def __init__(self, where: str, characters: int = MOST_CHARACTERS, seconds: float = MOST_SECONDS) -> None:
        self.where = where
        self.left = characters
        self._most = characters
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def spend(self, characters: int) -> None:
        """Take some characters.

        Raises
        ------
        InputError
            When the document gives more characters, or takes longer, than it may.
        """
        self.left -= characters
        if self.left < 0:
            found = f"it would give more than {self._most:,} characters."
            raise refused(self.where, found, "Split it, or save the text alone.")
        self.watch()

    def watch(self) -> None:
        """Look at the clock alone.

        Raises
        ------
        InputError
            When reading takes longer than it may.
        """
        if time.monotonic() > self._until:
            found = f"reading it takes more than {self._seconds:.0f} seconds."
            raise refused(self.where, found, "Split it, or save it as plain text.")


def refused(where: str, found: str, remedy: str = "") -> InputError:
    """The error for a document that cannot be read."""
    return InputError("A document cannot be read.", [Problem(where, found, remedy)])


def whole(text: str, where: str) -> str:
    """The text, once it is known to hold no half characters.

    Raises
    ------
    InputError
        With the line and the column of the first lone surrogate: such a text cannot be saved.
    """
    half = _HALF.search(text)
    if half is None:
        return text
    line = text.count("\n", 0, half.start()) + 1
    column = half.start() - text.rfind("\n", 0, half.start())
    found = f"half a character (U+{ord(half[0]):04X}), left of a damaged emoji or sign."
    remedy = "Export the transcript again from the tool that wrote it; half a character cannot be saved."
    raise refused(f"{where}, line {line}, column {column}", found, remedy)


@contextmanager
def guarded(where: str, kind: str) -> Iterator[None]:
    """Turn whatever goes wrong while a file is read into a problem of that file."""
    try:
        yield
    except CaseStudyError:
        raise
    except OSError as error:
        raise refused(where, f"{error.strerror or 'it cannot be opened'}.") from error
    except RecursionError as error:
        found = "it is nested too deeply (RecursionError)."
        raise refused(where, found, "Save the text alone.") from error
    except MemoryError as error:
        raise refused(where, "it does not fit into memory.", "Split it, or save the text alone.") from error
    except Exception as error:  # a damaged file fails in as many ways as there are libraries
        said = f"{type(error).__name__}: {error}"[:120]
        found = f"it cannot be read as {kind} ({said})."
        raise refused(where, found, "Save it again, or as plain text.") from error
