"""The loop: units, conservation, the Bass limit, step length, extremes, tipping, bad parameters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.dynamics import agents, checks, dimensions, explore, model
from casestudy.dynamics.parameters import NAMES, Loop, load
from casestudy.errors import InputError

FILE = Path(__file__).parent.parent / "profiles" / "loop.toml"


@pytest.fixture(scope="module")
def loop() -> Loop:
    return load(FILE)


def test_every_parameter_says_where_it_comes_from(loop: Loop) -> None:
    table = loop.table()
    assert sorted(table["name"]) == sorted(NAMES)
    assert table[["unit", "meaning", "provenance", "source"]].map(bool).all().all()


def test_units_of_the_equations_fit_and_a_wrong_unit_is_found(loop: Loop) -> None:
    units = {one.name: one.unit for one in loop.parameters}
    assert dimensions.problems(units) == []
    for name in ("tau", "effort", "use", "lam", "fv", "Kh"):
        assert dimensions.problems(units | {name: "person"}), name


def test_all_checks_hold(loop: Loop) -> None:
    table = checks.table(loop)
    assert table["holds"].all(), table.to_string()
    assert float(table.set_index("check").loc["conservation", "found"]) < 1e-9
    assert float(table.set_index("check").loc["Bass limit", "found"]) < 1e-6


def test_bass_closed_form_solves_its_equation() -> None:
    t, h = np.linspace(0.5, 40, 50), 1e-5
    share = checks.bass(t, 0.03, 0.38)
    slope = (checks.bass(t + h, 0.03, 0.38) - checks.bass(t - h, 0.03, 0.38)) / (2 * h)
    assert np.abs(slope - (0.03 + 0.38 * share) * (1 - share)).max() < 1e-8


@settings(max_examples=25)
@given(st.data())
def test_people_are_conserved_and_no_stock_is_negative(data: st.DataObject) -> None:
    loop = load(FILE)
    changes = {name: data.draw(st.floats(low, high), label=name) for name, (low, high) in loop.ranges.items()}
    p = loop.changed(**changes)
    begin = model.start(p, data.draw(st.floats(0, 1)), data.draw(st.floats(0, 3)))
    frame = model.run(p, begin, 36)
    assert (frame["N"] + frame["A"] + frame["D"] - p["M"]).abs().max() < 1e-9
    assert frame[list(model.STOCKS)].min().min() > -1e-8
    assert frame["share"].between(0, 1).all()
    quick = model.many(p, begin, 36, step=0.05)[:, 0]
    assert np.allclose(quick, frame[list(model.STOCKS)].iloc[-1], atol=2e-3)


@pytest.mark.parametrize(
    "rates", [{}, {"lam": 0.35, "rho": 0.05, "p": 0.02, "q": 0.3}], ids=["as shipped", "as first assumed"]
)
def test_the_loop_tips_between_half_and_six_tenths_from_a_warm_start(
    loop: Loop, rates: dict[str, float]
) -> None:
    moved = loop.moved(**rates)
    assert 0.5 < explore.tipping(moved, "warm", 60, 0.1) < 0.6
    assert np.isnan(explore.tipping(moved, "cold", 60, 0.1))


def test_basins_grow_with_value_passed_back_and_with_the_start(loop: Loop) -> None:
    frame = explore.basins(loop, 60, 0.1, points=9)
    wide = frame.pivot(index="back", columns="active", values="sustained").to_numpy().astype(int)
    assert (np.diff(wide, axis=0) >= 0).all()
    assert (np.diff(wide, axis=1) >= 0).all()
    assert 0 < wide.sum() < wide.size


def test_policies_are_compared_on_the_same_draws(loop: Loop) -> None:
    table = explore.policies(loop, "warm", 60, 0.1, runs=300, seed=1).set_index("policy")
    assert table.loc["base case", ["gained", "lost", "difference"]].tolist() == [0, 0, 0]
    assert table.loc["no privacy burden", "lost"] == 0
    assert table.loc["no reinvestment", "gained"] == 0
    assert (table["share"] - table.loc["base case", "share"] - table["difference"]).abs().max() < 1e-12


def test_fans_are_ordered_and_repeatable(loop: Loop) -> None:
    first, again = (explore.fan(loop, "warm", 24, 200, seed=5) for _ in range(2))
    assert first.equals(again)
    assert (np.diff(first.iloc[:, 1:].to_numpy(), axis=1) >= 0).all()


def test_comparison_with_peers_never_lowers_use_in_the_mean_field(loop: Loop) -> None:
    frame = explore.switch(loop, "compare", 0.0, 0.15, "warm", 36, 300, seed=2)
    assert frame["low"].min() >= -1e-9
    assert frame["difference"].iloc[-1] > 0


def _without(text: str, start: str) -> str:
    head, _, rest = text.partition(start)
    return head + rest[rest.index("\n\n") :]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("value = 0.98", "value = -1.1"), "cannot be negative"),
        (("value = 0.98", "value = 9.0"), "outside its range"),
        (("value = 0.98", 'value = "high"'), "finite number"),
        (("value = 0.98", "value = nan"), "finite number"),
        (('unit = "value/money"', 'unit = "month"'), "units do not fit"),
        (('unit = "value/money"', 'unit = "furlong"'), "not a unit"),
        (('provenance = "literature"', 'provenance = "guessed"'), "provenance"),
        (("[parameter.lam]", "[parameter.lamda]"), "Did you mean 'lam'?"),
        (("set = { back = 0.5 }", "set = { bakc = 0.5 }"), "Did you mean 'back'?"),
        (("active = 0.5", "active = 5"), "share from 0 to 1"),
        (("[start.cold]", "[start.cold"), "not valid TOML"),
    ],
)
def test_bad_parameters_are_explained(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    text = FILE.read_text()
    assert change[0] in text
    (tmp_path / "loop.toml").write_text(text.replace(*change))
    with pytest.raises(InputError, match="loop") as caught:
        load(tmp_path / "loop.toml")
    assert words in str(caught.value)


def test_all_bad_parameters_come_at_once(tmp_path: Path) -> None:
    text = FILE.read_text().replace("value = 0.98", "value = -1").replace("value = 3.0", "value = 0.0")
    (tmp_path / "loop.toml").write_text(_without(text, "[parameter.rho]"))
    with pytest.raises(InputError) as caught:
        load(tmp_path / "loop.toml")
    said = str(caught.value)
    assert all(word in said for word in ("'rho' is missing", "line 103 (parameter.lam)", "(parameter.tau)"))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"parameter = 3", b"[parameter]\nback = 1\n"])
def test_files_that_are_no_parameters_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "loop.toml").write_bytes(content)
    with pytest.raises(InputError):
        load(tmp_path / "loop.toml")


def test_a_model_that_does_not_converge_says_so(loop: Loop) -> None:
    with pytest.raises(InputError, match="does not converge"):
        model.many(loop.values | {"tau": 1e-6}, loop.begin("warm"), 60)
    with pytest.raises(InputError, match="cannot be run"):
        model.run(loop.values | {"lam": float("nan")}, loop.begin("warm"), 60)
    with pytest.raises(InputError, match="negative"):
        loop.changed(lam=-0.1)
    with pytest.raises(InputError, match="share from 0 to 1"):
        model.start(loop.values, 1.5)


def test_people_drawn_anew_follow_the_mean_field(loop: Loop) -> None:
    many = agents.run(loop, "warm", 24, 20_000, seed=1, kinds=False, keep=False)
    smooth = model.run(loop.values, loop.begin("warm"), 24)
    assert (many["use"] - smooth["use"]).abs().max() < 0.03
    assert (many["active"] - smooth["A"]).abs().max() < 0.03
    assert (many[["potential", "active", "dormant"]].sum(axis=1) - 1).abs().max() < 1e-12


def test_those_who_ask_little_stay_when_people_keep_their_threshold(loop: Loop) -> None:
    changed = loop.moved(back=0.45)
    kept = agents.run(changed, "warm", 36, 5000, seed=1, kinds=False)
    anew = agents.run(changed, "warm", 36, 5000, seed=1, kinds=False, keep=False)
    assert kept["use"].iloc[-1] > anew["use"].iloc[-1]
    assert agents.run(changed, "warm", 6, 500, seed=3).equals(agents.run(changed, "warm", 6, 500, seed=3))


def test_kinds_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    text = FILE.read_text()
    (tmp_path / "loop.toml").write_text(text.replace("share = 0.26", "share = 0.3"))
    with pytest.raises(InputError, match="add up to 1"):
        load(tmp_path / "loop.toml")
    (tmp_path / "loop.toml").write_text(text.replace("effort = 0.06", "efort = 0.06"))
    with pytest.raises(InputError, match="Did you mean 'effort'"):
        load(tmp_path / "loop.toml")
