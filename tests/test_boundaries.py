"""One table of limits: what every rule says one step below, exactly on and one step above its limit.

A rule that compares with `at_least`, `at_most` or `part_of` has to stand in the table: a test names the
module that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from casestudy.codebook import history
from casestudy.codebook.codes import Codebook
from casestudy.coders import blind_draw, unit_ratings
from casestudy.coding import codings, spans
from casestudy.coding import units as cuts
from casestudy.coding.records import Record
from casestudy.coding.units import Unit
from casestudy.dynamics import explore
from casestudy.effects import adoption
from casestudy.errors import InputError
from casestudy.evidence import chain, claims
from casestudy.literature import comparison, record
from casestudy.nutrition import compare, food_scores, foodmap, periods, population, recommend, scores
from casestudy.nutrition.components import IDS
from casestudy.people import disclosure, floor
from casestudy.purchases import written
from casestudy.simulator import recovery
from casestudy.study import Study
from casestudy.usage import mixtures, packed_sessions, sessions, signatures, types
from casestudy.voices import groups, saturation

ROOT = Path(__file__).parent.parent
FEWEST = 5
NOTHING: Any = None


@dataclass(frozen=True)
class Tools:
    """What a rule may need to be asked."""

    folder: Path
    patch: pytest.MonkeyPatch


@dataclass(frozen=True)
class Limit:
    """A rule with what it says one step below, on and above its limit; `module` holds the rule."""

    rule: str
    module: Any
    says: Callable[[Any, Tools], Any]
    steps: Sequence[Any]
    right: Sequence[Any]


def people(count: int) -> pd.DataFrame:
    return pd.DataFrame({"participant_id": [f"p{number}" for number in range(count)], "group": "a"})


def shown_rows(count: int) -> int:
    shown = disclosure.published(
        pd.DataFrame({"n": [count]}), disclosure.Declared("group", "n"), Study(ROOT, "T", floor=FEWEST)
    )
    assert shown.frame is not None
    return len(shown.frame)


def group_is_withheld(count: int) -> bool:
    coded = pd.DataFrame({"placed": [True], "code": ["x"], "who": ["p0"]})
    table = groups.by_group(
        coded, people(count), [f"p{n}" for n in range(count)], Codebook({}, {}), denials={}, floor=FEWEST
    )
    return bool(table["withheld"].iloc[0])


def sessions_of_a_pause(seconds: float, edge: str) -> int:
    numbers = sessions.session_numbers(np.zeros(2, dtype=int), np.array([0, seconds]), 1.15, edge)
    return int(numbers[-1]) + 1


def packed_of_a_pause(seconds: int, edge: str, tools: Tools) -> int:
    path = tools.folder / f"{seconds}-{edge}.csv"
    at = [f"2017-01-01T00:{second // 60:02d}:{second % 60:02d}+00:00" for second in (0, seconds)]
    path.write_text("participant_id,timestamp,action\n" + "".join(f"p,{when},open\n" for when in at))
    return len(packed_sessions.sessions(path, 1.15, edge).start)


def year_is_shown(counted: Sequence[float], bought: Sequence[float]) -> bool:
    """Whether a household with so many purchases, one a month, is shown from 0.3 and 80 % on."""
    frame = pd.DataFrame({"household_id": "h", "month": [f"m{month}" for month in range(len(bought))]})
    frame = frame.assign(**dict.fromkeys([*population._SPENDS, "kilograms", *IDS], 1.0))
    frame = frame.assign(food_spend=list(bought), counted_spend=list(counted))
    rules = periods.DisplayRules(window_spend=0.3, window_months=3, coverage=80)
    return bool(population.household_year(frame, rules)["shown"].iloc[0])


def window_is_shown(spend: float, counted: float) -> bool:
    part = pd.DataFrame({"month": ["a", "b", "c"]})
    rules = periods.DisplayRules(window_months=3, coverage=80)
    return not periods._why_not(part, spend, counted, 0.3, 3, rules)


def compared(other: float, tools: Tools) -> bool:
    """Whether a household of 0.1 + 0.2 is compared with another one of a third to three times its spend."""
    tools.patch.setattr(
        compare, "read_households", lambda study: pd.DataFrame({"size": pd.Series(dtype=float)})
    )
    table = pd.DataFrame({"household_id": ["me", "other"], "month": "m", "food_spend": [0.1 + 0.2, other]})
    table = table.assign(**dict.fromkeys(IDS, 1.0))
    study = Study(ROOT, "T", floor=1)
    table = compare.comparison(study, NOTHING, "me", ("m",), population=table, spend_ratio=3.0)
    return not str(table["basis"].iloc[0]).startswith("fewer than")


def mean_is_known(reported: Sequence[float]) -> bool:
    amounts = np.array([[1.0]] * len(reported) + [[np.nan]])
    share = np.array([*reported, 100 - sum(reported)])
    means = foodmap._means(["g"], ["g"] * len(share), share, amounts)
    return bool(np.isfinite(means[0, 0]))


def group_shares_fit(share: float) -> bool:
    facts = {"group": ["g"], "refuse_percent": [None], "fvl_percent": [share], "added_sugar_share": [None]}
    nothing = {"share_percent": pa.array([], pa.float64())}
    found = SimpleNamespace(facts=pa.table(facts), mixtures=pa.table(nothing))
    return not list(foodmap._shares(found))  # type: ignore[arg-type]


def month_is_well_known(count: int) -> bool:
    """Whether a month before adoption to which so many of ten units add counts, from 0.3 on."""
    made = adoption.Cells(
        cohort=np.array([1, 1]), month=np.array([0, 1]), size=np.array([count, 10]),
        estimate=np.zeros(2), influence=np.zeros((1, 2)), left_out=(),
    )  # fmt: skip
    return bool(adoption.well_known(made, 0.1 + 0.2))


def fitted(smallest: int, of: int) -> Callable[..., Any]:
    """A fit of two classes of which the smaller one has so many rows, and which is better than one class."""

    def fit(counts: Any, k: int, **_: Any) -> Any:
        members = np.zeros((of, k))
        members[:, 0] = 1
        if k > 1:
            members[:smallest] = np.eye(k)[1]
        return SimpleNamespace(
            bic=-k if k < 3 else 100.0, loglik=0.0, free=k, membership=lambda table: members, k=k,
            weights=np.ones(k) / k, profiles=np.ones((k, 2)) / 2, n=of,
        )  # fmt: skip

    return fit


def classes_recovered(smallest: int, tools: Tools) -> int:
    tools.patch.setattr(mixtures, "fit", fitted(smallest, 200))
    return int(recovery._fewest(np.ones((200, 2)), 2, 5.0, 1).free)


def classes_chosen(smallest: int, ari: Sequence[float], tools: Tools) -> int:
    tools.patch.setattr(mixtures, "fit", fitted(smallest, 200))
    tools.patch.setattr(mixtures, "silhouette", lambda table, members: 0.0)
    tools.patch.setattr(types, "stability", lambda *given: np.array(ari))
    return types.choose(np.ones((200, 2)), np.arange(200), most=2).k


def quoted_often(count: int) -> bool:
    """Whether a person with so many of ten cited quotes is one who is quoted often, from 0.3 on."""
    words = pd.DataFrame(
        {"coding": [f"q{n}" for n in range(10)], "who": ["a"] * count + [f"o{n}" for n in range(10 - count)]}
    )
    item = SimpleNamespace(quotes=tuple(words["coding"]))
    verdict = SimpleNamespace(claim=SimpleNamespace(evidence=(item,), contrary=()))
    return bool(chain._quoted_often([verdict], SimpleNamespace(words=words), 0.3))  # type: ignore[list-item, arg-type]


def food_fits(percent: float) -> bool:
    return fits(lambda: scores.Food(1, 1, 1, 1, 1, 1, fvl_percent=percent), "fvl_percent")


def listed_food_fits(energy: float, tools: Tools) -> bool:
    path = tools.folder / "foods.csv"
    cells = dict.fromkeys(food_scores.FOODS.names, "") | {"food": "x", "energy_kj": repr(energy)}
    path.write_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    return fits(lambda: food_scores.of_file(path), "energy_kj")


def fits(act: Callable[[], object], named: str) -> bool:
    """Whether nothing is refused; what is refused must be what is asked about."""
    try:
        act()
    except InputError as error:
        if named not in str(error):
            raise
        return False
    return True


def drawn(count: int) -> int:
    """How many of so many sentences of one document a sample of 29 % holds."""
    sentences = [Unit("d", 0, n, n + 1, "x") for n in range(count)]
    everybody = pd.DataFrame({"participant_id": ["d"], "group": ["a"]})
    return len(blind_draw.draw(sentences, everybody, 0.29))


def bears(end: int) -> tuple[bool, bool]:
    """Whether a sentence at 20-30 has a coding of forty characters up to `end`, by both of the rules."""
    return said_of(end - 40, end)


def lies_in(start: int) -> tuple[bool, bool]:
    """Whether it has a coding of four characters that begins at `start`."""
    return said_of(start, start + 4)


def said_of(start: int, end: int) -> tuple[bool, bool]:
    coded = pd.DataFrame({"document": ["d"], "start": [start], "end": [end], "code": ["x"], "placed": [True]})
    sentence = [Unit("d", 1, 20, 30, "x" * 10)]
    return bool(cuts.bearing(sentence, coded, ("x",)).any()), not unit_ratings.touching(coded, sentence).empty


def settled(when: str, names: tuple[str, str], actions: tuple[str, str]) -> str:
    """Which of two heads holds, the first written at noon and the other at `when`, in either order."""
    base = Record("r", "add", (), "x", 0, 1, "q", {}, "", "11:00")
    heads = [
        Record(name, action, ("r",), name, 0, 1, "q", {}, "", at)
        for name, action, at in zip(names, actions, ("12:00", when), strict=True)
    ]
    works = [codings.settle("c", "d", [base, *order], "f")[0] for order in (heads, heads[::-1])]
    assert works[0].codings == works[1].codings
    return works[0].codings[0].record if works[0].codings else "deleted"


def in_order(when: str, undoes: str = "") -> str:
    """The order of two changes of a codebook, b at noon and a at `when`; of one moment the id decides."""
    noon = history.Event("b", "create", "x", (), when="12:00")
    other = history.Event("a", "create", "y", (), when=when, undoes=undoes)
    orders = {"".join(one.id for one in history._in_order(both)) for both in ([other, noon], [noon, other])}
    assert len(orders) == 1
    return orders.pop()


def publication(first: str, second: str, years: int = 0) -> str:
    title = "Receipts that speak to households"
    one, other = (
        record.Record(title, ("Oja, K.",), 2019 + later, doi=record.doi(name))
        for name, later in ((first, 0), (second, years))
    )
    verdict = comparison.compare(one, other)
    return verdict.rule or verdict.doubt or "apart"


N = (0, FEWEST - 1, FEWEST, FEWEST + 1)
SHARE = (0.29, 0.1 + 0.2, 0.3, 0.31)
LIMITS = [
    # the floor: n - 1, n, n + 1, and nobody, who cannot be disclosed
    Limit("enough", floor, lambda n, _: bool(floor.enough(n, FEWEST)), N, (False, False, True, True)),
    Limit("withheld", floor, lambda n, _: bool(floor.withheld(n, FEWEST)), N, (False, True, False, False)),
    Limit("published", disclosure, lambda n, _: shown_rows(n), N, (1, 0, 1, 1)),
    Limit("groups", groups, lambda n, _: group_is_withheld(n), N[1:], (True, False, False)),
    # pauses: 1.15 minutes are 69 seconds
    Limit("gap", sessions, lambda s, _: sessions_of_a_pause(s, "continue"), (68, 69, 70), (1, 1, 2)),
    Limit("gap breaks", sessions, lambda s, _: sessions_of_a_pause(s, "break"), (68, 69, 70), (1, 2, 2)),
    Limit(
        "packed gap",
        packed_sessions,
        lambda s, t: packed_of_a_pause(s, "continue", t),
        (68, 69, 70),
        (1, 1, 2),
    ),
    Limit(
        "packed gap breaks",
        packed_sessions,
        lambda s, t: packed_of_a_pause(s, "break", t),
        (68, 69, 70),
        (1, 2, 2),
    ),
    # coverage, spend and months of purchases
    Limit(
        "coverage of a year",
        population,
        lambda c, _: year_is_shown([c] * 3, [0.1] * 3),
        (0.0799, 0.08, 0.0801),
        (False, True, True),
    ),
    Limit(
        "spend of a year",
        population,
        lambda s, _: year_is_shown([s] * 3, [s] * 3),
        (0.0999, 0.1, 0.1001),
        (False, True, True),
    ),
    Limit(
        "months of a year",
        population,
        lambda n, _: year_is_shown([1.0] * n, [1.0] * n),
        (2, 3, 4),
        (False, True, True),
    ),
    Limit(
        "spend of a window",
        periods,
        lambda s, _: window_is_shown(s, s),
        (0.2999, 0.1 + 0.2, 0.9 - 0.6, 0.3001),
        (False, True, True, True),
    ),
    Limit(
        "coverage of a window",
        periods,
        lambda c, _: window_is_shown(1.0, c),
        (0.7999, sum([0.1] * 8), 0.8, 0.8001),
        (False, True, True, True),
    ),
    Limit("similar, low", compare, compared, (0.0999, 0.1, 0.1001), (False, True, True)),
    Limit("similar, high", compare, compared, (0.8999, 0.9, 0.9001), (True, True, False)),
    Limit(
        "reported share",
        foodmap,
        lambda part, _: mean_is_known([29.7, 29.7, part]),
        (30.59, 30.6, 30.61),
        (False, True, True),
    ),
    Limit(
        "share of a group",
        foodmap,
        lambda share, _: group_shares_fit(share),
        (99.9, 100.0, 33.3 + 66.7, 100 + 1e-12, 100.1),
        (True, True, True, True, False),
    ),
    Limit(
        "share of a food",
        scores,
        lambda share, _: food_fits(share),
        (99.9, 100 + 1e-12, 100.1),
        (True, True, False),
    ),
    Limit("energy of a food", food_scores, listed_food_fits, (3999.9, 4000.0, 4000.1), (True, True, False)),
    Limit(
        "target",
        recommend,
        lambda v, _: recommend.Target("m", 0.3, 0.7, "V", "").position(v),
        (0.29, 0.1 + 0.2, 0.1 + 0.6, 0.71),
        ("below", "within", "within", "above"),
    ),
    # shares of people, months, classes and quotes
    Limit("well known", adoption, lambda n, _: month_is_well_known(n), (2, 3, 4), (False, True, True)),
    Limit("recovered class", recovery, classes_recovered, (9, 10, 11), (1, 2, 2)),
    Limit("smallest class", types, lambda n, t: classes_chosen(n, [0.75] * 3, t), (9, 10, 11), (1, 2, 2)),
    Limit(
        "stable class",
        types,
        lambda ari, t: classes_chosen(50, ari, t),
        ([0.74] * 3, [0.7, 0.75, 0.8], [0.76] * 3),
        (1, 2, 2),
    ),
    Limit("quoted often", chain, lambda n, _: quoted_often(n), (2, 3, 4), (False, False, True)),
    Limit(
        "use at the end",
        explore,
        lambda v, _: bool(explore.sustained_use(np.array([v]), 0.3)[0]),
        SHARE,
        (False, True, True, True),
    ),
    Limit(
        "way of using",
        signatures,
        lambda v, _: bool(signatures.Condition(("a",), at_least=0.3).holds(pd.DataFrame({"a": [v]}))[0]),
        SHARE,
        (False, True, True, True),
    ),
    Limit(
        "claim",
        claims,
        lambda v, _: [claims.Expected("s", sign, 0.3).met(v) for sign in (">=", ">", "=", "<=")],
        SHARE,
        ([False, False, False, True], *[[True, False, True, True]] * 2, [True, True, False, False]),
    ),
    Limit(
        "saturation",
        saturation,
        lambda new, _: saturation.stop([20, 0, new, 0], base=2, run=2, threshold=0.05).reason,
        (0, 1, 2),
        ("", "", "not reached"),
    ),
    # exactly half
    Limit(
        "half a sentence",
        cuts,
        lambda end, _: bears(end),
        (24, 25, 26),
        ((False, False), (True, True), (True, True)),
    ),
    Limit(
        "half a coding",
        cuts,
        lambda start, _: lies_in(start),
        (27, 28, 29),
        ((True, True), (True, True), (False, False)),
    ),
    Limit("half of a sample", blind_draw, lambda n, _: drawn(n), (1, 48, 50, 52), (1, 14, 15, 15)),
    Limit(
        "half a cent",
        written,
        lambda text, _: written.read_whole(text, 100),
        ("2.3449", "2.345", "2.3451", "-2.345", "1.005"),
        (234, 235, 235, -235, 101),
    ),
    Limit(
        "spans that meet",
        spans,
        lambda end, _: (spans.union([(0, end), (4, 6)]), spans.overlap([(0, end)], [(4, 6)])),
        (3, 4, 5),
        (([(0, 3), (4, 6)], 0), ([(0, 6)], 0), ([(0, 6)], 1)),
    ),
    # order of changes, and ties
    Limit(
        "later record",
        codings,
        lambda when, _: settled(when, ("b", "a"), ("change", "change")),
        ("11:59", "12:00", "12:01"),
        ("b", "b", "a"),
    ),
    Limit(
        "record over delete",
        codings,
        lambda when, _: settled(when, ("a", "b"), ("change", "delete")),
        ("11:59", "12:00", "12:01"),
        ("a", "a", "a"),
    ),
    Limit(
        "two deletes",
        codings,
        lambda when, _: settled(when, ("a", "b"), ("delete", "delete")),
        ("11:59", "12:00", "12:01"),
        ("deleted", "deleted", "deleted"),
    ),
    Limit(
        "codebook", history, lambda when, _: in_order(when), ("11:59", "12:00", "12:01"), ("ab", "ab", "ba")
    ),
    Limit(
        "undone",
        history,
        lambda when, _: in_order(when, "b"),
        ("11:59", "12:00", "12:01"),
        ("ab", "ba", "ba"),
    ),
    # joined publications
    Limit(
        "years apart",
        comparison,
        lambda years, _: publication("", "", years),
        (0, 1, 2),
        ("title", "title", "one title with years that differ by more than one"),
    ),
    Limit(
        "one DOI",
        comparison,
        lambda years, _: publication("10.1000/a", "https://doi.org/10.1000/A.", years),
        (0, 1, 2),
        ("doi", "doi", "doi"),
    ),
    Limit(
        "two DOIs",
        comparison,
        lambda other, _: publication("10.1000/a", other),
        ("10.1000/a", "10.1000/a%28b%29", ""),
        ("doi", "one title with two DOIs", "title"),
    ),
]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.rule)
def test_a_limit(limit: Limit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Tools(tmp_path, monkeypatch)
    assert [limit.says(step, tools) for step in limit.steps] == list(limit.right)


def test_every_rule_that_compares_with_a_limit_stands_in_the_table() -> None:
    uses = re.compile(r"from casestudy\.proportions import .*\b(?:at_least|at_most|part_of)\b")
    users = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "casestudy").rglob("*.py")
        if uses.search(path.read_text(encoding="utf-8"))
    }
    assert len(users) > 10
    elsewhere = {  # tried at their limits in test_thresholds.py and beside their rules
        *("casestudy.suggestions.by_model", "casestudy.usage.attrition"),
        *("casestudy.nutrition.weights", "casestudy.nutrition.swaps"),
    }
    assert users - {limit.module.__name__ for limit in LIMITS} - elsewhere == set()
