"""Gamma: alignments against brute force and the pygamma-agreement package, chance, undefined, bad input."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.agreement.alignment import NOBODY, Cost, Units, best
from casestudy.agreement.gamma import gamma
from casestudy.agreement.intervals import Bootstrap, Jackknife
from casestudy.agreement.posterior import Posterior
from casestudy.agreement.spans import read_spans
from casestudy.agreement.unitised import unitised_alpha
from casestudy.errors import InputError

ROWS = [
    ("A", 0, 9, "x"),
    ("A", 20, 30, "y"),
    ("A", 28, 40, "x"),
    ("A", 60, 70, "z"),
    ("B", 1, 9, "x"),
    ("B", 18, 30, "z"),
    ("B", 45, 60, "x"),
    ("C", 2, 12, "x"),
    ("C", 20, 41, "y"),
    ("C", 58, 71, "z"),
]


def spans_of(rows, length, **more):
    columns = list(zip(*rows, strict=True)) if rows else [[], [], [], []]
    return read_spans(*columns, length=length, **more)


def units_of(rows, coders):
    codes = sorted({row[3] for row in rows})
    columns = [(a, b, codes.index(code), coders.index(coder)) for coder, a, b, code in rows]
    arrays = [np.array(column, dtype=np.int64) for column in zip(*columns, strict=True)]
    return Units(*arrays), 1 - np.eye(len(codes))


# What the package's get_best_alignment says of these units: coders, weights of place and code, disorder.
PYGAMMA = [
    ("AB", 1, 1, 1.111326),
    ("AB", 3, 1, 1.152907),
    ("AB", 1, 2, 1.394679),
    ("AC", 1, 1, 0.346336),
    ("AC", 3, 1, 0.467579),
    ("AC", 1, 2, 0.346336),
    ("ABC", 1, 1, 0.830639),
    ("ABC", 3, 1, 1.128541),
    ("ABC", 1, 2, 1.030639),
]


@pytest.mark.parametrize(("coders", "place", "name", "disorder"), PYGAMMA)
def test_disorder_is_that_of_pygamma_agreement(coders, place, name, disorder):
    rows = [row for row in ROWS if row[0] in coders]
    units, between = units_of(rows, list(coders))
    _, found = best(units, len(coders), Cost(place, name, between))
    assert found / (len(rows) / len(coders)) == pytest.approx(disorder, abs=2e-6)


def tuple_cost(units, tuple_, coders, cost):
    """The mean over pairs of coders, as the definition says it."""
    by_coder = {int(units.coder[i]): i for i in tuple_}
    total = 0.0
    for g, h in combinations(range(coders), 2):
        if g not in by_coder or h not in by_coder:
            total += 1
            continue
        i, j = by_coder[g], by_coder[h]
        gap = abs(units.start[i] - units.start[j]) + abs(units.end[i] - units.end[j])
        length = units.end[i] - units.start[i] + units.end[j] - units.start[j]
        total += cost.place * (gap / length) ** 2 + cost.name * cost.between[units.code[i], units.code[j]]
    return total / math.comb(coders, 2)


def partitions(left, units):
    """Every way to put units into tuples with at most one of each coder."""
    if not left:
        yield []
        return
    first, rest = left[0], left[1:]
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            whole = (first, *others)
            if len({int(units.coder[i]) for i in whole}) == len(whole):
                for more in partitions([i for i in rest if i not in others], units):
                    yield [whole, *more]


@pytest.mark.parametrize("coders", [2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_alignments_against_brute_force(coders, seed):
    rng = np.random.default_rng([seed, coders])
    rows = []
    for _ in range(7):
        a = int(rng.integers(0, 40))
        code = str(rng.choice(list("xyz")))
        rows.append((str(rng.integers(coders)), a, a + int(rng.integers(1, 15)), code))
    units, between = units_of(rows, [str(g) for g in range(coders)])
    cost = Cost(float(rng.choice([0.5, 1, 3])), float(rng.choice([0, 1])), between)
    tuples, disorder = best(units, coders, cost)
    costs = (
        sum(tuple_cost(units, one, coders, cost) for one in way) for way in partitions([*range(7)], units)
    )
    assert disorder == pytest.approx(min(costs))
    used = [int(i) for one in tuples for i in one if i != NOBODY]
    assert len(used) == len(set(used))
    alone = [(i,) for i in range(7) if i not in used]
    ours = [*alone, *(tuple(int(i) for i in one if i != NOBODY) for one in tuples)]
    assert sum(tuple_cost(units, one, coders, cost) for one in ours) == pytest.approx(disorder)
    for one in tuples:
        assert all(units.coder[i] == g for g, i in enumerate(one) if i != NOBODY)


def test_by_hand():
    """Four units in two pairs: one pair a point apart in 17, the other alike with codes that differ."""
    rows = [("A", 0, 9, "x"), ("A", 20, 30, "y"), ("B", 1, 9, "x"), ("B", 20, 30, "z")]
    where_and_what, what = gamma(spans_of(rows, 200), seed=1)
    assert where_and_what.observed == pytest.approx(((1 / 17) ** 2 + 1) / 2)
    weight = 1 - (1 / 17) ** 2
    assert what.observed == pytest.approx(1 / (1 + weight))
    assert where_and_what.value == pytest.approx(1 - where_and_what.observed / where_and_what.expected)


@given(st.integers(0, 10_000), st.integers(2, 3))
@settings(max_examples=15)
def test_identical_coders_agree_completely(seed, coders):
    """However their units overlap."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 450, 6)
    units = [(int(a), int(a) + int(rng.integers(1, 50)), str(rng.choice(list("xyz")))) for a in start]
    rows = [(str(g), *one) for g in range(coders) for one in units]
    found = gamma(spans_of(rows, 500), samples=4, precision=0.5, seed=seed)
    assert found[0].value == pytest.approx(1)
    assert found[1].value == pytest.approx(1) or found[1].reason


