"""How far the coding is: what was coded, by whom, and what the codebook has left behind since."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.codebook.codes import Codebook
from casestudy.codebook.history import Event
from casestudy.coding.codings import Coding, Work, moment
from casestudy.coding.material import Material
from casestudy.coding.spans import overlap, union
from casestudy.coding.units import stretches
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("document", "coder", "codings", "codes", "coded", "displaced", "outdated", "redefined", "last")


def progress(study: Study | Path | str | None = None, coders: Sequence[str] = ()) -> pd.DataFrame:
    """How far each coder is with each document.

    Parameters
    ----------
    study : Study or path, optional
        The one that the notebook stands in by default.
    coders : sequence of str
        Only these; all who coded something by default.

    Returns
    -------
    pandas.DataFrame
        One row a document and coder, those not begun included: ``document, coder, codings, codes`` (different
        ones), ``coded`` (share of what participants say, 0 to 1; NaN where nobody speaks), ``displaced``
        (codings that do not find their words), ``outdated`` (whose code was merged, split or retired),
        ``redefined`` (whose code was changed after they were made), ``last`` (when the coder last wrote;
        empty for never). Feedback messages are left out.

    Raises
    ------
    InputError
        When a file of documents, codings or the codebook cannot be read.
    """
    import pandas as pd

    material = Material(study if isinstance(study, Study) else Study.find(study))
    works = {(work.document, work.coder): work for work in material.works}
    wanted = list(coders) or sorted({coder for _, coder in works})
    changed = _last_changes(material.events)
    rows = [
        _row(document, works.get((name, coder), Work(coder, name, (), (), ())), material.book, changed)
        for name, document in sorted(material.texts.items())
        if document.format != "message"
        for coder in wanted
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(document: Transcript, work: Work, book: Codebook, changed: dict[str, str]) -> dict[str, object]:
    placed = [one for one in work.codings if document.text[one.start : one.end] == one.quote]
    said = union(stretches(document))
    whole = sum(end - start for start, end in said)
    shared = overlap(said, union([(one.start, one.end) for one in placed]))
    return {
        "document": document.id,
        "coder": work.coder,
        "codings": len(work.codings),
        "codes": len({one.code for one in work.codings}),
        "coded": shared / whole if whole else float("nan"),
        "displaced": len(work.codings) - len(placed),
        "outdated": sum(_outdated(one, book) for one in work.codings),
        "redefined": sum(moment(changed.get(one.code, "")) > moment(one.when) for one in work.codings),
        "last": max((record.when for record in work.records), key=moment, default=""),
    }


def _outdated(coding: Coding, book: Codebook) -> bool:
    code = book.codes.get(coding.code)
    return code is None or code.retired or bool(code.merged_into)


def _last_changes(events: Sequence[Event]) -> dict[str, str]:
    """By code, when its meaning was last changed: its definition, its rules of use, its place."""
    meaning = {"definition", "include", "exclude", "parent", "name", "split_into"}
    found: dict[str, str] = {}
    for event in events:
        for change in event.changes:
            if change.field in meaning:
                found[change.code] = max(found.get(change.code, ""), event.when, key=moment)
    return found
