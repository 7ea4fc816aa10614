"""Unitised text: the u-alpha family against brute force, alpha_U against its published examples."""

from __future__ import annotations

import math
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.agreement.alpha_u import alpha_u, expected, observed
from casestudy.agreement.as_other_programs import LEVELS, atlas_ti, holsti, maxqda, nvivo
from casestudy.agreement.boundaries import pk, window_diff
from casestudy.agreement.gamma import gamma
from casestudy.agreement.intervals import Bootstrap, Jackknife
from casestudy.agreement.spans import GAP, read_spans
from casestudy.agreement.summary import of_spans
from casestudy.agreement.unitised import FORMS, collect, unitised_alpha, unitised_alpha_of_code
from casestudy.errors import InputError


def spans_of(rows, length, **more):
    """Spans from (coder, start, end, code) rows."""
    columns = list(zip(*rows, strict=True)) if rows else [[], [], [], []]
    return read_spans(*columns, length=length, **more)


def random_rows(rng, length, coders="ABC", codes="xyz", document=None):
    """Spans without overlap within a coder; neighbours may touch."""
    rows = []
    for coder in coders:
        edges = np.sort(rng.choice(length + 1, size=8, replace=False)).tolist()
        for a, b in pairwise(edges):
            if rng.random() < 0.6:
                rows.append((coder, a, b, str(rng.choice(list(codes)))))
    return rows


def letters(rows, length, coders):
    """For each coder, each code point's code and the unit it lies in."""
    found = {coder: [(None, ("gap", coder, i)) for i in range(length)] for coder in coders}
    for number, (coder, a, b, code) in enumerate(rows):
        for i in range(a, b):
            found[coder][i] = (code, ("unit", number))
    return found


def brute_force(rows, length, coders, form):
    """The family counted code point by code point, as its definition says."""
    text = letters(rows, length, coders)
    codes = sorted({row[3] for row in rows})
    values = codes + [None] if form in ("u", "|u") else codes
    m = len(coders)
    seen = dict.fromkeys([(c, k) for c in values for k in values], 0.0)
    for one, other in permutations(coders, 2):
        for (c, _), (k, _) in zip(text[one], text[other], strict=True):
            if (c, k) in seen:
                seen[c, k] += 1 / (m - 1)
    margin = {c: sum(seen[c, k] for k in values) for c in values}
    total = sum(margin.values())
    if form in ("u", "|u"):
        # Ordered pairs of code points, without those within one unit (a gap's points are units of their own).
        points = [point for coder in coders for point in text[coder]]
        excluded = dict.fromkeys(values, 0.0)
        for value, unit in points:
            excluded[value] += sum(1 for _, other in points if other == unit)
    else:
        excluded = dict.fromkeys(values, 0.0)
        for coder, a, b, code in rows:
            for other in coders:
                if other != coder:
                    shared = sum(text[other][i][0] is not None for i in range(a, b))
                    excluded[code] += shared**2 / (m - 1)
    scale = total / (total**2 - sum(excluded.values()))
    chance = {
        (c, k): scale * (margin[c] * margin[k] - (c == k) * excluded[c]) for c in values for k in values
    }
    if form in ("u", "cu"):
        return 1 - (total - sum(seen[c, c] for c in values)) / (total - sum(chance[c, c] for c in values))
    if form == "|u":
        apart = sum(chance[None, k] for k in values) - chance[None, None]
        return 1 - (margin[None] - seen[None, None]) / apart
    if not margin[form]:
        return math.nan
    column = sum(chance[c, form] for c in values)
    return 1 - column / margin[form] * (margin[form] - seen[form, form]) / (column - chance[form, form])


@pytest.mark.parametrize("form", [*FORMS, "x", "y"])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("coders", ["AB", "ABC", "ABCD"])
def test_the_family_against_counting_code_points(form, seed, coders):
    rng = np.random.default_rng([seed, len(coders)])
    rows = random_rows(rng, 60, coders)
    spans = spans_of(rows, 60, coders=list(coders))
    found = unitised_alpha(spans, form) if form in FORMS else unitised_alpha_of_code(spans, form)
    assert found.value == pytest.approx(brute_force(rows, 60, coders, form), abs=1e-12, nan_ok=True)
    assert found.n_units == 60


