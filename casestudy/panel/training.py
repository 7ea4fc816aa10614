"""Training against a key: a coder codes, and asks how often the key says the same, code by code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from casestudy.coders.disagreements import aligned
from casestudy.coding import codings, table
from casestudy.errors import InputError, Problem
from casestudy.panel.comparing import others
from casestudy.panel.part import Act, Answer
from casestudy.panel.session import Session


class TrainingPart:
    """A coder's work against that of a key coder, which is shown with the score only.

    Parameters
    ----------
    session : Session
    key : str
        The coder whose work is the key.
    """

    def __init__(self, session: Session, key: str) -> None:
        if not key or not codings.work(session.study, key, session.name).codings:
            found = f"coder {key!r} coded nothing in {session.name}."
            problem = Problem("key", found, 'Write panel(…, mode="train", key="CODER").')
            raise InputError("There is nothing to train against.", [problem])
        self.session, self.key = session, key

    @cached_property
    def acts(self) -> Mapping[str, Act]:
        """Ask for the score."""
        return {"score": lambda given: self._score()}

    def opened(self) -> Answer:
        """The key is not given before the score is asked for."""
        return {"training": self.key}

    def _score(self) -> Answer:
        rows = score(self.session, self.key)
        return {"score": rows, "key": others(self.session, [self.key])}


def score(session: Session, key: str) -> list[dict[str, Any]]:
    """How a coder's work compares with a key, by code.

    Parameters
    ----------
    session : Session
    key : str
        The coder whose work is the key.

    Returns
    -------
    list of dict
        One entry a code that either gave: ``code, met`` (codings of the key that the coder gave too, to the
        very words or to words that overlap), ``missed`` (of the key alone), ``extra`` (of the coder alone),
        ``share`` (met over met, missed and extra). Most missed first.
    """
    works = [session.work, codings.work(session.study, key, session.name)]
    document = session.words.document
    frame = table.table(works, {document.id: document}, session.codes.book)
    lines = aligned(frame, key, session.coder, [document.id])
    counts: dict[str, dict[str, int]] = {}

    def count(code: str, what: str) -> None:
        counts.setdefault(code, {"met": 0, "missed": 0, "extra": 0})[what] += 1

    for row in lines.to_dict("records"):
        if row["state"] in ("same", "shifted"):
            count(row["first_code"], "met")
            continue
        if row["first_code"]:
            count(row["first_code"], "missed")
        if row["second_code"]:
            count(row["second_code"], "extra")
    rows = [
        {"code": code, **count, "share": round(count["met"] / sum(count.values()), 3)}
        for code, count in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row["missed"], -row["extra"], row["code"]))
