"""Denials are not affirmations: groups differ by who affirms a code; who only denies it is shown apart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from casestudy.codebook import denials
from casestudy.codebook.codes import Code, Codebook
from casestudy.errors import InputError
from casestudy.study import Study
from casestudy.voices import groups, stance, topics


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
    shares = groups.by_group(frame, people, members, book, denials={"modality": ("denied",)}, floor=1)
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
    shares = groups.by_group(frame, people, ["x0", "y0"], book, denials={"modality": ("denied",)}, floor=1)
    assert shares["people"].tolist() == [1, 1]
    assert shares["denied"].tolist() == [0, 0]


def study(root: Path, **files: str) -> Study:
    (root / "coding_schemes").mkdir()
    (root / "study.toml").write_text('title = "S"\n', encoding="utf-8")
    for name, text in files.items():
        (root / "coding_schemes" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Study.load(root)


STANCE = "attributes:\n- {id: polarity, values: [yes, 'no', never], denies: ['no', never]}\n"


def test_what_denies_is_declared_by_the_attributes(tmp_path: Path) -> None:
    made = study(tmp_path, attributes=STANCE, framework="unless: {modality: [denied]}\n")
    assert denials.read(made) == {"polarity": ("no", "never")}


def test_without_that_the_framework_says_it(tmp_path: Path) -> None:
    made = study(tmp_path, attributes="attributes:\n- {id: modality}\n", framework="unless: {tone: [not]}\n")
    assert denials.read(made) == {"tone": ("not",)}


def test_a_study_that_declares_no_denial_has_none(tmp_path: Path) -> None:
    assert denials.read(study(tmp_path)) == {}


def test_a_denying_value_that_the_attribute_does_not_have_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="attributes") as caught:
        denials.read(study(tmp_path, attributes="attributes:\n- {id: tone, values: [yes], denies: [nay]}\n"))
    assert "'nay' is not one of its values" in str(caught.value.problems[0])


FRAME = pd.DataFrame(
    {
        **{"who": ["p", "q"], "group": "g", "coder": "a", "document": ["p", "q"], "coding": ["1", "2"]},
        **{"start": [0, 0], "end": [4, 4]},
        **{"code": "d.x", "polarity": ["no", "yes"], "modality": ["", "denied"], "placed": True},
    }
)
BOOK = Codebook(
    {},
    {
        "d": Code("d", "s", "D"),
        "d.x": Code("d.x", "s", "X", parent="d"),
    },
)


def test_every_room_takes_denial_from_the_declaration() -> None:
    declared = {"polarity": ("no",)}
    people = pd.DataFrame({"participant_id": ["p", "q"], "group": "g"})
    shares = groups.by_group(FRAME, people, ["p", "q"], BOOK, denials=declared, floor=1)
    assert shares[["people", "denied"]].to_numpy().tolist() == [[1, 1]]
    counts = pd.DataFrame({"code": ["d.x"], "name": "X", "people": 2, "of": 2})
    assert topics.with_denials(counts, FRAME, BOOK, declared)["denied"].tolist() == [1]
    assert topics.with_denials(counts, FRAME, BOOK, {})["denied"].isna().all()
    book = Codebook(
        {},
        {
            "r": Code("r", "s", "R"),
            "d": Code("d", "s", "D", parent="r", one=True),
            **{"d.x": Code("d.x", "s", "X", parent="d")},
        },
    )
    assert stance.positions(FRAME, book, "r", declared)["who"].tolist() == ["q"]
