"""Two coders side by side: what to talk about, whole schemes, the figure and the answer in words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.coefficient import measure
from casestudy.agreement.ratings import read
from casestudy.agreement.weights import masi
from casestudy.codebook import history
from casestudy.coders import agreement_by_unit, answer, common_text, disagreements, unit_ratings
from casestudy.coding import table
from casestudy.study import Study

TALK = Study.load(Path(__file__).parent / "data" / "talk")
DOCUMENTS = table.material(TALK)
BOOK = history.load(TALK)
HOSE, NEIGHBOUR = "garden.water.hose", "help.neighbour"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return table.load(TALK)


def lines_by_hand() -> pd.DataFrame:
    """Aligned codings of a made-up text: who said what, and in which state."""
    rows = [
        ("same", HOSE, HOSE, "water it"),
        ("only one", HOSE, "", "one"),
        ("only one", HOSE, "", "the longer words"),
        ("only one", "", HOSE, "mine"),
        ("other code", "garden.water.carry", HOSE, "carried"),
        ("shifted", NEIGHBOUR, NEIGHBOUR, "next door"),
    ]
    made = pd.DataFrame(rows, columns=["state", "first_code", "second_code", "quote"])
    return made.assign(document="t1", scheme="s", first_start=1, second_start=2)


def test_the_agenda_by_hand() -> None:
    table_ = disagreements.agenda(lines_by_hand(), BOOK)
    assert table_["code"].tolist() == [HOSE, "garden.water.carry"]
    [hose, carry] = table_.to_dict("records")
    assert (hose["meet"], hose["first"], hose["second"], hose["beside"]) == (1, 2, 1, 1)
    assert (hose["commonest"], hose["quote"]) == (BOOK.path("garden.water.carry"), "carried")
    assert hose["met"] == pytest.approx(1 / 5)
    assert (carry["meet"], carry["beside"], carry["start"]) == (0, 1, 1)
    alone = lines_by_hand().query("state == 'only one'")
    assert disagreements.agenda(alone, BOOK)["quote"].tolist() == ["the longer words"]
    assert len(disagreements.agenda(lines_by_hand(), BOOK, 1)) == 1
    assert disagreements.agenda(lines_by_hand().iloc[:0], BOOK).empty


def test_words_of_who_may_not_be_quoted_stay_out_of_tables() -> None:
    people = pd.DataFrame({"participant_id": ["t1", "t2"], "consent_quote": [False, None]})
    assert set(disagreements.hushed(lines_by_hand(), DOCUMENTS, people)["quote"]) == {disagreements.UNQUOTED}
    people["consent_quote"] = [None, True]
    assert set(disagreements.hushed(lines_by_hand(), DOCUMENTS, people)["quote"]) == {disagreements.UNQUOTED}
    people["consent_quote"] = [True, False]
    assert disagreements.hushed(lines_by_hand(), DOCUMENTS, people).equals(lines_by_hand())


def test_whole_schemes_are_compared_as_sets_of_codes(frame: pd.DataFrame) -> None:
    given_ = unit_ratings.doubles(frame, DOCUMENTS, BOOK, ["a", "b"], unit="turn")
    rows = agreement_by_unit.by_scheme(given_, BOOK)
    for scheme in rows["scheme"].unique():
        codes = [one for one in given_.codes if BOOK.codes[one].scheme == scheme]
        columns = [given_.codes.index(one) for one in codes]
        sets = [[frozenset(np.array(codes)[cell[columns]].tolist()) for cell in unit] for unit in given_.said]
        own = rows[rows["scheme"].eq(scheme)]
        for counting, kept in (
            ("all units", sets),
            ("units coded with the scheme", [unit for unit in sets if any(unit)]),
        ):
            found = own[own["counting"].eq(counting)].set_index("coefficient")
            ratings = read(kept)
            masi_ = measure(ratings, krippendorff(masi)).value
            shown = found.loc["Krippendorff's alpha, MASI distance", "value"]
            assert shown == pytest.approx(masi_, abs=1e-12, nan_ok=True)
            equal = np.mean([one == other for one, other in kept])
            assert found.loc["Percent agreement, mean over units", "value"] == pytest.approx(equal)
            assert set(found["n_units"]) == {len(kept)}


def answer_of(frame: pd.DataFrame, stance: str = "codebook", insist: bool = False, least: int = 1) -> str:
    found = common_text.common(frame, DOCUMENTS, ["a", "b"], {})
    given_ = common_text.compared(found.frame(frame), DOCUMENTS, BOOK, found, unit="turn")
    quiet = stance == "reflexive" and not insist
    result = agreement_by_unit.by_code(given_, BOOK, least=least, only=[] if quiet else None)
    rows = answer.chosen(result, "Krippendorff", "all units")
    lines = disagreements.aligned(frame, "a", "b")
    said = answer.summary(
        rows,
        result,
        disagreements.trouble(lines),
        disagreements.agenda(lines, BOOK),
        found,
        given_.uncoded_share,
        share=found.share(frame, DOCUMENTS),
        quiet=answer.stance_says(stance, insist),
    )
    drawn = answer.forest(rows)
    assert drawn.alt
    return said.text


def test_the_answer_in_words_and_a_reflexive_study(frame: pd.DataFrame) -> None:
    plain = answer_of(frame)
    assert "Over 2 documents coded by both, Krippendorff's alpha" in plain
    assert re.search(
        r"There is most to talk about in .+: they agreed \d+ times?, a was alone \d+ times? and b \d+ times?"
        r"(, and \d+ times? another code stood beside it, most often .+)?\. ",
        plain,
    )
    assert "reflexive" not in plain
    quiet = answer_of(frame, "reflexive")
    assert "are not shown" in quiet
    assert "alpha" not in quiet
    assert "agreed" in quiet
    asked = answer_of(frame, "reflexive", insist=True)
    assert "are shown because insist = true" in asked
    assert "alpha" in asked
    assert "No code is said often enough" in answer_of(frame, least=99)


def test_labels_of_the_forest_fit_a_phone(frame: pd.DataFrame) -> None:
    given_ = unit_ratings.doubles(frame, DOCUMENTS, BOOK, ["a", "b"], unit="turn")
    rows = answer.chosen(agreement_by_unit.by_code(given_, BOOK, least=1), "Krippendorff", "all units")
    figure = answer.forest(rows.assign(path="A very long name of a code > and one that is longer")).figure
    assert figure.get_size_inches()[0] <= 5.4
    texts = [one.get_text() for one in figure.axes[0].get_yticklabels()]
    assert all(len(line) <= 40 for text in texts for line in text.split("\n"))
    assert all("(" in text and text.endswith(")") for text in texts)


def test_the_same_counts_are_measured_once_and_other_counts_anew(frame: pd.DataFrame) -> None:
    known: dict[object, object] = {}
    for rows in (frame, frame[frame["code"].ne(HOSE) | frame["coder"].eq("b")], frame):
        given_ = unit_ratings.doubles(rows, DOCUMENTS, BOOK, ["a", "b"], unit="turn", names=["t1", "t2"])
        plain = agreement_by_unit.by_code(given_, BOOK, least=1, seed=3)
        assert agreement_by_unit.by_code(given_, BOOK, least=1, seed=3, known=known).equals(plain)
        other = agreement_by_unit.by_code(given_, BOOK, least=1, seed=4, known=known)
        assert other.equals(agreement_by_unit.by_code(given_, BOOK, least=1, seed=4))
