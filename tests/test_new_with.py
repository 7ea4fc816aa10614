"""A study with the notebooks for what it will hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from casestudy import installed
from casestudy.study import Study


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        (["log"], {"20-use", "22-attrition", "24-ways-of-using"}),
        (["interviews"], {"30-what-do-people-talk-about", "36-do-two-coders-see-the-same-things"}),
        (["purchases"], {"12-basket-quality"}),
        (["review"], {"80-whom-does-crm-research-empower"}),
        (["log", "review"], {"20-use", "80-whom-does-crm-research-empower"}),
    ],
)
def test_each_kind_brings_its_notebooks(tmp_path: Path, command, kinds: list[str], names: set[str]) -> None:
    code, out, _ = command("new", tmp_path / "s", "--with", *kinds)
    assert code == 0
    stems = {path.stem for path in Study.load(tmp_path / "s").notebooks}
    assert names <= stems
    assert stems == set(installed.for_kinds(kinds))
    assert out.splitlines()[-1] == "then: casestudy run"


def test_a_study_for_purchases_has_profiles_to_edit(tmp_path: Path, command) -> None:
    command("new", tmp_path / "s", "--with", "purchases")
    assert (tmp_path / "s/profiles/food-groups.csv").is_file()
    assert not (tmp_path / "s/interviews/transcripts/n01.md").exists()


def test_an_empty_study_passes_over_what_lacks_its_material(tmp_path: Path, command) -> None:
    command("new", tmp_path / "s", "--empty")
    code, out, _ = command("run", "--study", tmp_path / "s")
    assert code == 0
    assert "0 ran, 0 failed, 10 cannot run here" in out
    assert "there is no transcript. Bring some: casestudy bring FILE." in out
    assert "10 cannot" in command("check", "--study", tmp_path / "s")[1]


def test_an_unknown_kind_is_refused(tmp_path: Path, command) -> None:
    code, _, err = command("new", tmp_path / "s", "--with", "logs")
    assert code == 2
    assert "interviews" in err
    assert not (tmp_path / "s").exists()
