"""Bring: a stranger's files become a study; all or nothing, and the same files again change nothing."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from casestudy.bring import plan
from casestudy.bring.headings import PERSON_FIELDS, folded, matched
from casestudy.codebook import codes
from casestudy.errors import InputError
from casestudy.files import locks
from casestudy.people import documents, participants, speakers
from casestudy.study import Study
from casestudy.transcripts import transcript

EXAMPLE = Path(__file__).parent.parent / "examples" / "own-material" / "make.py"
Command = Callable[..., tuple[int, str, str]]
TALK = "Karin: Why so?\n\nAnna: The rain.\n\nKarin: And then?\n\nAnna: It was dry.\n\nKarin: Was it?\n"


def example() -> Any:
    spec = importlib.util.spec_from_file_location("make", EXAMPLE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def study(tmp_path: Path) -> Study:
    from casestudy.cli.scaffold import create

    create(tmp_path / "study", empty=True)
    return Study.load(tmp_path / "study")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    (tmp_path / "given").mkdir()
    return tmp_path / "given"


def held(study: Study) -> dict[str, bytes]:
    """Every file of the study but the workbench's own."""
    return {
        path.relative_to(study.root).as_posix(): path.read_bytes()
        for path in study.root.rglob("*")
        if path.is_file() and ".casestudy" not in path.parts
    }


def problems_of(study: Study, *paths: Path, **more: Any) -> str:
    before = held(study)
    with pytest.raises(InputError) as caught:
        plan.bring(study, paths, **more)
    assert held(study) == before, "nothing was written"
    return " | ".join(map(str, caught.value.problems))


def ods(path: Path, rows: list[list[str]]) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="People")
    for row in rows:
        line = TableRow()
        for cell in row:
            box = TableCell(valuetype="string")
            box.addElement(P(text=cell))
            line.addElement(box)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))


def docx_table(path: Path, rows: list[list[str]]) -> None:
    document = Document()
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def test_four_commands_make_a_study_of_a_strangers_folder(tmp_path: Path, command: Command) -> None:
    data, folder = tmp_path / "data", tmp_path / "my-study"
    example().make(data)
    assert command("new", "--empty", folder)[0] == 0
    code, out, err = command("bring", data, "--study", folder)
    assert (code, err) == (0, "")
    assert "'1. How old are you?' is age" in out
    assert "left out, since it says who a person is: 'E-mail'" in out
    assert "P01.m4a (a recording: bring its transcript)" in out
    code, out, err = command("documents", "speakers", "--propose", "--study", folder)
    assert code == 0
    assert "P03 S01: interviewer (asks 3 of 3 questions in 3 turns)" in out
    code, _, err = command("check", "--study", folder)
    assert code == 2
    assert "The study has 1 problem." in err
    assert "P07" in err
    assert "rows of interviews/speakers.csv that wait for a person (it is not clear: SPEAKER_00 asks 3" in err

    study = Study.load(folder)
    texts = speakers.heard(study, transcript.documents(study), participants.read(study))
    said = {
        (name, turn.speaker): (turn.role, turn.participant)
        for name, text in texts.items()
        for turn in text.turns
        if turn.speaker
    }
    asks, of = ("interviewer", ""), "participant"
    assert said == {
        ("Focus-group-2024-05-14", "Moderator"): asks,
        ("Focus-group-2024-05-14", "Bodil"): (of, "P04"),
        ("Focus-group-2024-05-14", "Casper"): (of, "P05"),
        ("Focus-group-2024-05-14", "Dagny"): (of, "P06"),
        ("P01", "Berg, Karin (Uni)"): asks,
        ("P01", "Example, Anna (EXT)"): (of, "P01"),
        ("P02-2024-05-03-interview", "Karin Berg"): asks,
        ("P02-2024-05-03-interview", "Britt"): (of, "P02"),
        ("P02-2024-06-12-follow-up", "Berg, Karin (Uni)"): asks,
        ("P02-2024-06-12-follow-up", "Britt"): (of, "P02"),
        ("P03", "S01"): asks,
        ("P03", "S02"): (of, "P03"),
        ("P07", "SPEAKER_00"): ("unknown", ""),
        ("P07", "SPEAKER_01"): ("unknown", ""),
    }
    assert [text.sitting for name, text in sorted(texts.items()) if name.startswith("P02")] == [1, 2]
    people = participants.load(study).set_index("participant_id")
    assert people.loc["P04", ["group", "age", "role", "consent_quote"]].tolist() == [
        *("customer", "25-34", "teacher", True)
    ]
    assert people.loc["P02", "Years as a customer"] == "4"
    assert "anna@example.org" not in (folder / participants.FILE).read_text()
    book = codes.read_schemes(codes.scheme_files(study))
    assert book.codes["comparing-prices"].parent == "use"

    before = held(study)
    code, out, _ = command("bring", data, "--study", folder)
    assert (code, out.splitlines()[-1]) == (0, "Nothing has changed: all of it is there already.")
    assert held(study) == before


