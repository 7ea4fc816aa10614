"""Withdrawing a participant: what can be cleaned is, all at once; whatever still leads to them is listed."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from mixed_study import garden as garden

from casestudy.coders import units_read
from casestudy.coding import codings
from casestudy.errors import CaseStudyError
from casestudy.files import holdings, locks, transaction
from casestudy.privacy import traces, withdraw
from casestudy.study import Study

Command = Callable[..., tuple[int, str, str]]
SAID = "I look whether the soil is dry."


def word(text: str) -> bytes:
    made = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(text)
    document.save(made)
    return made.getvalue()


def database(text: str) -> bytes:
    """A database such as the service keeps its accounts in, with a text in one row."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE participants (id TEXT)")
    base.execute("INSERT INTO participants VALUES (?)", (text,))
    base.commit()
    return base.serialize()


LISTED: dict[str, bytes] = {
    "service/accounts.sqlite": database("g1"),
    "interviews/imported/p.json": b'{"name": "p", "project": {"cases": [{"name": "Anna"}]}}\n',
    "study.crate.zip": b"",
    "report.docx": word("Anna checks."),
    "profiles/notes.md": b"g1 eats well.\n",
    "profiles/foods.csv.gz": gzip.compress(b"participant_id,n\ng1,2\n"),
    "interviews/transcripts/g2.docx": word("Bert: I know Anna well."),
    "interviews/notes_g1.docx": word("nothing"),
    "interviews/g1-notes.md": b"nothing\n",
    "analysis/first.md": f"As one said, {SAID}\n".encode(),
    "analysis/second.md": b"She said: I look WHETHER the soil is dry, every day.\n",
    "analysis/notes.rst": b"Annan puutarha\n",
    "interviews/Anna.jpg": b"\xff\xd8\xff\xe0",
    "notebooks/01.ipynb": json.dumps(
        {"cells": [{"cell_type": "code", "source": ["documents['g1']"]}]}
    ).encode(),
    "coding_schemes/framework2.txt": b"A1: anna_b said so\n",
    "data/people.parquet": b"PAR1",
}
CLEANED: dict[str, tuple[bytes, bytes]] = {
    "profiles/own.csv": (b"participant_id,kg\r\ng1,2\r\ng2,3\r\n", b"participant_id,kg\r\ng2,3\r\n"),
    "profiles/own.tsv": (b"participant_id\tkg\ng1\t2\ng2\t3\n", b"participant_id\tkg\ng2\t3\n"),
    "sheet.csv": (b"sep=;\ndocument;start;text\ng1;1;a\ng2;1;b\n", b"sep=;\ndocument;start;text\ng2;1;b\n"),
    "evidence/more.jsonl": (
        '{"document": "g1", "why": "a\u2028b"}\n{"document": "g2", "why": "c\u0085d\u2029e"}\n'.encode(),
        '{"document": "g2", "why": "c\u0085d\u2029e"}\n'.encode(),
    ),
    "evidence/notes.yaml": (
        b"rows:\n- {text: Anna digs, who: g2}\n- {text: x, who: g1}\n",
        b"rows:\n- {text: '[withdrawn] digs', who: g2}\n",
    ),
    "interviews/names.key.csv": (
        b"kind,original,replacement,accept\nperson,Liisa,Anna,yes\nperson,Jukka,Bert,yes\n",
        b"kind,original,replacement,accept\nperson,Jukka,Bert,yes\n",
    ),
}
GONE = {
    "interviews/g1.backup.md": b"x",
    "interviews/codings/k/.ab12.part": b'{"document": "g1"}',
    ".casestudy/failed/24.ipynb": b"Anna",
    ".casestudy/pages.json": b"{}",
}


@pytest.fixture
def furnished(garden: Study) -> Study:
    texts = {**LISTED, **GONE, **{name: before for name, (before, _) in CLEANED.items()}}
    for name, data in texts.items():
        path = garden.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    import zipfile

    with zipfile.ZipFile(garden.root / "study.crate.zip", "w") as archive:
        archive.writestr("interviews/transcripts/g1.md", SAID)
    (garden.root / "interviews/transcripts/g2.md").unlink()
    # Unicode's own line ends do not end a line of JSON.
    record = codings.record(
        "add", code="way.check", start=0, end=1, quote="x", memo="one\u2028two\u0085three"
    )
    codings.append(garden, "k", "g1", [record])
    return garden


def test_nothing_of_them_is_left_but_what_is_listed(furnished: Study) -> None:
    planned = withdraw.plan(furnished, "g1")
    withdraw.carry_out(planned)
    listed = " ".join(one.where for one in planned.by_hand)
    left = traces.traces_left(furnished.root, ["g1", "Anna", "p1", "Liisa", "Annan", "anna_b"], [SAID])
    assert {one.where for one in left} - {name for name in LISTED if name in listed} == set()
    for name in LISTED:
        assert name in listed, name
        assert (furnished.root / name).is_file()


