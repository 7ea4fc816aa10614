"""Load on the service: many people at once on loopback, and pages per second against a static page.

    python benchmarks/service.py [--people 200] [--seconds 600] [--demo 8]

The service runs in a process of its own, as `casestudy serve` runs it. Every person reads a page, thinks for
four seconds on average, and reads the next. Printed: the share of pages under 200 ms, errors, whether the log
holds an event for every page that was answered; and pages per second, one after another, as a ratio to the
same framework answering a static page of that size.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import re
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from casestudy.service import accounts, demo, prepared
from casestudy.service.store import FILE, Store
from casestudy.study import Study

PAGES = ("/month", "/nutrient/sfa_g", "/trend/fat_energy_percent", "/goals", "/swaps")
LOOKS = ("/month", "/nutrient/sfa_g", "/trend/fat_energy_percent")
THINKING_S = 4.0
AT_ONCE_S = 0.2


def _size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def serve(root: str, port: int, static: bytes) -> None:
    """The service, or where `static` is given a page of just that."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    from casestudy.service.app import application
    from casestudy.service.safety import Rates
    from casestudy.service.visit import Service

    async def page(request: Any) -> HTMLResponse:
        return HTMLResponse(static)

    free = Rates(1e9, 1e9)
    study = Study.load(Path(root))
    app: Any = Starlette(routes=[Route("/month", page)])
    if not static:
        app = application(Service(study, Store(study.root / FILE)), pages=free, doors=free)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


def started(root: Path, static: bytes = b"") -> tuple[Any, str]:
    """A process that serves, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(str(root), port, static))
    process.start()
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    return process, f"http://127.0.0.1:{port}"


def rate(base: str, cookie: dict[str, str], seconds: float) -> tuple[float, bytes]:
    """Pages per second by one reader, and the page."""
    with httpx.Client(base_url=base, cookies=cookie) as reader:
        body = reader.get("/month").content
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            assert reader.get("/month").status_code == 200
            count += 1
    return count / (time.perf_counter() - begun), body


async def crowd(
    base: str, cookies: list[dict[str, str]], people: int, seconds: float
) -> tuple[list[float], int, int]:
    """Times of answers, errors, and answered pages that are in the vocabulary as looks."""
    times: list[float] = []
    errors = looks = 0
    until = time.perf_counter() + seconds

    async def person(number: int) -> None:
        nonlocal errors, looks
        lot = random.Random(number)
        async with httpx.AsyncClient(
            base_url=base, cookies=cookies[number % len(cookies)], timeout=60
        ) as reader:
            await asyncio.sleep(lot.random() * THINKING_S)
            while time.perf_counter() < until:
                page = lot.choice(PAGES)
                begun = time.perf_counter()
                try:
                    answer = await reader.get(page)
                    errors += answer.status_code != 200
                    looks += answer.status_code == 200 and page in LOOKS
                except httpx.HTTPError:
                    errors += 1
                times.append(time.perf_counter() - begun)
                await asyncio.sleep(lot.expovariate(1 / THINKING_S))

    await asyncio.gather(*(person(number) for number in range(people)))
    return times, errors, looks


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--demo", type=int, default=8)
    given = parser.parse_args()
    reference = Study.find()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copy(reference.root / "study.toml", root)
        shutil.copytree(reference.root / "profiles", root / "profiles")
        study = Study.load(root)
        store = Store(root / FILE)
        invited = demo.make(study, store, given.demo, 1)
        begun = time.perf_counter()
        prepared.prepare(study, store)
        print(f"Night of {given.demo} households: {time.perf_counter() - begun:.1f} s "
              f"(most of it once, for all households of the purchases).")  # fmt: skip
        cookies = []
        for participant, token in invited:
            session = accounts.enter(store, token)
            assert isinstance(session, accounts.Session)
            accounts.agree(store, participant, log=True, joined=False, notified=False)
            cookies.append({"session": session.token})
        process, base = started(root)
        for cookie in cookies:  # the first page of a month is computed, later ones are read
            httpx.get(f"{base}/month", cookies=cookie, timeout=60)
        pages, body = rate(base, cookies[0], 5)
        still, other = started(root, body)
        plain, _ = rate(other, {}, 5)
        still.terminate()
        print(
            f"Pages per second: {pages / plain:.2f} of a static page of {len(body):,} bytes (at least 0.3)."
        )
        query = "select count(*) as n from event where action in ('view_summary', 'drill_down', 'view_trend')"
        before = store.row(query)["n"]  # type: ignore[index]
        times, errors, looks = asyncio.run(crowd(base, cookies, given.people, given.seconds))
        process.terminate()
        written = store.row(query)["n"] - before  # type: ignore[index]
        fast = sum(each < AT_ONCE_S for each in times) / len(times)
        print(
            f"{given.people} people, {given.seconds:g} s: {len(times):,} pages, "
            f"{100 * fast:.1f} % under 200 ms, "
            f"{errors} errors; {looks:,} looks answered, {written:,} in the log."
        )
        size = sum(path.stat().st_size for path in (root / "service").iterdir()) / given.demo / 1e6
        print(f"Accounts, events and figures: {size:.2f} MB for each of {given.demo} households.")
        assert re.match(rb"<!doctype html>", body)
    return int(errors > 0 or written < looks)


if __name__ == "__main__":
    sys.exit(main())
