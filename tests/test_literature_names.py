"""Names compared as names, titles of corrections and replies, and markup in fields."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.literature import names, standing
from casestudy.literature.markup import from_html, from_latex
from casestudy.literature.record import Record, doi

SAME = [
    ("Oja K.", "Oja, Kerttu"),
    ("Oja, K", "Kerttu Oja"),
    ("K. Oja", "OJA, Kerttu"),
    ("van der Berg J.", "Berg, Jan van der"),
    ("Sofie van der Berg", "van der Berg, Sofie"),
    ("Vandenberg, S.", "van den Berg, S."),
    ("von Müller, J.", "Mueller J."),
    ("MULLER J", "Müller, Jörg"),
    ("de la Cruz, M.", "Cruz M."),
    ("Łoś J.", "Los, Jan"),
    ("Ørsted, H.", "Orsted H."),
    ("Bjørn Åkerlund", "Akerlund, B."),
    ("García Márquez, G.", "Garcia G."),
    ("García-Márquez, G.", "García Márquez G."),
    ("Hennig-Thurau, T.", "Hennig‐Thurau T."),
    ("O'Neil, P.", "O’Neil P"),
    ("Strauß, A.", "Strauss A."),
    ("Wang Xiaoming", "Wang, X."),
    ("Berg J.-P.", "Berg, Jean-Pierre"),
    ("Oja, K., Jr.", "Oja K"),
    ("Food and Agriculture Organization", "FAO"),
    ("Food and Agriculture Organization", "Food & Agriculture Organization"),
]
OTHER = [
    ("Lee A.", "Ray A."),
    ("Lee, Ann", "Ray, Ann"),
    ("van der Berg, S.", "van der Laan, S."),
    ("Council on Food and Health", "Council on Trade and Health"),
    ("Oja K.", "Food and Agriculture Organization"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_forms_of_one_name_agree(one: str, other: str) -> None:
    assert names.agree((one,), (other,))
    assert names.agree((other,), (one,))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_people_do_not_agree(one: str, other: str) -> None:
    assert not names.agree((one,), (other,))


def test_a_scopus_name_has_its_surname_first() -> None:
    assert Record("T", ("Lee A.",)).surname == "lee"
    assert Record("T", ("van der Berg J.-P.",)).surname == "van der berg"


@given(st.text(max_size=40))
def test_any_text_is_a_name_that_agrees_with_itself(text: str) -> None:
    assert names.agree((text,), (text,))
    assert all(names.divide(text)) or not text.strip()


@pytest.mark.parametrize(
    ("title", "kind", "beneath"),
    [
        ("Correction to: Receipts that speak", "correction", "Receipts that speak"),
        ("Author Correction: Receipts that speak", "correction", "Receipts that speak"),
        ("Corrigendum to “Receipts that speak”", "correction", "Receipts that speak"),
        ("ERRATUM: Receipts that speak", "correction", "Receipts that speak"),
        ("Erratum zu: Receipts that speak", "correction", "Receipts that speak"),
        ("Fe de erratas: Receipts that speak", "correction", "Receipts that speak"),
        ("Receipts that speak (vol 3, pg 10, 2019)", "correction", "Receipts that speak"),
        ("Receipts that speak: Erratum", "correction", "Receipts that speak"),
        ("Retracted: Receipts that speak", "retraction", "Receipts that speak"),
        ("RETRACTED ARTICLE: Receipts that speak", "retraction", "Receipts that speak"),
        ("Retraction notice to “Receipts that speak”", "retraction", "Receipts that speak"),
        ("Receipts that speak (Retracted Article. See vol. 4, 2020)", "retraction", "Receipts that speak"),
        ("WITHDRAWN: Receipts that speak", "retraction", "Receipts that speak"),
        ("Reply to: Receipts that speak", "reply", "Receipts that speak"),
        ("Authors' reply to Receipts that speak", "reply", "Receipts that speak"),
        ("Comment on “Receipts that speak”", "reply", "Receipts that speak"),
        ("Re: Receipts that speak", "reply", "Receipts that speak"),
        ("Réponse à Receipts that speak", "reply", "Receipts that speak"),
        ("Receipts that speak: a reply", "reply", "Receipts that speak"),
        ("Receipts that speak", "", "Receipts that speak"),
        ("Response rates of shoppers", "", "Response rates of shoppers"),
        ("Corrections officers and their shopping", "", "Corrections officers and their shopping"),
        ("Re-reading receipts", "", "Re-reading receipts"),
    ],
)
def test_what_a_title_says_of_its_record(title: str, kind: str, beneath: str) -> None:
    assert standing.of_title(title) == (kind, beneath)


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (Record("A title", type="UNPB"), "preprint"),
        (Record("A title", doi="10.31234/osf.io/abcde"), "preprint"),
        (Record("A title", doi="10.48550/arxiv.2001.00001"), "preprint"),
        (Record("A title", doi="10.1101/2020.01.01.123456"), "preprint"),
        (Record("A title", doi="10.1101/gr.123456"), ""),
        (Record("A title", outlet="bioRxiv"), "preprint"),
        (Record("A title", kinds="Published Erratum"), "correction"),
        (Record("A title", type="Retracted Publication"), "retraction"),
        (Record("A title", type="Correction"), "correction"),
        (Record("A title", type="article"), ""),
    ],
)
def test_types_and_dois_say_what_a_record_is(record: Record, kind: str) -> None:
    assert standing.of(record)[0] == kind


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Tills &amp; trust: R&amp;D for <i>retail</i> data", "Tills & trust: R&D for retail data"),
        ("AT&amp;amp;T", "AT&T"),
        ("CO<sub>2</sub> at p &lt; 0.05 and p<0.01 > x", "CO2 at p < 0.05 and p<0.01 > x"),
        ("<jats:p>One</jats:p><jats:p>two</jats:p>", " One  two "),
        ("&#8220;Why&#x201D; R&D &copy Q&A", "“Why” R&D &copy Q&A"),
    ],
)
def test_entities_and_elements_are_read(written: str, plain: str) -> None:
    assert from_html(written) == plain


@pytest.mark.parametrize(
    "written",
    [
        "10.1234/ABC.1",
        "https://doi.org/10.1234/abc.1",
        "http://dx.doi.org/10.1234/abc.1.",
        "doi:10.1234/abc.1",
        "DOI 10.1234/abc.1;",
        "(doi: 10.1234/abc.1)",
        "10.1234%2Fabc.1",
        "10.1234/abc.1 [doi]",
        "https://proxy.example/login?url=https://doi.org/10.1234/abc.1",
    ],
)
def test_every_form_of_a_doi_is_one_doi(written: str) -> None:
    assert doi(written) == "10.1234/abc.1"


def test_old_dois_keep_their_signs() -> None:
    old = "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o"
    assert doi(old) == old


@given(st.text(alphabet="\\{}$%&#~^_ ab\"'\n", max_size=40))
def test_no_latex_breaks_the_reader(text: str) -> None:
    assert isinstance(from_latex(text), str)


@pytest.mark.parametrize(
    "text", ["\\frac{" * 300, "\\textit{" * 40 + "}" * 40, "{" * 3000, "$" * 999 + "\\a"]
)
def test_nested_latex_ends_in_a_moment(text: str) -> None:
    started = time.process_time()
    from_latex(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text", [", " * 20_000, " and " * 20_000, "A. " * 20_000, "(" * 20_000 + "retract" * 999]
)
def test_long_cells_end_in_a_moment(text: str) -> None:
    started = time.process_time()
    names.listed(names.divide(text))
    names.surnames(text)
    standing.of_title(text)
    assert time.process_time() - started < 2
