"""Ways of using: signatures applied, mixtures against likelihoods done otherwise, no types from nothing."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.errors import InputError
from casestudy.usage import mixtures, signatures, types

PROFILES = np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.4, 0.4]])


def drawn(n: int = 600, seed: int = 0, profiles: np.ndarray = PROFILES) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.Generator(np.random.PCG64(seed))
    way = rng.choice(
        len(profiles), n, p=np.array([0.5, 0.3, 0.2])[: len(profiles)] if len(profiles) == 3 else None
    )
    return rng.multinomial(rng.integers(3, 15, n), profiles[way]).astype(float), way


def test_a_mixture_finds_what_it_was_drawn_from() -> None:
    counts, way = drawn(3000)
    made = mixtures.fit(counts, 3, seed=1)
    np.testing.assert_allclose(made.weights, [0.5, 0.3, 0.2], atol=0.03)
    np.testing.assert_allclose(made.profiles, PROFILES, atol=0.03)
    assert mixtures.adjusted_rand(way, made.membership(counts).argmax(axis=1)) > 0.8
    assert made.converged
    assert [mixtures.fit(counts, k, seed=1).bic for k in (1, 2, 3, 4)].index(made.bic) == 2
    assert min(mixtures.fit(counts, k, seed=1).bic for k in (1, 2, 3, 4)) == made.bic


def test_the_likelihood_equals_scipy() -> None:
    from scipy.stats import multinomial

    counts, _ = drawn(80)
    made = mixtures.fit(counts, 2, seed=3)
    total = 0.0
    for row in counts:
        n = int(row.sum())
        parts = [w * multinomial.pmf(row, n, p) for w, p in zip(made.weights, made.profiles, strict=True)]
        coefficient = math.lgamma(n + 1) - sum(math.lgamma(one + 1) for one in row)
        total += math.log(sum(parts)) - coefficient
    assert made.loglik == pytest.approx(total, abs=1e-3)
    assert made.free == 1 + 2 * 3
    assert made.bic == pytest.approx(-2 * made.loglik + 7 * math.log(80))


def test_more_steps_never_make_it_less_likely() -> None:
    counts, _ = drawn(200, seed=4)
    logs = [
        mixtures.fit(counts, 3, seed=2, starts=1, steps=steps, tolerance=0).loglik
        for steps in (1, 2, 4, 8, 16, 40)
    ]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(logs))


def test_the_same_seed_gives_the_same_classes() -> None:
    counts, _ = drawn(300)
    first, again = (mixtures.fit(counts, 3, seed=9) for _ in range(2))
    assert first.profiles.tobytes() == again.profiles.tobytes()
    order = np.random.Generator(np.random.PCG64(1)).permutation(len(counts))
    shuffled = mixtures.fit(counts[order], 3, seed=9)
    np.testing.assert_allclose(first.profiles, shuffled.profiles, atol=1e-6)


@pytest.mark.parametrize("counts", [[], [[-1, 2]], [[math.nan, 1]]])
def test_counts_that_are_none_are_refused(counts: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="counts"):
        mixtures.fit(np.array(counts), 1)


def test_one_row_and_empty_rows() -> None:
    assert mixtures.fit([[3, 0]], 1).profiles.round(3).tolist() == [[1.0, 0.0]]
    made = mixtures.fit([[0, 0], [1, 0], [0, 1]], 2)
    np.testing.assert_allclose(made.membership([[0, 0]])[0], made.weights)
    with pytest.raises(ValueError, match="k must lie"):
        mixtures.fit([[1, 2]], 2)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
def test_adjusted_rand_equals_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import adjusted_rand_score

    first, second = zip(*pairs, strict=True)
    assert mixtures.adjusted_rand(first, second) == pytest.approx(
        adjusted_rand_score(first, second), abs=1e-12
    )


def test_silhouette_equals_scikit_learn() -> None:
    from sklearn.metrics import silhouette_score

    counts, way = drawn(120)
    roots = np.sqrt(counts / counts.sum(axis=1, keepdims=True))
    assert mixtures.silhouette(counts, way) == pytest.approx(silhouette_score(roots, way))
    assert math.isnan(mixtures.silhouette(counts, np.zeros(120)))


def test_the_number_of_classes_asks_for_stability_and_size() -> None:
    counts, _ = drawn(900)
    people = np.arange(900) // 9
    choice = types.choose(counts, people, 5, resamples=6, seed=1)
    assert choice.k == 3
    assert choice.table.set_index("k").loc[3, "ari"] > 0.9
    assert choice.mixture.k == 3
    assert types.choose(counts, people, 5, least_ari=1.01, resamples=3).k == 1
    assert types.choose(counts[:2], people[:2], 5, resamples=2).k == 1


def test_no_types_are_found_where_there_are_none() -> None:
    counts, _ = drawn(500, profiles=np.array([[0.25, 0.25, 0.25, 0.25]]))
    assert types.choose(counts, np.arange(500) // 5, 4, resamples=4).k == 1
    real, _ = drawn(500)
    null = types.null_comparison(real, 3, draws=5).set_index("data")
    assert null.loc["the log", "gain"] > 20 * null.loc["one profile", "gain_highest"]
    assert null.loc["one profile", "bic_prefers_k_percent"] == 0
    assert null.loc["columns shuffled", "silhouette"] < null.loc["the log", "silhouette"]


def test_another_model_agrees() -> None:
    rng = np.random.Generator(np.random.PCG64(6))
    way = rng.choice(2, 700)
    chances = np.array([[0.85, 0.8, 0.1, 0.1, 0.15], [0.1, 0.15, 0.85, 0.8, 0.9]])
    counts = (rng.random((700, 5)) < chances[way]) * rng.integers(1, 9, (700, 5))
    table = types.second_opinion(counts, [1, 2, 3], way, seed=1).set_index("k")
    assert table.loc[2, "ari"] > 0.8
    assert table["bic"].idxmin() == 2


def test_soft_membership_and_crossing() -> None:
    soft = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    own = types.soft_by_participant(soft, ["p1", "p1", "p2"]).set_index("participant_id")
    assert own.loc["p1", ["A", "B", "certainty"]].tolist() == [0.75, 0.25, 0.75]
    crossed, ari = types.crossing(["A", "A", "B"], ["x", "none", "y"], ["x", "y", "none"], ["p", "q", "q"], 1)
    assert crossed.loc["A"].tolist() == [1, 0, 1]
    assert ari == 1.0
    assert math.isnan(types.crossing(["A"], ["none"], ["x", "none"], ["p"], 1)[1])
    assert types.class_names(28)[-2:] == ["Z1", "Z2"]


RULES = """
least_looks: 1
ways:
  - id: one
    code: c.one
    name: One
    episode: [{measure: [share_a, share_b], at_least: 0.5}]
    person: [{measure: n_a, at_least: 1}]
  - {id: two, episode: [{measure: n_a, at_most: 2}], person: [{measure: gap_cv, at_most: 1}]}
