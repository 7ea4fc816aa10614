"""Which modules of the package a notebook reaches by imports, read without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import casestudy

PACKAGE = Path(casestudy.__file__).parent


def reached(code: str, package: Path = PACKAGE) -> list[Path]:
    """Files of the package that a piece of code depends on.

    Parameters
    ----------
    code : str
        Python source, such as all code cells of a notebook.
    package : Path
        The package's folder.

    Returns
    -------
    list of Path
        The modules imported, directly or through others (imports inside functions count, those for type
        checking do not), and the data files of the rooms they stand in; sorted.

    Examples
    --------
    >>> [path.name for path in reached("from casestudy.errors import Problem")]
    ['__init__.py', 'errors.py']
    """
    seen: set[Path] = set()
    waiting = list(_files(code, package))
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += _files(path.read_text(encoding="utf-8"), package)
    rooms = {path.parent for path in seen if path.parent != package}
    data = {path for room in rooms for path in (room / "data").glob("**/*") if path.is_file()}
    return sorted(seen | data)


def _files(code: str, package: Path) -> tuple[Path, ...]:
    return tuple(sorted({file for name in _names(code, package.name) for file in _modules(name, package)}))


@cache
def _names(code: str, package: str) -> tuple[str, ...]:
    """Dotted names that a piece of code imports from the package; a name may be a module or its attribute."""
    found: set[str] = set()
    for node in _walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return tuple(sorted(name for name in found if name == package or name.startswith(f"{package}.")))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from _walk(child)


def _modules(name: str, package: Path) -> Iterator[Path]:
    """The file of a module and the ``__init__.py`` of every package above it."""
    place = package
    yield package / "__init__.py"
    for part in name.split(".")[1:]:
        if (place / f"{part}.py").is_file():
            yield place / f"{part}.py"
            return
        place = place / part
        if not (place / "__init__.py").is_file():
            return
        yield place / "__init__.py"
