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


def read_lines(folder: Path, connection: Any, hours: int = 0) -> tuple[ibis.Table, str]:
    """Read receipt lines under the documented schema, lazily.

    Parameters
    ----------
    folder : Path
    connection : ibis.BaseBackend
    hours : int
        Added to every time. An offset written with a time is left out: months are those of the place.

    Returns
    -------
    (ibis.Table, str)
        The columns of `casestudy.purchases.read.Purchases.lines`; those that do not convert are missing and
        listed by `casestudy.purchases.check.purchase_problems`. And the sign of the currency.

    Raises
    ------
    InputError
        When columns are missing, a CSV file is not UTF-8, or more than one currency occurs.
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
    household = raw.household_id.cast("string")
    written = raw.timestamp.cast("string").replace("T", " ").substr(0, 19)
    time = written.try_cast("timestamp") + ibis.interval(hours=hours)
    basket = household.concat(" ", written)
    if "basket_id" in raw.columns:
        basket = ibis.coalesce(raw.basket_id.cast("string"), basket)
    lines = raw.select(
        household_id=household,
        basket_id=basket,
        product_id=raw.product_id.cast("string"),
        timestamp=time,
        month=time.strftime("%Y-%m"),
        month_number=(time.year() * 100 + time.month()).cast("int32"),
        quantity=(raw.quantity.try_cast("float64") * 1000).round().cast("int64"),
        cents=(raw.amount.try_cast("float64") * 100).round().cast("int64"),
    )
    return lines, currency


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
    if "currency" not in raw.columns:
        return "$"
    counts = connection.execute(raw.group_by("currency").agg(lines=raw.count()).order_by("currency"))
    counts = counts.dropna(subset=["currency"])
    if len(counts) > 1:
        listed = ", ".join(
            f"{code} ({lines:,} lines)" for code, lines in counts.itertuples(index=False, name=None)
        )
        problem = Problem("lines, column currency", f"more than one currency occurs: {listed}.",
                          "Convert the amounts, or make a study of each.")  # fmt: skip
        raise InputError("Amounts in two currencies cannot be added.", [problem])
    code = str(counts["currency"].iloc[0]) if len(counts) else "$"
    return _SIGNS.get(code.upper(), code)
