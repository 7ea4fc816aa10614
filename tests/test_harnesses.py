"""The harnesses in short: two writers of one file, and kills while files change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.mark.extra
@pytest.mark.skipif(shutil.which("cc") is None, reason="kills are sent by a small library that cc builds")
@pytest.mark.parametrize(
    "words",
    [
        ("writers.py", "--quick"),
        ("kills.py", "--act", "reconcile decide", "--most", "4"),
    ],
    ids=["writers", "kills"],
)
def test_a_harness_in_short_finds_nothing(words: tuple[str, ...]) -> None:
    script, *given = words
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *given], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
