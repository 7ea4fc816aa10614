"""The first page: the study, its data status, its questions in reading order with their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casestudy.report import layout
from casestudy.report.layout import Site
from casestudy.report.markdown import Place, render
from casestudy.report.records import Record, by_question
from casestudy.study import Study


@dataclass(frozen=True)
class Stated:
    """A claim as the first page names it."""

    id: str
    text: str
    status: str
    question: str
    address: str


def page(
    study: Study,
    site: Site,
    records: list[Record],
    waiting: list[str],
    claims: list[Stated],
    marks: Mapping[str, str],
) -> str:
    """The HTML of ``index.html``.

    Parameters
    ----------
    study : Study
    site : Site
    records : list of Record
        In reading order.
    waiting : list of str
        Names of notebooks that have not been run.
    claims : list of Stated
        The study's claims.
    marks : mapping of str to str
        Why a notebook's page is not up to date, or could not be made.

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
        "index.html.j2",
        site,
        "index.html",
        study.title,
        groups=groups,
        answers=answers,
        waiting=waiting,
        claims=claims,
        marks=marks,
    )
