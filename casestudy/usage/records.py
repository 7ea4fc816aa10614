"""Records of JSON and of nested Parquet as columns of text: numbers keep their digits, lists are opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Protocol

import numpy as np

from casestudy.errors import InputError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 50_000
_EXACT = 2.0**53
_UNREAD = "Events cannot be read."


class Source(Protocol):
    """What the readers of records need to know of an export."""

    where: str
    explode: str
    inside: str
    needed: tuple[str, ...]
    known: list[str]
    broken: list[tuple[int, str, str]]


def number(written: str) -> str:
    """A number of JSON as text: 17.0 is 17, and an exponent is written so that it is recognised.

    Examples
    --------
    >>> number("17.0"), number("17.25"), number("1.5e20")
    ('17', '17.25', '1.5E+20')
    """
    mantissa, e, power = written.lower().partition("e")
    if e:
        return f"{mantissa}E{power if power[:1] in '+-' else '+' + power}"
    whole, _, rest = written.partition(".")
    return whole if not rest.strip("0") else written


def text(value: Any) -> str | None:
    """A value of a record as text; None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return None if value != value else _float(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


def _float(value: float) -> str:
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return number(repr(value)) if "e" in repr(value) or not value.is_integer() else f"{value:.16E}"


def as_text(values: pa.Array) -> pa.Array:
    """A column of Parquet as text.

    Whole numbers in a column of floating numbers, as programs write ids of which some are missing, are
    whole again; from 2**53 on, where digits are lost, they are written with an exponent.

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_text(pa.array([1001.0, None, 2.0**60])).to_pylist()
    ['1001', None, '1.152921504606847E+18']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_dictionary(kind):
        return as_text(values.cast(kind.value_type))
    if pa.types.is_floating(kind) or pa.types.is_nested(kind):
        return pa.array([text(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        values = values.cast(pa.timestamp("us", tz=kind.tz), safe=False)
    if pa.types.is_decimal(kind):
        return pa.array(
            [None if one is None else format(one, "f") for one in values.to_pylist()], pa.string()
        )
    texts = values.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


@lru_cache(maxsize=1000)
def steps(path: str) -> tuple[str | int, ...]:
    """The steps of a path: names between dots, keys and numbers in brackets, anything in quotation marks.

    Examples
    --------
    >>> steps('context.extensions."http://e.org/x".page')
    ('context', 'extensions', 'http://e.org/x', 'page')
    >>> steps("event_params[page_location]"), steps("parent[0].id")
    (('event_params', '[page_location'), ('parent', 0, 'id'))
    """
    parts: list[str | int] = []
    rest = path.lstrip(".")
    while rest:
        if rest[0] == '"' and '"' in rest[1:]:
            name, _, rest = rest[1:].partition('"')
            parts.append(name)
        elif rest[0] == "[" and "]" in rest:
            key, _, rest = rest[1:].partition("]")
            parts.append(int(key) if key.isdigit() else f"[{key}")
        else:
            cut = next((at for at, sign in enumerate(rest) if at and sign in ".["), len(rest))
            parts.append(rest[:cut])
            rest = rest[cut:]
        rest = rest.removeprefix(".")
    return tuple(parts)


def root(path: str) -> str:
    """The field of a record that a path begins at."""
    return str(steps(path)[0]) if steps(path) else path


def value(record: Any, path: str) -> Any:
    """What stands in a record at the end of a path; None where there is nothing.

    A dot goes into a nested record; a name in brackets takes one entry of a list of key and value, a number
    in brackets that entry of a list; a name with dots in it stands in quotation marks. A record may be
    written as JSON in a text, as tools that export tables do.

    Examples
    --------
    >>> value({"p": [{"key": "page", "value": {"string_value": None, "int_value": 7}}]}, "p[page]")
    7
    """
    if isinstance(record, Mapping) and path in record:
        return record[path]
    for step in steps(path):
        if isinstance(record, str) and record[:1] in "{[":
            record = _of_text(record)
        if isinstance(step, int):
            record = record[step] if isinstance(record, list) and step < len(record) else None
        elif step[:1] == "[":
            record = _of_list(record, step[1:])
        else:
            record = record.get(step) if isinstance(record, Mapping) else None
        if record is None:
            return None
    return record


def _of_text(written: str) -> Any:
    try:
        return decoded(written.encode("utf-8", "replace"))
    except ValueError:
        return None


def _of_list(entries: Any, key: str) -> Any:
    """The value under `key` in a list of {key, value}; a value may be a record with one filled field."""
    if isinstance(entries, Mapping):
        return entries.get(key)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, Mapping) and entry.get("key") == key:
            inner = entry.get("value")
            if isinstance(inner, Mapping):
                return next((filled for filled in inner.values() if filled is not None), None)
            return inner
    return None


def columns(
    source: Source, given: Iterable[tuple[int, Any]], asked: Sequence[str]
) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
    """Records as columns of text, in pieces; a list that is to be opened gives an event for each entry."""
    import pyarrow as pa

    rows: list[int] = []
    cells: list[list[str | None]] = [[] for _ in asked]
    getters: list[tuple[bool, Callable[[Any], Any]]] = [(name[:1] == ".", _getter(name)) for name in asked]

    def piece() -> tuple[np.ndarray, pa.RecordBatch]:
        arrays = [_column(values) for values in cells]
        return np.array(rows, dtype=np.int64), pa.RecordBatch.from_arrays(arrays, names=list(asked))

    for row, record in given:
        if not source.known:
            source.known += [str(name) for name in record]
        entries = value(record, source.explode) if source.explode else [record]
        for entry in entries if isinstance(entries, list) else []:
            rows.append(row)
            for place, (inner, get) in zip(cells, getters, strict=True):
                place.append(text(get(entry if inner else record)))
        if len(rows) >= _CHUNK:
            yield piece()
            rows, cells = [], [[] for _ in asked]
    if rows:
        yield piece()


def _getter(path: str) -> Callable[[Any], Any]:
    name = path.lstrip(".")
    if steps(path) == (name,):
        return lambda record: record.get(name) if isinstance(record, Mapping) else None
    return lambda record: value(record, name)


def _column(values: list[str | None]) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array(
            [None if one is None else one.encode("utf-8", "replace").decode() for one in values], pa.string()
        )


def of_lines(source: Source, file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Records of JSON Lines with their line; a line may hold an envelope of records."""
    for row, line in enumerate(file, start=1):
        plain = (line.removeprefix(b"\xef\xbb\xbf") if row == 1 else line).strip(b" \t\r\n\x1e")
        if not plain:
            continue
        try:
            content = decoded(plain)
        except ValueError as error:
            source.broken.append((row, f"it is not JSON: {error}.", "Correct the line, or take it out."))
            continue
        for entry in _opened(source, content):
            if isinstance(entry, dict):
                yield row, entry
            else:
                source.broken.append((row, "it is not a record.", "Take it out."))


def of_file(source: Source, file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Records of a JSON file: a list, one record, an envelope of records, or a record in each line."""
    data = file.read().removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise InputError(_UNREAD, [Problem(source.where, "it is empty.", "Export it again.")])
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(_UNREAD, [Problem(source.where, "it is not UTF-8.", "Save it as UTF-8.")])
    try:
        content = decoded(data)
    except ValueError as error:
        first, _, rest = data.strip().partition(b"\n")
        try:
            single = isinstance(decoded(first.strip()), dict) and rest.strip()[:1] == b"{"
        except ValueError:
            single = False
        if not single:
            problem = Problem(source.where, f"it is not JSON in UTF-8: {error}.", "Export it again.")
            raise InputError(_UNREAD, [problem]) from error
        yield from of_lines(source, iter(data.splitlines(keepends=True)))  # type: ignore[arg-type]
        return
    for row, entry in enumerate(_opened(source, content), start=1):
        if isinstance(entry, dict):
            yield row, entry
        else:
            source.broken.append((row, "it is not a record.", "Take it out."))


def decoded(data: bytes) -> Any:
    """JSON with its numbers as they are written.

    Raises
    ------
    ValueError
        With the line, where it is not JSON. Not-a-number, which Python writes, is a missing value.

    Examples
    --------
    >>> decoded(b'{"a": 12345678901234567890, "b": 17.0, "c": NaN}')
    {'a': '12345678901234567890', 'b': '17', 'c': None}
    """
    import msgspec

    try:
        return _decoder().decode(data)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return json.loads(
            data.decode("utf-8"), parse_int=str, parse_float=number, parse_constant=lambda _: None
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise ValueError(f"{error.msg.lower()} ({place}character {error.colno})") from error
    except RecursionError as error:
        raise ValueError("records lie in records too deep") from error


@lru_cache(maxsize=1)
def _decoder() -> Any:
    import msgspec

    return msgspec.json.Decoder(float_hook=number)


def _opened(source: Source, content: Any) -> list[Any]:
    """The records that a value holds: itself, a list, or what lies in an envelope around them."""
    if isinstance(content, list):
        return content
    if not isinstance(content, dict):
        return [content]
    if source.inside:
        inner = value(content, source.inside)
        if not isinstance(inner, list):
            found = f"there is no list at {source.inside!r}."
            raise InputError(_UNREAD, [Problem(source.where, found, "Correct records: in the mapping.")])
        return inner
    if not source.needed or any(root(name) in content or name in content for name in source.needed):
        return [content]
    lists = [name for name, inner in content.items() if isinstance(inner, list) and _records(inner)]
    if len(lists) > 1:
        found = f"records may lie in {', '.join(lists)}."
        raise InputError(_UNREAD, [Problem(source.where, found, "Say which, with records: in the mapping.")])
    return list(content[lists[0]]) if lists else [content]


def _records(entries: list[Any]) -> bool:
    return bool(entries) and all(isinstance(entry, dict) for entry in entries[:10])
