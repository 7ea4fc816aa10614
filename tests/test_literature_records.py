"""Bibliographic exports in every format, bad exports, and de-duplication measured on planted duplicates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from literature_made import planted, records, scopus, web_of_science

from casestudy.literature import duplicates, readers
from casestudy.literature.record import Record, doi, named, plain, year

SHIPPED = Path(__file__).parent.parent / "literature" / "records"
FIELDS = ("title", "authors", "year", "volume", "issue", "pages", "doi")


def same(one: Record, other: Record) -> bool:
    return all(getattr(one, field) == getattr(other, field) for field in FIELDS)


def test_thirty_six_records_come_the_same_from_four_formats(tmp_path: Path) -> None:
    made = records(36)
    bib = "\n".join(
        f"@article{{k{n},\n title = {{{one.title}}},\n author = {{{' and '.join(one.authors)}}},\n"
        f" journal = {{{one.outlet}}}, year = {one.year}, volume = {one.volume}, number = {one.issue},\n"
        f" pages = {{{one.pages.replace('-', '--')}}}, doi = {{{one.doi}}}\n}}"
        for n, one in enumerate(made)
    )
    texts = {
        "a.ris": readers.write_ris(made),
        "b.bib": bib,
        "c.csv": scopus(made),
        "d.txt": web_of_science(made),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        found, problems = readers.read(tmp_path / name)
        assert problems == []
        assert len(found) == 36
        assert all(same(one, other) for one, other in zip(found, made, strict=True)), name


def test_marks_of_other_writers_are_read(tmp_path: Path) -> None:
    (tmp_path / "z.csv").write_bytes(
        '\ufeff"Key","Publication Year","Author","Title","Publication Title","DOI"\r\n'
        '"AB","2007","Öberg, Åsa; O\'Neil, P.","Data, ""returned""","J","https://doi.org/10.1000/ABC."\r\n'.encode()
    )
    found, problems = readers.read(tmp_path / "z.csv")
    assert problems == []
    assert found[0].authors == ("Öberg, Åsa", "O'Neil, P.")
    assert found[0].doi == "10.1000/abc"
    assert found[0].title == 'Data, "returned"'
    (tmp_path / "u.ris").write_text("TY  - JOUR\nTI  - T\nPY  - 2004//\nER  - \n", encoding="utf-16")
    assert readers.read(tmp_path / "u.ris")[0][0].year == 2004


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.ris", b"TY  - JOUR\nPY  - 2005\nER  - \n", "no title"),
        ("a.ris", b"hello\nworld\n", "outside an entry"),
        ("a.csv", b"name,when\nx,2005\n", "no column of titles"),
        ("a.csv", b"title,year\nA,2005,9\n", "3 cells"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xff\xfe\xfa", "UTF-8"),
        ("a.ris", b"TY  - JOUR\nTI  - \x81\nER  - \n", "UTF-8"),
        ("a.ris", b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
        ("a.ris", b"TY  - JOUR\n\x00\n", "not text"),
        ("a.pdf", b"%PDF-1.4 text", "not a known export"),
    ],
)
def test_bad_exports_are_explained(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    _, problems = readers.read(tmp_path / name)
    assert any(words in str(one) for one in problems), problems


@pytest.mark.parametrize(
    ("name", "content", "titles", "words"),
    [
        ("a.ris", "TY  - JOUR\nTI  - A\nPY  - 2005\nmore\nER  - \n", 1, "line 4"),
        (
            "a.ris",
            "TY  - JOUR\nTI  - A\nPY  - 2005\nTY  - JOUR\nTI  - B\nPY  - 2006\nER  - \n",
            2,
            "has no end",
        ),
        ("a.ris", "TY  - JOUR\nTI  - A\nPY  - 2005\n", 1, "has no end"),
        ("a.ris", "TI  - A\nPY  - 2005\nER  - \n", 1, "does not begin with TY"),
        ("a.ris", "TY  - JOUR\nTI  - A\nER  - \n", 1, "no year"),
        ("a.ris", "TY  - JOUR\nTI  - A\nPY  - 2005\nDO  - see the web\nER  - \n", 1, "not a DOI"),
        (
            "a.ris",
            "TY  - JOUR\nTI  - A\nPY  - 2005\nDO  - 10.1000/a\nDO  - 10.1000/b\nER  - \n",
            1,
            "several DOIs",
        ),
        (
            "a.bib",
            "@article{ok, title={A}, year=2004}\n@article{bad, title={B}, note={open, year=2005\n",
            2,
            "line 2",
        ),
        ("a.bib", "@article{ok, title={A}}\n", 1, "no year"),
        (
            "a.bib",
            "@article{ok, title={A}, year=2001}}\n doi = {x},\n}\n@book{b, title={B}, year=2002}",
            2,
            "line 2",
        ),
    ],
)
def test_what_is_odd_is_read_and_noted(
    tmp_path: Path, name: str, content: str, titles: int, words: str
) -> None:
    (tmp_path / name).write_text(content)
    reading = readers.examine(tmp_path / name)
    assert (len(reading.records), reading.refused, reading.problems) == (titles, [], [])
    assert any(words in str(note) for note in reading.notes), reading.notes


def test_one_bad_record_does_not_hide_the_next(tmp_path: Path) -> None:
    text = "TY  - JOUR\nPY  - 2005\nER  - \n\nTY  - JOUR\nTI  - Good\nPY  - 2006\nER  - \n"
    (tmp_path / "a.ris").write_text(text)
    found, problems = readers.read(tmp_path / "a.ris")
    assert [one.title for one in found] == ["Good"]
    assert len(problems) == 1


@given(st.binary(max_size=300), st.sampled_from([".ris", ".bib", ".csv", ".txt", ".nbib", ".xml", ".enw"]))
@settings(max_examples=150)
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str) -> None:
    path = tmp_path_factory.mktemp("r") / f"x{ending}"
    path.write_bytes(data)
    found, problems = readers.read(path)
    assert found or problems


