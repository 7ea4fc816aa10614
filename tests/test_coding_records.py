"""Codings are append-only records: nothing is lost, contradictions are listed, undo is a record."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.codebook.codes import Code, Codebook
from casestudy.coding import codings, edits, quoting, wishes
from casestudy.coding.codings import Record, Work, line, parse, record, settle
from casestudy.coding.material import Material
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def added(number: int, code: str = "c", when: str = "1") -> Record:
    return record("add", place="k/d", code=code, start=number, end=number + 1, quote="x", when=when)


def work_of(*records: Record) -> Work:
    work, problems = settle("k", "d", records, "f")
    assert problems == []
    return work


def test_every_quote_of_the_fixture_stands_where_its_coding_says(talk: Study) -> None:
    from casestudy.coding.table import load

    frame = load(talk)
    assert len(frame) == 19
    assert frame["placed"].all()
    assert frame.loc[frame["code"].eq("garden.water.hose"), "modality"].tolist() == [
        "denied",
        "experienced",
        "experienced",
    ]


def test_writing_and_reading_gives_the_same_records() -> None:
    first = record(
        "add",
        place="k/d",
        code="a.b",
        start=0,
        end=3,
        quote='a"\n',
        attributes={"x": "y"},
        memo="Zeile 🥔\u2028",
        when="w",
        text="t",
        by="b",
    )
    second = edits.changed(work_of(first).codings[0], code="other")
    text = "".join(f"{line(one)}\n" for one in (first, second))
    records, problems = parse(text, "f")
    assert (records, problems) == ([first, second], [])
    assert "".join(f"{line(one)}\n" for one in records) == text


@given(st.lists(st.sampled_from(["add", "change", "remove", "undo"]), max_size=25), st.randoms())
@settings(max_examples=150)
def test_the_order_of_the_lines_says_nothing(steps: list[str], chance: random.Random) -> None:
    records: list[Record] = []
    for number, step in enumerate(steps):
        work = work_of(*records)
        if step == "add" or not work.codings:
            records.append(added(number, when=f"{number:03}"))
        elif step == "change":
            chosen = chance.choice(work.codings)
            records.append(edits.changed(chosen, code=f"c{number}", when=f"{number:03}"))
        elif step == "remove":
            records.append(edits.removed(chance.choice(work.codings), when=f"{number:03}"))
        else:
            try:
                records.append(edits.undo(work, when=f"{number:03}"))
            except InputError:
                continue
    shuffled = records + records[:3]
    chance.shuffle(shuffled)
    text = "".join(f"{line(one)}\n" for one in shuffled)
    again, problems = parse(text, "f")
    assert problems == []
    work, _ = settle("k", "d", again, "f")
    assert work.codings == work_of(*records).codings
    assert work.contradictions == ()


@given(st.lists(st.sampled_from(["add", "change", "remove"]), min_size=1, max_size=12), st.randoms())
@settings(max_examples=100)
def test_undoing_everything_leads_back_step_by_step(steps: list[str], chance: random.Random) -> None:
    records: list[Record] = []
    states = [[]]
    for number, step in enumerate(steps):
        work = work_of(*records)
        if step == "add" or not work.codings:
            records.append(added(number, when=f"{number:03}"))
        elif step == "change":
            records.append(edits.changed(chance.choice(work.codings), code=f"c{number}", when=f"{number:03}"))
        else:
            records.append(edits.removed(chance.choice(work.codings), when=f"{number:03}"))
        states.append(said(records))
    for number, state in enumerate(reversed(states[:-1])):
        records.append(edits.undo(work_of(*records), when=f"9{number:03}"))
        assert said(records) == state
    with pytest.raises(InputError, match="nothing is left"):
        edits.undo(work_of(*records))


def said(records: list[Record]) -> list[tuple[str, str, int]]:
    return [(one.id, one.code, one.start) for one in work_of(*records).codings]


def test_an_undone_change_can_be_done_again() -> None:
    first = added(0)
    second = edits.changed(work_of(first).codings[0], code="new", when="2")
    third = edits.undo(work_of(first, second), when="3")
    assert [one.code for one in work_of(first, second, third).codings] == ["c"]
    fourth = edits.undo(work_of(first, second, third), third.id, when="4")
    assert [one.code for one in work_of(first, second, third, fourth).codings] == ["new"]


def test_two_branches_that_change_one_coding_are_a_contradiction_and_can_be_settled() -> None:
    first = added(0)
    [coding] = work_of(first).codings
    one, two = edits.changed(coding, code="left", when="2"), edits.changed(coding, code="right", when="3")
    gone = edits.removed(coding, when="4")
    work = work_of(first, one, two, gone)
    [fork] = work.contradictions
    assert fork.kept == two.id
    assert set(fork.others) == {one.id, gone.id}
    assert [coding.code for coding in work.codings] == ["right"]
    [settling] = edits.settled(work, when="5")
    after = work_of(first, one, two, gone, settling)
    assert after.contradictions == ()
    assert [coding.code for coding in after.codings] == ["right"]


def test_of_two_branches_the_later_holds_and_of_one_moment_the_greater_id() -> None:
    first = added(0)
    [coding] = work_of(first).codings
    early = [edits.changed(coding, code=f"early{number}", when="2") for number in range(8)]
    late = [edits.changed(coding, code=f"late{number}", when="3") for number in range(8)]
    # Ids are digests: among sixteen some earlier record has a greater id than some later one.
    one, two = next((a, b) for a in early for b in late if a.id > b.id)
    assert [each.code for each in work_of(first, one, two).codings] == [two.code]
    assert [each.code for each in work_of(first, two, one).codings] == [two.code]
    low, high = sorted(late[:2], key=lambda each: each.id)
    assert [each.code for each in work_of(first, high, low).codings] == [high.code]
    assert [each.code for each in work_of(first, low, high).codings] == [high.code]


def test_the_same_change_on_two_branches_is_no_contradiction() -> None:
    first = added(0)
    [coding] = work_of(first).codings
    one, two = edits.changed(coding, code="new", when="2"), edits.changed(coding, code="new", when="3")
    work = work_of(first, one, two)
    assert work.contradictions == ()
    assert len(work.codings) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "is not a record"),
        ("[1]", "is not a record"),
        ('{"id": "a", "action": "burn"}', "action is 'burn'"),
        ('{"action": "add"}', "it has no id"),
        ('{"id": "a", "action": "add", "code": "c", "start": 5, "end": 2, "quote": "x"}', "spans 5 to 2"),
        ('{"id": "a", "action": "add", "code": "c", "start": "0", "end": 2, "quote": "x"}', "spans '0' to 2"),
        ('{"id": "a", "action": "add", "code": "c", "start": true, "end": 2, "quote": "x"}', "spans True"),
        ('{"id": "a", "action": "add", "code": "", "start": 0, "end": 2, "quote": "x"}', "no code"),
        ('{"id": "a", "action": "change", "code": "c", "start": 0, "end": 2, "quote": "x"}', "with parent"),
        ('{"id": "a", "action": "delete", "parent": "gone"}', "which is not there"),
        (
            '{"id": "a", "action": "add", "code": "c", "start": 0, "end": 1, "quote": "x", "colour": 1}',
            "'colour'",
        ),
        ("[" * 100_000, "is not a record"),
        ("\x00\x01", "is not a record"),
    ],
)
def test_a_line_that_is_no_record_is_listed_with_its_number(text: str, found: str) -> None:
    records, problems = parse("\n" + text + "\n", "a/d.jsonl")
    _, lost = settle("k", "d", records, "a/d.jsonl")
    assert any(found in problem.found for problem in [*problems, *lost])
    assert all(problem.where.startswith("a/d.jsonl") for problem in [*problems, *lost])


def test_two_records_with_one_id_are_listed_and_both_kept() -> None:
    first = added(0)
    other = json.loads(line(added(1))) | {"id": first.id}
    records, [problem] = parse(f"{line(first)}\n{json.dumps(other)}\n", "f")
    assert "a second record with id" in problem.found
    assert len(settle("k", "d", records, "f")[0].codings) == 2


def test_a_circle_of_parents_does_not_hang() -> None:
    rows = [
        {"id": "a", "action": "delete", "parent": "b"},
        {"id": "b", "action": "delete", "parent": "a"},
    ]
    records, problems = parse("\n".join(json.dumps(row) for row in rows), "f")
    assert problems == []
    assert settle("k", "d", records, "f")[0].codings == ()


# --- by quote

TEXT = "Q: Well?\n\nAino: I don’t know. I don’t know – really,\nreally 🥔 not."


@pytest.mark.parametrize(
    ("quote", "spans"),
    [
        ("I don’t know", ["I don’t know"] * 2),
        ("I don't know", ["I don’t know"] * 2),
        ("know - really, really 🥔", ["know – really,\nreally 🥔"]),
        ("nothing of it", []),
        (".*", []),
    ],
)
def test_words_are_found_up_to_spaces_and_marks(quote: str, spans: list[str]) -> None:
    assert [TEXT[start:end] for start, end in quoting.find(TEXT, quote)] == spans


def test_nothing_is_written_when_one_quote_fails_and_all_problems_are_listed(
    talk: Study, command: Command
) -> None:
    before = (talk.root / "interviews/codings/a/t1.jsonl").read_bytes()
    wishes = [
        {"code": "garden.grow", "quote": "What do you grow?"},
        {"code": "garden.grow", "quote": "Potatos, mostly."},
        {
            "code": "garden.gro",
            "quote": "What do you grow?",
            "attributes": {"modality": "maybe", "mood": "x"},
        },
        {"code": "garden.grow", "quote": "I"},
    ]
    (talk.root / "list.json").write_text(json.dumps(wishes))
    words = ["codings", "add", "--study", talk.root, "--coder", "a", "--document", "t1"]
    code, _, error = command(*words, "--file", talk.root / "list.json")
    assert code == 2
    assert "Nearest words: 'Potatoes, mostly.'" in error
    assert "Did you mean 'garden.grow'?" in error
    assert "modality is 'maybe'" in error
    assert "attribute 'mood' is not known" in error
    assert "occurs" in error
    assert "Traceback" not in error
    assert (talk.root / "interviews/codings/a/t1.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "l.json",
            '[{"code": "help.neighbour", "quote": "I carry it", SAID}]',
        ),
        (
            "l.jsonl",
            '{"code": "help.neighbour", "quote": "I carry it", SAID}\n',
        ),
        ("l.csv", "code,quote,valence,memo\nhelp.neighbour,I carry it,neutral,m\n"),
        ("l.txt", "# mine\nhelp.neighbour | I carry it | valence=neutral; occurrence=1 | m\n"),
    ],
)
def test_a_list_may_have_any_form_and_is_not_written_twice(
    talk: Study, command: Command, name: str, text: str
) -> None:
    said = '"attributes": {"valence": "neutral"}, "memo": "m"'
    (talk.root / name).write_text(text.replace("SAID", said))
    words = [
        "codings",
        "add",
        "--study",
        talk.root,
        "--coder",
        "c",
        "--document",
        "t1",
        "--file",
        talk.root / name,
    ]
    assert "1 coding written, 0 there before" in command(*words, "--when", "2026-03-09")[1]
    assert "0 codings written, 1 there before" in command(*words)[1]
    [coding] = codings.work(talk, "c", "t1").codings
    assert (coding.quote, coding.attributes, coding.memo) == ("I carry it", {"valence": "neutral"}, "m")


def test_a_coder_cannot_leave_the_folder(talk: Study) -> None:
    with pytest.raises(InputError, match="cannot be a file name"):
        codings.append(talk, "../../x", "t1", [added(0)])


def test_the_command_changes_removes_and_undoes(talk: Study, command: Command) -> None:
    words = ["--study", talk.root, "--coder", "b", "--document", "t2"]
    coding = codings.work(talk, "b", "t2").codings[0]
    assert command("codings", "change", *words, coding.id[:6], "--code", "help.neighbour")[0] == 0
    assert codings.work(talk, "b", "t2").codings[0].code == "help.neighbour"
    assert (
        command("codings", "change", *words, coding.id, "--quote", "Nothing", "--set", "valence=negative")[0]
        == 0
    )
    changed = codings.work(talk, "b", "t2").codings[0]
    assert (changed.id, changed.quote, changed.attributes["valence"]) == (coding.id, "Nothing", "negative")
    assert command("codings", "remove", *words, coding.id)[0] == 0
    assert len(codings.work(talk, "b", "t2").codings) == 1
    assert command("codings", "undo", *words, "--last", "3")[0] == 0
    assert codings.work(talk, "b", "t2").codings[0].code == coding.code
    code, _, error = command("codings", "remove", *words, "zzz")
    assert code == 2
    assert "no coding has the id 'zzz'" in error


# --- real git


def git(root: Path, *words: str) -> str:
    options = ["-c", "user.name=k", "-c", "user.email=k@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *options, "-C", str(root), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def versions(talk: Study) -> Study:
    (talk.root / ".gitattributes").write_text(
        "interviews/codings/**/*.jsonl merge=union\ncoding_schemes/history.jsonl merge=union\n"
    )
    git(talk.root, "init", "-q", "-b", "main")
    git(talk.root, "add", ".")
    git(talk.root, "commit", "-qm", "start")
    return talk


def branches(study: Study, left: Callable[[], None], right: Callable[[], None]) -> None:
    """Two branches, each with its own work, merged into main."""
    for name, work in (("left", left), ("right", right)):
        git(study.root, "checkout", "-q", "-b", name, "main")
        work()
        git(study.root, "add", ".")
        git(study.root, "commit", "-qm", name)
    git(study.root, "checkout", "-q", "main")
    git(study.root, "merge", "-q", "--no-edit", "left")
    git(study.root, "merge", "-q", "--no-edit", "right")


def test_two_branches_of_one_coder_merge_and_lose_nothing(versions: Study) -> None:
    study = versions
    document = from_text((study.root / "interviews/transcripts/t1.md").read_text(), "t1")
    before = codings.work(study, "a", "t1")

    def code(quote: str, when: str) -> None:
        wish = wishes.Wish("help.neighbour", quote)
        records, _ = quoting.place([wish], document, codings.work(study, "a", "t1"), when=when)
        codings.append(study, "a", "t1", records)

    def left() -> None:
        code("Every evening", "2026-04-01T10:00:00Z")
        gone = edits.removed(before.codings[0], when="2026-04-01T10:01:00Z")
        other = edits.changed(before.codings[1], code="garden.grow.show", when="2026-04-01T10:02:00Z")
        codings.append(study, "a", "t1", [gone, other])

    def right() -> None:
        code("two cans", "2026-04-01T11:00:00Z")
        other = edits.changed(before.codings[1], code="garden.grow", when="2026-04-01T11:02:00Z")
        codings.append(study, "a", "t1", [other])

    branches(study, left, right)
    work = codings.work(study, "a", "t1")
    assert len(work.records) == len(before.records) + 5
    quotes = {one.quote for one in work.codings}
    assert {"Every evening", "two cans"} <= quotes
    assert before.codings[0].id not in {one.id for one in work.codings}
    [fork] = work.contradictions
    assert fork.coding == before.codings[1].id
    assert {one.id: one.code for one in work.codings}[fork.coding] == "garden.grow"


def test_two_coders_merge(versions: Study) -> None:
    study = versions

    def coder(name: str) -> Callable[[], None]:
        said = record("add", place=f"{name}/t3", code="help.neighbour", start=0, end=11, quote="INTERVIEWER")

        def work() -> None:
            codings.append(study, name, "t3", [said])

        return work

    branches(study, coder("c"), coder("d"))
    assert [(work.coder, len(work.codings)) for work in codings.read(study, "*", "t3")] == [
        ("a", 4),
        ("c", 1),
        ("d", 1),
    ]


def test_two_branches_that_rename_one_code_merge_and_the_contradiction_is_listed(
    versions: Study, command: Command
) -> None:
    from casestudy.codebook import contradictions, history
    from casestudy.coding import check

    study = versions

    def rename(name: str, when: str) -> Callable[[], None]:
        def work() -> None:
            words = ["code", "rename", "--study", study.root, "help.neighbour", name]
            assert command(*words, "--who", "k", "--why", "clearer", "--when", when)[0] == 0
            words = [
                "code",
                "create",
                "--study",
                study.root,
                f"help.{name.lower()}",
                name,
                "--scheme",
                "help",
            ]
            assert (
                command(*words, "--who", "k", "--why", "new", "--when", when, "--definition", f"{name}.")[0]
                == 0
            )

        return work

    branches(study, rename("Friend", "2026-04-01"), rename("Family", "2026-04-02"))
    book = history.load(study)
    assert {"help.friend", "help.family"} <= set(book.codes)
    assert book.codes["help.neighbour"].name == "Family"
    [fork] = contradictions.contradictions(history.read(study))
    assert (fork.code, fork.field, fork.what) == ("help.neighbour", "name", "'Friend' or 'Family'")
    assert any("two branches changed name" in problem.found for problem in check.check(Material(study)))
    words = ["code", "rename", "--study", study.root, "help.neighbour", "Friend"]
    assert command(*words, "--who", "k", "--why", "decided", "--when", "2026-04-03")[0] == 0
    assert contradictions.contradictions(history.read(study)) == []
    assert history.load(study).codes["help.neighbour"].name == "Friend"


@st.composite
def rows(draw: st.DrawFn) -> str:
    """A line of a coder's file, right or wrong in some way."""
    row: dict[str, object] = {"id": draw(st.sampled_from("abc")), "action": "add", "code": "x", "quote": "q"}
    row |= {"start": draw(st.integers(0, 1)), "end": draw(st.integers(1, 3))}
    row |= draw(st.sampled_from([{}, {}, {"memo": "m"}, {"memo": None}, {"parent": "a"}, {"strange": 1}]))
    row |= draw(st.sampled_from([{}, {"attributes": {"a": "b"}}, {"attributes": {"a": 1}}]))
    line = json.dumps(row)
    return draw(st.sampled_from([line] * 6 + [line[:-1], f"{line}, {line}", f'{{"x": [{line}', f"{line}]}}"]))


