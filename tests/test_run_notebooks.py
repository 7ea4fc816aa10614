"""Running a study: what runs, what is fresh, what a failure and an interrupt leave behind."""

from __future__ import annotations

import filecmp
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from casestudy.study import Study

COMMAND = [sys.executable, "-m", "casestudy"]


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_study_runs_then_is_fresh_then_only_what_reads_a_changed_file_runs(
    small_study: Study, command
) -> None:
    root = small_study.root
    code, out, _ = command("run", "--study", root, "--no-pages")
    assert code == 0
    assert out.splitlines()[-1] == "2 ran, 0 failed"
    answer = json.loads((root / "outputs/20-second/contents.json").read_text())["answer"]
    assert answer["values"] == {"total": (3 + 4) * 2 * 2}

    code, out, _ = command("run", "--study", root, "--no-pages")
    assert out.splitlines()[-1] == "0 ran, 2 fresh, 0 failed"

    (root / "numbers" / "unread.csv").write_text("name,n\nz,1\n")
    assert "0 ran, 2 fresh" in command("run", "--study", root, "--no-pages")[1]

    (root / "numbers" / "a.csv").write_text("name,n\nx,3\ny,5\n")
    code, out, _ = command("status", "--study", root, "--strict")
    assert code == 1
    assert "stale: 10-first: numbers/a.csv changed" in out
    assert "stale: 20-second: 10-first runs first" in out
    assert "2 ran" in command("run", "--study", root, "--no-pages")[1]

    edit(root / "notebooks" / "20-second.ipynb", "A question for a test.", "Another reason.")
    code, out, _ = command("run", "--study", root, "--dry-run")
    assert "fresh: 10-first" in out
    assert "stale: 20-second: the notebook changed" in out


def test_outputs_are_the_same_bytes_whatever_the_number_of_kernels(
    small_study: Study, command, tmp_path
) -> None:
    for jobs in ("1", "2"):
        folder = tmp_path / f"with-{jobs}"
        assert (
            command("run", "--study", small_study.root, "--no-pages", "--jobs", jobs, "--outputs", folder)[0]
            == 0
        )
        os.environ.pop("CASESTUDY_OUTPUTS")
    one, two = files(tmp_path / "with-1"), files(tmp_path / "with-2")
    assert one == two
    assert not any(str(tmp_path).encode() in text for text in one.values())
    assert not (small_study.root / "outputs").exists()


def test_outputs_changed_by_hand_are_made_again(small_study: Study, command) -> None:
    command("run", "--study", small_study.root, "--no-pages")
    table = small_study.root / "outputs/10-first/counts.csv"
    good = table.read_bytes()
    table.write_text("name,n\nx,0\n")
    assert "counts.csv was changed by hand" in command("status", "--study", small_study.root)[1]
    command("run", "--study", small_study.root, "--no-pages")
    assert table.read_bytes() == good


def test_a_failure_keeps_the_last_good_output_and_says_where(small_study: Study, command) -> None:
    root = small_study.root
    command("run", "--study", root, "--no-pages")
    before = files(root / "outputs")
    edit(root / "notebooks/10-first.ipynb", "total = int(", "total = 1 / 0 * int(")
    code, out, err = command("run", "--study", root, "--no-pages")
    assert code == 1
    assert "0 ran, 1 failed, 1 not run" in out
    for word in (
        "10-first.ipynb",
        "How many are there?",
        "“Answer”",
        "ZeroDivisionError",
        ".casestudy/failed/10-first.ipynb",
    ):
        assert word in err
    assert "Traceback" not in err
    assert files(root / "outputs") == before
    partial = json.loads((root / ".casestudy/failed/10-first.ipynb").read_text())
    assert any(cell.get("outputs") for cell in partial["cells"])


def test_a_kernel_that_dies_is_told_with_its_last_words(small_study: Study, command) -> None:
    root = small_study.root
    dying = "import os; os.write(2, b'out of paper'); os._exit(9); total = int("
    edit(root / "notebooks/10-first.ipynb", "total = int(", dying)
    code, _, err = command("run", "--study", root, "--no-pages")
    assert code == 1
    assert "“Answer”" in err
    assert "Kernel died" in err
    assert "out of paper" in err