def test_planted_duplicates_are_found_and_nothing_else_is_joined() -> None:
    originals = records(400)
    copies = planted(originals[:120])
    joined = duplicates.join([*originals, *copies])
    pairs = {
        frozenset((int(row["kept"].split()[1]), int(row["duplicate"].split()[1])))
        for row in joined.report.to_dict("records")
    }
    right = sum(len(pair) == 1 for pair in pairs)
    wrong = len(pairs) - right
    assert wrong == 0, "precision 1"
    assert right / 120 >= 0.98, "recall"
    assert len(joined.records) == 520 - right - wrong


def test_what_is_doubtful_is_listed_and_not_joined() -> None:
    one = Record("Managing customer data in banks", ("Virtanen, A.",), 2005, doi="10.1/a", where="1")
    pairs = [
        (replace(one, doi="10.1/b", where="2"), "two DOIs"),
        (replace(one, title="Quite another subject altogether", where="2"), "one DOI on two"),
        (replace(one, doi="", year=2011, where="2"), "years that differ"),
    ]
    for other, words in pairs:
        joined = duplicates.join([one, other])
        assert len(joined.records) == 2
        assert words in joined.doubtful["why"].iloc[0]
    parts = [replace(one, doi="", title=f"Managing data part {n}") for n in (1, 2)]
    assert len(duplicates.join(parts).records) == 2


def test_two_dois_are_not_joined_through_a_third_record() -> None:
    one = Record("Managing customer data in banks", ("Virtanen, A.",), 2005, doi="10.1/a", where="1")
    other, between = replace(one, doi="10.1/b", where="2"), replace(one, doi="", where="3")
    for order in ([one, between, other], [between, one, other], [other, one, between]):
        joined = duplicates.join(order)
        assert {record.doi for record in joined.records} == {"10.1/a", "10.1/b"}
        assert any("join others with two DOIs" in why for why in joined.doubtful["why"])


def test_joining_fills_gaps_and_does_not_depend_on_order() -> None:
    full = Record("Managing data", ("Virtanen, A.",), 2005, "Journal", doi="10.1/a", source="x", where="1")
    thin = Record("MANAGING DATA", (), 2005, abstract="Words.", source="y", where="2")
    for pair in ([full, thin], [thin, full]):
        joined = duplicates.join(pair)
        assert joined.records[0].abstract == "Words."
        assert joined.records[0].doi == "10.1/a"
        assert set(joined.sources["virtanen-2005-managing"]) == {"x", "y"}


def test_only_pairs_with_a_chance_are_compared() -> None:
    many = records(600)
    pairs = duplicates._pairs(many, [plain(one.title) for one in many])
    assert len(pairs) < 0.25 * len(many) * (len(many) - 1) / 2


def test_ids_are_unique_and_stay_when_records_are_added() -> None:
    made = named(records(300))
    assert len({one.id for one in made}) == 300
    before = {one.title: one.id for one in named(records(300)[:10])}
    apart = Record("An unrelated subject", ("Zeta, Z.",), 1999)
    again = {one.title: one.id for one in named([*records(300)[:10], apart])}
    assert all(again[title] == name for title, name in before.items())


@given(st.text(max_size=60))
def test_plain_forms_are_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert doi(doi(text)) == doi(text)
    assert year(text) is None or 1500 <= year(text) <= 2099  # type: ignore[operator]


def test_every_shipped_record_says_where_it_was_read() -> None:
    for path in sorted(SHIPPED.iterdir()):
        found, problems = readers.read(path)
        assert problems == []
        for one in found:
            assert one.verified.startswith("http"), one.title
            assert one.authors, one.title
            assert one.outlet, one.title
            assert one.doi, one.title
            assert 2003 <= (one.year or 0) <= 2011, one.title