def random_rows(rng, coders, number, length):
    rows = []
    for g in range(coders):
        for _ in range(number):
            a, code = int(rng.integers(0, length - 20)), str(rng.choice(list("xyz")))
            rows.append((str(g), a, a + int(rng.integers(5, 20)), code))
    return rows


def test_coders_who_know_nothing_of_each_other_come_out_near_zero():
    rng = np.random.default_rng(5)
    values = [gamma(spans_of(random_rows(rng, 2, 12, 600), 600), seed=7)[0].value for _ in range(20)]
    assert abs(np.mean(values)) < 0.06


def test_names_and_order_do_not_matter_and_a_seed_repeats():
    spans, quick = spans_of(ROWS, 100), {"samples": 10, "precision": 0.9, "seed": 3, "by_code": True}
    again = gamma(spans, **quick)
    assert [one.value for one in gamma(spans, **quick)] == [one.value for one in again]
    renamed = [(g, a, b, {"x": "p", "y": "q", "z": "r"}[code]) for g, a, b, code in reversed(ROWS)]
    other = gamma(spans_of(renamed, 100), **quick)
    assert [one.value for one in other] == pytest.approx([one.value for one in again], nan_ok=True)


def test_shifting_borders_lowers_gamma_and_not_gamma_cat():
    units = [(40 * i, 40 * i + 20, "xyz"[i % 3]) for i in range(12)]
    found = []
    for shift in (0, 3, 8):
        rows = [("A", *one) for one in units] + [("B", a + shift, b + shift, c) for a, b, c in units]
        found.append([one.value for one in gamma(spans_of(rows, 500), seed=1)])
    assert found[0][0] == 1 > found[1][0] > found[2][0]
    assert [one[1] for one in found] == [1, 1, 1]
    recoded = [("A", *one) for one in units] + [
        ("B", a, b, "xyz"[(i + (i < 4)) % 3]) for i, (a, b, _) in enumerate(units)
    ]
    where, what = gamma(spans_of(recoded, 500), seed=1)
    assert what.value < where.value < 1


