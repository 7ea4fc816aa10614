"""Captions and documents: nothing lost, nothing twice, and what is left out is counted."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from casestudy.transcripts import transcript
from casestudy.transcripts.readers import READERS
from casestudy.transcripts.text import Extract

DATA = Path(__file__).parent / "data" / "transcripts"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
    )
)


def archive(name: str, data: str, **more: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        target.writestr(name, data)
        for part, text in more.items():
            target.writestr(f"word/{part}.xml", text)
    return file.getvalue()


def word(body: str, **more: str) -> Extract:
    data = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return READERS[".docx"](archive("word/document.xml", data, **more), "t")


def odt(body: str, styles: str = "") -> Extract:
    data = f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
    data += f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return READERS[".odt"](archive("content.xml", data), "t")


def rtf(body: str) -> Extract:
    return READERS[".rtf"](f"{{\\rtf1\\ansi\\ansicpg1252 {body}}}".encode(), "t")


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        ("space-line-in-cue.srt", "We shop late.\nAnd then home.\n", ""),
        ("empty-line-in-cue.srt", "Anna: How do you shop?\n\nBea: Late.\nAnna: Why?\n", ""),
        (
            "angle-brackets.srt",
            "We <inaudible> shop <laughs loudly> late, it was < 5 euros and > 2.\n",
            "",
        ),
        (
            "rolling-youtube.vtt",
            "so today we\ntalk about food\n",
            "3 lines repeated by rolling captions left out",
        ),
        ("whisper-highlight-words.vtt", "We shop late.\n", "2 repeats of highlighted words left out"),
        ("no-empty-line-between.vtt", "first words\nsecond words\n", ""),
        ("whisper.tsv", "How do you shop?\nLate.\n", ""),
        ("tracked-deletion.rtf", "Bea: I work at [employer] in town.\n", "1 tracked deletions not kept"),
        ("footnote.rtf", "Bea: we shop late\n", "1 footnotes not kept"),
        ("hidden.rtf", "Bea: I work in town.\n", "1 stretches of hidden text not kept"),
        ("hidden-text.docx", "Bea: I work in town.\n", "1 stretches of hidden text not kept"),
        ("table-in-table.docx", "I: How often?\n\nB: Never, not once.\n\nI: Why?\n", "2 tables"),
        (
            "table-in-table.odt",
            "I: How often?\n\nB: Never, not once.\n\nI: Why?\n\nB: A numbered answer.\n",
            "2 tables",
        ),
        (
            "nested-table.docx",
            "Anna: How do you shop?\n\nBea: It depends.\n\na card she drew\n\nAnna: Why?\n",
            "2 tables",
        ),
        ("nested-table.odt", "Anna: How?\n\nBea: It depends.\n\na card she drew\n", "2 tables"),
        (
            "cell-in-content-control.docx",
            "I: How often?\n\nB: Never, not once.\n\nI: Why?\n",
            "1 tables",
        ),
        (
            "deleted-paragraph-mark.docx",
            "Bea: I shop late: after work.\n\nAnna: Why?\n",
            "1 tracked deletions of a paragraph's end",
        ),
        ("ruby.docx", "Bea: 夜です。\n", "1 readings of characters (ruby) not kept"),
        ("numbered-paragraph.odt", "Anna: How do you shop?\n\nBea: Late.\n\nAnna: Why?\n", ""),
        (
            "page-furniture.pdf",
            "I: How do you shop?\nP1: Late, because then the shop\n\nis empty and quiet.\nI: Why?\n",
            "2 running heads set aside",
        ),
        (
            "drawn-bottom-up.pdf",
            "I: How do you shop?\nP1: Late, after work, because then\nthe shop is empty.\nI: Why?\n"
            "P1: Queues.\n",
            "",
        ),
        (
            "words-drawn-one-by-one.pdf",
            "P1: I shop late after work .\nP2: letters one by one\n",
            "",
        ),
    ],
)
def test_each_word_once_and_in_its_place(name: str, text: str, note: str) -> None:
    document = transcript.read(DATA / name)
    assert document.text == text
    assert any(said.startswith(note) for said in document.reading) or not note


def test_line_numbers_of_a_pdf_are_set_aside() -> None:
    document = transcript.read(DATA / "line-numbers.pdf")
    assert not any(line.strip().isdigit() for line in document.text.split("\n"))
    assert document.text.startswith("Ann: How do you shop in a usual week")
    assert document.text.endswith("Bea: Queues.\n")
    assert "6 line numbers set aside" in document.reading


def test_the_same_things_are_left_out_of_word_opendocument_and_rich_text() -> None:
    run = "<w:r>{}<w:t xml:space='preserve'>{}</w:t></w:r>"
    note = f"<w:footnotes {W}><w:footnote><w:p><w:r><w:t>n</w:t></w:r></w:p></w:footnote></w:footnotes>"
    remark = f"<w:comments {W}><w:comment><w:p><w:r><w:t>c</w:t></w:r></w:p></w:comment></w:comments>"
    box = "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    found = [
        word(
            f"<w:p>{run.format('', 'A: one ')}<w:del><w:r><w:delText>gone </w:delText></w:r></w:del>"
            f"<w:ins>{run.format('', 'new ')}</w:ins>{run.format('<w:rPr><w:vanish/></w:rPr>', 'secret ')}"
            f"{box}{run.format('', 'end')}</w:p>",
            footnotes=note,
            comments=remark,
        ),
        odt(
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone </text:p></text:deletion>"
            "</text:changed-region><text:changed-region><text:insertion/></text:changed-region>"
            "</text:tracked-changes><text:p>A: one new <text:span text:style-name='h'>secret </text:span>"
            "<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame>"
            "<text:note text:note-class='footnote'><text:note-body><text:p>n</text:p></text:note-body>"
            "</text:note><office:annotation><text:p>c</text:p></office:annotation>end</text:p>",
            "<style:style style:name='h'><style:text-properties text:display='none'/></style:style>",
        ),
        rtf(
            "A: one {\\deleted gone }{\\revised new }{\\v secret }{\\shp{\\*\\shpinst{\\shptxt box\\par}}}"
            "{\\footnote n}{\\*\\annotation c}end\\par"
        ),
    ]
    for extract in found:
        assert extract.text == "A: one new end\n"
        for said in (
            "1 tracked insertions kept",
            "1 tracked deletions not",
            "1 stretches of hidden",
            "1 footnotes not",
            "1 comments not",
            "1 text boxes not",
        ):
            assert any(note.startswith(said) for note in extract.notes), (said, extract)


def test_hidden_by_a_style_and_deleted_rows_are_left_out() -> None:
    styles = f"<w:styles {W}><w:style w:styleId='S'><w:rPr><w:vanish/></w:rPr></w:style>"
    styles += "<w:style w:styleId='T'><w:basedOn w:val='S'/></w:style></w:styles>"
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    found = word(
        "<w:p><w:r><w:t>A: yes</w:t></w:r><w:r><w:rPr><w:rStyle w:val='T'/></w:rPr><w:t>no</w:t></w:r></w:p>"
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{cell.format('gone')}</w:tr>"
        f"<w:tr>{cell.format('kept')}</w:tr></w:tbl>",
        styles=styles,
    )
    assert found.text == "A: yes\n\nkept\n"
    assert "1 tracked deletions of table rows not kept" in found.notes
    found = odt("<text:section text:display='none'><text:p>x</text:p></text:section><text:p>y</text:p>")
    assert found.text == "y\n"


ROLLING = [["so we"], ["so we", "talk"], ["talk", "about"], ["about", "food"], ["food", "now"]]


def test_captions_that_roll_without_tags_are_read_once() -> None:
    blocks = [
        f"{number}\n00:00:0{number},000 --> 00:00:0{number + 1},000\n" + "\n".join(lines)
        for number, lines in enumerate(ROLLING, start=1)
    ]
    found = READERS[".srt"]("\n\n".join(blocks).encode(), "t")
    assert found.text == "so we\ntalk\nabout\nfood\nnow\n"
    voiced = "WEBVTT\n\n" + "\n\n".join(f"00:0{n}.000 --> 00:0{n + 1}.000\n<v A>Yes." for n in range(4))
    assert READERS[".vtt"](voiced.encode(), "t").text == "[00:00:00] A: Yes.\nYes.\nYes.\nYes.\n"


def test_unknown_tags_and_loose_paragraphs_of_webvtt_are_words() -> None:
    data = "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.000\nWe <inaudible> <i>shop</i>.\n\nand more\n"
    found = READERS[".vtt"](data.encode(), "t")
    assert found.text == "We <inaudible> shop.\n\nand more\n"
    assert "1 paragraphs without a time kept with the cue before" in found.notes


def test_hidden_and_deleted_parts_of_a_page_are_left_out() -> None:
    data = b"<p>A: one <del>gone</del><span hidden>x</span><i style='display:none'>y</i>two</p>"
    found = READERS[".html"](data, "t")
    assert found.text == "A: one two\n"
    assert {"1 tracked deletions not kept", "2 stretches of hidden text not kept"} <= set(found.notes)
