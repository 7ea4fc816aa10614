"""Statements that log and purchases can check: what is read, compared, found and kept back."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from casestudy.coding.material import Material
from casestudy.errors import InputError
from casestudy.mixed import records, tellers, testimony, testimony_shown
from casestudy.mixed.records import Measure, Records, Span
from casestudy.mixed.testimony import Declared, Statement
from casestudy.study import Study

ROOT = Path(__file__).parent.parent
YEAR = Span(date(2017, 1, 1), date(2017, 12, 31))
SESSIONS = Measure("sessions", "sessions", "how often", "sessions", absolute=2, relative=0.25)
COUNTS = {
    name: Measure(name, name, "what", name)  # type: ignore[arg-type]
    for name in (*tellers.TOLD, "baskets", "units", "spend", "change")
}
GROUPS = {"greens": ("VEG*",)}


def held() -> Records:
    """One account with sessions on 1 March (Wed, 8:00), 3 March (Fri, 23:00), 1 June (Thu, 8:00)."""
    days = pd.to_datetime(["2017-03-01 08:00", "2017-03-01 08:01", "2017-03-03 23:00", "2017-06-01 08:00"])
    acts = pd.DataFrame(
        {"who": "a", "day": days, "action": ["look", "aim", "look", "look"], "session": ["1", "1", "2", "3"]}
    )
    sessions = pd.DataFrame({"who": "a", "day": days[[0, 2, 3]]})
    lines = pd.DataFrame(
        {
            "who": "h",
            "day": pd.to_datetime(["2017-01-10", "2017-01-10", "2017-02-10"]),
            "basket": ["x", "x", "y"],
            "category": ["VEGETABLES", "SOAP", "VEG DISH"],
            "units": [2.0, 1.0, 4.0],
            "spend": [3.0, 1.5, 5.0],
        }
    )
    return Records(acts, sessions, lines, YEAR, YEAR, frozenset({"a", "silent"}))


def recorded(name: str, of: str = "", span: Span = YEAR, base: Span | None = None, who: str = "") -> Any:
    measure = COUNTS[name]
    return held().value(measure, who or ("h" if measure.bought else "a"), of, span, base, GROUPS)


@pytest.mark.parametrize(
    ("name", "of", "value"),
    [
        ("first", "", date(2017, 3, 1).toordinal()),
        ("last", "", date(2017, 6, 1).toordinal()),
        ("last", "aim", date(2017, 3, 1).toordinal()),
        ("sessions", "", 3),
        ("sessions", "aim", 1),
        ("acts", "look", 3),
        ("days", "", 3),
        ("months", "", 2),
        ("pause", "", 90),
        ("hours", "5-12", 2 / 3),
        ("hours", "22-4", 1 / 3),
        ("weekdays", "Wed Fri", 2 / 3),
        ("baskets", "", 2),
        ("units", "greens", 6),
        ("spend", "greens", 8),
    ],
)
def test_a_counterpart_is_what_the_rows_hold(name: str, of: str, value: float) -> None:
    assert recorded(name, of) == (pytest.approx(value), "")


def test_a_change_compares_units_a_day() -> None:
    january, february = (
        Span(date(2017, 1, 1), date(2017, 1, 31)),
        Span(date(2017, 2, 1), date(2017, 2, 28)),
    )
    assert recorded("change", "greens", february, january)[0] == pytest.approx((4 / 28) / (2 / 31))
    assert recorded("change", "greens", january, Span(date(2017, 6, 1), date(2017, 6, 30)))[1]


@pytest.mark.parametrize(
    ("name", "who", "span", "why"),
    [
        ("sessions", "nobody", YEAR, "not in the log"),
        ("units", "nobody", YEAR, "not in the purchases"),
        ("sessions", "a", Span(date(2018, 1, 1), date(2018, 1, 31)), "the log does not cover the period"),
        ("units", "h", Span(date(2018, 1, 1), date(2018, 1, 31)), "the purchases do not cover the period"),
        ("first", "silent", YEAR, "nothing of the kind in the period"),
        ("pause", "silent", YEAR, "fewer than two days of use in the period"),
    ],
)
def test_what_cannot_be_checked_says_why(name: str, who: str, span: Span, why: str) -> None:
    value, reason = recorded(name, "", span, who=who)
    assert np.isnan(value)
    assert reason == why


def test_an_account_without_acts_has_none_and_that_can_be_checked() -> None:
    assert recorded("sessions", who="silent") == (0, "")


def test_a_record_at_the_tolerance_agrees_and_one_beyond_it_contradicts() -> None:
    assert testimony.verdict(4, 4, 6, SESSIONS) == "agrees"
    assert testimony.verdict(4, 4, 7, SESSIONS) == "contradicts"
    assert testimony.verdict(40, 40, 50, SESSIONS) == "agrees"
    assert testimony.verdict(40, 40, 51, SESSIONS) == "contradicts"
    assert testimony.verdict(4, 4, float("nan"), SESSIONS) == "not checkable"


def people(**changes: Any) -> pd.DataFrame:
    row = {"participant_id": "p1", "log_id": "a", "household_id": "h", "consent_link": True}
    return pd.DataFrame([row | {"consent_quote": True} | changes])


def statement(**changes: Any) -> Statement:
    given: dict[str, Any] = {
        "id": "s1",
        "document": "d",
        "participant": "p1",
        "coder": "x",
        "quote": "Thrice.",
    }
    given |= {"measure": "sessions", "of": "", "span": YEAR, "base": None, "low": 3, "high": 3}
    return Statement(**(given | changes))


def compared(who: pd.DataFrame, **changes: Any) -> dict[str, Any]:
    known = Declared({"sessions": SESSIONS}, GROUPS)
    return dict(testimony.compare([statement(**changes)], known, held(), who).iloc[0])


def test_nothing_is_looked_up_without_consent_to_link() -> None:
    assert compared(people())["verdict"] == "agrees"
    refused = compared(people(consent_link=False))
    assert (refused["verdict"], refused["why"]) == ("not checkable", "no consent to link")
    assert np.isnan(refused["recorded"])


def test_words_are_not_shown_without_consent_to_quote() -> None:
    assert compared(people())["quote"] == "Thrice."
    silent = compared(people(consent_quote=False))
    assert (silent["quote"], silent["verdict"]) == ("", "agrees")


def a_study(root: Path, row: str, turn: str = "Ann: I looked three times.") -> Material:
    """A study of one interview and one statement."""
    for folder in ("evidence", "interviews/transcripts"):
        (root / folder).mkdir(parents=True)
    (root / "study.toml").write_text('title = "S"\n')
    (root / "interviews/participants.csv").write_text(
        "participant_id,group,pseudonym,consent_quote,consent_link\np1,customer,Ann,true,true\n"
    )
    (root / "interviews/transcripts/p1.md").write_text(f"# p1\n\nInterviewer: How often?\n\n{turn}\n")
    (root / "evidence/testimony.yaml").write_text(
        "measures:\n"
        "  - {id: sessions, kind: how often, counts: sessions, absolute: 2}\n"
        "  - {id: units, kind: how much, counts: units}\n"
        "  - {id: first, kind: since, counts: first, absolute: 7}\n"
    )
    head = ",".join(testimony.COLUMNS)
    (root / "evidence/statements.csv").write_text(f"{head}\n{row}\n")
    return Material(Study.load(root))


GOOD = "s1,p1,p1,x,I looked three times,sessions,,2017-01-01,2017-12-31,,,3,3,"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD.replace("three", "four"), "the quote does not stand in what p1 says in p1."),
        (GOOD.replace("I looked three times", "How often?"), "the quote does not stand"),
        (GOOD.replace("sessions", "sesions"), "'sesions' is not a measure"),
        (GOOD.replace("2017-12-31", "2016-12-31"), "the period ends on 2016-12-31, before it begins."),
        (GOOD.replace("2017-12-31", "winter"), "'2017-01-01' to 'winter' is not a period."),
        (GOOD.replace(",3,3,", ",4,3,"), "low is above high."),
        (GOOD.replace(",3,3,", ",many,3,"), "low is 'many'."),
        (GOOD.replace(",3,3,", ",,3,"), "low is empty."),
        (GOOD.replace("sessions,", "first,"), "low is '3'."),
        (GOOD.replace("sessions,,", "units,bricks,"), "'bricks' is not a group of foods."),
        (GOOD.replace("p1,p1", "p1,p2"), "'p2' is not a participant."),
        (GOOD.replace("p1,p1", "p9,p1"), "'p9' is not a document."),
        (f"{GOOD}\n{GOOD}", "'s1' occurs twice."),
    ],
)
def test_what_is_wrong_with_a_statement_is_named_with_its_row(tmp_path: Path, row: str, said: str) -> None:
    wrong = testimony.problems(a_study(tmp_path, row))
    assert any(said in problem.found and ", row " in problem.where for problem in wrong), wrong


def test_a_statement_that_stands_has_no_problem(tmp_path: Path) -> None:
    assert testimony.problems(a_study(tmp_path, GOOD)) == []


def test_a_tolerance_below_zero_is_refused(tmp_path: Path) -> None:
    found = a_study(tmp_path, GOOD)
    place = tmp_path / "evidence/testimony.yaml"
    place.write_text(place.read_text().replace("absolute: 2", "absolute: -2"))
    with pytest.raises(InputError, match="testimony"):
        testimony.problems(found)


def many(count: int = 60) -> Records:
    """Accounts with sessions drawn over a year."""
    draw = np.random.default_rng(3)
    rows = []
    for name in range(count):
        for number in range(int(draw.integers(8, 40))):
            day = pd.Timestamp("2017-01-01") + pd.Timedelta(hours=float(draw.uniform(0, 8700)))
            rows.append((f"a{name:03}", day, "look", f"{name}-{number}"))
    acts = pd.DataFrame(rows, columns=["who", "day", "action", "session"]).sort_values("day")
    return Records(acts, acts[["who", "day"]], held().lines, YEAR, YEAR, frozenset(acts["who"]))


def shares(table: pd.DataFrame) -> dict[str, float]:
    last = table[table["measure"].eq("all")]
    return dict(zip(last["planted"], last["share"], strict=True))


def test_more_false_statements_than_true_ones_are_doubted_and_large_ones_most() -> None:
    exact = {"sessions": SESSIONS, "pause": Measure("pause", "pause", "stopped", "pause", absolute=14)}
    found = shares(tellers.recovery(exact, many(), noise=0.05, seed=1))
    assert found["no"] < found["small"] < found["large"]
    assert found["large"] > 0.9


def test_a_check_that_tolerates_anything_finds_nothing_and_one_that_tolerates_nothing_doubts_the_true() -> (
    None
):
    blind = {"sessions": Measure("sessions", "sessions", "how often", "sessions", absolute=1e9)}
    strict = {"sessions": Measure("sessions", "sessions", "how often", "sessions")}
    assert set(shares(tellers.recovery(blind, many())).values()) == {0.0}
    assert shares(tellers.recovery(strict, many()))["no"] > 0.3


def test_the_same_seed_gives_the_same_tellers() -> None:
    first, again, other = (tellers.recovery({"s": SESSIONS}, many(), seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


@pytest.fixture(scope="module")
def reference() -> tuple[Declared, pd.DataFrame]:
    found = Material(Study.load(ROOT))
    assert testimony.problems(found) == []
    known, statements = testimony.load(found.study)
    looked_up = records.of_study(found.study, found.people["household_id"])
    return known, testimony.compare(statements, known, looked_up, found.people)


def test_planted_mismatches_are_found_and_few_others(reference: tuple[Declared, pd.DataFrame]) -> None:
    table = reference[1]
    truth = yaml.safe_load((ROOT / "usage_logs/truth/interviews.yaml").read_text(encoding="utf-8"))
    meant = {row["id"] for row in truth["participants"] if row["mismatch"] != "none"}
    against = table[table["verdict"].eq("contradicts")]
    others = table[~table["participant"].isin(meant) & table["verdict"].ne("not checkable")]
    assert len(meant) == truth["mismatches_planned"] == 4
    assert meant <= set(against["participant"])
    assert len(others) >= 60
    assert others["verdict"].eq("contradicts").sum() <= 2


def test_other_mismatches_planted_in_copies_are_found(reference: tuple[Declared, pd.DataFrame]) -> None:
    known, table = reference
    last = tellers.copies(table, known.measures, draws=50, seed=7).iloc[-1]
    assert (last["statements"], last["planted"]) == (200, "large")
    assert last["low"] > 0.9


def test_no_participant_stands_in_code_or_tolerances(reference: tuple[Declared, pd.DataFrame]) -> None:
    people = "|".join(sorted(set(reference[1]["participant"])))
    modules = ("records", "tellers", "testimony", "testimony_shown")
    places = [ROOT / f"casestudy/mixed/{name}.py" for name in modules]
    for place in (*places, ROOT / testimony.DECLARED):
        assert not re.search(rf"\b({people})\b", place.read_text(encoding="utf-8")), place


def test_the_answer_counts_what_its_table_counts(reference: tuple[Declared, pd.DataFrame]) -> None:
    known, table = reference
    summary, who = testimony_shown.by_kind(table), testimony_shown.by_participant(table)
    text, values = testimony_shown.answer(summary, who, tellers.copies(table, known.measures, draws=5))
    checked = table[table["verdict"].ne("not checkable")]
    assert values["checked"] == len(checked)
    assert values["contradicts"] == checked["verdict"].eq("contradicts").sum()
    assert len(text.split()) < 60


def test_the_figure_draws_what_can_be_checked_and_an_empty_list_draws_nothing(
    reference: tuple[Declared, pd.DataFrame],
) -> None:
    known, table = reference
    drawn = testimony_shown.figure(table, known.measures)
    assert "quote" not in drawn.data
    assert f"{table['verdict'].ne('not checkable').sum()} statements" in drawn.alt
    assert testimony_shown.figure(table.head(0), known.measures).data.empty
    assert (
        "No statement"
        in testimony_shown.answer(
            testimony_shown.by_kind(table.head(0)),
            testimony_shown.by_participant(table.head(0)),
            table.head(0),
        )[0]
    )
