"""The verbs on a study that nothing was written for: other languages, scripts, formats and encodings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from casestudy.codebook import history
from casestudy.coding import table, units
from casestudy.study import Study
from casestudy.suggestions import by_rules

Command = Callable[..., tuple[int, str, str]]
SRT = (
    "1\n00:00:01,000 --> 00:00:04,000\nMATTI: Meillä on viisi lehmää, ei enempää.\n\n"
    "2\n00:00:05,000 --> 00:00:09,000\nKYSYJÄ: Entä talvella? 🐄\n\n"
    "3\n00:00:10,000 --> 00:00:12,500\nMATTI: Talvella on hiljaista, viisi lehmää riittää.\n"
)
LATIN = "Liisa: ääni kuuluu, viljaa ei ole.\r\n\r\nKysyjä: Miksi?\r\n\r\nLiisa: Maa on kivistä.\r\n"
HEBREW = "שרה: יש לי גינה קטנה.\n\nש: ומה בחורף?\n\nשרה: בחורף אין כלום e\u0301.\n"
SCHEME = """scheme: tila
title: Tila
codes:
- {id: tila.elain, name: Eläimet, definition: Eläimistä puhutaan., rules: ["lehmä|lehmää"]}
- {id: tila.maa, name: Maa, definition: Maasta tai viljasta puhutaan.}
- {id: tila.talvi, name: Talvi, definition: Vuodenajoista.}
"""


@pytest.fixture
def farm(tmp_path: Path) -> Study:
    texts = tmp_path / "interviews/transcripts"
    texts.mkdir(parents=True)
    (tmp_path / "coding_schemes").mkdir()
    (tmp_path / "study.toml").write_text('title = "Tila"\nlanguage = "fi"\n', encoding="utf-8")
    (tmp_path / "coding_schemes/tila.yaml").write_text(SCHEME, encoding="utf-8")
    people = "participant_id,group,consent_quote\nh1,farm,true\nh2,farm,true\nh3,farm,true\n"
    (tmp_path / "interviews/participants.csv").write_text(people, encoding="utf-8")
    asking = "document,speaker,role\n*,Kysyjä,interviewer\n*,ש,interviewer\n"
    (tmp_path / "interviews/speakers.csv").write_text(asking, encoding="utf-8")
    (texts / "h1.srt").write_text(SRT, encoding="utf-8")
    (texts / "h2.txt").write_bytes(LATIN.encode("cp1252"))
    (texts / "h3.md").write_text(HEBREW, encoding="utf-8")
    return Study.load(tmp_path)


def code(study: Study, command: Command, document: str, text: str) -> None:
    path = study.root / "list.txt"
    path.write_text(text, encoding="utf-8")
    words = ["--study", study.root, "--coder", "x", "--document", document, "--file", path]
    assert command("codings", "add", *words)[0] == 0


def test_the_way_from_documents_to_codings_and_back(farm: Study, command: Command) -> None:
    where = ["--study", farm.root]
    listed = command("documents", "list", *where)[1]
    assert "read as cp1252" in listed
    assert "speakers: שרה (participant, h3, 8 words), ש (interviewer, 2 words)." in listed
    code(
        farm, command, "h1", "tila.elain | viisi lehmää | occurrence=2\ntila.talvi | Talvella on hiljaista\n"
    )
    code(farm, command, "h2", "tila.maa | Maa on kivistä\n")
    code(farm, command, "h3", "tila.talvi | בחורף אין כלום\n")
    assert command("check", *where)[0] == 0
    said = {"--who": "m", "--why": "selvempi", "--when": "2026-01-01T00:00:00Z"}  # all in one moment
    why = [word for pair in said.items() for word in pair]
    command("code", "rename", "tila.maa", "Maa ja vilja", *where, *why)
    command("code", "merge", "tila.talvi", "--into", "tila.maa", *where, *why)
    assert table.load(farm)["name"].value_counts().to_dict() == {"Maa ja vilja": 3, "Eläimet": 1}
    command("code", "undo", *where, *why)
    assert table.load(farm)["name"].value_counts().to_dict() == {"Talvi": 2, "Maa ja vilja": 1, "Eläimet": 1}
    h3 = ["--coder", "x", "--document", "h3", *where]
    assert command("codings", "undo", *h3)[0] == 0
    assert len(table.load(farm)) == 3
    assert command("codings", "undo", *h3)[0] == 2
    sentences = units.units(table.material(farm), ["h1"])
    assert len(sentences) == 2  # what the interviewer asks is none
    assert len(by_rules.by_rules(sentences, history.load(farm))) == 2


def test_codings_follow_a_corrected_caption_file(farm: Study, command: Command) -> None:
    code(farm, command, "h1", "tila.talvi | Talvella on hiljaista\n")
    path = farm.root / "interviews/transcripts/h1.srt"
    path.write_text(SRT.replace("Talvella on", "No, 🐄🐄 niin. Talvella on"), encoding="utf-8")
    assert command("check", "--study", farm.root)[0] == 2
    assert "1 moved" in command("codings", "reanchor", "--study", farm.root)[1]
    [quote] = table.load(farm)["quote"]
    assert quote == "Talvella on hiljaista"
    assert table.load(farm)["placed"].all()


@pytest.mark.parametrize(("document", "ending"), [("h1", ".srt"), ("h2", ".odt"), ("h3", ".docx")])
def test_every_script_can_be_exported(farm: Study, command: Command, document: str, ending: str) -> None:
    out = farm.root / f"copy{ending}"
    done, said, error = command("documents", "export", document, "--study", farm.root, "--out", out)
    assert done == 0, error
    assert "gives the same text" in said
