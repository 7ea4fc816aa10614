"""Tables and pages to take away: every column, consent and floor obeyed, text as text, one file to send."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import docx
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from casestudy.coding import codings, summaries
from casestudy.coding.material import Material
from casestudy.errors import InputError
from casestudy.interchange import taken, taken_files
from casestudy.report.single import single
from casestudy.study import Study

Command = Callable[..., tuple[int, str, str]]
TALK = (
    "[00:00:05] Ann: =1+1 is what I said.\n\n[00:00:09] Bo: I would not.\n\n[00:00:12] Ann: Bread, again.\n"
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two people in one talk, one of whom may be quoted; five codings, one of them of both people's words."""
    files = {
        "study.toml": 'title = "Small"\nfloor = 2\n[[question]]\nid = "Q1"\ntext = "What?"\n',
        "coding_schemes/s.yaml": "scheme: s\ncodes:\n- {id: thing-a, name: Thing A}\n"
        "- {id: other, name: Other}\n",
        "coding_schemes/framework.yaml": "perspectives:\n- {id: one, name: One, question: Q1, themes: [\n"
        "   {id: a, name: Theme A, codes: [thing-a]}]}\n",
        "interviews/participants.csv": "participant_id,group,consent_quote,consent_link,log_id,town,notes\n"
        "ann,x,true,false,L1,Oulu,secret\nbo,x,false,false,L2,Turku,secret\n",
        "interviews/speakers.csv": "document,speaker,role,participant\n*,Ann,participant,ann\n"
        "*,Bo,participant,bo\n",
        "interviews/documents.csv": "document,kind,participants\ntalk,focus group,ann bo\n",
        "interviews/transcripts/talk.txt": TALK,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = Study.load(tmp_path)
    text = Material(made).texts["talk"]
    spans = {
        "=1+1 is what I said.": "thing-a",
        "I would not.": "thing-a",
        "Bread, again.": "other",
        "said.\n\n[00:00:09] Bo: I would": "other",
    }
    records = [
        codings.record(
            "add",
            code=code,
            start=text.text.index(quote),
            end=text.text.index(quote) + len(quote),
            quote=quote,
            memo="a memo" if code == "other" else "",
            attributes={"speaker": "herself", "valence": "positive"},
            text=text.sha256[:16],
        )
        for quote, code in spans.items()
    ]
    codings.append(made, "k", "talk", records)
    return made


def test_segments_have_every_column_and_no_words_of_whom_may_not_be_quoted(study: Study) -> None:
    table = taken.segments(Material(study))
    assert table.frame["quote"].tolist() == ["=1+1 is what I said.", "Bread, again."]
    assert table.withheld == 2
    row = table.frame.iloc[1]
    expected = {
        **{"code": "other", "name": "Other", "path": "Other", "document": "talk", "kind": "focus group"},
        **{"participant": "ann", "group": "x", "coder": "k", "turn": 3, "speaker": "Ann", "time_s": 12.0},
        **{"participant_town": "Oulu", "valence": "positive", "coding_speaker": "herself", "memo": "a memo"},
    }
    assert {name: row[name] for name in expected} == expected


def test_notes_stay_and_ids_elsewhere_are_given_only_with_consent_to_link(study: Study) -> None:
    frame = taken.segments(Material(study)).frame
    assert "participant_notes" not in frame
    assert set(frame["participant_log_id"]) == {""}
    path = study.root / "interviews" / "participants.csv"
    path.write_text(path.read_text().replace("ann,x,true,false", "ann,x,true,true"), encoding="utf-8")
    assert set(taken.segments(Material(study)).frame["participant_log_id"]) == {"L1"}


@pytest.mark.parametrize("ending", ["csv", "xlsx", "docx", "md"])
def test_every_form_holds_the_quotes_and_the_terminal_says_what_is_left_out(
    study: Study, tmp_path: Path, command: Command, ending: str
) -> None:
    path = tmp_path / f"out.{ending}"
    code, out, _ = command("export", "segments", "--study", study.root, "--to", path)
    assert (code, "2 segments; 2 segments left out" in out) == (0, True)
    words = _words(path)
    assert "=1+1 is what I said." in words.replace("\\", "")
    assert "I would not" not in words
    assert "Oulu" in words


def _words(path: Path) -> str:
    if path.suffix == ".xlsx":
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("segments").to_python()
        return "\n".join(str(cell) for row in rows for cell in row)
    if path.suffix == ".docx":
        return "\n".join(one.text for one in docx.Document(str(path)).paragraphs)
    return path.read_text(encoding="utf-8")


def test_a_quote_longer_than_a_cell_of_excel_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(InputError, match=r"quote in row 2 is longer.*Export it as \.csv"):
        taken_files.written(Path("a.xlsx"), "t", {"s": pd.DataFrame({"quote": ["x" * 40_000]})})


def test_an_unknown_ending_names_those_that_can_be_written(study: Study, command: Command) -> None:
    code, _, err = command("export", "segments", "--study", study.root, "--to", study.root / "a.pdf")
    assert (code, ".xlsx, .csv, .docx, .md" in err) == (2, True)
    assert not (study.root / "a.pdf").exists()


def test_the_matrix_has_one_header_row_of_plain_names_and_zero_for_codes_never_given(
    study: Study, tmp_path: Path, command: Command
) -> None:
    path = tmp_path / "m.csv"
    code, out, _ = command("export", "matrix", "--cases", "participant", "--study", study.root, "--to", path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert (code, rows[0]) == (0, ["participant", "thing_a", "other"])
    assert [row[0] for row in rows[1:]] == ["ann"]
    assert "1 participant left out" in out


def test_presence_is_0_or_1_where_counts_say_how_many(study: Study) -> None:
    material = Material(study)
    counts = taken.matrix(material, "participant").frame.set_index("participant")
    there = taken.matrix(material, "participant", presence=True).frame.set_index("participant")
    assert counts.loc["ann"].sum() >= 2
    assert set(there.loc["ann"]) <= {0, 1}
    assert there.loc["ann"].tolist() == [min(1, n) for n in counts.loc["ann"]]


def test_a_group_below_the_floor_is_left_out_and_cells_of_too_few_are_missing(study: Study) -> None:
    material = Material(study)
    hers = material.with_words(material.words[~material.words["quote"].str.contains("Bo:")])
    table = taken.matrix(hers, "group")
    assert table.frame["people"].tolist() == [2]
    assert table.frame["thing_a"].tolist() == [2]  # both people: nobody is singled out
    assert table.frame["other"].isna().tolist() == [True]  # one of two
    settings = study.root / "study.toml"
    settings.write_text(settings.read_text().replace("floor = 2", "floor = 3"), encoding="utf-8")
    above = taken.matrix(Material(Study.load(study.root)), "group")
    assert (len(above.frame), above.withheld) == (0, 1)


def test_a_coder_who_coded_nothing_is_an_error_with_the_known_ones(study: Study) -> None:
    with pytest.raises(InputError, match="Coders are k"):
        taken.matrix(Material(study), coder="z")


def test_the_framework_matrix_holds_the_last_summary_of_those_who_may_be_quoted(
    study: Study, tmp_path: Path, command: Command
) -> None:
    first = summaries.summary(participant="ann", theme="a", text="old", when="2026-01-01T00:00:00Z")
    later = summaries.summary(
        participant="ann", theme="a", text="She bakes.", when="2026-01-02T00:00:00Z", replaces=first.id
    )
    other = summaries.summary(participant="bo", theme="a", text="He refuses.", when="2026-01-01T00:00:00Z")
    summaries.append(study, [first, later, other])
    path = tmp_path / "f.csv"
    code, out, _ = command("export", "framework-matrix", "--study", study.root, "--to", path)
    assert (code, path.read_text(encoding="utf-8")) == (0, "participant,group,a\nann,x,She bakes.\n")
    assert "1 participant left out" in out


def test_a_page_is_one_file_that_loads_nothing(study: Study) -> None:
    outputs = study.outputs
    (outputs / "10-a").mkdir(parents=True)
    (outputs / "assets").mkdir()
    (outputs / "assets" / "style.css").write_text("p { color: teal }", encoding="utf-8")
    (outputs / "10-a" / "bars.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (outputs / "10-a" / "index.html").write_text(
        '<html><head><link rel="stylesheet" href="../assets/style.css"><script src="../assets/site.js">'
        '</script></head><body><main><a href="../index.html">Back</a> <a href="#x">Down</a>'
        '<img src="bars.svg" alt="Bars"></main></body></html>',
        encoding="utf-8",
    )
    soup = BeautifulSoup(single(study, "10-a"), "html.parser")
    assert "teal" in soup.style.string  # type: ignore[union-attr,operator]
    assert not soup.select("script, link")
    assert [link["href"] for link in soup.select("a")] == ["#x"]
    assert str(soup.img["src"]).startswith("data:image/svg+xml;base64,")  # type: ignore[index]
    assert "Back" in soup.get_text()
    with pytest.raises(InputError, match="Pages are 10-a"):
        single(study, "11-b")
