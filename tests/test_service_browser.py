"""The service in real Chromium: the participant's path on a phone, by keyboard, and for screen readers."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lab
import pytest
import uvicorn
from service_world import KEY, World

from casestudy.service import accounts
from casestudy.service.app import application

pytestmark = pytest.mark.extra
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api")
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed")
    with lab.chromium() as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[World, str]]:
    world = World(tmp_path / "study")
    world.store.set_meta("kind", "demo")
    settings = uvicorn.Config(application(world.service), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield world, f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def picture(page: Any, name: str) -> None:
    """Keep a screenshot where one is asked for: the folder that CASESTUDY_PICTURES names."""
    if os.environ.get("CASESTUDY_PICTURES"):
        page.screenshot(path=str(Path(os.environ["CASESTUDY_PICTURES"]) / f"{name}.png"))


def faults(page: Any) -> list[Any]:
    """Serious faults for people who use a screen reader or a keyboard, and what leaves the phone's width."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    listed = [
        (fault["id"], fault["nodes"][0]["html"][:200])
        for fault in axe.run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*listed, ("too wide", wide)] if wide > 0 else listed


def tab_to(page: Any, words: str) -> None:
    """Press the tabulator until what has these words is in focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.innerText || document.activeElement.name || ''"):
            return
    raise AssertionError(f"{words!r} is not reached by keyboard")


def test_the_participants_path_on_a_phone_by_keyboard(browser: Any, place: tuple[World, str]) -> None:
    world, base = place
    asked: list[str] = []
    context = browser.new_context(viewport=PHONE, locale="en-GB", has_touch=True)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{base}/in/{accounts.invite(world.store, world.people[0])}")
    assert faults(page) == []
    tab_to(page, "Come in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/consent")
    assert faults(page) == []
    picture(page, "consent")
    for name in ("use", "log", "joined"):
        tab_to(page, name)
        page.keyboard.press("Space")
    tab_to(page, "I agree")
    page.keyboard.press("Enter")
    page.wait_for_url("**/month")
    assert page.locator("h1").inner_text() == "My food in June 2017"
    assert faults(page) == []
    picture(page, "month")
    tab_to(page, "saturated fatty acids")
    page.keyboard.press("Enter")
    page.wait_for_url("**/nutrient/sfa_g**")
    assert faults(page) == []
    page.locator("main a[href^='/nutrient/sfa_g/']").first.press("Enter")
    page.wait_for_url(re.compile("/nutrient/sfa_g/"))
    assert faults(page) == []
    page.locator("main a[href^='/product/']").first.press("Enter")
    page.wait_for_url("**/product/**")
    page.locator("summary").first.press("Enter")
    assert faults(page) == []
    picture(page, "product")
    page.get_by_role("button", name="Not ours").first.press("Enter")
    page.wait_for_url("**/corrections")
    assert faults(page) == []
    for address in ("/goals", "/swaps", "/others", "/write", "/data"):
        page.goto(base + address)
        assert faults(page) == [], address
        picture(page, address[1:])
    assert {url.split("/")[2] for url in asked} == {base.split("/")[2]}
    context.close()


def test_the_researchers_path_has_no_serious_fault(browser: Any, place: tuple[World, str]) -> None:
    _, base = place
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{base}/research/key")
    assert faults(page) == []
    page.get_by_label("The key").fill(KEY)
    page.keyboard.press("Enter")
    page.wait_for_url("**/research")
    assert faults(page) == []
    picture(page, "research")
    for address in ("/research/questions", "/research/seen"):
        page.goto(base + address)
        assert faults(page) == [], address
    context.close()
