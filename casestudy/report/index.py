"""The first page: the study, its data status, its questions in reading order with their answers."""

from __future__ import annotations

from casestudy.report import layout
from casestudy.report.layout import Site
from casestudy.report.markdown import Place, render
from casestudy.report.records import Record, by_question
from casestudy.study import Study


def page(study: Study, site: Site, records: list[Record], waiting: list[str]) -> str:
    """The HTML of ``index.html``.

    Parameters
    ----------
    study : Study
    site : Site
    records : list of Record
        In reading order.
    waiting : list of str
        Names of notebooks that have not been run.

    Returns
    -------
    str
    """
    answers = {
        record.stem: render(
            record.answer.text, Place(study.root, f"notebooks/{record.stem}.ipynb", "outputs/index.html")
        )
        for record in records
        if record.answer
    }
    groups = by_question(study, records)
    return layout.page(
        "index.html.j2", site, "index.html", study.title, groups=groups, answers=answers, waiting=waiting
    )
