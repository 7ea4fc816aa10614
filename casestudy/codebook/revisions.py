"""Changing a codebook: each change becomes one event of its history, checked before it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casestudy.codebook import history
from casestudy.codebook.codes import CODE_KEYS, HISTORY, Code, Codebook, folded
from casestudy.codebook.history import WHOLE, Change, Event
from casestudy.errors import InputError, Problem, nearest
from casestudy.files.names import REMEDY, unfit

_LISTS = ("include", "exclude", "examples", "counterexamples", "near", "source", "rules")


def _known(book: Codebook, *codes: str) -> None:
    problems = [
        Problem(f"code {code!r}", "it is not in the codebook.", nearest(code, book.codes)[:300])
        for code in codes
        if code not in book.codes
    ]
    if problems:
        raise InputError("The codebook was not changed.", problems)


def _in_use(book: Codebook, *codes: str) -> None:
    """Stop where a code is out of use: on another branch that would be a contradiction."""
    for code in codes:
        one = book.codes[code]
        state = f"it was merged into {one.merged_into!r}" if one.merged_into else ""
        if one.retired:
            state = "it was split" if one.split_into else "it is retired"
        if state:
            raise _refuse(
                f"code {code!r}", f"{state}.", f"Bring it back first: casestudy code restore {code}."
            )


def _refuse(where: str, found: str, remedy: str) -> InputError:
    return InputError("The codebook was not changed.", [Problem(where, found, remedy)])


def _made(
    book: Codebook, action: str, code: str, changes: Sequence[Change], said: Mapping[str, str]
) -> Event:
    event = history.event(action, code, changes, **said)
    history.verified(book, [event])
    return event


def _new(book: Codebook, scheme: str, code: str, name: str, parent: str, definition: str) -> Change:
    same = next((one for one in book.codes if folded(one) == folded(code)), "")
    if same:
        found = "there is one with this id." if same == code else f"there is {same!r}, which differs in case."
        raise _refuse(f"code {code!r}", found, "Ids are never used again; take another.")
    if scheme not in book.schemes:
        raise _refuse(f"scheme {scheme!r}", "it is not known.", nearest(scheme, book.schemes))
    if reason := unfit(code):
        raise _refuse(f"code {code!r}", f"it cannot be an id: {reason}", REMEDY)
    whole = {"id": code, "scheme": scheme, "name": name or code, "parent": parent, "definition": definition}
    return Change(code, WHOLE, None, whole)


def create(
    book: Codebook, code: str, name: str, scheme: str, parent: str = "", definition: str = "", **said: str
) -> Event:
    """A new code.

    Parameters
    ----------
    book : Codebook
        As it stands.
    code, name, scheme, parent, definition : str
    **said
        ``who``, ``when`` and ``why``.

    Raises
    ------
    InputError
        When the id is taken, or scheme or parent are not there. So do all functions here.
    """
    if parent:
        _known(book, parent)
    return _made(book, "create", code, [_new(book, scheme, code, name, parent, definition)], said)


def rename(book: Codebook, code: str, name: str, **said: str) -> Event:
    """Another name; the id stays, and so do the codings."""
    _known(book, code)
    _in_use(book, code)
    if not name.strip():
        raise _refuse(f"code {code!r}", "the new name is empty.", "Write a name.")
    return _made(book, "rename", code, [Change(code, "name", book.codes[code].name, name.strip())], said)


def redefine(book: Codebook, code: str, field: str, value: str | Sequence[str], **said: str) -> Event:
    """Other words in one field of a code: its definition, what it includes, its examples …"""
    _known(book, code)
    _in_use(book, code)
    allowed = ("definition", "log_indicator", *_LISTS)
    if field not in allowed:
        raise _refuse(f"field {field!r}", "it cannot be changed like this.", nearest(field, allowed))
    before = getattr(book.codes[code], field)
    after: Any = str(value)
    if field in _LISTS:
        after = tuple([value] if isinstance(value, str) else value)
    return _made(book, "redefine", code, [Change(code, field, before, after)], said)


def split(
    book: Codebook, code: str, into: Sequence[tuple[str, str]], *, keep: bool = False, **said: str
) -> Event:
    """Several codes in place of one. Its codings stay with it and wait to be coded again.

    Parameters
    ----------
    into : sequence of (id, name)
        New codes; a part that exists already keeps its name.
    keep : bool
        Keep the old code in use above the new ones; else it is retired and they stand beside it.
    """
    _known(book, code)
    _in_use(book, code)
    if len(into) < 2:
        raise _refuse(f"code {code!r}", "a split needs two codes or more.", "Name them with --into ID=NAME.")
    old = book.codes[code]
    parent = code if keep else old.parent
    changes = [
        _new(book, old.scheme, part, name, parent, "") for part, name in into if part not in book.codes
    ]
    changes.append(Change(code, "split_into", old.split_into, tuple(part for part, _ in into)))
    if not keep:
        changes.append(Change(code, "retired", old.retired, True))
    return _made(book, "split", code, changes, said)


def merge(book: Codebook, codes: Sequence[str], into: str, **said: str) -> Event:
    """One code in place of several: their codings count for it, and what lay below them lies below it."""
    _known(book, *codes, into)
    others = [code for code in dict.fromkeys(codes) if code != into]
    if not others:
        raise _refuse(f"code {into!r}", "there is nothing to merge into it.", "Name another code.")
    _in_use(book, *others)
    goal = book.resolve(into)
    if goal in others:
        raise _refuse(f"code {into!r}", f"it was merged into {goal!r} itself.", f"Merge into {goal!r}.")
    above = set(book.above(goal)) & set(others)
    if above:
        raise _refuse(f"code {into!r}", f"it lies under {min(above)!r}.", "Move it first.")
    changes = []
    for code in others:
        changes.append(Change(code, "merged_into", book.codes[code].merged_into, goal))
        changes += [
            Change(child, "parent", code, goal) for child in book.children(code) if child not in others
        ]
    return _made(book, "merge", goal, changes, said)


def move(book: Codebook, code: str, parent: str = "", **said: str) -> Event:
    """Another place in the tree; no parent makes it a top code."""
    _known(book, code, *([parent] if parent else []))
    return _made(book, "move", code, [Change(code, "parent", book.codes[code].parent, parent)], said)


def retire(book: Codebook, code: str, **said: str) -> Event:
    """No longer to be used; its codings stay and are still counted."""
    _known(book, code)
    _in_use(book, code)
    return _made(book, "retire", code, [Change(code, "retired", book.codes[code].retired, True)], said)


def restore(book: Codebook, code: str, **said: str) -> Event:
    """In use again after it was retired, merged or split."""
    _known(book, code)
    old = book.codes[code]
    changes = [
        Change(code, field, getattr(old, field), blank)
        for field, blank in (("retired", False), ("merged_into", ""), ("split_into", ()))
        if getattr(old, field)
    ]
    if not changes:
        raise _refuse(f"code {code!r}", "it is in use.", "There is nothing to restore.")
    return _made(book, "restore", code, changes, said)


def undo(book: Codebook, events: Sequence[Event], name: str = "", **said: str) -> Event:
    """Take back the last event that is not taken back yet, or a given one.

    Raises
    ------
    InputError
        When there is none, or a field was changed again since.
    """
    if name:
        fitting = [event for event in events if event.id.startswith(name)]
    else:
        gone: set[str] = set()
        for event in reversed(events):
            if event.undoes and event.id not in gone:
                gone.add(event.undoes)
        open_ = [event for event in events if not event.undoes and event.id not in gone]
        # Of events of one moment, the one that was written last.
        fitting = sorted(open_, key=lambda event: (event.when, event.line))[-1:]
    if len(fitting) != 1:
        found = f"no single event has the id {name!r}." if name else "there is nothing to undo."
        raise _refuse(HISTORY, found, "See casestudy code history.")
    last = fitting[0]
    changes = [Change(one.code, one.field, one.after, one.before) for one in reversed(last.changes)]
    for change in changes:
        now = book.codes.get(change.code)
        held = None if now is None else change.before if change.field == WHOLE else getattr(now, change.field)
        if history.comparable(held) != history.comparable(change.before):
            found = f"{change.field} of {change.code!r} was changed since."
            raise _refuse(f"event {last.id}", found, "Undo the later change first.")
    return _made(book, "undo", last.code, changes, {**said, "undoes": last.id})


def differences(before: Codebook, after: Codebook) -> list[tuple[str, str, Any, Any]]:
    """What changed between two codebooks: (code, field, before, after); ``*`` for a code that came or
    went."""
    found: list[tuple[str, str, Any, Any]] = []
    for code in dict.fromkeys([*before.codes, *after.codes]):
        old, new = before.codes.get(code), after.codes.get(code)
        if old is None or new is None:
            found.append((code, WHOLE, old and old.name, new and new.name))
            continue
        found += [
            (code, field, getattr(old, field), getattr(new, field))
            for field in CODE_KEYS
            if field != "id" and getattr(old, field) != getattr(new, field)
        ]
    return found


def outline(book: Codebook, scheme: str = "") -> list[str]:
    """The codebook as lines of text, indented by depth, with what is no longer in use said."""

    def lines(code: Code, depth: int) -> list[str]:
        state = ""
        if code.merged_into:
            state = f" (merged into {code.merged_into})"
        elif code.retired:
            state = " (split into " + ", ".join(code.split_into) + ")" if code.split_into else " (retired)"
        own = f"{'  ' * depth}{code.id}: {code.name}{state}"
        return [own] + [
            row for child in book.children(code.id) for row in lines(book.codes[child], depth + 1)
        ]

    tops = [code for code in book.codes.values() if not code.parent and scheme in ("", code.scheme)]
    return [row for code in tops for row in lines(code, 0)]
