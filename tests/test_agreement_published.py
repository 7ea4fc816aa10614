"""Figures that others printed, each with the place where it was read.

dkpro-statistics (Apache-2.0) takes its tests' tables and figures from the papers named here; segeval (BSD),
pygamma-agreement (MIT) and text-alpha (a repository of zyocum's) print what their own programs compute. Only
tables and figures are taken. Where dkpro notes that a paper's figure is a slip, so does the test.
"""

from __future__ import annotations

import numpy as np
import pytest
from agreement_examples import COHEN_1968

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.alpha_u import alpha_u, expected, observed
from casestudy.agreement.boundaries import boundary_similarity, window_diff
from casestudy.agreement.coder_pairs import bennett, cohen, hubert, kappa_max, scott
from casestudy.agreement.coefficient import measure
from casestudy.agreement.gamma import gamma
from casestudy.agreement.intervals import Linearised
from casestudy.agreement.many_coders import brennan_prediger, fleiss
from casestudy.agreement.percent import per_category, percent_agreement
from casestudy.agreement.ratings import read
from casestudy.agreement.spans import read_spans
from casestudy.agreement.weights import jaccard, masi


def table(cells):
    """Pairs of ratings, one for each unit, from a text such as ``aa 12, ab 9``."""
    counts = [cell.split() for cell in cells.split(",")]
    return [list(pair) for pair, times in counts for _ in range(int(times))]


def values(rows, *coefficients):
    return [measure(read(rows), one).value for one in coefficients]


def rounded(found, printed, places):
    return found == pytest.approx(printed, abs=0.5 * 10**-places + 1e-9)


def segmented(*masses):
    """Spans of coders who cut a text into segments of these lengths."""
    rows = [
        (str(g), sum(mass[:i]), sum(mass[: i + 1])) for g, mass in enumerate(masses) for i in range(len(mass))
    ]
    coder, start, end = zip(*rows, strict=True)
    return read_spans(coder, start, end, ["x"] * len(rows), length=sum(masses[0]))


# Nominal coefficients, as dkpro-statistics tests them --------


def test_krippendorff_1980():
    """Two dichotomies (p. 133) and three coders (p. 139), every metric, and each category by itself."""
    two = [*zip("0100000010", "0110010100", strict=True)]
    result = measure(read(two), krippendorff())
    assert rounded((result.observed, result.expected, result.value), (0.400, 0.442, 0.095), 3)
    three = [
        (1, 1, 1),
        (1, 2, 2),
        (2, 2, 2),
        (4, 4, 4),
        (1, 4, 4),
        (2, 2, 2),
        (1, 2, 3),
        (3, 3, 3),
        (2, 2, 2),
    ]
    printed = {"nominal": 0.642, "interval": 0.547, "ratio": 0.483}
    for metric, value in printed.items():
        assert rounded(measure(read(three), krippendorff(metric)).value, value, 3)
    each = [one.value for one in per_category(read(three), krippendorff())]
    assert rounded(each, [0.381, 0.711, 0.717, 0.764], 3)


def test_krippendorff_2004():
    """P. 224, which ATLAS.ti's help pages repeat as 60 % and 56 % by chance; p. 227; p. 246."""
    dichotomy = [*zip("1100000000", "0110010100", strict=True)]
    result = measure(read(dichotomy), krippendorff())
    assert rounded(result.value, 0.095, 3)
    assert rounded(1 - result.expected, 0.56, 2)
    assert measure(read(dichotomy), percent_agreement()).value == pytest.approx(0.60)
    many = measure(read(table("aa 1, ab 1, bb 4, bc 1, cc 5")), krippendorff())
    assert rounded((many.observed, many.expected), (0.1667, 0.6268), 4)
    assert many.value == pytest.approx(0.734, abs=0.001)
    alike = table("aa 12, ab 9, ac 9, ba 9, bb 14, bc 9, ca 9, cb 9, cc 20")
    apart = table("aa 12, ab 18, ac 18, bb 14, bc 18, cc 20")
    four = (percent_agreement(), bennett(), scott(), cohen())
    assert rounded(values(alike, *four), [0.460, 0.190, 0.186, 0.186], 3)
    assert rounded(values(apart, *four), [0.460, 0.190, 0.186, 0.258], 3)


