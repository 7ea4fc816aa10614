"""Pseudonyms: proposed, decided by a person, the same everywhere; codings move with the text; leaks
are found."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.coding import codings
from casestudy.coding.table import load
from casestudy.errors import InputError
from casestudy.privacy import key as pseudonyms
from casestudy.privacy.key import Entry
from casestudy.study import Study
from casestudy.transcripts import names

TALK = Path(__file__).parent / "data" / "talk"
Command = Callable[..., tuple[int, str, str]]
PLANTED = {
    "Kerttu Virtanen": "person",
    "Kerttu": "person",
    "kerttu.v@example.org": "contact",
    "040 123 4567": "contact",
    "+358 40 765 4321": "contact",
    "www.example.org/kerttu": "contact",
    "Mrs Salmela": "person",
    "Koivukatu 5": "place",
    "Green Plots Ltd": "organisation",
    "3 March 1961": "date",
    "61 years old": "age",
}
TEXT = """INTERVIEWER: Please say who you are.

Kerttu: Kerttu Virtanen, born on 3 March 1961, so I'm 61 years old. 🥔

INTERVIEWER: Where do you live?

Kerttu: At Koivukatu 5, beside Mrs Salmela, who works for Green Plots Ltd. Write to kerttu.v@example.org,
or call 040 123 4567 or +358 40 765 4321. It is all on www.example.org/kerttu too. We have about 12 beds,
since 2011.
"""


@pytest.fixture
def talk(tmp_path: Path) -> Study:
    shutil.copytree(TALK, tmp_path / "talk")
    study = Study.load(tmp_path / "talk")
    (study.root / "interviews/transcripts/t4.md").write_text(TEXT)
    (study.root / "interviews/participants.csv").open("a").write("t4,village,Kerttu\n")
    wishes = (
        '[{"code": "help.neighbour", "quote": "beside Mrs Salmela, who works", "memo": "Kerttu trusts her"}]'
    )
    (tmp_path / "l.json").write_text(wishes)
    return study


def decided(study: Study, accept: Callable[[dict[str, str]], bool]) -> None:
    path = study.root / "interviews/names.key.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    entries = [Entry(row["kind"], row["original"], row["replacement"], accept(row)) for row in rows]
    path.write_text(pseudonyms.key_text(entries))


def test_the_rules_find_every_planted_thing_and_leave_numbers_alone() -> None:
    found = {one.text: one.kind for one in names.find({"t": TEXT}, {"t": ["Kerttu"]})}
    assert {text: found.get(text) for text in PLANTED} == PLANTED
    assert not {"12", "2011", "INTERVIEWER", "12 beds"} & set(found)


def test_the_model_adds_names_that_have_no_form() -> None:
    model = names.language_model()
    if model is None:
        pytest.skip("no language model is installed")
    text = "Eero: We moved to London with my sister Margaret when Nokia closed."
    with_model = {one.text for one in names.find({"t": text}, {"t": ["Eero"]}, model)}
    without = {one.text for one in names.find({"t": text}, {"t": ["Eero"]})}
    assert without == {"Eero"}
    assert {"London", "Margaret"} <= with_model


def test_one_person_keeps_one_name_and_no_name_is_taken_twice() -> None:
    findings = names.find({"t": TEXT, "u": "Kerttu: Aada and I."}, {"t": ["Kerttu"], "u": ["Kerttu"]})
    entries = {one.original: one for one in pseudonyms.propose(findings, [TEXT, "Kerttu: Aada and I."])}
    first = entries["Kerttu"].replacement
    assert entries["Kerttu Virtanen"].replacement.startswith(f"{first} ")
    assert "Aada" not in {one.replacement for one in entries.values()}
    assert not any(one.accept for one in entries.values())
    assert entries["Kerttu"].documents == ("t", "u")
    assert entries["61 years old"].replacement == "60–64 years old"
    assert entries["3 March 1961"].replacement == "[a day in 1961]"


def test_the_whole_way_from_proposal_to_leak_check(talk: Study, command: Command, tmp_path: Path) -> None:
    where = ["--study", talk.root]
    words = ["--coder", "a", "--document", "t4", "--file", tmp_path / "l.json"]
    assert command("codings", "add", *where, *words)[0] == 0
    before = load(talk)
    assert command("pseudonymise", "propose", *where, "--rules-only")[0] == 0
    assert "would be replaced" in command("pseudonymise", "apply", *where, "--dry")[1]
    assert (talk.root / "interviews/transcripts/t4.md").read_text() == TEXT
    decided(talk, lambda row: row["original"] in PLANTED or row["original"] == "Maija")
    (talk.root / "outputs/x").mkdir(parents=True)
    (talk.root / "outputs/x/page.html").write_text("<p>KERTTU said so</p>")
    code, out, _ = command("pseudonymise", "apply", *where)
    assert code == 0, out
    text = (talk.root / "interviews/transcripts/t4.md").read_text()
    for planted in PLANTED:
        assert planted not in text
    after = load(talk)
    assert after["placed"].all()
    assert after["coding"].tolist() == before["coding"].tolist()
    assert len(after) == len(before) == 20
    [moved] = codings.work(talk, "a", "t4").codings
    assert moved.quote.startswith("beside Mrs ")
    assert "Salmela" not in moved.quote
    assert "Kerttu" not in moved.memo
    assert "Maija" not in (talk.root / "interviews/participants.csv").read_text()
    code, _, error = command("pseudonymise", "check", *where)
    assert code == 2
    assert "outputs/x/page.html, line 1" in error
    assert "Kerttu" not in error
    (talk.root / "outputs/x/page.html").write_text("<p>nothing</p>")
    assert command("pseudonymise", "check", *where)[0] == 0


def test_the_leak_check_finds_every_planted_name_in_any_case_and_file(talk: Study, command: Command) -> None:
    command("pseudonymise", "propose", "--study", talk.root, "--rules-only")
    decided(talk, lambda row: row["original"] in PLANTED)
    named = [text for text, kind in PLANTED.items() if kind not in ("age", "date")]
    folder = talk.root / "outputs" / "30"
    folder.mkdir(parents=True)
    for number, text in enumerate(named):
        (folder / f"{number}.json").write_text(f'"a {text.upper() if number % 2 else text}, b"')
    code, _, error = command("pseudonymise", "check", "--study", talk.root)
    assert code == 2
    assert all(f"outputs/30/{number}.json" in error for number in range(len(named)))


WORDS = st.sampled_from(["Anna", "ANNA", "Berg", "Anna Berg", "Annabel", "likes", "roses,", "🥔", "\n"])


@given(st.lists(WORDS, min_size=1, max_size=20), st.data())
@settings(max_examples=200)
def test_codings_move_with_the_text_whatever_is_replaced(words: list[str], data: st.DataObject) -> None:
    from casestudy.coding.records import line, parse, record
    from casestudy.privacy.rewriting import Change, Rewriter

    text = " ".join(words)
    entries = [Entry("person", "Anna", "Bo", True), Entry("person", "Anna Berg", "Bo Skogsberg", True)]
    replacing = pseudonyms.replacer(entries)
    edits = replacing.edits(text)
    new = edits.apply(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    old = record("add", place="k/d", code="c", start=start, end=end, quote=text[start:end])
    rewriter = Rewriter(replacing, {"d": Change(text, new, edits)})
    [moved], _ = parse(rewriter.rewritten(f"{line(old)}\n", "records", "d")[0], "d")
    assert new[moved.start : moved.end] == moved.quote
    assert moved.id == old.id
    assert "Anna " not in f"{new} "
    assert new.count("Annabel") == text.count("Annabel")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("person,Anna,Bo,perhaps", "accept is 'perhaps'"),
        ("person,Anna,,yes", "empty"),
        ("animal,Anna,Bo,yes", "kind is 'animal'"),
        ("person,Anna,Bo,yes\nperson,Anna,Cy,yes", "row 2 too"),
        ("person,Anna,Bo,yes\nperson,Berta,Bo,yes", "would both be 'Bo'"),
    ],
)
def test_a_key_that_would_do_harm_is_refused(rows: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        pseudonyms.read_key(f"kind,original,replacement,accept\n{rows}\n", "k.csv")
    assert found in str(error.value)


def test_without_a_key_nothing_happens(talk: Study, command: Command) -> None:
    code, _, error = command("pseudonymise", "apply", "--study", talk.root)
    assert code == 2
    assert "there is no key" in error
