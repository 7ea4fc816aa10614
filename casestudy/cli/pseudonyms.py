"""The verb ``pseudonymise``: propose a key, let a person decide, apply it, look for what is left."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from casestudy.wording import counted

_EPILOG = """example:
  casestudy pseudonymise propose          writes interviews/names.key.csv; write yes in its column accept
  casestudy pseudonymise apply --dry      says what would change
  casestudy pseudonymise apply            replaces the names everywhere; codings move with the text
  casestudy pseudonymise check            looks for names that are left, in outputs too

The key tells who is who: keep it apart from the study. Files named *.key.csv are not committed.
The rules know European forms of contacts and dates; a person must still read every transcript."""


def add(subparsers: Any) -> None:
    """Add the verb to the command line."""
    parser = subparsers.add_parser(
        "pseudonymise",
        help="replace names before coding, or after",
        description="Replace names, places and contacts in a study; a person decides on each.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=["propose", "apply", "check"])
    parser.add_argument("--key", help="the key file (interviews/names.key.csv)")
    parser.add_argument("--rules-only", action="store_true", help="propose without a language model")
    parser.add_argument("--dry", action="store_true", help="apply: say what would change, write nothing")
    parser.add_argument("--study", default=None, help="the study's folder (this one)")
    parser.set_defaults(act=_act)


def _act(arguments: argparse.Namespace) -> int:
    from casestudy.errors import raise_if
    from casestudy.privacy import pseudonymise
    from casestudy.study import Study

    study = Study.find(arguments.study)
    key = Path(arguments.key).resolve() if arguments.key else study.root / pseudonymise.KEY
    if arguments.what == "propose":
        return _propose(study, key, arguments.rules_only)
    entries = pseudonymise.read_key(study, key)
    if arguments.what == "check":
        problems = pseudonymise.leaks(study, entries, key)
        raise_if(problems, f"Names are left in {counted(len(problems), 'place')}.")
        print("None of the key's names is left.")
        return 0
    outcome = pseudonymise.plan(study, entries)
    if not arguments.dry:
        pseudonymise.write(outcome)
    names, moved = counted(outcome.replaced, "name"), counted(outcome.codings, "record")
    done = (
        ("would be replaced", "of codings would move") if arguments.dry else ("replaced", "of codings moved")
    )
    print(f"{names} {done[0]}, {moved} {done[1]}, in {counted(len(outcome.files), 'file')}.")
    return 0


def _propose(study: Any, key: Path, rules_only: bool) -> int:
    from casestudy.coding.table import material
    from casestudy.files.writing import write_atomically
    from casestudy.privacy import pseudonymise
    from casestudy.transcripts import names, pseudonyms

    documents = material(study)
    known = pseudonymise.read_key(study, key) if key.is_file() else []
    model = None if rules_only else names.language_model()
    texts = {name: one.text for name, one in documents.items()}
    speakers = {
        name: list(
            dict.fromkeys(turn.speaker for turn in one.turns if turn.speaker and turn.role != "interviewer")
        )
        for name, one in documents.items()
    }
    findings = names.find(texts, speakers, model)
    entries = pseudonyms.propose(findings, texts.values(), known)
    write_atomically(key, pseudonyms.key_text(entries).encode("utf-8"))
    how = "rules" if model is None else f"rules and {model.meta['lang']}_{model.meta['name']}"
    new = len(entries) - len(known)
    print(f"{counted(len(entries), 'thing')} found by {how}, {new} new. Decide in {key.name}.")
    return 0
