"""Typologies from words, their cross-walk with the log's, joint displays, triangulation."""

from __future__ import annotations

import math
from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixed_study import garden
from scipy.stats import fisher_exact
from sklearn.metrics import adjusted_rand_score

from casestudy.coding import material
from casestudy.errors import InputError
from casestudy.mixed import crosswalk, displays, readers, triangulation, typology
from casestudy.mixed.measures import Reading
from casestudy.study import Study

__all__ = ["garden"]
GROUPS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=4, max_size=14)


def test_types_are_uses_not_persons(garden: Study) -> None:
    found = material.load(garden)
    view = found.framework.view("typology")
    assert view is not None
    asked = found.asked(("gardener",))
    table = typology.ways(view, found.words, found.parents, asked).set_index("who")
    assert table.loc["g1", ["check", "steer", "primary", "others"]].tolist() == [2, 1, "check", "steer"]
    assert table.loc["g1", "certainty"] == pytest.approx(2 / 3)
    assert table.loc["g4", "primary"] == ""
    assert math.isnan(table.loc["g4", "certainty"])
    space = typology.attribute_space(table.reset_index(), view)
    assert len(space) == 2**3
    assert space["people"].sum() == 4
    assert set(space.loc[space["people"] == 0, "combination"]) >= {"Playing + Checking + Steering"}
    corners = typology.cases(table.reset_index(), view).set_index("type")
    assert corners.loc["check", ["prototype", "boundary"]].tolist() == ["g3", "g1"]
    told, steps = typology.moves(view, found.words, found.parents, asked)
    assert told.to_dict("records")[0] == {"who": "g1", "stage": "first", "type": "check", "passages": 2}
    assert steps.to_dict("records") == [{"before": "check", "after": "steer", "people": 1}]


def test_overlapping_codings_of_two_coders_are_one_passage(garden: Study) -> None:
    found = material.load(garden)
    view = found.framework.view("typology")
    assert view is not None
    both = typology.ways(view, found.words, found.parents, ["g3"])
    assert both["check"].tolist() == [1]


@given(GROUPS)
@settings(max_examples=60)
def test_rand_index_agrees_with_another_implementation(pairs: list[tuple[int, int]]) -> None:
    first, second = [str(a) for a, _ in pairs], [str(b) for _, b in pairs]
    found = crosswalk.agreement(first, second, resamples=1)
    if found.reason:
        assert math.isnan(found.ari)
    else:
        assert found.ari == pytest.approx(adjusted_rand_score(first, second), abs=1e-9)


@given(GROUPS)
@settings(max_examples=40)
def test_exact_test_agrees_with_scipy_on_two_by_two(pairs: list[tuple[int, int]]) -> None:
    first = np.array([a > 0 for a, _ in pairs], dtype=np.int64)
    second = np.array([b > 0 for _, b in pairs], dtype=np.int64)
    if len(set(first)) < 2 or len(set(second)) < 2:
        return
    table = [[int(((first == i) & (second == j)).sum()) for j in (0, 1)] for i in (0, 1)]
    assert crosswalk.exact_test(first, second)[0] == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)


def test_exact_test_of_three_by_three_by_brute_force() -> None:
    first, second = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 1, 2])
    seen, counts = None, []
    for order in set(product(range(3), repeat=6)):
        if sorted(order) != sorted(second.tolist()):
            continue
        cells = [[0] * 3 for _ in range(3)]
        for a, b in zip(first, order, strict=True):
            cells[a][b] += 1
        weight = math.prod(math.factorial(n) for row in cells for n in row)
        counts.append(weight)
        if list(order) == second.tolist():
            seen = weight
    expected = sum(weight >= seen for weight in counts) / len(counts)  # type: ignore[operator]
    assert crosswalk.exact_test(first, second)[0] == pytest.approx(expected)