"""


def test_rules_hold_and_the_first_is_primary(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(RULES)
    rules = signatures.load(tmp_path / "s.yaml")
    features = pd.DataFrame(
        {"session_id": list("abcd"), "participant_id": ["p1", "p1", "p2", "p2"], "looks": [2, 2, 2, 0],
         "share_a": [0.3, 0.1, math.nan, 0.5], "share_b": [0.2, 0.1, 1.0, 0.5], "n_a": [1, 3, 9, 0]}
    )  # fmt: skip
    made = rules.assign(features, "episode")
    assert made["one"].tolist() == [True, False, False, False]
    assert made["primary"].tolist() == ["one", "none", "none", "none"]
    assert made["ways"].tolist() == [2, 0, 0, 0]
    assert rules.assign(features, "episode", scale=2)["one"].tolist() == [False] * 4
    shares = signatures.by_participant(made, rules.ids).set_index("participant_id")
    assert shares.loc["p1", ["one", "two", "none", "primary"]].tolist() == [0.5, 0, 0.5, "one"]
    assert shares.loc["p2", "primary"] == "none"
    with pytest.raises(InputError, match="gap_cv"):
        rules.assign(features, "person")
    assert "share_a + share_b ≥ 0.5" in rules.table()["episode"].iloc[0]


def test_bad_rules_are_all_listed(tmp_path: Path) -> None:
    text = """
least_looks: many
ways:
  - {id: a, episode: [{measure: x}], person: []}
  - id: a
    episode: [{measure: x, at_least: high}, {at_most: 1}, {measure: x, above: 2, at_least: 1}]
    person: [{measure: x, at_most: 1}]
  - {name: b}
"""
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        signatures.load(tmp_path / "s.yaml")
    found = str(caught.value)
    expected = (
        "no number as bound",
        "no conditions",
        "names no measure",
        "'above' is not a field",
        "occurs before",
        "way 3: it has no id",
        "least_looks",
    )
    for words in expected:
        assert words in found


def test_nothing_to_divide_is_no_crash() -> None:
    empty = np.zeros((0, 4))
    choice = types.choose(empty, np.array([]))
    assert choice.k == 1
    assert choice.mixture.membership(empty).shape == (0, 1)
    assert types.null_comparison(empty, 1)["gain"].isna().all()
    blank = np.zeros((30, 4))
    assert types.null_comparison(blank, 1)["gain"].isna().all()
    assert types.second_opinion(empty, [1, 1, 2], [])["ari"].isna().all()
    assert types.second_opinion(blank, [1, 2, 3], np.zeros(30))["ari"].isna().all()
