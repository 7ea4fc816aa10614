"""Verbs of the service: what its figures rest on, and one household's page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.nutrition.coverage import Coverage

_COVERAGE = """example:
  casestudy nutrition coverage             what is mapped and weighed, and the ten largest gaps
  casestudy nutrition coverage --most 40   the forty largest gaps
  casestudy nutrition coverage --lines     the odd receipt lines, with what to do about them
"""
_SCORES = """examples:
  casestudy nutrition scores                    the usual mixture of every food group of the study
  casestudy nutrition scores foods.csv          the foods of a file, per 100 g (drinks: per 100 ml)
  casestudy nutrition scores foods.csv --to scores.csv

columns of the file: food; kind (general, red-meat, cheese, fats, beverage, water); star_category (food,
dairy,
dairy-drink, fats, cheese, drink, flavoured-water, produce); energy_kj or energy_kcal, fat_g, sfa_g, sugars_g,
fibre_g, protein_g, sodium_mg or salt_g; fvl_percent; sweetener. NRF9.3 needs vitamins and minerals, too.
"""
_SHARES = ("measured", "tables", "assumed", "none")
_HOUSEHOLD = """examples:
  casestudy household 1                              household-1.html, in the current folder
  casestudy household 1 --month 2017-06 --profile us-2020 --to page.html
"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs ``nutrition coverage``, ``derive`` and ``scores``, and ``household``."""
    plain = argparse.RawDescriptionHelpFormatter
    area = subparsers.add_parser("nutrition", help="what the nutrition figures rest on")
    verbs = area.add_subparsers(title="verbs", metavar="VERB", required=True)
    shown = verbs.add_parser(
        "coverage",
        help="food groups, weights and composition: what is covered, by sales",
        epilog=_COVERAGE,
        formatter_class=plain,
    )
    shown.add_argument("--study", help="the study's folder (default: the one you are in)")
    shown.add_argument("--most", type=int, default=10, help="how many gaps to list (default: 10)")
    shown.add_argument("--lines", action="store_true", help="list the first odd receipt lines of each kind")
    shown.set_defaults(act=show_coverage)
    derived = verbs.add_parser(
        "derive", help="derive profiles/composition.csv from the composition source again"
    )
    derived.add_argument("--study", help="the study's folder (default: the one you are in)")
    derived.set_defaults(act=derive)
    scored = verbs.add_parser(
        "scores",
        help="scores of foods: Nutri-Score, UK model, Health Star Rating, NRF9.3",
        epilog=_SCORES,
        formatter_class=plain,
    )
    scored.add_argument(
        "file", nargs="?", type=Path, help="a CSV file of foods (default: the study's groups)"
    )
    scored.add_argument("--study", help="the study's folder (default: the one you are in)")
    scored.add_argument("--to", type=Path, help="a CSV file to write (default: a table on the screen)")
    scored.set_defaults(act=show_scores)
    page = subparsers.add_parser(
        "household", help="write one household's page", epilog=_HOUSEHOLD, formatter_class=plain
    )
    page.add_argument("id", help="the household's id")
    page.add_argument("--study", help="the study's folder (default: the one you are in)")
    page.add_argument("--month", default="", help="the calendar month, 2017-11 (default: the last with food)")
    page.add_argument(
        "--profile", default="finland-2005", help="recommendation profile (default: finland-2005)"
    )
    page.add_argument("--to", type=Path, help="file or folder to write to (default: household-ID.html here)")
    page.set_defaults(act=write_household)


def show_coverage(arguments: argparse.Namespace) -> int:
    """Print what is mapped, weighed, rejected and checked."""
    from casestudy.nutrition.basis import open_basis
    from casestudy.nutrition.coverage import coverage
    from casestudy.purchases.check import MOST_LISTED, purchase_problems
    from casestudy.study import Study

    study = Study.find(arguments.study)
    basis = open_basis(study)
    print(coverage_text(coverage(study, basis), max(0, arguments.most)))
    counts, problems = purchase_problems(basis.purchases)
    print("\n" + _table("Receipt lines that are odd", counts.loc[counts["lines"] > 0]))
    if arguments.lines:
        print("\n" + "\n".join(f"  {problem}" for problem in problems))
    elif problems:
        print(f"\nThe first {MOST_LISTED} of each kind: casestudy nutrition coverage --lines")
    return 0


def show_scores(arguments: argparse.Namespace) -> int:
    """Score foods of a file or the study's food groups by every model."""
    from casestudy.files.writing import write_atomically
    from casestudy.nutrition import food_scores
    from casestudy.nutrition.basis import open_basis
    from casestudy.study import Study

    if arguments.file is None:
        table = food_scores.of_groups(open_basis(Study.find(arguments.study)))
    else:
        table = food_scores.of_file(arguments.file)
    if arguments.to is None:
        print(_table("Scores per 100 g (drinks: per 100 ml)", table))
        return 0
    write_atomically(arguments.to, table.round(2).to_csv(index=False, lineterminator="\n").encode())
    print(f"{arguments.to}: {len(table):,} foods.")
    return 0


