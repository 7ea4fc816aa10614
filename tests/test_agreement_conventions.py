"""Boundary measures, and what other programs report: published examples, other libraries, brute force."""

from __future__ import annotations

import math
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.agreement.as_other_programs import atlas_ti, holsti, maxqda, nvivo
from casestudy.agreement.boundaries import boundary_similarity, edited, pk, window_diff
from casestudy.agreement.spans import read_spans
from casestudy.agreement.unitised import unitised_alpha, unitised_alpha_of_code
from casestudy.errors import InputError


def segmented(*masses):
    """Spans of coders who cut a text into segments of these lengths."""
    rows = [
        (str(g), sum(mass[:i]), sum(mass[: i + 1])) for g, mass in enumerate(masses) for i in range(len(mass))
    ]
    coder, start, end = zip(*rows, strict=True)
    return read_spans(coder, start, end, ["x"] * len(rows), length=sum(masses[0]))


@pytest.mark.parametrize(
    ("other", "value"), [([5, 6], 0.5), ([2, 3, 3, 3], 2 / 3), ([2, 2, 7], 0.75), ([1, 1, 3, 1, 5], 0.5)]
)
def test_boundary_similarity_as_segeval_tests_it(other, value):
    assert boundary_similarity(segmented([2, 3, 6], other)).value == pytest.approx(value)


def test_pk_as_segeval_tests_it():
    """Its tests give one direction each; here both are averaged."""
    assert pk(segmented([2, 3, 6], [2, 2, 7])).value == pytest.approx(2 / 9)
    thirds, moved, extra = [4, 4, 5], [5, 3, 5], [5, 1, 2, 5]
    assert pk(segmented(moved, thirds)).value == pytest.approx(2 / 11)
    assert pk(segmented(moved, extra), window=2).value == pytest.approx(1 / 11)
    assert pk(segmented(thirds, extra), window=2).value == pytest.approx(3 / 11)
    assert pk(segmented([13], thirds)).value == pytest.approx((1 + 4 / 11) / 2)
    assert pk(segmented([1] * 13, thirds), window=2).value == pytest.approx(7 / 11)


@settings(max_examples=80)
@given(st.integers(0, 100_000), st.integers(2, 6))
def test_windows_agree_with_nltk(seed, k):
    from nltk.metrics.segmentation import pk as nltk_pk
    from nltk.metrics.segmentation import windowdiff

    rng = np.random.default_rng(seed)
    marks = rng.random((2, 29)) < 0.2
    if not marks.any():
        return
    masses = [np.diff([0, *(np.flatnonzero(one) + 1), 30]).tolist() for one in marks]
    spans = segmented(*masses)
    first, second = ("".join("1" if one else "0" for one in row) for row in marks)
    assert window_diff(spans, window=k).value == pytest.approx(windowdiff(first, second, k))
    assert pk(spans, window=k).value == pytest.approx(nltk_pk(first, second, k))


@pytest.mark.parametrize("seed", range(40))
def test_windows_by_the_definition(seed):
    """Window after window, boundary after boundary, for three coders and two documents."""
    rng = np.random.default_rng(seed)
    lengths, coders, rows = {"p": 23, "q": 17}, "ABC", []
    for name, length in lengths.items():
        for coder in coders:
            cuts = [0, *(i for i in range(1, length) if rng.random() < 0.2), length]
            rows += [(coder, a, b, name) for a, b in pairwise(cuts)]
    columns = list(zip(*rows, strict=True))
    spans = read_spans(*columns[:3], ["x"] * len(rows), length=lengths, document=columns[3])
    edges = {
        (g, d): {a for who, a, _, name in rows if (who, name) == (g, d) and a}
        for g in coders
        for d in lengths
    }
    k = int(rng.integers(2, 6))
    wrong = {"window_diff": [], "pk": []}
    for one, other in permutations(coders, 2):
        counts = [
            tuple(sum(i < at <= i + k for at in edges[who, d]) for who in (one, other))
            for d, length in lengths.items()
            for i in range(length - k)
        ]
        wrong["window_diff"].append(np.mean([a != b for a, b in counts]))
        wrong["pk"].append(np.mean([bool(a) != bool(b) for a, b in counts]))
    assert window_diff(spans, window=k).value == pytest.approx(np.mean(wrong["window_diff"]))
    assert pk(spans, window=k).value == pytest.approx(np.mean(wrong["pk"]))


@pytest.mark.extra
def test_against_segeval():
    import segeval

    rng = np.random.default_rng(8)
    for _ in range(60):
        marks = rng.random((2, 29)) < 0.15
        one, other = (tuple(np.diff([0, *(np.flatnonzero(row) + 1), 30]).tolist()) for row in marks)
        if len(one) == len(other) == 1:
            continue
        spans, k = segmented(one, other), int(rng.integers(2, 6))
        both = [(one, other), (other, one)]
        theirs = np.mean([float(segeval.pk(a, b, window_size=k)) for a, b in both])
        assert pk(spans, window=k).value == pytest.approx(theirs)
        found = [float(segeval.boundary_similarity(one, other, n_t=near)) for near in (2, 4)]
        assert boundary_similarity(spans).value == pytest.approx(found[0])
        # Where more than neighbours count as near, it does not always find the best pairs.
        assert boundary_similarity(spans, near=4).value >= found[1] - 1e-9


