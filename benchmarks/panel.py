"""Time from a key press to drawn and saved, in real JupyterLab in real Chromium, on a very long document.

The document has 600,000 characters in 1,200 turns and 3,000 codings. Measured in the browser: from the key
event to the frame after the answer was drawn. An act is answered when it is on the disk.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import lab  # noqa: E402

from casestudy.coding import codings  # noqa: E402
from casestudy.panel.session import Session  # noqa: E402
from casestudy.study import Study  # noqa: E402

LENGTH, TURNS, CODINGS, ACTS = 600_000, 1200, 3000, 200
CODES = ("garden.grow.food", "garden.grow.show", "garden.water.carry", "garden.water.hose", "help.neighbour")
WORDS = ("we", "grow", "potatoes", "and", "beans", "near", "the", "lake", "neighbours", "carry", "water")

# Puts down when a key was pressed and when what it led to was drawn.
WATCH = """() => {
    window.times = [];
    let pressed = 0;
    const page = document.querySelector('.cs-page');
    page.addEventListener('keydown', (event) => { pressed = event.timeStamp; }, true);
    new MutationObserver(() => {
        const begun = pressed;
        requestAnimationFrame(() => window.times.push(performance.now() - begun));
    }).observe(document.querySelector('.cs-status'), { childList: true, characterData: true });
}"""


def made(folder: Path) -> Path:
    """A study with the long document, coded."""
    root = folder / "study"
    shutil.copytree(ROOT / "tests/data/talk", root)
    chance = random.Random(1666)
    size = LENGTH // TURNS
    turns = []
    for number in range(TURNS):
        head = f"{'INTERVIEWER' if number % 4 == 0 else 'Aino'}: "
        words = ""
        while len(words) < size - len(head) - 2:
            words += chance.choice(WORDS) + (". " if chance.random() < 0.1 else " ")
        turns.append(head + words[: size - len(head) - 3] + ".")
    text = "\n\n".join(turns) + "\n"
    (root / "interviews/transcripts/long.txt").write_text(text, encoding="utf-8")
    study = Study.load(root)
    session = Session(study, "long", "anna")
    text = session.words.document.text
    own = [turn for turn in session.words.document.turns if turn.role != "interviewer"]
    records = []
    for number in range(CODINGS):
        turn = own[number * len(own) // CODINGS]
        start = turn.speech + chance.randrange(0, max(1, turn.end - turn.speech - 120))
        end = start + chance.randrange(20, 110)
        fields = {"code": CODES[number % len(CODES)], "start": start, "end": end, "quote": text[start:end]}
        mark = session.words.document.sha256[:16]
        records.append(
            codings.record("add", place="anna/long", when="2026-01-01T00:00:00Z", text=mark, **fields)
        )
    codings.append(study, "anna", "long", records)
    lab.notebook(root / "notebooks/a.ipynb", "from casestudy.panel import panel", "panel('long', 'anna')")
    return root


def opening(page: Any) -> float:
    """Milliseconds from running the cell to the transcript being there, once the package is imported."""
    page.evaluate("document.querySelectorAll('.cs-panel').forEach((one) => { one.dataset.old = 1; })")
    begun = page.evaluate("performance.now()")
    lab.command(page, "notebook:run-all-cells")
    page.wait_for_function(
        "document.querySelector('.cs-panel:not([data-old]) .cs-piece') !== null", polling=10, timeout=60_000
    )
    return float(page.evaluate("performance.now()")) - float(begun)


def acts(page: Any, count: int) -> list[float]:
    """Milliseconds of acts: one more sentence coded, by one key."""
    page.locator(".cs-page").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Space")
    page.keyboard.type("hose")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.cs-status').textContent.includes('Hose')")
    found = []
    for number in range(count):
        for _ in range(1 + number % 3):
            page.keyboard.press("Control+Shift+ArrowRight")
        page.evaluate(WATCH if not number else "() => { window.times.length = 0; }")
        page.evaluate("() => { document.querySelector('.cs-status').textContent = ''; }")
        page.wait_for_timeout(20)
        page.evaluate("() => { window.times.length = 0; }")
        page.keyboard.press("Control+Enter")
        page.wait_for_function("window.times.length > 0", polling=5)
        found.append(float(page.evaluate("window.times[0]")))
        page.keyboard.press("End")
        if number % 5 == 4:
            page.keyboard.press("ArrowDown")
            page.keyboard.press("PageDown")
    return found


def main() -> None:
    """Print the figures."""
    if not shutil.which("chromium"):
        print("Passed over: chromium is not installed.")
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        root = made(folder)
        with lab.server(root, folder / "private") as address, lab.chromium() as browser:
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            lab.open_notebook(page, address, "notebooks/a.ipynb")
            lab.panel_of(page, 60_000)
            opened = sorted(opening(page) for _ in range(5))
            page.evaluate("document.querySelectorAll('.cs-panel[data-old]').forEach((one) => one.remove())")
            drawn = page.evaluate("document.querySelectorAll('.cs-piece').length")
            times = sorted(acts(page, ACTS))
        work = codings.work(Study.load(root), "anna", "long")
    print(f"document: {LENGTH:,} characters, {TURNS:,} turns, {CODINGS:,} codings, {drawn} pieces drawn")
    print(f"opening: median {statistics.median(opened) / 1000:.2f} s of {len(opened)}")
    for share in (50, 90, 99):
        milliseconds = times[min(len(times) - 1, len(times) * share // 100)]
        print(f"key to drawn and saved, percentile {share}: {milliseconds:.0f} ms")
    print(f"codings in the file: {len(work.codings):,}")


if __name__ == "__main__":
    main()
