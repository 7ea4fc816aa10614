"""Reading interviews: this project beside the fastest library that reads each format, as ratios of CPU time.

Run ``python benchmarks/transcripts.py`` (``--interviews 300 --words 10000`` by default). Each format is read
by both in turn, so that a busy machine slows both; the ratio is of the sums. The libraries give text or
captions; the project gives text, turns, times, places and what was left out.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from collections.abc import Callable

from casestudy.transcripts.readers import extract
from casestudy.transcripts.transcript import from_text

SENTENCES = (
    "well I think that the shop in the evening is quiet and we look at labels because prices change every "
    "week so it is hard to say what children like about food from home"
)
WORDS = SENTENCES.split()
NAMES = ("Interviewer", "Oja, Kerttu")


def talk(words: int, seed: int) -> list[tuple[str, str]]:
    """Turns of a made-up interview."""
    draw = random.Random(seed)
    rows = []
    while words > 0:
        size = min(words, draw.randint(8, 60))
        rows.append((NAMES[len(rows) % 2], " ".join(draw.choices(WORDS, k=size)).capitalize() + "."))
        words -= size
    return rows


def vtt(rows: list[tuple[str, str]]) -> bytes:
    """A meeting tool's captions: about twelve words a cue."""
    blocks, now = ["WEBVTT\n"], 0
    for name, text in rows:
        words = text.split()
        for start in range(0, len(words), 12):
            times = [f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000" for at in (now, now + 4)]
            blocks.append(f"{times[0]} --> {times[1]}\n<v {name}>{' '.join(words[start : start + 12])}</v>\n")
            now += 4
    return "\n".join(blocks).encode()


def docx(rows: list[tuple[str, str]]) -> bytes:
    """A word processor's document: a paragraph a turn, the name in bold."""
    from docx import Document

    document = Document()
    for name, text in rows:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(text)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(rows: list[tuple[str, str]]) -> bytes:
    """Printed pages of 48 lines, with a page number each."""
    lines: list[str] = []
    for name, text in rows:
        words, line = text.split(), f"{name}:"
        for word in words:
            if len(line) + len(word) > 85:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}"
        lines.append(line)
    pages = [lines[start : start + 48] for start in range(0, len(lines), 48)]
    objects = [b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for number, page in enumerate(pages, start=1):
        shown = " ".join(f"({line}) Tj 0 -14 Td" for line in page)
        stream = f"BT /F1 10 Tf 60 760 Td {shown} ET BT /F1 9 Tf 290 30 Td ({number}) Tj ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 1 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 2 0 R >> >> >>" % len(objects)
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects.append(b"<< /Type /Catalog /Pages 1 0 R >>")
    data, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root {len(objects)} 0 R >>"
    trailer += f"\nstartxref\n{len(data)}\n%%EOF"
    return bytes(data) + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def webvtt(data: bytes) -> int:
    """Words by webvtt-py."""
    from webvtt import WebVTT

    captions = WebVTT.from_buffer(io.StringIO(data.decode()))
    return sum(len(f"{caption.voice} {caption.text}".split()) for caption in captions)


def python_docx(data: bytes) -> int:
    """Words by python-docx."""
    from docx import Document

    return sum(len(paragraph.text.split()) for paragraph in Document(io.BytesIO(data)).paragraphs)


def pypdf(data: bytes) -> int:
    """Words by pypdf."""
    from pypdf import PdfReader

    return sum(len(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages)


def ours(data: bytes, ending: str) -> int:
    """Words by this project: the text with its turns."""
    found = extract(data, ending, "interview")
    document = from_text(found.text, "interview", stated=found.turns, opens=found.opens, places=found.places)
    assert len(document.speakers) == len(NAMES), document.speakers
    return len(document.text.split())


FORMATS: dict[str, tuple[Callable[[list[tuple[str, str]]], bytes], str, Callable[[bytes], int]]] = {
    ".vtt": (vtt, "webvtt-py", webvtt),
    ".docx": (docx, "python-docx", python_docx),
    ".pdf": (pdf, "pypdf", pypdf),
}


def main() -> None:
    """Print CPU seconds and ratios, format by format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=300)
    parser.add_argument("--words", type=int, default=10_000)
    given = parser.parse_args()
    print(f"{given.interviews} interviews of {given.words:,} words; CPU seconds")
    for ending, (write, library, read) in FORMATS.items():
        files = [write(talk(given.words, seed)) for seed in range(min(given.interviews, 10))]
        mine = theirs = 0.0
        ours(files[0], ending), read(files[0])  # imports
        for number in range(given.interviews):
            data = files[number % len(files)]
            started = time.process_time()
            ours(data, ending)
            between = time.process_time()
            read(data)
            mine += between - started
            theirs += time.process_time() - between
        print(f"{ending:6} {mine:7.2f}  {library:12} {theirs:7.2f}  ratio {mine / theirs:.2f}")


if __name__ == "__main__":
    main()