def test_raw_files_are_copied_byte_for_byte(study: Study, given: Path) -> None:
    data = "\ufeffKarin: Why?\r\n\r\nAnna: Because.\r\n".encode()
    (given / "P01 (final).txt").write_bytes(data)
    plan.bring(study, [given])
    assert held(study)["interviews/transcripts/P01-final.txt"] == data


@pytest.mark.parametrize("order", [("talks", "people"), ("people", "talks")])
def test_the_order_of_bringing_does_not_matter(study: Study, given: Path, order: tuple[str, str]) -> None:
    (given / "talks").mkdir()
    (given / "talks" / "p1_second talk.txt").write_text(TALK)
    (given / "people").mkdir()
    (given / "people" / "list.csv").write_text("ID;Group\nP01;a\n")
    for folder in order:
        plan.bring(study, [given / folder])
    whose = documents.sheets(transcript.documents(study), ["P01"], documents.read(study))
    assert whose["p1_second-talk"].participants == ("P01",)


@pytest.mark.parametrize("ending", [".csv", ".ods", ".tsv", "utf16.csv", "cp1252.csv", "title.csv"])
def test_a_facesheet_of_any_program_is_read(study: Study, given: Path, ending: str) -> None:
    rows = [["Tunnus", "Ryhmä", "Ikä", "Saako sinua siteerata?"], ["h 1", "kävijä", "34", "kyllä"]]
    path = given / f"list{ending}"
    if ending == ".ods":
        ods(path, rows)
    else:
        mark = "\t" if ending == ".tsv" else ";"
        title = "Haastateltavat\n\n" if ending.startswith("title") else ""
        text = title + "".join(mark.join(row) + "\n" for row in rows)
        path.write_bytes(text.encode({"u": "utf-16", "c": "cp1252"}.get(ending[0], "utf-8")))
    plan.bring(study, [path])
    people = participants.load(study)
    assert people[["participant_id", "group", "age", "consent_quote"]].to_numpy().tolist() == [
        ["h-1", "kävijä", "34", True]
    ]


def test_a_map_says_what_a_heading_means_and_an_unknown_field_is_refused(study: Study, given: Path) -> None:
    path = given / "list.csv"
    path.write_text("Who;Kind of shop\nA1;market\nA2;stall\n")
    assert "no column is the participant's id" in problems_of(study, path)
    assert "--map 'Who=participant_id'" in problems_of(study, path)
    assert "'gruop' is not a field" in problems_of(study, path, columns=["Who=gruop"])
    plan.bring(study, [path], columns=["Who=participant_id", "Kind of shop=group"])
    assert participants.load(study)["group"].tolist() == ["market", "stall"]


def test_a_person_is_asked_which_column_is_meant(study: Study, given: Path) -> None:
    path = given / "list.csv"
    path.write_text("Who;Group\nA1;market\n")
    asked: list[str] = []

    def ask(question: str, headings: Any) -> str:
        asked.append(question)
        return "Who" if "Who" in headings else ""

    plan.bring(study, [path], ask=ask)
    assert len(asked) == 1
    assert participants.load(study)["participant_id"].tolist() == ["A1"]


def test_the_column_that_names_transcripts_is_the_id(study: Study, given: Path) -> None:
    for name in ("K-1", "K-2"):
        (given / f"{name}.txt").write_text(TALK.replace("rain", f"rain in {name}"))
    (given / "list.csv").write_text("Person;Group\nK-1;x\nK-2;y\n")
    brought = plan.bring(study, [given])
    assert participants.load(study)["participant_id"].tolist() == ["K-1", "K-2"]
    assert any("'Person' is participant_id" in line for line in brought.done)


