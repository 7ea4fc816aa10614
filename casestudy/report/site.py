"""The site of a study: which pages there are, which are stale, and writing those.

Fresh pages cost a few hashes: nothing heavy is imported before a page must be written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from casestudy.errors import InputError, Problem
from casestudy.files import reading
from casestudy.files.writing import write_atomically
from casestudy.report.layout import ASSETS, Entry, Site, site_of
from casestudy.report.records import RUN, Record, read
from casestudy.study import ENV_OUTPUTS, FILE, Study

if TYPE_CHECKING:
    from casestudy.report.corpus import Corpus
    from casestudy.report.links import Links

CACHE = Path(".casestudy") / "pages.json"
_PACKAGE = Path(__file__).parent.parent
_LOCK = "requirements.lock"
_ROOMS = (
    *("files", "people", "transcripts", "codebook", "coding", "coders", "voices"),
    *("evidence", "mixed", "literature"),
)
_FOLDERS = ("interviews", "coding_schemes", "evidence", "literature")
_SECTIONS = (
    ("coding_schemes/framework.yaml", "perspectives", "Perspectives"),
    ("evidence/summaries.jsonl", "framework-matrix", "Framework matrix"),
    ("evidence/claims.yaml", "claims", "Claims"),
    ("interviews/participants.csv", "participants", "Participants"),
    ("interviews/transcripts/*", "documents", "Documents"),
    ("coding_schemes/*.yaml", "codebook", "Codebook"),
    ("interviews/transcripts/*", "methods", "Methods"),
)


class Kept(TypedDict):
    """What is remembered of a part: the hash of its inputs, and of each page."""

    inputs: str
    pages: dict[str, str]


@dataclass(frozen=True)
class Part:
    """Pages that are made together.

    Attributes
    ----------
    name : str
    inputs : str
        Hash of everything that they are made of.
    make : callable
        Gives their bytes, by path from the outputs folder.
    """

    name: str
    inputs: str
    make: Callable[[], dict[str, bytes]]


def render(
    study: Study,
    outputs: Path | None = None,
    force: bool = False,
    marks: Mapping[str, str] | None = None,
) -> int:
    """Write the pages that are stale, and remove those whose notebook or file is gone.

    Parameters
    ----------
    study : Study
    outputs : Path, optional
        The folder with the executed notebooks; the study's own by default. Freshness is kept for the study's
        own folder only: in another one, every page is written.
    force : bool
        Write fresh pages too.
    marks : mapping of str to str
        For notebooks whose page is not up to date: what it says of itself, as a clause. Those that have no
        page yet are named on the index with the same words.

    Returns
    -------
    int
        Number of pages written.

    Raises
    ------
    InputError
        When a notebook's records or a file of the study cannot be read; all pages before it are written.
    """
    folder = (outputs or study.outputs).resolve()
    cache = study.root / CACHE if folder == (study.root / "outputs").resolve() else None
    with reading.once():
        return _render(study, folder, cache, force, marks or {})


def _render(study: Study, folder: Path, cache: Path | None, force: bool, marks: Mapping[str, str]) -> int:
    known = _remembered(cache)
    parts = plan(study, folder, marks)
    made: dict[str, Kept] = {}
    written = 0
    try:
        with _outputs(folder):
            for part in parts:
                kept = known.get(part.name)
                if not force and kept and _stands(kept, part, folder):
                    made[part.name] = kept
                    continue
                data = part.make()
                for path, content in data.items():
                    target = _below(folder, path)
                    if not target.is_file() or target.read_bytes() != content:
                        write_atomically(target, content)
                digests = {path: _hash([content]) for path, content in sorted(data.items())}
                made[part.name] = {"inputs": part.inputs, "pages": digests}
                written += len(data)
        _remove(folder, made, known)
    finally:
        if cache and made != known:
            write_atomically(cache, (json.dumps(made, indent=1, sort_keys=True) + "\n").encode())
    return written


def plan(study: Study, outputs: Path, marks: Mapping[str, str]) -> list[Part]:
    """All parts of the site, each with the hash of what it is made of."""
    records = read(study, outputs)
    site = site_of(study, tuple(sections(study)))
    done = {record.stem for record in records}
    waiting = [path.stem for path in study.notebooks if path.stem not in done]
    common = _common(study, site)
    facts = [part for record in records for part in _facts(record)]
    words = _hash([*_code(_ROOMS), *_contents(study)]).encode()
    whole = Whole(study, site, records, marks)
    index = _hash([common, words, *facts, repr((waiting, sorted(marks.items()))).encode()])
    parts = [Part("index", index, partial(_index, whole, waiting))]
    for position, record in enumerate(records):
        before = records[position - 1] if position else None
        after = records[position + 1] if position + 1 < len(records) else None
        turn = repr([(near.stem, near.title) if near else None for near in (before, after)])
        turn += marks.get(record.stem, "")
        inputs = _hash([common, words, *_facts(record), reading.data(record.executed), turn.encode()])
        make = partial(_notebook, whole, record, (before, after))
        parts.append(Part(f"notebook {record.stem}", inputs, make))
    assets = {f"assets/{path.name}": reading.data(path) for path in sorted(ASSETS.iterdir())}
    parts.append(Part("assets", _hash(assets.values()), partial(dict, assets)))
    parts.append(Part("glossary", _hash([common]), partial(_glossary, whole)))
    inputs = _hash([common, words, *facts])
    parts.append(Part("study", inputs, partial(_study_pages, whole)))
    return parts


def sections(study: Study) -> Iterator[Entry]:
    """The site's parts beside the answers: those that the study has files for."""
    for pattern, page, words in _SECTIONS:
        if any(path.is_file() and path.stem != "README" for path in study.root.glob(pattern)):
            yield Entry(f"pages/{page}.html", words)
    yield Entry("pages/glossary.html", "Glossary")
    yield Entry("pages/search.html", "Search")


