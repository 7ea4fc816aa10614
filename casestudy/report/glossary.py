"""The glossary: terms in plain words, and links to them from the first use on a page."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import escape

from casestudy.report import layout
from casestudy.report.layout import Site
from casestudy.study import Study

PATH = "pages/glossary.html"
_FILE = Path(__file__).with_name("glossary.toml")
_UNLINKED = re.compile(r"(<(a|code|pre|h\d)\b.*?</\2>|<[^>]*>)", re.DOTALL)


@dataclass(frozen=True)
class Term:
    """A term of the glossary.

    Attributes
    ----------
    id, term, meaning : str
    words : tuple of str
        Forms under which it occurs in a text; empty for everyday words, which are only listed.
    about : str
        A subject: the term is for studies whose title or questions name it. Empty for every study.
    """

    id: str
    term: str
    meaning: str
    words: tuple[str, ...] = ()
    about: str = ""


@cache
def terms() -> tuple[Term, ...]:
    """All terms, by the alphabet.

    Examples
    --------
    >>> [term.id for term in terms()][:2]
    ['account', 'adoption']
    """
    listed = tomllib.loads(_FILE.read_text(encoding="utf-8"))["term"]
    made = [
        Term(one["id"], one["term"], one["meaning"], tuple(one.get("words", ())), one.get("about", ""))
        for one in listed
    ]
    return tuple(sorted(made, key=lambda term: term.term.casefold()))


def foreign(study: Study) -> set[str]:
    """Ids of the terms that belong to other studies: neither its title nor its questions name their subject.

    Examples
    --------
    >>> from pathlib import Path
    >>> sorted(foreign(Study(Path("."), "How a library is used")))[:2]
    ['co-production', 'customer-dominant-logic']
    """
    named = " ".join([study.title, *(question.text for question in study.questions)]).casefold()
    return {term.id for term in terms() if term.about not in named}


def page(study: Study, site: Site) -> str:
    """The glossary's own page, with the terms of every study and those of its subject."""
    others = foreign(study)
    listed = [term for term in terms() if term.id not in others]
    return layout.page("glossary.html.j2", site, PATH, "Glossary", terms=listed)


def linked(html: str, to: str, explained: set[str]) -> str:
    """A paragraph whose first use of each term leads to the glossary.

    Parameters
    ----------
    html : str
        The inside of a paragraph. Links and code in it stay as they are.
    to : str
        The glossary's address, seen from the page.
    explained : set of str
        Ids of the terms that are not to be linked, such as those that the page has linked already; those
        linked now are added.

    Returns
    -------
    str

    Examples
    --------
    >>> done = set()
    >>> linked("A <em>bootstrap</em> of a bootstrap.", "g.html", done), done
    ('A <em><a class="term" href="g.html#bootstrap">bootstrap</a></em> of a bootstrap.', {'bootstrap'})
    """
    pieces, place = [], 0
    for markup in _UNLINKED.finditer(html):
        pieces += [_text(html[place : markup.start()], to, explained), markup[0]]
        place = markup.end()
    return "".join([*pieces, _text(html[place:], to, explained)])


def _text(text: str, to: str, explained: set[str]) -> str:
    def link(use: re.Match[str]) -> str:
        name = _by_words()[use[0].casefold()]
        if name in explained:
            return use[0]
        explained.add(name)
        return f'<a class="term" href="{escape(to)}#{name}">{use[0]}</a>'

    return _pattern().sub(link, text)


@cache
def _by_words() -> dict[str, str]:
    """The term's id by each of its words, as they stand in HTML."""
    return {str(escape(word)).casefold(): term.id for term in terms() for word in term.words}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_by_words(), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
