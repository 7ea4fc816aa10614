"""The architecture document: which room may use which. A change to this table is a change of design."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "casestudy"

COMMON = {"errors", "files", "proportions", "wording", "settings", "study", "engine", "figures", "outputs"}
GROUND = COMMON - {"figures", "outputs"}  # what says what outputs may show cannot itself save outputs
CODED = {"coding", "codebook", "people", "transcripts"}
MAY_USE: dict[str, set[str]] = {
    "errors": set(),
    "proportions": set(),
    "wording": set(),
    "latex": set(),
    "files": {"errors"},
    "settings": {"errors", "files"},
    "installed": {"errors"},
    "study": {"errors", "files", "settings", "installed"},
    "engine": {"errors", "settings"},
    "outputs": {"errors", "files", "study", "latex", "people"},
    "figures": {"outputs"},
    "bring": GROUND | {"codebook", "people", "transcripts"},
    "run": {"errors", "files", "wording", "study", "outputs"},
    "report": COMMON
    | {"evidence", "privacy", "mixed", "coders", "voices", *CODED}
    | {"nutrition", "literature"},
    "panel": COMMON | {"report", "coders", "suggestions", *CODED},
    "perspectives": COMMON | {"mixed", "evidence", "coding"},
    "evidence": COMMON | {"mixed", "usage", "voices", "coding", "codebook", "literature", "people"},
    "privacy": COMMON | {"evidence", "mixed", "coders", *CODED},
    "mixed": COMMON
    | {"usage", "effects", "voices", "coders", "coding", "codebook"}
    | {"nutrition", "purchases", "agreement", "people"},
    "literature": COMMON | {"coding", "codebook", "agreement"},
    "coders": COMMON | CODED | {"agreement"},
    "suggestions": COMMON | CODED,
    "voices": COMMON | CODED,
    "coding": COMMON | {"transcripts", "codebook", "people"},
    "people": GROUND | {"transcripts"},
    "interchange": COMMON | CODED,
    "effects": COMMON | {"usage", "people"},
    "simulator": COMMON | {"usage", "effects", "people"},
    "nutrition": COMMON | {"purchases", "people"},
    "service": COMMON | {"nutrition", "purchases", "usage", "people"},
    "usage": COMMON | {"people"},
    "codebook": COMMON,
    "purchases": COMMON,
    "transcripts": GROUND,
    "agreement": {"errors", "proportions", "wording"},
    "dynamics": COMMON,
}


def room_of(module: str) -> str:
    """The room of a dotted module name inside the package."""
    return module.split(".")[1] if "." in module else ""


def uses(path: Path, package: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """Pairs (room, room used) of one module's imports, wherever in the module they stand."""
    own = path.relative_to(package).parts[0].removesuffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide which room is used"
            names = [node.module or ""]
            if node.module == "casestudy":
                names = [f"casestudy.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("casestudy.") and room_of(name) != own:
                yield own, room_of(name)


def breaches(package: Path) -> list[str]:
    found = []
    for path in sorted(package.rglob("*.py")):
        own = path.relative_to(package).parts[0].removesuffix(".py")
        if own in ("cli", "__main__", "__init__"):
            continue
        for room, used in uses(path, package):
            if used not in MAY_USE.get(room, set()) and used != "__version__":
                found.append(f"{path.relative_to(package)} uses {used}")
    return found


def test_rooms_use_only_what_they_may() -> None:
    assert breaches(PACKAGE) == []


def test_every_room_stands_in_the_table() -> None:
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if not path.name.startswith("__")}
    assert rooms - {"cli"} == set(MAY_USE)


def test_there_are_no_circles() -> None:
    def reach(room: str, seen: frozenset[str]) -> None:
        assert room not in seen, f"a circle through {room}"
        for used in MAY_USE[room]:
            reach(used, seen | {room})

    for room in MAY_USE:
        reach(room, frozenset())


def circles(package: Path) -> list[str]:
    """Circles of modules, wherever in the modules the imports stand, each once as ``a -> b -> a``."""
    graph: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        used = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("casestudy"):
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    is_module = (package.parent / (inner.replace(".", "/") + ".py")).is_file()
                    used.add(inner if is_module else str(node.module))
            elif isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names if alias.name.startswith("casestudy.")}
        graph[name] = used
    found: dict[frozenset[str], str] = {}
    done: set[str] = set()

    def walk(name: str, trail: list[str]) -> None:
        if name in trail:
            ring = trail[trail.index(name) :]
            found.setdefault(frozenset(ring), " -> ".join([*ring, name]))
        elif name not in done:
            for used in sorted(graph.get(name, ())):
                walk(used, [*trail, name])
            done.add(name)

    for name in graph:
        walk(name, [])
    return sorted(found.values())


def test_there_are_no_circles_of_modules() -> None:
    assert circles(PACKAGE) == []


