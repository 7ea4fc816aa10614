"""Readers of every common format, compared with files that other libraries write; and hostile files."""

from __future__ import annotations

import html
import io
import json
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.errors import CaseStudyError, InputError
from casestudy.transcripts import transcript
from casestudy.transcripts.readers import READERS
from casestudy.transcripts.text import decode

TURNS = [
    "INTERVIEWER: What do you grow?",
    "Päivi: Beans – “mostly” 🥔 & <peas>.",
    "At 17:30: nothing.",
    "שלום e\u0301",
]
TEXT = "\n\n".join(TURNS) + "\n"


def save(folder: Path, name: str, data: bytes) -> transcript.Transcript:
    (folder / name).write_bytes(data)
    return transcript.read(folder / name)


def word(paragraphs: list[str]) -> bytes:
    from docx import Document

    document = Document()
    for one in paragraphs:
        document.add_paragraph(one)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def open_document(paragraphs: list[str]) -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.teletype import addTextToElement
    from odf.text import P

    document = OpenDocumentText()
    for one in paragraphs:
        paragraph = P()
        addTextToElement(paragraph, one)
        document.text.addElement(paragraph)
    file = io.BytesIO()
    document.write(file)
    return file.getvalue()


def rich(paragraphs: list[str]) -> bytes:
    def escaped(text: str) -> str:
        units = text.encode("utf-16-le")
        numbers = [
            int.from_bytes(units[place : place + 2], "little", signed=True)
            for place in range(0, len(units), 2)
        ]
        return "".join(
            chr(one) if 31 < one < 128 and chr(one) not in "\\{}" else f"\\u{one}?" for one in numbers
        )

    return (
        "{\\rtf1\\ansi\\ansicpg1252 " + "\\par\n\\par\n".join(escaped(one) for one in paragraphs) + "\\par}"
    ).encode()


def page(paragraphs: list[str]) -> bytes:
    body = "".join(f"<p>{html.escape(one)}</p>" for one in paragraphs)
    return f"<html><head><title>x</title><script>alert(1)</script></head><body>{body}</body></html>".encode()


def printed(lines: list[str]) -> bytes:
    """A small PDF of one page, written by hand."""
    rows = " ".join(f"({one}) Tj 0 -20 Td" for one in lines)
    stream = f"BT /F1 12 Tf 50 700 Td {rows} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 5\n0000000000 65535 f \n{table}trailer << /Size 5 /Root 1 0 R >>"
    tail = f"{head}\nstartxref\n{len(data)}\n%%EOF"
    return data + tail.encode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.txt", TEXT.encode()),
        ("t.md", TEXT.replace("\n", "\r\n").encode("utf-8-sig")),
        ("t2.txt", TEXT.encode("utf-16")),
        ("t3.txt", TEXT.replace("\n", "\r").encode("utf-8")),
        ("t.docx", word(TURNS)),
        ("t.odt", open_document(TURNS)),
        ("t.rtf", rich(TURNS)),
        ("t.html", page(TURNS)),
    ],
)
def test_one_text_is_the_same_out_of_every_format(tmp_path: Path, name: str, data: bytes) -> None:
    found = save(tmp_path, name, data)
    assert found.text == TEXT
    assert found.speakers == ("INTERVIEWER", "Päivi")
    again = save(tmp_path, "again.md", found.text.encode())
    assert (again.text, again.sha256) == (found.text, found.sha256)
    if found.places:
        assert found.source_of(found.text.index("Beans")) == "paragraph 2"


LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    lambda text: text == text.strip() and text.split() and "  " not in text
)


@given(st.lists(LINE, min_size=1, max_size=5))
@settings(max_examples=60)
def test_what_is_written_is_read_and_written_again(lines: list[str]) -> None:
    text = "\n\n".join(lines) + "\n"
    assert READERS[".txt"](text.encode(), "t").text == text.removeprefix("\ufeff")
    assert READERS[".docx"](word(lines), "t").text == text
    assert READERS[".odt"](open_document(lines), "t").text == text


def test_a_pdf_gives_its_pages(tmp_path: Path) -> None:
    found = save(tmp_path, "t.pdf", printed(["Q: Well?", "Aino: Yes.", "Q: Good.", "Aino: So."]))
    assert [turn.speaker for turn in found.turns] == ["Q", "Aino"] * 2
    assert found.source_of(found.text.index("Yes")) == "page 1"


# Encodings.

