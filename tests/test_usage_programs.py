"""Repeats and programs in a log: what makes two rows one event, and whose acts no person did."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casestudy.usage import events, quality
from casestudy.usage.vocabulary import Action, Vocabulary

WORDS = Vocabulary((Action("view", "page", "v"), Action("book", "act", "b")))


def inspected(rows: list[tuple[str, str, str, str, str | None]]) -> quality.Inspection:
    frame = pd.DataFrame(rows, columns=["event_id", "participant_id", "timestamp", "action", "client"])
    accounts = pd.DataFrame({"participant_id": frame["participant_id"].unique()})
    accounts = accounts.assign(adopted_on=pd.Timestamp("2024-01-01"), account="customer")
    return quality.inspect(events.tidy(frame, WORDS, "events.csv"), accounts, WORDS)


def at(seconds: float) -> str:
    return (pd.Timestamp("2024-03-01") + pd.Timedelta(seconds=seconds)).isoformat() + "+00:00"


def test_ids_that_each_account_counts_for_itself_are_no_repeats() -> None:
    rows = [(id_, who, at(day * 86400), "view", None) for day, (id_, who) in
            enumerate([("1", "b1"), ("2", "b1"), ("1", "b2"), ("2", "b2")])]  # fmt: skip
    inspection = inspected([*rows, rows[0]])
    assert len(inspection.events) == 4
    assert inspection.findings[["kind", "events"]].to_numpy().tolist() == [["repeated row", 1]]


def test_an_id_that_a_visit_begins_with_1_is_kept_and_listed() -> None:
    inspection = inspected([("1", "a", at(0), "view", None), ("1", "a", at(90_000), "book", None)])
    assert len(inspection.events) == 2
    assert inspection.findings[["kind", "treatment"]].to_numpy().tolist() == [
        ["id used again", "kept, flagged"]
    ]


def crawl(pauses: np.ndarray, client: str | None) -> list[tuple[str, str, str, str, str | None]]:
    return [(f"x{n}", "b1", at(s), "view", client) for n, s in enumerate(np.cumsum(pauses).tolist())]


@pytest.mark.parametrize(
    "client",
    ["ExampleBot/1.0 (crawler)", "Mozilla/5.0 (compatible; Googlebot/2.1)", "curl/8.5.0",
     "HeadlessChrome/120", "python-requests/2.31", "AhrefsSiteAudit spider"],
)  # fmt: skip
def test_a_client_that_says_so_is_a_program(client: str) -> None:
    person = [("y0", "p", at(0), "view", "Mozilla/5.0 (Linux; CUBOT X18)"), ("y1", "p", at(9), "view", None)]
    inspection = inspected([*crawl(np.array([5.0, 700, 9]), client), *person])
    assert inspection.events["participant_id"].tolist() == ["p", "p"]
    assert inspection.findings["kind"].tolist() == ["program"]


def test_who_never_rests_for_a_day_is_a_program_whatever_it_says() -> None:
    pauses = np.random.Generator(np.random.PCG64(4)).uniform(20, 1500, 120)
    assert pauses.sum() > quality.Limits().awake_s
    inspection = inspected(crawl(pauses, "Mozilla/5.0"))
    assert inspection.findings["what"].tolist() == ["acts for a day without a rest"]
    assert inspection.events.empty
    pauses[60] = 6 * 3600
    assert inspected(crawl(pauses, "Mozilla/5.0")).findings.empty
