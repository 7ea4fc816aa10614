"""Writes a folder as a researcher has it: talks out of meeting tools, a recogniser and Word, and a facesheet.

    python examples/own-material/make.py data
    casestudy new --empty my-study
    cd my-study
    casestudy bring ../data
    casestudy documents speakers --propose
    casestudy check

All people and words are made up. The shapes are those of the tools: Teams and Zoom captions, Word documents
out of Teams and with a table, captions of a recogniser that only numbers its speakers, an Excel sheet.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document

Said = Sequence[tuple[str, str]]

TILL: Said = (
    ("asks", "Thank you for coming. How long have you worked at the till?"),
    ("answers", "Nine years this spring. I began when the old owner still had the shop."),
    ("asks", "What changed when receipts went to the app?"),
    ("answers", "People stopped throwing them on the floor. And they ask me less."),
    ("asks", "What did they ask you before?"),
    ("answers", "What it cost last week. Now they look it up themselves and tell me."),
)
BUYER: Said = (
    ("asks", "Could you describe the last time you looked at the list of what you bought?"),
    ("answers", "On Sunday. I wanted to know whether we really eat that much cheese."),
    ("asks", "And do you?"),
    ("answers", "We do. My husband laughed, and then he hid the cheese."),
    ("asks", "Did anything follow from it?"),
    ("answers", "Not much. I buy the small piece now, most weeks."),
)
AGAIN: Said = (
    ("asks", "Last time you told me of the small piece of cheese. How did it go on?"),
    ("answers", "It did not. After a month I was back at the big one, it is cheaper."),
    ("asks", "What made you look at the price?"),
    ("answers", "The list shows it for the kilo. I had never noticed that before."),
    ("asks", "Is that good or bad for you?"),
    ("answers", "Both. I know more, and I eat the same."),
)
OWNER: Said = (
    ("asks", "Why did you decide to show customers their purchases?"),
    ("answers", "A neighbour asked for them, on paper, for her doctor. So I thought, why only her."),
    ("asks", "What did it cost you?"),
    ("answers", "A week of a student's time, and one angry supplier."),
    ("asks", "What was the supplier angry about?"),
    ("answers", "That people could compare. They could always compare, with a pencil."),
)
GROUP: Said = (
    ("Moderator", "Who of you has looked at the list this month?"),
    ("Bodil", "I have, on my phone, while waiting for the bus."),
    ("Casper", "Not me. I forgot that it is there."),
    ("Dagny", "Twice. Once for the price of coffee and once because we quarrelled."),
    ("Moderator", "What did you quarrel about?"),
    ("Dagny", "Who drinks the coffee. The list did not say."),
    ("Casper", "That is what I would want to know, too."),
    ("Moderator", "What would have to change for you to look more often?"),
    ("Bodil", "Nothing. Once a month is enough for me."),
)
# Two colleagues interview each other: nobody asks clearly more, and the recogniser only numbers them.
BOTH_ASK: Said = (
    ("SPEAKER_00", "Do you remember who wanted the lists first?"),
    ("SPEAKER_01", "I think it was the school kitchen. Or was it the parents?"),
    ("SPEAKER_00", "The parents. You said then that nobody would read them, did you not?"),
    ("SPEAKER_01", "I did. How many read them now, do you know?"),
    ("SPEAKER_00", "One in four. Is that many?"),
    ("SPEAKER_01", "For a list of cheese? What would you have guessed?"),
)
NOTES = (
    "Shop, Saturday morning. The screen beside the till shows the app, but the light falls on it.",
    "Three customers asked the cashier about it in an hour; two of them were served by the owner's son.",
)
PEOPLE: Sequence[Sequence[str | float]] = (
    ("Facesheet, receipts study",),
    (),
    (
        "Participant ID",
        "Type of participant",
        "1. How old are you?",
        "2. What is your job?",
        "Name in transcript",
    )
    + ("Interview date", "May we quote you?", "E-mail", "Years as a customer", "Interviewed"),
    ("P01", "shop", "45-54", "cashier", "Anna Example", "2024-05-02", "yes", "anna@example.org", "", "yes"),
    ("P02", "customer", "35-44", "nurse", "Britt", "2024-05-03", "yes", "britt@example.org", 4.0, "yes"),
    ("P03", "shop", "55-64", "owner", "", "2024-05-07", "yes", "", "", "yes"),
    ("P04", "customer", "25-34", "teacher", "Bodil", "2024-05-14", "yes", "", 2.0, "yes"),
    ("P05", "customer", "65+", "retired", "Casper", "2024-05-14", "no", "", 11.0, "yes"),
    ("P06", "customer", "18-24", "student", "Dagny", "2024-05-14", "yes", "", 1.0, "yes"),
    ("P07", "shop", "35-44", "accountant", "", "2024-05-21", "yes", "", "", "yes"),
    ("P08", "customer", "45-54", "driver", "", "", "no", "", 7.0, "no"),
)
CODES: Sequence[Sequence[str]] = (
    ("Code", "Category", "Definition", "When to use", "When not to use", "Example"),
    ("Use", "", "The list is used, by whomever.", "", "", ""),
    (
        "Looking up",
        "Use",
        "Somebody looks at what they bought.",
        "a look is told",
        "a plan to look",
        "On Sunday.",
    ),
    ("Comparing prices", "Use", "Prices are set side by side.", "of shops or of weeks", "", "It is cheaper."),
    ("Shop", "", "What the list does to the shop.", "", "", ""),
    ("Being asked", "Shop", "Customers ask the people of the shop.", "", "", "They ask me less."),
)


def teams_vtt(said: Said, names: dict[str, str]) -> str:
    """Captions as Teams saves them: a cue identifier with the meeting's id, and the voice in a tag."""
    rows = ["WEBVTT", ""]
    for number, (who, words) in enumerate(said):
        rows += [f"4b1c7a52-0d63-4f6e-9d2c-8a1f0a1f7a11/{number + 7}-0"]
        rows += [
            f"{_clock(number * 9)} --> {_clock(number * 9 + 7)}",
            f"<v {names[who]}>{escape(words)}</v>",
            "",
        ]
    return "\n".join(rows)