RUSSIAN = "Привет, как дела? Мы живём в деревне и держим коров уже десять лет."
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy v lese za řekou."


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        ("Päivi söi".encode("cp1252"), "cp1252", "Päivi söi"),
        ("Ä: x\n".encode("utf-16-le"), "utf-16-le", "Ä: x\n"),
        (b"\xff\xfe" + "Ä".encode("utf-16-le"), "utf-16-le", "Ä"),
        (("näin " * 50 + "é").encode() + b"\xe9 loppu", "utf-8 with cp1252", "näin " * 50 + "éé loppu"),
        ("ääni, meillä ei ole maata".encode("cp1252"), "cp1252", "ääni, meillä ei ole maata"),
        (RUSSIAN.encode("cp1251"), "cp1251", RUSSIAN),
        (CZECH.encode("cp1250"), "cp1250", CZECH),
        (b"", "utf-8", ""),
        (b"\xef\xbb\xbf", "utf-8", ""),
    ],
)
def test_the_encoding_is_found_and_stated(data: bytes, encoding: str, text: str) -> None:
    found = decode(data)
    assert (found.encoding, found.text) == (encoding, text)
    if encoding not in ("utf-8",):
        assert found.notes


@given(st.text())
@settings(max_examples=200)
def test_text_in_utf8_is_never_guessed_at(text: str) -> None:
    if "\0" in text or text.startswith("\ufeff"):
        return
    found = decode(text.encode())
    assert found.text == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.binary(max_size=300))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    for ending in (".txt", ".docx", ".odt", ".rtf", ".html", ".vtt", ".srt", ".json"):
        try:
            found = READERS[ending](data, "f")
        except CaseStudyError:
            continue
        assert "\r" not in found.text


# What transcription tools write.

VTT = """WEBVTT - talk

NOTE a remark

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:03.500 align:start
<v Anna Berg>So, <i>what</i> do you grow?</v>

00:00:04.000 --> 00:00:05.000
<v Aino>Beans &amp; peas.

00:00:05.500 --> 00:00:07.000
<v Aino>At 17:30: nothing.</v>
"""


def test_webvtt_voices_become_turns_with_times(tmp_path: Path) -> None:
    found = save(tmp_path, "t.vtt", VTT.encode())
    assert found.text == (
        "[00:00:01] Anna Berg: So, what do you grow?\n\n[00:00:04] Aino: Beans & peas.\nAt 17:30: nothing.\n"
    )
    assert [(turn.speaker, turn.time) for turn in found.turns] == [("Anna Berg", 1.0), ("Aino", 4.0)]
    assert found.source_of(found.text.index("17:30")) == "00:00:05.500 to 00:00:07.000"
    assert any("2 blocks" in note for note in found.reading)


def test_srt_and_segments(tmp_path: Path) -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}ANNA: Well?\n\n"
    srt += "2\n00:00:03,000 --> 00:00:04,000\nAINO: Yes.\n"
    found = save(tmp_path, "t.srt", srt.replace("\n", "\r\n").encode())
    assert found.text == "ANNA: Well?\nAINO: Yes.\n"
    assert "line ends CRLF, kept as LF" in found.reading
    given = {
        "segments": [
            {"start": 0.5, "end": 2, "text": " Well?", "speaker": "Anna"},
            {"start": 61, "text": "Hm."},
        ]
    }
    found = save(tmp_path, "t.json", json.dumps(given).encode())
    assert found.text == "[00:00:00] Anna: Well?\n\nHm.\n"
    timeless = [{"text": "So.", "speaker": "Anna"}, {"text": "No.", "speaker": "Aino", "start": 1e999}]
    found = save(tmp_path, "u.json", json.dumps(timeless).encode())
    assert found.text == "Anna: So.\n\nAino: No.\n"


# What a word processor holds besides text.


def changed(data: bytes, name: str, old: str, new: str, more: dict[str, str] | None = None) -> bytes:
    """An archive with words of one part replaced, and further parts."""
    source, file = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            raw = source.read(entry)
            if entry == name:
                assert old.encode() in raw
                raw = raw.replace(old.encode(), new.encode(), 1)
            target.writestr(entry, raw)
        for entry, text in (more or {}).items():
            target.writestr(entry, text)
    return file.getvalue()


