"""The application: addresses, what each needs, and how a request becomes a visit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from casestudy.service import accounts, participant, researcher, rights
from casestudy.service.participant import Handler
from casestudy.service.safety import Guard, Rates
from casestudy.service.store import hashed
from casestudy.service.visit import COOKIE, RESEARCHER, Refused, Service, Visit, language_of, refusal

Needs = Literal["anyone", "session", "consent", "key"]
HOSTS = ("127.0.0.1", "localhost", "::1")
_FIELDS = 40
_PAUSE, _NOTED = timedelta(minutes=30), timedelta(minutes=1)
_STYLE = Path(__file__).parent / "templates" / "style.css"

PAGES: tuple[tuple[str, str, Handler, Needs], ...] = (
    ("GET", "/", participant.start, "anyone"),
    ("GET", "/in/{token}", participant.invitation, "anyone"),
    ("POST", "/in/{token}", participant.come_in, "anyone"),
    ("POST", "/out", participant.sign_out, "session"),
    ("POST", "/language", participant.set_language, "session"),
    ("GET", "/consent", participant.consent, "session"),
    ("POST", "/consent", participant.agree, "session"),
    ("GET", "/month", participant.month, "consent"),
    ("POST", "/answer", participant.answer, "consent"),
    ("GET", "/trend/{measure}", participant.trend, "consent"),
    ("GET", "/nutrient/{nutrient}", participant.nutrient, "consent"),
    ("GET", "/nutrient/{nutrient}/{group}", participant.group, "consent"),
    ("GET", "/product/{product}", participant.product, "consent"),
    ("POST", "/line", participant.correct, "consent"),
    ("GET", "/corrections", participant.corrections, "consent"),
    ("GET", "/goals", participant.goals, "consent"),
    ("POST", "/goals", participant.set_goal, "consent"),
    ("GET", "/swaps", participant.swaps, "consent"),
    ("POST", "/swaps", participant.accept_swap, "consent"),
    ("GET", "/others", participant.others, "consent"),
    ("GET", "/write", rights.write, "session"),
    ("POST", "/write", rights.send, "session"),
    ("GET", "/data", rights.data, "session"),
    ("GET", "/data/download", rights.download, "session"),
    ("POST", "/device", rights.device, "session"),
    ("POST", "/leave", rights.leave, "session"),
    ("GET", "/research/key", researcher.door, "anyone"),
    ("POST", "/research/key", researcher.give_key, "anyone"),
    ("GET", "/research", researcher.home, "key"),
    ("POST", "/research/invite", researcher.invite, "key"),
    ("POST", "/research/plan", researcher.plan, "key"),
    ("GET", "/research/questions", researcher.questions, "key"),
    ("GET", "/research/seen", researcher.seen, "key"),
)
"""Method, address, handler, and what it needs; a POST with a session needs the session's form secret too."""


def application(
    service: Service,
    hosts: tuple[str, ...] = HOSTS,
    pages: Rates | None = None,
    doors: Rates | None = None,
) -> ASGIApp:
    """The whole web application.

    Parameters
    ----------
    service : Service
    hosts : tuple of str
        Names under which it answers.
    pages, doors : Rates, optional
        How often a session may ask for pages, and an address may try links and keys.

    Returns
    -------
    ASGI application
    """
    routes: list[Route] = [Route("/style.css", _style, methods=["GET"])]
    for method, address, handler, needs in PAGES:
        routes.append(Route(address, _endpoint(service, handler, needs), methods=[method]))
    inner = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _no_page, Exception: _broken},  # type: ignore[dict-item]
    )
    whys = {403: "form", 413: "large", 421: "host", 429: "often"}

    def refuse(status: int, headers: Headers) -> bytes:
        return refusal(whys[status], language_of(headers.get("accept-language", ""), None)).encode()

    return Guard(inner, hosts, pages or Rates(10, 60), doors or Rates(1, 60), refuse)


async def _style(request: Request) -> Response:
    return FileResponse(_STYLE, headers={"Cache-Control": "max-age=3600"})


async def _no_page(request: Request, error: HTTPException) -> Response:
    why = {400: "wrong", 405: "method", 413: "large"}.get(error.status_code, "missing")
    language = language_of(request.headers.get("accept-language", ""), None)
    return HTMLResponse(refusal(why, language), error.status_code)


async def _broken(request: Request, error: Exception) -> Response:
    return HTMLResponse(refusal("broken", language_of(request.headers.get("accept-language", ""), None)), 500)


def _endpoint(service: Service, handler: Handler, needs: Needs):  # type: ignore[no-untyped-def]
    async def endpoint(request: Request) -> Response:
        form: dict[str, str] = {}
        if request.method == "POST":
            read = await request.form(max_files=0, max_fields=_FIELDS)
            form = {name: value for name, value in read.items() if isinstance(value, str)}
        return await run_in_threadpool(_answer, service, handler, needs, request, form)

    return endpoint


def _answer(
    service: Service, handler: Handler, needs: Needs, request: Request, form: Mapping[str, str]
) -> Response:
    cookie = request.cookies.get(COOKIE, "")
    session = accounts.session_of(service.store, cookie) if cookie and needs != "key" else None
    language = language_of(request.headers.get("accept-language", ""), session)
    forms = session.forms if session else ""
    if needs == "key":
        forms = service.researchers.get(hashed(request.cookies.get(RESEARCHER, "")), "")
    visit = Visit(service, request, form, session, language, forms)
    try:
        if needs == "key" and not forms:
            raise Refused("session", 401)
        if needs in ("session", "consent") and session is None:
            raise Refused("session", 401)
        if request.method == "POST" and needs != "anyone":
            visit.check_form()
        if session is not None and needs in ("session", "consent"):
            if needs == "consent" and not accounts.consent_of(service.store, session.participant):
                return visit.to("/consent")
            _arrive(visit, session)
        return handler(visit)
    except Refused as refused:
        return HTMLResponse(refusal(refused.why, language), refused.status)


def _arrive(visit: Visit, session: accounts.Session) -> None:
    """Note that the session is used; after a pause, that the participant has come in again."""
    if timedelta() <= visit.store.clock() - datetime.fromisoformat(session.seen) < _NOTED:
        return
    with visit.store.changing():
        away = visit.store.clock() - datetime.fromisoformat(session.seen)
        accounts.touch(visit.store, session)
        if away > _PAUSE and visit.asked("from") != "message":
            with suppress(Refused):
                visit.record("login")
