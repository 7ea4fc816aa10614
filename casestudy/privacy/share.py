"""What of a study may be given away: its files without words of people who may not be quoted.

Words are withheld by what files hold, not by how they are called: records and rows about such a person go,
texts that repeat six of their words in a row are blanked, and a file that cannot be cleaned is left out.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casestudy.coding import table
from casestudy.files import holdings
from casestudy.people import consent, participants
from casestudy.privacy import rows, stretches
from casestudy.privacy.leaks import pieces
from casestudy.privacy.stretches import Stretch
from casestudy.privacy.traces import is_own
from casestudy.study import Study
from casestudy.wording import counted

BLANK = "[withheld]"
LIST = "WITHHELD.md"
_FOLDERS = (
    *("notebooks", "interviews", "usage_logs", "coding_schemes"),
    *("evidence", "literature", "profiles", "outputs"),
)
_FILES = (
    "study.toml",
    "README.md",
    "LICENSE",
    "CITATION.cff",
    "CHANGELOG.md",
    "requirements.lock",
    "environment.yml",
)
_WORDS = ("quote", "text", "unit", "words", "memo", "nearest")


@dataclass(frozen=True)
class Withheld:
    """Something that is left out of what is shared, and why."""

    file: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}, since {self.why}"


@dataclass(frozen=True)
class Share:
    """The files that may be given away, by name, and what is withheld."""

    files: Mapping[str, bytes]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True)
class _Unquoted:
    """Documents of people who may not be quoted, and the stretches of words that only those hold."""

    documents: frozenset[str]
    words: set[Stretch] = field(default_factory=set)

    @property
    def why(self) -> str:
        return "they are words of people who have not agreed to be quoted"

    def holds(self, text: str) -> bool:
        return stretches.within(text, self.words)

    def names(self, name: str) -> str:
        """The document that a file of ``interviews/`` is about by its name; empty for none of them."""
        tokens = set(re.findall(r"[^\W_]+", name.rpartition("/")[2]))
        return next((one for one in sorted(self.documents) if one in tokens or is_own(name, one)), "")


def gather(study: Study) -> Share:
    """Everything of a study that may be given away.

    Returns
    -------
    Share
        The same for the same study. Keys of pseudonyms, leftovers and symbolic links are left out, and what
        people said who may not be quoted; see `casestudy.people.consent` for who that is.
    """
    unquoted = _unquoted(study)
    files: dict[str, bytes] = {}
    withheld: list[Withheld] = []
    for name, path in _candidates(study):
        held = holdings.holding(name)
        if path.is_symlink():
            withheld.append(Withheld(name, "left out", "a link is not followed"))
        elif held.never_shared:
            withheld.append(Withheld(name, "left out", held.never_shared))
        elif unquoted.documents and name.startswith("interviews/") and unquoted.names(name):
            withheld.append(Withheld(name, "left out", unquoted.why))
        elif path.is_file():
            data, what, why = _cleaned(name, path, held.form, unquoted)
            if what:
                withheld.append(Withheld(name, what, why))
            if data is not None:
                files[name] = data
    if withheld:
        lines = "".join(f"- {one}\n" for one in withheld)
        files[LIST] = f"# What is withheld from this archive\n\n{lines}".encode()
    return Share(dict(sorted(files.items())), tuple(withheld))


def _candidates(study: Study) -> Iterator[tuple[str, Path]]:
    for name, path in holdings.files(study.root):
        parts = Path(name).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        wanted = name in _FILES or (len(parts) > 1 and parts[0] in _FOLDERS)
        if (wanted or (path.is_symlink() and parts[0] in _FOLDERS)) and not hidden and "/sweeps/" not in name:
            yield name, path


def _unquoted(study: Study) -> _Unquoted:
    people = participants.read(study)
    documents = table.material(study)
    allowed = consent.who_may_be_quoted(people)
    withheld = consent.withheld_documents(documents, people)
    own: list[str] = []
    others: list[str] = []
    for name, document in documents.items():
        # Titles and front notes are the researcher's words.
        for turn in document.turns:
            kept = name not in withheld or turn.participant in allowed
            (others if kept else own).append(document.text[turn.start : turn.end])
        if not document.turns:
            (own if name in withheld else others).append(document.text)
    silent = {str(one) for one in people["participant_id"]} - allowed
    return _Unquoted(frozenset(silent | withheld), stretches.only_in(own, others))


def _cleaned(
    name: str, path: Path, form: holdings.Form, unquoted: _Unquoted
) -> tuple[bytes | None, str, str]:
    """A file's bytes without words that may not be quoted (None to leave it out), what was done, and why."""
    data = path.read_bytes()
    if not unquoted.documents:
        return data, "", ""
    cleaners = {"records": _records, "list": _list, "yaml": _yaml}
    text = _decoded(data) if form in cleaners else None
    if text is not None:
        new, count = cleaners[form](text, unquoted)
        if not unquoted.holds(new):
            what = f"{counted(count, 'passage')} blanked or left out" if count else ""
            return (new.encode("utf-8") if count else data), what, unquoted.why
        return None, "left out", unquoted.why
    read, reasons = pieces(name, path)
    if any(unquoted.holds(piece.text) for piece in read):
        return None, "left out", unquoted.why
    if reasons and name.startswith("interviews/"):
        return None, "left out", "it cannot be searched for words of people who have not agreed to be quoted"
    return data, "", ""


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _records(text: str, unquoted: _Unquoted) -> tuple[str, int]:
    """Lines of JSON without records about the documents withheld, and without words of theirs elsewhere."""
    kept, count = [], 0
    for line in text.split("\n"):
        try:
            record = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            kept += [] if unquoted.holds(line) else [line]
            count += unquoted.holds(line)
            continue
        if isinstance(record, dict) and str(record.get("document", "")) in unquoted.documents:
            count += 1
            continue
        new, blanked = _blanked(record, unquoted)
        if isinstance(record, dict) and "start" in record and new.get("quote") != record.get("quote"):
            count += 1  # Without its words the record points nowhere.
            continue
        kept.append(json.dumps(new, ensure_ascii=False) if blanked else line)
        count += blanked
    return "\n".join(kept), count


