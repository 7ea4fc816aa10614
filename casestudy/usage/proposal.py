"""A first mapping for an export that is recognised, and a first vocabulary, for a person to correct."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem
from casestudy.files import guard
from casestudy.usage import clocks, records
from casestudy.usage.exports import COMBINED, Export, header, opened
from casestudy.usage.tools import SERVER, TOOLS, Tool
from casestudy.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_KINDS = 60
_LOOKED_AT = 500_000
_FILES = r"[.](?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|woff2?|ttf|eot|mp4|txt|xml)(?:[?]|$)"
_NOT_TEXT = ("on", "off", "yes", "no", "y", "n", "true", "false", "null")  # to YAML
_UNPROPOSED = "No mapping can be proposed."


@dataclass(frozen=True)
class Proposal:
    """What is proposed.

    Attributes
    ----------
    tool : str
        What the export was recognised as.
    mapping : str
        The mapping file's text.
    actions : dict of str to str
        Action, and its entry in the vocabulary's file.
    rows : int
        Rows looked at.
    """

    tool: str
    mapping: str
    actions: dict[str, str]
    rows: int

    @property
    def vocabulary(self) -> str:
        """The vocabulary's text."""
        head = "# Proposed by casestudy import-log --propose. Say what each action means, and group them.\n"
        return head + "actions:\n" + "".join(self.actions.values())


def propose(path: Path, where: str | None = None) -> Proposal:
    """Recognise an export and propose how to read it.

    Parameters
    ----------
    path : Path
    where : str, optional
        How to call the file in messages; its name by default.

    Raises
    ------
    InputError
        When it cannot be read, or is of no tool that is known here.
    """
    name = where or path.name
    with guard.reading(name, _UNPROPOSED):
        lines, tool, there = _recognised(path, name)
        flat = not lines and Export(path, name).kind == "csv"
        columns = {
            ours: given
            for ours, theirs in tool.columns.items()
            if (given := tuple(path_ for path_ in theirs if _is_given(path_, there, flat)))
        }
        counts, offsets, unit = _looked_at(path, name, tool, columns, lines)
        return _written(tool, columns, counts, offsets, unit, lines)


def _recognised(path: Path, where: str) -> tuple[str, Tool, set[str] | None]:
    """How lines are read, the tool, and the names of columns where there are no records but columns."""
    if _is_servers(path):
        return "combined", SERVER, None
    export = Export(path, where)
    there: set[str]
    tool: Tool | None = None
    if export.kind == "log":
        there = set()
    elif export.kind == "csv":
        there = set(header(path).names)
        tool = next((tool for tool in TOOLS if set(tool.marks) <= there), None)
    else:
        record = _first(export)
        tool = next((tool for tool in TOOLS if all(_has(record, mark) for mark in tool.marks)), None)
        there = set(record)
    if tool is None:
        shown = ", ".join(sorted(there)[:12]) or "none"
        tools = ", ".join(tool.name for tool in (*TOOLS, SERVER))
        found = f"it is none of {tools}; its fields: {shown}."
        raise InputError(_UNPROPOSED, [Problem(where, found, "Write it: casestudy import-log --help.")])
    return "", tool, there if export.kind in ("csv", "parquet") else None


def _is_servers(path: Path) -> bool:
    """Whether the first line is one of a web server's log."""
    with opened(path) as file:
        line = file.readline(100_000).decode("utf-8", "replace")
    return re.match(COMBINED, line.rstrip("\r\n")) is not None


def _first(export: Export) -> dict[str, object]:
    """The first record; of Parquet the first row, or the names of its columns."""
    import pyarrow.parquet as pq

    if export.kind == "parquet":
        file = pq.ParquetFile(export.path)
        batch = next(file.iter_batches(1), None)
        rows = batch.to_pylist() if batch is not None else []
        return dict(rows[0]) if rows else dict.fromkeys(file.schema_arrow.names)
    roots = {records.root(mark) for tool in TOOLS for mark in tool.marks}
    whole = Export(export.path, export.where, needed=tuple(sorted(roots)))
    return next((record for _, record in whole.each()), {})


def _is_given(path: str, there: set[str] | None, flat: bool) -> bool:
    """Whether an export has a field, as far as its columns say."""
    return there is None or path in there or (not flat and (path[:1] == "." or records.root(path) in there))


def _has(record: dict[str, object], mark: str) -> bool:
    return mark in record or records.value(record, mark) is not None


def _looked_at(
    path: Path, where: str, tool: Tool, columns: dict[str, tuple[str, ...]], lines: str
) -> tuple[Counter[str], bool, str]:
    """Kinds of acts and how many rows each has, whether all times state an offset, and their unit."""
    import pyarrow.compute as pc

    when = columns["timestamp"]
    needed = (tool.explode,) if tool.explode else (*columns["participant_id"], *when)
    export = Export(path, where, tool.explode, "", lines, needed)
    counts: Counter[str] = Counter()
    offsets, unit = True, ""
    rows = 0
    for _, piece in export.pieces([*tool.kind, *when]):
        kinds = _coalesced(piece, tool.kind)
        if tool is SERVER:
            kinds = pc.replace_substring_regex(kinds, r"^/*([^/?#]*).*$", r"/\1")
        for entry in pc.value_counts(kinds.drop_null()).to_pylist():
            counts[entry["values"]] += entry["counts"]
        times = _coalesced(piece, when).drop_null()
        clock = clocks.read(times, clocks.Clock())
        offsets &= clocks.NO_ZONE not in clock.wrong
        unit = unit or _unit(times)
        rows += len(piece)
        if rows >= _LOOKED_AT:
            break
    if not rows:
        found = "it holds no events."
        raise InputError(_UNPROPOSED, [Problem(where, found, "Export it again, with events in it.")])
    return counts, offsets, unit


