"""How intervals of agreement fare where documents differ in how common a code is.

    python benchmarks/intervals.py            # 1,000 replicates a row, a few minutes
    python benchmarks/intervals.py 100

Two coders, 25 units a document. The code's share in a document is drawn from a beta distribution (mean 0.2)
of three spreads. What the interval should hold is alpha over very many such documents.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from typing import Any

import numpy as np
from agreement import krippendorff, wilson

from casestudy.agreement.posterior import Posterior
from casestudy.agreement.ratings import Ratings, read

UNITS, MEAN, STRENGTH = 25, 0.2, 0.6
SPREADS = {"even": 400.0, "uneven": 6.0, "very uneven": 1.0}


def draw(rng: np.random.Generator, documents: int, concentration: float) -> Ratings:
    """Each coder sees a unit's true category with chance sqrt(strength), else draws at the document's."""
    share = rng.beta(MEAN * concentration, (1 - MEAN) * concentration, size=documents)
    clusters = np.repeat(np.arange(documents), UNITS)
    each = share[clusters]
    truth = rng.random(len(each)) < each
    noise = rng.random((len(each), 2)) < each[:, None]
    seen = rng.random((len(each), 2)) < math.sqrt(STRENGTH)
    table = np.where(seen, truth[:, None], noise).astype(np.int64)
    return read(table, categories=[0, 1], clusters=clusters)


def estimated(ratings: Ratings) -> tuple[Any, Any]:
    coefficient = krippendorff()
    bound = replace(coefficient.bind(ratings), bind=coefficient.bind)
    return bound, bound.estimate(bound.patterns.number[None, :])


def main(replicates: int) -> None:
    print("documents  share of the code   true alpha  coverage of 95 % (Monte Carlo interval)  mean width")
    for spread, concentration in SPREADS.items():
        true = float(estimated(draw(np.random.default_rng(1), 40_000, concentration))[1].value[0])
        for documents in (6, 12, 24, 48):
            rng = np.random.default_rng([2, documents, int(concentration)])
            hits, width, tried = 0, 0.0, 0
            while tried < replicates:
                ratings = draw(rng, documents, concentration)
                bound, estimate = estimated(ratings)
                if math.isnan(estimate.value[0]):
                    continue
                interval = Posterior(seed=tried)(bound, ratings, estimate)
                tried += 1
                hits += interval.low <= true <= interval.high
                width += interval.high - interval.low
            low, high = wilson(hits, tried)
            print(
                f"{documents:9}  {spread:18}  {true:10.3f}  {hits / tried:.3f} ({low:.3f} to {high:.3f})"
                f"{'':24}{width / tried:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
