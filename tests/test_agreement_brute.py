"""Chance-corrected coefficients and segments, straight from their definitions, unit by unit and pair by pair.

Random tables with missing ratings, categories that nobody used and every set of weights; random coded text
with spans that overlap and several documents. Nothing here is shared with the package.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from casestudy.agreement.as_other_programs import holsti, maxqda, nvivo
from casestudy.agreement.coder_pairs import bennett, cohen, hubert, kappa_max, light, scott
from casestudy.agreement.coefficient import measure
from casestudy.agreement.many_coders import brennan_prediger, conger, fleiss, gwet
from casestudy.agreement.ratings import read
from casestudy.agreement.spans import read_spans
from casestudy.agreement.weights import WEIGHTS

NAN = math.nan
DECLARED = [1, 2, 4, 7]
Q = len(DECLARED)


def weight(name):
    """How much categories k and l agree, by the formulas of Gwet's sets."""
    low, high = min(DECLARED), max(DECLARED)
    span = high - low

    def loss(k, l):
        x, y = DECLARED[k], DECLARED[l]
        if k == l:
            return 0.0
        return {
            "identity": 1.0,
            "linear": abs(x - y) / span,
            "quadratic": (x - y) ** 2 / span**2,
            "ordinal": math.comb(abs(k - l) + 1, 2) / math.comb(Q, 2),
            "radical": math.sqrt(abs(x - y)) / math.sqrt(span),
            "ratio": ((x - y) / (x + y)) ** 2 / ((high - low) / (high + low)) ** 2,
            "circular": math.sin(math.pi * (x - y) / (span + 1)) ** 2,
            "bipolar": (x - y) ** 2 / ((x + y - 2 * low) * (2 * high - x - y)),
        }[name]

    table = [[loss(k, l) for l in range(Q)] for k in range(Q)]
    most = max(max(row) for row in table) if name in ("circular", "bipolar") else 1.0
    return [[1 - one / most for one in row] for row in table]


def corrected(observed, expected):
    undefined = math.isnan(observed) or math.isnan(expected) or abs(1 - expected) < 1e-12
    return NAN if undefined else (observed - expected) / (1 - expected)


def of_units(rows, w):
    """Gwet's framework: observed agreement, and agreement by chance of four coefficients."""
    units = [[one for one in row if one is not None] for row in rows]
    rated = [unit for unit in units if unit]
    agreed = [
        sum(w[a][b] for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j)
        / (len(unit) * (len(unit) - 1))
        for unit in units
        if len(unit) > 1
    ]
    pi = [sum(unit.count(k) / len(unit) for unit in rated) / len(rated) for k in range(Q)]
    whole, cells = sum(map(sum, w)), [(k, l) for k in range(Q) for l in range(Q)]
    own = []
    for g in range(len(rows[0])):
        given = [row[g] for row in rows if row[g] is not None]
        if given:
            own.append([given.count(k) / len(given) for k in range(Q)])
    m = len(own)
    mean = [sum(one[k] for one in own) / m for k in range(Q)]
    chance = {gwet: whole * sum(p * (1 - p) for p in pi) / (Q * (Q - 1)), brennan_prediger: whole / Q**2}
    chance[fleiss] = sum(w[k][l] * pi[k] * pi[l] for k, l in cells)
    chance[conger] = NAN
    if m > 1:
        spread = {
            (k, l): sum((one[k] - mean[k]) * (one[l] - mean[l]) for one in own) / (m - 1) for k, l in cells
        }
        chance[conger] = sum(w[k][l] * (mean[k] * mean[l] - spread[k, l] / m) for k, l in cells)
    return sum(agreed) / len(agreed), chance


def of_pairs(rows, w):
    """Observed and expected agreement of each pair of coders that met, and the ratings of the first pair."""
    found, first = [], []
    for g, h in combinations(range(len(rows[0])), 2):
        both = [(row[g], row[h]) for row in rows if row[g] is not None and row[h] is not None]
        first = first or both
        if both:
            seen = sum(w[a][b] for a, b in both) / len(both)
            found.append((seen, sum(w[a][b] for a, _ in both for _, b in both) / len(both) ** 2))
    return found, first


