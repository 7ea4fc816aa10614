"""The panel's script in the browser: plain modules, joined into one when the panel opens."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+)\.js";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.M)


@cache
def joined(name: str = "view") -> str:
    """A module with all it imports as one module, each once and after what it needs.

    Parameters
    ----------
    name : str
        A file of this folder, without its ending.

    Examples
    --------
    >>> text = joined("lanes")
    >>> "import" in text, "function lanes(" in text
    (False, True)
    """
    parts: dict[str, str] = {}

    def take(module: str) -> None:
        if module in parts:
            return
        parts[module] = ""
        source = (FOLDER / f"{module}.js").read_text(encoding="utf-8")
        for needed in _IMPORT.findall(source):
            take(needed)
        parts[module] = _EXPORT.sub("", _IMPORT.sub("", source))
        order.append(module)

    order: list[str] = []
    take(name)
    return "\n".join(parts[module] for module in order)
