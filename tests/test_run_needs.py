"""What notebooks need: judged per study, said with the step that helps, and marked on pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casestudy.cli import needs
from casestudy.errors import InputError
from casestudy.run import notebook
from casestudy.run.needs import KINDS, read
from casestudy.study import Study

ROOT = Path(__file__).parent.parent


def metadata(path: Path, **entries: object) -> None:
    stored = json.loads(path.read_text())
    stored["metadata"].setdefault("casestudy", {}).update(entries)
    path.write_text(json.dumps(stored))


def test_every_kind_has_a_way_to_look_and_words_for_its_lack() -> None:
    having = needs.Having(Study(ROOT, "S"))
    assert set(having.numbers) == set(KINDS)
    assert set(needs._WORDS) == set(KINDS)


def test_the_reference_study_has_all_that_its_notebooks_need() -> None:
    study = Study.load(ROOT)
    verdicts = needs.judged(study, notebook.of_study(study))
    assert [one.notebook for one in verdicts if one.state != "can run"] == []
    assert all(one.needs for one in notebook.of_study(study))


def test_an_empty_study_has_none_of_them(tmp_path: Path) -> None:
    having = needs.Having(Study(tmp_path, "S"))
    for kind in KINDS:
        (need,), _ = read([kind], "n")
        lack = having.lack(need)
        assert lack is not None, kind
        assert lack.step.endswith("."), kind


@pytest.mark.parametrize(
    ("coders", "why"),
    [
        ([], "nothing is coded"),
        (["anna"], "it needs 2 coders, and there is 1"),
        (["anna", "ben"], ""),
    ],
)
def test_coders_are_counted_by_who_has_coded(tmp_path: Path, coders: list[str], why: str) -> None:
    for name in [*coders, "asked"]:
        folder = tmp_path / "interviews/codings" / name
        folder.mkdir(parents=True)
        (folder / "c01.jsonl").write_text("{}\n" if name in coders else "")
    (need,), _ = read(["coders >= 2"], "n")
    lack = needs.Having(Study(tmp_path, "S")).lack(need)
    assert (lack.why if lack else "") == why


def test_metadata_are_checked_with_the_nearest_word(small_study: Study, command) -> None:
    metadata(small_study.root / "notebooks/10-first.ipynb", needs=["evnts"], helped_by=["purchase"])
    code, _, err = command("check", "--study", small_study.root)
    assert code == 2
    assert "'evnts' is not something that a study has. Did you mean 'events'?" in err
    assert "Did you mean 'purchases'?" in err
    metadata(small_study.root / "notebooks/10-first.ipynb", needs="events", helped_by=[], need=[])
    err = command("check", "--study", small_study.root)[2]
    assert "metadata casestudy.needs: it is not a list of texts." in err
    assert "'need' is not known. Did you mean 'needs'?" in err


def test_one_missing_source_stops_one_notebook(small_study: Study, command) -> None:
    root = small_study.root
    metadata(root / "notebooks/20-second.ipynb", needs=["purchases"])
    code, out, _ = command("run", "--study", root)
    assert code == 0
    assert "1 ran, 0 failed, 1 cannot run here" in out
    assert "cannot run: 20-second: study.toml names no purchases" in out
    assert "[sources]" in out
    index = (root / "outputs/index.html").read_text()
    assert "20-second" in index
    assert "names no purchases" in index
    checked = command("check", "--study", root)[1]
    assert "1 notebook can run, 1 cannot" in checked
    row = json.loads(command("status", "--study", root, "--json")[1])[1]
    assert (row["notebook"], row["can"]) == ("20-second", "cannot run")
    assert "[sources]" in row["lacks"][0]
    assert command("status", "--study", root, "--strict")[0] == 0


def test_what_reads_a_barred_notebook_is_barred_too(small_study: Study, command) -> None:
    root = small_study.root
    metadata(root / "notebooks/10-first.ipynb", needs=["events"])
    code, out, _ = command("run", "--study", root, "--no-pages")
    assert code == 0
    assert "0 ran, 0 failed, 2 cannot run here" in out
    assert "it reads 10-first, which cannot run" in command("status", "--study", root)[1]


def test_a_barred_notebook_that_is_asked_for_is_an_error(small_study: Study, command) -> None:
    metadata(small_study.root / "notebooks/20-second.ipynb", needs=["coders >= 2"])
    code, _, err = command("run", "20", "--study", small_study.root)
    assert code == 2
    assert "20-second: it cannot run here: nothing is coded" in err


def test_what_helps_is_left_out_in_part(small_study: Study, command) -> None:
    root = small_study.root
    metadata(root / "notebooks/20-second.ipynb", helped_by=["purchases"])
    assert "2 ran" in command("run", "--study", root, "--no-pages")[1]
    assert (
        "can run in part: 20-second: study.toml names no purchases" in command("status", "--study", root)[1]
    )


def test_a_page_whose_input_changed_says_so_and_is_clean_after_the_next_run(
    small_study: Study, command
) -> None:
    root = small_study.root
    command("run", "--study", root)
    page, index = root / "outputs/10-first/index.html", root / "outputs/index.html"
    before = page.read_bytes()
    assert b"Not up to date" not in before
    (root / "numbers/a.csv").write_text("name,n\nx,5\ny,5\n")
    command("render", "--study", root)
    assert "numbers/a.csv changed" in page.read_text()
    assert "numbers/a.csv changed" in index.read_text()
    (root / "numbers/a.csv").write_text("name,n\nx,3\ny,4\n")
    command("render", "--study", root)
    assert page.read_bytes() == before


def test_a_page_of_a_failed_notebook_says_so(small_study: Study, command) -> None:
    root = small_study.root
    command("run", "--study", root)
    path = root / "notebooks/10-first.ipynb"
    path.write_text(path.read_text().replace("total = int(", "total = 1 / 0 * int("))
    assert command("run", "--study", root)[0] == 1
    first, second = (root / f"outputs/{name}/index.html" for name in ("10-first", "20-second"))
    assert "the last run failed" in first.read_text()
    assert "ZeroDivisionError" in first.read_text()
    assert "the last run did not reach it" in second.read_text()
    assert "the last run failed" in (root / "outputs/index.html").read_text()


def test_a_run_with_another_value_says_so_on_its_page(small_study: Study, command) -> None:
    root = small_study.root
    command("run", "--study", root)
    command("run", "20", "--set", "factor=9", "--study", root)
    assert "parameter factor changed from 9" in (root / "outputs/20-second/index.html").read_text()


def test_needs_that_are_no_list_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {"casestudy": {"needs": [1]}}}))
    with pytest.raises(InputError):
        notebook.read(path)