def test_tracked_changes_tables_and_notes_are_kept_or_listed() -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("Aino: I like STAYS roses.")
    cells = document.add_table(2, 2).rows
    cells[0].cells[0].text, cells[1].cells[1].text = "Q: one", "A: four"
    document.add_paragraph("The end.")
    document.sections[0].header.paragraphs[0].text = "Confidential"
    file = io.BytesIO()
    document.save(file)
    tracked = (
        "</w:t></w:r><w:ins w:id='1' w:author='x'><w:r><w:t>new </w:t></w:r></w:ins>"
        "<w:del w:id='2' w:author='x'><w:r><w:delText>old </w:delText></w:r></w:del><w:r><w:t>"
    )
    notes = (
        "<w:footnotes xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
        "<w:footnote w:type='separator'/><w:footnote><w:p><w:r><w:t>A "
        "note.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    data = changed(file.getvalue(), "word/document.xml", "STAYS ", tracked, {"word/footnotes.xml": notes})
    found = READERS[".docx"](data, "t")
    assert found.text == "Aino: I like new roses.\n\nQ: one\n\nA: four\n\nThe end.\n"
    assert [place.source for place in found.places][1:3] == [
        "table 1, row 1, cell 1",
        "table 1, row 2, cell 2",
    ]
    for words in (
        "1 tracked insertions kept",
        "1 tracked deletions not",
        "1 footnotes not",
        "1 page headers",
        "1 tables",
    ):
        assert any(note.startswith(words) for note in found.notes), words


# Hostile files.


def archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, raw in parts.items():
            target.writestr(name, raw)
    return file.getvalue()


ENTITY = b"""<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"""
LAUGHS = (
    b"<!DOCTYPE x ["
    + b"".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">'.encode() for n in range(12))
    + b"]><x>&e11;</x>"
)
DEEP = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
    + (b"<w:r>" * 50_000 + b"</w:r>" * 50_000)
    + b"</w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        (
            "bomb.docx",
            archive({"word/document.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}),
            "would unpack to",
        ),
        ("entity.docx", archive({"word/document.xml": ENTITY}), "declares entities"),
        ("laughs.docx", archive({"word/document.xml": LAUGHS}), "declares entities"),
        ("laughs.odt", archive({"content.xml": LAUGHS}), "declares entities"),
        ("deep.docx", archive({"word/document.xml": DEEP}), "nested too deeply"),
        ("empty.docx", b"", "not an archive"),
        ("other.docx", archive({"a.txt": b"x"}), "no word/document.xml"),
        ("broken.docx", archive({"word/document.xml": b"<a><b></a>"}), "cannot be parsed"),
        ("cut.docx", word(["x"])[:-200], "not an archive"),
        ("none.odt", archive({"content.xml": b"<a/>"}), "not an OpenDocument"),
        ("empty.rtf", b"", "does not begin with"),
        ("empty.pdf", b"", "cannot be read as PDF"),
        ("text.pdf", b"%PDF-1.4 hello", "cannot be read as PDF"),
        ("blank.pdf", printed([]), "no text"),
        ("empty.vtt", b"", "WEBVTT"),
        ("none.srt", b"hello", "no cue"),
        ("none.json", b"{}", "not JSON of segments"),
        ("deep.json", b"[" * 200_000, "not JSON of segments"),
        ("nul.txt", b"Aino: yes\0no", "NUL byte"),
        ("picture.txt", zlib.compress(b"x" * 1000) + b"\0\1\2\3", "NUL byte"),
        ("x.exe", b"MZ", "'.exe' is not known"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_words(
    tmp_path: Path, name: str, data: bytes, found: str
) -> None:
    with pytest.raises(InputError) as error:
        save(tmp_path, name, data)
    assert found in str(error.value)
    assert name in str(error.value)


def test_a_page_with_scripts_gives_only_what_is_seen(tmp_path: Path) -> None:
    data = (
        b"<p>Aino:  I   <b>never</b>\nsaid</p><!-- secret --><script>alert('x')</script><style>p{}</style>"
        b"<ul><li>one<li>two</ul><table><tr><td>a<td>b</table>" + b"<div>" * 30_000 + b"deep"
    )
    found = save(tmp_path, "t.html", data)
    assert found.text == "Aino: I never said\n\none\n\ntwo\n\na b\n\ndeep\n"
    assert "1 scripts not kept" in found.reading


def test_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path) -> None:
    data = '<meta charset="iso-8859-15"><p>5 € each</p>'.encode("iso-8859-15")
    assert save(tmp_path, "t.html", data).text == "5 € each\n"


def test_ten_megabytes_in_one_line_are_read(tmp_path: Path) -> None:
    found = save(tmp_path, "t.txt", b"Aino: " + b"yes " * 2_500_000)
    assert len(found.turns) == 1
    assert found.speakers == ("Aino",)
