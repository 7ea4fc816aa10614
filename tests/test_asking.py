"""The verbs `words` and `ask`: what they print is what the functions behind them give."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from casestudy.codebook import history
from casestudy.coding import query, table, words
from casestudy.study import Study


def rows(out: str) -> list[dict[str, object]]:
    return list(json.loads(out))


def test_a_word_in_its_context(command, talk_copy) -> None:
    study = Study.load(talk_copy)
    expected = words.concordance(table.material(study), "the", width=20)
    code, out, _ = command("words", "concordance", "the", "--width", "20", "--json", "--study", talk_copy)
    assert code == 0
    assert len(expected) > 3
    assert [(row["document"], row["start"]) for row in rows(out)] == list(
        zip(expected["document"], expected["start"], strict=True)
    )
    code, out, _ = command("words", "concordance", "the", "--most", "2", "--study", talk_copy)
    assert f"{len(expected)} places, {len(expected) - 2} of which are not shown" in out


def test_an_unknown_document_is_named(command, talk_copy) -> None:
    code, _, err = command("words", "concordance", "the", "--documents", "t1,t99", "--study", talk_copy)
    assert (code, "t99" in err, "t1" in err) == (2, True, True)


def test_collocations_leave_out_interviewers_and_small_words(command, talk_copy) -> None:
    code, out, _ = command("words", "collocations", "--least", "1", "--json", "--study", talk_copy)
    assert code == 0
    pairs = rows(out)
    assert pairs
    assert not {"the", "and"} & {str(pair["first"]) for pair in pairs}
    code, out, _ = command(
        *("words", "collocations", "--least", "1", "--all-words", "--most", "0", "--json"),
        *("--study", talk_copy),
    )
    assert {"the"} & {str(pair["first"]) for pair in rows(out)}


def test_uncoded_words(command, talk_copy) -> None:
    code, out, _ = command("words", "uncoded", "--least", "1", "--json", "--study", talk_copy)
    assert code == 0
    assert all(0 <= float(str(row["uncovered"])) <= 1 for row in rows(out))


def test_a_pattern_without_a_model(command, talk_copy) -> None:
    code, out, _ = command("words", "pattern", '"the" *', "--json", "--study", talk_copy)
    assert code == 0
    assert all(str(row["words"]).casefold().startswith("the ") for row in rows(out))
    code, _, err = command("words", "pattern", "x", "--model", "no_such_model", "--study", talk_copy)
    assert (code, "not installed" in err) == (2, True)


def test_segments_of_a_code_go_to_a_file(command, talk_copy, tmp_path: Path) -> None:
    study = Study.load(talk_copy)
    frame, book = table.load(study), history.load(study)
    expected = query.retrieve(frame, book, ["garden.water.hose"], where={"coder": ["a"]})
    path = tmp_path / "segments.csv"
    code, _, _ = command(
        *("ask", "segments", "garden.water.hose", "--where", "coder=a", "--to", path, "--study", talk_copy)
    )
    assert code == 0
    assert len(expected) > 0
    assert pd.read_csv(path)["coding"].tolist() == expected["coding"].tolist()


@pytest.mark.parametrize("unit", ["turn", "who"])
def test_units_in_which_codes_stand_together(command, talk_copy, unit: str) -> None:
    study = Study.load(talk_copy)
    question = "garden.water.hose or garden.grow.food"
    expected = query.satisfying(table.load(study), history.load(study), question, unit)
    code, out, _ = command("ask", "units", question, "--unit", unit, "--json", "--study", talk_copy)
    assert code == 0
    assert len(rows(out)) == len(expected) > 0


def test_related_codings_show_both_quotes(command, talk_copy) -> None:
    code, out, _ = command(
        *("ask", "related", "garden.*", "garden.*", "--relation", "turn", "--json", "--study", talk_copy)
    )
    assert code == 0
    assert all(row["first_quote"] and row["second_quote"] for row in rows(out))


def test_a_question_that_cannot_be_asked(command, talk_copy) -> None:
    for question in (
        ["segments", "no.such.code"],
        ["segments", "--where", "nonsense"],
        ["units", "garden.water.hose and"],
        ["related", "garden.*", "garden.*", "--relation", "sideways"],
    ):
        code, _, err = command("ask", *question, "--study", talk_copy)
        assert code == 2, question
        assert "cannot be asked" in err or "no code" in err
