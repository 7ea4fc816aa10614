"""Any retailer's purchases: receipt lines and products in CSV or Parquet, one file or folders of them."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from casestudy import engine
from casestudy.errors import InputError, Problem, nearest, raise_if
from casestudy.files import tables
from casestudy.files.tables import Column
from casestudy.purchases.schema import LINES, PRODUCTS
from casestudy.purchases.written import (
    number_expression,
    read_time,
    read_whole,
    time_expression,
    trimmed,
    trimmed_expression,
    whole_expression,
)

if TYPE_CHECKING:
    import ibis
    import pandas as pd

ENDINGS = (".parquet", ".csv", ".csv.gz")
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_PIECE = 1 << 20
_MOST_SEARCHED = 500_000_000


def find(folder: Path, name: str) -> list[Path]:
    """Files of a table: ``NAME*.csv`` or ``.parquet`` in the folder, or everything below ``NAME/``.

    Raises
    ------
    InputError
        When there are none, or both formats are mixed.
    """
    found = [path for path in folder.glob(f"{name}*") if path.is_file() and path.name.endswith(ENDINGS)]
    found += [path for path in (folder / name).rglob("*") if path.is_file() and path.name.endswith(ENDINGS)]
    if not found:
        remedy = f"Put {name}.csv or {name}.parquet there, or a folder {name}/ of such files."
        problem = Problem(folder.name, f"it holds no table of {name}.", remedy)
        raise InputError("The purchases cannot be read.", [problem])
    if len({path.name.endswith(".parquet") for path in found}) > 1:
        problem = Problem(folder.name, f"its {name} are partly CSV and partly Parquet.", "Use one format.")
        raise InputError("The purchases cannot be read.", [problem])
    return sorted(found)


def read_lines(folder: Path, connection: Any, hours: int = 0) -> tuple[ibis.Table, ibis.Table, str]:
    """Read receipt lines under the documented schema, lazily.

    Parameters
    ----------
    folder : Path
    connection : ibis.BaseBackend
    hours : int
        Added to every time. An offset written with a time is left out: months are those of the place.

    Returns
    -------
    (ibis.Table, ibis.Table, str)
        The columns of `casestudy.purchases.read.Purchases.lines`; the lines that are set aside, with ``odd``:
        their time, quantity or amount cannot be read, or they are in another currency than most lines; and
        the sign of the currency. `casestudy.purchases.check.purchase_problems` lists what is set aside.

    Raises
    ------
    InputError
        When columns are missing or a CSV file is not UTF-8.
    """
    import ibis

    paths = find(folder, "lines")
    if text := not paths[0].name.endswith(".parquet"):
        raw, separator = _read_text(paths, connection)
    else:
        raw, separator = engine.parquet(connection, *paths), ","
        _expect_columns(raw.columns, paths[0].name)
    currency = _currency(raw, connection)
    code = trimmed_expression(raw.currency).upper() if currency else None
    household, product = (trimmed_expression(raw[name]).nullif("") for name in ("household_id", "product_id"))
    time = time_expression(raw.timestamp.cast("string"))
    basket = household.concat(" ", time.cast("string"))
    time = time + ibis.interval(hours=hours)
    if "basket_id" in raw.columns:
        basket = ibis.coalesce(raw.basket_id.cast("string"), basket)

    def whole(name: str, times: int) -> ibis.Value:
        if raw[name].type().is_numeric():
            return number_expression(raw[name], times)
        return whole_expression(raw[name], times, comma=separator == ";")

    every = raw.select(
        household_id=household,
        basket_id=basket,
        product_id=product,
        timestamp=time,
        month=time.strftime("%Y-%m"),
        month_number=(time.year() * 100 + time.month()).cast("int32"),
        quantity=whole("quantity", 1000),
        cents=whole("amount", 100),
        worth=whole("amount", 100),
        foreign=code.fill_null(currency) != currency if code is not None else ibis.literal(False),
    )
    ids = every.household_id.isnull() | every.product_id.isnull()
    unread = ids | every.timestamp.isnull() | every.quantity.isnull() | every.cents.isnull()
    odd = ibis.cases((unread, "unreadable"), (every.foreign, "another currency"))
    marked = every.mutate(odd=odd).drop("foreign")
    with engine.step("receipt lines", connection):
        marked = engine.once(connection, marked) if text else marked
        _expect_rows(marked, connection, folder)
    kept = marked.filter(marked.odd.isnull()).drop("odd")
    return kept, marked.filter(marked.odd.notnull()), _SIGNS.get(currency, currency) or "$"


def _read_text(paths: list[Path], connection: Any) -> tuple[ibis.Table, str]:
    """CSV files as one table of text, whatever order their columns have; and their separator."""
    import ibis

    heads = _heads(paths)
    separators = {separator for separator, _ in heads}
    if len(separators) > 1:
        problem = Problem("lines", "the files differ in what separates their columns.", "Use one for all.")
        raise InputError("Receipt lines cannot be read.", [problem])
    separator = separators.pop()
    same: dict[tuple[str, ...], list[str]] = {}
    for path, (_, names) in zip(paths, heads, strict=True):
        same.setdefault(tuple(names), []).append(str(path))
    wanted = [column.name for column in LINES.columns]
    parts = []
    for header, files in same.items():
        names = list(header)
        if connection.name == "pyspark":
            # As the embedded engine is told below: quotes within quotes are doubled, a cell may have lines.
            quoted = {"quote": '"', "escape": '"', "multiLine": True, "inferSchema": False}
            part = connection.read_csv(files, header=True, sep=separator, **quoted)
        else:
            # Said outright: an engine that guesses may take a line that is too short for the header.
            said = {"delim": separator, "quote": '"', "escape": '"', "header": True, "auto_detect": False}
            mild = {"null_padding": True, "strict_mode": False, "parallel": False}
            columns = dict.fromkeys(names, "VARCHAR")
            part = connection.read_csv(files, columns=columns, **said, **mild)
        there = {name: part[name] for name in wanted if name in names}
        absent = {name: ibis.null("string") for name in wanted if name not in names and _any(heads, name)}
        parts.append(part.select(**dict(sorted((there | absent).items()))))
    return ibis.union(*parts) if len(parts) > 1 else parts[0], separator


def _any(heads: list[tuple[str, list[str]]], name: str) -> bool:
    return any(name in names for _, names in heads)


def _heads(paths: list[Path]) -> list[tuple[str, list[str]]]:
    """Separator and names of the columns of every file; all problems of all files at once."""
    problems: list[Problem] = []
    heads = []
    for path in paths:
        found = _text_problem(path)
        if found:
            problems.append(found)
            continue
        with _open(path) as file:
            first = codecs.decode(file.readline(_PIECE), "utf-8-sig").strip("\r\n")
        separator = max(",;\t", key=first.count)
        names = next(csv.reader([first], delimiter=separator), [])
        heads.append((separator, names))
        lacking = [column for column in LINES.columns if column.required and column.name not in names]
        problems += _lacking(lacking, names, path.name)
        problems += [
            Problem(path.name, f"column {name!r} occurs twice.", "Give each column its own name.")
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
    raise_if(problems, "Receipt lines cannot be read.")
    return heads


def _text_problem(path: Path) -> Problem | None:
    """What keeps a file from being read as a table in UTF-8, if anything does."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    place = 0
    try:
        with _open(path) as file:
            while piece := file.read(_PIECE):
                if b"\0" in piece:
                    return Problem(
                        path.name, "it holds zero bytes: it is not text.", "Save it as CSV in UTF-8."
                    )
                decoder.decode(piece)
                place += len(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        where = f"near byte {place + error.start}"
        return Problem(path.name, f"it is not UTF-8 ({where}).", "Save it as UTF-8.")
    except (OSError, EOFError, zlib.error) as error:
        return Problem(path.name, f"it cannot be read ({error}).", "Write it again, or take it away.")
    return None if place else Problem(path.name, "it is empty.", "Give it a header row, or take it away.")


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if path.name.endswith(".gz") else path.open("rb")


def _expect_rows(lines: ibis.Table, connection: Any, folder: Path) -> None:
    if not len(connection.execute(lines.select("household_id").limit(1))):
        problem = Problem(folder.name, "its tables of lines hold no rows.", "Put receipt lines there.")
        raise InputError("There are no purchases.", [problem])


def places(paths: list[Path], hours: int, lines: list[tuple[Any, ...]]) -> list[str]:
    """File and row of receipt lines, the header being row 1; empty where a line is not found again.

    Parameters
    ----------
    paths : list of Path
        CSV files. Files of more than `_MOST_SEARCHED` bytes in all are not searched.
    hours : int
        As in `read_lines`.
    lines : list of tuple
        Household, product, time, quantity and cents as `read_lines` gives them; None for missing. Equal lines
        are given rows in turn.
    """
    if sum(path.stat().st_size for path in paths) > _MOST_SEARCHED:
        return [""] * len(lines)
    asked: dict[tuple[Any, ...], list[int]] = {}
    for place, line in enumerate(lines):
        asked.setdefault(line, []).append(place)
    found = [""] * len(lines)
    for path in paths:
        separator = _heads([path])[0][0]
        with _open(path) as file:
            rows = csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline=""), delimiter=separator)
            for number, row in enumerate(rows, start=2):
                if waiting := asked.get(_as_read(row, hours, separator)):
                    found[waiting.pop(0)] = f"{path.name}, row {number}"
    return found


