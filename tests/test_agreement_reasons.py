"""Where a coefficient is undefined, the reason it gives is true."""

from __future__ import annotations

import math

import pytest

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.coefficient import Coefficient, measure
from casestudy.agreement.many_coders import brennan_prediger, conger, fleiss, gwet
from casestudy.agreement.ratings import read
from casestudy.agreement.spans import read_spans
from casestudy.agreement.unitised import unitised_alpha
from casestudy.errors import InputError


@pytest.mark.parametrize("coefficient", [gwet(), fleiss(), conger(), brennan_prediger(), krippendorff()])
def test_ratings_of_one_coder_alone_are_not_denied(coefficient: Coefficient) -> None:
    alone = measure(read([["a", "a"], ["a", "a"], ["a", None], [None, "b"]]), coefficient)
    assert math.isnan(alone.value)
    assert alone.reason.startswith("Where two coders rated a unit, every rating is 'a'")
    everywhere = measure(read([["a", "a"], ["a", "a"], ["a", None]]), coefficient)
    assert everywhere.reason.startswith("Every rating is 'a'")


def test_expected_disagreement_below_zero_is_called_so() -> None:
    """Five coders, of whom two meet: the correction for small samples takes away more than there is."""
    start, end = [0, 0, 5, 7, 9], [3, 3, 6, 8, 10]
    spans = read_spans(["A", "B", "C", "D", "E"], start, end, ["a", "b", "a", "a", "a"], length=12)
    found = unitised_alpha(spans, "cu")
    assert math.isnan(found.value)
    assert found.reason.startswith("Expected disagreement is below zero (-0.5)")
    assert not math.isnan(unitised_alpha(spans, "u").value)


@pytest.mark.parametrize("word", ["None", "nan", "<NA>"])
def test_missing_values_written_as_text_are_no_category(word: str) -> None:
    with pytest.raises(InputError, match=f"the rating is the text '{word}'"):
        read([["1", "1", word], ["1", "1", "1"], ["2", word, "2"]])
    kept = read([["1", word], ["1", "1"]], categories=["1", word])
    assert kept.categories == ("1", word)


def test_none_itself_is_missing() -> None:
    ratings = read([["1", "1", None], ["1", "1", "1"], ["2", None, "2"]])
    assert measure(ratings, krippendorff()).value == 1.0