def test_a_notebook_may_read_only_what_it_declares(small_study: Study, command) -> None:
    root = small_study.root
    edit(
        root / "notebooks/10-first.ipynb", "study.input('numbers/a.csv')", "study.input('numbers/unread.csv')"
    )
    code, _, err = command("run", "10", "--study", root, "--no-pages")
    assert code == 1
    assert "UndeclaredInput" in err
    assert "numbers/unread.csv" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "factr=3"], "Did you mean 'factor'?"),
        (["--set", "factor=many"], "factor must be int, not 'many'"),
        (["--set", "factor"], "Write --set NAME=VALUE"),
        (["--sweep", "factor=1,x", "10"], "'x' is not int"),
        (["99"], "there is no such notebook"),
    ],
)
def test_bad_words_stop_before_any_kernel(small_study: Study, command, words: list[str], said: str) -> None:
    code, _, err = command("run", "--study", small_study.root, *words)
    assert code == 2
    assert said in err
    assert not (small_study.root / "outputs").exists()
    assert not (small_study.root / ".casestudy" / "staging").exists()


def test_parameters_are_listed(small_study: Study, command) -> None:
    code, out, _ = command("run", "10", "--study", small_study.root, "--help-parameters")
    assert code == 0
    assert "factor: int = 1  what each number is multiplied by" in out


def test_a_sweep_tables_what_changed(small_study: Study, command) -> None:
    root = small_study.root
    code, out, _ = command("run", "10", "--sweep", "factor=2,3", "--study", root, "--no-pages")
    assert code == 0
    assert out.splitlines()[:3] == ["factor,total,table cells that differ", "2,14,0", "3,21,4"]
    assert (root / "outputs/sweeps/10-first/factor=3/counts.csv").read_text() == "name,n\nx,9\ny,12\n"
    assert (root / "outputs/10-first/counts.csv").read_text() == "name,n\nx,6\ny,8\n"


def test_pages_follow_a_sweep_that_ran_the_studys_own_values(small_study: Study, command) -> None:
    root = small_study.root
    page = root / "outputs/10-first/index.html"
    command("run", "10", "--set", "factor=7", "--study", root)
    other = page.read_text(encoding="utf-8")
    code, _, err = command("run", "10", "--sweep", "factor=2,3", "--study", root)
    assert code == 0
    assert "the study's own values: 1 ran" in err
    assert page.read_text(encoding="utf-8") != other


def test_run_by_hand_gives_the_runners_answer(small_study: Study, command) -> None:
    root = small_study.root
    command("run", "--study", root, "--no-pages")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CASESTUDY")}
    execute = [sys.executable, "-m", "jupyter", "execute", "20-second.ipynb", "--output", "done.ipynb"]
    shutil.copy(root / "notebooks/20-second.ipynb", root / "kept.ipynb")
    # Only the parameter that study.toml sets differs from the notebook's default.
    edit(root / "notebooks/20-second.ipynb", "factor: int = 1", "factor: int = 2")
    subprocess.run(
        execute, cwd=root / "notebooks", env=environment, check=True, capture_output=True, timeout=120
    )
    by_hand = root / ".casestudy/scratch/20-second"
    for name in ("counts.csv", "bars.csv", "bars.svg", "contents.json"):
        assert filecmp.cmp(by_hand / name, root / "outputs/20-second" / name, shallow=False), name


def test_killed_at_any_moment_the_next_run_finishes(small_study: Study, command) -> None:
    root = small_study.root
    command("run", "--study", root, "--no-pages")
    good = files(root / "outputs")
    moments = random.Random(7)
    for _ in range(4):
        killed = subprocess.Popen(
            [*COMMAND, "run", "--force", "--no-pages"], cwd=root, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0.2, 6))
        killed.kill()
        killed.wait()
        code, out, err = command("run", "--study", root, "--no-pages")
        assert code == 0, (out, err)
        assert files(root / "outputs") == good


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_kernels_and_keeps_what_was(small_study: Study, command, number) -> None:
    root = small_study.root
    edit(root / "notebooks/10-first.ipynb", "total = int(", "import time\\ntime.sleep(60)\\ntotal = int(")
    running = subprocess.Popen([*COMMAND, "run", "--no-pages"], cwd=root, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not _kernels_of(running.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    kernels = _kernels_of(running.pid)
    assert kernels
    time.sleep(1)
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted" in err
    assert not (root / "outputs" / "10-first").exists()
    assert not any((root / ".casestudy/staging").iterdir())
    deadline = time.monotonic() + 10
    while any(_alive(kernel) for kernel in kernels) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(_alive(kernel) for kernel in kernels)


def test_two_runs_of_one_study_do_not_meet(small_study: Study, command) -> None:
    import fcntl

    (small_study.root / ".casestudy/locks").mkdir(parents=True)
    with (small_study.root / ".casestudy/locks/study.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, _, err = command("run", "--study", small_study.root)
    assert code == 1
    assert "another run or change of it is going on" in err


def _kernels_of(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid and "ipykernel" in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except (OSError, IndexError):
            continue
    return found


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
