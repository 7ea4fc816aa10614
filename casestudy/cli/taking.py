"""What ``export`` writes to take away: segments, matrices of codes and of summaries, a single page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.wording import counted

if TYPE_CHECKING:
    from casestudy.study import Study

FORMS = ("segments", "matrix", "framework-matrix", "page")


def add_options(parser: Any) -> None:
    """Add what the tables can be asked for."""
    parser.add_argument(
        "--cases",
        choices=["document", "participant", "group"],
        default="document",
        help="matrix: what a row is (document)",
    )
    parser.add_argument(
        "--values",
        choices=["counts", "presence"],
        default="counts",
        help="matrix: numbers of segments, or 0 and 1 (counts); .xlsx has both",
    )
    parser.add_argument("--coder", default="", help="matrix: only this coder's work")


def export(study: Study, given: argparse.Namespace) -> int:
    """Write one of `FORMS`; the words on the terminal say what was left out."""
    from casestudy.files.writing import write_atomically

    if given.form == "page":
        from casestudy.report.single import single

        path, data = given.to or Path(f"{given.name}.html"), single(study, given.name).encode()
        write_atomically(path, data)
        print(f"{path}: {len(data):,} bytes")
        return 0
    make = {"segments": _segments, "matrix": _matrix, "framework-matrix": _framework}[given.form]
    path = given.to or Path(f"{given.form}.xlsx")
    data, what = make(study, given, path)
    write_atomically(path, data)
    print(f"{path}: {what}.")
    return 0


def _segments(study: Study, given: argparse.Namespace, path: Path) -> tuple[bytes, str]:
    from casestudy.coding.material import Material
    from casestudy.interchange import taken, taken_files

    table = taken.segments(Material(study))
    left = taken.left_out(table, "segment", "segments")
    data = taken_files.written(path, f"{study.title}: segments", {"segments": table.frame}, left)
    return data, "; ".join(filter(None, (counted(len(table.frame), "segment"), left)))


def _matrix(study: Study, given: argparse.Namespace, path: Path) -> tuple[bytes, str]:
    from casestudy.coding.material import Material
    from casestudy.interchange import taken, taken_files

    material = Material(study)
    order = ["counts", "presence"] if given.values == "counts" else ["presence", "counts"]
    made = {
        name: taken.matrix(material, given.cases, given.coder, presence=name == "presence") for name in order
    }
    table = made[given.values]
    if given.cases == "group":
        left = taken.left_out(table, "figure", "figures", f"fewer than {study.floor} people")
    else:
        left = taken.left_out(table, given.cases, f"{given.cases}s")
    sheets = {name: one.frame for name, one in made.items()}
    data = taken_files.written(path, f"{study.title}: codes by {given.cases}", sheets, left)
    codes = len(table.frame.columns) - (2 if given.cases == "group" else 1)
    held = f"{counted(len(table.frame), given.cases)} by {counted(codes, 'code')}"
    return data, "; ".join(filter(None, (held, left)))


def _framework(study: Study, given: argparse.Namespace, path: Path) -> tuple[bytes, str]:
    from casestudy.coding import summaries
    from casestudy.coding.material import Material
    from casestudy.interchange import taken_files

    grid = summaries.grid(Material(study))
    left = f"{counted(grid.withheld, 'participant')} left out: may not be quoted" if grid.withheld else ""
    data = taken_files.written(path, f"{study.title}: framework matrix", {"summaries": grid.frame}, left)
    held = f"{counted(len(grid.frame), 'participant')} by {counted(len(grid.frame.columns) - 2, 'theme')}"
    return data, "; ".join(filter(None, (f"{held}, {counted(grid.filled, 'summary', 'summaries')}", left)))
