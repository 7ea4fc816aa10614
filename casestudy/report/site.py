"""The site of a study: which pages there are, which are stale, and writing those.

Fresh pages cost a few hashes: nothing heavy is imported before a page must be written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from casestudy.outputs import write_atomically
from casestudy.report.layout import ASSETS, Site, site_of
from casestudy.report.records import RUN, Record, read
from casestudy.study import FILE, Study

CACHE = Path(".casestudy") / "pages.json"
_ROOM = Path(__file__).parent
_PACKAGE = _ROOM.parent
_LOCK = "requirements.lock"


@dataclass(frozen=True)
class Page:
    """One file of the site.

    Attributes
    ----------
    path : str
        From the outputs folder.
    inputs : str
        Hash of everything that it is made of.
    make : callable
        Gives its bytes.
    """

    path: str
    inputs: str
    make: Callable[[], bytes]


def render(study: Study, outputs: Path | None = None, force: bool = False) -> int:
    """Write the pages that are stale, and remove those whose notebook is gone.

    Parameters
    ----------
    study : Study
    outputs : Path, optional
        The folder with the executed notebooks; the study's own by default. Freshness is kept for the study's
        own folder only: in another one, every page is written.
    force : bool
        Write fresh pages too.

    Returns
    -------
    int
        Number of pages written.

    Raises
    ------
    InputError
        When a notebook's records cannot be read; nothing is written then.
    """
    folder = (outputs or study.outputs).resolve()
    cache = study.root / CACHE if folder == (study.root / "outputs").resolve() else None
    known = _remembered(cache)
    pages = plan(study, folder)
    made: dict[str, dict[str, str]] = {}
    written = 0
    try:
        for page in pages:
            target = folder / page.path
            entry = known.get(page.path)
            if not force and entry and entry["inputs"] == page.inputs and entry["page"] == _digest(target):
                made[page.path] = entry
                continue
            data = page.make()
            if not target.is_file() or target.read_bytes() != data:
                write_atomically(target, data)
            made[page.path] = {"inputs": page.inputs, "page": _hash([data])}
            written += 1
    finally:
        if cache and made != known:
            text = json.dumps(made, indent=1, sort_keys=True)
            write_atomically(cache, (text + "\n").encode())
    _remove(folder, {page.path for page in pages}, known)
    return written


def plan(study: Study, outputs: Path) -> list[Page]:
    """All files of the site, each with the hash of what it is made of."""
    records = read(study, outputs)
    site = site_of(study)
    done = {record.stem for record in records}
    waiting = [path.stem for path in study.notebooks if path.stem not in done]
    common = _common(study)
    index = _hash([common, *(part for record in records for part in _facts(record)), repr(waiting).encode()])
    pages = [Page("index.html", index, partial(_index, study, site, records, waiting))]
    for position, record in enumerate(records):
        before = records[position - 1] if position else None
        after = records[position + 1] if position + 1 < len(records) else None
        turn = repr([(near.stem, near.title) if near else None for near in (before, after)])
        inputs = _hash([common, *_facts(record), record.executed.read_bytes(), turn.encode()])
        path = f"{record.stem}/index.html"
        pages.append(Page(path, inputs, partial(_notebook, study, site, record, (before, after))))
    pages += [
        Page(f"assets/{path.name}", _hash([path.read_bytes()]), path.read_bytes)
        for path in sorted(ASSETS.iterdir())
    ]
    return pages


def _index(study: Study, site: Site, records: list[Record], waiting: list[str]) -> bytes:
    from casestudy.report import index

    return index.page(study, site, records, waiting).encode()


def _notebook(
    study: Study, site: Site, record: Record, neighbours: tuple[Record | None, Record | None]
) -> bytes:
    from casestudy.report import notebook

    return notebook.page(study, site, record, neighbours).encode()


def _facts(record: Record) -> Iterator[bytes]:
    """What a page takes from a record besides the executed notebook."""
    yield record.stem.encode()
    for name in (RUN, "contents.json"):
        path = record.folder / name
        yield path.read_bytes() if path.is_file() else b""
    yield repr([(record.folder / item.file).is_file() for item in record.items]).encode()


def _common(study: Study) -> bytes:
    """What every page rests on: the settings, this room's code and templates, and the lock file."""
    parts: list[bytes] = [(study.root / FILE).read_bytes()]
    for path in sorted(_ROOM.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            parts += [path.relative_to(_ROOM).as_posix().encode(), path.read_bytes()]
    locks = (study.root / _LOCK, _PACKAGE.parent / _LOCK)
    parts += [next((lock.read_bytes() for lock in locks if lock.is_file()), b"")]
    return _hash(parts).encode()


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    return _hash([path.read_bytes()]) if path.is_file() else ""


def _remembered(cache: Path | None) -> dict[str, dict[str, str]]:
    try:
        known = json.loads(cache.read_text(encoding="utf-8")) if cache else {}
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {
        path: entry
        for path, entry in known.items()
        if isinstance(entry, dict) and {"inputs", "page"} <= set(entry)
    }


def _remove(folder: Path, kept: set[str], known: dict[str, dict[str, str]]) -> None:
    """Remove pages that the site no longer has: those remembered, and those of vanished notebooks."""
    gone = {folder / path for path in known if path not in kept}
    gone |= {path for path in folder.glob("*/index.html") if path.relative_to(folder).as_posix() not in kept}
    for path in sorted(gone):
        if path.is_file() and folder in path.resolve().parents:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
