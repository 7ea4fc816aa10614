"""The harnesses in short: writers, kills while files change, mutated files, openings, mutations."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
EXAMPLE = BENCHMARKS.parent / "examples" / "interviews-only"


def finds_nothing(script: str, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *words], capture_output=True, text=True, timeout=1800
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("job", ["codings of one coder", "changes of the codebook"])
def test_two_writers_of_one_file_lose_nothing(job: str) -> None:
    finds_nothing("writers.py", "--quick", "--job", job)


def test_every_mutation_fits_its_file() -> None:
    finds_nothing("mutations.py", "--check")


@pytest.mark.extra
def test_two_writers_of_any_file_lose_nothing() -> None:
    finds_nothing("writers.py", "--quick")


@pytest.mark.extra
@pytest.mark.skipif(shutil.which("cc") is None, reason="kills are sent by a small library that cc builds")
def test_killed_verbs_leave_a_study_as_before_or_as_after() -> None:
    finds_nothing("kills.py", "--quick")


@pytest.mark.extra
def test_mutated_files_are_read_or_told() -> None:
    finds_nothing("fuzz.py", "--quick")


@pytest.mark.extra
def test_no_file_of_the_reference_study_is_opened_twice() -> None:
    finds_nothing("opened.py")
