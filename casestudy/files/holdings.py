"""The one list of the files of a study that hold words, places in documents, names or ids.

Whatever goes through every file (pseudonyms, withdrawal, the leak check, the archive that is shared) goes by
this list: what a file holds, and how it is rewritten when a document or a name in it changes.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Form = Literal[
    "document",  # the text itself; others point into it
    "records",  # JSON Lines
    "list",  # rows with a head, of any separator
    "yaml",
    "toml",
    "json",
    "prose",
    "notebook",
    "key",  # who is who
    "output",  # made again by running the study
    "left",  # a copy that an interrupted writer left
    "other",
]
Content = Literal["words", "places", "names", "ids"]


@dataclass(frozen=True)
class Holding:
    """One kind of file.

    Attributes
    ----------
    pattern : str
        Glob from the study's root; ``*`` stays within a folder, ``**`` does not.
    form : Form
        How it is written, so how it is rewritten.
    holds : tuple of {'words', 'places', 'names', 'ids'}
        What in it can lead to a person. Nothing: a file of this kind is not about people.
    document : {'', 'file', 'field', 'row'}
        Which document its places point into: the one that has the file's name, the one that each record
        names, or the row itself, where each row is a document.
    listed_only : bool
        Whether names in it are listed and never replaced: other people may rightly bear them.
    what : str
    never_shared : str
        Why it is in no archive that is given away; empty where it may be.
    """

    pattern: str
    form: Form
    holds: tuple[Content, ...]
    what: str
    document: Literal["", "file", "field", "row"] = ""
    listed_only: bool = False
    never_shared: str = ""


HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "interviews/**/*.key.csv",
        "key",
        ("names",),
        "the key of pseudonyms",
        never_shared="it says who is who",
    ),
    Holding(
        "interviews/recordings/**",
        "other",
        ("words", "names", "ids"),
        "recordings",
        listed_only=True,
        never_shared="a voice says who speaks",
    ),
    Holding(
        "interviews/imported/*.json",
        "json",
        ("words", "names", "ids"),
        "what was imported",
        never_shared="it holds names and notes as another tool's project had them",
    ),
    Holding(
        "service/**",
        "other",
        ("words", "names", "ids"),
        "accounts, consent and events of the service",
        listed_only=True,
        never_shared="it says who takes part",
    ),
    Holding("**/.*.part", "left", ("words", "places", "names", "ids"), "a copy that a writer left"),
    Holding("interviews/transcripts/README*", "prose", ("words", "names", "ids"), "what the documents are"),
    Holding("interviews/transcripts/**", "document", ("words", "names", "ids"), "documents"),
    Holding("interviews/codings/*.units.jsonl", "records", ("words", "places", "ids"), "units read", "field"),
    Holding(
        "interviews/codings/*/*.jsonl", "records", ("words", "places", "names", "ids"), "codings", "file"
    ),
    Holding("interviews/feedback/messages.csv", "list", ("words", "names"), "messages", "row"),
    Holding("interviews/*.csv", "list", ("names", "ids"), "people, documents, speakers"),
    Holding(
        "evidence/*.jsonl",
        "records",
        ("words", "places", "names", "ids"),
        "decisions between coders",
        "field",
    ),
    Holding("evidence/seals.json", "json", ("ids",), "hashes of evidence that was read"),
    Holding("evidence/**/*.yaml", "yaml", ("words", "names", "ids"), "claims, inferences, cases", "field"),
    Holding("evidence/**/*.csv", "list", ("words", "names", "ids"), "findings against sources", "field"),
    Holding("coding_schemes/*.jsonl", "records", ("words", "names"), "the codebook's history"),
    Holding("coding_schemes/**/*.yaml", "yaml", ("words", "names"), "schemes and the framework", "field"),
    Holding("literature/codings/*/*.jsonl", "records", ("words", "places", "names"), "extraction", "file"),
    Holding("literature/notes/*.md", "document", ("words", "names"), "notes on what was read"),
    Holding("literature/records/**", "other", ("names",), "bibliographic records", listed_only=True),
    Holding("literature/**/*.jsonl", "records", ("names",), "decisions on the literature"),
    Holding("literature/**/*.csv", "list", ("names",), "screening"),
    Holding("literature/**/*.toml", "toml", ("names",), "the review's protocol"),
    Holding("usage_logs/**/*.csv", "list", ("names", "ids"), "the log"),
    Holding("usage_logs/**/*.yaml", "yaml", ("names", "ids"), "actions, signatures"),
    Holding("usage_logs/**/*.toml", "toml", ("names", "ids"), "parameters of the simulated log"),
    Holding(
        "profiles/**/*.csv", "list", ("names", "ids"), "foods, prices, recommendations", listed_only=True
    ),
    Holding("profiles/**/*.toml", "toml", ("names",), "recommendations", listed_only=True),
    Holding("study.toml", "toml", ("names",), "the study's settings"),
    Holding("CITATION.cff", "yaml", ("names",), "authors", listed_only=True),
    Holding("notebooks/**/*.ipynb", "notebook", ("words", "names", "ids"), "notebooks"),
    Holding("outputs/**", "output", ("words", "places", "names", "ids"), "outputs"),
    # Lists that people work in may lie anywhere: blind sheets, suggestions, wishes for codings.
    Holding("**/*.csv", "list", ("words", "places", "names", "ids"), "a list", "field"),
    Holding("**/*.tsv", "list", ("words", "places", "names", "ids"), "a list", "field"),
    Holding("**/*.jsonl", "records", ("words", "places", "names", "ids"), "records", "field"),
    Holding("**/*.json", "json", ("words", "names", "ids"), "data"),
    Holding("**/*.yaml", "yaml", ("words", "names", "ids"), "data", "field"),
    Holding("**/*.yml", "yaml", ("words", "names", "ids"), "data", "field"),
    Holding("**/*.toml", "toml", ("names", "ids"), "settings"),
    Holding("**/*.ipynb", "notebook", ("words", "names", "ids"), "a notebook"),
    Holding("**/*.md", "prose", ("words", "names", "ids"), "prose"),
    Holding("**/*.txt", "prose", ("words", "names", "ids"), "prose"),
    Holding("**/*.rst", "prose", ("words", "names", "ids"), "prose"),
    Holding("**/*.tex", "prose", ("words", "names", "ids"), "prose"),
    Holding("**", "other", ("words", "names", "ids"), "anything else", listed_only=True),
)
_TOOLS = frozenset((".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox"))
_TOOLS |= frozenset((".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"))
_SOURCE = ("casestudy", "tests", "benchmarks", "examples", "findings")


def holding(name: str) -> Holding:
    """What a file of a study holds, by its path from the root.

    Examples
    --------
    >>> holding("interviews/codings/ann/c01.jsonl").what
    'codings'
    >>> holding("sheet.csv").holds
    ('words', 'places', 'names', 'ids')
    """
    return next(one for one in HOLDINGS if _pattern(one.pattern).fullmatch(name))


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*)", glob)
    special = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*"}
    return re.compile("".join(special.get(part, re.escape(part)) for part in parts), re.DOTALL)


def files(root: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a study with its name from the root, sorted: hidden ones too, links as they are.

    Left out are folders of tools (version control, environments, caches), the workbench's own ``.casestudy``
    but for its failed runs, and the workbench's own source where the study lies within it.
    """
    source = (root / "casestudy" / "files" / Path(__file__).name).is_file()
    yield from _within(root, "", source)


def _within(folder: Path, prefix: str, source: bool) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()):
        name = prefix + path.name
        is_folder = not path.is_symlink() and path.is_dir()
        if name.startswith(".casestudy/") and not name.startswith(
            (".casestudy/failed", ".casestudy/scratch")
        ):
            continue
        if not is_folder:
            yield name, path
            continue
        skipped = path.name in _TOOLS or fnmatch.fnmatch(path.name, "*.egg-info")
        if not (skipped or (source and not prefix and path.name in _SOURCE)):
            yield from _within(path, f"{name}/", source)
