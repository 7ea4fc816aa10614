"""One household's page: complete in one file, down to the receipt line, in words as well as drawn."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from report_household import feedback
from report_study import HOSTILE, SETTINGS

from casestudy.report.household import household_page
from casestudy.report.strips import ceiling, line, strip
from casestudy.study import Study

NAN = float("nan")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("household")
    (root / "study.toml").write_text(SETTINGS, encoding="utf-8")
    return Study.load(root)


@pytest.fixture(scope="module")
def page(study: Study) -> BeautifulSoup:
    return BeautifulSoup(household_page(study, feedback()), "html.parser")


def words(element: BeautifulSoup) -> str:
    return " ".join(element.get_text(" ").split())


def test_the_file_holds_all_it_needs_and_nothing_else_may_run(study: Study, page: BeautifulSoup) -> None:
    text = household_page(study, feedback())
    assert not re.search(r"(src|href)=['\"]?(https?:|//)", text)
    assert not page.select("link[rel=stylesheet], script[src], img, iframe")
    policy = page.select_one("meta[http-equiv]")["content"]
    for kind, element in (("style", page.style), ("script", page.script)):
        digest = base64.b64encode(hashlib.sha256(element.string.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert len(page.find_all("script")) == 1
    assert HOSTILE in page.get_text()
    assert not page.select("[style], [onclick], [onerror]")


def test_every_drawing_says_in_words_what_it_shows(page: BeautifulSoup) -> None:
    for drawing in page.find_all("svg"):
        assert drawing["role"] == "img"
        assert len(drawing["aria-label"]) > 10
    fat, fibre, salt = (row.svg["aria-label"] for row in page.select("tr[data-measure]")[:3])
    assert fat == "fat 40.0 % of energy, between 38.0 and 42.0; target 25 to 35: above"
    assert fibre.endswith("target at least 3: across")
    assert salt == "salt: not known. not known"


def test_who_lives_there_and_what_they_need_is_said(page: BeautifulSoup) -> None:
    said = [one.get_text() for one in page.select("p.need")]
    assert said[0] == (
        "For 2 adults, 1 child: the energy bought here is 26 % of the 196,000 kcal that they need "
        "in this time."
    )
    assert "26 %" not in said[1]  # too little was bought to set it beside anything


def test_a_time_with_too_little_shows_no_figures(page: BeautifulSoup) -> None:
    sections = page.select("section.period")
    assert "too little was bought here" in words(sections[1])
    assert not sections[1].select("tr[data-measure]")
    assert "81 %" in words(sections[0])


def test_a_nutrient_leads_to_group_product_and_receipt_line(page: BeautifulSoup) -> None:
    link = page.select_one("#nutrient-fat_g tbody a")
    assert link.get_text() == "Butter"
    group = page.find(id=link["href"][1:])
    assert group.name == "details"
    product = group.select_one("tbody a")
    lines = page.find(id=product["href"][1:])
    assert len(lines.find_all("tr")) == 1 + 2
    assert [cell.get_text() for cell in lines.find_all("tr")[2].find_all("td")] == [
        "2017-02-02",
        "2",
        "2.00",
        "4.00",
        "500",
        "400",
    ]


def test_items_and_lines_are_all_there_and_sum_up(page: BeautifulSoup) -> None:
    view = feedback()
    lines = page.select("table.receipt tbody tr:has(td)")
    assert len(lines) == len(view.lines)
    spend = sum(float(row.find_all("td")[3].get_text()) for row in lines)
    assert spend == pytest.approx(view.lines["spend"].sum())


def test_headings_ids_and_links_hold(page: BeautifulSoup) -> None:
    ids = [one["id"] for one in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.select("a[href^='#']")} <= set(ids)
    levels = [int(one.name[1]) for one in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_data_status_and_the_notes_are_on_the_page(page: BeautifulSoup) -> None:
    assert words(page).count("The purchases are <simulated>.") >= 2
    assert "Its note." in words(page)
    assert "fewer than 5 households" in page.select("#others ~ .wide svg")[1]["aria-label"]


def test_the_same_household_gives_the_same_bytes(study: Study) -> None:
    assert household_page(study, feedback()) == household_page(study, feedback())


def test_a_household_without_anything_has_a_page(study: Study) -> None:
    view = feedback()
    empty = {
        field.name: getattr(view, field.name).iloc[:0]
        for field in dataclasses.fields(view)
        if isinstance(getattr(view, field.name), pd.DataFrame)
    }
    page = household_page(study, dataclasses.replace(view, **empty))
    assert "There is nothing to compare with." in page


@pytest.mark.parametrize(
    ("target", "x", "width"),
    [((25, 35), 75, 30), ((NAN, 10), 0, 30), ((90, NAN), 270, 30), ((NAN, NAN), 0, 0), ((150, 200), 300, 0)],
)
def test_the_band_of_a_strip_is_the_target(target: tuple[float, float], x: float, width: float) -> None:
    drawn = BeautifulSoup(str(strip(40.0, 30.0, 50.0, target, 100.0, "w")), "html.parser")
    band = drawn.select_one(".band")
    assert (float(band["x"]), float(band["width"])) == (x, width)
    assert float(drawn.select_one(".value")["cx"]) == 120
    assert (float(drawn.select_one(".range")["x1"]), float(drawn.select_one(".range")["x2"])) == (90, 150)


def test_a_line_breaks_where_a_month_is_missing() -> None:
    drawn = BeautifulSoup(str(line("JFMA", [1.0, NAN, 2.0, 3.0], [NAN] * 4, (NAN, NAN), "w")), "html.parser")
    assert drawn.select_one(".thin")["d"].count("M") == 2
    assert len(drawn.select(".month")) == 3
    assert drawn.select_one(".thick")["d"] == ""


def test_a_scale_holds_all_that_is_drawn() -> None:
    assert ceiling(NAN, 4.0, 0.5) == 5.0
    assert ceiling(NAN) == ceiling(0.0) == 1.0


def test_the_room_reads_no_file_of_the_page(tmp_path: Path, study: Study) -> None:
    assert str(study.root) not in household_page(study, feedback())


@pytest.mark.extra
def test_own_targets_are_kept_for_one_household_only_and_can_be_put_into_a_file(
    tmp_path: Path, study: Study
) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    for name in ("7", "8"):
        view = dataclasses.replace(feedback(), household_id=name)
        (tmp_path / f"{name}.html").write_text(household_page(study, view), encoding="utf-8")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(reduced_motion="reduce").new_page()
        page.goto((tmp_path / "7.html").as_uri())
        page.focus("details.own summary")
        page.keyboard.press("Enter")
        page.fill("tr[data-own=fat_energy_percent] input[data-bound=high]", "45")
        page.keyboard.press("Tab")
        assert page.inner_text("[data-own-said]") == "Beside your own targets: within fat."
        assert page.inner_text("pre[data-file]") == "7,fat_energy_percent,25,45,"
        page.goto((tmp_path / "8.html").as_uri())
        assert page.inner_text("tr[data-measure=fat_energy_percent] .position") == "above"
        page.goto((tmp_path / "7.html").as_uri())
        assert page.inner_text("tr[data-measure=fat_energy_percent] .position") == "within"
        # A link followed by the keyboard goes on where it leads.
        page.goto((tmp_path / "7.html").as_uri() + "#group-butter")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        assert page.locator("#group-butter table").first.is_visible()
        browser.close()