def test_by_hand_two_coders_one_code():
    """One unit of four and one of six on ten code points: sums small enough to write down."""
    spans = spans_of([("A", 2, 6, "x"), ("B", 2, 8, "x")], 10)
    sums, _ = collect(spans)
    assert sums.observed[0].tolist() == [[8, 2], [2, 8]]
    assert sums.squares[0].tolist() == [16 + 36, 6 + 4]
    # e_xx = 20 (100 - 52)/(400 - 62), e_00 = 20 (100 - 10)/(400 - 62)
    alpha = 1 - (20 - 16) / (20 - 20 * (48 + 90) / 338)
    assert unitised_alpha(spans).value == pytest.approx(alpha)
    assert unitised_alpha(spans, "|u").value == pytest.approx(1 - 2 / (20 * 100 / 338))


def test_identical_coders_agree_completely_in_every_form():
    rows = [(coder, *span) for coder in "ABC" for span in [(0, 5, "x"), (9, 14, "y"), (14, 20, "x")]]
    spans = spans_of(rows, 40)
    for form in FORMS:
        assert unitised_alpha(spans, form).value == pytest.approx(1)
    result = unitised_alpha_of_code(spans, "x")
    assert result.value == pytest.approx(1)
    assert "Coverage: 100.0 %" in result.notes[0]


def test_forms_differ_on_one_text():
    rng = np.random.default_rng(11)
    spans = spans_of(random_rows(rng, 60), 60)
    values = [unitised_alpha(spans, form).value for form in FORMS] + [alpha_u(spans).value]
    assert len({round(value, 3) for value in values}) == 4


def test_documents_add_up_and_gaps_do_not_run_across_them():
    rng = np.random.default_rng(12)
    first, second = random_rows(rng, 50, "AB"), random_rows(rng, 70, "AB")
    rows = [(*row, "one") for row in first] + [(*row, "two") for row in second]
    coder, start, end, code, document = zip(*rows, strict=True)
    together = read_spans(coder, start, end, code, length={"one": 50, "two": 70}, document=document)
    shifted = [(g, a + 50, b + 50, c) for g, a, b, c in second]
    end_to_end = spans_of(first + shifted, 120)
    for form in FORMS:
        assert unitised_alpha(together, form).value == pytest.approx(unitised_alpha(end_to_end, form).value)
    assert together.of_document("two").start.tolist() == spans_of(second, 70).start.tolist()


def test_documents_of_one_coder_are_left_out():
    rng = np.random.default_rng(13)
    rows = [(*row, "one") for row in random_rows(rng, 50, "ABC")] + [("A", 3, 9, "x", "two")]
    coder, start, end, code, document = zip(*rows, strict=True)
    spans = read_spans(coder, start, end, code, length={"one": 50, "two": 70}, document=document)
    result = unitised_alpha(spans, coded_by={"one": "ABC", "two": "A"})
    assert result.value == pytest.approx(unitised_alpha(spans.of_document("one")).value)
    assert result.notes == ("Coded by fewer than two coders, left out: two.",)
    # Two of three coders in one document: that pair alone, not a third who saw nothing.
    some = spans_of(random_rows(rng, 50, "AB"), 50, coders=["A", "B", "C"])
    pair = unitised_alpha(some, coded_by={"text": ["A", "B"]}).value
    assert pair == pytest.approx(unitised_alpha(some.of_coders("A", "B")).value)
    assert pair != pytest.approx(unitised_alpha(some).value)
    with pytest.raises(InputError, match="'B' coded it but is not named"):
        unitised_alpha(some, coded_by={"text": ["A", "C"]})
    with pytest.raises(InputError, match="'texts' is unknown"):
        unitised_alpha(some, coded_by={"texts": ["A", "B"], "text": ["A", "B"]})