def test_documents_are_aligned_by_themselves_and_resampled():
    rng = np.random.default_rng(4)
    rows, documents = [], []
    for d in range(8):
        for i in range(5):
            a, code = 40 * i + int(rng.integers(0, 10)), str(rng.choice(list("xy")))
            rows += [("A", a, a + 20, code), ("B", a + int(rng.integers(0, 9)), a + 24, code)]
            documents += [f"d{d}"] * 2
    lengths = {f"d{d}": 240 for d in range(8)}
    spans = spans_of(rows, lengths, document=documents)
    for method in (Posterior(200, seed=1), Bootstrap(200, seed=1), Jackknife()):
        result = gamma(spans, seed=1, interval=method)[0]
        assert result.interval.low < result.value < result.interval.high
        assert (result.interval.sampled, result.interval.n_sampled) == ("document", 8)
    # The same units at the same places of different documents never answer one another.
    apart = spans_of([("A", 0, 9, "x"), ("B", 0, 9, "x")], {"p": 50, "q": 50}, document=["p", "q"])
    where, what = gamma(apart, seed=1)
    assert where.observed == pytest.approx(2)
    assert "No units of different coders are aligned" in what.reason


def test_no_disagreement_at_all_has_no_interval():
    """Documents that all agree cannot say how much disagreement there may be: no 1.00 to 1.00."""
    rows = [(g, 10 * i, 10 * i + 5, "xy"[i % 2]) for g in "AB" for i in range(4)]
    documents = [f"d{i}" for _ in "AB" for i in (0, 0, 1, 1)]
    spans = spans_of(rows, {"d0": 80, "d1": 80}, document=documents)
    for method in (Posterior(50), Bootstrap(50), Jackknife()):
        for one in (*gamma(spans, seed=1, interval=method), unitised_alpha(spans, interval=method)):
            assert one.value == 1
            assert math.isnan(one.interval.low)
            assert math.isnan(one.interval.high)
            assert "No disagreement was observed" in one.interval.reason


def test_undefined_is_nan_with_a_reason():
    nothing = spans_of([], 50, coders=["A", "B"], codes=["x"])
    for one in gamma(nothing, by_code=True):
        assert math.isnan(one.value)
        assert "Nobody coded anything" in one.reason
    one_code = spans_of([("A", 0, 9, "x"), ("B", 1, 9, "x")], 90)
    where, what = gamma(one_code, seed=2)
    assert where.defined
    assert "chance leaves no disagreement" in what.reason
    unused = spans_of([("A", 0, 9, "x"), ("B", 1, 9, "x")], 90, codes=["x", "y"])
    assert "'y'" in gamma(unused, by_code=True, seed=2)[3].reason


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ({"samples": 0}, "not a number of samples"),
        ({"precision": 0}, "not between 0 and 1"),
        ({"place": -1}, "not a weight"),
        ({"name": math.inf}, "not a weight"),
        ({"place": math.nan}, "not a weight"),
        ({"between": [[0, 1], [1, 0]]}, "not symmetric"),
        ({"between": [[0, 1, 2], [1, 0, 1], [2, 1, 0]]}, "not symmetric"),
    ],
)
def test_bad_settings_are_refused(settings_, said):
    with pytest.raises(InputError) as caught:
        gamma(spans_of(ROWS, 100), **settings_)
    assert said in str(caught.value)


def test_too_many_alignments_are_refused_not_tried(monkeypatch):
    from casestudy.agreement import alignment

    monkeypatch.setattr(alignment, "_MOST_TUPLES", 50)
    rows = random_rows(np.random.default_rng(1), 3, 12, 60)
    with pytest.raises(InputError, match="too many ways"):
        gamma(spans_of(rows, 60))
