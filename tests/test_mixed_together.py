"""Words and log put together: who is in both, where they part, and what is said when a source is missing."""

from __future__ import annotations

import math
from pathlib import Path

from mixed_study import FRAMEWORK, LOG, add_log, garden, without, write

from casestudy.coding import material
from casestudy.mixed import crosswalk, figures, together
from casestudy.perspectives import customer
from casestudy.study import Study

__all__ = ["garden"]
SIGNED = FRAMEWORK.replace(
    "{id: check, name: Checking, codes: [way.check], log: check}",
    "{id: check, name: Checking, codes: [way.check], log: check, measures: [sign]}",
).replace(
    "- {id: visits,",
    "- {id: sign, name: Sign, source: usage log, notebook: 24-ways, table: people, column: share,\n"
    "   per: participant, key: participant_id}\n- {id: visits,",
)
SHARES = "participant_id,type,visits,share\np1,check,40,0.6\np2,check,3,0.1\np3,steer,20,0.0\np9,play,1,0.9\n"


def put(study: Study) -> together.Both:
    found = material.load(study)
    return together.join(found, customer.tables(found, "gardener")["ways"])


def test_only_the_linked_are_compared(tmp_path: Path) -> None:
    study = write(tmp_path, framework=SIGNED)
    add_log(study, people=SHARES)
    both = put(study)
    assert both.pairs.to_dict("records") == [
        {"participant_id": "g1", "words": "check", "log_type": "check"},
        {"participant_id": "g2", "words": "play", "log_type": "check"},
        {"participant_id": "g3", "words": "check", "log_type": "steer"},
    ]
    cells = both.convergence.set_index(["who", "construct"])["verdict"]
    assert cells[("g1", "check")] == "convergent"
    assert cells[("g2", "check")] == "convergent"  # neither told nor seen
    assert cells[("g3", "check")] == "words only"
    assert cells[("g4", "check")] == "not observable"  # no consent to link
    assert cells[("g1", "play")] == "not observable"  # no measure of the log
    assert "1 without consent to link" in both.said
    assert crosswalk.discordant(both.cases, "words", "log_type")["participant_id"].tolist() == ["g2", "g3"]


def test_the_answer_names_those_to_read_again(garden: Study) -> None:
    both = put(garden)
    agreed = crosswalk.agreement(both.pairs["words"], both.pairs["log_type"], resamples=50)
    said, values = together.answer(both, agreed, {"play": "Playing", "check": "Checking"})
    assert "g2 (Playing against Checking)" in said
    assert values["same way in both"] == 2
    assert "one of the two has a single type" in said
    assert math.isnan(values["ari"])


def test_who_may_not_be_quoted_is_not(garden: Study) -> None:
    cases = put(garden).cases.set_index("participant_id")
    assert cases.loc["g3", "quote"] == ""
    assert cases.loc["g1", "quote"] == "I look whether the soil is dry."


def test_interviews_only_and_logs_only_are_said_in_words(garden: Study, tmp_path: Path) -> None:
    import matplotlib.pyplot as plt

    without(garden, ["outputs/24-ways/people.csv", "outputs/24-ways/types.csv"])
    both = put(garden)
    assert both.pairs.empty
    assert "the study has no log" in both.said
    said, values = together.answer(both, crosswalk.agreement([], []), {})
    assert said.startswith("Words and log cannot be compared.")
    assert values["people with both"] == 0
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "study.toml").write_text('title = "Logs only"\n')
    alone = put(Study.load(folder))
    assert "No participant is known" in alone.said
    for one in (both, alone):
        for drawing in (figures.cases(one.cases, {}, {}), figures.convergence(one.convergence, {})):
            assert drawing.alt
            plt.close(drawing.figure)


def test_statistics_are_withheld_below_the_floor(garden: Study) -> None:
    table = put(garden).statistics(floor=3)
    assert table["withheld"].all()
    assert table["visits"].isna().all()
    assert table["people"].sum() == 3
    assert LOG.count("\n") == 5