def test_mutual_information_is_corrected_by_every_order_there_is() -> None:
    """The chance term of the adjusted index, counted over all orders of one grouping."""
    first, second = ["a", "a", "b", "b", "c", "c"], ["x", "x", "x", "y", "y", "z"]

    def entropy(values: list[object]) -> float:
        counts = [values.count(one) / len(values) for one in set(values)]
        return -sum(share * math.log(share) for share in counts)

    def shared(one: list[str], other: list[str]) -> float:
        return entropy(list(one)) + entropy(list(other)) - entropy(list(zip(one, other, strict=True)))

    chance = float(np.mean([shared(first, list(order)) for order in permutations(second)]))
    most = (entropy(list(first)) + entropy(list(second))) / 2
    expected = (shared(first, second) - chance) / (most - chance)
    assert crosswalk.agreement(first, second, resamples=1).ami == pytest.approx(expected)


def test_when_nobody_has_the_same_type_the_groupings_may_still_be_the_same() -> None:
    """Indices compare groupings, not names; what is alike by name is counted apart."""
    found = crosswalk.agreement(["a", "a", "b", "b", "c"], ["b", "b", "c", "c", "a"], resamples=200)
    assert (found.same, found.ari, found.ami) == (0, 1.0, pytest.approx(1.0))
    assert found.ari_low <= found.ari <= found.ari_high
    cross = crosswalk.contingency(["a", "a", "b"], ["b", "b", "a"], ["a", "b", "c"])
    assert np.trace(cross.to_numpy()) == 0
    assert cross.loc["c"].sum() == cross["c"].sum() == 0
    assert len(crosswalk.discordant(pd.DataFrame({"w": ["a", "b"], "l": ["b", "a"]}), "w", "l")) == 2


def test_large_margins_are_sampled_with_a_seed() -> None:
    generator = np.random.default_rng(1)
    first, second = generator.integers(0, 5, 300), generator.integers(0, 5, 300)
    found = crosswalk.exact_test(first, second, seed=3)
    assert "permutations" in found[1]
    assert found == crosswalk.exact_test(first, second, seed=3)
    assert 0 < found[0] <= 1


def test_bootstrap_of_unrelated_groupings_lies_around_zero() -> None:
    """Pairs of one person with himself are left out, so the interval is not pulled upward."""
    generator = np.random.default_rng(7)
    middles, mutual = [], []
    for _ in range(20):
        first = [str(n) for n in generator.integers(0, 3, 40)]
        second = [str(n) for n in generator.integers(0, 3, 40)]
        found = crosswalk.agreement(first, second, seed=1, resamples=100)
        middles.append((found.ari_low + found.ari_high) / 2)
        mutual.append((found.ami_low + found.ami_high) / 2)
    assert abs(float(np.mean(middles))) < 0.05
    assert abs(float(np.mean(mutual))) < 0.05


def test_an_index_that_hangs_on_one_person_has_no_interval() -> None:
    found = crosswalk.agreement(["a", "a", "a", "b"], ["x", "x", "x", "y"], resamples=50)
    assert found.ami == pytest.approx(1)
    assert math.isnan(found.ami_low)


@pytest.mark.parametrize(("words", "log"), [(["a"], ["a"]), (["a", "a", "a"], ["a", "b", "a"]), ([], [])])
def test_what_cannot_be_said_is_not_a_number(words: list[str], log: list[str]) -> None:
    found = crosswalk.agreement(words, log)
    assert found.ari != found.ari
    assert found.reason


def test_discordant_cases_are_those_with_two_types(garden: Study) -> None:
    table = pd.DataFrame(
        {"who": ["a", "b", "c"], "w": ["x", "x", ""], "l": ["x", "y", "y"], "certainty": [1, 0.5, 0.2]}
    )
    assert crosswalk.discordant(table, "w", "l")["who"].tolist() == ["b"]
    cross = crosswalk.contingency(["x", "x"], ["x", "y"], ["x", "y", "z"])
    assert cross.shape == (3, 3)
    assert cross.to_numpy().sum() == 2