def zoom_vtt(said: Said, names: dict[str, str]) -> str:
    """Captions as Zoom saves them: numbered cues, and the name before a colon."""
    rows = ["WEBVTT", ""]
    for number, (who, words) in enumerate(said, start=1):
        rows += [
            str(number),
            f"{_clock(number * 8)} --> {_clock(number * 8 + 6)}",
            f"{names[who]}: {words}",
            "",
        ]
    return "\n".join(rows)


def _clock(second: int) -> str:
    return f"00:{second // 60:02}:{second % 60:02}.480"


def teams_docx(path: Path, said: Said, names: dict[str, str]) -> None:
    """A Word document as Teams saves it: name and time in a line, the words below it."""
    document = Document()
    document.add_paragraph("Follow-up with Britt-20240612_090300-Meeting Recording")
    document.add_paragraph("June 12, 2024, 7:03AM")
    for number, (who, words) in enumerate(said):
        paragraph = document.add_paragraph()
        paragraph.add_run(names[who]).bold = True
        paragraph.add_run(f"   0:{number * 9 + 3:02}")
        paragraph.add_run().add_break()
        paragraph.add_run(words)
    document.save(str(path))


def table_docx(path: Path, said: Said, names: dict[str, str]) -> None:
    """A Word document with a table: time, name, words."""
    document = Document()
    document.add_heading("Interview 3", level=1)
    table = document.add_table(rows=1, cols=3)
    for cell, head in zip(table.rows[0].cells, ("Time", "Speaker", "Transcript"), strict=True):
        cell.text = head
    for number, (who, words) in enumerate(said):
        for cell, text in zip(
            table.add_row().cells, (f"00:00:{number * 9:02}", names[who], words), strict=True
        ):
            cell.text = text
    document.save(str(path))


def plain_docx(path: Path, said: Said) -> None:
    """A Word document with a paragraph for each turn, the name before a colon."""
    document = Document()
    for who, words in said:
        document.add_paragraph(f"{who}: {words}")
    document.save(str(path))


def notes_docx(path: Path) -> None:
    """Field notes: paragraphs of the researcher."""
    document = Document()
    for words in NOTES:
        document.add_paragraph(words)
    document.save(str(path))


def codebook_docx(path: Path) -> None:
    """A codebook as a table of a Word document."""
    document = Document()
    table = document.add_table(rows=0, cols=len(CODES[0]))
    for row in CODES:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def sheet(path: Path, rows: Sequence[Sequence[str | float]]) -> None:
    """A workbook of one sheet."""
    cells = []
    for number, row in enumerate(rows, start=1):
        inner = ""
        for column, value in enumerate(row):
            place = f"{chr(65 + column)}{number}"
            if isinstance(value, float):
                inner += f'<c r="{place}"><v>{value}</v></c>'
            elif value:
                inner += f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        cells.append(f'<row r="{number}">{inner}</row>')
    office = "http://schemas.openxmlformats.org"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation = f"{office}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{office}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{office}/spreadsheetml/2006/main" xmlns:r="{relation}">'
        '<sheets><sheet name="Participants" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{office}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{office}/spreadsheetml/2006/main">'
        f"<sheetData>{''.join(cells)}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, head + content)


def make(folder: Path) -> None:
    """Write the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    asks = "Berg, Karin (Uni)"
    captions = {
        "P01.vtt": teams_vtt(TILL, {"asks": asks, "answers": "Example, Anna (EXT)"}),
        "P02 2024-05-03 interview.vtt": zoom_vtt(BUYER, {"asks": "Karin Berg", "answers": "Britt"}),
        "P07.vtt": teams_vtt(BOTH_ASK, {"SPEAKER_00": "SPEAKER_00", "SPEAKER_01": "SPEAKER_01"}),
    }
    for name, text in captions.items():
        (folder / name).write_text(text, encoding="utf-8")
    teams_docx(folder / "P02 2024-06-12 follow-up.docx", AGAIN, {"asks": asks, "answers": "Britt"})
    table_docx(folder / "P03.docx", OWNER, {"asks": "S01", "answers": "S02"})
    plain_docx(folder / "Focus group 2024-05-14.docx", GROUP)
    notes_docx(folder / "Field notes 2024-05-04.docx")
    codebook_docx(folder / "codebook.docx")
    sheet(folder / "participants.xlsx", PEOPLE)
    (folder / "P01.m4a").write_bytes(b"a recording")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "data"))
