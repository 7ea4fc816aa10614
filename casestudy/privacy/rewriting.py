"""Names replaced in one file of a study, by how the file is written; places follow their documents.

Records and rows that point into a document (``document, start, end, quote``) move with it; all other words
lose the names. Ids stay. What is not touched stays byte for byte.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casestudy.files.holdings import Form
from casestudy.privacy import rows
from casestudy.privacy.key import Replacer
from casestudy.transcripts.edits import EditMap
from casestudy.transcripts.text import sha256

# What links files with each other, and is never taken for words.
_LINKS = frozenset(
    (
        *("id", "action", "parent", "code", "codes", "coders", "coder", "about", "scheme", "when", "change"),
        *("undoes", "document", "documents", "start", "end", "text", "participant_id", "participant"),
        *("log_id", "household_id", "message_id", "notebook", "table", "column", "display", "row", "kind"),
    )
)
_WORDS = ("quote", "text", "unit", "words")


class NotPlain(Exception):
    """The names cannot be replaced in this file without changing what else it says."""


@dataclass(frozen=True)
class Change:
    """A document before and after, and the way from one to the other."""

    old: str
    new: str
    edits: EditMap

    def holds(self, start: int, end: int, quote: str) -> bool:
        """Whether a quote stands at a place of the old text."""
        return 0 <= start < end <= len(self.old) and self.old[start:end] == quote

    def moved(self, quote: str) -> str | None:
        """The words that stand for a quote in the new text; None where the old text has it nowhere."""
        pattern = r"\s+".join(map(re.escape, quote.split()))
        match = re.search(pattern, self.old) if pattern else None
        if match is None:
            return None
        start, end = self.edits.span(*match.span())
        return " ".join(self.new[start:end].split())


@dataclass(frozen=True)
class Rewriter:
    """What rewrites files: the replacements, and the documents that changed, by id."""

    replacer: Replacer
    changes: Mapping[str, Change]

    def rewritten(self, text: str, form: Form, document: str = "") -> tuple[str, int]:
        """A file's text without the names, and how many places in documents moved.

        Parameters
        ----------
        text : str
        form : Form
        document : str
            The document that all its records are about; empty where each names its own.

        Raises
        ------
        NotPlain
            When a replacement would change how the file is read.
        """
        match form:
            case "records":
                return self._records(text, document)
            case "list":
                return self._list(text)
            case "yaml":
                return self._yaml(text), 0
            case "toml":
                return self._checked(text, form, tomllib.loads), 0
            case "json" | "notebook":
                return self._json(text, form)
            case _:
                return self.replacer.apply(text, form), 0

    def _records(self, text: str, document: str) -> tuple[str, int]:
        lines, moved = [], 0
        for line in text.split("\n"):
            try:
                record = json.loads(line.removeprefix("\ufeff")) if line.strip() else None
            except (ValueError, RecursionError):
                lines.append(self.replacer.apply(line, "records"))
                continue
            new, places = self._placed(record, document)
            moved += places
            lines.append(line if new == record else json.dumps(new, ensure_ascii=False))
        return "\n".join(lines), moved

    def _json(self, text: str, form: Form) -> tuple[str, int]:
        try:
            data = json.loads(text.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            return self.replacer.apply(text, form), 0
        new, moved = self._placed(data, "")
        if moved:
            indent = 1 if text.startswith(("{\n ", "[\n ")) else None
            return json.dumps(new, ensure_ascii=False, indent=indent) + "\n" * text.endswith("\n"), moved
        return self._checked(text, form, json.loads), 0

    def _placed(self, thing: Any, document: str) -> tuple[Any, int]:
        """A record, or whatever holds records, with its places moved and its words without names."""
        if isinstance(thing, list):
            parts = [self._placed(part, document) for part in thing]
            return [part for part, _ in parts], sum(count for _, count in parts)
        if not isinstance(thing, dict):
            return (self.replacer.apply(thing) if isinstance(thing, str) else thing), 0
        new: dict[str, Any] = {}
        moved = 0
        for key, value in thing.items():
            if key in _LINKS and not isinstance(value, dict) and not (key == "text" and "start" not in thing):
                new[key] = value
            else:
                new[key], count = self._placed(value, document)
                moved += count
        change = self.changes.get(document or str(thing.get("document", "")))
        start, end = thing.get("start"), thing.get("end")
        quote = thing.get("quote", thing.get("selected_text"))
        if type(start) is int and type(end) is int and (change is None or not self._follows(change, thing)):
            if isinstance(quote, str) and end - start == len(quote) and "quote" in new:
                new["end"] = start + len(new["quote"])
        elif change is not None and type(start) is int and type(end) is int:
            new["start"], new["end"] = change.edits.span(start, end)
            if isinstance(quote, str) and quote:
                new["quote"] = change.new[new["start"] : new["end"]]
            if thing.get("text"):
                new["text"] = sha256(change.new)[:16]
            moved += 1
        elif change is not None and isinstance(quote, str) and "quote" in new:
            new["quote"] = change.moved(quote) or new["quote"]
        return new, moved

    @staticmethod
    def _follows(change: Change, record: Mapping[str, Any]) -> bool:
        """Whether a record points into the text as it was: by its words, or, without words, by its place."""
        start, end, quote = record["start"], record["end"], record.get("quote")
        if isinstance(quote, str) and quote:
            return change.holds(start, end, quote)
        return 0 <= start < end <= len(change.old)

    def _list(self, text: str) -> tuple[str, int]:
        sheet = rows.read(text)
        moved = 0
        parts = [sheet.before]
        for row in sheet.rows:
            cells, places = self._row(sheet, row)
            moved += places
            parts.append(row.text if cells == row.cells else sheet.written(cells))
        return "".join(parts), moved

    def _row(self, sheet: rows.Sheet, row: rows.Row) -> tuple[tuple[str, ...], int]:
        cells = list(row.cells)
        word = next((name for name in _WORDS if name in sheet.head), "")
        placed = bool(word) and {"start", "end"} <= set(sheet.head)
        for place, cell in enumerate(cells):
            head = sheet.head[place] if place < len(sheet.head) else ""
            if head not in _LINKS or (head == "text" and not (placed and word != "text")):
                cells[place] = self.replacer.apply(cell)
        if not placed:
            return tuple(cells), 0
        start, end = row.get(sheet.head, "start"), row.get(sheet.head, "end")
        quote = row.get(sheet.head, word)
        if not (start.isdigit() and end.isdigit()):
            return tuple(cells), 0
        mark = quote[:1] if quote[:1] in ("'", "\t") and quote[1:2] in tuple("=+-@") else ""
        change = self._change_of(
            row.get(sheet.head, "document"), int(start), int(end), quote.removeprefix(mark)
        )
        if change is None:
            return tuple(cells), 0
        first, last = change.edits.span(int(start), int(end))
        for name, value in (("start", str(first)), ("end", str(last)), (word, mark + change.new[first:last])):
            cells[sheet.head.index(name)] = value
        for name in ("version", "text"):
            if name != word and name in sheet.head and row.get(sheet.head, name) == sha256(change.old)[:16]:
                cells[sheet.head.index(name)] = sha256(change.new)[:16]
        return tuple(cells), 1

    def _change_of(self, document: str, start: int, end: int, quote: str) -> Change | None:
        named = [self.changes[document]] if document in self.changes else []
        asked = named if document else list(self.changes.values())
        holding = [one for one in asked if one.holds(start, end, quote)]
        return holding[0] if len(holding) == 1 else None

    def _yaml(self, text: str) -> str:
        """YAML with the names replaced in its text; written again as a whole only where that would not do."""
        from casestudy.files.yaml_text import parsed

        if not self.replacer.edits(text).edits and not any(name in text for name in self.changes):
            return text
        try:
            wanted = self._mapped(parsed(text))
        except Exception as error:
            raise NotPlain(f"it cannot be read ({str(error).splitlines()[0]})") from error
        new = self.replacer.apply(text)
        if _loaded(new, parsed) == wanted:
            return new
        from ruamel.yaml import YAML

        yaml = YAML(typ="rt")
        yaml.width, yaml.preserve_quotes = 10_000, True
        data = yaml.load(text)
        stream = io.StringIO()
        yaml.dump(self._mapped_in_place(data), stream)
        if _loaded(stream.getvalue(), parsed) != wanted:
            raise NotPlain("its YAML would say something else afterwards")
        return stream.getvalue()

    def _mapped(self, thing: Any) -> Any:
        """Data with the names replaced in every text; quotes of documents as the documents now have them."""
        if isinstance(thing, list):
            return [self._mapped(part) for part in thing]
        if isinstance(thing, Mapping):
            new = {self._mapped(key): self._mapped(value) for key, value in thing.items()}
            if (words := self._quote(thing)) is not None:
                new["quote"] = words
            return new
        return self.replacer.apply(thing) if isinstance(thing, str) else thing

    def _quote(self, thing: Mapping[Any, Any]) -> str | None:
        change = self.changes.get(str(thing.get("document", "")))
        quote = thing.get("quote")
        if change is None or not isinstance(quote, str):
            return None
        moved = change.moved(quote)
        return None if moved is None or moved == " ".join(self.replacer.apply(quote).split()) else moved

    def _mapped_in_place(self, thing: Any) -> Any:
        if isinstance(thing, list):
            for place, part in enumerate(thing):
                thing[place] = self._mapped_in_place(part)
        elif isinstance(thing, dict):
            words = self._quote(thing)
            for key in list(thing):
                thing[key] = self._mapped_in_place(thing[key])
            if words is not None:
                thing["quote"] = words
        elif isinstance(thing, str):
            new = self.replacer.apply(thing)
            return thing if new == thing else new
        return thing

    def _checked(self, text: str, form: Form, load: Callable[[str], Any]) -> str:
        """Text with the names replaced, if it then says the same but for them."""
        new = self.replacer.apply(text, form)
        if new == text:
            return text
        if _loaded(new, load) != self._mapped(_loaded(text, load)):
            raise NotPlain("it would say something else afterwards")
        return new


def _loaded(text: str, load: Callable[[str], Any]) -> Any:
    try:
        return load(text.removeprefix("\ufeff"))
    except Exception:
        return NotPlain
