"""Verbs below ``agreement`` that need no study: ratings from a file, and how many units to code."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

_RATE = """Agreement on a table of ratings: a row a unit, a column a coder; empty cells are missing.

A column named unit, document or participant is not a coder. Units of one document or participant are
resampled together."""
_PLAN = """How many units all coders must code for an interval of a wanted width.

Without a pilot, say what you expect: agreement beyond chance and the share of each category (the rarest
decides). With a pilot, give its table of ratings: --pilot ratings.csv."""


def add(verbs: Any) -> None:
    """Add ``rate`` and ``plan`` below ``agreement``."""
    rate = verbs.add_parser(
        "rate",
        help="agreement on a table of ratings from a file",
        description=_RATE,
        epilog="example:\n  casestudy agreement rate ratings.csv --coefficient alpha,ac1 --weights ordinal",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    rate.add_argument("file", type=Path, help="the table, as a spreadsheet saves it")
    rate.add_argument(
        "--coefficient", default="", metavar="NAMES", help="with commas between them (the usual)"
    )
    rate.add_argument(
        "--weights", default="identity", help="identity, linear, quadratic, ordinal … (identity)"
    )
    rate.add_argument(
        "--categories", default="", help="all categories in their order, with commas between them"
    )
    rate.add_argument(
        "--interval", default="posterior", help="posterior, bootstrap, jackknife, linearised, none"
    )
    rate.add_argument("--seed", type=int, default=1, help="of the intervals (1)")
    rate.add_argument("--by-category", action="store_true", help="add each category against all others")
    rate.set_defaults(act=_rate)
    plan = verbs.add_parser(
        "plan",
        help="how many units to code twice",
        description=_PLAN,
        epilog="examples:\n  casestudy agreement plan --half-width 0.1 --expected 0.8 --shares 0.2,0.8\n"
        "  casestudy agreement plan --half-width 0.1 --pilot ratings.csv",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plan.add_argument("--half-width", type=float, required=True, help="half the width of the interval wanted")
    plan.add_argument("--coefficient", default="alpha", help="one name of --coefficient list (alpha)")
    plan.add_argument("--expected", type=float, default=None, help="expected agreement beyond chance")
    plan.add_argument(
        "--shares", default="", help="expected share of each category, with commas between them"
    )
    plan.add_argument("--number-of-coders", type=int, default=2, help="how many code each unit (2)")
    plan.add_argument("--level", type=float, default=0.95, help="of the interval (0.95)")
    plan.add_argument("--cluster-size", type=float, default=1.0, help="units of each document (1)")
    plan.add_argument("--likeness", type=float, default=0.0, help="correlation within a document (0)")
    plan.add_argument("--pilot", type=Path, default=None, metavar="FILE", help="ratings of a pilot instead")
    plan.set_defaults(act=_plan)


def _ratings(path: Path, categories: str = "") -> Any:
    """Ratings from a table with a row a unit and a column a coder."""
    from casestudy.agreement import ratings
    from casestudy.errors import InputError, Problem
    from casestudy.files.tables import Schema, read_csv

    frame = read_csv(path, Schema("ratings", ()), path.name)
    clusters = next((name for name in ("document", "participant") if name in frame), None)
    coders = [name for name in frame.columns if name not in ("unit", "document", "participant")]
    if len(coders) < 2:
        found = f"it has {len(coders)} columns of ratings: {', '.join(coders) or 'none'}."
        raise InputError(
            "The table cannot be used.", [Problem(path.name, found, "Give each coder a column.")]
        )
    cells = frame[coders].astype(object).where(frame[coders].notna() & frame[coders].ne(""), None)
    order: list[Any] | None = [name.strip() for name in categories.split(",") if name.strip()] or None
    try:  # numbers are numbers only where every rating is one
        numbers = [[None if value is None else float(value) for value in row] for row in cells.to_numpy()]
        numeric_order = None if order is None else [float(value) for value in order]
    except ValueError:
        numbers, numeric_order = cells.to_numpy(), order
    return ratings.read(
        numbers,
        categories=numeric_order,
        coders=coders,
        clusters=None if clusters is None else frame[clusters].tolist(),
    )


def _rate(arguments: argparse.Namespace) -> int:
    from casestudy.agreement import catalogue, percent, summary
    from casestudy.agreement.coefficient import measure

    method = catalogue.interval(arguments.interval, arguments.seed)
    of_units, of_spans = catalogue.named(arguments.coefficient.split(","))
    if of_spans:
        catalogue.coefficient(of_spans[0])  # says that it is of coded text
    ratings = _ratings(arguments.file, arguments.categories)
    if of_units or arguments.weights != "identity":
        names = of_units or ["alpha", "ac1"]
        results = [measure(ratings, catalogue.coefficient(name, arguments.weights), method) for name in names]
    else:
        names = ["alpha", "ac1"]
        results = summary.of_ratings(ratings, ordered=bool(arguments.categories), interval=method)
    if arguments.by_category:
        for name in names:
            results += percent.per_category(ratings, catalogue.coefficient(name), method)
    for result in results:
        print(result)
        if result.interval.reason:
            print(f"  {result.interval.reason}")
        print(f"  {result.definition}. Source: {result.source}.".replace("..", "."))
    return 0


def _plan(arguments: argparse.Namespace) -> int:
    from casestudy.agreement import catalogue, units_needed
    from casestudy.agreement.coefficient import measure
    from casestudy.errors import InputError, Problem
    from casestudy.wording import counted

    coefficient = catalogue.coefficient(arguments.coefficient)
    if arguments.pilot is not None:
        pilot = measure(_ratings(arguments.pilot), coefficient, catalogue.interval("linearised"))
        plan = units_needed.units_after_pilot(pilot, arguments.half_width, level=arguments.level)
    else:
        try:
            shares = [float(share) for share in arguments.shares.split(",") if share.strip()]
        except ValueError as error:
            problem = Problem("--shares", f"{arguments.shares!r} are not numbers.", "Write them as 0.2,0.8.")
            raise InputError("The plan cannot be made.", [problem]) from error
        if arguments.expected is None:
            problem = Problem("--expected", "it is missing.", "Give it with --shares, or a pilot's ratings.")
            raise InputError("The plan cannot be made.", [problem])
        plan = units_needed.units_needed(
            coefficient,
            arguments.half_width,
            strength=arguments.expected,
            shares=shares,
            coders=arguments.number_of_coders,
            level=arguments.level,
            cluster_size=arguments.cluster_size,
            likeness=arguments.likeness,
        )
    clusters = f" from {counted(plan.clusters, 'document')}" if plan.clusters else ""
    print(f"{counted(plan.units, 'unit')}{clusters} coded by all coders, for a {plan.level:.0%} interval of")
    print(f"plus or minus {plan.half_width:g}. It rests on: {plan.assumed}.")
    return 0
