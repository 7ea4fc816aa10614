"""Exports of databases and reference managers: one made-up publication as each tool writes it."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.literature import duplicates, readers
from casestudy.literature.reading import Reading
from casestudy.literature.record import plain

DATA = Path(__file__).parent / "data" / "literature"
TABLE = list(csv.DictReader((DATA / "formats.csv").open(encoding="utf-8", newline="")))


def read(folder: Path, name: str, content: str | bytes) -> Reading:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return readers.examine(path)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["example"])
def test_every_tool_of_the_table_gives_the_same_publication(row: dict[str, str]) -> None:
    reading = readers.examine(DATA / row["example"])
    assert (reading.problems, reading.refused, reading.entries) == ([], [], 1)
    record = reading.records[0]
    assert plain(record.title) == "receipts that speak to households a field study"
    assert record.surname == "oja"
    assert len(record.authors) == 2
    assert (record.year, record.volume, record.issue) == (2019, "3", "2")
    assert plain(record.outlet) in ("journal of made up retail", "j made up retail")
    assert record.doi == ("" if "google" in row["example"] else "10.9999/made.1")
    assert record.pages == ("" if "springer" in row["example"] else "10-20")
    bare = ("google", "springer", "pubmed.csv")
    if not any(name in row["example"] for name in bare):
        assert record.abstract.strip('"') == "Households see receipts. Few look twice."
        assert record.keywords.replace(",", ";") in ("receipts; households", ""), record.keywords


def test_the_table_names_every_example_and_what_it_was_made_after() -> None:
    examples = {path.name for path in DATA.iterdir()} - {"formats.csv"}
    assert {row["example"] for row in TABLE} == examples
    assert all(row["read"] and row["source"] and row["version"] and row["date"] for row in TABLE)


def test_one_publication_out_of_all_tools_is_joined_into_one() -> None:
    records = [record for row in TABLE for record in readers.examine(DATA / row["example"]).records]
    joined = duplicates.join(records)
    assert (len(records), len(joined.records), len(joined.doubtful)) == (len(TABLE), 1, 0)


@pytest.mark.parametrize("name", [row["example"] for row in TABLE if row["example"].endswith(".ris")])
def test_rispy_reads_the_same_authors_and_year(name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    entry = rispy.loads(text[text.index("TY  -") :])[0]
    record = readers.examine(DATA / name).records[0]
    assert list(record.authors) == (entry.get("authors") or entry.get("first_authors"))
    assert str(record.year) in str(entry.get("year") or entry.get("publication_year"))


MACROS = [
    ("month = jun", ""),
    ('journal = jot, month = "1~" # jan', '@string{jot = "Journal of Things"}\n'),
    ('journal = jot # " and More"', "@String(jot = {Journal of Things})\n"),
    (
        "month = {June}, journal = {Journal of Things}",
        '@comment{a @article{x, title={No}} b}\n@preamble{"x"}\n',
    ),
]


@pytest.mark.parametrize(("field", "before"), MACROS)
def test_macros_of_months_and_strings_are_read(tmp_path: Path, field: str, before: str) -> None:
    reading = read(
        tmp_path,
        "a.bib",
        f"{before}@article{{a1, title={{One title}}, author={{Lee, A.}}, year=2019, {field}}}",
    )
    assert [record.title for record in reading.records] == ["One title"]
    assert reading.records[0].year == 2019
    assert ("jot" in field) == (
        "Journal of Things" in reading.records[0].outlet and "journal = {" not in field
    )


def test_a_macro_that_is_not_defined_is_kept_by_its_name_and_noted(tmp_path: Path) -> None:
    reading = read(tmp_path, "a.bib", "@article{a, title={T}, year=2019, journal=jmr}")
    assert reading.records[0].outlet == "jmr"
    assert "'jmr'" in str(reading.notes[0])


@pytest.mark.parametrize("head", ["@manual{,", "@manual{ ,", "@manual{", "@MANUAL(,"])
def test_an_entry_without_a_key_is_kept_with_its_line(tmp_path: Path, head: str) -> None:
    end = ")" if "(" in head else "}"
    text = f"@article{{k1, title={{One}}, year={{2019}}}}\n\n{head} title={{No key}}, year={{2020}}{end}\n"
    text += "@article{10.1234/x y, title={A space}, year={2019}}\n"
    reading = read(tmp_path, "a.bib", text)
    assert [record.title for record in reading.records] == ["One", "No key", "A space"]
    assert reading.records[1].where == "a.bib, line 3"
    assert [str(note) for note in reading.notes] == ["a.bib, line 3: the entry has no key; it is read."]


def test_two_entries_of_one_key_have_their_own_lines(tmp_path: Path) -> None:
    text = "@article{k, title={One}, year=2019}\n@article{k,\n title={Two},\n}\n"
    text += "@book{K, title={Three}, year=2001}"
    reading = read(tmp_path, "a.bib", text)
    assert [(record.title, record.where) for record in reading.records] == [
        ("One", "a.bib, line 1"),
        ("Two", "a.bib, line 2"),
        ("Three", "a.bib, line 5"),
    ]
    assert "line 2" in str(reading.notes[0])
    assert "no year" in str(reading.notes[0])


def test_an_open_brace_costs_no_other_entry(tmp_path: Path) -> None:
    text = "@article{a, title={Good}, year=2001}\n@article{b, title={Open, year=2002}\n"
    text += "@article{c, title={After}, year=2003}\n"
    reading = read(tmp_path, "a.bib", text)
    assert [record.title for record in reading.records][::2] == ["Good", "After"]
    assert len(reading.records) == 3
    assert "line 2" in str(reading.notes[0])
    assert "do not close" in str(reading.notes[0])


def test_a_crossref_fills_what_the_entry_does_not_say(tmp_path: Path) -> None:
    text = (
        "@inproceedings{a, title={Paper}, crossref={p}}\n@proceedings{p, title={Proceedings of X}, year=2007}"
    )
    record = read(tmp_path, "a.bib", text).records[0]
    assert (record.title, record.outlet, record.year) == ("Paper", "Proceedings of X", 2007)


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Lee, Ann and others", ("Lee, Ann",)),
        ("Lee, Ann AND Ray, Bob and\n  et al.", ("Lee, Ann", "Ray, Bob")),
        ("{Food and Agriculture Organization}", ("Food and Agriculture Organization",)),
        ("Oja, Kerttu and {Council on Food and Health}", ("Oja, Kerttu", "Council on Food and Health")),
        (r"Mart{\'\i}nez, A. and Gr{\=u}z{\=i}tis, N.", ("Martínez, A.", "Grūzītis, N.")),
        (r"{\L}o{\'s}, J. and {\c{C}}elik, B.", ("Łoś, J.", "Çelik, B.")),
        (r"M{\"u}ller, J. and {\O}rsted, H. and Bj{\o}rn, {\AA}.", ("Müller, J.", "Ørsted, H.", "Bjørn, Å.")),
    ],
)  # fmt: skip
def test_authors_of_bibtex(tmp_path: Path, written: str, authors: tuple[str, ...]) -> None:
    reading = read(tmp_path, "a.bib", f"@article{{k, title={{T}}, author={{{written}}}, year=2019}}")
    assert reading.records[0].authors == authors


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r"\textit{E. coli} and \emph{in situ} $\alpha$ measures", "E. coli and in situ α measures"),
        (r"Na{\"\i}ve \textit{Avena sativa} and {$\omega$}-3", "Naïve Avena sativa and ω-3"),
        (r"{R}\&{D} at 50\% -- {``}why{''}?", "R&D at 50% – “why”?"),
        ("50% of R&D, $5 and C# {CRM}", "50% of R&D, $5 and C# CRM"),
        (r"Stra{\ss}e, {\OE}uvre~and \v{S}koda", "Straße, Œuvre and Škoda"),
    ],
)  # fmt: skip
def test_latex_is_read_as_letters(tmp_path: Path, written: str, title: str) -> None:
    reading = read(tmp_path, "a.bib", f"@article{{k, title={{{written}}}, year=2019}}")
    assert reading.records[0].title == title


@pytest.mark.parametrize(
    "tail",
    [
        "AB  - First line of it\nsecond line.",
        "AB  - First line of it\n\n  second line.",
        "N2  - First line of it\n      second line.",
        "AB  - First line of it\nAB  - second line.",
    ],
)
def test_a_value_over_several_lines_is_one_value(tmp_path: Path, tail: str) -> None:
    text = "TY  - JOUR\nAU  - Lee, Ann\nTI  - A title that goes\non in the next line\n"
    text += f"PY  - 2019\n{tail}\nER  - \n"
    reading = read(tmp_path, "a.ris", text)
    assert (reading.problems, reading.refused) == ([], [])
    record = reading.records[0]
    assert record.title == "A title that goes on in the next line"
    assert record.abstract == "First line of it second line."


def test_repeated_tags_keep_every_value(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - A\nAU  - B, C\nAU  - D, E\nA1  - F, G\nKW  - x\nKW  - y; z\nPY  - 2019\n"
    text += "UR  - https://a.example\nUR  - https://b.example\nER  - \n"
    record = read(tmp_path, "a.ris", text).records[0]
    assert record.authors == ("B, C", "D, E", "F, G")
    assert record.keywords == "x; y; z"
    assert record.url == "https://a.example; https://b.example"


def test_reading_goes_on_after_any_number_of_odd_entries(tmp_path: Path) -> None:
    odd = "".join(f"{n}.\nTY  - JOUR\nPY  - 2001\nER  - \n" for n in range(200))
    reading = read(tmp_path, "a.ris", f"{odd}TY  - JOUR\nTI  - Good\nPY  - 2019\nER  - \n")
    assert [record.title for record in reading.records] == ["Good"]
    assert len(reading.refused) == 200
    assert reading.entries == 201
    assert "line 798" in str(reading.refused[-1])


@pytest.mark.parametrize(
    "tag",
    [
        "TY - JOUR\nTI - A\nPY - 2019\nER -",
        "TY  - JOUR\n TI  - A\n PY  - 2019\nER",
        "TY  -  JOUR\nTI  -   A\nPY  -2019\nER  -",
    ],
)
def test_tags_with_other_spaces(tmp_path: Path, tag: str) -> None:
    records = read(tmp_path, "a.ris", f"{tag}\n\n{tag}\n").records
    assert [(record.title, record.year) for record in records][-1] == ("A", 2019)


def test_an_entry_without_a_title_is_kept_when_something_else_says_what_it_is(tmp_path: Path) -> None:
    bodies = ("DO  - 10.9999/a", "AU  - Oja, K.\nPY  - 2019", "PY  - 2019")
    text = "".join(f"TY  - JOUR\n{body}\nER  - \n" for body in bodies)
    reading = read(tmp_path, "a.ris", text)
    assert [record.title for record in reading.records] == ["[no title]", "[no title]"]
    assert len(reading.refused) == 1
    assert len(duplicates.join(reading.records).records) == 2


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Lee A, Ray B, van der Berg J.", 3),
        ("Lee A.; Ray B.", 2),
        ("Lee, A., Ray, B.", 2),
        ("Oja K., Ranta I.", 2),
        ("Ann Lee, Bob Ray, Cy Orr", 3),
        ("Lee, Ann and Ray, Bob", 2),
        ("Ann Lee & Bob Ray", 2),
        ("Lee, Ann", 1),
        ("Food and Agriculture Organization", 1),
        ("Council for Food, Health and Trade", 1),
        ("Lee, Ann; others", 1),
        ("Lee A, Ray B, et al.", 2),
        ("Lee, A. | Ray, B.", 2),
    ],
)
def test_authors_of_one_cell(tmp_path: Path, cell: str, authors: int) -> None:
    reading = read(tmp_path, "a.csv", f'title;authors;year\nA title;"{cell}";2019\n')
    assert len(reading.records[0].authors) == authors, reading.records[0].authors


def test_tables_as_spreadsheets_leave_them(tmp_path: Path) -> None:
    text = "sep=;\nTitle;Authors;Year\r\nOne;Oja, K.;2019\r\n;;\r\nTwo;Oja, K.;2020;\r\nThree;Oja, K.\r\n"
    reading = read(tmp_path, "a.csv", text)
    assert [(record.title, record.year) for record in reading.records] == [
        ("One", 2019),
        ("Two", 2020),
        ("Three", None),
    ]
    assert "row 6" in str(reading.notes[0])


def test_old_encodings_are_read_and_noted(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - Käufer – Größe\nPY  - 2019\nER  - \n"
    reading = read(tmp_path, "a.ris", text.encode("cp1252"))
    assert reading.records[0].title == "Käufer – Größe"
    assert "Windows-1252" in str(reading.notes[0])
    assert read(tmp_path, "b.ris", text.encode()).notes == []


def test_a_file_that_is_too_large_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "LARGEST", 100)
    reading = read(tmp_path, "a.ris", "TY  - JOUR\n" * 20)
    assert "at most 100" in str(reading.problems[0])


@pytest.mark.parametrize(
    "text",
    [
        "<xml><records><record><titles><title>A</title></titles></record><record>",
        '<!DOCTYPE x [<!ENTITY a "b">]><xml><records><record><titles><title>&a;</title></titles></record>'
        "</records></xml>",
    ],
)
def test_broken_xml_is_a_listed_problem(tmp_path: Path, text: str) -> None:
    reading = read(tmp_path, "a.xml", text)
    assert len(reading.problems) == 1
    assert len(reading.records) == ("<!ENTITY" not in text)


def test_a_format_is_seen_from_its_beginning(tmp_path: Path) -> None:
    for number, row in enumerate(TABLE):
        if row["example"].endswith((".csv", "tab.txt")):
            continue
        reading = read(tmp_path, f"{number}.txt", (DATA / row["example"]).read_bytes())
        assert len(reading.records) == 1, row["example"]


@given(st.data())
@settings(max_examples=120)
def test_no_change_of_an_export_breaks_its_reader(data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(TABLE))
    content = bytearray((DATA / row["example"]).read_bytes())
    signs = st.sampled_from(
        [b"{", b"}", b'"', b"\\", b"$", b"\n", b"\xff", b"ER  - ", b"@a{", b"\t", b"<", b"&#0;", b","]
    )
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 30))] = data.draw(signs) * data.draw(st.integers(0, 3))
    with tempfile.TemporaryDirectory() as folder:
        reading = read(Path(folder), row["example"], bytes(content))
    assert reading.entries or reading.problems
    assert not any("cannot be read further" in problem.found for problem in reading.problems)
    duplicates.join(reading.records)
