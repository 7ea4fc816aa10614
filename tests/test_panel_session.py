"""A coder's session in one document: acts, undo, what others write meanwhile, and what a sudden end loses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from casestudy.coding import codings
from casestudy.errors import InputError
from casestudy.panel.session import Session
from casestudy.study import Study

DATA = Path(__file__).parent / "data" / "talk"
FOOD, HOSE, HELP = "garden.grow.food", "garden.water.hose", "help.neighbour"
Said = tuple[str, int, int, tuple[tuple[str, str], ...], str]


@pytest.fixture
def session(talk_copy: Path) -> Session:
    return Session(Study.load(talk_copy), "t1", "anna")


def span(session: Session, words: str) -> tuple[int, int]:
    start = session.words.document.text.index(words)
    return start, start + len(words)


def said(session: Session) -> dict[str, Said]:
    return {
        name: (each.code, each.start, each.end, tuple(sorted(each.attributes.items())), each.memo)
        for name, each in session.holding.items()
    }


def again(session: Session) -> Session:
    """The same work opened by another process, as after a restart."""
    return Session(Study.load(session.study.root), session.name, session.coder)


def add(session: Session, words: str, *codes: str) -> str:
    return session.add(codes or [FOOD], *span(session, words)).codings[0].id


def test_an_act_is_in_the_file_when_it_is_answered(session: Session) -> None:
    coding = add(session, "Potatoes, mostly")
    [work] = codings.read(session.study, "anna", "t1")
    assert [(one.id, one.quote) for one in work.codings] == [(coding, "Potatoes, mostly")]


def test_several_codes_are_one_act(session: Session) -> None:
    change = session.add([FOOD, HELP], *span(session, "beans"), attributes={"valence": "positive"}, memo="m")
    assert [one.code for one in change.codings] == [FOOD, HELP]
    assert len(session.undo().gone) == 2


def test_the_same_words_do_not_get_a_code_twice(session: Session) -> None:
    add(session, "beans")
    assert not session.add([FOOD], *span(session, "beans"))


def test_a_split_keeps_code_attributes_and_memo_and_no_spaces(session: Session) -> None:
    coding = add(session, "It’s heavy, but I like the walk.")
    session.describe(coding, attributes={"valence": "negative"}, memo="both")
    at = span(session, ", but")[1] - len("but")
    session.split(coding, at)
    parts = sorted(session.holding.values(), key=lambda one: one.start)
    assert [one.quote for one in parts] == ["It’s heavy,", "but I like the walk."]
    assert {one.memo for one in parts} == {"both"}
    assert all(one.attributes == {"valence": "negative"} for one in parts)
    session.undo()
    assert [one.quote for one in session.holding.values()] == ["It’s heavy, but I like the walk."]


@pytest.mark.parametrize("at", ["start", "end"])
def test_a_split_at_a_border_is_refused(session: Session, at: str) -> None:
    coding = session.holding[add(session, "Potatoes, mostly")]
    with pytest.raises(InputError, match="one side"):
        session.split(coding.id, getattr(coding, at))


def test_positions_count_code_points(session: Session) -> None:
    coding = session.holding[add(session, "🥔 They")]
    assert coding.end - coding.start == 6
    assert session.placed(coding)


@pytest.mark.parametrize(
    ("codes", "start", "end", "words"),
    [
        (["garden.grow.foods"], 110, 118, "not in the codebook"),
        ([FOOD], 118, 110, "no words"),
        ([FOOD], -1, 4, "no words"),
        ([FOOD], 110, 10**7, "no words"),
        ([FOOD], 109, 110, "no words"),
    ],
)
def test_what_cannot_be_coded_is_refused_and_leaves_no_file(
    session: Session, codes: list[str], start: int, end: int, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        session.add(codes, start, end)
    assert not (session.study.root / session.file).exists()


def test_an_attribute_outside_the_vocabulary_is_refused(session: Session) -> None:
    coding = add(session, "beans")
    with pytest.raises(InputError, match="valence"):
        session.describe(coding, attributes={"valence": "lukewarm"})
    session.describe(coding, attributes={"valence": "neutral"})
    session.describe(coding, attributes={"valence": ""})
    assert session.holding[coding].attributes == {}


def test_undo_and_redo_outlast_a_restart(session: Session) -> None:
    coding = add(session, "beans")
    session.recode(coding, HELP)
    session.delete([coding])
    after = again(session)
    after.undo()
    assert said(after)[coding][0] == HELP
    after = again(after)
    after.undo()
    assert said(after)[coding][0] == FOOD
    after = again(after)
    after.redo()
    after.redo()
    assert said(after) == {}
    assert again(after).holding == {}
    with pytest.raises(InputError, match="nothing is left to do again"):
        after.redo()


def test_a_new_act_ends_what_could_be_done_again(session: Session) -> None:
    add(session, "beans")
    session.undo()
    add(session, "Potatoes")
    assert session.stacks.undone == []
    with pytest.raises(InputError, match="nothing is left"):
        again(session).redo()


def test_undo_does_not_reach_what_a_verb_wrote(talk_copy: Path) -> None:
    session = Session(Study.load(talk_copy), "t1", "a")
    assert session.holding
    with pytest.raises(InputError, match="nothing is left to undo"):
        session.undo()


def test_undo_passes_over_what_another_command_changed_since(
    session: Session, command: Any, talk_copy: Path
) -> None:
    first = add(session, "beans")
    second = add(session, "Potatoes")
    words = ("codings", "change", "--coder", "anna", "--document", "t1", second, "--code", HELP)
    assert command(*words, "--study", talk_copy)[0] == 0
    with pytest.raises(InputError, match="changed since"):
        session.undo()
    assert session.undo().gone == (first,)
    assert said(session)[second][0] == HELP


def test_what_another_window_writes_is_taken_in(session: Session) -> None:
    other = again(session)
    coding = add(other, "beans")
    change = session.look()
    assert [one.id for one in change.codings] == [coding]
    assert not session.look()
    other.delete([coding])
    with pytest.raises(InputError, match="not there any more"):
        session.recode(coding, HELP)
    assert session.holding == {}


def test_an_act_on_a_document_that_changed_is_refused_once(session: Session) -> None:
    path = session.study.root / "interviews/transcripts/t1.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Potatoes", "Big potatoes"), encoding="utf-8")
    with pytest.raises(InputError, match="changed on the disk"):
        session.add([FOOD], 110, 118)
    coding = session.holding[add(session, "Big potatoes")]
    assert session.placed(coding)


def test_a_coding_whose_words_moved_is_shown_as_displaced(session: Session) -> None:
    coding = add(session, "beans")
    path = session.study.root / "interviews/transcripts/t1.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Potatoes", "Big potatoes"), encoding="utf-8")
    assert session.look().words
    assert not session.placed(session.holding[coding])


def test_only_what_participants_say_can_be_coded_where_asked(talk_copy: Path) -> None:
    session = Session(Study.load(talk_copy), "t1", "ben", only_talk=True)
    with pytest.raises(InputError, match="interviewer"):
        session.add([FOOD], *span(session, "What do you grow?"))
    start, end = span(session, "I was there.")[0], span(session, "And the water")[1]
    with pytest.raises(InputError, match="interviewer"):
        session.add([FOOD], start, end)
    assert session.add([FOOD], *span(session, "Potatoes"))


def test_a_code_retired_meanwhile_is_refused(session: Session, command: Any, talk_copy: Path) -> None:
    done = command("code", "retire", HELP, "--who", "k", "--why", "w", "--study", talk_copy)
    assert done[0] == 0, done
    with pytest.raises(InputError, match="no longer in use"):
        session.add([HELP], *span(session, "beans"))


class Coder(RuleBasedStateMachine):
    """A session beside a plain model: codings by id, and the states that undo and redo lead to."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(os.environ["PANEL_TEST"]) / f"s{id(self)}"
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(DATA, self.folder)
        self.session = Session(Study.load(self.folder), "t1", "anna")
        self.text = self.session.words.document.text
        self.model: dict[str, Said] = {}
        self.before: list[dict[str, Said]] = []
        self.after: list[dict[str, Said]] = []

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def did(self, model: dict[str, Said]) -> None:
        if model != self.model:
            self.before.append(self.model)
            self.after.clear()
            self.model = model

    @rule(
        data=st.data(),
        codes=st.lists(st.sampled_from([FOOD, HOSE, HELP]), min_size=1, max_size=3, unique=True),
    )
    def add(self, data: st.DataObject, codes: list[str]) -> None:
        start, end = self.a_span(data)
        there = {one[0] for one in self.model.values() if one[1:3] == (start, end)}
        change = self.session.add(codes, start, end)
        assert [one.code for one in change.codings] == [code for code in codes if code not in there]
        self.did({**self.model, **{one.id: (one.code, start, end, (), "") for one in change.codings}})

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        if coding := self.a_coding(data):
            start, end = self.a_span(data)
            self.session.move(coding, start, end)
            old = self.model[coding]
            self.did({**self.model, coding: (old[0], start, end, *old[3:])})

    @rule(data=st.data(), code=st.sampled_from([FOOD, HOSE, HELP]))
    def recode(self, data: st.DataObject, code: str) -> None:
        if coding := self.a_coding(data):
            self.session.recode(coding, code)
            self.did({**self.model, coding: (code, *self.model[coding][1:])})

    @rule(data=st.data(), value=st.sampled_from(["", "positive", "negative"]), memo=st.text(max_size=4))
    def describe(self, data: st.DataObject, value: str, memo: str) -> None:
        if (coding := self.a_coding(data)) and "\n" not in memo and memo.isprintable():
            self.session.describe(coding, attributes={"valence": value}, memo=memo)
            old = self.model[coding]
            given = (("valence", value),) if value else ()
            self.did({**self.model, coding: (*old[:3], given, memo)})

    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        if coding := self.a_coding(data):
            code, start, end, attributes, memo = self.model[coding]
            at = data.draw(st.integers(start, end))
            left = start + len(self.text[start:at].rstrip())
            right = end - len(self.text[at:end].lstrip())
            if start < left and right < end:
                change = self.session.split(coding, at)
                [new] = [one.id for one in change.codings if one.id != coding]
                parts = {
                    coding: (code, start, left, attributes, memo),
                    new: (code, right, end, attributes, memo),
                }
                self.did({**self.model, **parts})
            else:
                with pytest.raises(InputError):
                    self.session.split(coding, at)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if coding := self.a_coding(data):
            self.session.delete([coding])
            self.did({name: one for name, one in self.model.items() if name != coding})

    @rule()
    def undo(self) -> None:
        if self.before:
            self.session.undo()
            self.after.append(self.model)
            self.model = self.before.pop()
        else:
            with pytest.raises(InputError):
                self.session.undo()

    @rule()
    def redo(self) -> None:
        if self.after:
            self.session.redo()
            self.before.append(self.model)
            self.model = self.after.pop()
        else:
            with pytest.raises(InputError):
                self.session.redo()

    @rule()
    def restart(self) -> None:
        self.session = Session(Study.load(self.folder), "t1", "anna")

    @invariant()
    def view_and_file_are_the_model(self) -> None:
        if hasattr(self, "session"):
            assert said(self.session) == self.model
            work = codings.work(self.session.study, "anna", "t1")
            assert {one.id: one for one in work.codings} == self.session.holding
            assert not work.contradictions

    def a_span(self, data: st.DataObject) -> tuple[int, int]:
        start = data.draw(st.integers(100, len(self.text) - 2))
        while self.text[start].isspace():
            start += 1
        return start, data.draw(st.integers(start + 1, min(len(self.text), start + 60)))

    def a_coding(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(list(self.model))) if self.model else ""


