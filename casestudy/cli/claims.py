"""Verbs of claims: ``claims test``."""

from __future__ import annotations

import argparse
import math
from typing import Any

from casestudy.cli.shared import add_json, group, print_json, study_of, verb_parser

_TEST = """casestudy claims test                      200 shuffled and 200 halved studies
  casestudy claims test --draws 1000 --seed 3
  casestudy claims test --json               a row for each piece of evidence and each line"""


def add(subparsers: Any) -> None:
    """Add the verbs to the command line."""
    verbs = group(subparsers, "claims", "what chance and less data make of claims", "casestudy claims test")
    one = verb_parser(verbs, "test", _test, "claims and lines in shuffled and in halved studies", _TEST)
    one.add_argument("--draws", type=_positive, default=200, help="shuffled and halved studies (200)")
    one.add_argument("--seed", type=int, default=1666, help="of all draws")
    add_json(one)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _test(given: argparse.Namespace) -> int:
    from casestudy.coding import material
    from casestudy.evidence import claims, lines, status, testing

    found = material.load(study_of(given))
    made = claims.load(found.study, found.framework)
    verdicts = status.evaluate(made, found, given.draws, given.seed)
    pieces = testing.fates(found, verdicts, given.draws, given.seed)
    drawn = lines.table(lines.evaluate(found, given.draws, given.seed))
    if given.json:
        rows = [*pieces.to_dict("records"), *lines.as_items(drawn)]
        return print_json([{key: _plain(value) for key, value in row.items()} for row in rows])
    if pieces.empty and drawn.empty:
        print(f"The study makes no claims yet: {claims.FILE}.")
        return 0
    for one in testing.by_claim(pieces).to_dict("records"):
        print(
            f"{one['claim']:>5}  {one['status']:<13} "
            f"rises in {_percent(one['raised_by_halving'])} of halved studies"
        )
        for row in pieces[pieces["claim"].eq(one["claim"])].to_dict("records"):
            print(_item(row))
    for row in lines.as_items(drawn):
        print(_item(row))
    print(testing.summary(pieces))
    print(lines.summary(drawn))
    return 0


def _item(row: dict[str, Any]) -> str:
    kind = "contrary " if row["contrary"] else ""
    value = "unknown" if math.isnan(row["observed"]) else f"{row['observed']:.3g}"
    return (
        f"{'':>7}{kind}{row['item']}: {row['status']}, {value}; reached by "
        f"{_percent(row['reached_by_shuffled'])} of shuffled studies, raised in "
        f"{_percent(row['raised_by_halving'])} of halved ones; {row['weakest']}"
    )


def _percent(share: float) -> str:
    from casestudy.evidence.phrases import in_percent

    return "–" if share is None or math.isnan(share) else in_percent(share)


def _plain(value: Any) -> Any:
    """A cell as JSON has it: undefined is null."""
    item = getattr(value, "item", None)
    value = item() if item else value
    return None if isinstance(value, float) and math.isnan(value) else value
