"""How good the suggestions are: cross-validated by participant, for each code, beside what guessing
would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.coding import units
from casestudy.coding.units import Unit
from casestudy.proportions import wilson
from casestudy.suggestions import by_model
from casestudy.suggestions import by_rules as rules

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
    kind: str = "words",
    model: Any = None,
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
    kind : {'words', 'lemmas', 'vectors'}
        What is learnt from; see `casestudy.suggestions.features`.
    model : spaCy model, optional
        For lemmas and vectors.

    Returns
    -------
    pandas.DataFrame
        One row a code that could be learnt: ``code, sentences`` (that have it), ``people, of, baseline``
        (share of sentences that have it: the average precision of guessing), ``precision`` (average
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
    there = units.bearing(sentences, frame, codes)
    groups = np.array([unit.speaker for unit in sentences])
    keep = by_model.learnable(there, groups, least)
    chosen = [code for code, kept in zip(codes, keep, strict=True) if kept]
    there = there[:, keep]
    scores = by_model.out_of_fold(sentences, there, groups, folds, kind, model)
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


def compared(
    sentences: Sequence[Unit],
    frame: pd.DataFrame,
    codes: Sequence[str],
    kinds: Sequence[str],
    *,
    model: Any = None,
    resamples: int = 200,
    seed: int = 1,
) -> pd.DataFrame:
    """Several ways to see a sentence beside guessing, code by code.

    Returns
    -------
    pandas.DataFrame
        ``code, sentences, people, of, baseline``, then for each kind its average ``precision``, ``low``,
        ``high``, ``accuracy`` and ``better`` with the kind behind the name, and ``majority``: the accuracy of
        always saying no. By code.
    """
    import pandas as pd

    shared = ["code", "sentences", "people", "of", "baseline", "majority"]
    whole = pd.DataFrame(columns=shared)
    for number, kind in enumerate(kinds):
        own = evaluate(sentences, frame, codes, resamples=resamples, seed=seed, kind=kind, model=model)
        figures = ["precision", "low", "high", "accuracy", "better"]
        named = own.rename(columns={name: f"{name} {kind}" for name in figures}).drop(columns="f1")
        rest = named.drop(columns=[name for name in shared if name != "code"])
        whole = named if not number else whole.merge(rest, on="code", validate="1:1")
    return whole.sort_values("code", ignore_index=True)


def by_rules(
    sentences: Sequence[Unit], frame: pd.DataFrame, book: Codebook, model: Any = None
) -> pd.DataFrame:
    """How often a rule of the codebook suggests what a coder coded.

    Returns
    -------
    pandas.DataFrame
        One row a code with rules: ``code, rules, hits`` (sentences that a rule matches), ``right`` (of them,
        those that a coder gave the code), ``precision, low, high`` (right of hits, 95 % Wilson interval; NaN
        without a hit), ``baseline`` (share of all sentences that have the code), ``found`` (right of all
        sentences that have it; NaN where none does), ``better`` (whether the interval lies above the
        baseline). Best first.
    """
    import numpy as np
    import pandas as pd

    codes = [code.id for code in book.in_use() if code.rules]
    there = units.bearing(sentences, frame, codes)
    number = {(unit.document, unit.start): row for row, unit in enumerate(sentences)}
    matched = np.zeros_like(there)
    for one in rules.by_rules(sentences, book, model):
        matched[number[one.unit.document, one.unit.start], codes.index(one.code)] = True
    rows = []
    for column, code in enumerate(codes):
        hits, bear = int(matched[:, column].sum()), int(there[:, column].sum())
        right = int((matched[:, column] & there[:, column]).sum())
        low, high = wilson(right, hits)
        baseline = bear / len(sentences) if sentences else math.nan
        rows.append(
            {
                "code": code,
                "rules": len(book.codes[code].rules),
                "hits": hits,
                "right": right,
                "precision": right / hits if hits else math.nan,
                "low": low,
                "high": high,
                "baseline": baseline,
                "found": right / bear if bear else math.nan,
                "better": bool(hits) and low > baseline,
            }
        )
    columns = ["code", "rules", "hits", "right", "precision", "low", "high", "baseline", "found", "better"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["precision", "code"], ascending=[False, True], ignore_index=True)


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
