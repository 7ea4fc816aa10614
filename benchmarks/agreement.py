"""Measure the agreement room: speed beside a public implementation, and what its intervals cover.

    python benchmarks/agreement.py              # speed, as ratios
    python benchmarks/agreement.py coverage     # simulation over a fixed grid; writes agreement_coverage.csv

The public implementation is the `krippendorff` package, where it is installed; this project does not depend on
it. Coverage takes some twenty minutes on one core.
"""

from __future__ import annotations

import csv
import math
import os
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.coefficient import measure
from casestudy.agreement.intervals import Bootstrap, Jackknife, Linearised
from casestudy.agreement.ratings import read

HERE = Path(__file__).parent
SEED = 20
PREVALENCE = (0.1, 0.3, 0.5)
TRUE_ALPHA = (0.0, 0.4, 0.6, 0.8, 0.9)
CODERS = (2, 3, 5)
UNITS = (20, 50, 100, 200, 500)
RESAMPLES = 1_000
COLUMNS = (
    "method",
    "prevalence",
    "true_alpha",
    "coders",
    "units",
    "replicates",
    "undefined",
    "without_interval",
    "coverage",
    "mc_low",
    "mc_high",
    "mean_width",
    "outside_93_97",
)


def methods(seed: int) -> dict[str, Any]:
    """The intervals that are compared."""
    return {
        "percentile bootstrap": Bootstrap(RESAMPLES, seed=seed),
        "BCa bootstrap": Bootstrap(RESAMPLES, seed=seed, kind="bca"),
        "jackknife": Jackknife(),
        "jackknife, log scale": Jackknife(log=True),
        "linearised": Linearised(),
        "linearised, log scale": Linearised(log=True),
    }


def draw(rng: np.random.Generator, units: int, coders: int, prevalence: float, strength: float) -> Any:
    """Two categories; each coder sees a unit's true one with chance sqrt(strength), else draws at random.

    Any two ratings of a unit then agree beyond chance with probability `strength`, which is alpha.
    """
    truth = rng.random(units) < prevalence
    noise = rng.random((units, coders)) < prevalence
    seen = rng.random((units, coders)) < math.sqrt(strength)
    return np.where(seen, truth[:, None], noise).astype(np.int64)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % Wilson interval of a share."""
    z = 1.959964
    p = hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def cell(
    prevalence: float, strength: float, coders: int, units: int, replicates: int, number: int
) -> list[dict[str, Any]]:
    """Coverage of every method in one cell of the grid."""
    rng = np.random.default_rng([SEED, number])
    coefficient = krippendorff()
    kinds = list(methods(0))
    hits, none, width = dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0.0)
    undefined = 0
    for replicate in range(replicates):
        ratings = read(draw(rng, units, coders, prevalence, strength), categories=[0, 1])
        bound = coefficient.bind(ratings)
        estimate = bound.estimate(bound.patterns.number[None, :])
        if math.isnan(estimate.value[0]):
            undefined += 1
            continue
        for kind, method in methods(SEED + replicate).items():
            interval = method(bound, ratings, estimate)
            if math.isnan(interval.low):
                none[kind] += 1
                continue
            hits[kind] += interval.low <= strength <= interval.high
            width[kind] += interval.high - interval.low
    n = replicates - undefined
    rows = []
    for kind in kinds:
        low, high = wilson(hits[kind], n)
        share = hits[kind] / n
        rows.append(
            {
                "method": kind,
                "prevalence": prevalence,
                "true_alpha": strength,
                "coders": coders,
                "units": units,
                "replicates": n,
                "undefined": undefined,
                "without_interval": none[kind],
                "coverage": f"{share:.4f}",
                "mc_low": f"{low:.4f}",
                "mc_high": f"{high:.4f}",
                "mean_width": f"{width[kind] / max(1, n - none[kind]):.4f}",
                "outside_93_97": int(not 0.93 <= share <= 0.97),
            }
        )
    return rows


def coverage(replicates: int = 1_000, path: Path = HERE / "agreement_coverage.csv") -> None:
    """Run the grid, write the table, list every cell outside 93 to 97 % for the default method."""
    grid = list(product(PREVALENCE, TRUE_ALPHA, CODERS, UNITS))
    rows: list[dict[str, Any]] = []
    for number, (prevalence, strength, coders, units) in enumerate(grid):
        rows += cell(prevalence, strength, coders, units, replicates, number)
        if number % 15 == 14:
            print(f"{number + 1} of {len(grid)} cells", file=sys.stderr, flush=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    report(rows)


def report(rows: list[dict[str, Any]]) -> None:
    """How many cells each method keeps within 93 to 97 %, and the cells outside."""
    print(
        f"{'method':24} {'cells':>5} {'outside':>7} {'mean':>7} {'lowest':>7} {'under 93':>8} {'over 97':>7}"
    )
    for kind in methods(0):
        mine = [row for row in rows if row["method"] == kind]
        found = np.array([float(row["coverage"]) for row in mine])
        outside = sum(int(row["outside_93_97"]) for row in mine)
        print(
            f"{kind:24} {len(mine):5} {outside:7} {found.mean():7.3f} {found.min():7.3f} "
            f"{(found < 0.93).sum():8} {(found > 0.97).sum():7}"
        )


def best_of(act: Callable[[], Any], times: int) -> float:
    """Shortest of several runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        found.append(time.perf_counter() - start)
    return min(found)


def speed() -> None:
    """Alpha with its bootstrap as a ratio to a public implementation's point estimate."""
    try:
        import krippendorff as peer
    except ImportError:
        peer = None
        print("The krippendorff package is not installed: times without a ratio.")
    for units, times in ((5_000, 5), (1_000_000, 2)):
        rng = np.random.default_rng(SEED)
        truth = rng.integers(1, 6, units)
        table = np.where(rng.random((units, 5)) < 0.8, truth[:, None], rng.integers(1, 6, (units, 5))).astype(
            float
        )
        table[rng.random(table.shape) < 0.1] = np.nan
        asked = Bootstrap(2_000, seed=1)
        ours = best_of(lambda t=table: measure(read(t), krippendorff(), asked), times)
        point = best_of(lambda t=table: measure(read(t), krippendorff()), times)
        line = f"alpha nominal, 5 coders x {units:,} units: {ours:.3f} s with 2,000 resamples, {point:.3f} s without"
        if peer is not None:
            columns = np.ascontiguousarray(table.T)
            theirs = best_of(
                lambda c=columns: peer.alpha(reliability_data=c, level_of_measurement="nominal"), times
            )
            line += f"; krippendorff's point estimate {theirs:.3f} s, ratio {ours / theirs:.2f}"
            line += f" (without resamples {point / theirs:.2f})"
        print(line)


if __name__ == "__main__":
    if sys.argv[1:2] == ["coverage"]:
        coverage(*(int(argument) for argument in sys.argv[2:3]))
    else:
        speed()