def test_a_thousand_random_acts_leave_file_and_view_as_a_plain_model_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    monkeypatch.setenv("PANEL_TEST", str(tmp_path))
    given = settings(
        max_examples=20,
        stateful_step_count=50,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    run_state_machine_as_test(Coder, settings=given)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_kill_loses_at_most_the_act_that_was_not_answered(talk_copy: Path) -> None:
    script = Path(__file__).parent / "panel_kills.py"
    words = [sys.executable, str(script), str(talk_copy), "200", "7"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment, timeout=300)
    answered = json.loads(done.stdout)
    work = codings.work(Study.load(talk_copy), "anna", "t1")  # raises where a line is torn
    there = {record.id for record in work.records if record.code == FOOD}
    assert sum(map(len, answered.values())) > 20
    assert all(set(ids) <= there for ids in answered.values())
    assert len(there) - len({name for ids in answered.values() for name in ids}) <= len(answered)


def test_two_panels_and_a_verb_at_once_lose_nothing(talk_copy: Path) -> None:
    code = (
        "import sys\nfrom casestudy.panel.session import Session\nfrom casestudy.study import Study\n"
        "session = Session(Study.load(sys.argv[1]), 't1', 'anna')\n"
        "for start in range(int(sys.argv[2]), int(sys.argv[2]) + 40):\n"
        "    if session.words.document.text[start].strip():\n"
        "        session.add(['garden.grow.food'], start, start + 2)\n"
    )
    wishes = talk_copy / "wishes.csv"
    wishes.write_text("code,quote\nhelp.neighbour,I carry it.\n", encoding="utf-8")
    verb = ["-m", "casestudy", "codings", "add", "--file", str(wishes), "--coder", "anna", "--document", "t1"]
    words = [
        ["-c", code, str(talk_copy), "110"],
        ["-c", code, str(talk_copy), "160"],
        [*verb, "--study", str(talk_copy)],
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}

    def run(arguments: list[str]) -> str:
        given = [sys.executable, *arguments]
        done = subprocess.run(given, capture_output=True, text=True, env=environment, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    with ThreadPoolExecutor(3) as together:
        list(together.map(run, words))
    session = Session(Study.load(talk_copy), "t1", "anna")
    text = session.words.document.text
    starts = [at for first in (110, 160) for at in range(first, first + 40) if text[at].strip()]
    assert {(one.start, one.end) for one in session.holding.values() if one.code == FOOD} == {
        (at, at + 2) for at in starts
    }
    assert [one.quote for one in session.holding.values() if one.code == HELP] == ["I carry it."]
