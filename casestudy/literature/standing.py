"""What a record is beside an article: a correction, a retraction, a reply or a preprint of one.

Such records carry nearly the title of the article they belong to. They are linked with it and never joined.
"""

from __future__ import annotations

import re
from typing import Literal

from casestudy.literature.record import Record, plain

Standing = Literal["", "correction", "retraction", "reply", "preprint"]

# What stands between the mark and the title: a preposition, a colon or stop, a dash, or nothing more.
_TO = r"(?:to|for|on|of|in|zu|zum|zur|auf|à|au|aux|sur|de|del|a|al|sobre|till|the article)"
_LINK = rf"(?:(?:\s+{_TO}\b)+\s*[:.]?\s*|\s*[:.]\s*|\s+[\-–—]\s+|\W*$)"
_CORRECTION = (
    r"(?:(?:authors?['’]?s?|publisher['’]?s?|editorial)\s+)?(?:corrections?|corrigend(?:um|a)|errat(?:um|a)|"
    r"addend(?:um|a)|amendments?|expression of concern|berichtigung|korrektur|rectificatif|fe de erratas|"
    r"correcci[oó]n|oikaisu|korjaus|r[äa]ttelse|errata corrige|correção|correzione)"
)
_RETRACTION = (
    r"(?:notice of retraction|statement of retraction|retraction (?:note|notice)|retraction|"
    r"retracted(?: article| paper| publication| chapter)?|withdrawn(?: article)?|withdrawal(?: notice)?|"
    r"zurückgezogen|rétractation|retractación|retractado)"
)
_REPLY = (
    r"(?:(?:the )?authors?['’]?s?['’]? (?:reply|response)|in reply|in response|repl(?:y|ies)|responses?|"
    r"rejoinder|comments?|commentary|discussion|re(?=:)|letter(?: to the editor)?(?= (?:on|regarding|about))|"
    r"book review|review(?=:)|kommentar|antwort|erwiderung|replik|réponse|commentaires?|respuesta|"
    r"comentarios?|vastaus|"
    r"vastine|kommentti|svar|genmäle)"
)
_END = r"\W*$"
_MARKS: tuple[tuple[Standing, str], ...] = (
    ("retraction", _RETRACTION),
    ("correction", _CORRECTION),
    ("reply", _REPLY),
)
_BEFORE: tuple[tuple[Standing, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"^[\s\W]*{words}{_LINK}[\s\"“”'‘’«»(\[]*", re.I)) for kind, words in _MARKS
)
_BELOW: tuple[tuple[Standing, str], ...] = (
    ("retraction", r"[\s:.\-–—]*[(\[]\s*(?:retract|withdraw)[^()\[\]]*(?:\([^()]*\)[^()]*)*[)\]]"),
    ("correction", rf"[\s:.\-–—]*[(\[]\s*(?:{_CORRECTION})[^()\[\]]*[)\]]"),
    ("correction", r"\s*\(vol\.? [^()]*,? (?:pg|p|pp|art|no)\.? ?[^()]*\)"),
    ("correction", rf"\s*[:.\-–—]\s*{_CORRECTION}"),
    (
        "reply",
        r"\s*[:.\-–—(\[]\s*(?:(?:the )?authors?['’]?s?['’]? )?(?:a )?(?:reply|response|rejoinder|comments?)",
    ),
    ("preprint", r"\s*[(\[]\s*preprint\s*[)\]]"),
)
_AFTER: tuple[tuple[Standing, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(words + _END, re.I)) for kind, words in _BELOW
)
_PREPRINT_DOI = re.compile(
    r"10\.(?:(?:31234|31219|31235|31222|31223|31730|48550|2139|20944|26434|22541|36227|33774|32388|64898)/|"
    r"1101/\d|21203/rs)"
)
_PREPRINT_PLACE = re.compile(
    r"\b(?:arxiv|biorxiv|medrxiv|psyarxiv|socarxiv|chemrxiv|ssrn|osf preprints|research square|preprints?|"
    r"techrxiv|authorea)\b|^corr$",
    re.I,
)


def of_title(title: str) -> tuple[Standing, str]:
    """What a title says of its record, and the title of the article that it belongs to.

    Examples
    --------
    >>> of_title("Correction to: Giving data back")
    ('correction', 'Giving data back')
    >>> of_title("Giving data back (Retracted article. See vol. 3, 2020)")
    ('retraction', 'Giving data back')
    >>> of_title("Giving data back")
    ('', 'Giving data back')
    """
    for kind, pattern in _BEFORE:
        if match := pattern.match(title):
            return kind, title[match.end() :].strip(" \"“”'‘’«»")
    for kind, pattern in _AFTER:
        if match := pattern.search(title[-300:]):
            cut = max(len(title) - 300, 0) + match.start()
            return kind, title[:cut].strip()
    return "", title


def of_words(words: str) -> Standing:
    """What a type of document says: "Published Erratum", "Retracted Publication", "Preprint", ``UNPB``.

    Examples
    --------
    >>> of_words("Journal Article; Published Erratum"), of_words("UNPB"), of_words("Article; Letter")
    ('correction', 'preprint', '')
    """
    said = words.casefold()
    if "retract" in said or "withdrawn" in said:
        return "retraction"
    if re.search(r"errat|corrig|\bcorrection", said):
        return "correction"
    if re.search(r"preprint|\bunpb\b|\bunpublished\b|posted[- ]content|working paper", said):
        return "preprint"
    return ""


def of(record: Record) -> tuple[Standing, str]:
    """Standing of a record, by its title, its type, its outlet and its DOI, and the plain title beneath.

    Returns
    -------
    (str, str)
        Empty for an article; the second is the `plain` form of the title without what marks the standing.
    """
    kind, beneath = of_title(record.title)
    if not kind:
        kind = of_words(f"{record.type}; {record.kinds}")
    if not kind and (_PREPRINT_DOI.match(record.doi) or _PREPRINT_PLACE.search(record.outlet[:200])):
        kind = "preprint"
    return kind, plain(beneath)
