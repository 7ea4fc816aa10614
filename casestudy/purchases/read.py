"""Readers of purchases: Complete Journey, or any retailer's files under the documented schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy import engine
from casestudy.errors import InputError, Problem, nearest
from casestudy.purchases import documented, food
from casestudy.purchases.columns import texts
from casestudy.study import Study

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

JOURNEY_LINES = {
    "household_id",
    "basket_id",
    "product_id",
    "quantity",
    "sales_value",
    "coupon_disc",
    "transaction_timestamp",
}
JOURNEY_HOURS = -5
"""Complete Journey's times are UTC and its place keeps US Eastern time: the data's own column ``week`` turns
at 05:00 in winter and at 04:00 from 12 March to 5 November, and agrees with that zone's Mondays for every
basket. A fixed shift of -5 hours is kept, the same on every engine: from March to November it leaves the hour
after midnight on the day before, which puts 27 of 155,848 baskets (344 lines) in the month before theirs. The
shops' hours fit too: quietest from 3 to 4, none open on 25 December. A parameter of `open_purchases`."""


@dataclass(frozen=True)
class Purchases:
    """Receipt lines and products, ready for queries.

    Attributes
    ----------
    connection : ibis.BaseBackend
        The engine that holds `lines`.
    lines : ibis.Table
        ``household_id``, ``basket_id``, ``product_id``, ``timestamp`` (local time), ``month``
        (text, ``2017-03``), ``month_number`` (201703), ``quantity`` (thousandths of a unit, integer),
        ``cents`` (what the household paid, hundredths of the currency, integer) and ``worth`` (what the
        retailer received for it: prices and weights follow this, since a manufacturer's coupon makes no food
        lighter). Integers, so that sums are exact on every engine. A coupon on a line of its own, or worth
        more than its line, makes ``cents`` negative.
    records : pyarrow.Table
        A row per product: ``product_id``, ``department``, ``category``, ``type``, ``size``, ``brand``,
        ``class``.
    currency : str
    source : str
        What the purchases are, in a word.
    aside : ibis.Table, optional
        Lines that count for nothing, with ``odd``: unreadable, or in another currency than the others.
    places : callable, optional
        Tells file and row of lines that come from text files: `casestudy.purchases.documented.places`.
    """

    connection: Any
    lines: ibis.Table
    records: pa.Table
    currency: str = "$"
    source: str = ""
    aside: ibis.Table | None = None
    places: Callable[[list[tuple[Any, ...]]], list[str]] | None = None

    @cached_property
    def products(self) -> pd.DataFrame:
        """The product records as a data frame."""
        return self.records.to_pandas()

    def classed(self, *classes: str) -> ibis.Table:
        """Lines of products of these classes (`casestudy.purchases.schema.CLASSES`)."""
        return self.join(self.of_class(*classes).select(["product_id"]))

    def of_class(self, *classes: str) -> pa.Table:
        """Records of products of these classes."""
        from pyarrow import compute

        return self.records.filter(compute.is_in(self.records["class"], value_set=texts(classes)))

    def join(self, products: pa.Table | pd.DataFrame) -> ibis.Table:
        """Lines joined with facts of products; lines of other products fall away."""
        return self.lines.join(engine.small(self.connection, products), "product_id")


def open_purchases(study: Study, connection: Any = None, hours: int | None = None) -> Purchases:
    """Open the study's purchases without reading them into memory.

    Parameters
    ----------
    study : Study
        Its source ``purchases`` names a folder: Complete Journey's Parquet files, or lines and products
        under the schema of `casestudy.purchases.schema` (``lines*.csv`` or ``.parquet``, or a folder
        ``lines/`` of them; ``products`` likewise).
    connection : ibis.BaseBackend, optional
        An open engine; one is opened from the study's settings by default.
    hours : int, optional
        Hours to add to every time; for Complete Journey `JOURNEY_HOURS` by default, else 0.

    Returns
    -------
    Purchases

    Raises
    ------
    InputError
        When files or columns are missing.

    Examples
    --------
    >>> purchases = open_purchases(Study.find())
    >>> int(purchases.lines.count().execute())
    1469307
    """
    connection = connection if connection is not None else engine.connect(study.engine)
    folder = study.source("purchases")
    rules = food.read_rules(study)
    if (folder / "transactions.parquet").is_file():
        return _journey(folder, connection, rules, JOURNEY_HOURS if hours is None else hours)
    return _documented(folder, connection, rules, hours or 0)


def product_records(study: Study) -> pa.Table:
    """The study's product records with their classes, without a look at receipt lines.

    Returns
    -------
    pyarrow.Table
        As `Purchases.records`.

    Raises
    ------
    InputError
        When files or columns are missing or have problems.
    """
    folder = study.source("purchases")
    rules = food.read_rules(study)
    journey = (folder / "transactions.parquet").is_file()
    return _journey_records(folder, rules) if journey else _documented_records(folder, rules)


def _journey(folder: Path, connection: Any, rules: pa.Table, hours: int) -> Purchases:
    import ibis

    path = folder / "transactions.parquet"
    raw = engine.parquet(connection, path)
    _expect(JOURNEY_LINES, raw.columns, path.name)
    with engine.step("receipt lines", connection):
        raw = engine.shared(connection, raw.select(sorted(JOURNEY_LINES)), path)
    # Its description: sales_value is what the retailer received, and manufacturers pay their coupons to it.
    worth = (raw.sales_value * 100).round().cast("int64")
    time = raw.transaction_timestamp + ibis.interval(hours=hours)
    lines = raw.select(
        "household_id",
        "basket_id",
        "product_id",
        timestamp=time,
        month=time.strftime("%Y-%m"),
        month_number=(time.year() * 100 + time.month()).cast("int32"),
        quantity=raw.quantity.cast("int64") * 1000,
        cents=worth - (raw.coupon_disc * 100).round().cast("int64"),
        worth=worth,
    )
    return Purchases(connection, lines, _journey_records(folder, rules), "$", "Complete Journey")


def _journey_records(folder: Path, rules: pa.Table) -> pa.Table:
    from pyarrow import parquet

    columns = ["product_id", "department", "product_category", "product_type", "package_size", "brand"]
    read = parquet.ParquetFile(folder / "products.parquet").read(columns)
    records = read.rename_columns(["product_id", "department", "category", "type", "size", "brand"])
    return _classed(records, rules)


def _classed(records: pa.Table, rules: pa.Table) -> pa.Table:
    return records.append_column("class", food.classify(records, rules))


def _documented(folder: Path, connection: Any, rules: pa.Table, hours: int) -> Purchases:
    records = _documented_records(folder, rules)
    lines, aside, currency = documented.read_lines(folder, connection, hours)
    files = documented.find(folder, "lines")
    text = not files[0].name.endswith(".parquet")
    places = partial(documented.places, files, hours) if text else None
    return Purchases(connection, lines, records, currency, folder.name, aside, places)


def _documented_records(folder: Path, rules: pa.Table) -> pa.Table:
    import pyarrow as pa

    products = documented.read_products(folder)
    texts = pa.schema([(name, pa.string()) for name in products.columns])
    return _classed(pa.Table.from_pandas(products, texts, preserve_index=False), rules)


def _expect(needed: set[str], columns: Any, where: str) -> None:
    problems = [
        Problem(where, f"column {name!r} is missing.", nearest(name, list(columns)))
        for name in sorted(needed - set(columns))
    ]
    if problems:
        raise InputError("The purchases cannot be read.", problems)
