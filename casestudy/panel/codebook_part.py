"""The codebook in the browser: definitions to write, codes to make, rename, merge, move and split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casestudy.codebook import history, revisions
from casestudy.codebook.codes import Codebook
from casestudy.codebook.history import Event
from casestudy.coding import codings
from casestudy.errors import InputError, Problem
from casestudy.panel import shown
from casestudy.panel.opened import Codes
from casestudy.panel.part import Answer
from casestudy.panel.script import joined
from casestudy.panel.talking import Talking
from casestudy.panel.vivo import identifier, next_second
from casestudy.study import Study

TEXTS = ("definition", "log_indicator")
LISTS = ("include", "exclude", "examples", "counterexamples", "near", "rules")
_SHOWN_EVENTS = 30


class CodebookEditor(Talking):
    """The codebook with its history; every change is an event with a name and a reason.

    Parameters
    ----------
    study : Study
    who : str
        Who changes it.
    """

    _esm = joined("view_book")

    def __init__(self, study: Study, who: str) -> None:
        self.study, self.who = study, who
        self.codes = Codes.read(study)
        self.acts = {
            "open": lambda given: self._told(),
            "look": lambda given: self._told() if self.codes.changed else {},
            "revise": self._revise,
        }
        super().__init__()

    def in_words(self) -> str:
        """How many codes there are."""
        count = len(self.codes.book.in_use())
        return f"Codebook: {count} codes in use. Run the cell in JupyterLab to change it."

    def _told(self) -> Answer:
        self.codes = Codes.read(self.study)
        events = history.read(self.study)[-_SHOWN_EVENTS:]
        full = self.codes.book.codes
        rows = shown.codes(self.codes.book)
        for row in rows:
            code = full[row["id"]]
            row |= {field: list(getattr(code, field)) for field in LISTS}
            row |= {field: getattr(code, field) for field in TEXTS}
        counts: dict[str, int] = {}
        for work in codings.read(self.study):
            for coding in work.codings:
                counts[coding.code] = counts.get(coding.code, 0) + 1
        return {
            "phrases": dict(shown.phrases(self.study.language)),
            "who": self.who,
            "codes": rows,
            "counts": counts,
            "schemes": list(self.codes.book.schemes),
            "events": [
                {"action": one.action, "code": one.code, "who": one.who, "when": one.when, "why": one.why}
                for one in reversed(events)
            ],
        }

    def _revise(self, given: Mapping[str, Any]) -> Answer:
        """Change the codebook by one or several events, all of them checked before one is written."""
        said = {
            "who": str(given.get("who") or self.who).strip(),
            "why": str(given.get("why") or "").strip(),
        }
        if not said["who"] or not said["why"]:
            problem = Problem("the change", "nobody, or no reason, is named.", "Say both.")
            raise InputError("The codebook was not changed.", [problem])
        with history.writing(self.study) as (book, events):
            made = revised(book, events, given, {**said, "when": next_second(events)})
            if not made:
                raise InputError("The codebook was not changed.", [Problem("the change", "there is none.")])
            history.append(self.study, made)
        return self._told()


def revised(
    book: Codebook, events: list[Event], given: Mapping[str, Any], said: Mapping[str, str]
) -> list[Event]:
    """The events that a message asks for.

    Parameters
    ----------
    book : Codebook
    events : list of Event
    given : mapping
        ``what`` is to be done: ``fields``, ``create``, ``merge``, ``split``, ``move``, ``retire``,
        ``restore`` or ``undo``; with ``code`` and what that needs.
    said : mapping
        ``who``, ``why`` and ``when``.

    Raises
    ------
    InputError
        When the codebook would be broken.
    """
    code = str(given.get("code") or "")
    match str(given["what"]):
        case "fields":
            return _fields(book, code, given["fields"], said)
        case "create":
            scheme, parent = str(given["scheme"]), str(given.get("parent") or "")
            name = " ".join(str(given["name"]).split())
            made = identifier(name, parent or scheme, {one.casefold() for one in book.codes})
            return [
                revisions.create(book, made, name, scheme, parent, str(given.get("definition") or ""), **said)
            ]
        case "merge":
            return [revisions.merge(book, [code], str(given["into"]), **said)]
        case "split":
            taken = {one.casefold() for one in book.codes}
            names = [" ".join(str(name).split()) for name in given["into"]]
            parts: list[tuple[str, str]] = []
            for name in names:
                parts.append((identifier(name, code, taken), name))
                taken.add(parts[-1][0].casefold())
            return [revisions.split(book, code, parts, keep=bool(given.get("keep")), **said)]
        case "move":
            return [revisions.move(book, code, str(given.get("parent") or ""), **said)]
        case "retire":
            return [revisions.retire(book, code, **said)]
        case "restore":
            return [revisions.restore(book, code, **said)]
        case "undo":
            return [revisions.undo(book, events, **said)]
        case other:
            raise ValueError(f"{other!r} is not a change of a codebook")


def _fields(book: Codebook, code: str, fields: Mapping[str, Any], said: Mapping[str, str]) -> list[Event]:
    """An event for each field that has other words now."""
    old = book.codes.get(code)
    made = []
    for field, value in fields.items():
        if field == "name":
            if old is None or str(value).strip() != old.name:
                made.append(revisions.rename(book, code, str(value), **said))
            continue
        words = (
            [str(one).strip() for one in value if str(one).strip()] if field in LISTS else str(value).strip()
        )
        if old is None or history.comparable(getattr(old, field, None)) != history.comparable(words):
            made.append(revisions.redefine(book, code, field, words, **said))
    return made


def codebook_editor(who: str, study: Study | Path | str | None = None) -> CodebookEditor:
    """Open the codebook in JupyterLab, to read and to change it.

    Parameters
    ----------
    who : str
        Who changes it: it stands in the history.
    study : Study or path, optional
        The study that the notebook stands in by default.

    Returns
    -------
    CodebookEditor
        Shown as the last value of a cell.

    Raises
    ------
    InputError
        When the codebook or its history cannot be read.
    """
    return CodebookEditor(study if isinstance(study, Study) else Study.find(study), who)
