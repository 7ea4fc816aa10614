"""Ids of a review that stay, and records that are linked, joined or left apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from casestudy.cli.main import main
from casestudy.literature import check, duplicates, ids, readers, screening
from casestudy.literature.record import Record
from casestudy.study import Study

FIRST = "TY  - JOUR\nAU  - Oja, K.\nTI  - Receipts that speak\nPY  - 2019\nER  - \n"
SECOND = (
    "TY  - JOUR\nAU  - Oja, K.\nTI  - Receipts in the bin: what shoppers throw away\nPY  - 2019\nER  - \n"
)


@pytest.fixture
def review(tmp_path: Path) -> Path:
    put(tmp_path, "study.toml", 'title = "Made"\n')
    put(
        tmp_path,
        "literature/protocol.toml",
        'title = "M"\nstatus = "m"\nfirst_year = 2000\nlast_year = 2025\n',
    )
    put(tmp_path, "literature/records/m.ris", FIRST)
    put(
        tmp_path,
        "literature/screening/k.csv",
        "record,stage,decision,reason,note\noja-2019-receipts,abstract,include,,\n",
    )
    return tmp_path


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def given(root: Path) -> dict[str, str]:
    joined = duplicates.join(readers.survey(Study.load(root))[0])
    return {record.title: record.id for record in joined.records}


def records(root: Path) -> int:
    return main(["literature", "records", "--study", str(root)])


@pytest.mark.parametrize("name", ["a.ris", "z.ris"])
def test_an_id_once_given_stays_whichever_record_is_added(review: Path, name: str) -> None:
    assert records(review) == 0
    put(review, f"literature/records/{name}", SECOND)
    after = given(review)
    assert after["Receipts that speak"] == "oja-2019-receipts"
    assert after["Receipts in the bin: what shoppers throw away"].startswith("oja-2019-receipts-")
    assert check.check(Study.load(review)) == []


def test_a_record_that_is_added_behind_changes_no_id_even_without_the_file(review: Path) -> None:
    put(review, "literature/records/z.ris", SECOND)
    assert given(review)["Receipts that speak"] == "oja-2019-receipts"


def test_an_id_is_not_given_again_when_its_record_has_left(review: Path) -> None:
    assert records(review) == 0
    put(review, "literature/records/m.ris", SECOND)
    assert given(review) != {"Receipts in the bin: what shoppers throw away": "oja-2019-receipts"}
    said = [str(problem) for problem in check.check(Study.load(review))]
    assert len(said) == 1
    assert "'oja-2019-receipts' is not a record" in said[0]
    assert "-receipts-" not in said[0], "a hint names no other paper"


@pytest.mark.parametrize(
    "mended",
    [
        FIRST.replace("speak", "speak!").replace("2019", "2020"),
        FIRST.replace("Receipts", "Reciepts"),
        FIRST.replace("Oja, K.", "Oja, Kerttu").replace("ER  -", "DO  - 10.9999/a\nER  -"),
    ],
)
def test_an_id_stays_when_its_record_is_mended(review: Path, mended: str) -> None:
    assert records(review) == 0
    put(review, "literature/records/m.ris", mended)
    assert list(given(review).values()) == ["oja-2019-receipts"]


def test_two_ids_of_what_proves_one_publication_both_count(review: Path) -> None:
    doi = "DO  - 10.9999/a\nER  -"
    longer = FIRST.replace("speak", "speak to households")
    put(review, "literature/records/m.ris", longer)
    put(
        review,
        "literature/records/n.ris",
        FIRST.replace("Receipts that speak", "Talking tills").replace("ER  -", doi),
    )
    decided = "record,stage,decision,reason,note\noja-2019-talking,abstract,include,,\n"
    put(review, "literature/screening/k.csv", decided)
    assert records(review) == 0
    mended = longer.replace("households", "households: Talking tills").replace("ER  -", doi)
    put(review, "literature/records/m.ris", mended)
    study = Study.load(review)
    joined = duplicates.join(readers.survey(study)[0])
    assert len(joined.records) == 1
    assert joined.records[0].id == "oja-2019-receipts", "the older id stays"
    assert joined.records[0].former == ("oja-2019-talking",)
    screened, problems = screening.survey(study, joined.records, {})
    assert problems == []
    assert screened.final("abstract") == {"oja-2019-receipts": "include"}


def test_the_file_of_ids_is_only_appended_to(review: Path) -> None:
    assert records(review) == 0
    before = (review / ids.FILE).read_text(encoding="utf-8")
    assert records(review) == 0
    assert (review / ids.FILE).read_text(encoding="utf-8") == before
    put(review, "literature/records/a.ris", SECOND)
    assert records(review) == 0
    after = (review / ids.FILE).read_text(encoding="utf-8")
    assert after.startswith(before)
    assert json.loads(after.split("\n")[0])["id"] == "oja-2019-receipts"


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", '{"id": 3}', '{"id": "a", "title": "b", "author": "", "year": "x"}', "[" * 5000],
)
def test_a_broken_line_of_ids_is_listed(review: Path, line: str) -> None:
    put(review, ids.FILE, f"{line}\n")
    assert any(f"{ids.FILE}, line 1" in str(problem) for problem in check.check(Study.load(review)))


def test_an_id_that_carried_a_mark_keeps_it_where_work_names_it(review: Path) -> None:
    put(review, "literature/records/a.ris", SECOND)
    marked = given(review)["Receipts that speak"]
    put(review, "literature/records/a.ris", FIRST)
    put(review, f"literature/notes/{marked}.md", "Words.\n")
    (review / "literature/records/m.ris").unlink()
    assert list(given(review).values()) == [marked]


def test_what_was_repaired_and_refused_is_counted_and_listed(
    review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "9.\n" + FIRST.replace("PY  - 2019\n", "") * 12 + "TY  - JOUR\nPY  - 2001\nER  - \n"
    put(review, "literature/records/m.ris", odd)
    assert records(review) == 2
    said = capsys.readouterr()
    assert "m.ris: 13 entries, 12 read, 1 refused" in said.out
    assert "more; --every lists them all" in said.out
    assert "m.ris, line 50: the record has no title" in said.err
    assert main(["literature", "records", "--every", "--study", str(review)]) == 2
    assert capsys.readouterr().out.count("has no year") == 12


ARTICLE = Record("Giving purchase data back to shoppers", ("Oja, K.",), 2019, doi="10.9999/a", where="1")


@pytest.mark.parametrize(
    ("other", "link"),
    [
        (replace(ARTICLE, title=f"Correction to: {ARTICLE.title}", year=2020, doi=""), "correction"),
        (replace(ARTICLE, title=f"Retracted: {ARTICLE.title}", year=2020, doi=""), "retraction"),
        (replace(ARTICLE, title=f"Erratum: {ARTICLE.title}", doi="10.9999/b", year=2025), "correction"),
        (replace(ARTICLE, kinds="Retracted Publication", doi=""), "retraction"),
        (replace(ARTICLE, title=f"Reply to: {ARTICLE.title}", authors=("Ranta, I.",), doi=""), "reply"),
        (replace(ARTICLE, type="UNPB", doi="10.31234/osf.io/abcde", year=2016), "preprint"),
        (replace(ARTICLE, outlet="medRxiv", doi=""), "preprint"),
    ],
)  # fmt: skip
def test_what_stands_beside_an_article_is_linked_and_not_joined(other: Record, link: str) -> None:
    for pair in ([ARTICLE, replace(other, where="2")], [replace(other, where="2"), ARTICLE]):
        joined = duplicates.join(pair)
        assert len(joined.records) == 2
        assert list(joined.doubtful["link"]) == [link]


def test_a_link_is_not_a_problem_of_the_study_and_a_doubt_is(review: Path) -> None:
    put(review, "literature/records/z.ris", FIRST.replace("TI  - ", "TI  - Correction to: "))
    assert check.check(Study.load(review)) == []
    put(review, "literature/records/z.ris", FIRST.replace("2019", "2023"))
    assert any("years" in str(problem) for problem in check.check(Study.load(review)))


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0)])
def test_two_dois_are_never_joined_through_a_third_record(order: tuple[int, ...]) -> None:
    chain = [ARTICLE, replace(ARTICLE, doi="10.9999/b", where="2"), replace(ARTICLE, doi="", where="3")]
    joined = duplicates.join([chain[place] for place in order])
    assert len(joined.records) == 2
    assert {record.doi for record in joined.records} == {"10.9999/a", "10.9999/b"}
    assert len({record.id for record in joined.records}) == 2
    assert any("two DOIs" in why for why in joined.doubtful["why"])


def test_years_and_authors_are_not_bridged_either() -> None:
    bare = replace(ARTICLE, doi="")
    years = [replace(bare, year=year, where=str(year)) for year in (2018, 2019, 2020)]
    assert len(duplicates.join(years).records) == 2
    people = [
        replace(bare, authors=who, where=str(n)) for n, who in enumerate([("Oja, K.",), (), ("Ranta, I.",)])
    ]
    joined = duplicates.join(people)
    assert len(joined.records) == 2
    assert any("authors" in why for why in joined.doubtful["why"])


def test_generic_titles_and_two_places_are_not_joined() -> None:
    editorial = Record("Editorial", ("Oja, K.",), 2019, outlet="Journal of Things", where="1")
    assert (
        len(duplicates.join([editorial, replace(editorial, outlet="Annals of Retail", where="2")]).records)
        == 2
    )
    assert len(duplicates.join([editorial, replace(editorial, where="2")]).records) == 1
    paper = replace(ARTICLE, doi="", volume="3", pages="10-20")
    talk = replace(paper, volume="71", pages="402-409", where="2")
    joined = duplicates.join([paper, talk])
    assert len(joined.records) == 2
    assert "volumes and pages" in joined.doubtful["why"].iloc[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oja K., Ranta I.", "Oja, Kerttu; Ranta, Ilpo"),
        ("Łoś J.", "Los, Jan"),
        ("Sofie van der Berg", "van der Berg, Sofie"),
        ("Müller J.", "Mueller, Jörg"),
        ("Ranta I.; Oja K.", "Oja, Kerttu; Ranta, Ilpo"),
    ],
)
def test_the_same_paper_of_two_databases_is_one(tmp_path: Path, one: str, other: str) -> None:
    for name, people in (("first", one), ("second", other)):
        put(
            tmp_path,
            f"{name}.csv",
            f'Authors,Title,Year\n"{people}","Receipts that speak to households",2019\n',
        )
    found = [
        record for name in ("first", "second") for record in readers.examine(tmp_path / f"{name}.csv").records
    ]
    assert len(duplicates.join(found).records) == 1
