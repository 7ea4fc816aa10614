"""Joint displays on paper: LaTeX that holds every cell, escaped, and columns that fit a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy import latex
from casestudy.mixed import displays
from casestudy.outputs import Outputs
from casestudy.study import Study

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
HOSTILE = r"50 % of R&D_1 ~ a^b {x} \input{/etc/passwd} $1 #2 <b> | it''s -- ``so'' [1] *"
# What stands for what in the escaped text, longest first; read back by a scanner of its own.
BACK = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    **{f"\\{sign}": sign for sign in "&%$#_{}"},
    "{}": "",
}


def read_back(text: str) -> str:
    """The text that TeX would print, by a scanner that fails on any active sign which is not escaped."""
    out = ""
    while text:
        known = next((mark for mark in BACK if text.startswith(mark)), "")
        if known:
            out, text = out + BACK[known], text[len(known) :]
        else:
            assert text[0] not in "\\&%$#_{}~^", text
            out, text = out + text[0], text[1:]
    return out


@given(st.text(st.sampled_from("ab-'` \n\t\\&%$#_{}~^<>|[]*\"é"), max_size=40))
def test_every_sign_is_printed_and_none_is_active(text: str) -> None:
    assert read_back(latex.escaped(text)) == " ".join(text.split())
    assert not re.search(r"--|''|``", latex.escaped(text))


def test_signs_that_pdflatex_does_not_know_are_replaced() -> None:
    assert latex.escaped("−3 ≥ 2\u00a0kg → ok") == r"$-$3 $\geq$ 2~kg $\rightarrow$ ok"


def test_rows_have_their_cells_and_cannot_open_an_option() -> None:
    text = latex.table(["a_b", "says"], [["", HOSTILE], ["[2]", "*"]], HOSTILE, "made")
    rows = [line for line in text.splitlines() if line.endswith(r"\tabularnewline") and "caption" not in line]
    assert [len(re.findall(r"(?<!\\)&", row)) for row in rows] == [1, 1, 1, 1]
    assert rows[-1].startswith("{}[2] & {}*")
    assert rows[-2].startswith(" & 50")
    assert r"\input" not in text.replace(r"\textbackslash{}input", "")
    opened = re.sub(r"\\[{}]", "", text)
    assert opened.count("{") == opened.count("}")
    shares = [float(one) for one in re.findall(r"dimexpr ([\d.]+)", text)]
    assert sum(shares) == pytest.approx(1, abs=0.002)
    assert latex.table(["a"], [], "Nobody.", "none").count(r"\endhead") == 1


def test_wide_displays_fold_their_numbers_and_counts() -> None:
    table = pd.DataFrame(
        {
            "id": ["a", "b"],
            "theme": ["A", "B"],
            "said_by": ["1 of 2", "0 of 2"],
            "per_month": [2.5, None],
            "Calm": ["1 of 2", "2 of 2"],
            "coding": ["k1", ""],
        }
    )
    made = displays.with_inferences(table, "d", "id", {("d", "a"): "They agree."})
    paper = displays.on_paper(made)
    assert list(paper) == ["theme", "said_by", "measured", "voiced", "meta_inference"]
    assert paper["measured"].tolist() == ["per month 2.50", ""]
    assert paper["voiced"].tolist() == ["Calm 1 of 2", "Calm 2 of 2"]
    assert paper["meta_inference"].tolist() == ["They agree.", "to write"]
    assert displays.on_paper(made.iloc[:0]).empty


def test_a_display_is_saved_as_csv_and_latex_and_shown_as_html(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "Made up"\n')
    out = Outputs(Study.load(tmp_path), "45-made")
    table = pd.DataFrame({"id": ["<b>x</b>"], "visits": [1.0], "meta_inference": [HOSTILE]})
    shown = out.save(table, "display", "A caption.", rows="whole", paper=displays.on_paper(table))
    assert json.loads((out.folder / "contents.json").read_text())["display"]["latex"] == "display.tex"
    assert "&lt;b&gt;x" in shown.bundle["text/html"]
    text = (out.folder / "display.tex").read_text()
    assert r"\textless{}b\textgreater{}x" in text
    assert "visits 1.00" in text
    assert HOSTILE.replace('"', '""') in (out.folder / "display.csv").read_text()


def test_every_joint_display_of_the_notebooks_is_saved_for_paper_too() -> None:
    found = 0
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            text = "".join(cell["source"])
            if "with_inferences(" in text:
                found += 1
                assert "paper=displays.on_paper(table)" in text, path.name
    assert found >= 6