def test_what_can_be_cleaned_is_and_the_rest_stays_byte_for_byte(furnished: Study) -> None:
    withdraw.carry_out(withdraw.plan(furnished, "g1"))
    for name, (_, after) in CLEANED.items():
        assert (furnished.root / name).read_bytes() == after, name
    for name in GONE:
        assert not (furnished.root / name).exists(), name
    assert not list(furnished.root.glob("interviews/codings/*/g1.jsonl"))
    assert not furnished.outputs.exists()


def test_units_that_a_coder_read_of_them_go(garden: Study) -> None:
    path = garden.root / "interviews/codings/k.units.jsonl"
    lines = [units_read.Line(document, 0, 3, "a\u2028b") for document in ("g1", "g2")]
    path.write_text(
        "".join(f"{json.dumps(vars(one), ensure_ascii=False)}\n" for one in lines), encoding="utf-8"
    )
    withdraw.carry_out(withdraw.plan(garden, "g1"))
    assert units_read.read(garden)["k"] == [lines[1]]


@pytest.mark.parametrize(
    "name", ["participants", "names", "", ".", "..", ".DS_Store", "README", "messages", "../g1", "*"]
)
def test_a_file_name_is_not_a_person(garden: Study, name: str, command: Command) -> None:
    (garden.root / "interviews/.DS_Store").write_bytes(b"\0\0")
    (garden.root / "interviews/names.key.csv").write_text("kind,original,replacement,accept\n")
    (garden.root / "interviews/transcripts/README.md").write_text("What this is.\n")
    before = {path: path.read_bytes() for _, path in holdings.files(garden.root)}
    code, _, error = command("withdraw", name, "--yes", "--no-run", "--study", garden.root)
    assert code == 2
    assert "is not a participant" in error
    assert {path: path.read_bytes() for _, path in holdings.files(garden.root)} == before


def test_an_id_that_is_a_mere_number_is_not_cut_out_of_texts(garden: Study) -> None:
    people = garden.root / "interviews/participants.csv"
    people.write_text(people.read_text().replace("g1,", "12,"))
    (garden.root / "interviews/transcripts/g1.md").rename(garden.root / "interviews/transcripts/12.md")
    (garden.root / "evidence/note.md").write_text("12 of 20 gardeners, Anna among them.\n")
    withdraw.carry_out(withdraw.plan(garden, "12"))
    assert (garden.root / "evidence/note.md").read_text() == "12 of 20 gardeners, [withdrawn] among them.\n"
    assert not (garden.root / "interviews/transcripts/12.md").exists()


def test_quotes_of_others_stay_where_they_are(garden: Study) -> None:
    path = garden.root / "evidence/reconciliation.jsonl"
    record = {"document": "g2", "start": 1, "end": 10, "quote": "Anna said", "why": "Anna is named"}
    path.write_text(json.dumps(record) + "\n")
    planned = withdraw.plan(garden, "g1")
    withdraw.carry_out(planned)
    assert json.loads(path.read_text()) == record | {"why": "[withdrawn] is named"}
    assert any(one.where == "evidence/reconciliation.jsonl, line 1" for one in planned.by_hand)


