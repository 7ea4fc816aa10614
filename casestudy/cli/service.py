"""Verbs of the service that participants use: serve it, prepare its months, pull its events."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from casestudy.wording import counted

if TYPE_CHECKING:
    from casestudy.service.store import Store
    from casestudy.study import Study

_SERVE = """examples:
  casestudy serve --demo 20          20 pretend households with invitations, on this computer only
  casestudy serve --port 8080        the study's own service; invite from the researcher's pages

The address and the researcher's key are printed. The key works once; starting again gives a new one. Accounts
are kept in service/ of the study, which Git leaves out.
"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs ``serve``, ``service prepare`` and ``service pull``."""
    from casestudy.cli.shared import group, verb_parser

    plain = argparse.RawDescriptionHelpFormatter
    verb = subparsers.add_parser(
        "serve", help="serve the web application to participants", epilog=_SERVE, formatter_class=plain
    )
    verb.add_argument("--study", help="the study's folder (default: the one you are in)")
    verb.add_argument("--port", type=int, default=8765, help="port on this computer (default: 8765)")
    verb.add_argument("--demo", type=int, metavar="N", help="make N pretend households with invitations")
    verb.add_argument("--seed", type=int, default=1, help="seed of the demo's households and arms")
    verb.add_argument("--profile", default="finland-2005", help="recommendation profile")
    verb.set_defaults(act=serve)
    area = group(subparsers, "service", "the service's nightly job and its log", "casestudy service pull")
    verb_parser(
        area, "prepare", prepare, "prepare every household's months (nightly)", "casestudy service prepare"
    )
    verb_parser(area, "pull", pull, "bring usage_logs/ up to date with the service", "casestudy service pull")


def _opened(study: Study, make: bool = False) -> Store:
    from casestudy.errors import InputError, Problem
    from casestudy.service.store import FILE, Store

    path = study.root / FILE
    if not make and not path.is_file():
        raise InputError(
            "There is no service here.", [Problem(FILE, "it is not there.", "Run: casestudy serve")]
        )
    return Store(path)


def serve(arguments: argparse.Namespace) -> int:
    """Serve on this computer's own address until interrupted."""
    import uvicorn

    from casestudy.errors import InputError, Problem
    from casestudy.nutrition.recommend import read_profile
    from casestudy.service import demo, prepared, pull
    from casestudy.service.app import application
    from casestudy.service.store import hashed, secret
    from casestudy.service.visit import Service
    from casestudy.study import Study

    if not 0 < arguments.port < 65536:
        raise InputError("The service cannot start.", [Problem("--port", "it must be from 1 to 65535.")])
    if arguments.demo is not None and not 0 < arguments.demo <= 500:
        raise InputError("The service cannot start.", [Problem("--demo", "it must be from 1 to 500.")])
    study = Study.find(arguments.study)
    pull.check_vocabulary(study)
    read_profile(study, arguments.profile)
    store = _opened(study, make=True)
    base = f"http://127.0.0.1:{arguments.port}"
    if arguments.demo is not None:
        people = demo.make(study, store, arguments.demo, arguments.seed)
        print("The households are pretend. Their invitations:")
        for participant, token in people:
            print(f"  {participant}  {base}/in/{token}")
    elif not store.meta("kind"):
        store.set_meta("kind", "study")
    waiting = [row["participant"] for row in store.rows("select participant from account")]
    if any(not prepared.mark(store, participant)[0] for participant in waiting):
        print(
            f"Months of {counted(len(waiting), 'household')} are prepared; this takes a minute.", flush=True
        )
        prepared.prepare(study, store)
    prepared.announce(store)
    key = secret()
    service = Service(study, store, arguments.profile, hashed(key))
    print(f"Participants: {base}/")
    print(f"Researchers:  {base}/research/key   key (works once): {key}", flush=True)
    settings: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
    uvicorn.run(application(service), host="127.0.0.1", port=arguments.port, **settings)
    return 0


def prepare(arguments: argparse.Namespace) -> int:
    """Prepare every household's months."""
    from casestudy.cli.shared import study_of
    from casestudy.service import prepared

    study = study_of(arguments)
    store = _opened(study)
    print(f"Months of {counted(prepared.prepare(study, store), 'household')} are ready.")
    return 0


def pull(arguments: argparse.Namespace) -> int:
    """Append the service's events to the study's log."""
    from casestudy.cli.shared import study_of
    from casestudy.service import pull as pulling

    study = study_of(arguments)
    store = _opened(study)
    found = pulling.pull(study, store)
    events, people = counted(found.events, "event"), counted(found.participants, "participant")
    print(f"{events} of {people} are in usage_logs/.")
    if store.meta("kind") == "demo":
        print("The households are pretend: say so in study.toml, [data_status], usage_logs.")
    for participant in found.left:
        print(f"{participant} has left. Erase what else you hold: casestudy withdraw {participant}")
    return 0
