"""A new code made while coding: out of the words themselves, into the history of the codebook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from casestudy.codebook import history, revisions
from casestudy.codebook.codes import folded
from casestudy.codebook.history import Event
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
    with history.writing(study) as (book, events):
        taken = {folded(code) for code in book.codes}
        code = identifier(name, parent or scheme, taken)
        said = {"who": who, "when": next_second(events), "why": "named while coding"}
        event = revisions.create(book, code, " ".join(name.split()), scheme, parent, definition, **said)
        history.append(study, [event])
    return code


def next_second(events: Sequence[Event]) -> str:
    """This second in UTC, or the one after the last event: events of one second have no order of their own.

    Examples
    --------
    >>> next_second([history.event("retire", "c", [], when="2990-01-01T00:00:59Z")])
    '2990-01-01T00:01:00Z'
    """
    form = "%Y-%m-%dT%H:%M:%SZ"
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    last = max((event.when for event in events), default="")
    with suppress(ValueError, OverflowError):  # a time that is written otherwise
        now = max(now, datetime.strptime(last, form) + timedelta(seconds=1))
    return now.strftime(form)


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