def test_a_circle_of_modules_is_noticed(tmp_path: Path) -> None:
    package = tmp_path / "casestudy"
    (package / "usage").mkdir(parents=True)
    (package / "usage" / "a.py").write_text("from casestudy.usage import b\n")
    (package / "usage" / "b.py").write_text("def f():\n    from casestudy.usage.a import g\n")
    assert circles(package) == ["casestudy.usage.a -> casestudy.usage.b -> casestudy.usage.a"]


def naming(words: str, package: Path) -> list[str]:
    """Modules outside people/ whose code names something; what docstrings say does not count."""
    named = []
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] == "people":
            continue
        constants = (
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        if any(re.fullmatch(words, text) for text in constants):
            named.append(path.relative_to(package).as_posix())
    return named


def test_consent_is_decided_in_one_room() -> None:
    assert naming("consent_quote|consent_link", PACKAGE) == []


def test_a_second_owner_of_consent_is_noticed(tmp_path: Path) -> None:
    package = tmp_path / "casestudy"
    (package / "report").mkdir(parents=True)
    (package / "report" / "a.py").write_text("def f(person):\n    return person.get('consent_quote')\n")
    assert naming("consent_quote|consent_link", package) == ["report/a.py"]


def test_no_module_knows_which_attribute_denies() -> None:
    assert naming("modality", PACKAGE) == []


def compared_with_the_floor(package: Path) -> list[str]:
    """Comparisons with something called floor outside people/."""
    places = []
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] == "people":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if "floor" in {getattr(side, "id", getattr(side, "attr", "")) for side in sides}:
                    places.append(f"{path.relative_to(package).as_posix()}:{node.lineno}")
    return places


def test_the_floor_is_compared_in_one_room() -> None:
    assert compared_with_the_floor(PACKAGE) == []


def test_a_second_owner_of_the_floor_is_noticed(tmp_path: Path) -> None:
    package = tmp_path / "casestudy"
    (package / "usage").mkdir(parents=True)
    (package / "usage" / "a.py").write_text("def f(study, n):\n    return n > study.floor\n")
    assert compared_with_the_floor(package) == ["usage/a.py:2"]


def test_the_test_notices_a_breach(tmp_path: Path) -> None:
    package = tmp_path / "casestudy"
    (package / "usage").mkdir(parents=True)
    (package / "usage" / "measures.py").write_text("def f():\n    from casestudy.coding import codebook\n")
    assert breaches(package) == ["usage/measures.py uses coding"]


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("papermill", {"run"}),
        ("nbclient", {"run"}),
        ("pygments", {"report"}),
        ("jinja2", {"report", "service"}),
        ("starlette", {"service"}),
        ("duckdb", {"engine.py"}),
        ("pyspark", {"engine.py"}),
    ],
)
def test_a_library_is_known_to_its_rooms(library: str, rooms: set[str]) -> None:
    pattern = re.compile(rf"^\s*(import|from) {library}\b", re.M)
    users = {p.relative_to(PACKAGE).parts[0] for p in PACKAGE.rglob("*.py") if pattern.search(p.read_text())}
    assert users <= rooms


def test_help_and_a_fresh_run_import_nothing_heavy(small_study, command) -> None:
    heavy = (
        "pandas",
        "spacy",
        "papermill",
        "ibis",
        "matplotlib",
        "nbconvert",
        "nltk",
        "sklearn",
        "scipy",
        "numpy",
    )
    command("run", "--study", small_study.root)
    for words in (["--help"], ["run", "--study", str(small_study.root)]):
        code = (
            "import sys, json\nfrom casestudy.cli.main import main\n"
            f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
            "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert set(json.loads(done.stdout.splitlines()[-1])) & set(heavy) == set(), words


def test_no_word_of_the_reference_study_stands_in_the_package() -> None:
    root = PACKAGE.parent
    ids = set()
    for scheme in (root / "coding_schemes").glob("*.yaml"):
        ids |= set(
            re.findall(r"^\s*-?\s*id:\s*[\"']?([\w]+\.[\w.]+)", scheme.read_text(encoding="utf-8"), re.M)
        )
    assert len(ids) > 50
    words = ids | {
        "Nutrition Code",
        "Ravintokoodi",
        "Saarijärvi",
        "Kesko",
        "check_pointing",
        "goal_orientation",
    }
    found = []
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js", ".toml", ".yaml") and "template" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found += [f"{path.relative_to(PACKAGE)}: {word}" for word in words if word in text]
    assert found == []


def test_modules_are_read_in_one_sitting() -> None:
    long = {p.relative_to(PACKAGE).as_posix(): len(p.read_text().splitlines()) for p in PACKAGE.rglob("*.py")}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_every_public_function_has_a_docstring() -> None:
    missing = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                missing.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}")
    assert missing == []