def test_every_row_ends_in_an_inference_or_says_that_it_is_to_write(garden: Study) -> None:
    path = garden.root / displays.FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text("inferences:\n- {display: d, row: ways, text: They agree.}\n")
    table = displays.with_inferences(
        pd.DataFrame({"id": ["ways", "fit"]}), "d", "id", displays.load_inferences(garden)
    )
    assert table["meta_inference"].tolist() == ["They agree.", displays.TO_WRITE]
    path.write_text("inferences:\n- {display: d, row: ways, text: A.}\n- {display: d, row: ways, text: B.}\n")
    with pytest.raises(InputError, match="second inference"):
        displays.load_inferences(garden)


def test_side_by_side_says_why_a_number_is_missing() -> None:
    words = pd.DataFrame({"id": ["a"], "name": ["A"], "people": [2], "of": [3]})
    readings = {"a": [("Share", "share", Reading(float("nan"), "q", reason="not run"))]}
    table = displays.side_by_side(words, {"a": ("said so", "k1")}, readings)
    assert table.loc[0, "measured"] == "Share: not known (not run)"
    assert table.loc[0, "said_by"] == "2 of 3"


def test_statistics_by_themes_withholds_small_groups() -> None:
    cases = pd.DataFrame(
        {"type": ["a"] * 5 + ["b"] * 2, "visits": range(7), "theme": [True] * 3 + [False] * 4}
    )
    table = displays.statistics_by_themes(cases, "type", ["visits"], ["theme"], floor=3).set_index("group")
    assert table.loc["a", "visits"] == 2
    assert pd.isna(table.loc["b", "visits"])
    assert table.loc["a", "theme"] == "3 of 5"


def test_agreement_counts_only_what_the_log_could_show() -> None:
    said = pd.DataFrame({"k": ["present", "present", "absent"]}, index=["a", "b", "c"])
    seen = pd.DataFrame({"k": ["signature", "none"]}, index=["a", "b"])
    table = displays.convergence(said, seen)
    assert table["verdict"].tolist() == ["convergent", "words only", "not observable"]
    assert displays.agreement_over_observable(table) == (1, 2)


JUDGED = """finding_id,finding,source,coder,verdict,note
C1,They check.,log,k,agreement,
C1,They check.,log,m,partial,
C1,They check.,interviews,k,agreement,
C1,They check.,interviews,m,agreement,
C2,They stay.,log,k,could_not_see,no purchases there
C2,They stay.,log,m,looked_not_there,
"""


def test_two_people_judge_and_silence_is_of_two_kinds(garden: Study) -> None:
    path = garden.root / triangulation.FILE
    path.write_text(JUDGED)
    found = triangulation.load(garden)
    table = triangulation.matrix(found).set_index("finding_id")
    assert table.loc["C2", "log"] == "silence: could not have seen it / silence: looked, not there"
    assert table.loc["C2", "interviews"] == "not judged"
    differing, said = triangulation.compare(found)
    assert differing["finding_id"].tolist() == ["C1", "C2"]
    assert said == (
        "3 cells of findings against sources were judged by more than one of 2 readers, "
        "1 alike by all who judged them."
    )
    (pair,) = readers.pairs(found, {}).to_dict("records")
    assert (pair["cells"], pair["findings"], pair["alike"]) == (3, 2, 1)
    assert pair["share"] == pytest.approx(1 / 3)
    # Six values, three agreements, one partial, one of each silence: 1 - (2/3) / (1 - 6/30).
    assert pair["alpha"] == pytest.approx(1 - (2 / 3) / (1 - 6 / 30))
    assert pair["independent"] == "not recorded"
    one = found[found["coder"].eq("k")]
    assert triangulation.compare(one)[1].startswith("One reader judged each cell")
    assert readers.in_words(readers.pairs(one, {})) == ""


READERS = """readers:
- {id: k, made: first, knew: []}
- {id: m, made: later, knew: [k]}
- {id: n, made: on an empty sheet}
"""


