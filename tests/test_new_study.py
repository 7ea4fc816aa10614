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


def test_an_empty_study_has_nothing_of_the_tutorial_and_no_problem(tmp_path: Path, command) -> None:
    folder = tmp_path / "my-study"
    code, out, _ = command("new", "--empty", folder)
    assert code == 0
    assert f"casestudy bring FILE... --study {folder}" in out
    code, out, _ = command("check", "--study", folder)
    assert code == 0
    assert out.startswith("My study: no problem found\n0 notebooks can run, 10 cannot\n")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert [name for name in files if not name.startswith(".casestudy")] == [
        *(".gitattributes", ".gitignore", "README.md", "study.toml")
    ]
    said = "".join(path.read_text() for path in (folder / "README.md", folder / "study.toml"))
    assert "tutorial" not in said
    assert "bike" not in said
    for verb in (("documents", "list"), ("documents", "speakers", "--propose"), ("status",), ("run",)):
        assert command(*verb, "--study", folder)[0] == 0, verb


def test_what_is_there_is_not_touched(tmp_path: Path, command) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    code, _, err = command("new", tmp_path)
    assert code == 2
    assert "not empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_run_tells_of_faulty_files_and_of_codes_that_are_not_there(tmp_path: Path, command) -> None:
    folder = tmp_path / "s"
    command("new", folder)
    text = folder / "interviews/transcripts/n02.md"
    good = text.read_text(encoding="utf-8")
    text.write_text(good.replace("Moved a sofa.", "Moved a settee."), encoding="utf-8")
    code, out, err = command("run", "03", "--study", folder, "--no-pages", "--set", "code=bike.eror")
    assert code == 1
    assert "'bike.eror' is not a code. Did you mean 'bike.errand'?" in err
    assert out.splitlines()[-1] == f"4 problems in the study's files: casestudy check --study {folder}"
    # Where nothing moved the problems are still told, and no longer once they are mended.
    assert "4 problems" in command("run", "02", "--study", folder, "--no-pages")[1]
    text.write_text(good, encoding="utf-8")
    assert (
        command("run", "02", "--study", folder, "--no-pages")[1].splitlines()[-1]
        == "0 ran, 1 fresh, 0 failed"
    )


def test_a_study_inside_another_is_told_to_lie_elsewhere(tmp_path: Path, command) -> None:
    assert "another study" not in command("new", tmp_path / "one")[1]
    out = command("new", tmp_path / "one" / "two")[1]
    assert f"it lies inside another study ({tmp_path / 'one'})" in out
    assert f"cd {tmp_path / 'one' / 'two'} && casestudy run" in out


def test_interviews_without_participants_stop_a_run_with_words(tmp_path: Path, command) -> None:
    folder = tmp_path / "s"
    command("new", folder)
    (folder / "interviews/participants.csv").unlink()
    code, out, err = command("run", "01", "--study", folder, "--no-pages")
    assert code == 1
    assert "Nobody can be counted. interviews/participants.csv: none of its people" in err
    assert out.splitlines()[-1].startswith("1 problem in the study's files")
