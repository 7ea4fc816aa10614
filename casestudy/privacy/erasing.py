"""A file without one participant, by how the file is written; everything else stays as it is.

Rows and records that are about the participant go, citations of their codings too, and names in free text
become ``[withdrawn]``. Quotes of others stay letter for letter: places depend on them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from casestudy.files.holdings import Holding
from casestudy.privacy import rows
from casestudy.privacy.traces import Traces

GONE = "[withdrawn]"


def erased(name: str, text: str, held: Holding, traces: Traces) -> str:
    """The text of a file without the participant; unchanged where it cannot be cleaned by a rule.

    Parameters
    ----------
    name : str
        From the study's root.
    text : str
    held : Holding
        What the file is.
    traces : Traces
    """
    free = not name.startswith("interviews/") and not held.listed_only
    match held.form:
        case "list":
            return _list(text, traces, free)
        case "key":
            return _key(text, traces)
        case "records":
            return _records(text, traces, free)
        case "yaml":
            return _yaml(text, traces)
        case "prose" if free or name.rpartition("/")[2].startswith("README"):
            return traces.pattern.sub(GONE, text) if _listed(name) else text
        case _:
            return text


def _listed(name: str) -> bool:
    """Whether a rule may rewrite prose there: in the study's own folders, not in what lies beside them."""
    folders = ("interviews/", "evidence/", "coding_schemes/", "literature/", "usage_logs/")
    return name.startswith(folders) or "/" not in name


def _list(text: str, traces: Traces, free: bool) -> str:
    """A list without the rows of the participant; other rows stay byte for byte as they are."""
    sheet = rows.read(text)
    person = {traces.participant}
    known = {
        # The log calls its own ids participant_id, too.
        "participant_id": person | ({traces.ids["log_id"]} - {""}),
        "log_id": {traces.ids["log_id"]} - {""},
        "household_id": {traces.ids["household_id"]} - {""},
        "document": traces.documents,
        **dict.fromkeys(("who", "row", "participant"), person),
    }
    places = [(place, known[name]) for place, name in enumerate(sheet.head) if name in known]
    placed = {"start", "end"} <= set(sheet.head)
    kept = [sheet.before]
    for row in sheet.rows:
        cells = row.cells
        if any(place < len(cells) and cells[place].strip() in values for place, values in places):
            continue
        if "coding" in sheet.head and row.get(sheet.head, "coding") in traces.codings:
            continue
        if "participants" in sheet.head:
            place = sheet.head.index("participants")
            cells = tuple(
                _without(cell, traces.participant) if number == place else cell
                for number, cell in enumerate(cells)
            )
        new = [
            traces.pattern.sub(GONE, cell) if free and not (placed and head in ("quote", "text")) else cell
            for head, cell in zip([*sheet.head, *[""] * len(cells)], cells, strict=False)
        ]
        kept.append(row.text if tuple(new) == row.cells else sheet.written(new))
    return "".join(kept)


def _without(cell: str, participant: str) -> str:
    """A list of ids in one cell without one of them."""
    ids = cell.replace(",", " ").replace(";", " ").split()
    return " ".join(one for one in ids if one != participant) if participant in ids else cell


def _key(text: str, traces: Traces) -> str:
    """A key without the rows that lead to the participant."""
    sheet = rows.read(text)
    names = {name.casefold() for name in traces.names}

    def leads(row: rows.Row) -> bool:
        documents = row.get(sheet.head, "documents").split()
        words = [row.get(sheet.head, head).casefold() for head in ("original", "replacement")]
        return bool(names & set(words)) or documents == [traces.participant]

    return "".join([sheet.before, *(row.text for row in sheet.rows if not leads(row))])


def _records(text: str, traces: Traces, free: bool) -> str:
    """Lines of JSON without the records that point to the participant; only a line feed ends a line."""
    kept = []
    for line in text.split("\n"):
        try:
            record = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            kept.append(line)
            continue
        if {str(one) for one in _leaves(record)} & {traces.participant, *traces.documents, *traces.codings}:
            continue
        new = _without_names(record, traces) if free else record
        kept.append(line if new == record else json.dumps(new, ensure_ascii=False))
    return "\n".join(kept)


def _leaves(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [leaf for one in thing.values() for leaf in _leaves(one)]
    if isinstance(thing, list):
        return [leaf for one in thing for leaf in _leaves(one)]
    return [thing]


def _without_names(thing: Any, traces: Traces) -> Any:
    """Data with names in free text taken out; exact quotes stay."""
    if isinstance(thing, dict):
        return {
            key: value if key == "quote" and "document" in thing else _without_names(value, traces)
            for key, value in thing.items()
        }
    if isinstance(thing, list):
        return [_without_names(part, traces) for part in thing]
    return traces.pattern.sub(GONE, thing) if isinstance(thing, str) else thing


def _yaml(text: str, traces: Traces) -> str:
    """YAML without entries about the participant, citations of their codings, and their names.

    An entry is about the participant when one of its own values is their id, their id in the log, or, under
    ``household_id``, their household.
    """
    home = traces.ids["household_id"]
    if not (
        traces.pattern.search(text) or any(one in text for one in traces.codings) or (home and home in text)
    ):
        return text
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = 10_000, True
    try:
        data = yaml.load(text)
    except (YAMLError, ValueError, RecursionError):
        return text
    known = {traces.participant, traces.ids["log_id"], *traces.documents} - {""}

    def about(entry: Any) -> bool:
        if not isinstance(entry, dict):
            return str(entry) in traces.codings
        own = [str(value) for value in entry.values() if not isinstance(value, list | dict)]
        return bool(known & set(own)) or (bool(home) and str(entry.get("household_id")) == home)

    changed = _drop(data, about) + _blank(data, traces)
    if not changed:
        return text
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def _drop(thing: Any, about: Callable[[Any], bool]) -> int:
    """Remove entries from all lists within; how many were removed."""
    count = 0
    if isinstance(thing, list):
        for position in reversed(range(len(thing))):
            if about(thing[position]):
                del thing[position]
                count += 1
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ()
    return count + sum(_drop(part, about) for part in parts)


def _blank(thing: Any, traces: Traces) -> int:
    """Take names out of all texts within, in place; how many texts that were."""
    pairs = (
        list(thing.items())
        if isinstance(thing, dict)
        else list(enumerate(thing))
        if isinstance(thing, list)
        else []
    )
    count = 0
    for key, value in pairs:
        if isinstance(value, str) and not (key == "quote" and "document" in thing):
            new = traces.pattern.sub(GONE, value)
            if new != value:
                thing[key] = new
                count += 1
        elif not isinstance(value, str):
            count += _blank(value, traces)
    return count