def test_what_stands_in_the_study_stays_and_what_is_empty_is_filled(study: Study, given: Path) -> None:
    path = given / "list.csv"
    path.write_text("ID;Group;Age;Shoe size\nP01;x;34;40\n")
    (study.root / participants.FILE).write_text(
        "participant_id,group,age,remark\nP01,all,35,mine\nP02,y,20,\n"
    )
    brought = plan.bring(study, [path])
    people = participants.read(study).set_index("participant_id")
    assert people.loc["P01", ["group", "age", "remark", "Shoe size"]].tolist() == ["x", "35", "mine", "40"]
    assert "P02" in people.index
    assert any("age: '35' stays, not '34'" in line for line in brought.done)


def test_a_general_consent_is_not_one_to_be_quoted(study: Study, given: Path) -> None:
    path = given / "list.csv"
    path.write_text("ID;Group;Consent form signed\nP01;x;yes\n")
    brought = plan.bring(study, [path])
    assert not participants.load(study)["consent_quote"].any()
    assert any("consent_quote is not recorded" in line for line in brought.missing)


def test_an_answer_that_is_neither_yes_nor_no_is_not_recorded_and_told(study: Study, given: Path) -> None:
    path = given / "list.csv"
    path.write_text("ID;Group;May be quoted\nP01;x;only without the name\nP02;x;nein\nP03;x;✓\n")
    brought = plan.bring(study, [path])
    table = participants.read(study)
    assert table["consent_quote"].isna().tolist() == [True, False, False]
    assert participants.load(study)["consent_quote"].tolist() == [False, False, True]
    assert any("P01 ('only without the name') is neither yes nor no" in line for line in brought.missing)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (["1.5.2024", "31.5.2024"], ["2024-05-01", "2024-05-31"]),
        (["5/1/2024", "5/31/2024"], ["2024-05-01", "2024-05-31"]),
        (["1/5/2024", "31/5/2024"], ["2024-05-01", "2024-05-31"]),
        (["2024-05-01", "2024/05/31"], ["2024-05-01", "2024-05-31"]),
        (["5/1/2024", "6/2/2024"], None),
        (["in May", "in June"], None),
    ],
)
def test_days_are_read_where_they_can_be_told(
    study: Study, given: Path, written: list[str], days: Any
) -> None:
    path = given / "list.csv"
    path.write_text(f"ID;Group;Interview date\nP01;x;{written[0]}\nP02;x;{written[1]}\n")
    brought = plan.bring(study, [path])
    people = participants.read(study)
    if days:
        assert people["interviewed_on"].dt.strftime("%Y-%m-%d").tolist() == days
    else:
        assert people["interviewed_on"].isna().all()
        assert people["Interview date"].tolist() == written
        assert any("Interview date" in line for line in brought.missing)


def test_every_problem_of_a_facesheet_is_told_at_once(study: Study, given: Path) -> None:
    path = given / "list.csv"
    path.write_text("ID;Group;Age\nP01;x;1\n;y;3\np 01;z;2\n???;x;9\n")
    told = problems_of(study, path)
    assert "row 3: nobody's id stands there" in told
    assert "row 4: 'p 01' stands in row 2, too" in told
    assert "row 5: the id '???'" in told


def test_names_find_speakers_and_are_kept_only_where_there_is_no_pseudonym(study: Study, given: Path) -> None:
    (given / "talk.txt").write_text("KAISA: Who?\n\nLee, Ann (Uni): I.\n\nKAISA: Why?\n\nBo Ek: And I.\n")
    (given / "list.csv").write_text(
        "ID;Group;Name;Pseudonym\nP01;x;Ann Lee;Aino\nP02;y;Ek Bo;Eero\nP03;y;Ann;Ada\n"
    )
    plan.bring(study, [given])
    assert "Lee" not in (study.root / participants.FILE).read_text()
    table = speakers.read(study)
    assert table[["document", "speaker", "participant"]].to_numpy().tolist() == [
        ["talk", "Lee, Ann (Uni)", "P01"],
        ["talk", "Bo Ek", "P02"],
    ]
    rows = documents.read(study)
    assert rows[["document", "participants", "kind"]].to_numpy().tolist() == [
        ["talk", "P01 P02", "focus group"]
    ]
    (given / "list.csv").write_text("ID;Group;Full name\nQ01;x;Una Vik\n")
    brought = plan.bring(study, [given / "list.csv"])
    assert participants.load(study).set_index("participant_id").loc["Q01", "pseudonym"] == "Una Vik"
    assert any("casestudy pseudonymise" in line for line in brought.done)


