"""A new code made while coding: out of the words themselves, into the history of the codebook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import UTC, datetime

from casestudy.codebook import history, revisions
from casestudy.codebook.codes import folded
from casestudy.study import Study


def create(study: Study, name: str, *, scheme: str, parent: str = "", definition: str = "", who: str) -> str:
    """Add a code to the codebook's history.

    Parameters
    ----------
    study : Study
    name : str
        As it is shown; the id is made of it.
    scheme, parent, definition, who : str

    Returns
    -------
    str
        The new code's id.

    Raises
    ------
    InputError
        When the name is empty, or scheme or parent are not there.
    """
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with history.writing(study) as (book, _):
        taken = {folded(code) for code in book.codes}
        code = identifier(name, parent or scheme, taken)
        said = {"who": who, "when": when, "why": "named while coding"}
        event = revisions.create(book, code, " ".join(name.split()), scheme, parent, definition, **said)
        history.append(study, [event])
    return code


def identifier(name: str, above: str, taken: Container[str]) -> str:
    """An id for a code, made of its name and what it stands under; numbered where it is taken.

    Examples
    --------
    >>> identifier("It’s heavy, though", "garden.water", {"garden.water.it_s_heavy_though"})
    'garden.water.it_s_heavy_though_2'
    """
    plain = unicodedata.normalize("NFC", name).casefold()
    words = re.sub(r"[^\w]+", "_", plain).strip("_")[:40].rstrip("_") or "code"
    code, number = f"{above}.{words}", 2
    while folded(code) in taken:
        code, number = f"{above}.{words}_{number}", number + 1
    return code
