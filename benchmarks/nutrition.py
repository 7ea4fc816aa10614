"""Time and memory of the nutrition job beside plain pandas, hand-written SQL and merely reading the columns.

The job: from receipt lines to nutrients of every household and month, with the spend behind them by the way
weights were found. Every job writes the same table, and the tables are compared with each other. Data sets of
other sizes are the installed purchases copied with new household and basket ids. Every run is a process of
its own; peak memory and processor seconds are that process's. Ratios are of runs in turn on one machine.

    python benchmarks/nutrition.py                 the full data and 20 times it
    python benchmarks/nutrition.py --scale 100     147 million lines: under a cap on the process, and without
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

JOBS = ("casestudy", "sql", "pandas", "read")
SPENDS = ("food_spend", "counted_spend", "measured_spend", "tables_spend", "assumed_spend", "kilograms")
WAYS = ("measured", "tables", "assumed")
ROOT = Path(__file__).resolve().parent.parent
_PANDAS_MOST = 20
_CAPPED = 100
_CAP = 4 << 30


def main() -> None:
    """Build the data sets, run the jobs in turn, print times, memory and ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=int, nargs="+", default=[1, 20], help="copies of the data")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each job (median is printed)")
    parser.add_argument("--memory", default="", help="memory limit of the engine; 2GB under the cap")
    parser.add_argument("--data", type=Path, help="folder for the copies (default: a temporary one)")
    parser.add_argument("--one", nargs=3, metavar=("JOB", "FOLDER", "LIMIT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        run(given.one[0], Path(given.one[1]), given.one[2])
        return
    with tempfile.TemporaryDirectory() as scratch:
        for scale in given.scale:
            folder = copies(scale, given.data or Path(scratch))
            if scale < _CAPPED:
                report(scale, folder, given.memory or "4GB", given.repeat)
            else:
                capped(scale, folder, given.memory or "2GB")


def one(job: str, folder: Path, limit: str, cap: int = 0) -> dict[str, float]:
    """Run a job in a process of its own; with a cap, the system refuses it more memory than that."""
    command = [sys.executable, __file__, "--one", job, str(folder), limit]

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (cap, cap))

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=confine if cap else None
    )
    if done.returncode:
        raise SystemExit(f"{job} failed: {(done.stderr.strip().splitlines() or ['killed'])[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def report(scale: int, folder: Path, limit: str, repeat: int) -> None:
    """Run every job `repeat` times in turn and print one line for each."""
    jobs = [job for job in JOBS if job != "pandas" or scale <= _PANDAS_MOST]
    runs: dict[str, list[dict[str, float]]] = {job: [] for job in jobs}
    before = os.getloadavg()[0]
    for _ in range(repeat):
        for job in jobs:
            runs[job].append(one(job, folder, limit))
    middle = {
        job: {
            key: sorted(run[key] for run in found)[len(found) // 2]
            for key in ("seconds", "cpu", "megabytes", "rows")
        }
        for job, found in runs.items()
    }
    load = os.getloadavg()[0]
    print(f"\n{scale} x the purchases ({1_469_307 * scale:,} lines), engine limit {limit}, {repeat} runs")
    print(f"  medians; load of the machine before {before:.1f}, after {load:.1f}: seconds want a low one")
    mine = middle["casestudy"]
    for job, found in middle.items():
        said = _said(job, found)
        if job != "casestudy":
            said += f"   casestudy takes {mine['seconds'] / found['seconds']:.2f} x the time"
            said += f" ({mine['cpu'] / found['cpu']:.2f} x cpu)"
            said += f", {mine['megabytes'] / found['megabytes']:.2f} x the memory"
        print(said)
    _targets(scale, middle)
    sums = {job: found[0]["check"] for job, found in runs.items() if job != "read"}
    equal = len(set(sums.values())) == 1
    print(f"  tables of {', '.join(sums)}: {'equal' if equal else f'DIFFERENT {sums}'}")


def _targets(scale: int, middle: dict[str, dict[str, float]]) -> None:
    """Hold the ratios against the targets that were set before the job was built."""
    mine = middle["casestudy"]
    asked = [
        (1, "pandas", "seconds", "times as fast as pandas", 1.3),
        (20, "pandas", "seconds", "times as fast as pandas", 3.3),
        (20, "pandas", "megabytes", "times less memory than pandas", 4.0),
        (20, "sql", "seconds", "x the time of SQL, at most", 1.15),
    ]
    for size, job, what, words, target in asked:
        if size != scale or job not in middle:
            continue
        ratio = middle[job][what] / mine[what]
        cpu = f" ({middle[job]['cpu'] / mine['cpu']:.2f} by cpu)" if what == "seconds" else ""
        if job == "sql":
            ratio, cpu = 1 / ratio, f" ({mine['cpu'] / middle[job]['cpu']:.2f} by cpu)"
        met = ratio <= target if job == "sql" else ratio >= target
        print(f"  target {target:g} {words}: {ratio:.2f}{cpu}, {'met' if met else 'MISSED'}")


def capped(scale: int, folder: Path, limit: str) -> None:
    """Run the package's job under a cap on the whole process, and without it."""
    print(f"\n{scale} x the purchases ({1_469_307 * scale:,} lines)")
    free = one("casestudy", folder, "16GB")
    print(_said("no cap", free))
    held = one("casestudy", folder, limit, _CAP)
    print(_said("cap 4 GB", held) + f"   {held['seconds'] / free['seconds']:.2f} x the time without")
    ratio = held["seconds"] / free["seconds"]
    cpu = held["cpu"] / free["cpu"]
    print(f"  target at most 1.3 x: {ratio:.2f} ({cpu:.2f} by cpu), {'met' if ratio <= 1.3 else 'MISSED'}")
    print(f"  engine limit {limit}; tables: {'equal' if held['check'] == free['check'] else 'DIFFERENT'}")
    print(_said("read", one("read", folder, limit)))


def _said(job: str, found: dict[str, float]) -> str:
    said = f"  {job:10} {found['seconds']:8.1f} s {found['cpu']:8.1f} cpu s {found['megabytes']:8.0f} MB"
    return f"{said} {found['rows']:12,.0f} rows"


def copies(scale: int, place: Path) -> Path:
    """A folder with `scale` copies of the purchases, every copy with households and baskets of its own."""
    import duckdb

    from casestudy.study import Study

    source = Study.find(ROOT).locate("purchases")
    if scale == 1:
        return source
    folder = place / f"x{scale}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "transactions.parquet"
    if not target.is_file():
        (folder / "products.parquet").write_bytes((source / "products.parquet").read_bytes())
        duckdb.sql(
            f"""copy (select household_id + 10000000 * copy as household_id, store_id,
                basket_id + 1000000000000 * copy as basket_id, product_id, quantity, sales_value,
                retail_disc, coupon_disc, coupon_match_disc, week, transaction_timestamp
                from '{source}/transactions.parquet', range({scale}) as copies(copy))
                to '{target}' (format parquet)"""
        )
    return folder


def run(job: str, folder: Path, limit: str) -> None:
    """Do one job and print its seconds, peak megabytes and rows as JSON."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "result.parquet"
        jobs = {"casestudy": ours, "sql": by_sql, "pandas": by_pandas, "read": read_only}
        rows = jobs[job](folder, limit, result)
        used = resource.getrusage(resource.RUSAGE_SELF)
        found = {"seconds": time.perf_counter() - start, "cpu": used.ru_utime + used.ru_stime}
        found |= {"megabytes": _peak(), "rows": rows}
        print(json.dumps(found | {"check": _check(result) if result.is_file() else ""}))


def _peak() -> float:
    """Peak megabytes of this process; what the system reports of resources may be those of its parent."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _check(result: Path) -> str:
    """Sums of every column, weighted by household and month: equal tables give equal sums."""
    import duckdb

    from casestudy.nutrition.components import IDS

    sums = ", ".join(f"sum({name}::hugeint * (household_id % 1009 + 1))" for name in (*SPENDS, *IDS))
    written = "replace(month::varchar, '-', '')::int"
    found = duckdb.sql(f"select count(*), sum({written} * household_id), {sums} from '{result}'").fetchone()
    return " ".join(str(int(value)) for value in found or ())


def _basis(folder: Path, limit: str):
    from casestudy import engine
    from casestudy.nutrition.basis import open_basis
    from casestudy.purchases.read import open_purchases
    from casestudy.study import EngineSettings, Study

    study = Study.find(ROOT)
    study = replace(study, sources=MappingProxyType({**study.sources, "purchases": str(folder)}))
    connection = engine.connect(EngineSettings(memory_limit=limit))
    return open_basis(study, open_purchases(study, connection))


def ours(folder: Path, limit: str, result: Path) -> int:
    """The package's own job, written by the engine."""
    from casestudy.nutrition.nutrients import nutrient_expression

    basis = _basis(folder, limit)
    basis.connection.to_parquet(nutrient_expression(basis), str(result))
    return _rows(result)


def by_sql(folder: Path, limit: str, result: Path) -> int:
    """The same job with hand-written SQL; weights are found by the same resolver."""
    import duckdb

    from casestudy.nutrition.components import IDS

    con = duckdb.connect(config={"memory_limit": limit})
    con.execute(f"create view tx as select * from '{folder}/transactions.parquet'")
    products, groups = _products()
    con.register("food", products[["product_id"]])
    sales = con.execute(
        """select product_id, count(*) as rows, sum(quantity)::double as units, sum(cents) / 100.0 as amount,
           count(distinct round(cents / quantity, 2)) as prices, count(*) filter (quantity = 1) as singles
           from (select product_id, quantity, round(sales_value * 100)::bigint as cents from tx)
           semi join food using (product_id) where quantity > 0 and cents > 0 group by all"""
    ).df()
    facts = _facts(products, groups, sales)
    per_100g = (groups.middle[list(IDS)] * 1000).round().fillna(0).astype("int64").reset_index()
    facts = facts.merge(per_100g, on="group", how="left").fillna(dict.fromkeys(IDS, 0))
    con.register("facts", facts.astype(dict.fromkeys(IDS, "int64")))
    sums = ", ".join(f"sum(mg * {name})::bigint as {name}" for name in IDS)
    ways = ", ".join(
        f"coalesce(sum(cents) filter (mg > 0 and share = '{way}'), 0)::bigint as {way}_spend" for way in WAYS
    )
    con.execute(
        f"""copy (with weighed as (
              select household_id, year(time) * 100 + month(time) as month, cents, share,
                quantity * unit_mg + cents * cent_mg as mg, {", ".join(IDS)}
              from (select household_id, product_id, quantity, round(sales_value * 100)::bigint as cents,
                      transaction_timestamp - interval 5 hour as time from tx)
              join facts using (product_id))
            select household_id, month, sum(cents)::bigint as food_spend,
              coalesce(sum(cents) filter (mg > 0), 0)::bigint as counted_spend, {ways},
              sum(mg)::bigint as kilograms, {sums}
            from weighed group by all)
            to '{result}' (format parquet)"""
    )
    return _rows(result)


def by_pandas(folder: Path, limit: str, result: Path) -> int:
    """The same job in plain pandas."""
    import pandas as pd

    from casestudy.nutrition.components import IDS

    columns = ["household_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]
    tx = pd.read_parquet(folder / "transactions.parquet", columns=columns)
    products, groups = _products()
    tx["cents"] = (tx.pop("sales_value") * 100).round().astype("int64")
    tx["month"] = (tx.pop("transaction_timestamp") - pd.Timedelta(hours=5)).dt.to_period("M")
    tx = tx[tx["product_id"].isin(products["product_id"])]
    paid = tx[(tx["quantity"] > 0) & (tx["cents"] > 0)]
    paid = paid.assign(price=(paid["cents"] / paid["quantity"]).round(2), single=paid["quantity"] == 1)
    grouped = paid.groupby("product_id")
    sales = pd.DataFrame(
        {
            "rows": grouped.size(),
            "units": grouped["quantity"].sum().astype(float),
            "amount": grouped["cents"].sum() / 100,
            "prices": grouped["price"].nunique(),
            "singles": grouped["single"].sum(),
        }
    ).reset_index()
    facts = _facts(products, groups, sales)
    joined = tx.merge(facts, on="product_id")
    joined["mg"] = joined["quantity"] * joined["unit_mg"] + joined["cents"] * joined["cent_mg"]
    joined["counted"] = joined["cents"].where(joined["mg"] > 0, 0)
    keys = ["household_id", "month", "group", "share"]
    sums = joined.groupby(keys)[["cents", "counted", "mg"]].sum().reset_index()
    per_100g = (groups.middle[list(IDS)] * 1000).round().fillna(0).astype("int64")
    sums = sums.merge(per_100g, left_on="group", right_index=True, how="left")
    for name in IDS:
        sums[name] = sums[name].fillna(0).astype("int64") * sums["mg"]
    for way in WAYS:
        sums[f"{way}_spend"] = sums["counted"].where(sums["share"] == way, 0)
    sums = sums.rename(columns={"cents": "food_spend", "counted": "counted_spend", "mg": "kilograms"})
    final = sums.groupby(["household_id", "month"])[[*SPENDS, *IDS]].sum().reset_index()
    final["month"] = final["month"].astype(str)
    final.to_parquet(result)
    return len(final)


def read_only(folder: Path, limit: str, result: Path) -> int:
    """Read the needed columns and do next to nothing with them."""
    import duckdb

    con = duckdb.connect(config={"memory_limit": limit})
    found = con.execute(
        f"""select count(*), sum(household_id), sum(product_id), sum(quantity), sum(sales_value),
            max(transaction_timestamp) from '{folder}/transactions.parquet'"""
    ).fetchone()
    return int(found[0]) if found else 0


def _products():
    import pandas as pd

    from casestudy.nutrition import foodmap
    from casestudy.purchases import food
    from casestudy.study import Study

    study = Study.find(ROOT)
    names = {"product_category": "category", "product_type": "type", "package_size": "size"}
    products = pd.read_parquet(study.locate("purchases") / "products.parquet").rename(columns=names)
    products["class"] = food.classify(products, food.read_rules(study)).to_pandas().to_numpy()
    products = products[products["class"].isin(["food", "beverage"])]
    return products, foodmap.read_groups(study)


def _facts(products, groups, sales):
    """Group and weight of the products, by the package's own resolver."""
    import pyarrow as pa

    from casestudy.nutrition.basis import find_weights
    from casestudy.study import Study

    sold = pa.Table.from_pandas(products.merge(sales, on="product_id"), preserve_index=False)
    resolved = find_weights(Study.find(ROOT), sold, groups)
    return resolved.select(["product_id", "group", "share", "unit_mg", "cent_mg"]).to_pandas()


def _rows(result: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.ParquetFile(result).metadata.num_rows)


if __name__ == "__main__":
    main()
