"""The verb ``panel``, and the way from opening JupyterLab to an agreement table without leaving it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import lab
import pytest
from test_panel_browser import DATA, Desk, browser, code, desk, place, select, status, until  # noqa: F401

from casestudy.coding import summaries
from casestudy.panel.laboratory import notebook
from casestudy.study import Study


def test_the_notebook_of_the_verb_holds_a_call_and_no_word(talk_copy: Path) -> None:
    made = notebook("t1", "anna", "code")
    assert made["cells"][1]["source"].endswith("panel('t1', coder='anna')")
    assert notebook("t'1", "anna", "blind")["cells"][1]["source"].endswith(
        "panel(\"t'1\", coder='anna', mode='blind')"
    )
    assert "Potatoes" not in json.dumps(made)


def test_what_is_wrong_is_said_before_jupyterlab_starts(command: Any, talk_copy: Path) -> None:
    code_, _, said = command("panel", "t9", "--coder", "anna", "--study", talk_copy, "--no-browser")
    assert code_ == 2
    assert "t9" in said
    code_, _, said = command("panel", "t1", "--coder", "a/b", "--study", talk_copy, "--no-browser")
    assert code_ == 2
    assert not (talk_copy / ".casestudy/panel").exists()


@pytest.mark.extra
def test_the_verb_opens_a_panel_that_is_run_already(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(DATA, tmp_path / "talk")
    environment = {**os.environ, "PYTHONPATH": str(lab.ROOT), "HOME": str(tmp_path)}
    words = [sys.executable, "-u", "-m", "casestudy", "panel", "t1", "--coder", "a", "--no-browser"]
    process = subprocess.Popen(
        words, cwd=tmp_path / "talk", env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        [address] = re.findall(r"http\S+", process.stdout.readline())
        page = browser.new_page()
        page.goto(address, wait_until="commit")
        lab.panel_of(page, 60_000)
        until(lambda: page.locator(".cs-chip").count() == 5, page)
        page.close()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0


@pytest.mark.extra
def test_a_student_codes_has_a_second_coder_and_sees_the_agreement(desk: Desk) -> None:  # noqa: F811
    begun = time.monotonic()
    places = ("Potatoes", "mostly", "beans", "my neighbour", "seeds", "came up", "carry it")
    places += ("Every evening", "heavy", "like the walk", "never use")
    first = desk.open("panel('t1', 'anna')")
    for words in places[:10]:
        select(first, words)
        code(first, "food")
    assert len(desk.work("anna")) == 10
    second = desk.open("panel('t1', 'ben', mode='blind')", name="b")
    for words in places[::2]:
        select(second, words)
        code(second, "food")
    both = desk.open("panel('t1', 'anna', mode='compare', other='ben')", name="c")
    status(both, "open here")
    table = both.locator(".cs-compare table").inner_text()
    assert "Growing > Food" in table
    print(f"ten codings, a blind second coder, an agreement table: {time.monotonic() - begun:.0f} s")


@pytest.mark.extra
def test_codebook_and_matrix_are_written_in_the_browser(desk: Desk) -> None:  # noqa: F811
    from test_panel_editors import FRAMEWORK

    (desk.root / "coding_schemes/framework.yaml").write_text(FRAMEWORK, encoding="utf-8")
    lab.notebook(
        desk.root / "notebooks/e.ipynb",
        "from casestudy.panel import codebook_editor, framework_matrix",
        "codebook_editor('k')",
        "framework_matrix('k')",
    )
    context = desk.browser.new_context(viewport={"width": 1400, "height": 1500})
    desk.contexts.append(context)
    page = context.new_page()
    lab.open_notebook(page, desk.address, f"{desk.root.name}/notebooks/e.ipynb")
    page.wait_for_selector(".cs-matrix textarea", timeout=60_000)
    page.locator(".cs-code", has_text="Hose").click()
    page.get_by_label("Definition").fill("Water by hose.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(".cs-alert:has-text('reason')")
    page.get_by_label("Why").fill("clearer")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(".cs-events li:has-text('clearer')")
    page.locator(".cs-matrix textarea").first.click()
    page.wait_for_selector(".cs-quotes blockquote")
    page.keyboard.type("She eats what she grows.")
    page.keyboard.press("Tab")
    until(
        lambda: [one.text for one in summaries.read(Study.load(desk.root))] == ["She eats what she grows."],
        page,
    )
