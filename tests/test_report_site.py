"""The committed site of the reference study: links lead somewhere, numbers and quotes to their source.

Read from the files as they are committed. The walk in a browser, and axe over one page of each kind, carry
the mark ``extra``.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casestudy.report.rows import number, shows, tokens

ROOT = Path(__file__).parent.parent
OUTPUTS = ROOT / "outputs"
_LINK = re.compile(r'<(?:a|link|img|script)\b[^>]*?\b(?:href|src)="([^"]*)"')
_ID = re.compile(r'<[a-zA-Z][^>]*?\bid="([^"]*)"')
_ELSEWHERE = ("data:", "https:", "http:", "mailto:")
# One page of every kind that the site has.
KINDS = (
    "index.html",
    "45-*/index.html",
    "pages/*.html",
    "pages/claims/*.html",
    "pages/codes/*.html",
    "pages/documents/*.html",
    "pages/participants/*.html",
    "pages/themes/*.html",
)


def pages() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(OUTPUTS.rglob("*.html"))}


def links(text: str) -> list[str]:
    return [html.unescape(one) for one in _LINK.findall(text)]


def test_every_link_of_the_site_leads_somewhere() -> None:
    texts = pages()
    ids = {path.resolve(): set(map(html.unescape, _ID.findall(text))) for path, text in texts.items()}
    broken, walked = [], 0
    for path, text in texts.items():
        for target in set(links(text)):
            if target.startswith(_ELSEWHERE):
                continue
            walked += 1
            name, _, fragment = target.partition("#")
            file = (path.parent / name).resolve() if name else path.resolve()
            if not file.is_file():
                broken.append(f"{path.relative_to(OUTPUTS)}: {target}: no such file")
            elif fragment and file in ids and fragment not in ids[file]:
                broken.append(f"{path.relative_to(OUTPUTS)}: {target}: no such place")
    assert broken == []
    assert walked > 1000


def test_every_page_can_be_reached_from_the_first() -> None:
    texts = {path.resolve(): text for path, text in pages().items()}
    first = (OUTPUTS / "index.html").resolve()
    reached, waiting = {first}, [first]
    while waiting:
        path = waiting.pop()
        for target in set(links(texts[path])):
            file = (path.parent / target.partition("#")[0]).resolve()
            if file in texts and file not in reached:
                reached.add(file)
                waiting.append(file)
    assert set(texts) - reached == set()


def test_every_answer_leads_to_its_page_and_on_to_its_tables() -> None:
    first = links((OUTPUTS / "index.html").read_text(encoding="utf-8"))
    for path in sorted(OUTPUTS.glob("*/contents.json")):
        contents = json.loads(path.read_text(encoding="utf-8"))
        assert f"{path.parent.name}/index.html" in first, path.parent.name
        there = links((path.parent / "index.html").read_text(encoding="utf-8"))
        tables = [f"{name}.csv" for name, item in contents.items() if item["kind"] == "table"]
        assert set(tables) <= set(there), path.parent.name
        assert contents["answer"]["text"], path.parent.name


def test_every_coding_in_a_table_leads_to_its_words() -> None:
    """Quotes of joint displays and claims are links into the transcript."""
    shown = re.compile(r'<a href="[^"]*documents/[^"#]+#(q-[^"]+)"')
    for path in sorted(OUTPUTS.glob("*-perspective/side-by-side.csv")):
        text = (path.parent / "index.html").read_text(encoding="utf-8")
        table = text[text.index('id="table-side-by-side"') :].partition("</table>")[0]
        rows = table.partition("<tbody>")[2].split("<tr>")[1:]
        assert rows
        assert all(shown.search(row) for row in rows if "“" in row or " of " in row), path.parent.name
    claims = sorted((OUTPUTS / "pages/claims").glob("*.html"))
    assert claims
    for path in claims:
        text = path.read_text(encoding="utf-8")
        for part in text.split('<div class="exhibit"')[1:]:
            said = part.partition("</div>")[0]
            nothing = re.search(r"\b0 of \d+", said) or "cannot be evaluated" in said or "unknown" in said
            assert nothing or "<a href=" in said, (path.name, said[:300])


def test_every_number_of_an_answer_leads_to_a_row_or_to_the_code() -> None:
    """On a notebook's page, in the answer in short: the row is on the same page and shows the number."""
    walked = 0
    for path in sorted(OUTPUTS.glob("*/contents.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))["answer"]["text"]
        text = (path.parent / "index.html").read_text(encoding="utf-8")
        short = text.partition('<div class="short">')[2].partition("</div>")[0]
        ways = re.findall(r'<a href="#((?:row|step)-[^"]+)">([^<]+)</a>', short)
        assert len(ways) == len(tokens(answer)), path.parent.name
        for place, shown in ways:
            walked += 1
            assert f'id="{place}"' in text, (path.parent.name, place)
            if place.startswith("row-"):
                row = text.partition(f'<tr id="{place}">')[2].partition("</tr>")[0]
                cells = [html.unescape(re.sub("<[^>]+>", "", cell)) for cell in row.split("</td>")]
                found = [value for cell in cells if (value := number(cell)) is not None]
                assert any(shows(value, shown, percent) for value in found for percent in (False, True)), (
                    path.parent.name,
                    shown,
                    cells,
                )
    assert walked > 100


def sample() -> list[Path]:
    """All of the site's main pages; of every other kind the one of middle size."""
    found: dict[Path, None] = {}
    for pattern in KINDS:
        paths = sorted(OUTPUTS.glob(pattern), key=lambda one: (one.stat().st_size, one))
        found |= dict.fromkeys(paths if pattern == "pages/*.html" else [paths[len(paths) // 2]])
    return list(found)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    import shutil

    playwright = pytest.importorskip("playwright.sync_api")
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 844}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def go(page: Any, selector: str, place: int = 0) -> None:
    """Follow a link of the page shown, and wait for the page it leads to."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    with page.expect_navigation(wait_until="load"):
        page.locator(selector).nth(place).click()


@pytest.mark.extra
def test_from_quotes_and_numbers_two_clicks_lead_to_the_source(page: Any) -> None:
    register = (OUTPUTS / "pages/claims.html").as_uri()
    page.goto(register)
    count = page.locator("main a[href^='claims/']").count()
    assert count > 0
    for place in range(count):
        page.goto(register)
        go(page, "main a[href^='claims/']", place)
        claim = page.url
        quote = ".exhibit .from a[href*='#q-']"
        if page.locator(quote).count():
            go(page, quote)
            assert page.evaluate("document.querySelector('mark:has(:target)') !== null"), claim
            page.goto(claim)
        number = ".exhibit a[href*='/index.html#']"
        if page.locator(number).count():
            go(page, number)
            assert page.evaluate("document.querySelector(':target') !== null"), claim
            assert page.locator(":target").first.is_visible(), claim
    for path in sorted(OUTPUTS.glob("*-perspective/side-by-side.csv")):
        page.goto((path.parent / "index.html").as_uri())
        go(page, "#table-side-by-side a[href*='#q-']")
        assert page.evaluate("document.querySelector('mark:has(:target)') !== null"), path.parent.name


@pytest.mark.extra
def test_every_box_of_the_framework_opens_its_evidence(page: Any) -> None:
    first = (OUTPUTS / "pages/perspectives.html").as_uri()
    page.goto(first)
    count = page.locator("svg.frame a").count()
    assert count > 0
    for place in range(count):
        page.goto(first)
        way = page.locator("svg.frame a").nth(place)
        name = way.get_attribute("aria-label")
        with page.expect_navigation(wait_until="load"):
            way.locator("rect").first.click(position={"x": 4, "y": 4})  # in its middle a box has claims
        kind = "claims" if name.startswith("Claim ") else "themes"
        assert f"/pages/{kind}/" in page.url, name


@pytest.mark.extra
def test_no_kind_of_page_has_a_serious_accessibility_fault(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults = []
    for path in sample():
        page.goto(path.as_uri())
        for fault in axe.run(page).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                faults.append((path.name, fault["id"], fault["nodes"][0]["html"][:150]))
    assert faults == []


@pytest.mark.extra
@pytest.mark.parametrize("width", [390, 1280])
def test_every_kind_of_page_stands_in_its_width(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for path in sample():
        page.goto(path.as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path.name} is {wide} pixels too wide"
