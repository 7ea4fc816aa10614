"""A codebook out of a table: a scheme of the study, with what each code means and when it is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from casestudy.bring.grids import Grid
from casestudy.codebook.codes import FOLDER, Code, Codebook, Scheme, folded, parse_code, structure
from casestudy.errors import Problem
from casestudy.files.names import unfit

_PATH = re.compile(r"\s*(?:\\+|\s>\s|::|→|»)\s*")
_MARKS = re.compile(r"\n+|(?:^|\s)[•·▪–*-]\s+|;\s+")


def scheme(
    grid: Grid, head: int, columns: Mapping[str, str], name: str
) -> tuple[dict[str, Any], list[Problem]]:
    """A scheme as its YAML file has it.

    Parameters
    ----------
    grid : Grid
    head : int
        Index of the row of headings.
    columns : mapping of field to heading
        ``code`` and perhaps ``label, parent, definition, include, exclude, examples``.
    name : str
        The scheme's id.

    Returns
    -------
    (dict, list of Problem)
        Codes in the order of the rows; a parent that has no row of its own gets one. A path such as
        ``Trust \\ Data`` says the parents.
    """
    tree = _Tree(coded={"code", "label"} <= columns.keys())
    problems: list[Problem] = []
    for (number, _), cells in zip(grid.rows[head + 1 :], grid.headed(head), strict=True):
        texts = {field: cells.get(heading, "") for field, heading in columns.items()}
        written = texts.get("code") or texts.get("label", "")
        place = f"{grid.name}, row {number}"
        if not written:
            if any(texts.values()):
                problems.append(Problem(place, "no code stands there.", "Write its name, or empty the row."))
            continue
        *above, last = _PATH.split(written)
        parent = ""
        for step in [*_PATH.split(texts["parent"]), *above] if texts.get("parent") else above:
            parent = tree.above(step, parent)
        if not tree.own(last, parent, _entry(texts)):
            problems.append(Problem(place, f"the code {last!r} stands in another row, too.", "Keep one row."))
    for entry in tree.rows:
        _, wrong = parse_code(entry, name, grid.name)
        problems += wrong
    title = name.replace("-", " ").replace("_", " ").capitalize()
    return {"scheme": name, "title": title, "codes": tree.rows}, problems


class _Tree:
    """Codes as they are found: rows of the scheme, and those that were only named as a parent so far.

    `coded` says that codes have ids beside their names; else ids are made of the names.
    """

    def __init__(self, coded: bool) -> None:
        self._coded = coded
        self.rows: list[dict[str, Any]] = []
        self._ids: dict[tuple[str, str], str] = {}  # parent's id and compared name: id
        self._named: dict[str, str] = {}  # compared name: id, whatever the parent
        self._bare: set[str] = set()

    def above(self, written: str, parent: str) -> str:
        """The id of a code that has others below it; it is added where it is not there."""
        name = folded(written)
        known = self._ids.get((parent, name)) or (self._named.get(name) if not parent else None)
        if known is None:
            known = self._added(written, parent, {})
            self._bare.add(known)
        return known

    def own(self, written: str, parent: str, entry: Mapping[str, Any]) -> bool:
        """Add a code with its row, or complete one that was only named; whether it had no row before."""
        name = folded(written)
        known = self._ids.get((parent, name))
        if known is None and self._named.get(name) in self._bare:
            known = self._named[name]
        if known is None:
            self._added(written, parent, entry)
            return True
        if known not in self._bare:
            return False
        self._bare.discard(known)
        row = next(row for row in self.rows if row["id"] == known)
        row.update(entry, **({"parent": parent} if parent else {}))
        self._ids[parent, name] = known
        return True

    def _added(self, written: str, parent: str, entry: Mapping[str, Any]) -> str:
        label = str(entry.get("name") or written)
        code = written if self._coded and not unfit(written) else as_id(written)
        taken = {row["id"].casefold() for row in self.rows}
        if code.casefold() in taken and parent:
            code = f"{parent}.{code}"
        row = {"id": code, "name": label, **({"parent": parent} if parent else {})}
        self.rows.append(row | {key: value for key, value in entry.items() if key != "name"})
        for name in dict.fromkeys((folded(written), folded(label))):
            self._ids.setdefault((parent, name), code)
            self._named.setdefault(name, code)
        return code


def _entry(texts: Mapping[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if texts.get("code") and texts.get("label"):
        entry["name"] = texts["label"]
    if texts.get("definition"):
        entry["definition"] = " ".join(texts["definition"].split())
    for field in ("include", "exclude", "examples"):
        parts = [
            " ".join(part.split()) for part in _MARKS.split(texts.get(field, "")) if part and part.strip()
        ]
        if parts:
            entry[field] = parts if field != "examples" else [part.strip("\"“”„'") or part for part in parts]
    return entry


def as_id(written: str) -> str:
    """An id out of a code's name.

    Examples
    --------
    >>> as_id("Trust in the firm (general)"), as_id("Luottamus yritykseen")
    ('trust-in-the-firm-general', 'luottamus-yritykseen')
    """
    return re.sub(r"[^\w.]+", "-", written.casefold()).strip("-.")


def clashes(found: Mapping[str, Any], book: Codebook, where: str) -> list[Problem]:
    """Codes that the study has in another scheme, and parents that are not there."""
    problems = []
    codes: dict[str, Code] = {}
    for entry in found["codes"]:
        code, _ = parse_code(entry, found["scheme"], where)
        if code is None:
            continue
        codes[code.id] = code
        other = next((one for one in book.codes.values() if folded(one.id) == folded(code.id)), None)
        if other is not None and other.scheme != found["scheme"]:
            text = f"the code {code.id!r} is in the study already (scheme {other.scheme!r})."
            remedy = "Give one of them another name; codes are unique over all schemes."
            problems.append(Problem(where, text, remedy))
    alone = Codebook({found["scheme"]: Scheme(found["scheme"], found["title"])}, codes)
    return problems + structure(alone, dict.fromkeys(codes, where))


def as_yaml(found: Mapping[str, Any]) -> bytes:
    """A scheme as the bytes of its file."""
    import yaml

    text: str = yaml.safe_dump(dict(found), allow_unicode=True, sort_keys=False, width=110)
    return text.encode()


def file_of(name: str) -> str:
    """Where a scheme lies in a study."""
    return f"{FOLDER}/{name}.yaml"