def _blanked(thing: Any, unquoted: _Unquoted) -> tuple[Any, int]:
    """Data with texts blanked that may not be shared, and how many they were."""
    if isinstance(thing, dict):
        about = str(thing.get("document", "")) in unquoted.documents
        parts = {key: _blanked(value, unquoted) for key, value in thing.items()}
        if about and isinstance(thing.get("quote"), str):
            parts["quote"] = (BLANK, 1)
        return {key: value for key, (value, _) in parts.items()}, sum(count for _, count in parts.values())
    if isinstance(thing, list):
        listed = [_blanked(value, unquoted) for value in thing]
        return [value for value, _ in listed], sum(count for _, count in listed)
    return (BLANK, 1) if isinstance(thing, str) and unquoted.holds(thing) else (thing, 0)


def _list(text: str, unquoted: _Unquoted) -> tuple[str, int]:
    """A list without rows of words from documents withheld, and without words of theirs elsewhere."""
    sheet = rows.read(text)
    worded = [name for name in _WORDS if name in sheet.head]
    kept, count = [sheet.before], 0
    for row in sheet.rows:
        about = {
            row.get(sheet.head, name) for name in ("document", "participant", "who")
        } & unquoted.documents
        if about and worded:
            count += 1
            continue
        cells = [BLANK if unquoted.holds(cell) else cell for cell in row.cells]
        changed = tuple(cells) != row.cells
        kept.append(sheet.written(cells) if changed else row.text)
        count += changed
    return "".join(kept), count


def _yaml(text: str, unquoted: _Unquoted) -> tuple[str, int]:
    """YAML with texts blanked that may not be shared."""
    if not unquoted.holds(text) and not any(one in text for one in unquoted.documents):
        return text, 0
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = 10_000, True
    try:
        data = yaml.load(text)
    except (YAMLError, ValueError, RecursionError):
        return text, 0
    count = _blank_in_place(data, unquoted)
    if not count:
        return text, 0
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue(), count


def _blank_in_place(thing: Any, unquoted: _Unquoted) -> int:
    about = isinstance(thing, dict) and str(thing.get("document", "")) in unquoted.documents
    pairs: list[tuple[Any, Any]] = []
    if isinstance(thing, dict):
        pairs = list(thing.items())
    elif isinstance(thing, list):
        pairs = list(enumerate(thing))
    count = 0
    for key, value in pairs:
        if isinstance(value, str) and (unquoted.holds(value) or (about and key == "quote")):
            thing[key] = BLANK
            count += 1
        elif not isinstance(value, str):
            count += _blank_in_place(value, unquoted)
    return count
