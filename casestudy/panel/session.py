"""A coding session: what one coder does in one document, each act saved before it is answered.

The state shown is the state saved: an act is worked out and appended to the coder's journal under the
journal's lock, on what the file holds at that moment. What others wrote meanwhile is taken in first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from casestudy.coding import codings, edits, quoting
from casestudy.coding.codings import Coding, Record, Work, record
from casestudy.coding.wishes import Wish
from casestudy.errors import InputError, Problem, raise_if
from casestudy.files import locks
from casestudy.panel import acts
from casestudy.panel.acts import Act, Stacks
from casestudy.panel.opened import Codes, Print, Words, fingerprint
from casestudy.study import Study

NOTHING = "Nothing was written."


@dataclass(frozen=True)
class Change:
    """What became different: codings as they hold now, and ids of codings that hold no more.

    Attributes
    ----------
    codings : tuple of Coding
    gone : tuple of str
    words, codes : bool
        Whether the document, or the codebook, is another one now.
    about : tuple of str
        The codes that an undo or redo was about.
    """

    codings: tuple[Coding, ...] = ()
    gone: tuple[str, ...] = ()
    words: bool = False
    codes: bool = False
    about: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.codings or self.gone or self.words or self.codes)


class Session:
    """One coder at work on one document.

    Parameters
    ----------
    study : Study
    document : str
        The document's id.
    coder : str
        The coder's short name: a folder of interviews/codings.
    only_talk : bool
        Whether only words of participants can be coded.

    Raises
    ------
    InputError
        When the document, the codebook or the coder's file cannot be read.
    """

    def __init__(self, study: Study, document: str, coder: str, *, only_talk: bool = False) -> None:
        codings.refuse_strange(coder, [document])
        self.study, self.name, self.coder, self.only_talk = study, document, coder, only_talk
        self.words = Words.read(study, document)
        self.codes = Codes.read(study)
        self.holding: dict[str, Coding] = {}
        self.stacks = Stacks()
        self._by_root: dict[str, list[Record]] = {}
        self._known: dict[str, Record] = {}
        self._roots: dict[str, str] = {}
        self._seen: Print | None = None
        self.look()

    @property
    def work(self) -> Work:
        """The coder's work as it holds now."""
        records = tuple(record for own in self._by_root.values() for record in own)
        return Work(self.coder, self.name, records, tuple(self.holding.values()), ())

    @property
    def file(self) -> str:
        """The coder's journal, from the study's root."""
        return codings.file_of(self.coder, self.name)

    def placed(self, coding: Coding) -> bool:
        """Whether the document holds the coding's words where it says."""
        return self.words.document.text[coding.start : coding.end] == coding.quote

    def look(self) -> Change:
        """Take in what was written by others: the coder's file, the document, the codebook.

        Raises
        ------
        InputError
            When one of them cannot be read any more.
        """
        words, codes = self.words.changed, self.codes.changed
        if words:
            self.words = Words.read(self.study, self.name)
        if codes:
            self.codes = Codes.read(self.study)
        path = self.study.root / self.file
        if self._seen == fingerprint([path]):
            return Change(words=words, codes=codes)
        with locks.writing(self.study.root, self.file):
            work = codings.work(self.study, self.coder, self.name)
            self._seen = fingerprint([path])
        before = self.holding
        self.holding = {coding.id: coding for coding in work.codings}
        self._by_root, self._roots = {}, {}
        self._known = {each.id: each for each in work.records}
        for each in work.records:
            self._file(each)
        self.stacks = Stacks.of(work.records)
        return self._difference(before, words, codes)

    def add(
        self,
        codes: Sequence[str],
        start: int,
        end: int,
        *,
        attributes: Mapping[str, str] | None = None,
        memo: str = "",
        by: str = "",
    ) -> Change:
        """Code a segment; a code that the very segment has already is not given again.

        Raises
        ------
        InputError
            With everything that cannot be: codes out of use, a span outside of the text or without words.
        """

        def made(when: str) -> list[Record]:
            span = self._span(start, end)
            self._check(codes, attributes or {})
            there = {each.code for each in self.holding.values() if (each.start, each.end) == span}
            fresh = [code for code in dict.fromkeys(codes) if code not in there]
            return [self._added(code, span, attributes or {}, memo, by, when) for code in fresh]

        return self._act(made)

    def move(self, coding: str, start: int, end: int) -> Change:
        """Extend or shrink a coding to another span."""

        def made(when: str) -> list[Record]:
            old = self._coding(coding)
            span = self._span(start, end)
            return [] if span == (old.start, old.end) else [self._changed(old, when, span=span)]

        return self._act(made)

    def split(self, coding: str, at: int) -> Change:
        """Cut a coding in two at a position; both parts keep its code, attributes and memo."""

        def made(when: str) -> list[Record]:
            old = self._coding(coding)
            text = self.words.document.text
            left = old.start + len(text[old.start : at].rstrip())
            right = at + len(text[at : old.end]) - len(text[at : old.end].lstrip())
            if not old.start < left <= at <= right < old.end:
                problem = Problem(f"position {at}", "the coding has words on one side of it only.")
                raise InputError(NOTHING, [problem])
            self._span(old.start, left), self._span(right, old.end)
            second = self._added(old.code, (right, old.end), old.attributes, old.memo, old.by, when)
            return [self._changed(old, when, span=(old.start, left)), second]

        return self._act(made)

    def delete(self, names: Iterable[str]) -> Change:
        """Take codings away; their records stay."""
        return self._act(lambda when: [edits.removed(self._coding(name), when=when) for name in names])

    def recode(self, coding: str, code: str) -> Change:
        """Give a coding another code."""

        def made(when: str) -> list[Record]:
            old = self._coding(coding)
            self._check([code], {})
            return [] if code == old.code else [self._changed(old, when, code=code)]

        return self._act(made)

    def describe(
        self, coding: str, *, attributes: Mapping[str, str] | None = None, memo: str | None = None
    ) -> Change:
        """Give a coding other attributes or another memo; an attribute with an empty value is taken away."""

        def made(when: str) -> list[Record]:
            old = self._coding(coding)
            said = {**old.attributes, **(attributes or {})}
            said = {name: value for name, value in said.items() if value}
            self._check([], {name: said[name] for name in attributes or {} if name in said})
            words = old.memo if memo is None else memo
            if (said, words) == (dict(old.attributes), old.memo):
                return []
            return [self._changed(old, when, attributes=said, memo=words)]

        return self._act(made)

    def append(self, make: Callable[[Work, str], Sequence[Record]]) -> Change:
        """Write records that another room makes of the coder's work, as one act.

        Parameters
        ----------
        make : callable
            Given the work as it holds, and the act's time, which every record must have.
        """
        return self._act(lambda when: make(self.work, when))

    def undo(self) -> Change:
        """Take the last act back.

        Raises
        ------
        InputError
            When nothing is left, or others changed the same codings since: that act is passed over from
            then on.
        """
        return self._back(lambda: self.stacks.done, "nothing is left to undo.")

    def redo(self) -> Change:
        """Do again what was taken back last; see `undo` for what it raises."""
        return self._back(lambda: self.stacks.undone, "nothing is left to do again.")

    def _back(self, stack: Callable[[], list[Act]], none: str) -> Change:
        about: list[str] = []

        def made(when: str) -> list[Record]:
            if not stack():
                raise InputError(NOTHING, [Problem("undo", none)])
            act = stack()[-1]
            about.extend(acts.in_words(act) or [self._known[name].code for name in act.undoes])
            try:
                return acts.taken_back(self.work, act, when)
            except InputError as error:
                stack().remove(act)
                found = "its codings were changed since by another window or command."
                remedy = "It is passed over; once more takes back the act before it."
                raise InputError(NOTHING, [Problem(f"the act of {act.when}", found, remedy)]) from error

        change = self._act(made)
        return Change(change.codings, change.gone, change.words, change.codes, tuple(about))

    def _act(self, make: Callable[[str], Sequence[Record]]) -> Change:
        """Work an act out on what the file holds now, save it, and say what changed."""
        with locks.writing(self.study.root, self.file):
            before = dict(self.holding)
            change = self.look()
            if change.words:
                found = "it was changed on the disk, and is shown as it is now."
                raise InputError(
                    NOTHING, [Problem(f"document {self.name}", found, "Select the words again.")]
                )
            records = list(make(acts.next_moment(self.stacks.last)))
            if records:
                codings.append(self.study, self.coder, self.name, records)
                self._seen = fingerprint([self.study.root / self.file])
                self._take(records)
        return self._difference(before, False, change.codes)

    def _take(self, records: Sequence[Record]) -> None:
        roots = dict.fromkeys(self._file(each) for each in records)
        for root in roots:
            work, _ = codings.settle(self.coder, self.name, self._by_root[root], self.file)
            self.holding.pop(root, None)
            self.holding |= {coding.id: coding for coding in work.codings}
        self.stacks.take(Act(records[0].when, tuple(records)))

    def _file(self, given: Record) -> str:
        """Put a record to those of its coding; which coding that is."""
        self._known[given.id] = given
        root = codings.root_of(given, self._known, self._roots)
        self._by_root.setdefault(root, []).append(given)
        return root

    def _difference(self, before: Mapping[str, Coding], words: bool, codes: bool) -> Change:
        now = self.holding
        others = ((before.get(name), coding) for name, coding in now.items())
        fresh = tuple(coding for old, coding in others if old is not coding and old != coding)
        return Change(fresh, tuple(name for name in before if name not in now), words, codes)

    def _coding(self, name: str) -> Coding:
        if name not in self.holding:
            found = "it is not there any more: it was taken away by another window or command."
            raise InputError(NOTHING, [Problem(f"coding {name}", found)])
        return self.holding[name]

    def _span(self, start: int, end: int) -> tuple[int, int]:
        """A span that can be coded; refused where it cannot."""
        document = self.words.document
        if not 0 <= start < end <= len(document.text) or not document.text[start:end].strip():
            raise InputError(NOTHING, [Problem(f"{start} to {end}", "no words stand there.", "Select some.")])
        if self.only_talk:
            inside = [turn for turn in document.turns if turn.start < end and turn.end > start]
            if not inside or any(turn.role != "participant" for turn in inside):
                found = "words of an interviewer, or of an unknown speaker, are among them."
                raise InputError(NOTHING, [Problem("the selection", found, "Select what participants say.")])
        return start, end

    def _check(self, codes: Sequence[str], attributes: Mapping[str, str]) -> None:
        book = self.codes.book
        problems: list[Problem] = []
        for number, code in enumerate(codes or [""]):
            wish = Wish(code, "", attributes=attributes if not number else {}, where="the coding")
            problems += quoting.unknown(wish, book if codes else None, self.codes.vocabulary)
        raise_if(problems, NOTHING)

    def _added(
        self,
        code: str,
        span: tuple[int, int],
        attributes: Mapping[str, str],
        memo: str,
        by: str,
        when: str,
    ) -> Record:
        document = self.words.document
        return record(
            "add",
            place=f"{self.coder}/{self.name}",
            code=code,
            start=span[0],
            end=span[1],
            quote=document.text[span[0] : span[1]],
            attributes=dict(attributes),
            memo=memo,
            when=when,
            text=document.sha256[:16],
            by=by,
        )

    def _changed(self, old: Coding, when: str, span: tuple[int, int] | None = None, **fields: Any) -> Record:
        if span:
            text = self.words.document
            fields |= {"start": span[0], "end": span[1], "quote": text.text[span[0] : span[1]]}
            fields |= {"text": text.sha256[:16]}
        return edits.changed(old, when=when, **fields)


def tried(session: Session, act: Callable[[], Change]) -> tuple[Change, str]:
    """An act and, where it was refused, why in words; what others wrote is taken in either way."""
    try:
        return act(), ""
    except InputError as error:
        change = Change()
        with suppress(InputError):
            change = session.look()
        return change, str(error)
