"""Notebooks chosen by name from those that come with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from casestudy import installed
from casestudy.errors import StudyError
from casestudy.study import Study

ROOT = Path(__file__).parent.parent


def study(root: Path, notebooks: str) -> Study:
    (root / "study.toml").write_text(f'title = "S"\nnotebooks = [{notebooks}]\n')
    return Study.load(root)


def test_a_study_names_installed_notebooks_beside_its_own(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/25-mine.ipynb").write_text("{}")
    made = study(tmp_path, '"30-what-do-people-talk-about", "20", "notebooks/*.ipynb"')
    assert [path.stem for path in made.notebooks] == ["20-use", "25-mine", "30-what-do-people-talk-about"]


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        study(tmp_path, '"20-uze"').notebooks  # noqa: B018
    (problem,) = caught.value.problems
    assert problem.where == "study.toml (notebooks)"
    assert "'20-use'" in problem.remedy


def test_check_lists_an_unknown_name(tmp_path: Path, command) -> None:
    study(tmp_path, '"99"')
    code, _, err = command("check", "--study", tmp_path)
    assert code == 2
    assert "no installed notebook is called '99'" in err


def test_every_notebook_of_the_clone_is_installed() -> None:
    assert set(installed.notebooks()) == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_the_wheel_carries_them() -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    carried = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert carried["notebooks"] == "casestudy/_shipped/notebooks"
