"""The panel's other modes in real JupyterLab: suggestions, a second coder, training, comparing, reading."""

from __future__ import annotations

from typing import Any

import pytest
from test_panel_browser import Desk, browser, code, desk, place, select, status, until  # noqa: F401

from casestudy.coders import decisions
from casestudy.coding import codings
from casestudy.study import Study

pytestmark = pytest.mark.extra


def test_a_suggestion_is_dashed_and_accepted_with_its_provenance(desk: Desk) -> None:  # noqa: F811
    page = desk.open()
    page.get_by_role("button", name="Suggest by rules").click()
    status(page, "4 suggestions")
    dashed = page.locator(".cs-piece").first
    assert "repeating-linear-gradient" in dashed.evaluate("one => one.style.background")
    page.locator(".cs-group summary", has_text="Food").click()
    page.get_by_role("button", name="Accept all 2 of Growing › Food").click()
    status(page, "Accepted: 2")
    found = codings.work(Study.load(desk.root), "anna", "t1").codings
    assert [one.code for one in found] == ["garden.grow.food"] * 2
    assert all("suggested by rule" in one.by and "accepted by anna" in one.by for one in found)
    page.locator(".cs-group summary", has_text="Hose").click()
    page.get_by_role("button", name="Reject", exact=True).last.click()
    status(page, "Rejected: 1")
    select(page, "I carry it.")
    page.keyboard.press("Control+Shift+F")
    status(page, "passages like this")
    assert "I would carry it if I were younger." in page.locator(".cs-suggest").inner_text()
    assert page.faults == []


def test_a_second_coder_codes_blind_then_both_compare_and_decide(desk: Desk) -> None:  # noqa: F811
    blind = desk.open("panel('t1', 'zoe', mode='blind')")
    assert blind.locator(".cs-chip").count() == 0
    select(blind, "Potatoes, mostly.")
    code(blind, "food")
    select(blind, "I like the walk")
    code(blind, "neigh")
    select(blind, "What do you grow?")
    blind.keyboard.type("food")
    blind.keyboard.press("Enter")
    blind.wait_for_selector(".cs-alert:has-text('interviewer')")
    assert len(desk.work("zoe")) == 2
    page = desk.open("panel('t1', 'a', mode='compare', other='zoe')", name="b")
    status(page, "open here")
    assert page.locator(".cs-compare caption").inner_text().startswith("Agreement in this document")
    before = page.locator(".cs-compare h3").inner_text()
    total = int(before.rsplit(" ", 1)[1])
    page.get_by_label("Who decides").fill("a and zoe")
    page.get_by_label("Why").fill("both read it so")
    page.get_by_role("button", name="Keep both readings").click()
    status(page, f"{total - 1} disagreements are open here; 1 decided")
    [made] = decisions.read(Study.load(desk.root))
    assert (made.codings, made.who, made.why) == ("kept", "a and zoe", "both read it so")
    assert page.faults == []


def test_training_tells_the_score_and_then_shows_the_key(desk: Desk) -> None:  # noqa: F811
    page = desk.open("panel('t1', 'anna', mode='train', key='a')")
    assert page.locator(".cs-chip").count() == 0
    select(page, "Potatoes, mostly.")
    code(page, "food")
    page.get_by_role("button", name="Score against the key").click()
    status(page, "You found 1 of 5")
    assert page.locator(".cs-chip", has_text="a: Hose").count() == 1


def test_readers_filter_by_coder_and_code_and_cannot_change_anything(desk: Desk) -> None:  # noqa: F811
    page = desk.open("panel('t1', 'a', mode='read')")
    chips = page.locator(".cs-chip")
    until(lambda: chips.count() == 8, page)
    whole = chips.count()
    page.get_by_label("b", exact=True).uncheck()
    until(lambda: chips.count() < whole, page)
    page.locator(".cs-code", has_text="Hose").click()
    until(lambda: [one.inner_text() for one in chips.all()] == ["a: Hose"], page)
    chips.first.click()
    page.keyboard.press("Delete")
    page.wait_for_timeout(300)
    assert len(desk.work("a")) == 5
    assert page.locator(".cs-entry").count() == 0


def test_the_codebook_says_what_a_code_means_and_is_searched(desk: Desk) -> None:  # noqa: F811
    page = desk.open()
    page.locator(".cs-search").fill("sho")
    assert page.locator(".cs-code").all_inner_texts()[-1].strip().startswith("Show")
    page.locator(".cs-search").fill("")
    food: Any = page.locator(".cs-code", has_text="Food")
    food.focus()
    words = page.locator(".cs-words").inner_text()
    assert "Plants grown to be eaten." in words
    assert "vegetables and potatoes" in words
    food.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".cs-code", has_text="Food").count() == 0
