"""Every reader of a person's file: a small study, a valid file for it, and the verb that reads the file.

Files are taken from the repository and cut to a few rows, or made here. A reader is driven through a verb of the
command line wherever there is one, and else through the function that notebooks call.
"""

from __future__ import annotations

from parts import seeds_exchange, seeds_numbers, seeds_words
from parts.reader import Reader


def readers() -> list[Reader]:
    """All readers, in a fixed order.

    Raises
    ------
    SystemExit
        When two have one name, or a format of documents has no seed.
    """
    found = [*seeds_words.readers(), *seeds_numbers.readers(), *seeds_exchange.readers()]
    names = [one.name for one in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SystemExit(f"Two readers have the name {', '.join(sorted(twice))}.")
    return found
