"""The study opened once: everything it holds in words, each file read when it is first asked for, then kept.

A command, a notebook or the pages make one `Material` and hand it down; nothing below opens a file again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from casestudy.codebook import attributes, codes, framework, history
from casestudy.codebook.attributes import Attribute
from casestudy.codebook.codes import Codebook
from casestudy.codebook.framework import Framework
from casestudy.coding import codings, table
from casestudy.coding.codings import Work
from casestudy.errors import Problem, raise_if
from casestudy.outputs import read_table
from casestudy.people import consent, participants
from casestudy.people.documents import TALKS
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Material:
    """What a study holds in words; each part is read once, when it is first asked for.

    Asking for a part raises `InputError` with the problems of its files. What is not there at all is no
    error: tables are empty, and `gaps` says it. Do not change what is handed out: others hold the same.

    Parameters
    ----------
    study : Study

    Examples
    --------
    >>> from casestudy.study import Study
    >>> found = Material(Study.find())
    >>> found.book is found.book, len(found.words) == sum(len(work.codings) for work in found.works)
    (True, True)
    """

    study: Study
    _others: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def framework(self) -> Framework:
        """Perspectives, themes and measures, as framework.yaml declares them."""
        return framework.load(self.study)

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """The attributes that codings may have, by name."""
        return attributes.attributes(self.study)

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a participant, see `casestudy.people.participants.load`."""
        return participants.load(self.study)

    @cached_property
    def texts(self) -> Mapping[str, Transcript]:
        """Everything that can be coded, by id: documents, and each feedback message."""
        return table.material(self.study)

    @cached_property
    def schemes(self) -> Codebook:
        """The codebook as its YAML files have it, before the history."""
        return codes.read_schemes(codes.scheme_files(self.study), self.study.root)

    @cached_property
    def surveyed_events(self) -> tuple[list[history.Event], list[Problem]]:
        """Changes of the codebook by time, and what is wrong with the lines of its history."""
        return history.survey(self.study)

    @cached_property
    def events(self) -> list[history.Event]:
        """Changes of the codebook, by time."""
        events, problems = self.surveyed_events
        raise_if(problems, history.UNREADABLE)
        return events

    @cached_property
    def book(self) -> Codebook:
        """The codebook as it stands now."""
        return history.current(self.schemes, self.events)

    @cached_property
    def surveyed_works(self) -> tuple[list[Work], list[Problem]]:
        """Coders' work, one entry a file, and what is wrong in those files."""
        return codings.survey(self.study)

    @cached_property
    def works(self) -> list[Work]:
        """Coders' work, one entry a file: records, codings, contradictions."""
        works, problems = self.surveyed_works
        raise_if(problems, codings.UNREADABLE)
        return works

    @cached_property
    def words(self) -> pd.DataFrame:
        """One row a coding, see `casestudy.coding.table.table`.

        `who` is the participant, or the document where nobody in particular speaks; `placed` is false where
        the quote no longer stands in the document.
        """
        words = table.table(self.works, self.texts, self.book, self.people)
        # Columns of an empty table do not know what they hold; all but these hold text.
        unsure = words.columns.difference(["start", "end", "placed"]) if words.empty else ()
        words = words.astype(dict.fromkeys([*words.select_dtypes("str").columns, *unsure], object))
        words["placed"] = words["placed"].astype(bool)
        return words

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row a document: ``document, kind, participant, group, title, who, text, sha256``."""
        import pandas as pd

        roll = table.directory(self.texts, self.people).reset_index()
        texts = [self.texts[name] for name in roll["document"]]
        return roll.assign(
            who=roll["participant"].where(roll["participant"].ne(""), roll["document"]),
            text=pd.Series([document.text for document in texts], dtype=object),
            sha256=pd.Series([document.sha256 for document in texts], dtype=object),
        )

    @cached_property
    def heard(self) -> pd.DataFrame:
        """One row a document and person who speaks in it: ``who, document, kind, group``.

        Several people of a focus group have a row each, one person has several with several talks. A document
        in which nobody in particular speaks stands for itself.
        """
        import pandas as pd

        groups = dict(zip(self.people["participant_id"], self.people["group"], strict=True))
        rows = []
        for one in self.documents.to_dict("records"):
            speaking = (
                self.texts[one["document"]].participants if one["kind"] in TALKS else (one["participant"],)
            )
            for who in [name for name in speaking if name] or [one["document"]]:
                rows.append((who, one["document"], one["kind"], groups.get(who, one["group"])))
        return pd.DataFrame(rows, columns=["who", "document", "kind", "group"])

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The parent of each code; empty at the top."""
        return {name: code.parent for name, code in self.book.codes.items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name of each code."""
        return {name: code.name for name, code in self.book.codes.items()}

    @cached_property
    def retired(self) -> frozenset[str]:
        """Codes that are not in use any more."""
        return frozenset(self.book.codes) - {code.id for code in self.book.in_use()}

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """What the study does not have, in sentences."""
        missing = {
            "The study has no participants.csv: who spoke is not known.": self.people.empty,
            "The study has no documents: nothing was said that could be coded.": self.documents.empty,
            "No codings were made yet: themes cannot be counted.": self.words.empty,
            "The study declares no framework: framework.yaml is not there.": not self.framework.perspectives,
        }
        strange = self.words.loc[~self.words["code"].isin(list(self.book.codes)), "code"]
        lost = ", ".join(sorted(map(str, strange.unique())))
        said = f"{len(strange)} codings count nowhere, since the codebook does not have {lost}: unknown."
        missing[said] = bool(self.book.codes) and len(strange) > 0
        return tuple(text for text, lacking in missing.items() if lacking)

    def also(self, reader: Callable[[Study], T]) -> T:
        """What a reader of another room makes of the study's files, read once.

        Parameters
        ----------
        reader : callable
            Such as ``casestudy.coders.decisions.read``.
        """
        if reader not in self._others:
            self._others[reader] = reader(self.study)
        return cast(T, self._others[reader])

    def saved(self, notebook: str, name: str) -> pd.DataFrame:
        """A table that a notebook saved, read once; see `casestudy.outputs.read_table`."""
        key = (notebook, name)
        if key not in self._others:
            self._others[key] = read_table(self.study, notebook, name)
        return cast("pd.DataFrame", self._others[key])

    def with_words(self, words: pd.DataFrame) -> Material:
        """The same study with other codings: shuffled, halved or composed ones; files are not read again.

        Parameters
        ----------
        words : pandas.DataFrame
            With the columns of `words`.
        """
        twin = Material(self.study)
        kept = {name: value for name, value in vars(self).items() if name != "words"}
        vars(twin).update(kept | {"_others": dict(self._others), "words": words})
        return twin

    def asked(self, groups: tuple[str, ...] = ()) -> list[str]:
        """Ids of those whose coded words could have a thing: of some groups, or of all.

        Everybody counts who is heard in a document that is coded, also who was heard in a focus group alone.
        A document without a participant stands for itself.
        """
        coded = self.heard[self.heard["document"].isin(self.words["document"])]
        if groups:
            coded = coded[coded["group"].isin(groups)]
        return sorted(coded["who"].unique())

    def quotable(self) -> list[str]:
        """Ids of those whose words may be quoted, documents without a participant among them."""
        whose = {*self.heard["who"], *self.words["who"]}
        return sorted(consent.who_may_be_shown(whose, self.texts, self.people))


def load(study: Study) -> Material:
    """Open a study, and read at once all that perspectives and claims rest on.

    Raises
    ------
    InputError
        With the problems of the first kind of file that cannot be used.
    """
    found = Material(study)
    found.framework, found.people, found.texts, found.book, found.words, found.documents  # noqa: B018
    return found
