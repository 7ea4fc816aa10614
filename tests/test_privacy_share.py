"""What is shared of a study holds no word of people who may not be quoted; what is withheld is said."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from mixed_study import LINES
from mixed_study import garden as garden

from casestudy.privacy import share, stretches
from casestudy.report.crate import crate
from casestudy.study import Study
from casestudy.transcripts import transcript

Command = Callable[..., tuple[int, str, str]]
SAID = "I check for frost whenever the moon is out, that is all."  # g3 may not be quoted


def said_in(data: bytes, texts: list[str], name: str = "x.zip") -> list[str]:
    """Names of parts of an archive that hold a stretch of six words of some texts."""
    from casestudy.privacy.readable import reading

    wanted = stretches.only_in(texts, [])
    return sorted({one.part for one in reading(data, name).pieces if stretches.within(one.text, wanted)})


@pytest.fixture
def furnished(garden: Study) -> Study:
    root = garden.root
    path = root / "interviews/transcripts/g3.md"
    path.write_text(path.read_text().replace("I check for frost.", SAID))
    start = path.read_text().index(SAID)
    place = {"start": start, "end": start + len(SAID), "quote": SAID}
    word = docx.Document()
    word.add_paragraph(f"They said: {SAID}")
    files: dict[str, str] = {
        "evidence/reconciliation.jsonl": json.dumps({"id": "1", "document": "g3", **place, "why": "short"})
        + "\n"
        + json.dumps(
            {"id": "2", "document": "g2", "start": 0, "end": 1, "quote": "x", "why": f"as g3: {SAID}"}
        )
        + "\n",
        "interviews/codings/k.units.jsonl": json.dumps({"document": "g3", **place}) + "\n",
        "interviews/codings/m.units.jsonl": json.dumps(
            {"document": "g3", "start": 0, "end": 2, "quote": "I."}
        )
        + "\n",
        "interviews/g3-notes.md": "He is shy.\n",
        "interviews/g3.backup.md": SAID,
        "interviews/notes_g3.txt": "He is shy.\n",
        "interviews/sheets/sheet.csv": f"document,start,end,text\ng3,{start},{start + 5},I do.\ng2,1,2,y\n",
        "evidence/quotes.yaml": "- {document: g3, quote: I do.}\n"
        "- {note: 'I CHECK for frost, whenever the moon is out'}\n",
        "evidence/memo.md": f"One said “{SAID}”\n",
        "outputs/24-ways/page.html": "<p>I check for <b>frost</b> whenever&nbsp;the moon is out</p>",
        "outputs/24-ways/data.js": json.dumps(["whenever the moon is out, that\nis all"]),
        "interviews/.x1.part": SAID,
        "interviews/imported/p.json": '{"cases": [{"name": "Liisa Virta"}]}',
        "service/accounts.sqlite": "g2",
        "interviews/names.key.csv": "kind,original,replacement,accept\n",
        "usage_logs/ok.md": "Nothing.\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    word.save(str(root / "evidence/memo.docx"))
    (root / "interviews/g2.mp3").write_bytes(b"ID3\0\0")
    outside = root.parent / "outside.txt"
    outside.write_text("A secret of another study.")
    (root / "evidence/link.txt").symlink_to(outside)
    (root / "profiles").symlink_to(root.parent)
    return garden


def test_no_word_of_them_is_in_the_archive(furnished: Study) -> None:
    data = crate(furnished)
    assert said_in(data, [SAID, "whenever the moon is out"]) == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        whole = b"".join(archive.read(name) for name in names)
    for name in (
        "interviews/g3-notes.md",
        "interviews/g3.backup.md",
        "interviews/notes_g3.txt",
        "interviews/g2.mp3",
    ):
        assert name not in names
    assert not [name for name in names if "g3" in Path(name).name]
    assert b"A secret" not in whole
    assert b"Virta" not in whole
    assert not [name for name in names if name.startswith("service/")]
    assert not [name for name in names if name.endswith((".part", ".key.csv"))]


def test_what_others_said_and_decided_stays(furnished: Study) -> None:
    shared = share.gather(furnished)
    [decision] = map(json.loads, shared.files["evidence/reconciliation.jsonl"].decode().splitlines())
    assert (decision["id"], decision["why"], decision["quote"]) == ("2", "[withheld]", "x")
    assert shared.files["interviews/sheets/sheet.csv"].decode() == "document,start,end,text\ng2,1,2,y\n"
    assert shared.files["interviews/codings/m.units.jsonl"] == b""
    assert "interviews/transcripts/g2.md" in shared.files
    assert "g3" in shared.files["interviews/participants.csv"].decode()
    assert shared.files["usage_logs/ok.md"] == b"Nothing.\n"


def test_what_is_withheld_is_listed_in_the_archive_and_on_the_console(
    furnished: Study, command: Command, tmp_path: Path
) -> None:
    code, out, _ = command("export", "crate", "--study", furnished.root, "--to", tmp_path / "a.zip")
    assert code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        listed = archive.read(share.LIST).decode()
    for name, why in (
        ("interviews/transcripts/g3.md", "have not agreed to be quoted"),
        ("evidence/reconciliation.jsonl", "2 passages"),
        ("evidence/memo.docx", "left out"),
        ("evidence/link.txt", "a link is not followed"),
        ("profiles", "a link is not followed"),
        ("interviews/names.key.csv", "who is who"),
        ("interviews/imported/p.json", "another tool's project"),
        ("interviews/g2.mp3", "cannot be searched"),
    ):
        [line] = [line for line in listed.splitlines() if line.startswith(f"- {name}:")]
        assert why in line
        assert f"withheld  {line[2:]}" in out


def test_where_no_consent_is_recorded_nobody_is_quoted(furnished: Study) -> None:
    memo(furnished)
    path = furnished.root / "interviews/participants.csv"
    path.write_text(
        "participant_id,group,pseudonym\ng1,gardener,Anna\ng2,gardener,Bert\ng4,gardener,Dora\nm1,maker,Ed\n"
    )
    shared = share.gather(furnished)
    sentences = [sentence for who, lines in LINES.items() if who != "d1" for sentence, _ in lines]
    texts = {name: data.decode("utf-8", "replace") for name, data in shared.files.items()}
    # Also of g3, of whom no row speaks any more.
    assert {name for name, text in texts.items() for one in [*sentences, SAID] if one in text} == set()
    assert "interviews/transcripts/d1.md" in shared.files


def memo(study: Study) -> None:
    """Let the document be a memo: what reads like an interview of nobody known counts as not agreed to."""
    (study.root / "interviews/transcripts/d1.md").write_text(f"{LINES['d1'][0][0]}\n")


def test_a_study_in_which_all_may_be_quoted_is_shared_as_it_is(garden: Study) -> None:
    memo(garden)
    path = garden.root / "interviews/participants.csv"
    path.write_text(path.read_text().replace(",no,yes", ",yes,yes"))
    (garden.root / "interviews/g2.mp3").write_bytes(b"ID3\0\0")
    shared = share.gather(garden)
    assert shared.withheld == ()
    for name, data in shared.files.items():
        assert (garden.root / name).read_bytes() == data
    assert "interviews/g2.mp3" in shared.files


@pytest.mark.extra
def test_the_archive_of_the_reference_study_holds_no_sentence_of_those_who_may_not_be_quoted() -> None:
    study = Study.load(Path(__file__).parent.parent)
    texts = transcript.documents(study)
    said = {name: " ".join(one.text[t.start : t.end] for t in one.turns) for name, one in texts.items()}
    wanted = stretches.only_in([said.pop("c16")], said.values())
    assert len(wanted) > 1000
    data = crate(study)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = [
            name
            for name in archive.namelist()
            if stretches.within(archive.read(name).decode("utf-8", "replace"), wanted)
        ]
        assert held == []
        decisions = archive.read("evidence/reconciliation.jsonl").decode().split("\n")
        assert len(decisions) > 10
        assert not [one for one in decisions if one and json.loads(one)["document"] == "c16"]
        assert "outputs/pages/documents.html" in archive.namelist()


def test_in_a_talk_of_several_only_those_who_agreed_are_quoted_elsewhere(garden: Study) -> None:
    root = garden.root
    hers = "I read the curve aloud to everybody at breakfast."
    his = "Nobody listens to that at such an hour, I promise you."
    (root / "interviews/transcripts/talk.md").write_text(f"CLEO: {hers}\n\nBERT: {his}\n")
    (root / "interviews/documents.csv").write_text("document,participants\ntalk,g3 g2\n")
    (root / "interviews/speakers.csv").write_text(
        "document,speaker,participant\ntalk,CLEO,g3\ntalk,BERT,g2\n"
    )
    (root / "evidence/hers.md").write_text(f"“{hers}”\n")
    (root / "evidence/his.md").write_text(f"“{his}”\n")
    shared = share.gather(garden)
    assert "interviews/transcripts/talk.md" not in shared.files
    assert "evidence/hers.md" not in shared.files
    assert shared.files["evidence/his.md"].decode() == f"“{his}”\n"
