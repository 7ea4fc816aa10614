"""How good the suggestions are: cross-validated by participant, for each code, beside what guessing "
"would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from casestudy.coding import suggest
from casestudy.coding.suggest import Unit

if TYPE_CHECKING:
    import pandas as pd


def evaluate(
    sentences: Sequence[Unit],
    frame: pd.DataFrame,
    codes: Sequence[str],
    *,
    least: int = 3,
    folds: int = 5,
    resamples: int = 200,
    seed: int = 1,
) -> pd.DataFrame:
    """Cross-validate the model by participant.

    Parameters
    ----------
    sentences : sequence of Unit
    frame : pandas.DataFrame
    codes : sequence of str
    least : int
        Fewest participants who speak of a code.
    folds : int
    resamples : int
        Bootstrap samples of participants for the intervals.
    seed : int

    Returns
    -------
    pandas.DataFrame
        One row a code that could be learnt: ``code, sentences`` (that bear it), ``people, of, baseline``
        (share of sentences that bear it: the average precision of guessing), ``precision`` (average
        precision), ``low, high`` (95 % interval, participants resampled), ``majority`` (accuracy of
        always saying no), ``accuracy`` (of the sign of the score), ``f1`` (guessing no has 0), ``better``
        (whether the interval lies above the baseline's own value in each sample). Sorted by precision
        over baseline.
    """
    import numpy as np
    import pandas as pd

    columns = ["code", "sentences", "people", "of", "baseline", "precision", "low", "high", "majority"]
    columns += ["accuracy", "f1", "better"]
    if not sentences:
        return pd.DataFrame(columns=columns)
    there = suggest.bearing(sentences, frame, codes)
    groups = np.array([unit.document for unit in sentences])
    keep = suggest.learnable(there, groups, least)
    chosen = [code for code, kept in zip(codes, keep, strict=True) if kept]
    there = there[:, keep]
    scores = suggest.out_of_fold(sentences, there, groups, folds)
    people = sorted(set(groups))
    members = [np.flatnonzero(groups == name) for name in people]
    random = np.random.default_rng(seed)
    draws = [random.integers(0, len(people), len(people)) for _ in range(resamples)]
    rows = []
    for column, code in enumerate(chosen):
        seen = ~np.isnan(scores[:, column])
        answers, score = there[:, column], scores[:, column]
        own = average_precision(answers[seen], score[seen])
        gains, precisions = [], []
        for draw in draws:
            sample = np.concatenate([members[number] for number in draw])
            sample = sample[seen[sample]]
            value = average_precision(answers[sample], score[sample])
            if not math.isnan(value):
                precisions.append(value)
                gains.append(value - answers[sample].mean())
        low, high = np.quantile(precisions, [0.025, 0.975]) if precisions else (math.nan, math.nan)
        said = score[seen] > 0
        hits = int((said & answers[seen]).sum())
        rows.append(
            {
                "code": code,
                "sentences": int(answers.sum()),
                "people": len(set(groups[answers])),
                "of": len(people),
                "baseline": float(answers[seen].mean()),
                "precision": own,
                "low": float(low),
                "high": float(high),
                "majority": float(max(answers[seen].mean(), 1 - answers[seen].mean())),
                "accuracy": float((said == answers[seen]).mean()),
                "f1": 2 * hits / int(said.sum() + answers[seen].sum()) if said.any() else 0.0,
                "better": bool(gains) and float(np.quantile(gains, 0.025)) > 0,
            }
        )
    table = pd.DataFrame(rows, columns=columns)
    table["gain"] = (table["precision"] - table["baseline"]).astype(float).round(9)
    ranked = table.sort_values(["gain", "code"], ascending=[False, True], ignore_index=True)
    return ranked.drop(columns="gain")


def average_precision(answers: Any, scores: Any) -> float:
    """Mean of the precision at each true answer, ties taken together; NaN without a true answer.

    Examples
    --------
    >>> import numpy as np
    >>> round(average_precision(np.array([True, False, True, False]), np.array([4.0, 3.0, 2.0, 1.0])), 4)
    0.8333
    """
    import numpy as np

    if not len(answers) or not answers.any():
        return math.nan
    order = np.argsort(-scores, kind="stable")
    true = answers[order].astype(float)
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(true) - 1)
    hits = np.cumsum(true)[ends]
    precision = hits / (ends + 1)
    return float(np.sum(np.diff(hits, prepend=0.0) * precision) / true.sum())
