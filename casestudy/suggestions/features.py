"""What a sentence is to the model: its words, their lemmas, or lemmas with a vector of the whole.

``words`` and ``lemmas`` are weighed by TF-IDF, single and in pairs. ``vectors`` adds the vector that a spaCy
model gives the sentence: of a small model without word vectors, the mean of its context layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from casestudy.errors import InputError, Problem, nearest

KINDS = ("words", "lemmas", "vectors")
SHARE = 0.5  # length of the vector beside that of the words, which is 1


@dataclass(frozen=True)
class Prepared:
    """Sentences as texts to be counted, and their vectors where they are wanted."""

    texts: tuple[str, ...]
    vectors: Any = None

    def taken(self, numbers: Sequence[int]) -> Prepared:
        """Some of the sentences."""
        texts = tuple(self.texts[number] for number in numbers)
        return Prepared(texts, None if self.vectors is None else self.vectors[numbers])


def prepared(texts: Sequence[str], kind: str = "words", model: Any = None) -> Prepared:
    """Sentences ready to be counted.

    Raises
    ------
    InputError
        When the kind is not known, or needs a model that is not there.
    """
    if kind not in KINDS:
        problem = Problem(f"features {kind!r}", "are not known.", nearest(kind, KINDS))
        raise InputError("Nothing can be learnt.", [problem])
    if kind == "words":
        return Prepared(tuple(texts))
    if model is None:
        remedy = "Install en_core_web_sm, or use the words alone."
        raise InputError(
            "Nothing can be learnt.", [Problem(f"features {kind!r}", "no model is there.", remedy)]
        )
    read, vectors = _parsed(tuple(texts), model)
    return Prepared(read, vectors if kind == "vectors" else None)


@lru_cache(maxsize=4)
def _parsed(texts: tuple[str, ...], model: Any) -> tuple[tuple[str, ...], Any]:
    import numpy as np

    lemmas, rows = [], []
    for document in model.pipe(texts, batch_size=256):
        said = (token.lemma_.casefold() for token in document if any(map(str.isalpha, token.text)))
        lemmas.append(" ".join("".join(filter(str.isalpha, lemma)) for lemma in said))
        rows.append(document.vector if len(document) else np.zeros(1))
    width = max((len(row) for row in rows), default=1)
    return tuple(lemmas), np.array([row if len(row) == width else np.zeros(width) for row in rows])


class Features:
    """Numbers of sentences, fitted to some of them.

    Parameters
    ----------
    kind : {'words', 'lemmas', 'vectors'}
    model : spaCy model, optional
    """

    def __init__(self, kind: str = "words", model: Any = None) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.kind, self.model = kind, model
        self._counts = TfidfVectorizer(
            token_pattern=r"[^\W\d_]+(?:['’][^\W\d_]+)*", ngram_range=(1, 2), min_df=2, sublinear_tf=True
        )
        self._middle: Any = None
        self._spread: Any = None

    def fit(self, ready: Prepared) -> Any:
        """Learn what words there are, and give the numbers of these sentences (sparse, one row each)."""
        counts = self._counts.fit_transform(ready.texts)
        if ready.vectors is not None:
            self._middle = ready.vectors.mean(axis=0)
            spread = ready.vectors.std(axis=0)
            self._spread = spread + (spread == 0)
        return self._joined(counts, ready)

    def of(self, ready: Prepared) -> Any:
        """The numbers of further sentences."""
        return self._joined(self._counts.transform(ready.texts), ready)

    def names(self) -> Any:
        """The words of the first columns; those of a vector, behind them, have none."""
        return self._counts.get_feature_names_out()

    def _joined(self, counts: Any, ready: Prepared) -> Any:
        import numpy as np
        from scipy.sparse import csr_matrix, hstack

        if ready.vectors is None:
            return counts
        scaled = (ready.vectors - self._middle) / self._spread
        length = np.linalg.norm(scaled, axis=1, keepdims=True)
        return hstack([counts, csr_matrix(SHARE * scaled / np.where(length, length, 1))]).tocsr()


def language_model() -> Any:
    """The spaCy model for lemmas and vectors, if one is installed; else None."""
    import warnings

    import spacy

    from casestudy.transcripts.names import MODELS

    for one in MODELS:
        if spacy.util.is_package(one):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return spacy.load(one, exclude=["ner", "parser"])
    return None
