"""Denials are no affirmations: groups differ by who affirms a code, and who only denies it is shown apart."""

from __future__ import annotations

import pandas as pd
import pytest

from casestudy.codebook.codes import Code, Codebook
from casestudy.voices import groups


def compared(x: dict[str, list[str]], y: dict[str, list[str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shares and contrast of two groups of eight; modalities by person."""
    rows = [
        (who, "cost", modality, True)
        for side in (x, y)
        for who, modalities in side.items()
        for modality in modalities
    ]
    frame = pd.DataFrame(rows, columns=["who", "code", "modality", "placed"])
    members = [f"{side}{number}" for side in "xy" for number in range(8)]
    people = pd.DataFrame({"participant_id": members, "group": [one[0] for one in members]})
    book = Codebook({}, {"cost": Code("cost", "value", "Cost")})
    shares = groups.by_group(frame, people, members, book, floor=1)
    return shares, groups.contrast(shares, "x", "y")


def test_who_only_denies_does_not_affirm() -> None:
    shares, apart = compared({f"x{number}": ["denied"] for number in range(6)}, {})
    assert shares["people"].tolist() == [0, 0]
    assert shares["denied"].tolist() == [6, 0]
    row = apart.iloc[0]
    assert (row["difference"], row["first_denied"], row["second_denied"]) == (0.0, 6, 0)


@pytest.mark.parametrize("other", ["", "stated", "hypothetical"])
def test_who_affirms_and_denies_counts_once_as_affirming(other: str) -> None:
    shares, apart = compared({"x0": ["denied", other], "x1": ["denied"], "x2": [other]}, {"y0": ["denied"]})
    assert shares["people"].tolist() == [2, 0]
    assert shares["denied"].tolist() == [1, 1]
    assert apart.iloc[0]["difference"] == 0.25


def test_codings_without_a_modality_all_affirm() -> None:
    frame = pd.DataFrame({"who": ["x0", "y0"], "code": "cost", "placed": True})
    people = pd.DataFrame({"participant_id": ["x0", "y0"], "group": ["x", "y"]})
    book = Codebook({}, {"cost": Code("cost", "value", "Cost")})
    shares = groups.by_group(frame, people, ["x0", "y0"], book, floor=1)
    assert shares["people"].tolist() == [1, 1]
    assert shares["denied"].tolist() == [0, 0]
