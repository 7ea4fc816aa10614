"""The panel in real JupyterLab in real Chromium: by keyboard, mouse and touch, and what failures lose."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lab
import pytest

from casestudy.coding import codings
from casestudy.study import Study

pytestmark = pytest.mark.extra
PICTURES = Path(__file__).parent.parent / "casestudy" / "panel" / "pictures"
DATA = Path(__file__).parent / "data" / "talk"
KEPT = (
    "import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\nfrom casestudy.panel import panel"
)
STRANGE = (
    "INTERVIEWER: Who lives there?\n\n"
    "Aino: My family 👩‍👩‍👧 and Zoe\u0308, with 🥔🥔 in the cellar. "
    "<script>window.hacked = 1</script> ]]> <b>bold</b>\n\n"
    "Dana: שלום לכולם, אני גרה כאן. כן.\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    pytest.importorskip("playwright.sync_api")
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed")
    folder = tmp_path_factory.mktemp("lab")
    with lab.server(folder, tmp_path_factory.mktemp("private")) as address:
        yield folder, address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api")
    with lab.chromium() as opened:
        yield opened


class Desk:
    """A study of its own, with a notebook that shows a panel, opened in pages of its own."""

    def __init__(self, browser: Any, place: tuple[Path, str], name: str) -> None:
        self.browser, (folder, self.address) = browser, place
        self.root = folder / name
        shutil.copytree(DATA, self.root)
        self.contexts: list[Any] = []

    def open(self, call: str = "panel('t1', 'anna')", name: str = "a", **given: Any) -> Any:
        context = self.browser.new_context(viewport={"width": 1400, "height": 1000}, **given)
        self.contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        path = self.root / "notebooks" / f"{name}.ipynb"
        if not path.exists():
            lab.notebook(path, KEPT, call)
        lab.open_notebook(page, self.address, f"{self.root.name}/notebooks/{name}.ipynb")
        lab.panel_of(page)
        return page

    def again(self, page: Any) -> None:
        """Run the notebook again, and wait for the new panel."""
        page.evaluate("document.querySelectorAll('.cs-panel').forEach(one => { one.dataset.old = 1 })")
        lab.run_all(page)
        if page.locator(".jp-Dialog .jp-mod-accept").count():  # it says that the kernel was started again
            page.locator(".jp-Dialog .jp-mod-accept").click()
        page.wait_for_selector(".cs-panel:not([data-old]) .cs-turn", timeout=30_000)

    def work(self, coder: str = "anna", document: str = "t1") -> list[tuple[str, str]]:
        """What the coder's file holds: code and words."""
        found = codings.work(Study.load(self.root), coder, document).codings
        return [(one.code, one.quote) for one in found]

    @property
    def kernel(self) -> int:
        return int((self.root / "notebooks" / "pid").read_text())

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def desk(browser: Any, place: tuple[Path, str], request: pytest.FixtureRequest) -> Iterator[Desk]:
    made = Desk(browser, place, "".join(one for one in request.node.name if one.isalnum() or one == "_"))
    yield made
    made.close()


def status(page: Any, words: str) -> None:
    """Wait until the panel says something."""
    page.wait_for_function(
        "words => document.querySelector('.cs-panel:not([data-old]) .cs-status').textContent.includes(words)",
        arg=words,
        timeout=10_000,
    )


def until(wanted: Callable[[], bool], page: Any) -> None:
    for _ in range(600):
        if wanted():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to that")