def test_near_misses_are_paired_as_well_as_can_be():
    """Every pairing of up to four boundaries with up to four others, by brute force."""
    rng = np.random.default_rng(1)

    def best(left, right, near):
        if not left:
            return 0, 0
        found = [best(left[1:], right, near)]
        for i, b in enumerate(right):
            if abs(left[0] - b) < near:
                pairs, apart = best(left[1:], right[:i] + right[i + 1 :], near)
                found.append((pairs + 1, apart - abs(left[0] - b)))
        return max(found)

    for _ in range(300):
        one, other = (
            sorted(rng.choice(20, size=rng.integers(0, 5), replace=False).tolist()) for _ in range(2)
        )
        near = int(rng.integers(1, 6))
        matched = set(one) & set(other)
        left, right = [a for a in one if a not in matched], [b for b in other if b not in matched]
        pairs, apart = best(left, right, near)
        whole = len(matched) + len(left) + len(right) - pairs
        kept = len(matched) + pairs + apart / near
        found = edited(np.array(one, dtype=int), np.array(other, dtype=int), near)
        assert found == pytest.approx((kept, whole))


def test_boundaries_alike_and_none():
    same = segmented([3, 4, 5], [3, 4, 5], [3, 4, 5])
    assert boundary_similarity(same).value == 1
    assert window_diff(same).value == pk(same).value == 0
    none = segmented([12], [12])
    for measure in (boundary_similarity, window_diff, pk):
        assert "Nobody drew a boundary" in measure(none).reason
    assert "longer than the window" in pk(segmented([2, 2], [1, 3]), window=9).reason
    assert "Not corrected for chance" in pk(same).notes[-1]
    for wrong in (lambda: pk(same, window=0), lambda: boundary_similarity(same, near=0)):
        with pytest.raises(InputError, match="less than 1"):
            wrong()


def test_more_distance_is_less_similar():
    values = [
        boundary_similarity(segmented([50, 50], [50 + d, 50 - d]), near=10).value for d in (0, 2, 5, 9, 10)
    ]
    assert values == pytest.approx([1, 0.8, 0.5, 0.1, 0])


def test_nvivo_on_its_own_example():
    """A thousand characters: 50 coded by both, 150 by one, 800 by neither: 85 %."""
    spans = read_spans(["A", "B"], [0, 0], [200, 50], ["x", "x"], length=1000)
    percent, kappa = nvivo(spans, "x")
    assert percent.value == 0.85
    chance = (200 * 50 + 800 * 950) / 1000
    assert kappa.value == pytest.approx((850 - chance) / (1000 - chance))
    assert "80.0 % of the text was coded by neither" in kappa.notes[0]


def test_nvivo_kappa_is_cohens_kappa_of_characters():
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(2)
    rows, marks = [], np.zeros((2, 300), dtype=int)
    for g in (0, 1):
        for a in range(0, 300, 30):
            if rng.random() < 0.6:
                b = a + int(rng.integers(5, 30))
                rows.append(("AB"[g], a, b))
                marks[g, a:b] = 1
    coder, start, end = zip(*rows, strict=True)
    spans = read_spans(coder, start, end, ["x"] * len(rows), length=300)
    percent, kappa = nvivo(spans, "x")
    assert percent.value == pytest.approx((marks[0] == marks[1]).mean())
    assert kappa.value == pytest.approx(cohen_kappa_score(*marks))
    both = (marks[0] & marks[1]).sum()
    assert holsti(spans, "x").value == pytest.approx(2 * both / marks.sum())


def test_blank_text_inflates_nvivos_figures_and_not_cu_alpha():
    rows = [("A", 0, 40, "x"), ("A", 60, 80, "y"), ("B", 0, 30, "x"), ("B", 30, 40, "y"), ("B", 60, 85, "y")]
    columns = list(zip(*rows, strict=True))
    short, long = (read_spans(*columns, length=n) for n in (100, 5000))
    assert nvivo(long, "x")[0].value > nvivo(short, "x")[0].value
    assert nvivo(long, "x")[1].value > nvivo(short, "x")[1].value
    assert unitised_alpha(long, "cu").value == unitised_alpha(short, "cu").value


def test_nvivo_undefined_is_not_one():
    blank = read_spans([], [], [], [], length=100, coders=["A", "B"], codes=["x"])
    percent, kappa = nvivo(blank, "x")
    assert percent.value == 1
    assert "all or nothing" in kappa.reason
    empty = read_spans([], [], [], [], length=0, coders=["A", "B"], codes=["x"])
    assert not nvivo(empty, "x")[0].defined
    assert "Nobody coded" in holsti(blank, "x").reason
    with pytest.raises(InputError, match="two coders"):
        nvivo(read_spans(["A", "B", "C"], [0, 0, 0], [1, 1, 1], ["x"] * 3, length=9), "x")
    with pytest.raises(InputError, match="'z' is unknown"):
        nvivo(blank, "z")