def test_intervals_resample_documents():
    rng = np.random.default_rng(14)
    rows = []
    for d in range(12):
        truth = random_rows(rng, 200, "A")
        rows += [(*row, f"d{d:02}") for row in truth]
        rows += [
            ("B", max(0, a - 2), b - 2, c, f"d{d:02}") for _, a, b, c in truth if b > 2 and rng.random() < 0.8
        ]
    coder, start, end, code, document = zip(*rows, strict=True)
    lengths = {f"d{d:02}": 200 for d in range(12)}
    spans = read_spans(coder, start, end, code, length=lengths, document=document)
    for method in (Bootstrap(500, seed=1), Jackknife()):
        result = unitised_alpha(spans, "u", interval=method)
        assert result.interval.low < result.value < result.interval.high
        assert (result.interval.sampled, result.interval.n_sampled) == ("document", 12)
    alone = unitised_alpha(spans.of_document("d00"), interval=Bootstrap(50))
    assert "one document only" in alone.interval.reason


# Krippendorff (2004), p. 254, as dkpro-statistics gives it: positions less 150.
K2004 = [
    ("i", 75, 145, "c"),
    ("i", 220, 250, "c"),
    ("j", 70, 150, "c"),
    ("j", 205, 225, "c"),
    ("j", 250, 270, "c"),
]
K2004 += [(g, a, b, "k") for g in "ij" for a, b in ((30, 90), (150, 200))]

# Krippendorff (1995), p. 57, as dkpro-statistics gives it: (start, length) for the first and second coder.
K1995 = {
    "A": ([(2, 8), (14, 6)], [(4, 4), (15, 2)]),
    "B": ([(0, 18)], [(0, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 3), (9, 1)]),
    "C": ([(2, 6), (10, 2), (14, 4), (20, 2)], [(0, 2), (4, 4), (10, 4), (16, 2), (20, 2)]),
    "D": ([(0, 2), (2, 8), (10, 4), (14, 6), (20, 4)], [(0, 4), (4, 4), (8, 7), (15, 2), (17, 7)]),
}


def k1995(stretch):
    rows = [
        (coder, int(a * stretch), int((a + n) * stretch), code)
        for code, both in K1995.items()
        for coder, units in zip("12", both, strict=True)
        for a, n in units
    ]
    return spans_of(rows, int(24 * stretch))


def test_alpha_u_krippendorff_2004():
    spans = spans_of(K2004, 300)
    assert observed(spans, "c") == pytest.approx(0.0144, abs=0.0001)
    assert expected(spans, "c") == pytest.approx(0.0532, abs=0.0001)
    assert alpha_u(spans, "c").value == pytest.approx(0.7286, abs=0.0001)
    assert observed(spans, "k") == 0
    assert expected(spans, "k") == pytest.approx(0.0490, abs=0.0001)
    assert alpha_u(spans, "k").value == 1
    assert alpha_u(spans).value == pytest.approx(0.8591, abs=0.0005)


def test_alpha_u_krippendorff_1995():
    """Observed figures follow; the printed expected ones contain a slip and are met to 0.005."""
    once = k1995(1)
    for code, value in {"A": 0.03125, "B": 2.26736, "C": 0.02777, "D": 0.38715}.items():
        assert observed(once, code) == pytest.approx(value, abs=0.00001)
    fine = k1995(50_000)
    printed = {"A": (0.06990, 0.553), "B": (1.17731, -0.926), "C": (0.08642, 0.679), "D": (0.41445, 0.066)}
    for code, (chance, value) in printed.items():
        assert expected(fine, code) == pytest.approx(chance, abs=0.005)
        assert alpha_u(fine, code).value == pytest.approx(value, abs=0.02)
    half = k1995(0.5)
    assert expected(half, "C") == pytest.approx(0.05494, abs=0.00001)
    assert alpha_u(half, "C").value == pytest.approx(0.494, abs=0.002)


