"""Makes an executed notebook the same bytes for the same receipt: no times, paths, machine or random ids."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

_KEPT_METADATA = ("casestudy", "kernelspec")
_INJECTED = "injected-parameters"


def tidy(notebook: Any, hidden: dict[str, str] | None = None) -> Any:
    """Strip an executed notebook, in place, of what differs from run to run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As papermill returns it.
    hidden : dict of str to str, optional
        Paths of this machine, and what to write instead of them in outputs.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook.
    """
    replaced = {**(hidden or {}), str(Path(sys.prefix)): "<python>", str(Path.home()): "~"}
    pattern = re.compile("|".join(re.escape(path) for path in sorted(replaced, key=len, reverse=True)))
    kept = {key: value for key, value in notebook.metadata.items() if key in _KEPT_METADATA}
    notebook.metadata = type(notebook)(
        {**kept, "language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    )
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = type(notebook)({"tags": tags} if tags else {})
        if _INJECTED in tags:
            cell["id"] = _INJECTED
        cell.setdefault("id", f"cell-{number}")
        for output in cell.get("outputs", []):
            output.pop("execution_count", None) if output.output_type == "stream" else None
            _hide(output, pattern, replaced)
    return notebook


def with_ids(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored notebook in which every cell has an id: made of what it holds where the file has none.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "1"}
    >>> made = with_ids({"nbformat": 4, "nbformat_minor": 4, "cells": [cell, cell, {**cell, "id": "a"}]})
    >>> [cell["id"] for cell in made["cells"]], made["nbformat_minor"]
    (['efae649a', 'efae649a-2', 'a'], 5)
    """
    counts: dict[str, int] = {}
    taken = {cell.get("id") for cell in stored["cells"]}
    cells = []
    for cell in stored["cells"]:
        name = cell.get("id")
        if not name:
            held = json.dumps([cell.get("cell_type"), "".join(cell.get("source", ""))])
            mark = hashlib.sha256(held.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            name = mark
            while name in taken:
                counts[mark] = counts.get(mark, 1) + 1
                name = f"{mark}-{counts[mark]}"
            taken.add(name)
        cells.append({**cell, "id": name})
    minor = max(5, stored.get("nbformat_minor", 0)) if stored.get("nbformat") == 4 else 0
    return {**stored, "cells": cells, "nbformat_minor": minor} if minor else stored


def _hide(output: Any, pattern: re.Pattern[str], replaced: dict[str, str]) -> None:
    def clean(text: str) -> str:
        text = pattern.sub(lambda found: replaced[found[0]], text)
        return re.sub(r"(ipykernel_)\d+([/\\]\d+)?", r"\1", text)

    if "text" in output:
        output["text"] = clean(output["text"])
    for kind, value in output.get("data", {}).items():
        if isinstance(value, str) and not kind.startswith("image/"):
            output["data"][kind] = clean(value)


def to_text(notebook: Any) -> str:
    """The notebook as a file, with keys sorted and one space of indent."""
    import nbformat

    return str(nbformat.writes(notebook)) + "\n"
