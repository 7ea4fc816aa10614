"""The command line: finds the verb, runs it, turns errors into a paragraph and an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from casestudy import __version__
from casestudy.errors import CaseStudyError, RunFailed, in_words
from casestudy.files import cache, folders, guard, locks, transaction, writing
from casestudy.wording import counted

AREAS = (
    "studying",
    "bringing",
    "running",
    "coding",
    "exchange",
    "panel",
    "asking",
    "usage",
    "service",
    "nutrition",
    "claims",
    "evidence",
    "literature",
    "publishing",
)
_EPILOG = """examples:
  casestudy run                           run every notebook that is not fresh, and draw the pages
  casestudy run 20 --set gap_minutes=60   run one notebook with another parameter
  casestudy status                        say what is fresh, and why the rest is stale
  casestudy verify                        run everything elsewhere and compare with the committed outputs
  casestudy new my-study                  make a study of your own, with a tutorial inside
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; each area adds its verbs."""
    top = argparse.ArgumentParser(
        prog="casestudy",
        description="A workbench for reproducible mixed-methods case studies.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"casestudy {__version__}")
    top.add_argument("--debug", action="store_true", help="show the traceback of an error")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for area in AREAS:
        import_module(f"casestudy.cli.{area}").add(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``casestudy``; those of the process by default.

    Returns
    -------
    int
        0 when all is well, 1 when something failed while it ran, 2 for bad input or use, 130 on an interrupt.
    """
    given = parser().parse_args(arguments)
    try:
        with _ended_in_order():
            _tidy_up(given)
            return int(given.act(given))
    except CaseStudyError as error:
        if given.debug:
            raise
        print(f"casestudy: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as interrupt:
        said = "interrupted; every file is whole, and running it again finishes it."
        if isinstance(interrupt, transaction.Interrupted):
            said = str(interrupt)
        print(f"casestudy: {said}", file=sys.stderr)
        return 143 if isinstance(interrupt, _Terminated) else 130
    except BrokenPipeError:
        # The reader of our output has gone, as with `casestudy status | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if given.debug:
            raise
        print(f"casestudy: {in_words(error)}", file=sys.stderr)
        return 1
    except guard.DAMAGE as error:
        if given.debug:
            raise
        found = guard.problem("a file of the study", error)
        print(f"casestudy: {found} Look for it with casestudy check; --debug shows more.", file=sys.stderr)
        return 1


class _Terminated(KeyboardInterrupt):
    """The system asked the command to end: it cleans up as after an interrupt."""


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a termination signal end the command as an interrupt does: by cleaning up."""

    def stop(number: int, frame: Any) -> None:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tidy_up(given: argparse.Namespace) -> None:
    """Finish what an earlier command on this study was kept from, and sweep what it left."""
    named = getattr(given, "study", None) or os.environ.get("CASESTUDY_STUDY")
    root = Path(named) if named else cache.root_of(Path.cwd() / cache.STUDY_FILE)
    if root is None or not (root / cache.CACHE).is_dir():
        return
    writing.sweep(root)
    if folders.left(root):
        with suppress(RunFailed), locks.study(root, files=False):
            folders.restore(root)
    for done in transaction.finish(root):
        files = counted(len(done.files), "file")
        print(f"casestudy: finished what was interrupted: {done.what} ({files}).", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
