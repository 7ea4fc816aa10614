"""The verb ``pseudonymise``: propose a key, let a person decide, apply it, look for what is left."""

from __future__ import annotations

import argparse
import sys
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
    parser.add_argument(
        "--strict", action="store_true", help="check: exit with 1 where anything may be a name"
    )
    parser.add_argument("--study", default=None, help="the study's folder (this one)")
    parser.set_defaults(act=_act)


def _act(arguments: argparse.Namespace) -> int:
    from casestudy.files import locks
    from casestudy.privacy import pseudonymise
    from casestudy.study import Study

    study = Study.find(arguments.study)
    key = Path(arguments.key).resolve() if arguments.key else study.root / pseudonymise.KEY
    if arguments.what == "propose":
        return _propose(study, key, arguments.rules_only)
    entries = pseudonymise.read_key(study, key)
    if arguments.what == "check":
        return _check(study, entries, key, arguments.strict)
    if arguments.dry:
        return _said(pseudonymise.plan(study, entries), study, dry=True)
    with locks.study(study.root):
        outcome = pseudonymise.plan(study, entries)
        pseudonymise.carry_out(study, outcome)
    return _said(outcome, study, dry=False)


def _said(outcome: Any, study: Any, *, dry: bool) -> int:
    names, moved = counted(outcome.replaced, "name"), counted(outcome.codings, "place")
    done = ("would be replaced", "would move") if dry else ("replaced", "moved")
    print(f"{names} in documents {done[0]}, {moved} that coders point to {done[1]}.")
    print(f"{counted(len(outcome.files), 'file')} {'would change' if dry else 'changed'}.")
    for problem in outcome.by_hand:
        print(f"  look at  {problem}")
    if dry:
        return 0
    if any((folder / ".git").exists() for folder in (study.root, *study.root.parents)):
        print("The version history still holds the names: give clones only to people who may know them.")
    if study.outputs.is_dir():
        print("Outputs made earlier may still hold them: run and render again, and make exports again.")
    print("Look for what is left: casestudy pseudonymise check")
    return 0


def _check(study: Any, entries: Any, key: Path, strict: bool) -> int:
    from casestudy.errors import InputError, Problem, listed
    from casestudy.files import transaction
    from casestudy.privacy import leaks, pseudonymise

    left = transaction.unfinished(study.root)
    if left:
        problems = [
            Problem(
                one.folder.relative_to(study.root).as_posix(), f"unfinished: {one.what}.", "Run it again."
            )
            for one in left
        ]
        raise InputError("The study is between two states.", problems)
    found = leaks.find(study, entries, key, pseudonymise.texts(study))
    for problem in found.look_at:
        print(f"  look at  {problem}")
    for problem in found.unread:
        print(f"  not read  {problem}")
    if found.names:
        summary = f"casestudy: Names are left in {counted(len(found.names), 'place')}."
        print("\n".join([summary, *listed(found.names, every=True)]), file=sys.stderr)
        return InputError.exit_code
    if found.look_at or found.unread:
        places, files = counted(len(found.look_at), "place"), counted(len(found.unread), "file")
        print(f"None of the key's names is left whole; {places} to look at, {files} not read in full.")
        return 1 if strict and found.look_at else 0
    print("None of the key's names is left.")
    return 0


def _propose(study: Any, key: Path, rules_only: bool) -> int:
    from casestudy.coding.table import material
    from casestudy.privacy import key as keys
    from casestudy.privacy import pseudonymise
    from casestudy.transcripts import names

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
    entries = keys.propose(findings, texts.values(), known)
    new = pseudonymise.write_key(key, entries)
    how = "rules" if model is None else f"rules and {model.meta['lang']}_{model.meta['name']}"
    print(f"{counted(len(entries), 'thing')} found by {how}, {new} new. Decide in {key.name}.")
    return 0