@pytest.mark.parametrize("seed", range(4))
def test_alpha_u_against_its_formula_section_by_section(seed):
    rng = np.random.default_rng(seed)
    rows = random_rows(rng, 60, "ABC", "xy")
    spans = spans_of(rows, 60)
    for code in "xy":
        sections = {}
        for coder in "ABC":
            units = sorted((a, b) for g, a, b, c in rows if g == coder and c == code)
            cuts, at = [], 0
            for a, b in units:
                cuts += [(at, a, False)] if a > at else []
                cuts.append((a, b, True))
                at = b
            sections[coder] = cuts + ([(at, 60, False)] if at < 60 else [])
        total = 0.0
        for one, other in permutations("ABC", 2):
            for a, b, v in sections[one]:
                for c, d, w in sections[other]:
                    if v and w and max(a, c) < min(b, d):
                        total += (a - c) ** 2 + (b - d) ** 2
                    elif (v and not w and c <= a and b <= d) or (w and not v and a <= c and d <= b):
                        total += (b - a) ** 2 if v else (d - c) ** 2
        assert observed(spans, code) == pytest.approx(total / (3 * 2 * 60**2))
        units = [b - a for cuts in sections.values() for a, b, v in cuts if v]
        gaps = [b - a for cuts in sections.values() for a, b, v in cuts if not v]
        top = sum(
            (len(units) - 1) / 3 * (2 * n**3 - 3 * n**2 + n) + n**2 * sum(g - n + 1 for g in gaps if g >= n)
            for n in units
        )
        bottom = 180 * 179 - sum(n * (n - 1) for n in units)
        assert expected(spans, code) == pytest.approx(2 / 60 * top / bottom)


def test_alpha_u_of_several_documents():
    """Laid end to end, and no gap runs across: by the formula, with the gaps written down."""
    rows = [("A", 0, 4, "x"), ("B", 1, 4, "x"), ("A", 2, 5, "x"), ("B", 5, 9, "x")]
    spans = spans_of(rows, {"p": 10, "q": 12}, document=["p", "p", "q", "q"])
    # In p the ends agree and the starts are one apart; in q each lies in the other's gap.
    assert observed(spans, "x") == pytest.approx(2 * (1 + 3**2 + 4**2) / (2 * 22**2))
    gaps = [6, 2, 7, 1, 6, 5, 3]  # A: 4-10, 0-2, 5-12; B: 0-1, 4-10, 0-5, 9-12
    units = [4, 3, 3, 4]
    top = sum(
        (len(units) - 1) / 3 * (2 * n**3 - 3 * n**2 + n) + n**2 * sum(g - n + 1 for g in gaps if g >= n)
        for n in units
    )
    bottom = 44 * 43 - sum(n * (n - 1) for n in units)
    assert expected(spans, "x") == pytest.approx(2 / 22 * top / bottom)
    result = alpha_u(spans)
    assert result.value == pytest.approx(1 - observed(spans, "x") / expected(spans, "x"))
    assert result.n_pairable == 4 + 7
    assert "2 documents laid end to end" in result.notes[-1]
    # A document of nothing but a gap takes part; one document by itself is as it was.
    longer = spans_of(rows, {"p": 10, "q": 12, "r": 30}, document=["p", "p", "q", "q"])
    assert expected(longer, "x") != expected(spans, "x")
    alone = spans_of(rows[:2], 10)
    assert alpha_u(spans.of_document("p")).value == pytest.approx(alpha_u(alone).value)