def test_a_sheet_is_people_or_codes_by_its_headings(study: Study, given: Path) -> None:
    module = example()
    path = given / "book.xlsx"
    module.sheet(path, [("ID", "Group"), ("P01", "x")])
    plan.bring(study, [path])
    module.sheet(path, [("Anything", "Else"), ("a", "b")])
    assert "no column is the participant's id" in problems_of(study, path)
    module.sheet(path, [("Code", "Definition"), ("Trust", "Reliance.")])
    plan.bring(study, [path])
    assert list(codes.read_schemes(codes.scheme_files(study)).codes) == ["trust"]


def test_names_that_clash_are_refused_with_what_to_do(study: Study, given: Path) -> None:
    plain = given / "P01.txt"
    plain.write_text(TALK)
    plan.bring(study, [plain])
    (given / "p01.md").write_text("Another: talk.\n\nOf: two.\n")
    assert "casestudy codings reanchor" in problems_of(study, given / "p01.md")
    (given / "copy.txt").write_text(TALK)
    assert "the same file as P01.txt, so its words would count twice" in problems_of(
        study, given / "copy.txt"
    )
    (given / "P02.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Yes.\n")
    (given / "P02.txt").write_text("A: Yes, it is.\n\nB: No.\n")
    told = problems_of(study, given / "P02.vtt", given / "P02.txt")
    assert "P02.txt has the same name" in told or "P02.vtt has the same name" in told
    assert "of one talk in two formats leave out" in told


def test_one_talk_in_two_files_is_told(study: Study, given: Path) -> None:
    words = "\n\n".join(f"A: word{n} and word{n + 1} or so?\n\nB: Yes, {n} of them." for n in range(40))
    (given / "P01.txt").write_text(words)
    (given / "P01 cleaned.md").write_text(words.replace("word7 ", "word seven ") + "\n\nA: Thanks.\n")
    (given / "P02.txt").write_text(
        "\n\n".join(f"A: other{n} thing{n} here?\n\nB: No, none {n}." for n in range(40))
    )
    brought = plan.bring(study, [given])
    alike = [line for line in brought.missing if "mostly the same words" in line]
    assert len(alike) == 1
    assert "P01 and P01-cleaned" in alike[0]


@pytest.mark.parametrize("form", ["docx", "csv", "ods", "semicolon"])
def test_a_codebook_of_any_program_becomes_a_scheme(study: Study, given: Path, form: str) -> None:
    rows = [
        ["Code", "Description", "Inclusion criteria", "Exclusion criteria", "Examples"],
        [
            "Trust > In people",
            "Somebody relies on others.",
            "told; shown",
            "hoped for",
            "“I leave it to her.”",
        ],
        ["Trust", "Reliance.", "", "", ""],
        ["Doubt", "The contrary.", "", "", ""],
    ]
    if form == "docx":
        docx_table(path := given / "My codes.docx", rows)
    elif form == "ods":
        ods(path := given / "My codes.ods", rows)
    else:
        import csv

        out = io.StringIO()
        csv.writer(out, delimiter=";" if form == "semicolon" else ",").writerows(rows)
        (path := given / "My codes.csv").write_text(out.getvalue(), encoding="utf-8")
    plan.bring(study, [path])
    book = codes.read_schemes(codes.scheme_files(study))
    code = book.codes["in-people"]
    assert (code.scheme, code.parent, code.definition) == ("my-codes", "trust", "Somebody relies on others.")
    assert (code.include, code.exclude, code.examples) == (
        *(("told", "shown"), ("hoped for",), ("I leave it to her.",)),
    )
    assert book.codes["trust"].definition == "Reliance."
    assert list(book.codes) == ["trust", "in-people", "doubt"]
    before = held(study)
    assert not plan.bring(study, [path]).changes
    assert held(study) == before


def test_codes_that_repeat_or_are_there_already_are_refused(study: Study, given: Path) -> None:
    path = given / "a.csv"
    path.write_text("Code,Definition\nTrust,One.\nDoubt,Two.\ntrust,Three.\n")
    assert "row 4: the code 'trust' stands in another row, too" in problems_of(study, path)
    path.write_text("Code,Definition\nTrust,One.\n")
    plan.bring(study, [path])
    (given / "b.csv").write_text("Code,Definition\nTrust,Other.\n")
    assert "the code 'trust' is in the study already" in problems_of(study, given / "b.csv")
    path.write_text("Code,Definition\nTrust,Changed.\n")
    assert "keeps the history" in problems_of(study, path)


