"""Search on the pages knows the forms of words; the framework matrix is a page."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import composed
from bs4 import BeautifulSoup

from casestudy.coding import summaries
from casestudy.coding.material import Material
from casestudy.report import matrix, search
from casestudy.report.layout import Entry, Site


def test_forms_of_a_word_share_a_stem_and_words_of_one_form_are_not_listed() -> None:
    assert search.stems(["Receipts! a receipt", "bread"], "en-GB") == {
        "receipt": "receipt",
        "receipts": "receipt",
    }


def test_stems_are_those_of_the_studys_language_folded_as_the_page_folds() -> None:
    assert len(set(search.stems(["Häuser, Hauses"], "de").values())) == 1
    assert search.stems(["words, word"], "xx") == {}


def test_the_matrix_page_shows_summaries_as_text_and_says_where_there_are_none(tmp_path: Path) -> None:
    study = composed.base(tmp_path).study
    corpus = SimpleNamespace(material=Material(study), people={"c01": {}})
    site = Site("t", sections=(Entry(matrix.PATH, "Framework matrix"),))
    assert matrix.pages(corpus, Site("t"), []) == {}  # type: ignore[arg-type]
    assert "No summary that may be shown" in matrix.pages(corpus, site, [])[matrix.PATH]  # type: ignore[arg-type]
    summaries.append(study, [summaries.summary(participant="c01", theme="a", text="<b>waits</b>", who="k")])
    corpus.material = Material(study)
    page = BeautifulSoup(matrix.pages(corpus, site, [])[matrix.PATH], "html.parser")  # type: ignore[arg-type]
    assert [cell.get_text() for cell in page.select("tbody th, tbody td")][:3] == [
        "c01",
        "customer",
        "<b>waits</b>",
    ]
    assert page.select_one("tbody th a")["href"] == "participants/c01.html"  # type: ignore[index]