@given(st.lists(rows(), max_size=4))
@settings(max_examples=200)
def test_a_file_read_at_once_is_what_its_lines_are(lines: list[str]) -> None:
    whole, problems = codings.parse("\n".join(lines), "f")
    found: dict[str, object] = {}
    for number, row in enumerate(lines, start=1):
        records, _ = codings.parse("\n" * (number - 1) + row + "\nno record", "f")
        for one in records:
            found.setdefault(one.id, one)
    assert {one.id: one for one in whole if "~" not in one.id} == found
    # Two lines may write one record in two ways, such as with a memo that is null.
    different = {repr(one) for row in lines for one in codings.parse(row, "f")[0]}
    assert problems or len(whole) == len(different)


# A list about several documents, with codes by name.


def listed(
    talk: Study, command: Command, text: str, *words: str, name: str = "l.csv"
) -> tuple[int, str, str]:
    path = talk.root.parent / name
    path.write_text(text, encoding="utf-8")
    return command("codings", "add", "--study", talk.root, "--coder", "c", "--file", path, *words)


def test_one_list_may_be_about_several_documents(talk: Study, command: Command) -> None:
    quotes = {name: Material(talk).texts[name].own_turns[0] for name in ("t1", "t2")}
    texts = {name: Material(talk).texts[name].text[turn.speech : turn.end] for name, turn in quotes.items()}
    entries = [{"document": name, "code": "Neighbour", "quote": quote} for name, quote in texts.items()]
    entries[0]["code"] = "help.neighbour"
    code, out, error = listed(talk, command, json.dumps(entries), name="l.json")
    assert (code, error) == (0, "")
    assert out.splitlines() == [
        "t1, coder c: 1 coding written, 0 there before.",
        "t2, coder c: 1 coding written, 0 there before.",
    ]
    works = codings.read(talk, "c")
    assert {one.code for work in works for one in work.codings} == {"help.neighbour"}
    assert (
        listed(talk, command, json.dumps(entries), name="l.json")[1].count("0 codings written, 1 there") == 2
    )


