"""All that perspectives and claims rest on, read once: people, words, documents, codes, and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casestudy.coding.framework import Framework
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

DOCUMENT = "document"
INTERVIEW = "interview"


@dataclass(frozen=True)
class Material:
    """What a study holds in words.

    Attributes
    ----------
    study : Study
    framework : Framework
    people : pandas.DataFrame
        See `casestudy.mixed.participants.load`.
    words : pandas.DataFrame
        One row a coding: ``coding, coder, document, kind, who, group, code, start, end, quote, speaker,
        about, modality, valence, time, memo, placed``. `who` is the participant, or the document where
        nobody in particular speaks; `kind` is ``interview`` or ``document``; `group` is the participant's or
        ``document``. `placed` is false where the quote no longer stands in the document.
    documents : pandas.DataFrame
        ``document, kind, who, group, words, sha256``.
    parents, names : mapping of code to its parent, to its name
    retired : frozenset of str
        Codes no longer in use.
    gaps : tuple of str
        What the study does not have, in sentences.
    """

    study: Study
    framework: Framework
    people: pd.DataFrame
    words: pd.DataFrame
    documents: pd.DataFrame
    parents: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    gaps: tuple[str, ...] = ()

    def asked(self, groups: tuple[str, ...] = ()) -> list[str]:
        """Ids of those whose coded words could bear a thing: of some groups, or of all.

        A document without a participant stands for itself.
        """
        coded = self.documents[self.documents["document"].isin(self.words["document"])]
        if groups:
            coded = coded[coded["group"].isin(groups)]
        return sorted(coded["who"].unique())

    def quotable(self) -> list[str]:
        """Ids of those who allow their words to be quoted; documents without a participant among them."""
        refused = set(self.people.loc[~self.people["consent_quote"], "participant_id"])
        return sorted(set(self.documents["who"]) - refused)
