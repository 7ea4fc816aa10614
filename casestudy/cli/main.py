"""The command line: finds the verb, runs it, turns errors into a paragraph and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from casestudy import __version__
from casestudy.errors import CaseStudyError

AREAS = (
    "studying",
    "running",
    "coding",
    "asking",
    "usage",
    "nutrition",
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
        return int(given.act(given))
    except CaseStudyError as error:
        if given.debug:
            raise
        print(f"casestudy: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("casestudy: interrupted; nothing half-made was kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone, as with `casestudy status | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
