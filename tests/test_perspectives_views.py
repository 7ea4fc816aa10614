"""The perspectives on a small made-up study: what they find, draw and say, also without a source."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mixed_study import FRAMEWORK, garden, write

from casestudy.coding import material
from casestudy.errors import InputError
from casestudy.evidence import claims, status
from casestudy.mixed import figures as mixed_figures
from casestudy.mixed import joined as joining
from casestudy.mixed import logside, together
from casestudy.outputs import Drawing
from casestudy.perspectives import customer, figures, firm, flowchart, framework, general, sides
from casestudy.perspectives.sides import Result
from casestudy.study import Study

__all__ = ["garden"]


def joined(study: Study) -> Result:
    found = material.load(study)
    return framework.tables(found, status.evaluate(claims.load(study, found.framework), found))


def test_customer_perspective(garden: Study) -> None:
    result = customer.tables(material.load(garden), "gardener")
    assert result.gaps == ()
    assert result["types"].set_index("id")["people"].to_dict() == {"play": 1, "check": 2, "steer": 1}
    assert result["themes"].set_index("id").loc["ways", "contrary"] == 1
    scores = result["ability"].set_index("who")
    assert scores.loc["g1", "about"] == -1  # the second coder gave no valence
    assert math.isnan(scores.loc["g1", "lowest"])
    assert scores.loc["g3", "quadrant"] == "About +, For not told"
    reasons = result["reasons"].set_index("code")
    assert reasons.loc["fit.gaps", ["people", "positive", "negative"]].tolist() == [1, 0, 1]
    beside = result["beside"].set_index("id")
    assert beside.loc["ways", "measured"] == "Share of checking: 50 %"
    assert beside.loc["ways", "said_by"] == "3 of 4"
    said, values = customer.answer(result)
    assert "Checking (2 of 4)" in said
    assert values["mixed"] == 1


def test_quotes_of_the_refusing_stay_away(garden: Study) -> None:
    result = customer.tables(material.load(garden), "gardener")
    assert not result["beside"]["quote"].isin(["I check for frost.", "It is about my own beds."]).any()


def test_firm_perspective(garden: Study) -> None:
    result = firm.tables(material.load(garden), "maker")
    keep = result["sources"].query("id == 'keep'").set_index("group")
    assert keep["people"].to_dict() == {"maker": 1, "document": 1, "gardener": 0}
    said, values = firm.answer(result)
    assert "Keeping (2 of 2)" in said
    assert "stays what it hopes for" in said
    assert values["voice show"] == 0


def test_general_perspective(garden: Study) -> None:
    result = general.tables(material.load(garden), "maker")
    told = result["episodes"]
    first = told[told["coder"] == "k"].iloc[0]
    assert first[["value", "whom", "how"]].tolist() == ["gain.calm", "for.gardener", "how.return"]
    unfilled = result["unfilled"].set_index("slot")
    assert unfilled.loc["value", "share"] == 0
    assert unfilled.loc["how", "unspecified"] == 2  # the sale, and the other coder's calm
    met = result["conditions"].set_index(["id", "group"])
    assert met.loc[("given", "maker"), "people"] == 1
    assert met.loc[("all", "maker"), "people"] == 0
    odd = result["asymmetry"].set_index("who")
    assert odd.loc["m1", "index"] == 0
    said, values = general.answer(result)
    assert values["episodes"] == len(told)
    assert "All conditions hold in the words of" in said


def test_framework_joins_all(garden: Study) -> None:
    result = joined(garden)
    assert result["links"]["status"].tolist() == ["not tested"]
    assert result["links"]["sentence"].tolist() == ["Ways of using and Keeping: not tested"]
    themes = result["themes"].set_index("id")
    assert themes.loc["ways", ["claims", "undecidable"]].tolist() == [1, 1]
    assert "Nothing is coded under Being seen." in result.gaps
    questions = result["questions"].set_index("question")
    assert questions.loc["Q2", "undecidable"] == 1
    said, values = framework.answer(result)
    assert "2 undecidable" in said
    assert values["lines not tested"] == 1


DRAWN: dict[str, Callable[[Study], Drawing]] = {
    "customer": lambda study: figures.customer(customer.tables(material.load(study), "gardener")),
    "firm": lambda study: figures.firm(firm.tables(material.load(study), "maker")),
    "general": lambda study: flowchart.general(general.tables(material.load(study), "maker")),
    "framework": lambda study: figures.framework(joined(study)),
}


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_figures_say_what_they_show(garden: Study, name: str, tmp_path: Path) -> None:
    import matplotlib.pyplot as plt

    drawing = DRAWN[name](garden)
    assert len(drawing.alt) > 40
    assert len(drawing.data)
    drawing.figure.savefig(tmp_path / "figure.svg")
    text = (tmp_path / "figure.svg").read_text()
    if name == "framework":
        assert 'id="theme-ways"' in text
        assert 'id="line-L1"' in text
    plt.close(drawing.figure)


EMPTY = "perspectives: []\n"
BARE = FRAMEWORK[: FRAMEWORK.index("views:")]


@pytest.mark.parametrize("text", [EMPTY, BARE, "note: nothing yet", BARE.replace("[way]", "[nothing]")])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_less_declared_is_less_drawn_and_said(tmp_path: Path, name: str, text: str) -> None:
    import matplotlib.pyplot as plt

    study = write(tmp_path, framework=text, claims="")
    drawing = DRAWN[name](study)
    assert drawing.alt
    plt.close(drawing.figure)


@pytest.mark.parametrize("text", [EMPTY, BARE])
def test_answers_without_views_say_what_is_missing(tmp_path: Path, text: str) -> None:
    study = write(tmp_path, framework=text, claims="")
    found = material.load(study)
    said = " ".join(
        [
            customer.answer(customer.tables(found, "gardener"))[0],
            general.answer(general.tables(found, "maker"))[0],
            framework.answer(joined(study))[0],
        ]
    )
    assert "No typology is declared" in said
    assert "No episodes are declared" in said
    assert "makes no claims yet" in said


def test_a_study_of_logs_only_comes_out(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "Logs only"\n')
    study = Study.load(tmp_path)
    found = material.load(study)
    for result, answer in (
        (customer.tables(found, "customer"), customer.answer),
        (firm.tables(found, "firm"), firm.answer),
        (general.tables(found, "general"), general.answer),
    ):
        said, _ = answer(result)
        assert "The study has no documents" in said


def test_a_study_without_codings_says_so_in_words_and_pictures(tmp_path: Path) -> None:
    study = write(tmp_path / "plain")
    shutil.rmtree(study.root / "interviews/codings")
    found = material.load(study)
    assert found.words.empty
    for module, side in ((customer, "gardener"), (firm, "maker"), (general, "gardener")):
        result = module.tables(found, side)
        assert "No codings were made yet" in module.answer(result)[0]
        assert sides.who_was_heard(found, side).empty
    result = customer.tables(found, "gardener")
    assert figures.customer(result).alt.startswith("Nobody's words are coded")
    both = together.join(found, result["ways"])
    assert both.statistics(study.floor).empty
    assert sides.beside_cases(both.cases, result["ability"]).shape[0] == len(both.cases)
    assert mixed_figures.convergence(both.convergence.iloc[:0], {}).alt.startswith("Nothing to show")
    assert mixed_figures.cases(both.cases.iloc[:0], {}, {}).alt.startswith("Nothing to show")


def test_an_unknown_perspective_is_named(garden: Study) -> None:
    with pytest.raises(InputError, match="gardener"):
        customer.tables(material.load(garden), "gardner")


def test_the_log_gives_types_only_to_the_linked(garden: Study) -> None:
    found = material.load(garden)
    view: Any = found.framework.view("typology")
    people = joining.join(found.people, found.asked(), ["p1", "p2", "p3", "p4"], None)
    types, reason = logside.types(found, view, people)
    assert types.to_dict() == {"g1": "check", "g2": "check", "g3": "check"}
    assert reason == ""
    numbers, missing = logside.numbers(found, people)
    assert numbers.set_index("who")["visits"].dropna().to_dict() == {"g1": 40.0, "g2": 3.0, "g3": 20.0}
    assert missing == {}
    assert logside.ids(found, "participant") == ["p1", "p2", "p3", "p5"]


def test_a_second_study_comes_out_without_touching_python() -> None:
    """Interviews only, other perspectives, another number of themes, no log."""
    import matplotlib.pyplot as plt

    study = Study.load(Path(__file__).parent.parent / "examples" / "interviews-only")
    found = material.load(study)
    assert found.gaps == ()
    readers, library = customer.tables(found, "reader"), firm.tables(found, "library")
    assert readers["types"].set_index("id")["people"].to_dict() == {
        "recall": 3,
        "reminisce": 2,
        "counting": 1,
    }
    assert "Task and service (3 of 3)" in firm.answer(library)[0]
    whole = joined(study)
    assert whole["claims"]["status"].tolist() == ["undecidable", "undecidable", "undecidable"]
    drawings = [figures.customer(readers), figures.firm(library), figures.framework(whole)]
    assert all(drawing.alt for drawing in drawings)
    for drawing in drawings:
        plt.close(drawing.figure)


def test_no_name_of_a_study_stands_in_these_rooms(garden: Study) -> None:
    """Themes, claims and views of the reference study are data."""
    root = Path(__file__).parent.parent
    study = Study.load(root)
    declared = material.load(study).framework
    names = [theme.name for theme in declared.themes] + [view.name for view in declared.views]
    code = "\n".join(
        path.read_text()
        for room in ("mixed", "evidence", "perspectives")
        for path in (root / "casestudy" / room).glob("*.py")
    )
    assert not [name for name in names if name in code]
    assert not [
        code_id
        for code_id in ("use_type.", "about_me", "for_me.", "firm.loyalty", "mech.")
        if code_id in code
    ]
