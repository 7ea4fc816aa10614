"""Every way to write a name, every place where one can stand: replaced, listed, or said not to be read."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from PIL import Image, PngImagePlugin

from casestudy.files import holdings
from casestudy.privacy import key as keys
from casestudy.privacy import leaks, pseudonymise
from casestudy.privacy.key import Entry
from casestudy.study import Study

KEY = [
    Entry("person", "Päivi Virtanen", "Helmi Laine", accept=True),
    Entry("person", "Päivi", "Helmi", accept=True),
    Entry("person", "Eva", "Ulla", accept=True),
    Entry("contact", "paivi.kask@example.org", "[contact]", accept=True),
]
# What is written, and whether it is replaced or listed, as certain (names) or as possible (look_at).
WAYS: dict[str, tuple[str, str]] = {
    "as in the key": ("Päivi Virtanen", "replaced"),
    "first name": ("Päivi", "replaced"),
    "capitals": ("PÄIVI VIRTANEN", "replaced"),
    "decomposed": (unicodedata.normalize("NFD", "Päivi"), "replaced"),
    "lower case, two words": ("päivi virtanen", "replaced"),
    "mixed case": ("PäiVi", "replaced"),
    "without accents": ("Paivi", "replaced"),
    "in two letters": ("Paeivi", "replaced"),
    "non-breaking space": ("Päivi\u00a0Virtanen", "replaced"),
    "two words over a line end": ("Päivi\nVirtanen", "replaced"),
    "soft hyphen": ("Päi\u00advi", "replaced"),
    "zero-width space": ("Päi\u200bvi", "replaced"),
    "word joiner": ("Päi\u2060vi", "replaced"),
    "full width": ("Ｐäivi", "replaced"),
    "entity by name": ("P&auml;ivi", "replaced"),
    "entity by number": ("P&#228;ivi", "replaced"),
    "entity in hexadecimal": ("P&#xE4;ivi", "replaced"),
    "address escape": ("P%C3%A4ivi", "replaced"),
    "address escape of a space": ("P%C3%A4ivi%20Virtanen", "replaced"),
    "JSON escape": ("P\\u00e4ivi", "replaced"),
    "Python escape": ("P\\xe4ivi", "replaced"),
    "quoted-printable": ("P=C3=A4ivi", "replaced"),
    "encoded word, Q": ("=?utf-8?Q?P=C3=A4ivi?=", "replaced"),
    "encoded word, B": ("=?utf-8?B?UMOkaXZp?=", "replaced"),
    "read in the wrong encoding": ("PÃ¤ivi", "replaced"),
    "genitive with apostrophe": ("Päivi's", "replaced"),
    "e-mail in other case": ("Paivi.Kask@Example.org", "replaced"),
    "inflected": ("Päivin", "look_at"),
    "inflected, stem changed": ("Virtasen", "look_at"),
    "inflected, both": ("Päivin Virtasen", "look_at"),
    "inflected, decomposed": (unicodedata.normalize("NFD", "Päiville"), "look_at"),
    "line break in the word": ("Päi-\nvi", "look_at"),
    "line break, quoted-printable": ("P=C3=A4i=\nvi", "look_at"),
    "spaced letters": ("P ä i v i", "look_at"),
    "dotted letters": ("P.ä.i.v.i", "look_at"),
    "hyphen in the word": ("Päi-vi", "look_at"),
    "joined with at sign": ("@PäiviVirtanen", "look_at"),
    "joined in lower case": ("päivivirtanen", "look_at"),
    "joined in other order": ("virtanenpaivi", "look_at"),
    "with a number": ("Päivi1", "look_at"),
    "in a camel": ("PäiviSaid", "look_at"),
    "with underscore": ("_Päivi_", "names"),
    "two words with underscore": ("päivi_virtanen", "replaced"),
    "surname alone": ("Virtanen", "look_at"),
    "initial and surname": ("P. Virtanen", "look_at"),
    "surname first": ("Virtanen, Päivi", "replaced"),
    "initials": ("P.V.", "look_at"),
    "initials without dots": ("PV", "look_at"),
    "typeset": ('P{\\"a}ivi', "names"),
    "entity twice": ("P&amp;auml;ivi", "names"),
    "another alphabet's file": ("Päivi".encode("utf-16").decode("utf-16"), "replaced"),
}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.toml").write_text('title = "Names"\n')
    (tmp_path / "interviews/transcripts").mkdir(parents=True)
    (tmp_path / "interviews/names.key.csv").write_text(keys.key_text(KEY))
    return Study.load(tmp_path)


def look(study: Study) -> leaks.Leaks:
    return leaks.find(study, KEY, study.root / pseudonymise.KEY, pseudonymise.texts(study))


@pytest.mark.parametrize("way", WAYS)
def test_a_name_is_replaced_or_listed_however_it_is_written(study: Study, way: str) -> None:
    written, becomes = WAYS[way]
    path = study.root / "interviews/transcripts/t.md"
    path.write_text(f"Q: Who?\n\nA: I met {written} in the shop.\n", encoding="utf-8")
    before = look(study)
    assert before.names or before.look_at
    pseudonymise.carry_out(study, pseudonymise.plan(study, KEY))
    text = path.read_text(encoding="utf-8")
    after = look(study)
    if becomes == "replaced":
        assert written not in text
        assert "Helmi" in text or "HELMI" in text or "[contact]" in text
        assert after.names == ()
    else:
        assert written in text
        assert [
            one
            for one in getattr(after, becomes)
            if one.where.startswith("interviews/transcripts/t.md, line")
        ]


def test_there_are_at_least_as_many_ways_as_were_counted() -> None:
    assert len(WAYS) >= 27
    assert len(PLACES) >= 28


@pytest.mark.parametrize(
    "text",
    [
        "An evaluation.",
        "Evaluate this, medieval evasion.",
        "every eve, Evangeline",
        "Mikä on?",
        "paivittain",
        "PVC pipes",
    ],
)
def test_ordinary_words_are_no_names(study: Study, text: str) -> None:
    (study.root / "note.md").write_text(text, encoding="utf-8")
    assert look(study).names == ()
    assert look(study).look_at == ()


def test_a_name_that_is_an_ordinary_word_is_left_alone_in_lower_case(study: Study) -> None:
    entries = [Entry("person", "Will", "Otto", accept=True), Entry("place", "US", "Country 1", accept=True)]
    path = study.root / "interviews/transcripts/t.md"
    path.write_text("Q: Will?\n\nA: Will will tell us in the US, WILL said. I will.\n")
    pseudonymise.carry_out(study, pseudonymise.plan(study, entries))
    assert path.read_text() == "Q: Otto?\n\nA: Otto will tell us in the Country 1, OTTO said. I will.\n"
    found = leaks.find(study, entries, study.root / pseudonymise.KEY, pseudonymise.texts(study))
    assert found.names == ()
    assert {one.found.split(" (")[0] for one in found.look_at} == {leaks.forms.WAYS["ordinary"]}


def test_what_may_be_a_name_is_counted_by_kind_and_not_listed_without_end(study: Study) -> None:
    for number in range(40):
        (study.root / f"{number}.md").write_text("Päivin talo\n" * 3, encoding="utf-8")
    found = look(study).look_at
    assert len(found) < 12
    assert "120 times in all" in found[-1].found
    assert found[-1].where == "32 more places"


def test_the_check_does_not_repeat_the_name(study: Study) -> None:
    (study.root / "note.md").write_text("Päivi Virtanen, Päivin", encoding="utf-8")
    found = look(study)
    assert "äivi" not in " ".join(one.found + one.remedy for one in (*found.names, *found.look_at))


NAME = "Päivi Virtanen"


def packed(**parts: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return made.getvalue()


def word(change: Callable[[docx.document.Document], object]) -> bytes:
    made = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Nothing here.")
    change(document)
    document.save(made)
    return made.getvalue()


def _split(document: docx.document.Document) -> None:
    paragraph = document.add_paragraph()
    for part in ("Päi", "vi Vir", "tanen"):
        paragraph.add_run(part)


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    image = Image.new("RGB", (4, 4))
    if kind == "png":
        held = PngImagePlugin.PngInfo()
        held.add_itxt("Author", NAME)
        image.save(made, "png", pnginfo=held)
    else:
        exif = image.getexif()
        exif[0x013B] = "Paivi Virtanen"
        image.save(made, "jpeg", exif=exif)
    return made.getvalue()


def database() -> bytes:
    base = sqlite3.connect(":memory:")
    base.execute("create table cases (name text)")
    base.execute("insert into cases values (?)", [NAME])
    base.commit()
    return bytes(base.serialize())


def tape() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        info = tarfile.TarInfo("virtanen_paivi.txt")
        info.size = 2
        archive.addfile(info, io.BytesIO(b"ok"))
    return made.getvalue()


def pdf(kind: str) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if kind == "properties":
        writer.add_metadata({"/Author": NAME})
    else:
        writer.add_attachment("note.txt", NAME.encode())
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def columns() -> bytes:
    import pandas as pd

    made = io.BytesIO()
    pd.DataFrame({"who": [NAME]}).to_parquet(made)
    return made.getvalue()


PLACES: dict[str, tuple[str, bytes]] = {
    "page": ("outputs/x/page.html", f"<p>{NAME}</p>".encode()),
    "page, name split by markup": (
        "outputs/x/split.html",
        b"<p>P<b>&auml;</b>ivi <i>Virt</i>anen</p>",
    ),
    "search index": ("outputs/pages/search-index.js", b'const i = ["P\\u00e4ivi Virtanen"];'),
    "JSON after a line end": ("outputs/x/contents.json", b'{"a": "said\\nP\\u00e4ivi Virtanen"}'),
    "table as LaTeX": ("outputs/x/table.tex", b'P\\"{a}ivi Virtanen & 3'),
    "SVG": (
        "outputs/x/figure.svg",
        "<svg><text><tspan>Päivi</tspan> <tspan>Virtanen</tspan></text></svg>".encode(),
    ),
    "executed notebook": (
        "outputs/x/x.ipynb",
        json.dumps({"cells": [{"outputs": [{"text": [f"{NAME}\n"]}]}], "metadata": {}}).encode(),
    ),
    "notebook's metadata": (
        "notebooks/01.ipynb",
        json.dumps({"cells": [], "metadata": {"authors": [NAME]}}).encode(),
    ),
    "report": ("report.docx", word(lambda made: made.add_paragraph(NAME))),
    "Word, runs": ("a.docx", word(_split)),
    "Word, header": (
        "interviews/b.docx",
        word(lambda made: made.sections[0].header.paragraphs[0].add_run(NAME)),
    ),
    "Word, footer": (
        "interviews/c.docx",
        word(lambda made: made.sections[0].footer.paragraphs[0].add_run(NAME)),
    ),
    "Word, properties": (
        "interviews/d.docx",
        word(lambda made: setattr(made.core_properties, "author", NAME)),
    ),
    "Word, comment": (
        "interviews/e.docx",
        word(lambda made: made.add_comment(made.paragraphs[0].runs, text="Nothing.", author=NAME)),
    ),
    "Word, custom properties": ("f.docx", packed(docProps__custom__xml=f"<p name='x'>{NAME}</p>")),
    "Word, embedded file": ("g.docx", packed(**{"word__embeddings__Virtanen_Päivi.xlsx": ""})),
    "OpenDocument": ("a.odt", packed(meta__xml=f"<dc:creator>{NAME}</dc:creator>", content__xml="<text:p/>")),
    "spreadsheet": (
        "a.xlsx",
        packed(xl__sharedStrings__xml="<si><r><t>Päivi </t></r><r><t>Virtanen</t></r></si>"),
    ),
    "slides": ("a.pptx", packed(ppt__slides__s1__xml=f"<a:p><a:r><a:t>{NAME}</a:t></a:r></a:p>")),
    "PDF, properties": ("a.pdf", pdf("properties")),
    "PDF, attachment": ("b.pdf", pdf("attachment")),
    "bibliography": ("a.bib", b'author = {Virtanen, P{\\"a}ivi}, note = {P{\\"a}ivi Virtanen}'),
    "records": ("a.ris", f"AU  - {NAME}".encode()),
    "settings": ("a.yml", f"who: {NAME}".encode()),
    "script": ("a.py", b"name = 'P\\xe4ivi Virtanen'"),
    "script in R": ("a.R", f'name <- "{NAME}"'.encode()),
    "reStructuredText": ("a.rst", NAME.encode()),
    "table with tabs": ("a.tsv", f"who\tn\n{NAME}\t1\n".encode()),
    "XML": ("a.xml", f"<a who='{NAME}'/>".encode()),
    "XML in UTF-16": ("b.xml", f"<?xml version='1.0'?><a>{NAME}</a>".encode("utf-16")),
    "packed table": ("a.csv.gz", gzip.compress(f"who\n{NAME}\n".encode())),
    "archive": ("a.zip", packed(**{"inner.txt": NAME})),
    "archive in an archive": ("b.zip", packed(**{"inner.zip": packed(**{"inner.txt": NAME})})),
    "exchange of codings": ("a.qdpx", packed(project__qde=f'<User name="{NAME}"/>')),
    "tape archive": ("a.tar", tape()),
    "database": ("a.qda", database()),
    "columns": ("a.parquet", columns()),
    "picture, PNG": ("a.png", picture("png")),
    "picture, JPEG": ("a.jpg", picture("jpeg")),
    "mail": (
        "a.eml",
        b"Subject: =?utf-8?B?UMOkaXZpIFZpcnRhbmVu?=\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
    ),
    "mail, body": (
        "b.eml",
        b"Subject: x\nContent-Type: text/plain; charset=utf-8\n"
        b"Content-Transfer-Encoding: base64\n\nUMOkaXZpIFZpcnRhbmVu\n",
    ),
    "rich text": ("a.rtf", b"{\\rtf1\\ansi P\\'e4ivi Virtanen}"),
    "old Word file": (
        "a.doc",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40) + NAME.encode("utf-16-le") + bytes(9),
    ),
    "in cp1252": ("b.txt", f"{NAME} söi leivän, pöydän äärellä".encode("cp1252")),
    "no ending": ("NOTES", NAME.encode()),
    "leftover of a command": ("interviews/codings/ann/.ab12.part", NAME.encode()),
    "checkpoint of a notebook": ("notebooks/.ipynb_checkpoints/01.ipynb", NAME.encode()),
    "file name": ("interviews/transcripts/Päivi Virtanen.md", b"Q: a\n\nA: b\n"),
    "file name, no spaces": ("data/virtanen_paivi.csv", b"a,b\n"),
    "folder of a coder": ("interviews/codings/päivi-virtanen/t.jsonl", b""),
    "recording": ("interviews/Päivi_Virtanen.mp3", b"ID3\x03\0\0\0\0"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_name_is_listed_wherever_it_stands(study: Study, place: str) -> None:
    name, data = PLACES[place]
    path = study.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    found = look(study)
    listed = [*found.names, *found.look_at]
    assert [one for one in listed if one.where.startswith(name)], found


UNREAD: dict[str, tuple[str, bytes]] = {
    "locked archive": ("a.zip", b"PK\x03\x04" + bytes(60)),
    "damaged PDF": ("a.pdf", b"%PDF-1.4 broken"),
    "recording": ("a.mp3", b"ID3\x03\0\0\0\0"),
    "film": ("a.mp4", b"\0\0\0\x18ftypmp42"),
    "picture": ("a.png", picture("png")),
    "bytes": ("a.bin", bytes(range(256))),
}


@pytest.mark.parametrize("kind", UNREAD)
def test_what_could_not_be_read_is_named(study: Study, kind: str) -> None:
    name, data = UNREAD[kind]
    (study.root / name).write_bytes(data)
    assert [one.where for one in look(study).unread] == [name]


def test_a_link_is_not_followed_and_said(study: Study, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "secret.txt"
    other.write_text(NAME)
    (study.root / "link.txt").symlink_to(other)
    found = look(study)
    assert found.names == ()
    assert ["a link" in one.found for one in found.unread] == [True]


def test_every_file_of_the_reference_study_is_on_the_list() -> None:
    root = Path(__file__).parent.parent
    unknown = [name for name, _ in holdings.files(root) if holdings.holding(name).pattern == "**"]
    own = {"Makefile", "LICENSE", ".gitignore", ".gitattributes", ".ci/run", ".git"}
    assert {one for one in unknown if one not in own and not one.endswith(".lock")} == set()


@pytest.mark.parametrize("folder", ["examples/interviews-only", "tests/data/talk", "casestudy/cli/template"])
def test_every_file_of_other_studies_is_on_the_list(folder: str) -> None:
    root = Path(__file__).parent.parent / folder
    unknown = [name for name, _ in holdings.files(root) if holdings.holding(name).pattern == "**"]
    assert [name for name in unknown if not name.strip(".").startswith("git")] == []
