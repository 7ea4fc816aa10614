"""A new study: made whole or not at all, checked without a problem, its tutorial runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_the_tutorial_runs_and_joins_words_and_deeds(tmp_path: Path, command) -> None:
    folder = tmp_path / "my-study"
    code, out, _ = command("new", folder)
    assert code == 0
    assert f"casestudy run --study {folder}" in out
    assert (folder / ".gitignore").is_file()
    assert command("check", "--study", folder)[:2] == (0, "My study: no problem found\n")
    code, out, err = command("run", "--study", folder)
    assert (code, out.splitlines()[-1]) == (0, "3 ran, 0 failed"), err
    assert (folder / "outputs" / "index.html").is_file()
    answer = json.loads((folder / "outputs/03-do-words-and-deeds-agree/contents.json").read_text())["answer"]
    assert answer["values"] == {"joined": 3, "discordant": 2}

    people = folder / "interviews" / "participants.csv"
    people.write_text(people.read_text().replace("2024-05-15,true,true", "2024-05-15,true,false"))
    out = command("status", "--study", folder)[1]
    assert "stale: 01-what-was-said: interviews/participants.csv changed" in out
    assert "fresh: 02-what-was-done" in out


@pytest.mark.parametrize("title", ['Say "so"', "Back\\slash", "Ünï – 漢字", "x = 1 # no"])
def test_a_title_survives_its_file(tmp_path: Path, command, title: str) -> None:
    from casestudy.study import Study

    command("new", tmp_path / "s", "--title", title)
    assert Study.load(tmp_path / "s").title == title


def test_what_is_there_is_not_touched(tmp_path: Path, command) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    code, _, err = command("new", tmp_path)
    assert code == 2
    assert "not empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
