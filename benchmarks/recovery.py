"""Recovery studies over a fixed, declared grid: writes the tables that a notebook reads.

    python benchmarks/recovery.py              the whole grid, about half an hour on one core
    python benchmarks/recovery.py --replicates 20 --to /tmp/recovery

Writes ``types.csv``, ``effects.csv``, ``outside.csv`` (every cell outside its nominal rate, with the reason) and
``reference.csv`` (the reference log's sessions: what was meant against what rules and model find) to
``usage_logs/recovery/``. It is the only reader of ``usage_logs/truth/`` beside the tests.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

PARTICIPANTS = (25, 50, 100, 250)
SEPARATIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
EFFECTS = (0.0, 1.0, 2.5)
DRIFTS = (0.0, 0.1)
SEED = 1666
REASONS = {
    "false_types": "BIC asks for more than chance gives: it errs on the side of too few types, and finds fewer false "
    "ones than 5 %.",
    "coverage_drift": "Households that shop more drift apart by themselves and adopt more often: the assumption of "
    "parallel trends is broken, and no interval knows it. This is what self-selection does.",
    "false_effect_drift": "The same broken assumption is taken for an effect.",
    "coverage": "Cohorts of a few households: their variances are known badly, and the t-distribution mends only a part.",
    "false_effect": "Cohorts of a few households: their variances are known badly, and the t-distribution mends only a part.",
    "pre_trend": "Cohorts of a few households: the joint test leans on covariances that are known badly.",
}


def main() -> None:
    """Run the grid and write the tables."""
    import pandas as pd

    from casestudy.outputs import csv_text, write_atomically
    from casestudy.study import Study
    from casestudy.usage import recovery, vocabulary
    from casestudy.usage.simulator import settings

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--effect-replicates", type=int, default=2000)
    parser.add_argument("--to", default=None)
    arguments = parser.parse_args()
    study = Study.find(Path(__file__).parent)
    target = Path(arguments.to) if arguments.to else study.root / "usage_logs" / "recovery"
    parameters = settings.load(study.input(settings.FILE))
    words = vocabulary.load(study.input(vocabulary.FILE))
    begun = time.perf_counter()
    some = min(arguments.effect_replicates, 2 * arguments.replicates)
    effects = pd.DataFrame(
        recovery.effect_cell(parameters, people, effect, drift, some, seed=SEED)
        for people in PARTICIPANTS
        for effect in EFFECTS
        for drift in DRIFTS
    )
    print(f"{len(effects)} cells of effects: {time.perf_counter() - begun:.0f} s", flush=True)
    write_atomically(target / "effects.csv", csv_text(effects, 3).encode())
    rows = []
    for people in PARTICIPANTS:
        for separation in SEPARATIONS:
            rows.append(
                recovery.types_cell(parameters, words, people, separation, arguments.replicates, seed=SEED)
            )
            print(rows[-1], f"{time.perf_counter() - begun:.0f} s", flush=True)
    types = pd.DataFrame(rows)
    write_atomically(target / "types.csv", csv_text(types, 3).encode())
    off = recovery.outside(types, effects, REASONS)
    write_atomically(target / "outside.csv", csv_text(off, 2).encode())
    write_atomically(target / "reference.csv", csv_text(recovery.reference(study), 2).encode())
    print(off.to_string())


if __name__ == "__main__":
    main()
