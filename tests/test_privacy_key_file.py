"""The file of the key: closed to others from its first moment, and whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from casestudy.privacy import pseudonymise


def test_a_new_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    key = tmp_path / "interviews" / "names.key.csv"
    assert pseudonymise.write_key(key, []) == 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text().startswith("kind,original,replacement,accept")


def test_a_key_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    key = tmp_path / "names.key.csv"
    key.write_text("kind,original,replacement,accept\n")
    key.chmod(0o640)
    pseudonymise.write_key(key, [])
    assert key.stat().st_mode & 0o777 == 0o640


def test_an_interrupted_first_proposal_leaves_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pseudonymise.write_key(tmp_path / "names.key.csv", [])
    assert list(tmp_path.iterdir()) == []
