"""The site in a real browser: at desk and phone width, by keyboard, offline, and under axe's rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import report_words
from report_household import feedback
from report_study import make

from casestudy.report.household import household_page
from casestudy.report.site import render

pytestmark = pytest.mark.extra
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    patch = pytest.MonkeyPatch()
    study = make(tmp_path_factory.mktemp("browser") / "tiny", patch)
    report_words.write(study)
    render(study)
    (study.root / "outputs" / "household-7.html").write_text(
        household_page(study, feedback()), encoding="utf-8"
    )
    return study.root / "outputs"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": request.param, "height": 844}, reduced_motion="reduce")
    opened = context.new_page()
    opened.troubles = []
    opened.asked = []
    opened.on("console", lambda line: opened.troubles.append(line.text) if line.type == "error" else None)
    opened.on("pageerror", lambda error: opened.troubles.append(str(error)))
    opened.on("request", lambda one: opened.asked.append(one.url))
    yield opened
    context.close()


def follow(page: Any, selector: str) -> None:
    """Click a link and wait until the page it leads to has loaded: a click alone does not wait."""
    with page.expect_navigation(wait_until="load"):
        page.click(selector)


def reads(page: Any, selector: str, text: str) -> None:
    """Wait until a part of the page has this text: what one page keeps reaches the next a moment later."""
    words = "([selector, text]) => document.querySelector(selector).innerText === text"
    page.wait_for_function(words, arg=[selector, text], timeout=10_000)


def test_every_page_stands_in_its_width_and_asks_for_nothing_else(page: Any, outputs: Path) -> None:
    for path in report_words.everything(outputs):
        page.goto(path.as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
        assert page.evaluate("window.hacked") is None, path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute", path
    assert page.troubles == []
    assert {url.partition(":")[0] for url in page.asked} <= {"file", "data"}


def test_no_page_has_a_serious_accessibility_fault(page: Any, outputs: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults = []
    for path in report_words.everything(outputs):
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        for fault in axe.run(page).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                faults.append((path.name, fault["id"], fault["nodes"][0]["html"][:150]))
    assert faults == []


def test_codings_are_filtered_by_code_and_coder(page: Any, outputs: Path) -> None:
    page.goto((outputs / "pages/documents/one.html").as_uri())
    shown = "document.querySelectorAll('.chip:not([hidden])').length"
    lit = "[...document.querySelectorAll('mark:not(.off)')].map(mark => mark.textContent).join('|')"
    assert page.evaluate(shown) == 5
    page.select_option("#by-code", "fruit.pear")
    assert page.evaluate(shown) == 1
    assert page.evaluate(lit) == "pears|, and"
    page.select_option("#by-code", "fruit")
    page.uncheck("input[value=b]")
    assert page.evaluate(shown) == 2
    assert page.inner_text(".count") == "2 of 5 codings"
    page.click("[data-step='1']")
    assert page.inner_text(".count") == "1 of 2 codings"
    assert page.evaluate("document.querySelectorAll('mark.here').length") >= 1


def test_a_link_to_a_quote_leads_to_its_words(page: Any, outputs: Path) -> None:
    page.goto((outputs / "pages/codes/fruit.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    follow(page, "section[aria-labelledby='fruit.pear'] .from a")
    assert page.evaluate("document.querySelector(':target').parentElement.textContent") == "pears"
    top = page.evaluate("document.querySelector(':target').parentElement.getBoundingClientRect().top")
    assert 0 <= top <= 844


def test_from_a_claim_two_clicks_lead_to_the_words_and_to_the_number(page: Any, outputs: Path) -> None:
    claim = (outputs / "pages/claims/C1.html").as_uri()
    page.goto(claim)
    page.click("#evidence-e1 summary")
    follow(page, "#evidence-e1 .from a[href*='documents/']")
    assert page.evaluate("document.querySelector('mark:has(:target)') !== null")
    page.goto(claim)
    follow(page, "#evidence-e2 a[href*='index.html']")
    assert page.url.endswith("10-food/index.html#row-groups-1")
    assert page.locator("#row-groups-1").is_visible()
    page.goto((outputs / "index.html").as_uri())
    page.click("details.known summary")
    follow(page, "article.answer h3 a")
    assert page.url.endswith("10-food/index.html")
    page.goto((outputs / "pages/perspectives.html").as_uri())
    page.locator("svg.frame a[href$='claims/C1.html']").first.focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert page.url.endswith("/pages/claims/C1.html")


def test_frames_that_hold_more_than_they_show_say_so_and_are_stops(page: Any, outputs: Path) -> None:
    seen = 0
    for path in report_words.everything(outputs):
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        page.evaluate("new Promise(done => setTimeout(done, 20))")
        frames = page.evaluate("""[...document.querySelectorAll('.wide, .picture')].map(frame => ({
            across: frame.scrollWidth > frame.clientWidth + 1,
            more: frame.scrollHeight > frame.clientHeight + 1,
            stop: frame.tabIndex === 0,
            label: frame.getAttribute('aria-label'),
            hint: frame.matches(':has(+ .sideways:not([hidden]))'),
        }))""")
        if path.name.startswith("household"):  # a page of its own, with its own script
            continue
        for frame in frames:
            seen += frame["across"]
            assert frame["stop"] == (frame["across"] or frame["more"]), (path.name, frame)
            assert frame["hint"] == frame["across"], (path.name, frame)
            assert frame["label"], path.name
    if page.viewport_size["width"] < 500:
        assert seen > 0


def test_a_number_of_an_answer_leads_to_its_row_even_where_it_is_folded(page: Any, outputs: Path) -> None:
    page.goto((outputs / "10-food/index.html").as_uri())
    row = page.locator("#row-values-1")
    assert not row.is_visible()
    page.click(".short a[href='#row-values-1']")
    row.wait_for(state="visible")
    assert row.inner_text().split() == ["bread", "12.345"]


def test_search_finds_words_wherever_they_stand(page: Any, outputs: Path) -> None:
    page.goto((outputs / "pages/search.html").as_uri())
    page.fill("#words", "apples")
    kinds = page.eval_on_selector_all(
        "[data-results] li > span", "all => all.map(one => one.textContent.trim())"
    )
    assert {"Words", "Claim"} <= set(kinds)
    assert "places" in page.inner_text("[data-count]")
    page.fill("#words", "secret")
    assert page.inner_text("[data-count]") == "0 places"
    page.fill("#words", "<script>")
    assert page.evaluate("window.hacked") is None
    page.fill("#words", "every day")
    follow(page, "[data-results] a")
    assert page.url.endswith("pages/documents/one.html#one-t2")


def test_the_keyboard_reaches_the_content_first(page: Any, outputs: Path) -> None:
    page.goto((outputs / "10-food/index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.evaluate("document.activeElement.getBoundingClientRect().left")
    assert box >= 0
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_code_is_one_click_away(page: Any, outputs: Path) -> None:
    page.goto((outputs / "10-food/index.html").as_uri())
    code = page.locator("details.code pre").first
    assert not code.is_visible()
    page.locator("details.code summary").first.click()
    assert code.is_visible()
    page.click(".tools button")
    assert page.evaluate("[...document.querySelectorAll('details.code')].every(one => one.open)")


def test_paper_carries_the_words_and_no_controls(page: Any, outputs: Path) -> None:
    page.goto((outputs / "pages/documents/one.html").as_uri())
    page.emulate_media(media="print")
    assert not page.locator(".filter").is_visible()
    assert not page.locator("header.site nav").is_visible()
    assert page.locator(".said").first.is_visible()
    assert page.locator("section.status").is_visible()


def test_a_household_sets_its_own_targets(page: Any, outputs: Path) -> None:
    page.goto((outputs / "household-7.html").as_uri())
    row = "tr[data-measure=fat_energy_percent]"
    assert page.inner_text(f"{row} .position") == "above"
    page.click("details.own summary")
    page.fill("tr[data-own=fat_energy_percent] input[data-bound=high]", "45")
    page.keyboard.press("Tab")
    assert page.inner_text(f"{row} .position") == "within"
    assert page.inner_text(f"{row} .target") == "25 to 45 (own)"
    assert page.inner_text("[data-said]") == "One own target."
    assert "own target 25 to 45: within" in page.get_attribute(f"{row} svg", "aria-label")
    # The scale ends at 52.5: the band reaches from 25 to 45 on it, in the strip and in the line over time.
    assert float(page.get_attribute(f"{row} .band", "width")) == pytest.approx(300 * 20 / 52.5)
    top = float(page.get_attribute("figure[data-measure=fat_energy_percent] svg", "data-top"))
    height = float(page.get_attribute("figure[data-measure=fat_energy_percent] .band", "height"))
    assert height == pytest.approx(88 * 20 / top)
    page.reload()
    reads(page, f"{row} .position", "within")
    page.click("details.own summary")
    page.fill("tr[data-own=fibre_g_per_mj] input[data-bound=low]", "2")
    page.keyboard.press("Tab")
    assert page.inner_text("tr[data-measure=fibre_g_per_mj] .position") == "within"
    page.fill("tr[data-own=fat_energy_percent] input[data-bound=low]", "60")
    page.keyboard.press("Tab")
    assert "nothing was changed" in page.inner_text("[data-said]")
    page.click("[data-reset]")
    assert page.inner_text(f"{row} .position") == "above"
    assert page.troubles == []


def test_two_windows_of_a_household_show_the_same_targets(page: Any, outputs: Path) -> None:
    address = (outputs / "household-7.html").as_uri()
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    row = "tr[data-measure=fat_energy_percent]"
    page.click("details.own summary")
    page.fill("tr[data-own=fat_energy_percent] input[data-bound=high]", "45")
    page.keyboard.press("Tab")
    reads(other, f"{row} .position", "within")
    page.click("[data-reset]")
    reads(other, f"{row} .position", "above")
    assert page.troubles == []


def test_a_household_follows_a_nutrient_down_to_the_receipt(page: Any, outputs: Path) -> None:
    page.goto((outputs / "household-7.html").as_uri())
    page.click("#nutrient-fat_g summary")
    page.click("#nutrient-fat_g tbody a >> nth=0")
    assert page.locator("#group-butter table").first.is_visible()
    page.click("#group-butter tbody a >> nth=0")
    assert page.url.endswith("#lines-11")
    assert page.locator("#lines-11").is_visible()


def test_pages_read_without_script(browser: Any, outputs: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((outputs / "pages/documents/one.html").as_uri())
    assert not opened.locator(".filter").is_visible()
    assert opened.locator("mark").count() > 0
    opened.goto((outputs / "10-food/index.html").as_uri())
    opened.locator("details.code summary").first.click()
    assert opened.locator("details.code pre").first.is_visible()
    context.close()
