"""Compares two folders of outputs and names exactly what moved."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

# Drawn images differ between platforms; the table behind each is compared instead.
_IMAGES = (".svg", ".png")
_NOT_OURS = ("sweeps",)


@dataclass(frozen=True)
class Move:
    """One place where outputs differ: the file, the place in it, what was there and what is there now."""

    file: str
    place: str
    before: str
    after: str

    def __str__(self) -> str:
        place = f", {self.place}" if self.place else ""
        return f"{self.file}{place}: {_short(self.before)} → {_short(self.after)}"


def moves(before: Path, after: Path) -> list[Move]:
    """What differs between two folders of outputs.

    Parameters
    ----------
    before, after : Path
        Folders; either may be missing, then everything in the other has appeared or vanished.

    Returns
    -------
    list of Move
        Tables by row and column, records by key, notebooks by cell, pages by line. Images are compared by
        the table behind them: only their appearing and vanishing counts. Provenance records (``run.json``)
        are compared but for hashes of the package's modules, which may change without moving a result.
    """
    names = sorted({*_files(before), *_files(after)})
    return [move for name in names for move in _file_moves(before / name, after / name, name)]


def _files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else ()
    names = {path.relative_to(folder).as_posix() for path in found}
    return {
        name for name in names if name.split("/")[0] not in _NOT_OURS and not Path(name).name.startswith(".")
    }


def _file_moves(before: Path, after: Path, name: str) -> Iterator[Move]:
    if not before.exists():
        yield Move(name, "", "not there", "there")
    elif not after.exists():
        yield Move(name, "", "there", "not there")
    elif before.suffix in _IMAGES or before.read_bytes() == after.read_bytes():
        return
    elif before.suffix == ".csv":
        yield from _table_moves(_rows(before), _rows(after), name)
    elif before.suffix in (".json", ".ipynb"):
        yield from _record_moves(_record(before), _record(after), name)
    elif before.suffix in (".html", ".txt", ".md", ".tex", ".js", ".css"):
        yield from _line_moves(_text(before), _text(after), name)
    else:
        yield Move(name, "", f"{before.stat().st_size:,} bytes", f"{after.stat().st_size:,} other bytes")


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def _table_moves(before: list[list[str]], after: list[list[str]], name: str) -> Iterator[Move]:
    if before[:1] != after[:1]:
        yield Move(
            name, "columns", ", ".join(before[0] if before else []), ", ".join(after[0] if after else [])
        )
        return
    if len(before) != len(after):
        yield Move(name, "rows", f"{len(before) - 1:,}", f"{len(after) - 1:,}")
    columns = before[0] if before else []
    for number, (old, new) in enumerate(zip(before[1:], after[1:], strict=False), start=1):
        for column, was, now in zip_longest(columns, old, new, fillvalue=""):
            if was != now:
                yield Move(name, f"row {number}, {column}", was, now)


def _record(path: Path) -> Any:
    record = json.loads(path.read_text(encoding="utf-8"))
    if path.name == "run.json":
        return {key: value for key, value in record.items() if key not in ("modules", "receipt", "lock")}
    if path.suffix == ".ipynb":
        return {f"cell {number}": _seen(cell) for number, cell in enumerate(record["cells"], start=1)}
    return record


def _seen(cell: dict[str, Any]) -> dict[str, Any]:
    outputs = []
    for output in cell.get("outputs", []):
        data = {
            kind: value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")
        }
        outputs.append({"text": output.get("text", ""), "data": data})
    return {"source": cell["source"], "outputs": outputs}


def _record_moves(before: Any, after: Any, name: str, place: str = "") -> Iterator[Move]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{place}.{key}".strip(".")
            yield from _record_moves(before.get(key, _Nothing), after.get(key, _Nothing), name, inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _record_moves(old, new, name, f"{place}[{number}]")
    elif before != after:
        yield Move(name, place, _said(before), _said(after))


class _Nothing:
    """What stands where a key is missing."""


def _said(value: Any) -> str:
    if value is _Nothing:
        return "not there"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"data:image/[^\"')]+|<svg.*?</svg>", "(image)", text, flags=re.DOTALL).splitlines()


def _line_moves(before: list[str], after: list[str], name: str) -> Iterator[Move]:
    import difflib

    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            old, new = " ".join(before[start:end]).strip(), " ".join(after[new_start:new_end]).strip()
            yield Move(name, f"line {start + 1}", *_where_they_part(old, new))


def _where_they_part(old: str, new: str) -> tuple[str, str]:
    """The two texts around their first difference, so that a long line shows what moved in it."""
    first = next((at for at, (a, b) in enumerate(zip_longest(old, new)) if a != b), 0)
    start = max(first - 30, 0)
    return old[start : first + 90], new[start : first + 90]


def _short(text: str, most: int = 90) -> str:
    text = " ".join(text.split())
    return "(empty)" if not text else text if len(text) <= most else text[: most - 1] + "…"
