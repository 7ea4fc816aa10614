"""The glossary: every term in plain words, and links from the first use on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_examples_foreign import WORDS

from casestudy.report import glossary
from casestudy.report.layout import Site
from casestudy.report.markdown import Place, render
from casestudy.study import Question, Study


def test_every_term_has_one_id_and_one_meaning() -> None:
    terms = glossary.terms()
    assert len({term.id for term in terms}) == len(terms) >= 40
    assert len({word.casefold() for term in terms for word in term.words}) == sum(
        len(term.words) for term in terms
    )
    for term in terms:
        assert re.fullmatch(r"[a-z-]+", term.id)
        assert term.meaning.endswith(".")
        assert len(term.meaning.split()) <= 45, term.id


OURS = Study(Path("."), "Giving data back", questions=(Question("Q1", "What do customers do with it?"),))
OTHER = Study(Path("."), "How a library is used", questions=(Question("Q1", "Who borrows what?"),))


def listed(study: Study) -> list[str]:
    return re.findall(r'<dt id="([^"]+)"', glossary.page(study, Site(study.title)))


def test_the_page_lists_every_term_of_the_study_at_its_own_address() -> None:
    assert listed(OURS) == [term.id for term in glossary.terms()]
    assert (
        set(listed(OURS)) - set(listed(OTHER))
        == glossary.foreign(OTHER)
        == {*("co-production", "customer-dominant-logic", "engagement", "mechanism", "reverse-use")}
    )


def test_the_glossary_of_another_study_speaks_of_no_customers_and_households() -> None:
    words = re.findall(r"[a-z]+", glossary.page(OTHER, Site(OTHER.title)).casefold())
    assert set(words) & set(WORDS) == set()
    made = glossary.linked("reverse use, and saturation", "g.html", glossary.foreign(OTHER))
    assert re.findall(r"#([\w-]+)", made) == ["saturation"]


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        ("Two sessions, then a session.", ["session"]),
        ("<code>session</code> and <a href='x'>a bootstrap</a>", []),
        ("Saturation &amp; Krippendorff&#39;s alpha", ["saturation", "alpha"]),
        ("mid-session, sessional, no-alpha", []),
        ("a 95 % interval of the feedback cycle", ["interval", "feedback-cycle"]),
    ],
)
def test_first_uses_are_linked_outside_of_links_and_code(html: str, linked: list[str]) -> None:
    made = glossary.linked(html, "../pages/glossary.html", explained := set())
    assert re.findall(r'glossary\.html#([\w-]+)"', made) == linked
    assert explained == set(linked)
    assert re.sub(r'<a class="term"[^>]*>(.*?)</a>', r"\1", made) == html


def test_one_page_links_a_term_once_and_never_in_headings() -> None:
    place = Place(Path("."), glossary="g.html")
    first = render("# Saturation\n\n## Saturation again\n\nOf saturation.\n", place)
    second = render("More saturation.", place)
    assert str(first).count('href="g.html#saturation"') == 1
    assert "g.html" not in second
    assert "g.html" not in str(place.title)


def test_texts_without_a_glossary_stay_as_they_are() -> None:
    assert render("Saturation.", Place(Path("."))) == "<p>Saturation.</p>\n"
