"""One connection to the table engine: embedded by default, an existing cluster's when study.toml says so.

The only module that names Ibis' backends, so that a change of engine stays in one place.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from casestudy.errors import InputError, Problem, StudyError, raise_if
from casestudy.settings import EngineSettings

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa


_ROW_GROUP = 122_880
"""Rows that the embedded engine gives to a thread at once, by its documentation."""


def connect(settings: EngineSettings | None = None) -> Any:
    """Open a connection to the engine.

    Parameters
    ----------
    settings : EngineSettings, optional
        ``backend`` 'duckdb' (in the process, with a memory limit and a spill folder), 'spark' (a local or
        existing Spark session; needs the extra ``spark`` and Java 17), or a URL that Ibis knows.

    Returns
    -------
    ibis.BaseBackend

    Raises
    ------
    StudyError
        When the engine cannot be reached.

    Examples
    --------
    >>> import ibis
    >>> int(connect().execute(ibis.literal(2) + 1))
    3
    """
    import ibis

    # Ibis 12 asks pandas for an option that pandas 3 deprecates; nothing a reader can act on.
    warnings.filterwarnings("ignore", message=".*future.infer_string.*")
    chosen = settings or EngineSettings()
    if chosen.backend == "duckdb":
        spill = Path(tempfile.gettempdir()) / f"casestudy-spill-{os.getuid() if hasattr(os, 'getuid') else 0}"
        connection = ibis.duckdb.connect(
            threads=chosen.threads or os.cpu_count() or 1,
            memory_limit=chosen.memory_limit,
            temp_directory=str(spill),
        )
        # Drawn into a notebook where a query is slow, it would make a run depend on the machine.
        connection.raw_sql("SET enable_progress_bar = false")
        return connection
    try:
        if chosen.backend == "spark":
            return ibis.pyspark.connect(_spark_session(chosen))
        return ibis.connect(chosen.backend)
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        problem = Problem(
            "study.toml, [engine] backend",
            f"{chosen.backend!r} cannot be reached: {reason}.",
            'Install what it needs, or write backend = "duckdb".',
        )
        raise StudyError("The table engine cannot be opened.", [problem]) from error


def _spark_session(settings: EngineSettings) -> Any:
    from pyspark.sql import SparkSession

    cores = settings.threads or os.cpu_count() or 1
    builder = SparkSession.builder.config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.sql.shuffle.partitions", str(4 * cores))
    builder = builder.config(
        "spark.driver.memory", settings.memory_limit.replace("B", "").replace(" ", "").lower()
    )
    if "SPARK_REMOTE" not in os.environ and "MASTER" not in os.environ:
        builder = builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
        # Else its workers take the first python3 of the path, which need not know the package.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return builder.getOrCreate()


def parquet(connection: Any, *paths: Path) -> ibis.Table:
    """Read Parquet files as one table, lazily; only the columns that are used are read.

    Raises
    ------
    InputError
        With every file that is not a Parquet file.
    """
    from pyarrow import ArrowInvalid
    from pyarrow import parquet as files

    problems = []
    for path in paths:
        try:
            files.read_metadata(path)
        except (ArrowInvalid, OSError) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            remedy = "Write it again, or take it away."
            problems.append(Problem(path.name, f"it is not a Parquet file ({reason}).", remedy))
    raise_if(problems, "Parquet files cannot be read.")
    return connection.read_parquet([str(path) for path in paths] if len(paths) > 1 else str(paths[0]))


def once(connection: Any, table: ibis.Table) -> ibis.Table:
    """Let the embedded engine compute a table once and keep it, on disk where memory is short.

    For text files, which would be parsed by every query again. Other engines keep the expression.

    Raises
    ------
    InputError
        When the engine cannot read what the table is made of.
    """
    if connection.name != "duckdb":
        return table
    import duckdb

    try:
        return _keep(connection, connection.compile(table))
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        problem = Problem("tables", f"the engine says: {reason}.", "Correct the line it names, or its file.")
        raise InputError("A table cannot be read.", [problem]) from error


def shared(connection: Any, table: ibis.Table, *paths: Path) -> ibis.Table:
    """Let all threads work on a table of Parquet files, however few pieces the files have.

    The embedded engine gives a row group to one thread, whatever is done with its rows. Where large files
    have fewer row groups than there are threads, it copies the table once; the copy is spilled to disk where
    memory is short. Other tables, and those of other engines, are returned as they are.

    Parameters
    ----------
    connection : ibis.BaseBackend
    table : ibis.Table
        Columns of the files: only those that are needed.
    *paths : Path
        The files.
    """
    if connection.name != "duckdb":
        return table
    from pyarrow import parquet as files

    threads = int(connection.con.execute("select current_setting('threads')").fetchone()[0])
    told = [files.read_metadata(path) for path in paths] if len(paths) < threads else []
    if not told or sum(one.num_row_groups for one in told) >= threads:
        return table
    if sum(one.num_rows for one in told) <= _ROW_GROUP:
        return table
    return _keep(connection, connection.compile(table))


def small(connection: Any, table: pa.Table | pd.DataFrame) -> ibis.Table:
    """Bring a table that fits into memory, such as facts of products, to the engine.

    The embedded engine takes an Arrow table by way of a Parquet file that is deleted at once: handed over in
    memory it would import pandas, which takes longer than most queries.

    Examples
    --------
    >>> import pyarrow as pa
    >>> connection = connect()
    >>> int(connection.execute(small(connection, pa.table({"a": [1, 2]})).a.sum()))
    3
    """
    import ibis
    import pyarrow as pa

    if connection.name != "duckdb" or not isinstance(table, pa.Table):
        return ibis.memtable(table)
    from pyarrow import parquet as files

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        files.write_table(table, path, compression="none")
        place = str(path).replace("'", "''")
        return _keep(connection, f"select * from read_parquet('{place}')")


def _keep(connection: Any, query: str) -> ibis.Table:
    name = f"casestudy_{uuid.uuid4().hex}"
    connection.con.execute(f"create temp table {name} as {query}")
    return connection.table(name)


def fetch(connection: Any, expression: ibis.Table) -> pa.Table:
    """Compute an expression over tables of the engine as an Arrow table; without pandas where that is spared.

    Examples
    --------
    >>> import pyarrow as pa
    >>> connection = connect()
    >>> fetch(connection, small(connection, pa.table({"a": [1, 2]}))).num_rows
    2
    """
    if connection.name != "duckdb":
        return connection.to_pyarrow(expression)
    return connection.con.execute(connection.compile(expression)).to_arrow_table()


@contextmanager
def step(
    what: str, connection: Any = None, stream: TextIO | None = None, after: float = 1.0
) -> Iterator[None]:
    """Say on a terminal what is being done, for how long, and how far the engine is with it.

    Elsewhere, in notebooks, logs and tests, nothing is written, so that outputs stay the same.

    Parameters
    ----------
    what : str
        In a few words: ``weights of products``.
    connection : ibis.BaseBackend, optional
        The embedded engine tells its progress in percent.
    stream : TextIO, optional
        Standard error by default.
    after : float
        Seconds before anything is said.

    Examples
    --------
    >>> with step("a sum"):
    ...     sum(range(10))
    45
    """
    shown = stream or sys.stderr
    if not shown.isatty():
        yield
        return
    progress = getattr(getattr(connection, "con", None), "query_progress", None)
    if progress is not None:
        connection.con.execute("set enable_progress_bar = true; set enable_progress_bar_print = false")
    done, begun = threading.Event(), time.monotonic()

    def tell() -> None:
        pause = after
        while not done.wait(pause):
            pause = 0.5
            share = float(progress()) if progress is not None else -1.0
            far = f", {share:.0f} %" if share >= 0 else ""
            shown.write(f"\r\x1b[K{what}{far}, {time.monotonic() - begun:.0f} s")
            shown.flush()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
        shown.write("\r\x1b[K")
        shown.flush()
