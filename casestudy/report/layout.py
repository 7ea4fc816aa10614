"""The frame that every page of the site shares: header, landmarks, data status, footer."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.study import Study

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = TEMPLATES / "assets"


@dataclass(frozen=True)
class Entry:
    """One link of the site's own navigation: path from the outputs folder, and words."""

    path: str
    text: str


@dataclass(frozen=True)
class Site:
    """What a page must know of the whole site.

    Attributes
    ----------
    title, language : str
    status : mapping of str to str
        What each kind of material is; repeated on every page.
    sections : tuple of Entry
        The site's main parts, for the header.
    """

    title: str
    language: str = "en"
    status: Mapping[str, str] | None = None
    sections: tuple[Entry, ...] = ()

    def has(self, path: str) -> bool:
        """Whether a page is one of the site's main parts."""
        return any(entry.path == path for entry in self.sections)


def site_of(study: Study, sections: tuple[Entry, ...] = ()) -> Site:
    """The site of a study."""
    return Site(study.title, study.language, dict(study.data_status), sections)


def page(template: str, site: Site, path: str, title: str, **view: Any) -> str:
    """Fill a template.

    Parameters
    ----------
    template : str
        File in ``templates/`` that extends ``base.html.j2``.
    site : Site
    path : str
        The page's place, from the outputs folder; links are written relative to it.
    title : str
        The page's own title.
    view : any
        What the template shows. Text is escaped; only `markupsafe.Markup` passes as HTML.

    Returns
    -------
    str
        The page, ending in one line feed.
    """
    to = partial(address, here=path)
    made = environment().get_template(template).render(site=site, here=path, title=title, to=to, **view)
    return "\n".join(line.rstrip() for line in made.strip().splitlines()) + "\n"


def address(target: str, here: str) -> str:
    """A page of the site, from the outputs folder, as a link on another page.

    Examples
    --------
    >>> address("index.html#RQ1", "pages/claims/C1.html")
    '../../index.html#RQ1'
    """
    name, mark, fragment = target.partition("#")
    return posixpath.relpath(name, posixpath.dirname(here) or ".") + mark + fragment


@cache
def environment() -> jinja2.Environment:
    """The one template environment: autoescape on, unknown names are errors."""
    import jinja2

    from casestudy.report.corpus import together

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals["together"] = together
    return made
