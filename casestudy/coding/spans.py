"""Ranges of text: their union and what two of them share."""

from __future__ import annotations

from collections.abc import Sequence


def union(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans joined where they meet or overlap, in order.

    Examples
    --------
    >>> union([(5, 9), (0, 3), (3, 4), (8, 12)])
    [(0, 4), (5, 12)]
    """
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def overlap(first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]]) -> int:
    """Characters that two lists of spans share; each list in order and without overlaps.

    Examples
    --------
    >>> overlap([(0, 4), (6, 9)], [(2, 7)])
    3
    """
    total, i, j = 0, 0, 0
    while i < len(first) and j < len(second):
        total += max(0, min(first[i][1], second[j][1]) - max(first[i][0], second[j][0]))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return total