def _coalesced(piece: pa.RecordBatch, names: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.coalesce(*(piece.column(name).cast(pa.string()) for name in names))


def _unit(times: pa.Array) -> str:
    """In which unit most of the counts would lie between 1990 and 2100; empty where they are not counts."""
    bad = {unit: int(clocks.read(times, clocks.Clock(unit)).bad.sum()) for unit in clocks.UNITS}
    best = min(bad, key=lambda unit: bad[unit])
    return best if len(times) and 2 * bad[best] < len(times) else ""


def _written(
    tool: Tool,
    columns: dict[str, tuple[str, ...]],
    counts: Counter[str],
    offsets: bool,
    unit: str,
    lines: str,
) -> Proposal:
    time = dict(tool.time)
    if unit and time.get("format", "count") in (*clocks.UNITS, "count"):
        time = {"format": unit}
    elif offsets and "format" not in time:
        time.pop("zone", None)
    elif not offsets:
        time.setdefault("zone", "UTC")
    text = [f"# Proposed for {tool.name} by casestudy import-log --propose: look at every line.\n"]
    text += [f"# - {note}\n" for note in tool.notes]
    text += [f"{key}: {value}\n" for key, value in (("lines", lines), ("explode", tool.explode)) if value]
    text.append("columns:\n")
    for ours, theirs in columns.items():
        named = ", ".join(_plain(one) for one in theirs)
        text.append(f"  {ours}: {named if len(theirs) == 1 else f'[{named}]'}\n")
    if time:
        text.append("time: {" + ", ".join(f"{key}: {_plain(value)}" for key, value in time.items()) + "}\n")
    listed = [(kind, many) for kind, many in counts.most_common() if kind not in tool.automatic]
    text.append("actions:\n")
    actions: dict[str, str] = {}
    for kind, many in listed[:_MOST_KINDS]:
        action = _named(kind, set(actions))
        text.append(f"- {{action: {action}, when: {{{_fits(tool, kind)}}}}}  # {counted(many, 'row')}\n")
        actions[action] = _entry(action, _meaning(tool, kind), _shows(tool, kind))
    if len(listed) > _MOST_KINDS:
        rest = len(listed) - _MOST_KINDS
        text.append(f"- {{action: other, when: {{{_plain(tool.kind[0])}: '.'}}}}  # {rest:,} rarer kinds\n")
        actions["other"] = _entry("other", "Rarer kinds of acts: tell apart those that matter.", False)
    dropped = [kind for kind in counts if kind in tool.automatic]
    if dropped or tool is SERVER:
        text.append("drop:\n")
        text += [f"- {{when: {{{_fits(tool, kind)}}}}}  # the tool's own\n" for kind in dropped]
    if tool is SERVER:
        text.append(f"- {{when: {{path: {_plain(_FILES)}}}}}  # what pages load by themselves\n")
        text.append("- {when: {status: '^[45]'}}  # what failed\n")
    return Proposal(tool.name, "".join(text), actions, sum(counts.values()))


def _entry(action: str, meaning: str, look: bool) -> str:
    shows = "  look: true\n" if look else ""
    words = json.dumps(meaning, ensure_ascii=False)
    return f"- id: {action}\n  group: {action}\n{shows}  meaning: {words}\n"


def _fits(tool: Tool, kind: str) -> str:
    """The rule's condition: the field holds just this kind."""
    name = _plain(tool.kind[0])
    if tool is SERVER:
        return f"{name}: {_plain(f'^/*{_escaped(kind[1:])}(?:[/?#]|$)')}"
    return f"{name}: {_plain(f'^{_escaped(kind)}$')}"


def _escaped(text: str) -> str:
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)


def _plain(text: str) -> str:
    """Text as YAML takes it: bare where that is safe, else in quotation marks."""
    return (
        text if re.fullmatch(r"[A-Za-z][\w/]*(?:[.][\w]+)*", text) else json.dumps(text, ensure_ascii=False)
    )


def _last(kind: str) -> str:
    """What a name that is an address ends in."""
    return re.split(r"[/#]", kind.rstrip("/#"))[-1] if "://" in kind else kind


def _named(kind: str, taken: set[str]) -> str:
    """An id for an action."""
    slug = re.sub(r"[^a-z0-9]+", "_", _last(kind).lower()).strip("_")[:40] or "start"
    slug = slug if slug[0].isalpha() and slug not in _NOT_TEXT else f"a_{slug}"
    return next(name for name in (slug, *(f"{slug}_{at}" for at in range(2, 10_000))) if name not in taken)


def _shows(tool: Tool, kind: str) -> bool:
    return tool is SERVER or _last(kind) in tool.shows


def _meaning(tool: Tool, kind: str) -> str:
    if tool is SERVER:
        return f"Asks for a page under {kind}. Say what that is."
    return f"{tool.name} calls it {kind}. Say what it is."