def derive(arguments: argparse.Namespace) -> int:
    """Write the derived composition table from the source, the mixtures and the fills."""
    from casestudy import engine
    from casestudy.files import tables
    from casestudy.files.writing import write_atomically
    from casestudy.nutrition import composition, composition_readers, foodmap
    from casestudy.study import Study

    study = Study.find(arguments.study)
    mixtures = tables.read_csv(study.input(foodmap.MIXTURES_FILE), foodmap.MIXTURES, foodmap.MIXTURES_FILE)
    fills = None
    if study.inputs(composition.FILLS_FILE):
        fills = tables.read_csv(
            study.input(composition.FILLS_FILE), composition.FILLS, composition.FILLS_FILE
        )
    place, reader = study.source("composition"), study.reader("composition")
    with engine.step("composition of the groups' foods"):
        if reader:
            table = composition_readers.derive(
                composition_readers.read(reader, place), reader, mixtures, fills
            )
        else:
            table = composition.derive(place / "fooddata.csv", mixtures, fills)
    text = table.to_csv(index=False, lineterminator="\n")
    write_atomically(study.input(composition.DERIVED), text.encode())
    print(f"{composition.DERIVED}: {len(table):,} foods.")
    return 0


def coverage_text(found: Coverage, most: int = 10) -> str:
    """The coverage as a page of plain text."""
    from casestudy.nutrition.coverage import agreement

    if not found.sales:
        last = _table("Departments that only the last rule decided, by sales", found.departments.head(most))
        remedy = "Name its departments in profiles/food-classes.csv and in the food map."
        return f"No food or drink was found among the purchases. {remedy}\n\n{last}"
    explicit = found.mapping.set_index("mapped_by")["percent"].get("explicit", 0.0)
    shares = found.routes.groupby("share")["percent"].sum()
    parts = [
        f"Food and drinks: {found.sales:,.0f} of sales, {found.kilograms / 1e6:.3f} thousand t as bought "
        f"({found.naive_kilograms / 1e6:.3f} if every size were believed).",
        f"Mapped by an explicit row of (department, category, type): {explicit:.1f} % of sales.",
        "Weights by share of sales: "
        + ", ".join(
            f"{name} {shares.get(name, 0.0):.1f} %" for name in ("measured", "tables", "assumed", "none")
        ),
        _table("Food groups", found.mapping),
        _table("Weight routes", found.routes),
        _table("Sizes that were read and rejected", found.rejected),
        _table("Sizes that only count pieces, and what became of the count", found.counts),
        _table(f"Largest without an explicit row (of {len(found.unmapped):,})", found.unmapped.head(most)),
        _table(
            "Departments that only the last rule decided (profiles/food-classes.csv), by all sales",
            found.departments.head(most),
        ),
        _table("Components reported, by share of sales", found.components),
    ]
    if len(found.check):
        check = found.check
        spent = 100 * check["sales"].sum() / found.sales
        parts.append(
            f"Mapped a second time: {len(check)} rows, {spent:.1f} % of sales. "
            f"The same group in {agreement(check['same_group'])} of the rows, the same family in "
            f"{agreement(check['same_family'])}, before any was corrected; "
            f"{check['mended'].sum()} corrected since. By: {'; '.join(sorted(set(check['by'].dropna())))}."
        )
        differ = check[~check["same_group"]].drop(columns=["same_group", "mended", "by"])
        parts.append(_table("Where the two differ", differ))
    else:
        parts.append("No second map: profiles/food-map-check.csv is not there.")
    return "\n\n".join(parts)


def _table(title: str, frame: pd.DataFrame) -> str:
    text = (
        frame.to_string(index=False, float_format=lambda number: f"{number:,.2f}") if len(frame) else "none"
    )
    return f"{title}\n{text}"


def write_household(arguments: argparse.Namespace) -> int:
    """Write one household's page as a self-contained HTML file."""
    from casestudy.files.writing import write_atomically
    from casestudy.nutrition.feedback import household_feedback
    from casestudy.report.household import household_page
    from casestudy.study import Study

    study = Study.find(arguments.study)
    feedback = household_feedback(study, arguments.id, arguments.month, arguments.profile)
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in arguments.id)
    path = arguments.to or Path()
    path = path / f"household-{safe}.html" if path.is_dir() else path
    write_atomically(path, household_page(study, feedback).encode())
    print(f"{path}: household {arguments.id}, {feedback.month}, beside {feedback.profile}.")
    return 0
