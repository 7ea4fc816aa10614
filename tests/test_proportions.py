"""Wilson's interval against an independent implementation and its properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
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


@pytest.mark.parametrize("n", range(1, 1001))
def test_the_share_lies_in_its_interval(n: int) -> None:
    hits = np.arange(n + 1)
    low, high = wilson(hits, n)
    assert (low <= hits / n).all()
    assert (hits / n <= high).all()
    assert low[0] == 0
    assert high[-1] == 1


@pytest.mark.parametrize(("hits", "n"), [(-1, 5), (6, 5), ([1, 7], [5, 6])])
def test_more_than_all_and_less_than_nothing_are_refused(hits: object, n: object) -> None:
    with pytest.raises(ValueError, match="0 <= hits <= n"):
        wilson(hits, n)


def test_a_share_of_nothing_is_not_defined() -> None:
    assert all(math.isnan(end) for end in wilson(0, 0))
    low, high = wilson([0, 1], [0, 1])
    assert math.isnan(low[0])
    assert high[1] == 1