def test_zwick_1988():
    first = table("AA 20, AD 5, BB 10, BC 15, CB 15, CC 10, DA 5, DD 20")
    second = table("AA 20, AB 10, AC 10, BA 10, BB 10, CA 10, CC 10, DD 20")
    third = table("AA 20, AB 5, AC 5, AD 10, BB 10, BC 5, BD 5, CB 5, CC 10, CD 5, DD 20")
    for rows, printed in ((first, (0.467, 0.467)), (second, (0.444, 0.444)), (third, (0.460, 0.474))):
        found = values(rows, bennett(), scott(), cohen())
        assert found == pytest.approx([0.467, *printed], abs=0.001)


def test_brennan_and_prediger_1981():
    """Kappa moves with the margins, S does not; kappa over its largest attainable value."""
    first = table("11 50, 21 10, 22 10, 23 10, 31 20")
    second = table("11 50, 13 10, 22 10, 23 10, 31 10, 32 10")
    assert rounded(values(first, cohen(), bennett(), brennan_prediger()), [0.27, 0.40, 0.40], 2)
    assert rounded(values(second, cohen(), bennett(), brennan_prediger()), [0.29, 0.40, 0.40], 2)
    kappa, most = values(first, cohen(), kappa_max())
    assert rounded(kappa / most, 0.60, 2)
    kappa, most = values(second, cohen(), kappa_max())
    assert rounded(kappa / most, 0.29, 2)


def test_cohen_1960_largest_attainable_kappa():
    assert rounded(measure(read(COHEN_1968), kappa_max()).value, 0.831, 3)
    first = read(table("11 25, 12 12, 13 3, 21 13, 22 2, 23 15, 31 12, 32 16, 33 2"))
    assert rounded(measure(first, kappa_max()).value, 0.85, 2)


def test_agresti_1992_two_forms_for_a_category():
    """Kappa .493, standard error .057; the printed figures of categories pool the margins of both coders."""
    cells = "11 22, 12 2, 13 2, 21 5, 22 7, 23 14, 32 2, 33 36, 42 1, 43 17, 44 10"
    ratings = read(table(cells))
    result = measure(ratings, cohen(), Linearised())
    assert rounded((result.value, result.interval.standard_error), (0.493, 0.057), 3)
    pooled = [one.value for one in per_category(ratings, scott())]
    assert pooled == pytest.approx([0.781, 0.247, 0.402, 0.435], abs=0.001)
    assert pooled == pytest.approx([one.value for one in per_category(ratings, fleiss())])
    collapsed = [one.value for one in per_category(ratings, cohen())]
    assert collapsed[0] == pytest.approx(0.781, abs=0.001)
    assert collapsed[1] > pooled[1] + 0.01


def test_warrens_2012():
    """Hubert's kappa. The second example's printed .645 belongs to other counts than are printed with it."""

    def of(patterns):
        return [list(row) for row, times in patterns.items() for _ in range(times)]

    first = of({"1111": 10, "1010": 2, "1000": 2, "0001": 1, "0000": 15})
    assert rounded(measure(read(first), hubert()).value, 0.802479, 6)
    pair = read(first).of_coders("coder 1", "coder 2")
    assert measure(pair, cohen()).value == pytest.approx(8 / 11)
    second = {"1111": 6, "1000": 5, "0000": 4}
    assert rounded(measure(read(of(second)), hubert()).value, 0.675, 3)
    assert rounded(measure(read(of(second | {"1111": 4, "0000": 6})), hubert()).value, 0.645, 3)
    third = of({"1111": 6, "1010": 5, "0000": 4})
    assert rounded(measure(read(third), hubert()).value, 0.564, 3)


def test_randolph_2005():
    """Free and fixed margins part where one category is used most."""
    even = [*zip("YYNN", "YYNN", "YNYN", strict=True)]
    skew = [*zip("YYYY", "YYYY", "YNNY", strict=True)]
    assert rounded(values(even, fleiss(), brennan_prediger()), [0.33, 0.33], 2)
    assert rounded(values(skew, fleiss(), brennan_prediger()), [-0.20, 0.33], 2)


# Sets of codes --------