def test_a_transcript_as_a_table_is_no_codebook(study: Study, given: Path) -> None:
    docx_table(given / "P01.docx", [["Time", "Name", "Text"], ["00:01", "A", "Why?"], ["00:04", "B", "So."]])
    plan.bring(study, [given])
    assert transcript.documents(study)["P01"].speakers == ("A", "B")


def broken(name: str) -> bytes:
    if name == "huge.xlsx":
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b"0" * 1000)
        return data.getvalue()
    return {
        "empty.docx": b"",
        "empty.xlsx": b"",
        "empty.txt": b"",
        "blank.csv": b"\n\n",
        "binary.csv": b"ID,Group\x00\x01\x02",
        "text.xlsx": b"ID,Group\nP1,x\n",
        "word.vtt": b"PK\x03\x04 not captions",
        "captions.docx": b"WEBVTT\n\n00:01.000 --> 00:02.000\nYes.\n",
        "old.doc": b"\xd0\xcf\x11\xe0",
        "blank.md": b" \n\n \n",
        "half.json": b'{"segments": [',
        "image.pdf": b"\x89PNG\r\n\x1a\n",
    }[name]


BROKEN = (
    *("empty.docx", "empty.xlsx", "empty.txt", "blank.csv", "binary.csv", "text.xlsx", "word.vtt"),
    *("captions.docx", "old.doc", "blank.md", "half.json", "image.pdf", "huge.xlsx"),
)


def test_files_that_cannot_be_used_are_told_all_at_once_and_nothing_is_written(
    study: Study, given: Path
) -> None:
    (given / "P01.txt").write_text(TALK)
    for name in BROKEN:
        (given / name).write_bytes(broken(name))
    told = problems_of(study, given, given / "nowhere.txt")
    for name in (*BROKEN, "nowhere.txt"):
        assert name in told, told


def test_what_is_no_material_is_left_out_and_told_or_refused_where_it_is_all(
    study: Study, given: Path
) -> None:
    (given / ".DS_Store").write_bytes(b"\x00")
    (given / "~$P01.docx").write_bytes(b"\x00")
    (given / "logo.svg").write_text("<svg/>")
    assert "logo.svg" in problems_of(study, given)
    (given / "P01.txt").write_text(TALK)
    assert plan.bring(study, [given]).left == ["logo.svg (not a known format)"]


def test_nothing_is_written_with_dry_and_scripts_get_json(
    study: Study, given: Path, command: Command
) -> None:
    (given / "P01.txt").write_text(TALK)
    before = held(study)
    code, out, _ = command("bring", given, "--dry", "--json", "--study", study.root)
    assert code == 0
    assert json.loads(out)["written"] == []
    assert "P01.txt" in json.loads(out)["done"][0]
    assert held(study) == before
    out = command("bring", given, "--json", "--study", study.root)[1]
    assert json.loads(out)["written"] == ["interviews/transcripts/P01.txt"]


def test_bringing_waits_for_nobody_who_works_on_the_whole_study(
    study: Study, given: Path, command: Command
) -> None:
    import threading

    (given / "P01.txt").write_text(TALK)
    answers: list[int] = []
    with locks.study(study.root):
        other = threading.Thread(
            target=lambda: answers.append(command("bring", given, "--study", study.root)[0])
        )
        other.start()
        other.join(timeout=60)
    assert answers == [1]
    assert not (study.root / "interviews/transcripts/P01.txt").exists()


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Q3. How old are you? (years)", "age"),
        ("PARTICIPANT_ID", "participant_id"),
        ("Kürzel", "participant_id"),
        ("Participant No.", "participant_id"),
        ("Wie alt sind Sie?", "age"),
        ("Do you agree to be quoted?*", "consent_quote"),
        ("Date of interview", "interviewed_on"),
        ("Age of your youngest child", None),
        ("Language", None),
        ("Consent", None),
    ],
)
def test_a_heading_or_a_question_names_its_field_or_none(heading: str, field: str | None) -> None:
    found, problems = matched([heading], PERSON_FIELDS, {}, "t")
    assert not problems
    assert found == ({field: heading} if field else {})
    assert folded(heading)
