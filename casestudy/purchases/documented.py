"""Any retailer's purchases: receipt lines and products in CSV or Parquet, one file or folders of them."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy import engine, tables
from casestudy.errors import InputError, Problem, nearest
from casestudy.purchases.schema import LINES, PRODUCTS

if TYPE_CHECKING:
    import ibis
    import pandas as pd

ENDINGS = (".parquet", ".csv", ".csv.gz")
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_PIECE = 1 << 20


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
    if paths[0].name.endswith(".parquet"):
        raw = engine.parquet(connection, *paths)
    else:
        _expect_utf8(paths)
        texts = {"header": True} if connection.name == "pyspark" else {"all_varchar": True, "header": True}
        raw = connection.read_csv([str(path) for path in paths], **texts)
    _expect_columns(raw.columns, paths[0].name)
    currency = _currency(raw, connection)
    foreign = raw.currency.fill_null(currency) != currency if currency else ibis.literal(False)
    household = raw.household_id.cast("string")
    written = raw.timestamp.cast("string").replace("T", " ").substr(0, 19)
    time = written.try_cast("timestamp") + ibis.interval(hours=hours)
    basket = household.concat(" ", written)
    if "basket_id" in raw.columns:
        basket = ibis.coalesce(raw.basket_id.cast("string"), basket)
    every = raw.select(
        household_id=household,
        basket_id=basket,
        product_id=raw.product_id.cast("string"),
        timestamp=time,
        month=time.strftime("%Y-%m"),
        month_number=(time.year() * 100 + time.month()).cast("int32"),
        quantity=(raw.quantity.try_cast("float64") * 1000).round().cast("int64"),
        cents=(raw.amount.try_cast("float64") * 100).round().cast("int64"),
        foreign=foreign,
    )
    unread = every.timestamp.isnull() | every.quantity.isnull() | every.cents.isnull()
    odd = ibis.cases((unread, "unreadable"), (every.foreign, "another currency"))
    marked = every.mutate(odd=odd).drop("foreign")
    kept = marked.filter(marked.odd.isnull()).drop("odd")
    return kept, marked.filter(marked.odd.notnull()), _SIGNS.get(currency.upper(), currency) or "$"


def read_products(folder: Path) -> pd.DataFrame:
    """Read the product table; columns that are not given are missing values.

    Raises
    ------
    InputError
        With every problem: a missing id, ids that occur twice, a wrong encoding.
    """
    import pandas as pd

    frames = []
    problems: list[Problem] = []
    for path in find(folder, "products"):
        if path.name.endswith(".parquet"):
            frame, found = tables.conform(pd.read_parquet(path), PRODUCTS, path.name)
            problems += found
        else:
            frame = tables.read_csv(path, PRODUCTS, path.name)
        frames.append(frame.reindex(columns=PRODUCTS.names))
    products = pd.concat(frames, ignore_index=True)
    products["product_id"] = products["product_id"].astype("str")
    again = products["product_id"][products["product_id"].duplicated()]
    problems += [
        Problem("products", f"product {product!r} occurs in more than one file.", "Keep one record.")
        for product in sorted(set(again))[:20]
        if len(frames) > 1
    ]
    if problems:
        raise InputError("The products have problems.", problems)
    return products


def _expect_columns(columns: Any, where: str) -> None:
    needed = [column for column in LINES.columns if column.required and column.name not in columns]
    if needed:
        raise InputError(
            "The receipt lines lack columns.",
            [
                Problem(where, f"column {c.name!r} is missing ({c.meaning}).", nearest(c.name, list(columns)))
                for c in needed
            ],
        )


def _expect_utf8(paths: list[Path]) -> None:
    problems = []
    for path in paths:
        if path.name.endswith(".gz"):
            continue
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        place = 0
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                try:
                    decoder.decode(piece)
                except UnicodeDecodeError as error:
                    where = f"near byte {place + error.start}"
                    problems.append(Problem(path.name, f"it is not UTF-8 ({where}).", "Save it as UTF-8."))
                    break
                place += len(piece)
    if problems:
        raise InputError("Receipt lines cannot be read.", problems)


def _currency(raw: ibis.Table, connection: Any) -> str:
    """The code that most lines have; empty where the lines have none."""
    if "currency" not in raw.columns:
        return ""
    counts = connection.execute(raw.group_by("currency").agg(lines=raw.count())).dropna(subset=["currency"])
    counts = counts.sort_values(["lines", "currency"], ascending=[False, True])
    return str(counts["currency"].iloc[0]) if len(counts) else ""
