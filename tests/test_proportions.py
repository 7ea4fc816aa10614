"""Wilson's interval against an independent implementation and its properties."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from casestudy.proportions import wilson


@given(st.integers(1, 10_000), st.data())
def test_it_is_the_one_of_statsmodels(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n)
    assert np.allclose((low, high), proportion_confint(hits, n, method="wilson"), atol=1e-12)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1
    mirrored = wilson(n - hits, n)
    assert np.allclose((1 - high, 1 - low), mirrored)


def test_a_share_of_nothing_is_not_defined() -> None:
    assert all(math.isnan(end) for end in wilson(0, 0))
    low, high = wilson([0, 1], [0, 1])
    assert math.isnan(low[0])
    assert high[1] == 1
