"""Readers take and give within bounds, and whatever goes wrong is a problem of the file."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.transcripts import bounds, transcript
from casestudy.transcripts.readers import READERS, extract
from casestudy.transcripts.text import Extract
from casestudy.transcripts.transcript import from_text

W = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
O = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
)


def archive(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return file.getvalue()


def nested(depth: int) -> str:
    inner = "<w:p><w:r><w:t>once</w:t></w:r></w:p>"
    return f"{'<w:tbl><w:tr><w:tc>' * depth}{inner}{'</w:tc></w:tr></w:tbl>' * depth}"


CUE = "00:00:01.000 --> 00:00:02.000\n"
HOSTILE: dict[str, tuple[str, bytes]] = {
    "tables": (".docx", archive({"word/document.xml": f"{W}{nested(60)}</w:body></w:document>"})),
    "headers": (
        ".docx",
        archive(
            {"word/document.xml": f"{W}{nested(1)}</w:body></w:document>"}
            | {f"word/header{number}.xml": "<w/>" for number in range(5_000)}
        ),
    ),
    "voices": (".vtt", b"WEBVTT\n\n" + CUE.encode() + b"<v a" * 200_000),
    "styles": (".vtt", b"WEBVTT\n\n" + CUE.encode() + b"{\\" * 400_000),
    "spaces in a voice": (".vtt", b"WEBVTT\n\n" + CUE.encode() + b"<v " + b" " * 800_000),
    "tags": (".srt", b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<b " * 200_000),
    "comments": (".html", b"<!--" * 200_000),
    "ends": (".html", b"</" * 400_000),
    "attributes": (".html", b"<a b='" * 150_000),
    "types": (".html", b"<!DOCTYPE " * 80_000),
    "signs": (".rtf", b"{\\rtf1 " + b"\\" * 500_000 + b"}"),
    "groups": (".rtf", b"{\\rtf1 " + b"{\\v a}" * 100_000 + b"}"),
    "spaced lines": (".txt", ("A" + " " * 150 + "b\n").encode() * 5_000),
    "blank starts": (".txt", (" " * 150 + "b\n").encode() * 5_000),
    "brackets": (".txt", b"[" * 1_000_000),
    "colons": (".txt", b"a: " * 300_000),
    "bullets": (".cha", b"*A:\tx" + b"\x15a_" * 300_000),
    "quotes": (".textgrid", b'TextGrid "IntervalTier" "a" 0 1 99999999999 0 1 "x"' + b'"' * 300_000),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_no_reader_is_quadratic(name: str) -> None:
    ending, data = HOSTILE[name]
    started = time.process_time()
    try:
        found = extract(data, ending, "t")
        from_text(found.text, "t", stated=found.turns, opens=found.opens, places=found.places)
    except InputError:
        pass
    assert time.process_time() - started < 5


def test_nested_tables_are_read_once_however_deep() -> None:
    assert extract(*reversed(HOSTILE["tables"]), "t").text == "once\n"
    deep = archive({"word/document.xml": f"{W}{nested(300)}</w:body></w:document>"})
    with pytest.raises(InputError, match="nested too deeply"):
        extract(deep, ".docx", "t")


def test_a_small_file_that_would_give_much_text_is_refused() -> None:
    spaces = '<text:s text:c="10000"/>' * 4_000
    data = archive({"content.xml": f"{O}<text:p>{spaces}</text:p></office:text></office:body>"})
    with pytest.raises(InputError, match="more than 30,000,000 characters"):
        extract(data, ".odt", "t")


def test_the_clock_ends_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = bounds.Budget("t", seconds=1.0)
    budget.spend(1)
    later = time.monotonic() + 2
    monkeypatch.setattr(bounds.time, "monotonic", lambda: later)
    with pytest.raises(InputError, match="more than 1 seconds"):
        budget.watch()


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        (".json", b'[{"text": "one\\n\\ntwo \\ud83d"}]'),
        (".html", b"<p>a &#xD800; b"),
        (".txt", b"a\xed\xa0\x80"),
    ],
)
def test_half_characters_are_refused_with_their_place_or_never_made(ending: str, data: bytes) -> None:
    if ending == ".json":
        with pytest.raises(InputError, match="line 3, column 5: half a character"):
            extract(data, ending, "t")
    else:
        assert extract(data, ending, "t").text.encode()


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        (".vtt", b"WEBVTT\n\n9999999999999:00:00.000 --> 9999999999999:00:01.000\nx\n"),
        (".srt", b"1\n" + b"9" * 500 + b":00:00,000 --> 00:00:01,000\nx\n"),
        (".json", b'[{"text": "x", "start": 1e300}]'),
        (".html", b'<meta charset="hex"><p>x'),
        (".html", b'<meta charset="idna"><p>x'),
        (".html", b'<meta charset="undefined"><p>x'),
        (".html", b'<meta charset="unicode_escape"><p>x'),
        (".rtf", b"{\\rtf1\\ansicpg99999 x\\u99999999999999?}"),
        (".rtf", b"{\\rtf1\\uc9999999999 x\\u1?yyyyyyyyyyyyyyyyyyyyyyy}"),
        (".textgrid", b'TextGrid "IntervalTier" "a" 0 1 1e999 0 1 "x"'),
    ],
)
def test_absurd_times_and_codecs_are_read_or_told(ending: str, data: bytes) -> None:
    try:
        text = extract(data, ending, "t").text
    except InputError as error:
        text = f"x: {error.problems[0]}"
    assert "x" in text


def test_any_exception_of_a_reader_is_a_problem_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[BaseException] = [KeyError("a"), RecursionError(), MemoryError(), OSError(5, "gone")]

    def broken(data: bytes, where: str) -> Extract:
        raise failures[0]

    monkeypatch.setitem(READERS, ".txt", broken)
    (tmp_path / "t.txt").write_text("x")
    while failures:
        with pytest.raises(InputError, match=r"t\.txt") as error:
            transcript.read(tmp_path / "t.txt")
        assert len(error.value.problems) == 1
        failures.pop(0)
    with pytest.raises(InputError):
        transcript.read(tmp_path / "none.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError):
        transcript.read(tmp_path / "folder.txt")


@given(st.sampled_from(sorted(READERS)), st.binary(max_size=200), st.integers(0, 12))
@settings(max_examples=600)
def test_broken_bytes_are_read_or_refused(ending: str, data: bytes, kind: int) -> None:
    heads = [
        b"",
        b"WEBVTT\n\n",
        b"{\\rtf1 ",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        b"[{",
        b"*A:\t",
        b"TextGrid ",
        b"<p>",
    ]
    try:
        found = extract(heads[kind % len(heads)] + data, ending, "t")
    except InputError:
        return
    from_text(found.text, "t", stated=found.turns, opens=found.opens, places=found.places)