def test_maxqda_on_segments():
    rows = [
        ("A", 0, 100, "x"),
        ("A", 200, 260, "y"),
        ("B", 5, 100, "x"),
        ("B", 200, 250, "y"),
        ("B", 300, 310, "z"),
    ]
    spans = read_spans(*zip(*rows, strict=True), length=400)
    for overlap, hits in ((0.96, 0), (0.95, 2), (0.9, 2), (0.8, 4), (0.01, 4)):
        percent, kappa = maxqda(spans, overlap=overlap)
        assert percent.value == pytest.approx(hits / 5)
        assert kappa.value == pytest.approx((hits / 5 - 1 / 3) / (2 / 3))
    assert "unconfirmed" in kappa.notes[-1]
    one = read_spans(["A", "B"], [0, 0], [9, 9], ["x", "x"], length=10)
    assert "only one code" in maxqda(one)[1].reason
    none = read_spans([], [], [], [], length=10, coders=["A", "B"], codes=["x", "y"])
    assert all("Nobody coded" in result.reason for result in maxqda(none))


def test_maxqda_on_documents():
    rows = [("A", 0, 5, "x", "d"), ("A", 6, 9, "x", "d"), ("A", 0, 5, "y", "e")]
    rows += [("B", 0, 5, "x", "d"), ("B", 0, 5, "y", "e"), ("B", 7, 9, "x", "e")]
    coder, start, end, code, document = zip(*rows, strict=True)
    spans = read_spans(coder, start, end, code, length={"d": 10, "e": 10}, document=document)
    assert maxqda(spans, "existence")[0].value == pytest.approx(2 / 3)
    assert maxqda(spans, "frequency")[0].value == pytest.approx(1 / 3)
    assert maxqda(spans, "existence", absent_agrees=True)[0].value == pytest.approx(3 / 4)
    with pytest.raises(InputError, match="Did you mean 'segment'"):
        maxqda(spans, "segments")
    with pytest.raises(InputError, match="overlap"):
        maxqda(spans, overlap=90)


def test_atlas_ti_names_the_u_alpha_family():
    rows = [("A", 0, 20, "x"), ("A", 30, 50, "y"), ("A", 5, 15, "p"), ("B", 0, 22, "x"), ("B", 30, 45, "x")]
    rows += [("B", 45, 50, "y"), ("B", 6, 15, "q"), ("A", 60, 70, "p"), ("B", 60, 70, "p")]
    spans = read_spans(*zip(*rows, strict=True), length=100)
    found = {
        one.name.split(",")[0]: one for one in atlas_ti(spans, {"first": ["x", "y"], "second": ["p", "q"]})
    }
    assert found["c-alpha-binary of 'first'"].value == pytest.approx(
        unitised_alpha(spans.domain(["x", "y"], "first"), "|u").value
    )
    part = spans.only("x", "y")
    assert found["cu-alpha of 'first'"].value == pytest.approx(unitised_alpha(part, "cu").value)
    assert found["csu-alpha of 'y' in 'first'"].value == pytest.approx(
        unitised_alpha_of_code(part, "y").value
    )
    # One text of coder A has both domains: Cu-alpha cannot be computed, and says where.
    assert "two values" in found["Cu-alpha over domains"].reason
    apart = [row for row in rows if row[3] in "xy" or row[1] == 60]
    clean = read_spans(*zip(*apart, strict=True), length=100, codes=list("xypq"))
    last = atlas_ti(clean, {"first": ["x", "y"], "second": ["p", "q"]})[-1]
    assert last.value == pytest.approx(1)


def test_one_text_many_figures():
    """Why a bare word for agreement says nothing: the same codings, measured in a dozen ways."""
    rows = [("A", 0, 40, "x"), ("A", 60, 80, "y"), ("B", 0, 30, "x"), ("B", 30, 40, "y"), ("B", 60, 85, "y")]
    spans = read_spans(*zip(*rows, strict=True), length=200)
    found = [*nvivo(spans, "x"), *maxqda(spans, overlap=0.7), holsti(spans, "x"), boundary_similarity(spans)]
    found += [unitised_alpha(spans, form) for form in ("u", "|u", "cu")]
    values = [round(one.value, 2) for one in found]
    assert max(values) - min(values) > 0.4
    assert len({one.name for one in found}) == len(found)
    assert all(one.definition and one.source for one in found)


def test_every_result_has_a_row():
    spans = segmented([3, 4, 5], [4, 3, 5])
    for one, column in product((boundary_similarity(spans), pk(spans)), ("value", "reason", "n_units")):
        assert column in one.as_row()
    assert math.isnan(pk(spans).interval.low)
