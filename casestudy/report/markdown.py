"""Markdown of notebooks and of study text as safe HTML: everything escaped, headings collected."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Heading:
    """A heading of a page, for its table of contents."""

    level: int
    text: str
    id: str


@dataclass
class Place:
    """Where markdown stands: how its links are to be read, and the headings read so far.

    Attributes
    ----------
    root : Path
        The study's root; links to files that are not there become plain text.
    source : str
        The file the text comes from, from the study's root (``notebooks/20-use.ipynb``).
    page : str
        The page it goes to, from the study's root (``outputs/20-use/index.html``).
    headings : list of Heading
    taken : set of str
        Ids that the page already uses.
    title : markupsafe.Markup
        The first H1, taken out of the text for the page's head; None while there was none.
    glossary : str
        The glossary's address, seen from the page; empty where no terms are linked.
    explained : set of str
        Terms that are not linked: those that the page has linked so far, and those of other studies.
    """

    root: Path
    source: str = "notebooks/x.ipynb"
    page: str = "outputs/x/index.html"
    headings: list[Heading] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    title: Markup | None = None
    glossary: str = ""
    explained: set[str] = field(default_factory=set)


def slug(text: str, taken: set[str] | None = None) -> str:
    """An id made of a heading's words, unlike those taken.

    Examples
    --------
    >>> slug("What would change this answer?")
    'what-would-change-this-answer'
    >>> slug("Answer", {"answer"})
    'answer-2'
    """
    base = re.sub(r"[^\w]+", "-", text.lower()).strip("-_") or "section"
    name, number = base, 1
    while name in (taken or ()):
        number += 1
        name = f"{base}-{number}"
    return name


def link(href: str, place: Place) -> str | None:
    """Where a link of the source points, seen from the page; None where there is nothing.

    Examples
    --------
    >>> place = Place(Path("."), "notebooks/20-use.ipynb", "outputs/20-use/index.html")
    >>> link("https://example.org/a", place), link("#answer", place), link("javascript:x", place)
    ('https://example.org/a', '#answer', None)
    """
    if href.startswith("#") or re.match(r"(https?|mailto):", href, re.IGNORECASE):
        return href
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", href) or href.startswith("//"):
        return None
    path, _, fragment = href.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(place.source), path))
    if target.startswith("../") or target.startswith("/"):
        return None
    if target.startswith("notebooks/") and target.endswith(".ipynb"):
        target = f"outputs/{posixpath.basename(target).removesuffix('.ipynb')}/index.html"
    elif not target.startswith("outputs/") and not (place.root / target).is_file():
        return None
    moved = posixpath.relpath(target, posixpath.dirname(place.page))
    return moved + (f"#{fragment}" if fragment else "")


def render(text: str, place: Place) -> Markup:
    """Markdown as HTML; raw HTML in it is shown as text, never run."""
    import mistune

    from casestudy.report.glossary import linked

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **attrs: Any) -> str:
            words = Markup(text).striptags()
            if level == 1 and place.title is None:
                place.title = Markup(text)
                return ""
            level = max(level, 2)
            name = slug(words, place.taken)
            place.taken.add(name)
            place.headings.append(Heading(level, words, name))
            return f'<h{level} id="{escape(name)}" tabindex="-1">{text}</h{level}>\n'

        def paragraph(self, text: str) -> str:
            if place.glossary:
                text = linked(text, place.glossary, place.explained)
            return f"<p>{text}</p>\n"

        def link(self, text: str, url: str, title: str | None = None) -> str:
            target = link(url, place)
            return f'<a href="{escape(target)}">{text}</a>' if target else text

        def image(self, text: str, url: str, title: str | None = None) -> str:
            target = None if re.match(r"(https?|mailto):", url, re.IGNORECASE) else link(url, place)
            return f'<img src="{escape(target)}" alt="{escape(text)}">' if target else str(escape(text))

        def table(self, text: str) -> str:
            frame = '<div class="wide" role="group" aria-label="Table" tabindex="0">'
            return f"{frame}\n<table>{text}</table></div>\n"

        def block_code(self, code: str, info: str | None = None) -> str:
            return f'<pre tabindex="0"><code>{escape(code)}</code></pre>\n'

    make = mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table", "strikethrough"])
    return Markup(make(text))
