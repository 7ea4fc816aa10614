"""u-alpha over codings as they were drawn, by scheme."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from spoken import spoken

from casestudy.agreement.spans import read_spans
from casestudy.agreement.unitised import unitised_alpha
from casestudy.codebook import history
from casestudy.coders import agreement_by_span
from casestudy.coding import table
from casestudy.coding.codings import Coding, Work
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text

BOOK = history.load(Study.load(Path(__file__).parent / "data" / "talk"))
CARRY, HOSE, NEIGHBOUR = "garden.water.carry", "garden.water.hose", "help.neighbour"
TEXT = "Aino: " + "x" * 50 + "\n\nINTERVIEWER: " + "y" * 300 + "\n\nAino: " + "z" * 40
DOCUMENTS = {"t1": spoken(from_text(TEXT, "t1"))}
SECOND = TEXT.index("z")  # where the second turn's words begin: place 50 of what Aino says


def made(spans: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    rows = [
        Coding(str(n), coder, "t1", code, start, end, TEXT[start:end], {}, "", "", "", str(n))
        for n, (coder, code, start, end) in enumerate(spans)
    ]
    works = [Work(one, "t1", (), tuple(row for row in rows if row.coder == one), ()) for one in "ab"]
    return table.table(works, DOCUMENTS, BOOK)


PLAIN = [
    ("a", CARRY, 10, 20),
    ("b", CARRY, 12, 24),
    ("a", HOSE, SECOND + 5, SECOND + 15),
    ("b", CARRY, SECOND + 5, SECOND + 18),
]


def test_places_are_those_of_what_participants_say() -> None:
    found = agreement_by_span.spans(made(PLAIN), DOCUMENTS, ["a", "b"])
    assert found.lengths.tolist() == [90]
    assert sorted(zip(found.start.tolist(), found.end.tolist(), strict=True)) == [
        (4, 14),
        (6, 18),
        (55, 65),
        (55, 68),
    ]
    across = agreement_by_span.spans(made([("a", CARRY, 50, SECOND + 2), *PLAIN]), DOCUMENTS, ["a", "b"])
    assert (44, 52) in set(zip(across.start.tolist(), across.end.tolist(), strict=True))


def test_the_table_is_that_of_the_agreement_room() -> None:
    rows = agreement_by_span.by_scheme(made(PLAIN), DOCUMENTS, ["a", "b"]).set_index("form")
    again = read_spans(
        ["a", "b", "a", "b"], [4, 6, 55, 55], [14, 18, 65, 68], [CARRY, CARRY, HOSE, CARRY], length=90
    )
    for form in ("u", "cu"):
        assert rows.loc[form, "value"] == unitised_alpha(again, form).value
    anything = unitised_alpha(again.domain([CARRY, HOSE], "garden"), "|u").value
    assert rows.loc["|u", "value"] == anything
    assert rows.loc["|u", "coded"] == pytest.approx((14 + 13) / 90)
    assert rows.loc["u", "characters"] == 90


def test_two_codes_on_one_text_leave_only_whether_anything_is_said() -> None:
    frame = made([*PLAIN, ("a", HOSE, 10, 20), ("b", NEIGHBOUR, 30, 40), ("a", NEIGHBOUR, 30, 40)])
    rows = agreement_by_span.by_scheme(frame, DOCUMENTS, ["a", "b"]).set_index(["scheme", "form"])
    for form in ("u", "cu"):
        assert pd.isna(rows.loc[("garden", form), "value"])
        assert "two codes" in rows.loc[("garden", form), "reason"]
    assert rows.loc[("garden", "|u"), "value"] == rows.loc[("garden", "|u"), "value"]
    # The same words by both, and no other code of the scheme there: codes cannot be distinguished.
    assert rows.loc[("help", "|u"), "value"] == pytest.approx(1.0)
    assert pd.isna(rows.loc[("help", "cu"), "value"])
    assert rows.loc[("help", "cu"), "reason"]


def test_without_a_document_coded_by_both_it_is_said_so() -> None:
    frame = made([one for one in PLAIN if one[0] == "a"])
    with pytest.raises(InputError, match="none was coded by all of a, b"):
        agreement_by_span.by_scheme(frame, DOCUMENTS, ["a", "b"])


def test_each_code_and_each_domain_by_itself() -> None:
    """A code against all other text; a code above others together with them."""
    frame = made([*PLAIN, ("a", HOSE, 10, 20)])  # overlaps another code of the same coder
    rows = agreement_by_span.by_code(frame, DOCUMENTS, BOOK, ["a", "b"], least=1).set_index("code")
    found = agreement_by_span.spans(frame, DOCUMENTS, ["a", "b"])
    for code in (CARRY, HOSE):
        assert rows.loc[code, "value"] == unitised_alpha(found.only(code)).value
        assert rows.loc[code, "domain"] == 1
    above = BOOK.codes[CARRY].parent
    together = [one for one in BOOK.below(above) if one in found.codes]
    assert rows.loc[above, "value"] == unitised_alpha(found.domain(together, above)).value
    assert rows.loc[above, "domain"] == len(together) > 1
    assert set(rows.index) < set(BOOK.codes)
    assert len(agreement_by_span.by_code(frame, DOCUMENTS, BOOK, ["a", "b"], least=100)) == 0


def test_gamma_takes_overlapping_codes() -> None:
    frame = made([*PLAIN, ("a", HOSE, 10, 20)])
    rows = agreement_by_span.gammas(frame, DOCUMENTS, ["a", "b"], seed=2).set_index("form")
    assert rows.loc["gamma", "spans"] == 5
    assert -1 < rows.loc["gamma", "value"] < 1
    assert "random texts, seed 2" in rows.loc["gamma", "notes"]
    assert agreement_by_span.gammas(frame, DOCUMENTS, ["a", "b"], seed=2).set_index("form").equals(rows)
