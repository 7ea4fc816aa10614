"""The verb ``panel``: a document opened for coding in JupyterLab."""

from __future__ import annotations

import argparse
from typing import Any

from casestudy.cli.shared import study_of, verb_parser

MODES = ("code", "read", "blind", "train", "compare")


def add(subparsers: Any) -> None:
    """Add the verb to the command line."""
    text = "casestudy panel c03 --coder anna"
    one = verb_parser(subparsers, "panel", _panel, "open a document for coding in JupyterLab", text)
    one.add_argument("document", help="the document's id, such as c03")
    one.add_argument("--coder", required=True, help="the coder's short name: a folder of interviews/codings")
    one.add_argument("--mode", choices=MODES, default="code", help="what the panel is for (code)")
    one.add_argument("--no-browser", action="store_true", help="say the address only")


def _panel(arguments: argparse.Namespace) -> int:
    from casestudy.panel import panel
    from casestudy.panel.laboratory import open_panel

    study = study_of(arguments)
    # Opened here once, so that what is wrong is said here and not in a notebook.
    panel(arguments.document, arguments.coder, mode=arguments.mode, study=study)
    browser = not arguments.no_browser
    return open_panel(study, arguments.document, arguments.coder, mode=arguments.mode, browser=browser)
