"""What every request passes: hosts, sizes, rates, origin of forms, and headers that keep pages shut in."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 64_000
"""Bytes that a form may have."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_MOST_CALLERS = 10_000


class Rates:
    """How often each caller may come: a bucket that fills steadily and holds `burst`.

    Examples
    --------
    >>> rates = Rates(per_second=1, burst=2, clock=lambda: 0.0)
    >>> [rates.allows("a") for _ in range(3)], rates.allows("b")
    ([True, True, False], True)
    """

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second, self.burst, self.clock = per_second, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, caller: str) -> bool:
        """Whether one more request of this caller is served now; it is counted."""
        now = self.clock()
        with self._lock:
            held, before = self._buckets.pop(caller, (self.burst, now))
            held = min(self.burst, held + max(0.0, now - before) * self.per_second)
            allowed = held >= 1
            self._buckets[caller] = (held - 1 if allowed else held, now)
            if len(self._buckets) > _MOST_CALLERS:
                self._buckets.popitem(last=False)
        return allowed


class Guard:
    """The outermost layer of the application.

    Parameters
    ----------
    app : ASGI application
    hosts : sequence of str
        Names under which the service answers; another name, as of a rebound address, is refused.
    pages : Rates
        For each session, or address where there is none.
    doors : Rates
        For each address, of links and keys tried.
    refuse : callable
        Gives (headers, body) of a refusal in words, from the status.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: tuple[str, ...],
        pages: Rates,
        doors: Rates,
        refuse: Callable[[int, Headers], bytes],
    ) -> None:
        self.app, self.hosts, self.pages, self.doors, self.refuse = app, hosts, pages, doors, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it in words."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        status = self._refusal(scope, headers)
        if status:
            await self._say(status, headers, send)
            return
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST:
                raise HTTPException(413)
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                held = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    held.setdefault(name, value)
            await send(message)

        await self.app(scope, bounded, guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> int:
        host = headers.get("host", "")
        if (urlsplit(f"//{host}").hostname or "") not in self.hosts:
            return 421
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            return 413
        address = (scope.get("client") or ("",))[0]
        path: str = scope["path"]
        if path.startswith(("/in/", "/research/key")) and not self.doors.allows(address):
            return 429
        cookie = headers.get("cookie", "")
        caller = hashlib.sha256(cookie.encode()).hexdigest() if cookie else address
        if not self.pages.allows(caller):
            return 429
        if scope["method"] not in ("GET", "HEAD"):
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != host:
                return 403
            if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return 403
        return 0

    async def _say(self, status: int, headers: Headers, send: Send) -> None:
        body = self.refuse(status, headers)
        held: list[tuple[bytes, bytes]] = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
        held += [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": held}
        await send(start)
        await send({"type": "http.response.body", "body": body})