def select(page: Any, words: str) -> None:
    """Select words by dragging the mouse over them."""
    box = page.evaluate(
        """words => {
            for (const said of document.querySelectorAll('.cs-panel:not([data-old]) .cs-said')) {
                const at = said.textContent.indexOf(words);
                if (at < 0) continue;
                const find = (offset) => {
                    const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
                    let node = walker.nextNode();
                    while (offset > node.data.length) {
                        offset -= node.data.length;
                        node = walker.nextNode();
                    }
                    return [node, offset];
                };
                const range = document.createRange();
                range.setStart(...find(at)); range.setEnd(...find(at + words.length));
                const boxes = [...range.getClientRects()].filter((one) => one.width > 0);
                const first = boxes[0], last = boxes[boxes.length - 1];
                return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2];
            }
        }""",
        words,
    )
    page.mouse.move(box[0] + 0.5, box[1])
    page.mouse.down()
    page.mouse.move((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, steps=4)
    page.mouse.move(box[2] - 0.5, box[3], steps=4)
    page.mouse.up()
    status(page, "Selected")


def code(page: Any, letters: str) -> None:
    page.keyboard.type(letters)
    page.keyboard.press("Enter")
    status(page, "Saved")


def test_a_segment_is_coded_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open()
    page.evaluate("document.querySelector('.cs-search').focus()")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('cs-page')"):
            break
    page.keyboard.press("Control+Home")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    for _ in range(2):
        page.keyboard.press("Control+Shift+ArrowRight")
    code(page, "foo")
    assert desk.work() == [("garden.grow.food", "Potatoes, mostly")]
    page.keyboard.press("Control+Enter")
    status(page, "already")
    page.keyboard.press("Alt+ArrowLeft")
    until(lambda: desk.work() == [("garden.grow.food", "Potatoes")], page)
    page.keyboard.press("Shift+Enter")
    until(lambda: len(desk.work()) == 2, page)
    assert desk.work()[-1][1].startswith("Potatoes, mostly. And") or desk.work()[0][1].endswith(
        "I was there."
    )
    assert page.faults == []


def test_a_segment_is_coded_by_mouse(desk: Desk) -> None:
    page = desk.open()
    select(page, "Every evening, two cans.")
    page.locator(".cs-code", has_text="Carrying").click()
    status(page, "Saved")
    assert desk.work() == [("garden.water.carry", "Every evening, two cans.")]
    page.locator(".cs-chip").click()
    page.get_by_role("button", name="Delete the coding").click()
    status(page, "Deleted")
    assert desk.work() == []


def test_a_segment_is_coded_by_touch(desk: Desk) -> None:
    page = desk.open(has_touch=True)
    words = page.locator(".cs-said", has_text="I carry it.")
    box = words.bounding_box()
    page.touchscreen.tap(box["x"] + 20, box["y"] + 12)
    status(page, "Selected, 11")
    tree = page.locator(".cs-code", has_text="Carrying").bounding_box()
    page.touchscreen.tap(tree["x"] + 60, tree["y"] + 8)
    status(page, "Saved")
    assert desk.work() == [("garden.water.carry", "I carry it.")]
    extend = page.get_by_role("button", name="Extend").bounding_box()
    page.touchscreen.tap(extend["x"] + 5, extend["y"] + 5)
    page.touchscreen.tap(box["x"] + 20, box["y"] + 12)
    page.wait_for_timeout(300)
    page.touchscreen.tap(box["x"] + 120, box["y"] + 12)
    status(page, "Selected, 36")


def test_three_codes_overlap_and_each_has_its_line_and_its_words_for_a_screen_reader(desk: Desk) -> None:
    page = desk.open()
    for words, letters in (
        ("I carry it. Every evening", "carr"),
        ("it. Every evening, two", "neigh"),
        ("Every", "show"),
    ):
        select(page, words)
        code(page, letters)
    assert len(desk.work()) == 3
    page.keyboard.press("Escape")
    piece = page.locator(".cs-piece", has_text="Every").first
    assert piece.inner_text() == "Every"
    assert len(piece.get_attribute("data-ids").split()) == 3
    assert piece.evaluate("one => one.style.background.split('linear-gradient').length - 1") == 3
    label = page.locator(".cs-chip", has_text="Show").get_attribute("aria-label")
    assert "Overlaps with Carrying, Neighbour" in label


def test_undo_and_redo_reach_back_over_a_restart_of_the_kernel(desk: Desk) -> None:
    page = desk.open()
    select(page, "Potatoes")
    code(page, "food")
    page.keyboard.type("neigh")
    page.keyboard.press("Enter")
    until(lambda: len(desk.work()) == 2, page)
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    desk.again(page)
    page.locator(".cs-panel:not([data-old])").get_by_role("button", name="Undo").click()
    until(lambda: len(desk.work()) == 1, page)
    page.locator(".cs-panel:not([data-old])").get_by_role("button", name="Redo").click()
    until(lambda: len(desk.work()) == 2, page)
    until(lambda: page.locator(".cs-panel:not([data-old]) .cs-chip").count() == 2, page)


def test_a_killed_kernel_loses_nothing_that_was_saved_and_the_panel_says_it_is_gone(desk: Desk) -> None:
    page = desk.open()
    select(page, "Potatoes")
    code(page, "food")
    os.kill(desk.kernel, signal.SIGKILL)
    page.keyboard.type("neigh")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The kernel does not answer", timeout=15_000)
    assert desk.work() == [("garden.grow.food", "Potatoes")]
    assert page.locator(".cs-chip").count() == 1
    desk.again(page)
    until(lambda: page.locator(".cs-panel:not([data-old]) .cs-chip").count() == 1, page)
    select(page, "I carry it.")
    code(page, "carr")
    assert len(desk.work()) == 2


def test_two_windows_on_one_document_see_each_other(desk: Desk) -> None:
    one, two = desk.open(), desk.open(name="b")
    select(one, "Potatoes")
    code(one, "food")
    two.wait_for_selector(".cs-chip", timeout=10_000)
    select(two, "I carry it.")
    code(two, "carr")
    until(lambda: one.locator(".cs-chip").count() == 2, one)
    two.keyboard.press("Control+z")
    until(lambda: one.locator(".cs-chip").count() == 1, one)
    assert desk.work() == [("garden.grow.food", "Potatoes")]


def test_a_verb_beside_the_panel_is_taken_in(desk: Desk, command: Any) -> None:
    page = desk.open()
    wishes = desk.root / "wishes.txt"
    wishes.write_text("help.neighbour | I carry it.", encoding="utf-8")
    given = ("--coder", "anna", "--document", "t1", "--file", wishes, "--study", desk.root)
    assert command("codings", "add", *given)[0] == 0
    page.wait_for_selector(".cs-chip", timeout=10_000)
    path = desk.root / "interviews/transcripts/t1.md"
    path.write_text(path.read_text(encoding="utf-8").replace("two cans", "three cans"), encoding="utf-8")
    page.wait_for_selector(".cs-said:has-text('three cans')", timeout=10_000)


@pytest.fixture
def strange(desk: Desk) -> Desk:
    (desk.root / "interviews/transcripts/s1.txt").write_text(STRANGE, encoding="utf-8")
    return desk


def test_people_select_what_they_see_and_code_points_are_stored(strange: Desk) -> None:
    page = strange.open("panel('s1', 'anna')")
    page.locator(".cs-page").focus()
    for words, letters in (("👩‍👩‍👧", "food"), ("Zoe\u0308", "neigh"), ("🥔🥔", "show")):
        select(page, words)
        code(page, letters)
    assert [quote for _, quote in strange.work(document="s1")] == ["👩‍👩‍👧", "Zoe\u0308", "🥔🥔"]
    [family, *_] = codings.work(Study.load(strange.root), "anna", "s1").codings
    assert family.end - family.start == 5
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    for _ in range(4):
        page.keyboard.press("Control+ArrowLeft")
    page.keyboard.press("Home")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    status(page, "Selected, 1 ")


def test_the_arrows_follow_the_script_from_right_to_left(strange: Desk) -> None:
    page = strange.open("panel('s1', 'anna')")
    select(page, "שלום")
    code(page, "food")
    assert strange.work(document="s1") == [("garden.grow.food", "שלום")]
    page.keyboard.press("Home")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowLeft")
    code(page, "neigh")
    assert ("help.neighbour", "שלום לכולם") in strange.work(document="s1")


def test_words_of_a_transcript_are_never_markup(strange: Desk) -> None:
    page = strange.open("panel('s1', 'anna')")
    said = page.locator(".cs-said", has_text="My family").inner_text()
    assert "<script>window.hacked = 1</script> ]]> <b>bold</b>" in said
    assert page.evaluate("window.hacked") is None
    assert page.locator(".cs-page b, .cs-page script").count() == 0
    select(page, "<script>window")
    page.keyboard.press("Control+i")
    page.keyboard.press("Enter")
    status(page, "Saved")
    assert page.evaluate("window.hacked") is None
    assert strange.work(document="s1")[0][0] == "garden.script_window"


def test_a_new_code_out_of_the_words_stands_in_the_history(desk: Desk) -> None:
    page = desk.open()
    select(page, "I like the walk")
    page.keyboard.press("Control+i")
    page.wait_for_selector(".cs-vivo:not([hidden])")
    page.keyboard.press("Enter")
    status(page, "Saved")
    assert desk.work() == [("garden.i_like_the_walk", "I like the walk")]
    assert page.locator(".cs-code", has_text="I like the walk").count() == 1
    history = (desk.root / "coding_schemes/history.jsonl").read_text(encoding="utf-8")
    assert json.loads(history)["who"] == "anna"


def test_a_saved_and_cleared_notebook_holds_no_word_of_the_transcript(desk: Desk) -> None:
    page = desk.open()
    select(page, "Potatoes")
    code(page, "food")
    path = desk.root / "notebooks/a.ipynb"
    told = ("Potatoes", "neighbour gave", "Maija", "INTERVIEWER", "I carry it", "help.neighbour")
    for act in ("notebook:clear-all-cell-outputs", ""):
        before = path.stat().st_mtime_ns
        page.evaluate(
            """() => {
                const notebook = window.jupyterapp.shell.currentWidget;
                notebook.model.sharedModel.setMetadata('saved_at', Date.now());
                notebook.context.save();
            }"""
        )
        until(lambda before=before: path.stat().st_mtime_ns > before, page)
        stored = path.read_text(encoding="utf-8")
        assert [word for word in told if word in stored] == []
        if act:
            lab.command(page, act)


def test_a_memo_and_an_attribute_are_saved(desk: Desk) -> None:
    page = desk.open()
    select(page, "Potatoes")
    code(page, "food")
    page.keyboard.press("F2")
    page.keyboard.type("staple, not a treat")
    page.keyboard.press("Control+Enter")
    page.locator(".cs-attribute select").first.select_option("experienced")
    until(
        lambda: (
            [
                (one.memo, dict(one.attributes))
                for one in codings.work(Study.load(desk.root), "anna", "t1").codings
            ]
            == [("staple, not a treat", {"modality": "experienced"})]
        ),
        page,
    )


@pytest.mark.skipif("PANEL_PICTURES" not in os.environ, reason="pictures are made when PANEL_PICTURES is set")
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_pictures_of_the_documentation_are_made(desk: Desk, theme: str) -> None:
    page = desk.open("panel('t1', 'a')")
    page.evaluate("theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }", theme)
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    page.evaluate("document.querySelector('.cs-body').style.height = '480px'")
    page.get_by_role("button", name="Suggest by rules").click()
    status(page, "suggestion")
    select(page, "I like the walk")
    page.keyboard.type("car")
    page.wait_for_timeout(600)
    name = theme.rpartition(" ")[2].casefold()
    page.locator(".cs-panel").screenshot(path=PICTURES / f"{name}.png")
    assert (PICTURES / f"{name}.png").stat().st_size > 20_000


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_no_serious_accessibility_fault_in_either_theme(desk: Desk, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = desk.open("panel('t1', 'a')")
    page.evaluate("theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }", theme)
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    page.wait_for_timeout(500)
    page.locator(".cs-chip").first.click()
    page.locator(".cs-code").first.hover()
    page.get_by_role("button", name="Keys").click()
    found = axe.run(page, context=".cs-panel").response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in serious
    ] == []
