"""Studies unlike the reference study: what runs, and whose words stand on their pages."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
WORDS = (
    "simulated",
    "household",
    "households",
    "customer",
    "customers",
    "grocer",
    "groceries",
    "nan",
    "nutrition",
)


class Text(HTMLParser):
    """The words that a reader sees: no code, no scripts, no styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "pre", "code")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "pre", "code")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def seen(page: Path) -> str:
    text = Text()
    text.feed(page.read_text(encoding="utf-8"))
    return " ".join(" ".join(text.words).split())


@pytest.mark.extra
def test_a_clickstream_without_feedback_runs_in_words_of_its_own(tmp_path: Path, command) -> None:
    folder = tmp_path / "library"
    script = EXAMPLES / "clickstream" / "make.py"
    done = subprocess.run([sys.executable, str(script), str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert command("check", "--study", folder)[1].splitlines()[-1].endswith("no problem found")
    code, out, err = command("run", "--study", folder)
    assert code == 0, err
    assert "3 ran, 0 failed" in out
    pages = sorted(folder.glob("outputs/**/*.html"))
    assert len(pages) >= 5
    for page in pages:
        text = seen(page)
        found = [word for word in WORDS if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
        assert found == [], f"{page.relative_to(folder)}: {found}"
        assert "made up by a script" in text
    assert "whole months" in seen(folder / "outputs/20-use/index.html")
