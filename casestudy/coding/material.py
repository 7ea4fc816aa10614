"""All that perspectives and claims rest on, read once: people, words, documents, codes, and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casestudy.codebook import framework, history
from casestudy.codebook.framework import Framework
from casestudy.coding import codings, table
from casestudy.people import participants
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Material:
    """What a study holds in words.

    Attributes
    ----------
    study : Study
    framework : Framework
    people : pandas.DataFrame
        See `casestudy.people.participants.load`.
    words : pandas.DataFrame
        One row a coding, see `casestudy.coding.table.table`. `who` is the participant, or the document where
        nobody in particular speaks; `placed` is false where the quote no longer stands in the document.
    documents : pandas.DataFrame
        ``document, kind, who, group, title, text, sha256``.
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


def load(study: Study) -> Material:
    """Read everything that a study holds in words.

    Raises
    ------
    InputError
        With the problems of the first kind of file that cannot be used. What is not there at all is no
        error; it is said in `gaps`.
    """
    import pandas as pd

    frame = framework.load(study)
    people = participants.load(study)
    texts = table.material(study)
    book = history.load(study)
    works = codings.read(study)
    words = table.table(works, texts, book, people)
    # Columns of an empty table do not know what they hold; all but these hold text.
    unsure = words.columns.difference(["start", "end", "placed"]) if words.empty else ()
    words = words.astype(dict.fromkeys([*words.select_dtypes("str").columns, *unsure], object))
    words["placed"] = words["placed"].astype(bool)
    roll = table.directory(texts, people).reset_index()
    documents = roll.assign(
        who=roll["participant"].where(roll["participant"].ne(""), roll["document"]),
        text=pd.Series([texts[name].text for name in roll["document"]], dtype=object),
        sha256=pd.Series([texts[name].sha256 for name in roll["document"]], dtype=object),
    )
    in_use = {code.id for code in book.in_use()}
    gaps = {
        "The study has no participants.csv: who spoke is not known.": people.empty,
        "The study has no documents: nothing was said that could be coded.": documents.empty,
        "No codings were made yet: themes cannot be counted.": words.empty,
        "The study declares no framework: framework.yaml is not there.": not frame.perspectives,
    }
    return Material(
        study=study,
        framework=frame,
        people=people,
        words=words,
        documents=documents,
        parents={code: book.codes[code].parent for code in book.codes},
        names={code: book.codes[code].name for code in book.codes},
        retired=frozenset(set(book.codes) - in_use),
        gaps=tuple(text for text, missing in gaps.items() if missing),
    )
