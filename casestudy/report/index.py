"""The first page: each question, its answer in a sentence, how sure it is, the figure; then how we know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casestudy.report import layout
from casestudy.report.layout import Site
from casestudy.report.markdown import Place, render
from casestudy.report.records import Record, by_question
from casestudy.settings import Question
from casestudy.study import Study
from casestudy.wording import counted

# A full stop that ends a sentence, and no number, initial or abbreviation.
_END = re.compile(r"(?<=[a-z0-9)%*_])\.(?=\s+[A-Z*_0-9])")


@dataclass(frozen=True)
class Stated:
    """A claim as the first page names it."""

    id: str
    text: str
    status: str
    question: str
    address: str


@dataclass(frozen=True)
class Part:
    """What the first page says under one question.

    Attributes
    ----------
    question : Question or None
        None for notebooks that serve none.
    short : str
        The answer in a sentence, as HTML; empty where there is none.
    sure : str
        How sure it is: what the question's claims amount to; empty without claims.
    lead : Record or None
        The notebook whose answer is given in short.
    records : tuple of Record
        All that serve the question, in reading order.
    claims : tuple of Stated
    """

    question: Question | None
    short: str
    sure: str
    lead: Record | None
    records: tuple[Record, ...]
    claims: tuple[Stated, ...]


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
    answers = {record.stem: _html(study, record, record.answer.text) for record in records if record.answer}
    parts = [
        _part(study, question, served, [one for one in claims if question and one.question == question.id])
        for question, served in by_question(study, records)
    ]
    return layout.page(
        "index.html.j2",
        site,
        "index.html",
        study.title,
        parts=parts,
        answers=answers,
        waiting=waiting,
        marks=marks,
    )


def _part(
    study: Study, question: Question | None, records: Sequence[Record], claims: Sequence[Stated]
) -> Part:
    answered = [record for record in records if record.answer]
    named = question.answered_by if question else ""
    lead = next((record for record in answered if record.stem == named), answered[-1] if answered else None)
    short = _html(study, lead, first_sentence(lead.answer.text)) if lead and lead.answer else ""
    return Part(question, short, how_sure(claims), lead, tuple(records), tuple(claims))


def first_sentence(text: str) -> str:
    """The first sentence of a paragraph.

    Examples
    --------
    >>> first_sentence("12 of 16 (75 %) say so. The rest, e.g. c03, does not.")
    '12 of 16 (75 %) say so.'
    >>> first_sentence("All in 2.5 words")
    'All in 2.5 words'
    """
    end = _END.search(text)
    return text[: end.end()] if end else text


def how_sure(claims: Sequence[Stated]) -> str:
    """What claims amount to, in words: how many of each status, strongest first.

    Examples
    --------
    >>> made = [Stated("C1", "…", "supported", "Q", ""), Stated("C2", "…", "partly", "Q", "")]
    >>> how_sure(made)
    'Of 2 claims 1 is supported, 1 is partly supported.'
    >>> how_sure([])
    ''
    """
    from casestudy.evidence.status import STATUSES

    if not claims:
        return ""
    held = [one.status for one in claims]
    order = [*STATUSES, *sorted(set(held) - set(STATUSES))]
    said = [
        f"{held.count(status)} {'is' if held.count(status) == 1 else 'are'} {_SAID.get(status, status)}"
        for status in order
        if status in held
    ]
    return f"Of {counted(len(claims), 'claim')} {', '.join(said)}."


_SAID = {
    "partly": "partly supported",
    "single-source": "supported by one source alone",
}


def _html(study: Study, record: Record, text: str) -> str:
    return render(text, Place(study.root, f"notebooks/{record.stem}.ipynb", "outputs/index.html"))
