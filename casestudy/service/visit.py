"""One request: who comes, with what form, in which language; and the page that answers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from casestudy.nutrition.foodmap import FoodGroups, read_groups
from casestudy.service import accounts, records
from casestudy.service.store import Store, secret
from casestudy.service.wordings import LANGUAGES, month_words, number, words
from casestudy.study import Study

if TYPE_CHECKING:
    import jinja2

COOKIE = "session"
RESEARCHER = "researcher"


class Refused(Exception):
    """A request that is answered with a refusal in words: the key of the words, and the status."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.why, self.status = why, status


@dataclass
class Service:
    """What all requests share.

    Attributes
    ----------
    study : Study
    store : Store
    profile : str
        The recommendation beside which figures stand.
    key : str
        Hash of the researcher's key; empty once it was used.
    researchers : dict of str to str
        Hash of a researcher's cookie, and the secret of its forms; in memory only.
    """

    study: Study
    store: Store
    profile: str = "finland-2005"
    key: str = ""
    researchers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def groups(self) -> FoodGroups:
        """The study's food groups."""
        return read_groups(self.study)

    @property
    def is_demo(self) -> bool:
        """Whether its households are pretend."""
        return self.store.meta("kind") == "demo"


@dataclass(frozen=True)
class Visit:
    """One request, its form read and its session looked up."""

    service: Service
    request: Request
    form: Mapping[str, str]
    session: accounts.Session | None
    language: str
    forms: str

    @property
    def store(self) -> Store:
        """The service's file."""
        return self.service.store

    @property
    def me(self) -> accounts.Session:
        """Who is here.

        Raises
        ------
        Refused
            When nobody is.
        """
        if self.session is None:
            raise Refused("session", 401)
        return self.session

    def part(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """A word of the query, shortened; empty where it is missing."""
        return self.request.query_params.get(name, "")[:80]

    def record(self, action: str, target: str = "", period: str = "", *, form: bool = False) -> None:
        """Log an act, where the participant agreed to that; an act by form is logged once for each form."""
        consent = accounts.consent_of(self.store, self.me.participant)
        if consent and consent.log:
            once = f"{self.form.get('once', '')} {action} {target}" if form else None
            records.event(self.store, self.me.participant, action, target, period, once)

    def page(self, template: str, status: int = 200, **view: Any) -> Response:
        """Fill a template."""
        return HTMLResponse(self.html(template, **view), status)

    def html(self, template: str, **view: Any) -> str:
        """The text of a page."""
        return render(
            template,
            self.language,
            study=self.service.study.title,
            status=self.service.study.data_status.get("purchases", ""),
            demo=self.service.is_demo,
            session=self.session,
            forms=self.forms,
            once=secret()[:16],
            here=self.request.url.path,
            **view,
        )

    def to(self, address: str) -> Response:
        """Send on to a page after a form."""
        return RedirectResponse(address, 303)

    def check_form(self) -> None:
        """Refuse a form that was not sent from one of this session's pages."""
        given = self.form.get("forms", "")
        if not self.forms or not hmac.compare_digest(given.encode(), self.forms.encode()):
            raise Refused("form", 403)


def render(template: str, language: str, **view: Any) -> str:
    """Fill a template with the words of a language."""
    held = words(language)

    def say(key: str, **values: Any) -> str:
        return str(held[key]).format(**values)

    def name(id_: str, english: str = "") -> str:
        return str(held["names"].get(id_, english or id_))

    other = next(each for each in LANGUAGES if each != language)
    return (
        environment()
        .get_template(template)
        .render(
            t=say,
            name=name,
            language=language,
            other=other,
            month_words=partial(month_words, language),
            number=partial(number, language=language),
            **view,
        )
    )


def refusal(why: str, language: str = "en") -> str:
    """A page that says why something does not work."""
    return render("refused.html.j2", language, why=why, study="", status="", demo=False, session=None,
                  forms="", once="", here="/")  # fmt: skip


def language_of(request_language: str, session: accounts.Session | None) -> str:
    """The participant's language, or the first of the browser's that there are words for.

    Examples
    --------
    >>> language_of("sv, fi;q=0.8, en;q=0.5", None), language_of("", None)
    ('fi', 'en')
    """
    if session:
        return session.language
    asked = [part.split(";")[0].strip()[:2].lower() for part in request_language.split(",")]
    return next((each for each in asked if each in LANGUAGES), LANGUAGES[0])


@cache
def environment() -> jinja2.Environment:
    """The template environment: autoescape on, unknown names are errors."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
