"""Codebooks: any depth, checks, and a history from which every earlier codebook can be rebuilt."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.codebook import codes, history, revisions
from casestudy.codebook.codes import Code, Codebook, Scheme
from casestudy.coding import check
from casestudy.coding.material import Material
from casestudy.errors import InputError
from casestudy.files.yaml_text import parsed
from casestudy.study import Study

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    return Study.load(tmp_path / "talk")


def scheme(root: Path, text: str, name: str = "s.yaml") -> Path:
    path = root / name
    path.write_text(text, encoding="utf-8")
    return path


BOOK = Codebook(
    {"s": Scheme("s", "S")},
    {name: Code(name, "s", name.upper(), definition=f"about {name}") for name in "abcde"},
)


def test_the_tree_of_codes(talk: Study) -> None:
    book = history.load(talk)
    assert book.below("garden.grow") == ["garden.grow", "garden.grow.food", "garden.grow.show"]
    assert book.above("garden.water.hose") == ["garden.water"]
    assert book.path("garden.water.hose") == "Water > Hose"
    assert book.alternatives() == [("garden.water", ["garden.water.carry", "garden.water.hose"])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("scheme: s\ncodes:\n- id: a\n  name: A\n- id: a\n  name: B\n", "occurs before (s.yaml, line 3)"),
        ("scheme: s\ncodes:\n- name: A\n", "it has no id"),
        ("scheme: s\ncodes:\n- id: a b\n  name: A\n", "'a b' cannot be the name"),
        ("scheme: s\ncodes:\n- id: a\n", "has no name"),
        ("scheme: s\ncodes:\n- id: a\n  name: A\n  parent: z\n", "parent 'z' is not a code"),
        ("scheme: s\ncodes:\n- id: a\n  name: A\n  parent: a\n", "lies under itself"),
        (
            "scheme: s\ncodes:\n- id: a\n  name: A\n  parent: b\n- id: b\n  name: B\n  parent: a\n",
            "lies under itself",
        ),
        ("scheme: s\ncodes:\n- id: a\n  name: A\n  include: some\n", "include of 'a' is not a list"),
        ("scheme: s\ncodes:\n- id: a\n  name: A\n  one: maybe\n", "one of 'a' is 'maybe'"),
        ("scheme: s\ncodes:\n- id: a\n  name: A\n  defintion: x\n", "Did you mean 'definition'?"),
        ("scheme: s\ncodes: none\n", "codes: is not a list"),
        ("scheme: s\ncodes: [a: [}\n", "s.yaml, line 2"),
        ("scheme: s\nscheme: t\ncodes: []\n", "duplicate key"),
        ("- a\n- b\n", "it holds no scheme"),
        ("scheme: s\ncodes:\n- !!python/object/apply:os.system ['touch /tmp/no']\n", "s.yaml, line 3"),
    ],
)
def test_a_broken_scheme_is_told_with_its_place(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        codes.read_schemes([scheme(tmp_path, text)])
    assert found in str(error.value)


def test_aliases_that_grow_without_end_do_no_harm(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(InputError, match="aliases make it larger"):
        codes.read_schemes([scheme(tmp_path, "\n".join([*rows, "codes: []"]))])


def test_a_file_of_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes("scheme: s\ntitle: Pöytä\n".encode("cp1252"))
    with pytest.raises(InputError, match="not UTF-8"):
        codes.read_schemes([path])


def test_the_check_lists_what_hinders_coders(talk: Study) -> None:
    path = talk.root / "coding_schemes" / "help.yaml"
    path.write_text(
        path.read_text()
        + "- id: help.shop\n  name: Shop\n"
        + "- id: help.other\n  name: neighbour\n"
        + "  definition: A person from a plot nearby gives advice, seeds or hands!\n"
        + "  near: [help.none]\n  exclude: [seeds bought -> help.nothing]\n"
    )
    found = [problem.found for problem in check.check(Material(talk))]
    assert len(found) == 5
    for words in ("no definition", "near code 'help.none'", "'-> help.nothing'", "name of", "almost that of"):
        assert sum(words in one for one in found) == 1, words


# The history.


def test_each_change_does_what_it_says_and_codings_follow() -> None:
    events = []
    book = BOOK

    def go(event: history.Event) -> None:
        nonlocal book
        events.append(event)
        book = history.current(BOOK, events)

    go(revisions.create(book, "f", "F", "s", parent="a", when="01"))
    go(revisions.rename(book, "a", "Alpha", when="02"))
    go(revisions.redefine(book, "a", "include", ["one", "two"], when="03"))
    go(revisions.move(book, "b", "f", when="04"))
    go(revisions.merge(book, ["c", "f"], "d", when="05"))
    go(revisions.split(book, "e", [("e1", "E one"), ("e2", "E two")], when="06"))
    go(revisions.retire(book, "a", when="07"))
    assert book.codes["a"].name == "Alpha"
    assert book.codes["a"].include == ("one", "two")
    assert book.resolve("c") == book.resolve("f") == "d"
    assert book.codes["b"].parent == "d"
    assert book.codes["e"].split_into == ("e1", "e2")
    assert [code.id for code in book.in_use()] == ["b", "d", "e1", "e2"]
    assert [code.id for code in history.at(BOOK, events, "01").in_use()] == ["a", "b", "c", "d", "e", "f"]
    assert history.at(BOOK, events, "02").codes["a"].name == "Alpha"
    assert history.at(BOOK, events, "00") == BOOK


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "rename", "move", "merge", "split", "retire", "restore"]), st.integers()
    ),
    max_size=12,
)


def revised(steps: list[tuple[str, int]]) -> tuple[list[history.Event], list[Codebook]]:
    """A history of valid steps, and the codebook after each."""
    events: list[history.Event] = []
    books = [BOOK]
    for number, (step, draw) in enumerate(steps):
        book = books[-1]
        codes = sorted(book.codes)
        one, other = codes[draw % len(codes)], codes[(draw // 7) % len(codes)]
        said = {"when": f"{number:03}"}
        try:
            if step == "create":
                event = revisions.create(book, f"n{number}", "N", "s", one, **said)
            elif step == "rename":
                event = revisions.rename(book, one, f"N{number}", **said)
            elif step == "move":
                event = revisions.move(book, one, other, **said)
            elif step == "merge":
                event = revisions.merge(book, [one], other, **said)
            elif step == "split":
                parts = [(f"p{number}", "P"), (f"q{number}", "Q")]
                event = revisions.split(book, one, parts, keep=bool(draw % 2), **said)
            elif step == "retire":
                event = revisions.retire(book, one, **said)
            else:
                event = revisions.restore(book, one, **said)
        except InputError:
            continue
        events.append(event)
        books.append(history.current(BOOK, events))
    return events, books


@given(STEPS)
@settings(max_examples=150)
def test_every_earlier_codebook_is_rebuilt_and_written_ones_too(steps: list[tuple[str, int]]) -> None:
    events, books = revised(steps)
    text = "".join(f"{history.line(event)}\n" for event in reversed(events))
    again, problems = history.parse(text)
    assert problems == []
    assert again == events
    for count, book in enumerate(books):
        assert history.replay(BOOK, again, count).codes == book.codes
        assert codes.structure(book) == []
        # Whichever state the files hold, the history leads to the same codebook.
        assert dict(history.current(book, again).codes) == dict(books[-1].codes)


@given(STEPS)
@settings(max_examples=100)
def test_undoing_every_change_leads_back(steps: list[tuple[str, int]]) -> None:
    events, books = revised(steps)
    for number, before in enumerate(reversed(books[:-1])):
        events.append(revisions.undo(history.current(BOOK, events), events, when=f"9{number:03}"))
        now = history.current(BOOK, events)
        assert dict(now.codes) == dict(before.codes)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda book: revisions.create(book, "a", "A", "s"), "there is one with this id"),
        (lambda book: revisions.create(book, "x", "X", "t"), "scheme 't'"),
        (lambda book: revisions.create(book, "x y", "X", "s"), "cannot be an id"),
        (lambda book: revisions.rename(book, "z", "Z"), "not in the codebook"),
        (lambda book: revisions.rename(book, "a", " "), "name is empty"),
        (lambda book: revisions.move(book, "a", "a"), "lies under itself"),
        (lambda book: revisions.merge(book, ["a"], "a"), "nothing to merge"),
        (lambda book: revisions.split(book, "a", [("x", "X")]), "two codes or more"),
        (lambda book: revisions.restore(book, "a"), "it is in use"),
        (lambda book: revisions.redefine(book, "a", "parent", "b"), "cannot be changed like this"),
        (lambda book: revisions.undo(book, []), "nothing to undo"),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: Callable[[Codebook], object], found: str) -> None:
    with pytest.raises(InputError, match=r"not changed|broken") as error:
        change(BOOK)
    assert found in str(error.value)


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[]",
        '{"id": "a"}',
        '{"id": "a", "action": "rename", "changes": {"a": {"name": "x"}}}',
        '{"id": "a", "action": "burn", "changes": {}}',
        '{"id": "a", "action": "rename", "changes": {"a": {"colour": ["x", "y"]}}}',
        '{"id": "a", "action": "rename", "changes": {"a": ["name"]}}',
    ],
)
def test_a_line_that_is_no_event_is_listed(row: str) -> None:
    _, problems = history.parse(f"{row}\n")
    assert problems
    assert problems[0].where == "coding_schemes/history.jsonl, line 1"


def test_a_value_changed_by_hand_stands() -> None:
    events = [revisions.rename(BOOK, "a", "Alpha", when="01")]
    by_hand = Codebook(BOOK.schemes, {**BOOK.codes, "a": Code("a", "s", "By hand", definition="about a")})
    assert history.current(by_hand, events).codes["a"].name == "By hand"


def test_the_command_keeps_the_history(talk: Study, command: Command) -> None:
    words = ["--study", talk.root, "--who", "k", "--why", "because"]
    one = ["garden.water.hose", "--into", "garden.water.carry", "--when", "1"]
    assert command("code", "merge", *words, *one)[0] == 0
    one = ["garden.grow.food", "--into", "g.root=Roots", "--into", "g.leaf=Leaves", "--when", "2"]
    assert command("code", "split", *words, *one)[0] == 0
    out = command("code", "list", "--study", talk.root)[1]
    assert "garden.water.hose: Hose (merged into garden.water.carry)" in out
    assert "garden.grow.food: Food (split into g.root, g.leaf)" in out
    assert "(merged" not in command("code", "list", "--study", talk.root, "--when", "0")[1]
    from casestudy.coding.table import load

    frame = load(talk)
    assert "garden.water.hose" not in set(frame["code"])
    assert "garden.water.hose" in set(frame["as_coded"])
    waiting = [problem for problem in check.check(Material(talk)) if "was split" in problem.found]
    assert len(waiting) == 5
    assert command("code", "undo", *words, "--when", "3")[0] == 0
    assert command("code", "undo", *words, "--when", "4")[0] == 0
    assert "(" not in command("code", "list", "--study", talk.root)[1]
    assert command("code", "history", "--study", talk.root)[1].count("because") == 4
    code, _, error = command("code", "rename", *words, "garden.nothing", "x")
    assert code == 2
    assert "not in the codebook" in error


@given(st.permutations(range(4)))
@settings(max_examples=24)
def test_changes_of_one_moment_stand_in_the_order_they_were_made(order: list[int]) -> None:
    said = {"who": "k", "why": "x", "when": "2026-01-01T00:00:00Z"}
    book, events = BOOK, []
    for step in range(4):
        if step == 0:
            event = revisions.create(book, "f", "New", "s", "", "", **said)
        elif step == 1:
            event = revisions.rename(book, "f", "Newer", **said)
        elif step == 2:
            event = revisions.merge(book, ["a", "f"], "b", **said)
        else:
            event = revisions.undo(book, events, "", **said)
        events.append(event)
        book = history.current(BOOK, events)
    text = "".join(f"{history.line(events[place])}\n" for place in order)
    found, problems = history.parse(text)
    assert not problems
    assert found == events
    assert history.current(BOOK, found) == book


YAML_TEXT = st.lists(
    st.text(st.sampled_from("aeyno0123456789:-_.+xbZT~<=#'\"[]{} \t"), max_size=12), max_size=5
)


@given(YAML_TEXT)
@settings(max_examples=150)
def test_the_quick_reader_of_yaml_gives_what_the_slow_one_gives(lines: list[str]) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = "".join(f"- {line}\n" for line in lines)
    try:
        expected = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError):
        return
    assert repr(parsed(text)) == repr(expected)


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2", "a: [", "!!python/object/apply:os.system ['true']", "a: b: c"]
)
def test_what_the_quick_reader_refuses_is_refused_in_the_words_of_the_slow_one(text: str) -> None:
    from ruamel.yaml.error import YAMLError

    with pytest.raises(YAMLError):
        parsed(text)