@dataclass(frozen=True)
class Whole:
    """The study as all pages share it; its words are read once, when a page first needs them."""

    study: Study
    site: Site
    records: list[Record]
    marks: Mapping[str, str]

    @cached_property
    def corpus(self) -> Corpus:
        """The words of the study."""
        from casestudy.report.corpus import load

        return load(self.study)

    @cached_property
    def readable(self) -> Corpus | None:
        """The same, or None where files have problems: pages of notebooks do without them."""
        try:
            return self.corpus
        except InputError:
            return None

    @cached_property
    def links(self) -> Links:
        """What cells of tables may name."""
        from casestudy.report.links import links_of

        return links_of(self.readable, self.site, self.records)


def _index(whole: Whole, waiting: list[str]) -> dict[str, bytes]:
    from casestudy.report import claims, index

    stated = claims.stated(whole.readable) if whole.readable else []
    page = index.page(whole.study, whole.site, whole.records, waiting, stated, whole.marks)
    return {"index.html": page.encode()}


def _notebook(
    whole: Whole, record: Record, neighbours: tuple[Record | None, Record | None]
) -> dict[str, bytes]:
    from casestudy.report import notebook

    page = notebook.page(
        whole.study, whole.site, record, neighbours, whole.links, whole.marks.get(record.stem, "")
    )
    return {f"{record.stem}/index.html": page.encode()}


def _glossary(whole: Whole) -> dict[str, bytes]:
    from casestudy.report import glossary

    return {glossary.PATH: glossary.page(whole.study, whole.site).encode()}


def _study_pages(whole: Whole) -> dict[str, bytes]:
    from casestudy.report import study_pages

    made = study_pages.pages(whole.corpus, whole.site, whole.records)
    return {path: text.encode() for path, text in made.items()}


def _facts(record: Record) -> Iterator[bytes]:
    """What a page takes from a record besides the executed notebook."""
    yield record.stem.encode()
    for name in (RUN, "contents.json"):
        path = record.folder / name
        yield reading.data(path) if path.is_file() else b""
    yield repr([(record.folder / item.file).is_file() for item in record.items]).encode()


def _common(study: Study, site: Site) -> bytes:
    """What every page rests on: the settings, this room's code and templates, and the lock file."""
    parts: list[bytes] = [reading.data(study.root / FILE), repr(site.sections).encode()]
    parts += _code(("report",))
    locks = (study.root / _LOCK, _PACKAGE.parent / _LOCK)
    parts.append(next((reading.data(lock) for lock in locks if lock.is_file()), b""))
    return _hash(parts).encode()


def _code(rooms: Iterable[str]) -> Iterator[bytes]:
    for room in rooms:
        for path in sorted((_PACKAGE / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(_PACKAGE).as_posix().encode()
                yield reading.data(path)


def _contents(study: Study) -> Iterator[bytes]:
    """Every file of the study that its own pages are made of."""
    for name in _FOLDERS:
        for path in sorted((study.root / name).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(study.root).as_posix().encode()
                yield reading.data(path)


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@contextmanager
def _outputs(folder: Path) -> Iterator[None]:
    """While pages are made, the study's outputs are those of `folder`."""
    before = os.environ.get(ENV_OUTPUTS)
    os.environ[ENV_OUTPUTS] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[ENV_OUTPUTS]
        else:
            os.environ[ENV_OUTPUTS] = before


def _below(folder: Path, name: str) -> Path:
    """The place of a page, which never lies outside of the folder of pages.

    Raises
    ------
    InputError
        When its name would lead elsewhere, or is longer than a file's name can be.
    """
    target = folder / name
    inside = target.resolve().is_relative_to(folder) and not target.is_symlink()
    long = max(len(part.encode("utf-8", "replace")) for part in Path(name).parts) > 255
    if not inside or long or Path(name).is_absolute():
        found = "it would be written outside of the folder of pages." if not long else "its name is too long."
        raise InputError("A page cannot be written.", [Problem(name[:120], found, "Change the id.")])
    return target


def _stands(kept: Kept, part: Part, folder: Path) -> bool:
    """Whether a part is fresh: made of the same, and every page of it still there as it was made."""
    return kept["inputs"] == part.inputs and all(
        (folder / path).is_file() and _hash([(folder / path).read_bytes()]) == digest
        for path, digest in kept["pages"].items()
    )


def _remembered(cache: Path | None) -> dict[str, Kept]:
    try:
        known = json.loads(cache.read_text(encoding="utf-8")) if cache else {}
        return {
            str(name): {"inputs": str(kept["inputs"]), "pages": dict(kept["pages"])}
            for name, kept in known.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _remove(folder: Path, made: dict[str, Kept], known: dict[str, Kept]) -> None:
    """Remove pages that the site no longer has: those remembered, and those of vanished notebooks."""
    current = {path for kept in made.values() for path in kept["pages"]}
    gone = {folder / path for kept in known.values() for path in kept["pages"]}
    gone |= {*folder.glob("*/index.html"), *folder.glob("pages/**/*.html")}
    for path in sorted(gone):
        if path.relative_to(folder).as_posix() in current or not path.is_file():
            continue
        if folder in path.resolve().parents:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