def test_an_interrupted_withdrawal_is_finished(
    furnished: Study, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("undisturbed") / "study"
    shutil.copytree(furnished.root, other)
    withdraw.carry_out(withdraw.plan(Study.load(other), "g1"))
    count = 0
    put = transaction._replace

    def stopped(*given: Any) -> None:
        nonlocal count
        count += 1
        if count > 4:
            raise SystemExit("killed")
        put(*given)

    monkeypatch.setattr(transaction, "_replace", stopped)
    with pytest.raises(SystemExit):
        withdraw.carry_out(withdraw.plan(furnished, "g1"))
    monkeypatch.undo()
    [done] = transaction.finish(furnished.root)
    assert done.what == "g1 is withdrawn"
    names = [name for name, _ in holdings.files(other)]
    assert [name for name, _ in holdings.files(furnished.root)] == names
    for name in names:
        assert (furnished.root / name).read_bytes() == (other / name).read_bytes(), name


def test_it_waits_for_no_run_and_disturbs_none(garden: Study, command: Command) -> None:
    import subprocess
    import sys

    held = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom pathlib import Path\nfrom casestudy.files import locks\n"
            "with locks.study(Path(sys.argv[1]), files=False):\n"
            "    print('held', flush=True)\n    sys.stdin.read()\n",
            str(garden.root),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert held.stdout is not None
    assert held.stdout.readline() == "held\n"
    code, _, _ = command("withdraw", "g1", "--yes", "--no-run", "--study", garden.root)
    assert code != 0
    assert (garden.root / "interviews/transcripts/g1.md").is_file()
    held.communicate("")
    code, _, error = command("withdraw", "g1", "--yes", "--no-run", "--study", garden.root)
    assert code == 0, error
    assert (garden.root / ".casestudy" / locks.FOLDER).is_dir()


def test_files_outside_are_not_touched_through_links(
    garden: Study, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "x.csv").write_text("participant_id\ng1\n")
    (garden.root / "usage_logs").mkdir(exist_ok=True)
    (garden.root / "usage_logs/x.csv").symlink_to(other / "x.csv")
    (garden.root / "more").symlink_to(other)
    withdraw.carry_out(withdraw.plan(garden, "g1"))
    assert (other / "x.csv").read_text() == "participant_id\ng1\n"


@pytest.mark.extra
@pytest.mark.parametrize("who", ["c03", "f02", "c16"])
def test_on_the_reference_study_what_is_left_is_listed(tmp_path: Path, who: str) -> None:
    here = Path(__file__).parent.parent
    for folder in (
        *("interviews", "coding_schemes", "evidence", "usage_logs", "literature", "profiles"),
        *("notebooks", "outputs"),
    ):
        shutil.copytree(here / folder, tmp_path / "copy" / folder)
    for name in ("study.toml", "README.md", "CITATION.cff"):
        shutil.copy(here / name, tmp_path / "copy")
    study = Study.load(tmp_path / "copy")
    found = traces.of(study, who)
    planned = withdraw.plan(study, who)
    withdraw.carry_out(planned)
    listed = " ".join(one.where for one in planned.by_hand)
    left = [name for name, path in holdings.files(study.root) if found.left(name, path)]
    assert [name for name in left if name not in listed] == []
    with pytest.raises(CaseStudyError):
        withdraw.plan(study, who)


def group(study: Study) -> Path:
    """Add a talk of two people, and a second document of one of them."""
    root = study.root
    text = (
        "INTERVIEWER: And you?\n\nANNA: I read the curve aloud to everybody at breakfast.\n\n"
        "BERT: Nobody listens to her at that hour, I promise you.\n"
    )
    (root / "interviews/transcripts/talk.md").write_text(text)
    (root / "interviews/transcripts/later.md").write_text(
        "ANNA: A year later I had forgotten all about it.\n"
    )
    (root / "interviews/documents.csv").write_text("document,participants\nlater,g1\ntalk,g1 g2\n")
    (root / "interviews/speakers.csv").write_text(
        "document,speaker,participant,role\ntalk,ANNA,g1,\ntalk,BERT,g2,\n*,INTERVIEWER,,interviewer\n"
    )
    return root


def test_of_several_documents_those_of_them_alone_go_and_shared_ones_are_listed(garden: Study) -> None:
    root = group(garden)
    planned = withdraw.plan(garden, "g1")
    withdraw.carry_out(planned)
    assert not (root / "interviews/transcripts/later.md").exists()
    assert (root / "interviews/transcripts/talk.md").is_file()
    said = [one.found for one in planned.by_hand if one.where.startswith("interviews/transcripts/talk.md")]
    assert "it holds words of the participant." in said
    assert (root / "interviews/documents.csv").read_text() == "document,participants\ntalk,g2\n"
    rows = "document,speaker,participant,role\ntalk,BERT,g2,\n*,INTERVIEWER,,interviewer\n"
    assert (root / "interviews/speakers.csv").read_text() == rows


def test_withdrawing_one_of_two_leaves_the_words_of_the_other_alone(garden: Study) -> None:
    root = group(garden)
    (root / "evidence/note.md").write_text("“Nobody listens to her at that hour, I promise you”\n")
    planned = withdraw.plan(garden, "g1")
    assert not [one for one in planned.by_hand if one.where.startswith("evidence/note.md")]


def test_front_notes_and_questions_that_documents_share_are_not_words_of_one(
    tmp_path: Path, command: Command
) -> None:
    assert command("new", tmp_path / "tutorial")[0] == 0
    planned = withdraw.plan(Study.load(tmp_path / "tutorial"), "n02")
    listed = {one.where.split(",")[0] for one in planned.by_hand}
    assert not [name for name in listed if name.startswith(("interviews/transcripts/", "study.toml"))]
    # The notebooks of the tutorial ask for this document by its id.
    assert {name.split("-")[0] for name in listed} >= {"notebooks/01", "notebooks/03"}
