"""Numbers of notebooks as pages show them: value, where it stands, the way there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casestudy.report.corpus import Corpus
from casestudy.report.records import Record
from casestudy.report.rows import measured


@dataclass(frozen=True)
class Number:
    """One number of the study.

    Attributes
    ----------
    name : str
    shown : str
        With its unit; or in words why there is none.
    query : str
        Table, rows and column in words.
    page, file : str
        Where it is shown and where it stands, from the outputs folder; empty where the notebook was not run.
    """

    name: str
    shown: str
    query: str
    page: str
    file: str


def numbers(corpus: Corpus, measures: Iterable[str], records: list[Record]) -> list[Number]:
    """The measures of those ids that are numbers of the study, read from the notebooks' tables."""
    from casestudy.mixed.displays import shown
    from casestudy.mixed.measures import described, read

    known = {record.stem: record for record in records}
    found = []
    for identity in measures:
        measure = corpus.framework.measure(identity)
        if measure is None:
            continue
        record = known.get(measure.notebook)
        item = record.item(measure.table) if record else None
        page = measured(record, item, measure.rows)[0] if record and item else ""
        file = f"{measure.notebook}/{measure.table}.csv" if item else ""
        words = "by participant" if measure.per != "study" else ""
        value = words or shown(read(corpus.material, measure), measure.unit)
        found.append(Number(measure.name, value, described(measure), page, file))
    return found
