"""Ways to read a file that notebooks take and no verb alone: the fuzz harness calls them with the file's path."""

from __future__ import annotations

from pathlib import Path


def purchases(path: Path) -> None:
    """Open the study's purchases, of which the file is one part, and count what is odd."""
    from casestudy.purchases.check import purchase_problems
    from casestudy.purchases.read import open_purchases
    from casestudy.study import Study

    purchase_problems(open_purchases(Study.load(path.parents[1])))


def ciqual(path: Path) -> None:
    """Read the composition table of several XML files, of which the file is one."""
    from casestudy.nutrition import composition_readers

    composition_readers.read("ciqual", path.parent)


def fdc(path: Path) -> None:
    """Read the composition table of several CSV files, of which the file is one."""
    from casestudy.nutrition import composition_readers

    composition_readers.read("fdc", path.parent)