def _as_read(row: dict[str, Any], hours: int, separator: str) -> tuple[Any, ...]:
    """A row's household, product, time, quantity and cents as the engine reads them."""

    comma = separator == ";"
    time = read_time(row.get("timestamp") or "")
    household, product = (trimmed(row.get(name)) or None for name in ("household_id", "product_id"))
    quantity, cents = (
        read_whole(row.get(name) or "", times, comma) for name, times in (("quantity", 1000), ("amount", 100))
    )
    return household, product, time and time + timedelta(hours=hours), quantity, cents


def read_products(folder: Path) -> pd.DataFrame:
    """Read the product table; columns that are not given are missing values.

    Raises
    ------
    InputError
        With every problem: a missing id, ids that occur twice, a wrong encoding.
    """
    import pandas as pd
    from pyarrow import ArrowInvalid

    frames = []
    problems: list[Problem] = []
    for path in find(folder, "products"):
        if path.name.endswith(".parquet"):
            try:
                read = pd.read_parquet(path)
            except (ArrowInvalid, OSError) as error:
                reason = str(error).splitlines()[0].rstrip(".")
                remedy = "Write it again, or take it away."
                problems.append(Problem(path.name, f"it is not a Parquet file ({reason}).", remedy))
                continue
            frame, found = tables.conform(read, PRODUCTS, path.name)
            problems += found
        elif found_wrong := _text_problem(path):
            problems.append(found_wrong)
            continue
        else:
            frame = tables.read_csv(path, PRODUCTS, path.name)
        frames.append(frame.reindex(columns=PRODUCTS.names))
    raise_if(problems, "The products have problems.")
    products = pd.concat(frames, ignore_index=True)
    if products.empty:
        problem = Problem("products", "its tables hold no rows.", "Put a row for each product there.")
        raise InputError("There are no products.", [problem])
    products["product_id"] = products["product_id"].astype("str")
    again = products["product_id"][products["product_id"].duplicated()]
    problems += [
        Problem("products", f"product {product!r} occurs in more than one file.", "Keep one record.")
        for product in sorted(set(again))[:20]
        if len(frames) > 1
    ]
    raise_if(problems, "The products have problems.")
    return products


def _expect_columns(columns: Any, where: str) -> None:
    needed = [column for column in LINES.columns if column.required and column.name not in columns]
    raise_if(_lacking(needed, list(columns), where), "The receipt lines lack columns.")


def _lacking(columns: list[Column], there: list[str], where: str) -> list[Problem]:
    return [
        Problem(where, f"column {one.name!r} is missing ({one.meaning}).", nearest(one.name, there))
        for one in columns
    ]


def _currency(raw: ibis.Table, connection: Any) -> str:
    """The code that most lines have; empty where the lines have none."""
    if "currency" not in raw.columns:
        return ""
    codes = raw.select(currency=trimmed_expression(raw.currency).upper().nullif(""))
    counted = codes.group_by("currency").agg(lines=codes.count())
    counts = connection.execute(counted).dropna(subset=["currency"])
    counts = counts.sort_values(["lines", "currency"], ascending=[False, True])
    return str(counts["currency"].iloc[0]) if len(counts) else ""