def test_undefined_is_nan_with_a_reason():
    nothing = spans_of([], 20, coders=["A", "B"], codes=["x"])
    for form in FORMS:
        assert not unitised_alpha(nothing, form).defined
    assert "Nobody coded anything" in unitised_alpha(nothing).reason
    assert "Nobody coded 'x'" in unitised_alpha_of_code(nothing, "x").reason
    assert "Nobody coded" in alpha_u(nothing).reason
    apart = spans_of([("A", 0, 5, "x"), ("B", 10, 15, "x")], 20)
    assert "never overlaps" in unitised_alpha(apart, "cu").reason
    assert "never overlaps" in unitised_alpha_of_code(apart, "x").reason
    assert unitised_alpha(apart, "u").value < 0
    one = spans_of([("A", 0, 5, "x"), ("B", 3, 9, "x")], 20)
    assert "only 'x' was used" in unitised_alpha(one, "cu").reason
    full = spans_of([("A", 0, 20, "x"), ("B", 0, 20, "x")], 20)
    assert "cannot be distinguished" in unitised_alpha(full, "|u").reason
    assert not unitised_alpha(full, "u").defined
    empty = spans_of([], 0, coders=["A", "B"], codes=["x"])
    assert not unitised_alpha(empty).defined
    assert math.isnan(unitised_alpha(empty).value)


@pytest.mark.parametrize("length", [0, 1, 10, {"p": 0}, {"p": 0, "q": 0}, {"p": 0, "q": 9}])
def test_texts_without_a_word_or_a_code_have_no_figure(length):
    """Every function of unitised text; agreement on characters alone counts blank text, and says so."""
    spans = spans_of([], length, coders=["A", "B"], codes=["x"])
    found = [*of_spans(spans), *gamma(spans, by_code=True), window_diff(spans), pk(spans)]
    found += [*atlas_ti(spans, {"all": ["x"]}), holsti(spans, "x"), nvivo(spans, "x")[1]]
    found += [one for level in LEVELS for one in maxqda(spans, level)]
    for one in found:
        assert math.isnan(one.value)
        assert one.reason
    percent = nvivo(spans, "x")[0]
    assert percent.reason or any("100.0 % of the text was coded by neither" in one for one in percent.notes)


def test_all_of_the_text_by_one_coder_or_by_both():
    for rows in (
        [("A", 0, 9, "x")],
        [("A", 0, 9, "x"), ("B", 0, 9, "x")],
        [("A", 0, 9, "x"), ("B", 0, 9, "y")],
    ):
        for one in of_spans(spans_of(rows, 9, coders=["A", "B"])):
            assert one.value <= 1 or one.reason


def test_overlapping_codes_are_refused_with_the_places_and_taken_one_by_one():
    rows = [("A", 0, 9, "x"), ("A", 2, 4, "y"), ("A", 5, 7, "y"), ("B", 0, 8, "x"), ("B", 5, 7, "y")]
    spans = spans_of(rows, 20)
    with pytest.raises(InputError) as caught:
        unitised_alpha(spans)
    text = str(caught.value)
    assert "'y' at 2 overlaps" in text
    assert "'y' at 5 overlaps" in text
    assert "domain(codes)" in text
    assert unitised_alpha(spans.only("x")).value > 0.7
    assert unitised_alpha(spans.only("y")).defined
    assert unitised_alpha(spans.domain(["x", "y"], "either")).value == unitised_alpha(spans.only("x")).value
    assert alpha_u(spans).defined


