"""Suggestions learnt from the study's own codings: one calibrated logistic regression a code.

Nothing here writes a coding; see `casestudy.suggestions.by_rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.coding.units import Unit, bearing
from casestudy.errors import InputError, Problem
from casestudy.proportions import at_least
from casestudy.suggestions import features as featuring
from casestudy.suggestions.by_rules import Suggestion
from casestudy.suggestions.features import Features

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Learnt:
    """What was learnt of the study's codings: one logistic regression a code, calibrated."""

    sentences: tuple[Unit, ...]
    codes: tuple[str, ...]
    there: Any
    features: Features
    matrix: Any
    weights: Any
    intercepts: Any
    calibration: tuple[tuple[float, float], ...]


def _fit(matrix: Any, answers: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=4.0, class_weight="balanced", solver="liblinear", random_state=0).fit(
        matrix, answers
    )


def learnable(there: Any, groups: Any, least: int = 3) -> Any:
    """Which codes at least so many people speak of, and not everyone everywhere: only these can be learnt."""
    import numpy as np

    people = np.array([len(set(groups[there[:, column]])) for column in range(there.shape[1])], dtype=int)
    return (people >= least) & ~there.all(axis=0)


def out_of_fold(
    sentences: Sequence[Unit],
    there: Any,
    groups: Any,
    folds: int = 5,
    kind: str = "words",
    model: Any = None,
) -> Any:
    """Scores of each sentence by models that have not seen its participant; NaN where none could be made.

    Parameters
    ----------
    sentences : sequence of Unit
    there : bool array, sentences × codes
    groups : array of str
        The participant (or document) of each sentence.
    folds : int
    kind : {'words', 'lemmas', 'vectors'}
        What is learnt from; see `casestudy.suggestions.features`.
    model : spaCy model, optional
        For lemmas and vectors.

    Returns
    -------
    float array, sentences × codes
        Log odds, not calibrated.
    """
    import numpy as np
    from sklearn.model_selection import GroupKFold

    ready = featuring.prepared([unit.text for unit in sentences], kind, model)
    scores = np.full(there.shape, np.nan)
    count = min(folds, len(set(groups)))
    if count < 2:
        return scores
    for train, test in GroupKFold(count).split(ready.texts, groups=groups):
        features = Features(kind, model)
        try:
            known = features.fit(ready.taken(train))
        except ValueError:  # no word occurs twice
            continue
        asked = features.of(ready.taken(test))
        for column in range(there.shape[1]):
            answers = there[train, column]
            if answers.any() and not answers.all():
                scores[test, column] = _fit(known, answers).decision_function(asked)
    return scores


def learn(
    sentences: Sequence[Unit],
    frame: pd.DataFrame,
    codes: Sequence[str],
    least: int = 3,
    kind: str = "words",
    model: Any = None,
) -> Learnt:
    """Learn from the codings that there are.

    Parameters
    ----------
    sentences : sequence of Unit
        Of documents that were coded.
    frame : pandas.DataFrame
        Their codings, from `casestudy.coding.table.table`.
    codes : sequence of str
        Those that fewer than `least` participants speak of are left out: too little to learn from.
    least : int
    kind : {'words', 'lemmas', 'vectors'}
    model : spaCy model, optional

    Raises
    ------
    InputError
        When no code can be learnt.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    there = bearing(sentences, frame, codes)
    groups = np.array([unit.speaker for unit in sentences])
    keep = learnable(there, groups, least) if len(sentences) else np.zeros(len(codes), dtype=bool)
    if not keep.any():
        found = f"no code is spoken of by {least} participants or more."
        raise InputError(
            "Nothing can be learnt yet.", [Problem("codings", found, "Code more interviews first.")]
        )
    there, chosen = there[:, keep], [code for code, kept in zip(codes, keep, strict=True) if kept]
    scores = out_of_fold(sentences, there, groups, kind=kind, model=model)
    calibration = []
    for column in range(len(chosen)):
        seen = ~np.isnan(scores[:, column])
        answers = there[seen, column]
        if answers.any() and not answers.all():
            plain = LogisticRegression(C=1e6).fit(scores[seen, column][:, None], answers)
            calibration.append((float(plain.coef_[0, 0]), float(plain.intercept_[0])))
        else:
            calibration.append((float("nan"), float("nan")))
    features = Features(kind, model)
    matrix = features.fit(featuring.prepared([unit.text for unit in sentences], kind, model))
    models = [_fit(matrix, there[:, column]) for column in range(len(chosen))]
    weights = np.vstack([model.coef_[0] for model in models])
    intercepts = np.array([model.intercept_[0] for model in models])
    return Learnt(
        tuple(sentences), tuple(chosen), there, features, matrix, weights, intercepts, tuple(calibration)
    )


def by_model(
    learnt: Learnt, sentences: Sequence[Unit], *, most: int = 3, least: float = 0.2
) -> list[Suggestion]:
    """The likeliest codes of each sentence, with the words and coded quotes that speak for them.

    Parameters
    ----------
    learnt : Learnt
    sentences : sequence of Unit
    most : int
        Codes a sentence at most.
    least : float
        Smallest calibrated probability.
    """
    import numpy as np

    if not sentences:
        return []
    own = learnt.features
    asked = own.of(featuring.prepared([unit.text for unit in sentences], own.kind, own.model))
    raw = asked @ learnt.weights.T + learnt.intercepts
    slopes, shifts = np.array(learnt.calibration).T
    chances = 1 / (1 + np.exp(-(raw * slopes + shifts)))
    names = own.names()
    alike = (asked @ learnt.matrix.T).tocsr()
    found = []
    for number, unit in enumerate(sentences):
        order = sorted(
            range(len(learnt.codes)), key=lambda column: (-_rounded(chances[number, column]), column)
        )
        row = asked[number]
        near = alike[number]
        for column in order[:most]:
            chance = float(chances[number, column])
            if not at_least(chance, least):
                continue
            said = sorted(
                (
                    (value * learnt.weights[column, word], names[word])
                    for word, value in zip(row.indices, row.data, strict=True)
                    if word < len(names)  # the places of a vector have no names
                ),
                key=lambda one: (-round(one[0], 9), one[1]),
            )
            quotes = sorted(
                (
                    (value, learnt.sentences[other])
                    for other, value in zip(near.indices, near.data, strict=True)
                    if learnt.there[other, column] and _place(learnt.sentences[other]) != _place(unit)
                ),
                key=lambda one: (-round(one[0], 9), _place(one[1])),
            )
            words = tuple(word for gain, word in said if gain > 0)[:5]
            nearest = tuple(f"{one.document}: {one.text}" for _, one in quotes[:2])
            found.append(Suggestion(unit, learnt.codes[column], "model", chance, words, nearest))
    return found


def _rounded(value: float) -> float:
    return round(value, 9) if value == value else -1.0


def _place(unit: Unit) -> tuple[str, int]:
    return unit.document, unit.start
