"""The simulator: the same bytes again, what it promises of its log, its settings, the truth left alone."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casestudy.errors import InputError
from casestudy.simulator import emit, outcome, plan, settings, write_log
from casestudy.study import Study
from casestudy.usage import quality, signatures, vocabulary
from casestudy.usage.log import Log, open_log

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.find(ROOT)


@pytest.fixture(scope="module")
def given(study: Study) -> settings.Settings:
    return settings.load(study.input(settings.FILE))


@pytest.fixture(scope="module")
def words(study: Study) -> vocabulary.Vocabulary:
    return vocabulary.load(study.input(vocabulary.FILE))


@pytest.fixture(scope="module")
def reference(study: Study) -> Log:
    return open_log(study)


def truth(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "usage_logs" / "truth" / f"{name}.csv")


def test_the_committed_log_is_written_again_byte_for_byte(
    study: Study, given: settings.Settings, words: vocabulary.Vocabulary, tmp_path: Path
) -> None:
    made = write_log.simulate(plan.read_pool(study.input(plan.FILE)), given, words)
    made.write(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert len(written) == 7
    for path in written:
        assert (tmp_path / path).read_bytes() == (ROOT / "usage_logs" / path).read_bytes(), path
    assert (ROOT / "usage_logs/events.csv").stat().st_size < 4_000_000


def test_no_notebook_and_no_analysis_reads_the_truth() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text())
        assert not any("truth" in one for one in notebook["metadata"]["casestudy"]["inputs"]), path
        code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
        texts = [
            node.value
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert not any("truth/" in text or "/truth" in text for text in texts), path
    readers = set()
    for path in sorted((ROOT / "casestudy").rglob("*.py")):
        tree = ast.parse(path.read_text())
        documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
        blocks = [node for node in ast.walk(tree) if isinstance(node, documented) and node.body]
        skipped = {id(one.body[0].value) for one in blocks if isinstance(one.body[0], ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == "truth"]
        names = [node for node in texts if id(node) not in skipped]
        if names:
            readers.add(str(path.relative_to(ROOT / "casestudy")))
    assert readers <= {"simulator/write_log.py", "simulator/recovery.py"}


def test_globs_of_the_notebooks_do_not_reach_the_truth() -> None:
    from casestudy.study import matches

    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for pattern in json.loads(path.read_text())["metadata"]["casestudy"]["inputs"]:
            assert not matches("usage_logs/truth/mixture.csv", pattern), path


def test_participants_are_households_of_the_purchases(study: Study, reference: Log) -> None:
    homes = pd.read_parquet(study.locate("purchases") / "transactions.parquet", columns=["household_id"])
    assert set(reference.participants["household_id"]) <= set(homes["household_id"].astype(str))
    assert reference.participants["household_id"].is_unique
    adopted = reference.participants["adopted_on"].dt.strftime("%Y-%m")
    assert adopted.nunique() == 9


def test_nobody_acts_before_registering_or_after_closing(
    reference: Log, words: vocabulary.Vocabulary
) -> None:
    assert not reference.inspection.findings["kind"].isin(["after closing", "unknown account"]).any()
    first = reference.acts.groupby("participant_id")["action"].first()
    assert set(first) == {words.role("register")}
    assert reference.acts["period"].dropna().str.match(r"\d{4}-\d{2}(/\d{4}-\d{2})?$").all()


def test_the_faults_put_in_are_the_faults_found(reference: Log) -> None:
    put = truth("faults")
    found = reference.inspection.findings
    kinds = {
        "repeated_row": "repeated row",
        "retry": "retry",
        "wrong_clock": "wrong clock",
        "robot": "program",
        "test_account": "test account",
    }
    for theirs, ours in kinds.items():
        meant = put[put["kind"] == theirs]
        got = found[found["kind"] == ours]
        assert set(got["participant_id"]) == set(meant["participant_id"]), ours
        if theirs in ("repeated_row", "retry"):
            assert got["events"].sum() == len(meant)
    shared = set(put.loc[put["kind"] == "shared_account", "participant_id"])
    assert len(shared & set(reference.inspection.shared)) >= 0.7 * len(shared)
    assert not set(reference.inspection.shared) - shared


def test_sessions_are_found_as_they_were_meant(reference: Log) -> None:
    meant = truth("sessions")
    starts = set(zip(meant["participant_id"], pd.to_datetime(meant["start"], utc=True), strict=True))
    found = set(zip(reference.sessions["participant_id"], reference.sessions["start"], strict=True))
    assert len(starts & found) / len(starts) > 0.98


def test_signatures_know_most_of_what_was_meant(study: Study, reference: Log) -> None:
    meant = truth("sessions").assign(start=lambda frame: pd.to_datetime(frame["start"], utc=True))
    rules = signatures.load(study.input(signatures.FILE))
    episodes = signatures.episode_features(
        reference.acts, reference.sessions, reference.cycles, reference.vocabulary
    )
    assigned = rules.assign(episodes, "episode").assign(start=episodes["start"])
    joined = meant.merge(assigned, on=["participant_id", "start"])
    told = joined[joined["primary"] != signatures.NONE]
    assert (told["way"] == told["primary"]).mean() > 0.85
    assert (joined["primary"] == signatures.NONE).mean() < 0.25


def test_a_world_without_types_draws_every_way_alike(
    given: settings.Settings, words: vocabulary.Vocabulary
) -> None:
    alike = emit.emissions(given.with_("mixture", separation=0.0), words)
    for one in alike[1:]:
        np.testing.assert_allclose(one.chances, alike[0].chances)
        assert one.dwell == pytest.approx(alike[0].dwell)
    apart = emit.emissions(given, words)
    assert max(np.abs(one.chances - apart[0].chances).max() for one in apart[1:]) > 0.2


def small(given: settings.Settings, **outcome_values: float) -> tuple[pd.DataFrame, settings.Settings]:
    invited = pd.DataFrame(
        {"household_id": [str(n) for n in range(40)], "months": 12, "visits": range(40), "preferred": True,
         "z": np.linspace(-1, 1, 40)}
    )  # fmt: skip
    chosen = given.with_("people", participants=12, comparison_households=10).with_(
        "outcome", **outcome_values
    )
    return invited, chosen


def test_the_effect_can_be_switched_off_and_is_what_was_asked(
    given: settings.Settings, words: vocabulary.Vocabulary
) -> None:
    invited, off = small(given, effect=0.0)
    _, on = small(given, effect=2.0)
    without, with_it = write_log.simulate(invited, off, words), write_log.simulate(invited, on, words)
    assert (without.effects["effect"] == 0).all()
    change = with_it.outcomes["basket_score"] - without.outcomes["basket_score"]
    np.testing.assert_allclose(change, with_it.effects["effect"], atol=0.101)
    never = ~with_it.effects["household_id"].isin(with_it.participants["household_id"])
    assert (with_it.effects.loc[never, "effect"] == 0).all()
    pd.testing.assert_frame_equal(without.events, with_it.events)


def test_the_effect_fades_when_use_stops(given: settings.Settings) -> None:
    chosen = given.with_("outcome", effect_months=2, effect_follows_use=True)
    months = [f"2017-{m:02d}" for m in range(1, 8)]
    levels = outcome.exposure("2017-02", ["2017-03"], months, chosen)
    assert levels.tolist() == [0, 0.5, 1, 0.5, 0.25, 0.125, 0.0625]
    assert outcome.exposure("", ["2017-03"], months, chosen).sum() == 0


def test_a_participant_does_not_depend_on_the_others(
    given: settings.Settings, words: vocabulary.Vocabulary
) -> None:
    invited, chosen = small(given)
    chosen = chosen.with_(
        "faults", repeated_rows=0, retries=0, wrong_clocks=0, robots=0, shared_accounts=0, test_accounts=0
    )
    first = write_log.simulate(invited, chosen, words)
    another = write_log.simulate(
        invited, chosen.with_("comparison", share=chosen.comparison.share, lapse_factor=0.1), words
    )
    off = first.participants.loc[first.participants["comparison"] == "no", "participant_id"]
    kept = ["participant_id", "timestamp", "action", "target"]
    mine = first.events[first.events["participant_id"].isin(off)][kept].reset_index(drop=True)
    theirs = another.events[another.events["participant_id"].isin(off)][kept].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, theirs)


def test_other_zones_and_clock_changes_give_the_offsets_of_the_day(
    given: settings.Settings, words: vocabulary.Vocabulary
) -> None:
    invited, chosen = small(given)
    chosen = chosen.with_("calendar", timezone="Europe/Helsinki").with_("faults", wrong_clocks=0)
    made = write_log.simulate(invited, chosen, words).events["timestamp"]
    assert set(made.str[-6:]) == {"+02:00", "+03:00"}
    summer = made.str[:10].between("2017-03-27", "2017-10-28")
    assert set(made[summer].str[-6:]) == {"+03:00"}


def test_too_few_households_are_said_so(given: settings.Settings) -> None:
    months = pd.DataFrame(
        {"household_id": [1, 1, 2], "month": ["2017-01", "2017-02", "2017-01"], "visits": [1, 2, 3]}
    )
    with pytest.raises(InputError, match="0 households bought"):
        plan.pool(months, given)
    with pytest.raises(InputError, match="no column visits"):
        plan.pool(months.drop(columns="visits"), given)


def test_bad_parameters_are_all_listed(tmp_path: Path) -> None:
    text = (ROOT / "usage_logs/simulator.toml").read_text()
    text = (
        text.replace("seed = 1666", 'seed = "x"')
        .replace("share = 0.5", "share = 1.5")
        .replace('timing = "any"', 'timing = "often"', 1)
    )
    text = (
        text.replace("spread = 3.0", "sprad = 3.0")
        .replace('"2017-02" = 10', '"2019-02" = 10')
        .replace("America/New_York", "Mars")
    )
    text = text.replace("dwell = 14 ", "dwel = 14 ").replace("participants = 250", "participants = -3")
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        settings.load(tmp_path / "s.toml")
    found = str(caught.value)
    for expected in ("line 5: seed", "line 53 (comparison): share", "timing is 'often'",
                     "line 39 (activity): 'sprad'", "line 23 (adoption): the month 2019-02", "'Mars'",
                     "dwell is missing",
                     "line 16 (people): participants is -3"):  # fmt: skip
        assert expected in found, expected
    (tmp_path / "s.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        settings.load(tmp_path / "s.toml")


def test_the_verb_writes_the_log_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import argparse

    from casestudy.cli import usage

    parser = argparse.ArgumentParser()
    usage.add(parser.add_subparsers())
    arguments = parser.parse_args(
        ["simulate-log", "--study", str(ROOT), "--to", str(tmp_path), "--seed", "2"]
    )
    assert arguments.act(arguments) == 0
    assert "events of 253 accounts" in capsys.readouterr().out
    assert (tmp_path / "events.csv").read_bytes() != (ROOT / "usage_logs/events.csv").read_bytes()
    assert quality.Limits().even_run > 1