SETS = ["-/-", "A/-", "A/A", "A/B", "AB/A", "AB/AC", "ABC/ABC", "C/AC", "C/AC"]
SETS_READ = [[frozenset(one.strip("-")) for one in row.split("/")] for row in SETS]


def monotonic(one, other):
    """Passonneau's distance of 2004: 0, 1/3 for subsets, 2/3 for overlap, 1 for nothing in common."""
    if one == other:
        return 0.0
    return 1 / 3 if one < other or other < one else 2 / 3 if one & other else 1.0


def test_sets_of_codes_as_dkpro_statistics_tests_them():
    """Its MASI multiplies two distances; nltk's, and the one here, multiplies two similarities."""

    def multiplied(one, other):
        return monotonic(one, other) * jaccard(one, other)

    ratings = read(SETS_READ)
    for distance, printed in ((monotonic, (0.333, 0.409, 0.186)), (multiplied, (0.253, 0.338, 0.252))):
        result = measure(ratings, krippendorff(distance))
        assert (result.observed, result.expected, result.value) == pytest.approx(printed, abs=0.001)
    assert measure(ratings, percent_agreement()).value == pytest.approx(1 / 3)
    assert multiplied(frozenset("A"), frozenset("AB")) == pytest.approx(1 / 6)
    assert masi(frozenset("A"), frozenset("AB")) == pytest.approx(1 - 2 / 3 * 1 / 2)


def test_masi_as_nltk_documents_it():
    assert masi(frozenset([1, 2]), frozenset([1, 2, 3, 4])) == pytest.approx(0.665, abs=0.002)
    assert jaccard(frozenset([1, 2, 3]), frozenset([2, 3, 4])) == pytest.approx(0.5)


# Unitised text --------


def test_alpha_u_as_text_alpha_prints_it():
    """Its README: one token named by two and by three coders; parts of speech; lemmas; sentences."""
    two = read_spans(["a", "b"], [4, 4], [7, 7], ["NOUN", "VERB"], length=14)
    three = read_spans(["a", "b", "c"], [4, 4, 4], [7, 7, 7], ["NOUN", "VERB", "PRON"], length=14)
    for spans, printed in ((two, -0.41), (three, -0.318)):
        assert all(alpha_u(spans, one).value == pytest.approx(printed, abs=0.0005) for one in spans.codes)
        assert alpha_u(spans).value == pytest.approx(printed, abs=0.0005)
    sentences = read_spans(["a", "b", "b"], [0, 0, 4], [26, 4, 26], ["s"] * 3, length=26)
    assert rounded(alpha_u(sentences).value, 0.585, 3)
    starts, ends = [0, 4, 8, 16, 25], [3, 7, 15, 25, 26]
    words = {
        "PROPN PROPN VERB PRON PUNCT / PROPN PRON VERB PRON PUNCT": (
            {"VERB": 1.0, "PUNCT": 1.0, "PRON": 0.869, "PROPN": 0.58},
            0.859,
        ),
        "Mister You drop something . / Mister you drop something .": ({"You": -0.183, "you": -0.183}, 0.87),
    }
    for said, (printed, overall) in words.items():
        codes = [one for coder in said.split(" / ") for one in coder.split()]
        spans = read_spans(["a"] * 5 + ["b"] * 5, starts * 2, ends * 2, codes, length=26)
        assert {one: alpha_u(spans, one).value for one in printed} == pytest.approx(printed, abs=0.0005)
        assert alpha_u(spans).value == pytest.approx(overall, abs=0.0005)


def test_alpha_u_below_zero_as_dkpro_statistics_tests_it():
    spans = read_spans(["0", "1", "1", "1"], [1, 2, 4, 6], [9, 3, 5, 7], ["A"] * 4, length=10)
    found = (observed(spans, "A"), expected(spans, "A"), alpha_u(spans, "A").value)
    assert rounded(found, (0.9100, 0.5352, -0.7003), 4)


@pytest.mark.parametrize(("other", "wrong"), [([12], 3), ([5, 7], 2), ([1, 5, 6], 1), ([5, 1, 1, 5], 5)])
def test_window_diff_of_scaiano_and_inkpen(other, wrong):
    """As segeval tests it: so many of nine windows, the reference being cut in half."""
    assert window_diff(segmented([6, 6], other), window=3).value == pytest.approx(wrong / 9)


