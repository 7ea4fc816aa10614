"""What people consented to. Consent that is not recorded is refused, here and so everywhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from casestudy.errors import Problem
from casestudy.people.documents import is_talk
from casestudy.people.participants import FILE
from casestudy.transcripts.transcript import Transcript
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

QUOTE, LINK = "consent_quote", "consent_link"


def quotable(person: Mapping[str, Any] | None) -> bool:
    """Whether a person's words may be shown: only where the study records it.

    Parameters
    ----------
    person : mapping or None
        A row of participants.csv; None for a person without a row.

    Examples
    --------
    >>> quotable({"consent_quote": True}), quotable({"consent_quote": False}), quotable({}), quotable(None)
    (True, False, False, False)
    """
    return _recorded(person, QUOTE)


def linkable(person: Mapping[str, Any] | None) -> bool:
    """Whether a person's words may be put beside their log and purchases: only where the study records it.

    Examples
    --------
    >>> linkable({"consent_link": True}), linkable({"consent_link": None})
    (True, False)
    """
    return _recorded(person, LINK)


def _recorded(person: Mapping[str, Any] | None, column: str) -> bool:
    return person is not None and str(person.get(column)).strip().casefold() == "true"


def who_may_be_quoted(people: pd.DataFrame) -> set[str]:
    """Ids of the participants whose words may be shown."""
    return {str(row["participant_id"]) for row in people.to_dict("records") if quotable(_named(row))}


def who_may_be_linked(people: pd.DataFrame) -> set[str]:
    """Ids of the participants whose words may be put beside log and purchases."""
    return {str(row["participant_id"]) for row in people.to_dict("records") if linkable(_named(row))}


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def withheld_documents(documents: Mapping[str, Transcript], people: pd.DataFrame) -> set[str]:
    """Ids of documents whose text may not be shown as a whole.

    A document is shown where every participant in it may be quoted. One in which people talk with each
    other who are not in participants.csv is withheld: nobody recorded their consent. Papers, and messages
    that carry no name, are shown.

    Parameters
    ----------
    documents : mapping of id to Transcript
        With what the study says of them (`casestudy.people.speakers.heard`).
    people : pandas.DataFrame
        From `casestudy.people.participants`.

    Examples
    --------
    >>> import pandas as pd
    >>> from casestudy.transcripts.transcript import from_text
    >>> texts = {"talk": from_text("A: Yes.\\n\\nB: No.", "talk"), "memo": from_text("A memo.", "memo")}
    >>> withheld_documents(texts, pd.DataFrame({"participant_id": []}))
    {'talk'}
    """
    allowed = who_may_be_quoted(people)
    known = {str(one) for one in people["participant_id"]}
    withheld = set()
    for name, document in documents.items():
        theirs = document.participants or ((name,) if name in known else ())
        judged = any(turn.role in ("unknown", "interviewer") for turn in document.turns)
        strangers = not theirs and (judged if document.kind else is_talk(document))
        unnamed = not theirs and document.kind in ("interview", "focus group", "diary")
        if strangers or unnamed or not allowed.issuperset(theirs):
            withheld.add(name)
    return withheld


def who_may_be_shown(
    whose: Collection[str], documents: Mapping[str, Transcript], people: pd.DataFrame
) -> set[str]:
    """Of participants and documents that words are credited to, those whose words may be shown.

    Parameters
    ----------
    whose : collection of str
        Ids of participants, and of documents where nobody in particular speaks.
    documents, people
        As for `withheld_documents`.
    """
    allowed, withheld = who_may_be_quoted(people), withheld_documents(documents, people)
    known = {str(one) for one in people["participant_id"]}
    return {who for who in whose if (who in allowed if who in known else who not in withheld)}


def problems(people: pd.DataFrame) -> list[Problem]:
    """People whose consent is not recorded, all in one problem for each kind of consent."""
    wrong = []
    rows = people.to_dict("records")
    elsewhere = any(_given(row.get("log_id")) or _given(row.get("household_id")) for row in rows)
    asked = ((QUOTE, "quoted"), *([(LINK, "linked to log and purchases")] if elsewhere else []))
    for column, what in asked:
        values = people[column] if column in people else [None] * len(people)
        silent = [
            str(who) for who, value in zip(people["participant_id"], values, strict=True) if not _given(value)
        ]
        if silent:
            named = ", ".join(silent[:8]) + (", …" if len(silent) > 8 else "")
            found = f"{column} is not recorded for {counted(len(silent), 'person', 'people')} ({named})"
            found += f", so they may not be {what}."
            wrong.append(Problem(FILE, found, f"Write true or false in the column {column}."))
    return wrong


def _given(value: object) -> bool:
    """Whether a cell holds something."""
    import pandas as pd

    return not pd.isna(value) and str(value).strip() != ""
