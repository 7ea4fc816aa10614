"""Pages of documents and codes: every word kept, every coding found, nothing shown that may not be."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise
from pathlib import Path

import pytest
import report_words
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from report_study import HOSTILE, make

from casestudy.errors import InputError
from casestudy.report.corpus import Quote, load, together
from casestudy.report.documents import highlighted
from casestudy.report.site import render
from casestudy.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    patch = pytest.MonkeyPatch()
    made = make(tmp_path_factory.mktemp("words") / "tiny", patch)
    report_words.write(made)
    render(made)
    return made


def soup(study: Study, path: str) -> BeautifulSoup:
    return BeautifulSoup((study.root / "outputs" / path).read_text(encoding="utf-8"), "html.parser")


def quote(number: int, start: int, end: int, code: str = "x") -> Quote:
    return Quote(str(number), "a", "d", code, "", "d", "s", code, code, (code,), start, end)


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=8)


@given(text=st.text(alphabet="ab<&>\n\"' 😀é", min_size=1, max_size=40), spans=spans)
def test_highlighting_keeps_every_character_and_covers_exactly_the_spans(
    text: str, spans: list[tuple[int, int]]
) -> None:
    kept = [(start, min(start + length, len(text))) for start, length in spans if start < len(text)]
    quotes = [(number, quote(number, *span)) for number, span in enumerate(kept)]
    html = highlighted(text, 0, len(text), quotes, {one.anchor for _, one in quotes})
    page = BeautifulSoup(f"<pre>{html}</pre>", "html.parser").pre
    assert "".join(page.strings) == text
    covered: dict[int, list[int]] = {number: [] for number, _ in quotes}
    position = 0
    for piece in page.children:
        words = piece if isinstance(piece, str) else piece.get_text()
        if not isinstance(piece, str):
            for number in piece["data-n"].split():
                covered[int(number)] += range(position, position + len(words))
        position += len(words)
    for number, (start, end) in enumerate(kept):
        assert covered[number] == list(range(start, end))
    ids = [anchor["id"] for anchor in page.select(".at")]
    assert sorted(ids) == sorted(one.anchor for _, one in quotes)


def test_a_document_is_shown_whole_and_in_order(study: Study) -> None:
    page = soup(study, "pages/documents/one.html")
    said = [block.get_text() for block in page.select(".said")]
    assert said == [
        "What do you eat?",
        "Apples and pears, and <script>window.hacked = 4</script> every day.\nAnd more.",
        "Why?",
        "Apples & pears.",
    ]
    assert [who.get_text() for who in page.select(".speaker")] == ["Q", "Ann", "Q", "Ann"]
    assert page.h1.get_text() == "One: a <talk>"
    assert "Composed." in page.get_text()


def test_every_coding_has_one_anchor_and_a_link_to_it(study: Study) -> None:
    corpus = load(study)
    for one in corpus.quotes:
        page = soup(study, corpus.page(one.document))
        found = page.find_all(id=one.anchor)
        if corpus.quotable(one.document):
            assert len(found) == 1, one
    page = soup(study, "pages/documents/one.html")
    chips = page.select("a.chip")
    assert len(chips) == 5
    for chip in chips:
        target = page.find(id=chip["href"][1:])
        assert chip["data-n"] in target.parent["data-n"].split()


def test_overlaps_are_cut_where_codings_begin_and_end(study: Study) -> None:
    page = soup(study, "pages/documents/one.html")
    marks = page.select(".said")[1].find_all("mark")
    pieces = [(mark.get_text(), len(mark["data-n"].split()), mark["class"][0]) for mark in marks]
    assert pieces[:4] == [
        ("Apples ", 1, "deep-1"),
        ("and ", 2, "deep-2"),
        ("pears", 3, "deep-3"),
        (", and", 2, "deep-2"),
    ]
    # A coding that runs over the end of a turn goes on in the next one, with a single anchor.
    assert page.select(".said")[2].mark.get_text() == "Why?"


def test_codes_are_chosen_with_what_lies_above_them(study: Study) -> None:
    page = soup(study, "pages/documents/one.html")
    lines = {chip["data-line"] for chip in page.select(".chip")}
    assert lines == {"fruit", "fruit.apple fruit", "fruit.pear fruit"}
    assert [box["value"] for box in page.select("fieldset input")] == ["a", "b"]


def test_displaced_codings_are_listed(study: Study) -> None:
    section = soup(study, "pages/documents/one.html").select_one("section[aria-labelledby=displaced]")
    assert f"gone {HOSTILE}" in section.get_text()


def test_words_without_consent_stand_on_no_page(study: Study) -> None:
    for path in report_words.everything(study.root / "outputs"):
        assert "Secret" not in path.read_text(encoding="utf-8"), path
    assert "may not be quoted" in soup(study, "pages/documents/two.html").get_text()


def test_messages_share_a_page(study: Study) -> None:
    page = soup(study, "pages/documents/messages.html")
    assert page.find(id="m1").get_text() == "m1"
    assert page.select_one(".said").get_text() == "Nice <b>apples</b>"


def test_the_codebook_gives_each_code_its_quotes(study: Study) -> None:
    page = soup(study, "pages/codes/fruit.html")
    section = page.find("section", attrs={"aria-labelledby": "fruit.apple"})
    assert [quote.get_text() for quote in section.select("blockquote")] == [
        "<b>apples",
        "Apples and pears",
        "Ann: Apples & pears",
    ]
    assert section.select_one("ul a")["href"] == "fruit.html#fruit.pear"
    link = section.select(".from a")[1]["href"]
    assert re.fullmatch(r"\.\./documents/one\.html#q-a-one-[0-9a-f]{12}", link)


def broken_links(root: Path) -> list[str]:
    """Links of all pages that lead nowhere: to no file, or to no place in a page."""
    ids: dict[Path, set[str]] = {}
    broken = []
    for path in report_words.everything(root):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for element in page.select("[href], [src]"):
            target = str(element.get("href") or element.get("src"))
            if target.startswith(("data:", "https:", "mailto:")):
                continue
            name, _, fragment = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            if not file.is_file():
                broken.append(f"{path.name}: {target}")
            elif fragment and file.suffix == ".html":
                if file not in ids:
                    there = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
                    ids[file] = {str(one["id"]) for one in there.find_all(id=True)}
                if fragment not in ids[file]:
                    broken.append(f"{path.name}: {target}")
    return broken


def test_no_link_of_the_site_is_broken(study: Study) -> None:
    assert broken_links(study.root / "outputs") == []


def test_ids_are_unique_and_headings_in_order_on_every_page(study: Study) -> None:
    for path in report_words.everything(study.root / "outputs"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        ids = [one["id"] for one in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), path
        levels = [int(one.name[1]) for one in page.find_all(re.compile("^h[1-6]$"))]
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_a_theme_names_who_voices_it_out_of_whom(study: Study) -> None:
    page = soup(study, "pages/themes/liking.html")
    words = " ".join(page.main.get_text().split())
    assert "2 of 2 whose words were coded" in words
    assert "Contrary words: 1 of 2." in words
    assert "Share of bread: 12.3" in words
    assert page.find("a", href="../../10-food/index.html#row-groups-1")
    assert [one.get_text() for one in page.select("#contrary + ul blockquote")] == ["pears, and"]
    empty = soup(study, "pages/themes/nothing.html").main.get_text()
    assert "0 of 2 whose words" in empty
    assert "No words that may be shown" in empty


def test_the_framework_is_drawn_with_every_box_leading_to_its_evidence(study: Study) -> None:
    drawn = soup(study, "pages/perspectives.html").select_one("svg.frame")
    links = {a["href"]: a["aria-label"] for a in drawn.find_all("a")}
    assert links["themes/liking.html"] == "Liking fruit: voiced by 2 of 2; claims: C1"
    assert links["themes/nothing.html"] == "Nothing said: voiced by 0 of 2; claims: C2"
    assert links["claims/C1.html"] == "Claim C1, undecidable"
    assert links["claims/C2.html"] == "Claim C2, undecidable"
    heights = {a["href"]: float(a.rect["height"]) for a in drawn.select("a:has(.theme)")}
    assert heights["themes/liking.html"] > heights["themes/nothing.html"]
    assert not drawn.find("script")


def test_the_same_words_coded_alike_stand_once() -> None:
    one, two = quote(1, 3, 9), quote(2, 3, 9)
    other = dataclasses.replace(two, coder="b")
    assert together([one, other, quote(3, 4, 9)]) == [(one, "a and b"), (quote(3, 4, 9), "a")]


def test_a_claim_shows_its_status_and_the_way_to_its_evidence(study: Study) -> None:
    page = soup(study, "pages/claims/C1.html")
    assert page.select_one("[class^=status-]").get_text() == "undecidable"
    first = page.find(id="evidence-e1")
    links = [a["href"] for a in first.select(".from a") if "/documents/" in a["href"]]
    assert len(links) == 3
    assert "1 more may not be quoted." in first.get_text()
    assert page.find(id="evidence-e2").find("a", href="../../10-food/groups.csv")
    assert page.find(id="evidence-e3").find("a", href="../documents/plan.html")
    assert page.find(id="evidence-e4").select_one("[class^=finding-]").get_text() == "cannot be evaluated"
    assert "Habit" in page.find("section", attrs={"aria-labelledby": "rivals"}).get_text()
    second = soup(study, "pages/claims/C2.html").main.get_text()
    assert "undecidable" in second
    assert "The contrary was not looked for." in second
    assert "None was considered." in second


def test_a_participant_page_keeps_to_consent(study: Study) -> None:
    open_page = soup(study, "pages/participants/one.html").main.get_text()
    assert "Words may be quoted" in open_page
    assert "C1" in open_page
    closed = soup(study, "pages/participants/two.html").main.get_text()
    assert "Words may not be quoted" in closed
    assert "No codings that may be shown." in closed


def test_cells_of_tables_lead_to_what_they_name(study: Study) -> None:
    cells = soup(study, "10-food/index.html").select("#table-ways tbody td")
    assert [cell.get_text() for cell in cells] == ["C1", "one, nobody", "outputs/10-food/groups.csv, n"]
    found = [[a["href"] for a in cell.find_all("a")] for cell in cells]
    assert found == [["../pages/claims/C1.html"], ["../pages/documents/one.html"], ["groups.csv"]]


def test_the_first_page_names_the_claims_of_each_question(study: Study) -> None:
    claims = soup(study, "index.html").select("ul.claims li")
    assert [claim.a.get_text() for claim in claims] == ["C1", "C2"]
    assert claims[0].span.get_text() == "undecidable"


def test_methods_and_checklists_are_filled_from_records_only(study: Study) -> None:
    methods = soup(study, "pages/methods.html")
    said = {one.dt.get_text(): one.dd.get_text() for one in methods.select("dl.methods > div")}
    assert said["Participants"].startswith("2: 2 customer.")
    assert "1 of 2 allow quotes" in said["Consent and disclosure"]
    assert methods.find("a", href="participants.html")
    lists = soup(study, "pages/checklists.html")
    rows = lists.select("section[aria-labelledby=coreq] tbody tr")
    assert len(rows) == 32
    sample = next(row for row in rows if row.th.get_text().startswith("12 "))
    assert sample.find_all("td")[1].get_text().startswith("2: 2 customer.")
    setting = next(row for row in rows if row.th.get_text().startswith("14 "))
    assert setting.find_all("td")[1].get_text() == "to write"


def test_a_broken_codebook_stops_the_study_pages_and_no_notebook(tmp_path: Path) -> None:
    patch = pytest.MonkeyPatch()
    study = make(tmp_path / "tiny", patch)
    report_words.write(study)
    (study.root / "coding_schemes" / "fruit.yaml").write_text("codes: [", encoding="utf-8")
    with pytest.raises(InputError):
        render(study)
    assert "What do people buy?" in soup(study, "10-food/index.html").get_text()
    assert not (study.root / "outputs" / "pages" / "documents.html").exists()


def test_hostile_words_are_never_run(study: Study) -> None:
    for path in report_words.everything(study.root / "outputs"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert len(page.find_all("script")) == len(page.select("script[src$='.js']")), path
        assert not page.select("[onerror], [onclick], [style]"), path


def test_a_changed_transcript_makes_the_study_pages_stale_only(tmp_path: Path) -> None:
    patch = pytest.MonkeyPatch()
    study = make(tmp_path / "tiny", patch)
    report_words.write(study)
    total = render(study)
    assert render(study) == 0
    path = study.root / "interviews" / "transcripts" / "plan.txt"
    path.write_text("The plan.\n\nSell pears.\n", encoding="utf-8")
    written = render(study)
    assert 0 < written < total
    assert "Sell pears" in soup(study, "pages/documents/plan.html").get_text()
    path.unlink()
    render(study)
    assert not (study.root / "outputs" / "pages" / "documents" / "plan.html").exists()


def test_markup_is_never_taken_from_text() -> None:
    assert highlighted("<b>", 0, 3, [], []) == Markup("&lt;b&gt;")
