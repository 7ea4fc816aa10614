"""What is written in another format is read as the same text, or it is said what the format cannot hold."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.transcripts import transcript, writers
from casestudy.transcripts.readers import READERS
from casestudy.transcripts.transcript import Transcript, from_text

ROOT = Path(__file__).parent.parent
TALK = Path(__file__).parent / "data" / "talk"
WHOLE = (".txt", ".md", ".docx", ".odt", ".rtf")
Command = Callable[..., tuple[int, str, str]]

# Everything that XML may hold: no control characters but tab and line end, no half characters.
CHARACTER = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff")
PIECE = st.sampled_from(
    [
        "Aino: ",
        "Q: ",
        "[00:01:02] ",
        "\n",
        "\n\n",
        "\n\n\n",
        "  ",
        " ",
        "\t",
        "🥔",
        "e\u0301",
        "שלום",
        "<b>&amp;",
        "{\\an8}",
    ]
)
TEXT = (
    st.lists(PIECE | st.text(CHARACTER, max_size=6), max_size=25)
    .map("".join)
    .filter(lambda text: text.strip())
    .map(lambda text: f"{text}\n")
)


def again(document: Transcript, ending: str) -> Transcript:
    data, lost = writers.write(document, ending)
    assert not lost
    extract = READERS[ending](data, "t")
    return from_text(extract.text, "t", format=ending[1:], places=extract.places)


@pytest.mark.parametrize("ending", WHOLE)
@given(text=TEXT)
@settings(max_examples=80)
def test_reading_what_was_written_gives_the_same_text(ending: str, text: str) -> None:
    document = from_text(text, "t")
    found = again(document, ending)
    assert found.text == text
    assert found.turns == document.turns or str(found.turns) == str(document.turns)  # NaN is not NaN
    assert again(found, ending).text == text


@given(text=TEXT, ending=st.sampled_from(sorted(writers.WRITERS)))
@settings(max_examples=200)
def test_a_format_holds_the_text_or_says_where_it_does_not(text: str, ending: str) -> None:
    document = from_text(text, "t")
    try:
        data, lost = writers.write(document, ending, anyway=True)
    except InputError:
        assert ending in (".vtt", ".srt", ".json")  # without times, or with nothing that is said
        return
    assert bool(lost) == (READERS[ending](data, "t").text != text)
    if lost:
        with pytest.raises(InputError, match="does not hold it"):
            writers.write(document, ending)


WORDS = st.text(CHARACTER | st.sampled_from("<>&{}\\-: "), min_size=1, max_size=20).filter(
    lambda text: text == text.strip() and "\n" not in text
)
SAID = st.lists(
    st.tuples(st.integers(0, 5000), st.sampled_from(["Aino", "Q B", ""]), WORDS), min_size=1, max_size=5
)


@given(SAID, st.sampled_from([".vtt", ".json"]))
@settings(max_examples=120)
def test_words_with_times_keep_them(said: list[tuple[int, str, str]], ending: str) -> None:
    rows, time = [], 0
    for step, speaker, text in said:
        rows.append({"start": time / 1000, "end": (time + step) / 1000, "speaker": speaker, "text": text})
        time += step
    extract = READERS[".json"](json.dumps(rows).encode(), "t")
    document = from_text(extract.text, "t", format="json", places=extract.places, speakers=["Aino", "Q B"])
    data, lost = writers.write(document, ending, anyway=True)
    found = READERS[ending](data, "t")
    if not lost:
        assert [place.source for place in found.places] == [place.source for place in extract.places]
        assert found.text == extract.text
    assert lost or len(found.places) == len(rows)
    if all(speaker for _, speaker, _ in said):
        assert not lost


def test_captions_keep_times_and_speakers_from_one_format_to_the_next(tmp_path: Path) -> None:
    cues = "00:00:01.250 --> 00:00:02.000\n<v Anna>Well &amp; so?\n\n"
    cues += "00:00:02.500 --> 00:00:04.000\n<v Aino>Yes.\n"
    (tmp_path / "t.vtt").write_text(f"WEBVTT\n\n{cues}")
    document = transcript.read(tmp_path / "t.vtt")
    assert writers.write(document, ".vtt")[0].decode() == f"WEBVTT\n\n{cues}"
    data, lost = writers.write(document, ".srt", anyway=True)
    assert data.decode().startswith("1\n00:00:01,250 --> 00:00:02,000\nAnna: Well & so?\n\n2\n")
    assert "line 1" in lost
    (tmp_path / "t.srt").write_bytes(data)
    assert writers.write(transcript.read(tmp_path / "t.srt"), ".srt")[0] == data


def test_turns_with_times_become_captions_and_others_do_not() -> None:
    timed = from_text("[00:00:01] Q: Well?\n\n[00:01:00] Aino: Yes.\n", "t")
    assert again(timed, ".vtt").text == timed.text
    assert "00:00:01.000 --> 00:01:00.000" in writers.write(timed, ".vtt")[0].decode()
    with pytest.raises(InputError, match="1 of its 2 turns have no time"):
        writers.write(from_text("[00:00:01] Q: Well?\n\nAino: Yes.\n", "t"), ".vtt")


@pytest.mark.parametrize("name", ["t\x01.\n", "\ufffe\n", "no end", " \n\n"])
def test_word_says_what_it_cannot_hold(name: str) -> None:
    with pytest.raises(InputError, match=r"\.docx (cannot|does not) hold it"):
        writers.write(from_text(name, "t"), ".docx")


def test_other_programs_read_what_was_written() -> None:
    from docx import Document
    from odf import teletype
    from odf.opendocument import load
    from odf.text import P
    from striprtf.striprtf import rtf_to_text

    text = "Q: Well?  So\tthen?\n\nAino: Päivää 🥔\nשלום.\n"
    document = from_text(text, "t")
    word = Document(io.BytesIO(writers.write(document, ".docx")[0]))
    assert "\n\n".join(one.text for one in word.paragraphs) + "\n" == text
    assert "".join(run.text for one in word.paragraphs for run in one.runs if run.bold) == "Q: Aino: "
    data = writers.write(document, ".odt")[0]
    opened = load(io.BytesIO(data))
    assert "\n\n".join(teletype.extractText(one) for one in opened.getElementsByType(P)) + "\n" == text
    assert zipfile.ZipFile(io.BytesIO(data)).infolist()[0].filename == "mimetype"
    rich = rtf_to_text(writers.write(document, ".rtf")[0].decode())
    assert rich.encode("utf-16", "surrogatepass").decode("utf-16") == text


def test_the_documents_of_the_study_can_be_held_by_the_common_formats() -> None:
    for path in sorted((ROOT / "interviews/transcripts").glob("*.md"))[::8]:
        document = transcript.read(path)
        for ending in WHOLE:
            assert again(document, ending).text == document.text
            assert writers.write(document, ending)[0] == writers.write(document, ending)[0]


def test_the_verb_lists_and_exports(tmp_path: Path, command: Command) -> None:
    shutil.copytree(TALK, tmp_path / "talk")
    study = tmp_path / "talk"
    code, said, _ = command("documents", "list", "--study", study)
    assert code == 0
    assert said.splitlines()[0].startswith("t1")
    out = tmp_path / "t1.docx"
    assert command("documents", "export", "t1", "--study", study, "--out", out)[0] == 0
    assert transcript.read(out).text == transcript.document(transcript.Study.load(study), "t1").text
    code, _, error = command("documents", "export", "t1", "--study", study, "--out", tmp_path / "t1.vtt")
    assert code == 2
    assert "no time" in error
    code, _, error = command("documents", "export", "t1", "--study", study, "--out", tmp_path / "t1.pdf")
    assert code == 2
    assert "'.pdf' cannot be written" in error
