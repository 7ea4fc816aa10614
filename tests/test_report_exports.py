"""The report as one Word document, and the study as an RO-Crate: complete, repeatable, keeping to consent."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import docx
import pytest
import report_words
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from report_study import HOSTILE, make

from casestudy.cli import publishing
from casestudy.errors import InputError
from casestudy.report import word
from casestudy.report.crate import METADATA, crate
from casestudy.report.site import render
from casestudy.report.word import report
from casestudy.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    patch = pytest.MonkeyPatch()
    made = make(tmp_path_factory.mktemp("exports") / "tiny", patch)
    report_words.write(made)
    (made.root / "interviews" / "names.key.csv").write_text("Ann,Anna Secret", encoding="utf-8")
    (made.root / "LICENSE").write_text("MIT", encoding="utf-8")
    render(made)
    return made


def test_the_document_holds_answers_tables_pictures_themes_and_claims(study: Study) -> None:
    made = docx.Document(io.BytesIO(report(study)))
    words = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert "Bread takes 12.3 % of spending" in words
    assert "The interviews are composed; no real person is quoted." in words
    for name in ("Liking fruit", "Habit", "Who voices it", "Reporting checklists"):
        assert name in words
    assert HOSTILE in words
    assert "from casestudy.outputs import" not in words
    cells = {cell.text for table in made.tables for row in table.rows for cell in row.cells}
    assert {"bread", "12.3", "C1"} <= cells
    pictures = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert "Bar chart of share of spending (%): bread 12.3; fruit 3.0." in pictures
    assert [p.text for p in made.paragraphs if p.style.name == "Title"] == ["A tiny study & its <title>"]


def test_the_document_lists_its_parts_and_links_lead_to_them(study: Study) -> None:
    made = docx.Document(io.BytesIO(report(study)))
    body = made.element.body
    marks = {one.get(qn("w:name")): one.getparent() for one in body.iter(qn("w:bookmarkStart"))}
    links = [one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))]
    assert len(links) > len(marks) > 5
    assert set(links) <= set(marks)
    heads = [head for head in made.paragraphs if head.style.name.startswith(("Heading", "Title"))]
    assert {id(head) for head in marks.values()} <= {id(head._p) for head in heads}
    names = [head.text for head in heads]
    assert "Contents" in names
    titled = {mark: "".join(text.text for text in head.iter(qn("w:t"))) for mark, head in marks.items()}
    first = next(one for one in body.iter(qn("w:hyperlink")) if "Liking fruit" in "".join(one.itertext()))
    assert titled[first.get(qn("w:anchor"))] == "Liking fruit"


def test_columns_are_as_wide_as_what_they_hold_and_no_wider_than_the_page() -> None:
    said = "a sentence of several words that goes on " * 5
    for rows in ([["id", "n", "text"], ["a", "1", said]], [["x"], ["y"]], [[said] * 8, ["1"] * 8]):
        widths = word._widths(rows)
        assert sum(widths) <= 16.01
        assert min(widths) > 0.5
    narrow, _, wide = word._widths([["id", "n", "text"], ["a", "1", said]])
    assert wide > 8 * narrow


def test_claims_stand_in_the_order_in_which_people_count() -> None:
    names = [Path(f"{name}.html") for name in ("C10", "C2", "C1", "b")]
    assert [path.stem for path in sorted(names, key=word._counted)] == ["C1", "C2", "C10", "b"]


def test_wide_tables_are_split_and_heads_repeat() -> None:
    made = docx.Document()
    heads = "".join(f"<th>c{number}</th>" for number in range(12))
    cells = "".join(f"<td>{number}</td>" for number in range(12))
    page = BeautifulSoup(f"<table><tr>{heads}</tr><tr>{cells}</tr></table>", "html.parser")
    word._table(page.table, made)
    first, second = made.tables
    assert [cell.text for cell in first.rows[0].cells] == [f"c{n}" for n in range(8)]
    assert [cell.text for cell in second.rows[1].cells] == ["0", "8", "9", "10", "11"]
    assert all("tblHeader" in table.rows[0]._tr.xml for table in made.tables)


def test_the_document_keeps_to_consent_with_the_words_as_well(study: Study) -> None:
    made = docx.Document(io.BytesIO(report(study, words=True)))
    words = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert "Apples & pears." in words
    assert "Secret" not in words


def test_exports_are_the_same_bytes_again(study: Study) -> None:
    assert report(study) == report(study)
    assert crate(study) == crate(study)


def test_a_report_without_pages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "Empty"', encoding="utf-8")
    with pytest.raises(InputError, match="casestudy render"):
        report(Study.load(tmp_path))


def test_the_crate_is_read_back_by_the_package_that_knows_crates(study: Study, tmp_path: Path) -> None:
    from rocrate.rocrate import ROCrate

    path = tmp_path / "study.zip"
    path.write_bytes(crate(study, "2026-01-31"))
    read = ROCrate(path)
    assert read.name == "A tiny study & its <title>"
    assert read.root_dataset["datePublished"] == "2026-01-31"
    assert read.root_dataset["license"].id == "LICENSE"
    run = read.dereference("#run-10-food")
    assert run.type == "CreateAction"
    assert run["instrument"].id == "notebooks/10-food.ipynb"
    assert {one.id for one in run["result"]} >= {"outputs/10-food/groups.csv", "outputs/10-food/shares.svg"}
    assert run["description"] == "Parameters: year = 2018."


def test_the_crate_describes_every_file_with_its_hash(study: Study) -> None:
    with zipfile.ZipFile(io.BytesIO(crate(study))) as archive:
        graph = {entity["@id"]: entity for entity in json.loads(archive.read(METADATA))["@graph"]}
        names = set(archive.namelist()) - {METADATA}
        assert names == {name for name, entity in graph.items() if "sha256" in entity}
        for name in names:
            assert graph[name]["sha256"] == hashlib.sha256(archive.read(name)).hexdigest()
        parts = {part["@id"] for part in graph["./"]["hasPart"]}
        assert parts == names
    assert "datePublished" not in graph["./"]


def test_the_crate_leaves_out_keys_and_words_that_may_not_be_quoted(study: Study) -> None:
    with zipfile.ZipFile(io.BytesIO(crate(study))) as archive:
        assert "interviews/transcripts/one.md" in archive.namelist()
        assert "interviews/transcripts/two.md" not in archive.namelist()
        assert "interviews/codings/a/two.jsonl" not in archive.namelist()
        assert not [name for name in archive.namelist() if name.endswith(".key.csv")]
        for name in archive.namelist():
            assert b"Secret" not in archive.read(name), name


def test_the_verb_writes_a_file_and_refuses_what_is_not_a_day(study: Study, tmp_path: Path) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    publishing.add(parser.add_subparsers())
    path = tmp_path / "report.docx"
    given = parser.parse_args(["export", "docx", "--study", str(study.root), "--to", str(path)])
    assert given.act(given) == 0
    assert zipfile.is_zipfile(path)
    given = parser.parse_args(["export", "crate", "--study", str(study.root), "--date", "soon"])
    with pytest.raises(InputError, match="not a day"):
        given.act(given)
