"""Reading ratings and spans: whatever comes in, there is a result, or an error that names every problem."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.alpha_u import alpha_u
from casestudy.agreement.as_other_programs import atlas_ti, maxqda
from casestudy.agreement.boundaries import boundary_similarity, pk, window_diff
from casestudy.agreement.coder_pairs import cohen, light
from casestudy.agreement.coefficient import measure
from casestudy.agreement.gamma import gamma
from casestudy.agreement.intervals import Linearised
from casestudy.agreement.many_coders import conger, gwet
from casestudy.agreement.percent import percent_agreement
from casestudy.agreement.posterior import Posterior
from casestudy.agreement.ratings import read
from casestudy.agreement.spans import read_spans
from casestudy.agreement.unitised import unitised_alpha, unitised_alpha_of_code
from casestudy.agreement.units_needed import units_needed
from casestudy.agreement.weights import jaccard, masi
from casestudy.errors import InputError


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([["a"], ["b"]], "1 coder"),
        ([], "not a table"),
        ([["a", "b"], ["a"]], "not a table"),
        (["a", "b"], "not a table"),
        ("text", "not a table"),
        (None, "not a table"),
        (np.zeros((2, 2, 2)), "not a table"),
        ([[1.0, math.inf], [1.0, 2.0]], "unit 1, coder 2: the rating is infinite"),
        ([["a", -math.inf], ["b", "a"]], "infinite"),
        ([["a", 1], ["b", "a"]], "kinds of values are mixed"),
        ([[True, 1], [False, 0]], "kinds of values are mixed"),
        ([["a", ""], ["b", "a"]], "empty text"),
        ([["a", b"a"], ["b", "a"]], "neither text, a number nor a set"),
        ([["a", {"a": 1}], ["b", "a"]], "neither text, a number nor a set"),
    ],
)
def test_bad_ratings_are_refused_in_words(values, said):
    with pytest.raises(InputError, match=said):
        read(values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([["nan", "a"], ["b", "a"]], "unit 1, coder 1: the rating is the text 'nan'"),
        ([["a", "<NA>"], ["b", "a"]], "the text '<NA>'"),
        ([["a", "  "], ["b", "a"]], "empty text"),
        ([[10**400, 1], [1, 1]], "unit 1, coder 1: the rating is too large"),
        (np.array([[1e300, 1.0], [1.0, 1.0]]), "unit 1, coder 1: the rating is too large"),
        ([[frozenset([None]), frozenset("a")], [frozenset("a")] * 2], "a set of codes holds None"),
        ([[frozenset([frozenset("a")]), frozenset("a")], [frozenset("a")] * 2], "a set of codes holds"),
        ([[["a"], ["b"]], [["a"], ["a"]]], "several codes of one unit as a frozenset"),
    ],
)
def test_values_that_look_like_ratings_are_refused(values, said):
    with pytest.raises(InputError, match=said):
        read(values)


def test_missing_values_written_as_text_can_be_declared():
    assert read([["nan", "a"], ["a", "a"]], categories=["a", "nan"]).codes.tolist() == [[1, 0], [0, 0]]


def test_what_an_array_masks_is_missing():
    for kind in (int, float, object):
        masked = np.ma.masked_array(
            np.array([[1, 2], [2, 2], [1, 1]], dtype=kind), mask=[[1, 0], [0, 0], [0, 0]]
        )
        assert read(masked).codes.tolist() == [[-1, 1], [1, 1], [0, 0]]


def test_large_whole_numbers_stay_apart_and_are_not_missing():
    """Beyond 2**53 floating point makes neighbours one: as categories they differ, as numbers they cannot."""
    for kind in (np.int64, np.uint64, object):
        ratings = read(np.array([[2**60, 2**60 + 1], [2**60, 2**60], [2**60 + 1] * 2], dtype=kind))
        assert ratings.codes.tolist() == [[0, 1], [0, 0], [1, 1]]
        assert ratings.categories == (2**60, 2**60 + 1)
        assert measure(ratings, krippendorff()).value == pytest.approx(0.4444, abs=0.0001)
        with pytest.raises(InputError, match="cannot tell some of the numbers apart"):
            measure(ratings, krippendorff("interval"))
    top = read(np.array([[2**64 - 1, 2**64 - 2]] * 2, dtype=np.uint64))
    assert top.categories == (2**64 - 2, 2**64 - 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"categories": "ab"}, "categories: 'ab' was given. Give a list"),
        ({"categories": 5}, "categories: 5 was given"),
        ({"categories": {"a", "b"}}, "a set was given, which has no order"),
        ({"categories": [["a"], ["b"]]}, "neither text, a number nor a set"),
        ({"categories": ["a", "b", None]}, "None: it is empty"),
        ({"categories": ["a", "b", ""]}, "it is empty"),
        ({"categories": ["a", "b", 3]}, "they are mixed: a number, text"),
        ({"categories": ["a", "b", math.inf]}, "the rating is infinite"),
        ({"categories": []}, "'a' is not among the declared"),
        ({"coders": "ab"}, "coders: 'ab' was given"),
        ({"coders": ["x", None]}, "one has no name"),
        ({"clusters": 5}, "clusters: 5 was given"),
        ({"clusters": "ab"}, "clusters: 'ab' was given"),
    ],
)
def test_what_goes_with_the_ratings_is_checked(given, said):
    with pytest.raises(InputError, match=said):
        read([["a", "b"], ["b", "b"]], **given)


def test_truth_values_are_not_numbers_among_the_categories():
    with pytest.raises(InputError, match="0 is not among"):
        read([[1, 0], [1, 1]], categories=[False, True])
    with pytest.raises(InputError, match="False is not among"):
        read([[True, False]], categories=[0, 1])


def test_numbers_declared_out_of_order_have_no_ordinal_figure():
    rows = [[1, 2], [2, 2], [3, 3], [3, 1]]
    for coefficient in (krippendorff("ordinal"), gwet("ordinal")):
        with pytest.raises(InputError, match="in doubt"):
            measure(read(rows, categories=[3, 1, 2]), coefficient)
        up, down = (
            measure(read(rows, categories=order), coefficient).value for order in ([1, 2, 3], [3, 2, 1])
        )
        assert up == pytest.approx(down)
    assert measure(read(rows, categories=[3, 1, 2]), krippendorff("interval")).defined


def test_coders_are_chosen_by_name_once():
    ratings = read([["a", "b"], ["b", "b"]])
    with pytest.raises(InputError, match="'coder 3' is unknown"):
        ratings.of_coders("coder 1", "coder 3")
    with pytest.raises(InputError, match="named twice"):
        ratings.of_coders("coder 1", "coder 1")


def test_distances_of_sets_want_sets():
    ratings = read([["a", "b"], ["b", "b"]])
    for distance in (jaccard, masi, lambda one, other: None):
        with pytest.raises(InputError, match="need ratings that are sets"):
            measure(ratings, krippendorff(distance))
    with pytest.raises(InputError, match="not sets of codes"):
        ratings.has("a")
    for crooked in ([["a", "b"], ["c", "d"]], [[0, 1], [1]]):
        with pytest.raises(InputError, match="neither a name, a function nor a table"):
            measure(ratings, krippendorff(crooked))
        with pytest.raises(InputError, match="neither a name, a function nor a table"):
            measure(ratings, gwet(crooked))


def test_every_problem_at_once():
    with pytest.raises(InputError) as caught:
        read([["a", ""], ["x", math.inf]], categories=["a", "b"], coders=["one"], clusters=["d"])
    text = str(caught.value)
    for said in (
        "1 names",
        "1 clusters for 2 units",
        "unit 1, coder 2",
        "unit 2, coder 2",
        "'x' is not among",
    ):
        assert said in text


def test_long_lists_of_problems_are_cut_and_counted():
    with pytest.raises(InputError) as caught:
        read(np.full((100, 2), np.inf))
    assert len(caught.value.problems) == 21
    assert "180 more problems" in str(caught.value)


def test_declared_categories_are_checked():
    with pytest.raises(InputError, match="List each category once"):
        read([["a", "b"]], categories=["a", "b", "a"])
    with pytest.raises(InputError, match="'c' is not among"):
        read([["a", "c"]], categories=["a", "b"])
    with pytest.raises(InputError, match="3 is not among"):
        read([[1, 3], [1, 1]], categories=[1, 2])
    with pytest.raises(InputError, match="'z' is not a category"):
        read([["a", "b"]]).collapse("z")


def test_a_unit_without_its_document_is_refused():
    with pytest.raises(InputError, match="the first being unit 2"):
        read([["a", "b"], ["b", "b"]], clusters=["d", None])


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.binary(max_size=2),
    st.complex_numbers(),
    st.decimals(),
    st.datetimes(),
    st.lists(st.integers(), max_size=2),
    st.frozensets(st.integers(0, 2), max_size=2),
)


@settings(max_examples=150)
@given(st.lists(st.lists(anything, max_size=3), max_size=4))
def test_whatever_comes_in_there_is_a_result_or_an_input_error(values):
    try:
        ratings = read(values)
    except InputError:
        return
    for coefficient in (krippendorff(), gwet(), light(), percent_agreement()):
        result = measure(ratings, coefficient, Posterior(20))
        assert result.defined or result.reason


def test_missing_in_every_guise_is_missing():
    import pandas as pd

    frame = pd.DataFrame({"x": ["a", None, "b", np.nan], "y": ["a", "b", pd.NA, "b"]})
    assert read(frame).codes.tolist() == [[0, 0], [-1, 1], [1, -1], [-1, 1]]
    numbers = pd.DataFrame({"x": [1.0, np.nan], "y": pd.array([2, None], dtype="Int64")})
    assert read(numbers).codes.tolist() == [[0, 1], [-1, -1]]


@pytest.mark.parametrize("kind", [np.int8, np.uint64, np.float32, np.float64, object, str, bool])
def test_kinds_of_arrays_give_the_same_codes(kind):
    values = np.array([[0, 1], [1, 1], [0, 0]]).astype(kind)
    assert read(values).codes.tolist() == [[0, 1], [1, 1], [0, 0]]


def test_numbers_fast_and_slow_agree():
    rng = np.random.default_rng(0)
    for low, high in ((-5, 5), (10**6, 10**6 + 9), (-(10**9), 10**9), (3, 4)):
        table = rng.integers(low, high, (50, 3)).astype(float)
        table[rng.random(table.shape) < 0.2] = np.nan
        fast, slow = read(table), read(table.astype(object))
        assert fast.categories == slow.categories
        assert (fast.codes == slow.codes).all()
    halves = rng.integers(0, 5, (50, 3)) / 2
    assert read(halves).categories == read(halves.astype(object)).categories == (0, 0.5, 1, 1.5, 2)


def test_too_many_different_values_are_refused_not_tried():
    table = np.random.default_rng(1).random((20_000, 2))
    for coefficient in (
        krippendorff(),
        krippendorff("ratio"),
        krippendorff("ordinal"),
        gwet(),
        conger(),
        cohen(),
    ):
        with pytest.raises(InputError, match="too many"):
            measure(read(table), coefficient)
    assert measure(read(table), krippendorff("interval"), Linearised(by="unit")).defined


def test_hostile_text_is_only_text():
    rows = [["\x00", "\u202e<script>"], ["' OR 1=1", "\x00"], ["\U0001f600", "\U0001f600"]]
    assert measure(read(rows), krippendorff()).n_categories == 4


# Coded text --------

TWO = {"coder": ["A", "B"], "start": [0, 2], "end": [5, 6], "code": ["x", "y"], "length": 20}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"coder": "AB"}, "coder: 'AB' was given. Give a list"),
        ({"start": 5}, "start: 5 was given"),
        ({"start": [False, True]}, "positions False and 5 are not whole"),
        ({"end": [10**30, 6]}, "outside the text of 20"),
        ({"coders": {"A", "B"}}, "a set was given"),
        ({"coders": ["A", "B", "A"]}, "one is named twice"),
        ({"coders": ["A", "B", None]}, "one has no name"),
        ({"coders": 7}, "coders: 7 was given"),
        ({"codes": "xy"}, "codes: 'xy' was given"),
        ({"code": ["x", " "]}, "span 2: it has no code"),
        ({"length": {1: 20, "1": 30}, "document": [1, 1]}, "two documents have one name"),
        ({"length": True}, "not a length"),
    ],
)
def test_what_goes_with_the_spans_is_checked(change, said):
    with pytest.raises(InputError, match=said):
        read_spans(**(TWO | change))


def test_numpy_and_whole_floats_are_positions():
    plain = read_spans(**TWO)
    for kind in (np.int32, np.uint8, np.float64):
        start, end = np.array([0, 2], dtype=kind), np.array([5, 6], dtype=kind)
        found = read_spans(**(TWO | {"start": start, "end": end, "length": np.int64(20)}))
        assert unitised_alpha(found).value == unitised_alpha(plain).value


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s: s.of_coders("A"), "1 named; agreement needs 2 or more"),
        (lambda s: s.of_coders("A", "A"), "named twice"),
        (lambda s: s.of_coders("A", "Z"), "'Z' is unknown"),
        (lambda s: s.of_document("other"), "'other' is unknown"),
        (lambda s: s.only("x", "x"), "named twice"),
        (lambda s: s.domains({"one": ["x"], "two": ["x", "y"]}), "named twice"),
        (lambda s: s.domain("x", "one"), "domain one: 'x' was given"),
        (lambda s: atlas_ti(s, ["x"]), "no domains"),
        (lambda s: atlas_ti(s, {"one": ["x"], "two": ["x"]}), "named twice"),
        (lambda s: unitised_alpha(s, None), "None. Known: cu"),
        (lambda s: unitised_alpha_of_code(s, None), "None is unknown"),
        (lambda s: alpha_u(s, 3), "3 is unknown"),
        (lambda s: unitised_alpha(s, coded_by=["A"]), "not a list of coders for each document"),
        (lambda s: unitised_alpha(s, coded_by={"text": None}), "not a list of coders for each document"),
        (lambda s: boundary_similarity(s, near=2.5), "no whole number"),
        (lambda s: boundary_similarity(s, near=math.nan), "no whole number"),
        (lambda s: window_diff(s, window="3"), "no whole number"),
        (lambda s: pk(s, window=2.5), "no whole number"),
        (lambda s: maxqda(s, overlap="1"), "not above 0"),
        (lambda s: maxqda(s, None), "None"),
        (lambda s: gamma(s, samples=2.5), "not a number of samples"),
        (lambda s: gamma(s, seed=-1), "not a seed"),
        (lambda s: gamma(s, place="1"), "not a weight"),
        (lambda s: gamma(s, between=[["a"]]), "neither a name, a function nor a table"),
    ],
)
def test_measures_of_coded_text_check_what_they_are_asked(act, said):
    with pytest.raises(InputError, match=said):
        act(read_spans(**TWO))


@pytest.mark.parametrize(
    "change",
    [
        {"coders": "2"},
        {"coders": 2.5},
        {"shares": "ab"},
        {"shares": [math.nan, 0.5]},
        {"shares": 3},
        {"level": "95"},
    ],
)
def test_plans_check_what_they_are_asked(change):
    with pytest.raises(InputError, match=next(iter(change))):
        units_needed(krippendorff(), 0.1, **({"strength": 0.8, "shares": [0.5, 0.5]} | change))