def same(found, expected):
    return (math.isnan(found) and math.isnan(expected)) or found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_every_coefficient_with_every_weight(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 12)), int(rng.integers(2, 5))
    p = rng.dirichlet(np.ones(Q))
    p[seed % Q] = 0  # a category that nobody used
    truth, noise = rng.choice(Q, n, p=p / p.sum()), rng.choice(Q, (n, m), p=p / p.sum())
    table = np.where(rng.random((n, m)) < 0.6, truth[:, None], noise)
    gone = rng.random((n, m)) < rng.choice([0, 0.2, 0.5])
    rows = [[None if gone[i, g] else int(table[i, g]) for g in range(m)] for i in range(n)]
    pairable = {one for row in rows for one in row if one is not None and sum(x is not None for x in row) > 1}
    if len(pairable) < 2:
        return
    ratings = read(
        [[None if one is None else DECLARED[one] for one in row] for row in rows], categories=DECLARED
    )
    for name in WEIGHTS:
        w = weight(name)
        observed, chance = of_units(rows, w)
        for maker, expected in chance.items():
            assert same(measure(ratings, maker(name)).value, corrected(observed, expected)), maker(name).name
        pairs, first = of_pairs(rows, w)
        means = [sum(column) / len(pairs) for column in zip(*pairs, strict=True)]
        assert same(measure(ratings, hubert(name)).value, corrected(*means))
        each = [corrected(*pair) for pair in pairs]
        assert same(measure(ratings, light(name)).value, sum(each) / len(each))
        if m == 2:
            assert same(measure(ratings, cohen(name)).value, each[0])
            pooled = [one for pair in first for one in pair]
            by_chance = sum(w[a][b] for a in pooled for b in pooled) / len(pooled) ** 2
            assert same(measure(ratings, scott(name)).value, corrected(pairs[0][0], by_chance))
    if m == 2:
        agreed, expected = of_pairs(rows, weight("identity"))[0][0]
        assert same(measure(ratings, bennett()).value, corrected(agreed, 1 / Q))
        most = sum(min(sum(pair[i] == k for pair in first) for i in (0, 1)) for k in range(Q)) / len(first)
        assert same(measure(ratings, kappa_max()).value, corrected(most, expected))


@pytest.mark.parametrize("seed", range(30))
def test_segments_and_characters_that_overlap_in_several_documents(seed):
    rng = np.random.default_rng(seed)
    lengths, codes = {"p": 18, "q": 11}, "xyz"
    rows = []
    for document, length in lengths.items():
        for coder in "AB":
            for _ in range(int(rng.integers(0, 5))):
                a = int(rng.integers(0, length - 1))
                rows.append(
                    (coder, a, int(rng.integers(a + 1, length + 1)), str(rng.choice(list(codes))), document)
                )
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 5
    spans = read_spans(
        *columns[:4], document=columns[4], length=lengths, coders=["A", "B"], codes=list(codes)
    )
    segments = {}
    for coder, a, b, code, document in sorted(rows):
        mine = segments.setdefault((coder, document, code), [])
        if mine and a < mine[-1][1]:
            mine[-1][1] = max(mine[-1][1], b)
        else:
            mine.append([a, b])
    for overlap in (0.01, 0.5, 0.9, 1.0):
        hits = total = 0
        for (coder, document, code), mine in segments.items():
            theirs = segments.get(("B" if coder == "A" else "A", document, code), [])
            for a, b in mine:
                total += 1
                hits += any((min(b, d) - max(a, c)) / (max(b, d) - min(a, c)) >= overlap for c, d in theirs)
        assert same(maxqda(spans, overlap=overlap)[0].value, hits / total if total else NAN)
    places = [(document, code) for document in lengths for code in codes]
    counts = [[len(segments.get((coder, *place), [])) for coder in "AB"] for place in places]
    used = [pair for pair in counts if any(pair)]
    for level, key in (("existence", bool), ("frequency", int)):
        share = sum(key(a) == key(b) for a, b in used) / len(used) if used else NAN
        assert same(maxqda(spans, level)[0].value, share)
    for code in codes:
        marks = {
            coder: [
                any(a <= i < b for a, b in segments.get((coder, document, code), []))
                for document, length in lengths.items()
                for i in range(length)
            ]
            for coder in "AB"
        }
        both = sum(a and b for a, b in zip(marks["A"], marks["B"], strict=True))
        agreed = sum(a == b for a, b in zip(marks["A"], marks["B"], strict=True)) / len(marks["A"])
        one, other = (sum(mark) / len(mark) for mark in marks.values())
        coded = sum(marks["A"]) + sum(marks["B"])
        assert same(holsti(spans, code).value, 2 * both / coded if coded else NAN)
        assert same(nvivo(spans, code)[0].value, agreed)
        assert same(nvivo(spans, code)[1].value, corrected(agreed, one * other + (1 - one) * (1 - other)))