def test_every_problem_of_every_document_is_told(talk: Study, command: Command) -> None:
    rows = 'document,code,quote\nt1,Neighbuor,I was there\nt2,help.neighbour,"never said so"\n'
    code, _, error = listed(talk, command, rows)
    assert code == 2
    assert (
        "row 2: code 'Neighbuor' is not in the codebook. Did you mean 'help.neighbour' (Neighbour)?" in error
    )
    assert "'never said so' is not in t2" in error
    assert codings.read(talk, "c") == []


@pytest.mark.parametrize(
    ("rows", "words", "said"),
    [
        ("t9,help.neighbour,x", (), "document 't9' is not there"),
        (",help.neighbour,x", (), "it names no document"),
        ("t2,help.neighbour,x", ("--document", "t1"), "it is about 't2', not 't1'"),
        ("t1,help.neighbour,x", ("--document", "t7"), "document 't7': there is none"),
    ],
)
def test_a_list_names_documents_that_are_there(
    talk: Study, command: Command, rows: str, words: tuple[str, ...], said: str
) -> None:
    code, _, error = listed(talk, command, f"document,code,quote\n{rows}\n", *words)
    assert (code, said in error) == (2, True), error


def test_a_name_that_two_codes_have_is_asked_about() -> None:
    book = Codebook(
        {},
        {
            "a": Code("a", "s", "Garden"),
            "a.hose": Code("a.hose", "s", "Hose", parent="a"),
            "b.hose": Code("b.hose", "t", "Hose"),
        },
    )
    assert quoting.code_of("Hose", book) == "Hose"
    assert quoting.code_of("garden > HOSE", book) == "a.hose"
    assert quoting.code_of("B.Hose", book) == "b.hose"
    wish = wishes.Wish("Hose", "Aino", where="l, row 2")
    with pytest.raises(InputError, match=r"Several are called so: a\.hose, b\.hose"):
        quoting.place([wish], from_text("Aino", "t"), codings.Work("c", "t", (), (), ()), book)
