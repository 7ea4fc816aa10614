"""Recovery studies over a fixed, declared grid: writes the tables that a notebook reads.

    python benchmarks/recovery.py              the whole grid, about half an hour on one core
    python benchmarks/recovery.py --replicates 20 --effect-replicates 50 --to /tmp/recovery

Writes ``types.csv``, ``effects.csv``, ``outside.csv`` (every cell outside its nominal rate, and why) and
``reference.csv`` (the reference log's sessions: what was meant against what rules and model find) to
``usage_logs/recovery/``. It is the only reader of ``usage_logs/truth/`` beside the tests.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study

PARTICIPANTS = (25, 50, 100, 250)
SEPARATIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
EFFECTS = (0.0, 1.0, 2.5)
DRIFTS = (0.0, 0.1)
SEED = 1666
_FEW = (
    "Nothing is broken here. One rate in twenty lies outside by chance; and with cohorts of a few households "
    "variances are known badly, which Student's t mends only in part. The rate is close."
)
REASONS = {
    "false_types": "BIC is not a test and keeps no rate: it asks for more than chance gives and errs toward "
    "too few types. Whether profiles differ at all is asked by a test of its own, which keeps its 5 %; at "
    "separation 0.25 that test finds the difference where BIC is silent.",
    "coverage_drift": "Broken on purpose: households that shop more move by themselves and adopt more often; "
    "trends are not parallel and no interval knows it. More households make it worse. No wider interval is "
    "the cure: adjusting for how much they shopped is (the rate 'coverage, adjusted'), where it is measured.",
    "false_effect_drift": "The same broken assumption is taken for an effect.",
    "adjusted": "It is fitted in the comparison and carried to adopters who shop more than most of it; "
    "in small samples its cost is reckoned on the safe side.",
    "coverage": _FEW,
    "false_effect": _FEW,
    "pre_trend": _FEW,
    "false_difference": _FEW,
}


def listed(target: Path, types: pd.DataFrame, effects: pd.DataFrame, study: Study) -> None:
    """Write which rates lie outside their nominal values, and the reference log against its truth."""
    from casestudy.files.writing import write_atomically
    from casestudy.outputs import csv_text
    from casestudy.simulator import recovery

    off = recovery.outside(types, effects, REASONS)
    write_atomically(target / "outside.csv", csv_text(off, 2).encode())
    write_atomically(target / "reference.csv", csv_text(recovery.reference(study), 2).encode())
    print(off.to_string())


def main() -> None:
    """Run the grid and write the tables."""
    import pandas as pd

    from casestudy.files.writing import write_atomically
    from casestudy.outputs import csv_text
    from casestudy.simulator import recovery, settings
    from casestudy.study import Study
    from casestudy.usage import vocabulary

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--effect-replicates", type=int, default=2000)
    parser.add_argument("--to", default=None)
    parser.add_argument("--resume", action="store_true", help="only the cells that the tables lack")
    parser.add_argument(
        "--list", action="store_true", help="only list again what lies outside, from the tables"
    )
    arguments = parser.parse_args()
    study = Study.find(Path(__file__).parent)
    target = Path(arguments.to) if arguments.to else study.root / "usage_logs" / "recovery"
    parameters = settings.load(study.input(settings.FILE))
    words = vocabulary.load(study.input(vocabulary.FILE))
    if arguments.list:
        listed(target, pd.read_csv(target / "types.csv"), pd.read_csv(target / "effects.csv"), study)
        return
    begun = time.perf_counter()
    known, effects = pd.DataFrame(), pd.DataFrame()
    if arguments.resume:
        known, effects = (_read(target / name) for name in ("types.csv", "effects.csv"))
    if effects.empty or "adjusted_percent" not in effects:
        effects = pd.DataFrame(
            recovery.effect_cell(parameters, people, effect, drift, arguments.effect_replicates, seed=SEED)
            for people in PARTICIPANTS
            for effect in EFFECTS
            for drift in DRIFTS
        )
        print(f"{len(effects)} cells of effects: {time.perf_counter() - begun:.0f} s", flush=True)
        write_atomically(target / "effects.csv", csv_text(effects, 3).encode())
    places = [(people, separation) for people in PARTICIPANTS for separation in SEPARATIONS]
    for people, separation in places:
        if not known.empty:
            same = (known["participants"] == people) & (known["separation"] == separation)
            if same.any():
                continue
        cell = recovery.types_cell(parameters, words, people, separation, arguments.replicates, seed=SEED)
        known = pd.concat([known, pd.DataFrame([cell])]).sort_values(["participants", "separation"])
        write_atomically(target / "types.csv", csv_text(known, 3).encode())
        print(f"n = {people}, separation {separation:g}: {time.perf_counter() - begun:.0f} s", flush=True)
    if "differ_percent" not in known:
        many = arguments.effect_replicates
        found = [recovery.difference_cell(parameters, words, *place, many, seed=SEED) for place in places]
        known = known.merge(pd.DataFrame(found), on=["participants", "separation"])
        write_atomically(target / "types.csv", csv_text(known, 3).encode())
    listed(target, known, effects, study)


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(path) if path.is_file() else pd.DataFrame()


if __name__ == "__main__":
    main()