# Seven readers cut "Stargazers" (Hearst 1997), here the first two, and two hypotheses; segeval's test data.
READERS = {"1": (2, 3, 3, 1, 3, 6, 3), "2": (2, 8, 2, 4, 2, 3)}
HYPOTHESES = {"h1": (2, 6, 4, 2, 4, 3), "h2": (2, 1, 1, 1, 5, 8, 2, 1)}
STARGAZERS = [
    ("h1", "1", 0.31578947, 0.57142857),
    ("h2", "1", 0.47368421, 0.38888888),
    ("h1", "2", 0.42105263, 0.42857142),
    ("h2", "2", 0.47368421, 0.33333333),
]


@pytest.mark.parametrize(("hypothesis", "reader", "penalty", "similarity"), STARGAZERS)
def test_stargazers_as_segeval_tests_them(hypothesis, reader, penalty, similarity):
    """Its window is half the reader's mean segment: two here."""
    spans = segmented(READERS[reader], HYPOTHESES[hypothesis])
    assert window_diff(spans, window=2).value == pytest.approx(penalty, abs=1e-7)
    assert boundary_similarity(spans).value == pytest.approx(similarity, abs=1e-7)


# Four coders of four chapters of "The Moonstone" (Kazantseva and Szpakowicz 2012), as segeval has them.
MOONSTONE = [
    "2 8 2 1, 11 2, 2 1 7 2 1, 9 4",
    "10 4 3 2 1 8 3 2 6 1 2 8 10 9 4 10 4 8 4 3 5 4, 20 22 8 11 11 11 13 11 4, "
    "1 7 2 4 3 3 10 1 1 5 3 2 8 3 3 3 14 4 1 1 4 4 2 7 3 2 3 3 2 1 1, 10 10 15 11 4 10 13 5 4 23 6",
    "2 9 2 5 2 19 1 6, 17 25 4, 1 10 2 4 1 2 3 10 6 6 1, 12 5 29",
    "2 3 4 2 5 17 4 1, 6 5 27, 3 8 2 3 17 2 2 1, 3 15 15 5",
]


def test_moonstone_as_segeval_tests_it():
    """The mean of WindowDiff over all ordered pairs of coders in each chapter, 48 in all."""
    chapters = [[[int(n) for n in mass.split()] for mass in row.split(",")] for row in MOONSTONE]
    found = [window_diff(segmented(*masses)).value for masses in chapters]
    assert np.mean(found) == pytest.approx(0.42514977232721135, abs=1e-12)


# Three coders, seven codes: the example AlexPaulSuzan that pygamma-agreement tests with.
ALEX_PAUL_SUZAN = """
Alex 1 2 9, Alex 2 11 17, Alex 5 24 30, Alex 6 32 36, Alex 6 36 44, Alex 7 44 60,
Paul 1 2 9, Paul 3 11 17, Paul 5 19 25, Paul 6 32 44,
Suzan 1 2 9, Suzan 4 11 17, Suzan 5 21 27, Suzan 6 32 36, Suzan 6 36 40, Suzan 6 40 44
"""


def test_gamma_as_pygamma_agreement_tests_it():
    """Place weighs 3 and code 1: disorder 0.96, gamma of .44 to .47.

    Its text reaches from the first start to the last end. Its gamma-cat is lower than the one here: it also
    counts each unit that nobody answers, with each coder who lacks it, as a full difference of codes, and
    calls that case experimental. Without it, its classes give 0.2800249 for the difference of codes.
    """
    cells = [one.split() for one in ALEX_PAUL_SUZAN.replace("\n", " ").split(",")]
    coder, code, start, end = zip(*cells, strict=True)
    begin, stop = [int(one) - 2 for one in start], [int(one) - 2 for one in end]
    spans = read_spans(coder, begin, stop, code, length=58)
    where_and_what, what = gamma(spans, place=3.0, samples=100, seed=0)
    assert where_and_what.observed == pytest.approx(0.960625, abs=1e-6)
    assert 0.44 <= where_and_what.value <= 0.47
    assert what.observed == pytest.approx(0.2800249, abs=1e-6)