def test_agreement_says_which_readers_are_independent(garden: Study) -> None:
    (garden.root / triangulation.FILE).write_text(JUDGED + "C1,They check.,log,n,agreement,\n")
    (garden.root / readers.FILE).write_text(READERS)
    table = readers.pairs(triangulation.load(garden), readers.load(garden), draws=200)
    rows = table.set_index(["first", "second"])
    assert rows["independent"].to_dict() == {("k", "m"): "no", ("k", "n"): "yes", ("m", "n"): "yes"}
    assert rows.loc[("k", "m"), "why"] == "m knew the verdicts of k"
    assert rows["cells"].tolist() == [3, 1, 1]
    assert rows.loc[("k", "m"), "share_low"] < 1 / 3 < rows.loc[("k", "m"), "share_high"]
    assert math.isnan(rows.loc[("k", "n"), "alpha"])  # one cell, both alike: nothing varies
    said = readers.in_words(table)
    assert said.index("k and n, independent") < said.index("k and m, not independent")
    assert "1 of 1 cell alike, alpha undefined" in said
    apart = pd.DataFrame([["C1", "x", "log", "k", "partial", ""], ["C2", "y", "log", "n", "partial", ""]])
    apart.columns = list(triangulation.SCHEMA.names)
    assert "judged no cell in common" in readers.in_words(readers.pairs(apart, {}))


def test_the_interval_of_agreement_holds_the_truth_of_made_readers() -> None:
    """Two made-up readers who take the same verdict in seven cells of ten, on 60 findings of five sources."""
    generator = np.random.default_rng(5)
    rows = []
    for cell in range(300):
        first = generator.choice(triangulation.VERDICTS)
        second = first if generator.random() < 0.7 else generator.choice(triangulation.VERDICTS)
        place = [f"C{cell // 5}", "f", f"s{cell % 5}"]
        rows += [[*place, "a", first, ""], [*place, "b", second, ""]]
    table = readers.pairs(pd.DataFrame(rows, columns=list(triangulation.SCHEMA.names)), {}, draws=500)
    assert table.loc[0, "share_low"] < 0.7 + 0.3 / 5 < table.loc[0, "share_high"]
    assert table.loc[0, "alpha_low"] < 0.7 < table.loc[0, "alpha_high"]


def test_broken_readers_are_all_listed(garden: Study) -> None:
    path = garden.root / readers.FILE
    path.write_text("readers:\n- {id: k, made: a, knew: [z]}\n- {id: k, mad: b}\n")
    with pytest.raises(InputError) as error:
        readers.load(garden)
    said = str(error.value)
    assert len(error.value.problems) == 4
    for part in ("'z' is not a reader", "'k' occurs twice", "made is missing", "'mad' is not known"):
        assert part in said


def test_each_reader_has_a_sheet_that_shows_no_other(garden: Study) -> None:
    (garden.root / triangulation.FILE).write_text(JUDGED)
    found = [("C1", "They check."), ("C2", "They stay.")]
    table = triangulation.sheet(found, ["log", "interviews"], "late-reader")
    assert len(table) == 4
    assert not table["verdict"].any()
    table.loc[0, ["verdict", "note"]] = ["dissonance", "no sign"]
    path = garden.root / "evidence/triangulation-late-reader.csv"
    path.write_text(table.to_csv(index=False))
    whole = triangulation.load(garden)
    assert len(whole) == 7  # three cells of the sheet are not judged yet
    differing, _ = triangulation.compare(whole)
    assert "late-reader: dissonance (no sign)" in differing["verdicts"].iloc[0]
    path.write_text(table.to_csv(index=False).replace("late-reader", "k"))
    with pytest.raises(InputError, match=r"triangulation\.csv|judged this cell before"):
        triangulation.load(garden)
    with pytest.raises(InputError, match="part of a file's name"):
        triangulation.sheet(found, ["log"], "../k")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (JUDGED + "C1,They check.,log,k,partial,\n", "judged this cell before"),
        (JUDGED.replace("partial", "perhaps"), "verdict is 'perhaps'"),
        ("a,b\n1,2\n", "no column finding_id"),
        ("", "it is empty"),
    ],
)
def test_broken_triangulation_is_listed(garden: Study, text: str, said: str) -> None:
    (garden.root / triangulation.FILE).write_text(text)
    with pytest.raises(InputError) as error:
        triangulation.load(garden)
    assert said in str(error.value)