def test_same_code_spans_that_overlap_are_merged_and_counted():
    rows = [
        ("A", 0, 5, "x"),
        ("A", 3, 8, "x"),
        ("A", 0, 5, "x"),
        ("A", 8, 9, "x"),
        ("A", 4, 4, "x"),
        ("B", 0, 9, "x"),
    ]
    spans = spans_of(rows, 12)
    mine = spans.coder == 0
    assert list(zip(spans.start[mine].tolist(), spans.end[mine].tolist(), strict=True)) == [(0, 8), (8, 9)]
    assert spans.notes == (
        "1 empty span left out.",
        "2 spans merged with another of the same coder and code that it overlaps.",
    )
    assert unitised_alpha(spans).notes == spans.notes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": [0, 9]}, "before it starts"),
        ({"end": [5, 21]}, "outside the text of 20"),
        ({"start": [-1, 2]}, "outside the text"),
        ({"start": [0.5, 2]}, "not whole numbers"),
        ({"start": ["0", 2]}, "not whole numbers"),
        ({"end": [float("inf"), 5]}, "not whole numbers"),
        ({"end": [None, 5]}, "not whole numbers"),
        ({"coder": ["A", "A"]}, "1 coder"),
        ({"coder": ["A"]}, "1 coders, 2 starts"),
        ({"coder": ["A", None], "coders": ["A", "B"]}, "span 2: it has no coder"),
        ({"code": ["x", ""]}, "span 2: it has no code"),
        ({"code": ["x", np.nan]}, "span 2: it has no code"),
        ({"coders": ["A", "C"]}, "'B' is unknown"),
        ({"codes": ["y"]}, "'x' is unknown"),
        ({"length": -3}, "not a length"),
        ({"length": float("inf")}, "not a length"),
        ({"length": "20"}, "not a length"),
        ({"length": 10**12}, "more than 500,000,000"),
        ({"length": {}}, "no document"),
        ({"length": {"d": 20}, "document": ["d", "e"]}, "'e' is unknown"),
        ({"document": ["d", "d"]}, "one length"),
    ],
)
def test_bad_spans_are_refused_in_words(change, said):
    given = {"coder": ["A", "B"], "start": [0, 2], "end": [5, 6], "code": ["x", "x"], "length": 20} | change
    with pytest.raises(InputError, match=said):
        read_spans(**given)


def test_every_bad_span_at_once():
    with pytest.raises(InputError) as caught:
        read_spans(["A", "B"], [5, 2], [3, 99], ["x", "x"], length=20)
    assert len(caught.value.problems) == 2


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.permutations(["p", "q", "r"]), st.permutations(["A", "B", "C"]))
def test_names_and_order_do_not_matter(seed, codes, coders):
    rng = np.random.default_rng(seed)
    rows = random_rows(rng, 40)
    renamed = [
        (dict(zip("ABC", coders, strict=True))[g], a, b, dict(zip("xyz", codes, strict=True))[c])
        for g, a, b, c in rows
    ]
    rng.shuffle(renamed)
    one = spans_of(rows, 40, coders=list("ABC"))
    other = spans_of(renamed, 40, coders=list("ABC"))
    for form in FORMS:
        left, right = unitised_alpha(one, form).value, unitised_alpha(other, form).value
        assert left == pytest.approx(right, abs=1e-12) or (math.isnan(left) and math.isnan(right))
    left, right = alpha_u(one).value, alpha_u(other).value
    assert left == pytest.approx(right, abs=1e-12) or (math.isnan(left) and math.isnan(right))


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_pieces_cover_the_text_once(seed):
    rng = np.random.default_rng(seed)
    rows = random_rows(rng, 40)
    pieces = spans_of(rows, 40, coders=list("ABC")).pieces
    assert pieces.length.sum() == 40
    assert (pieces.length > 0).all()
    text = letters(rows, 40, "ABC")
    codes = sorted({row[3] for row in rows})
    spread = np.repeat(pieces.values, pieces.length, axis=0)
    for g, coder in enumerate("ABC"):
        assert [codes[v] if v != GAP else None for v in spread[:, g]] == [value for value, _ in text[coder]]


def test_shifting_boundaries_lowers_agreement():
    truth = [(a, a + 30, "xy"[i % 2]) for i, a in enumerate(range(0, 2000, 50))]
    found = []
    for shift in (0, 3, 8, 15):
        rows = [("A", a, b, c) for a, b, c in truth] + [("B", a + shift, b + shift, c) for a, b, c in truth]
        spans = spans_of(rows, 2100)
        found.append([unitised_alpha(spans, form).value for form in ("u", "|u")] + [alpha_u(spans).value])
    assert found[0] == pytest.approx([1, 1, 1])
    assert all(a > b for one, other in pairwise(found) for a, b in zip(one, other, strict=True))
