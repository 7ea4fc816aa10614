"""More like this: sentences that share the words of a passage, rare words counting more."""

from __future__ import annotations

from collections.abc import Sequence

from casestudy.coding.units import Unit


def likest(passage: str, sentences: Sequence[Unit], most: int = 12) -> list[tuple[Unit, float]]:
    """The sentences that are most like a passage.

    Parameters
    ----------
    passage : str
    sentences : sequence of Unit
        Among which is looked.
    most : int

    Returns
    -------
    list of (Unit, float)
        The likest first, with the cosine of their words and pairs of words weighed by TF-IDF, beginnings of
        words counting too; those that share nothing are left out.

    Examples
    --------
    >>> texts = ["We carry water.", "Roses win.", "Carrying the water is heavy."]
    >>> units = [Unit("t", 1, 0, 9, text) for text in texts]
    >>> [unit.text for unit, _ in likest("I carried water in cans", units)]
    ['We carry water.', 'Carrying the water is heavy.']
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    if not sentences or not any(letter.isalnum() for letter in passage):
        return []
    texts = [unit.text for unit in sentences]
    features = make_union(
        TfidfVectorizer(sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"),
        TfidfVectorizer(sublinear_tf=True, analyzer=_beginnings),
    )
    matrix = features.fit_transform([*texts, passage])
    scores = (matrix[:-1] @ matrix[-1].T).toarray().ravel() / 2
    order = sorted(range(len(texts)), key=lambda number: (-round(float(scores[number]), 9), number))
    return [
        (sentences[number], round(float(scores[number]), 3)) for number in order[:most] if scores[number] > 0
    ]


def _beginnings(text: str) -> list[str]:
    """The first letters of longer words, which forms of one word share."""
    words = "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()
    return [word[:5] for word in words if len(word) > 4]
