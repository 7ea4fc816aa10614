"""Sessions and measures of a large log: beside hand-written windows in DuckDB, and beside reading the file.

    python benchmarks/usage.py                     50 million events
    python benchmarks/usage.py --events 2000000 --csv-events 1000000

A second table does the same for a CSV file of ten million events: looking through it with every check, and
its sessions, beside reading the file. A third imports five million events of another tool, beside reading the
file with pyarrow; with --against COMMIT also as that commit did it (120 seconds and 3.9 GB at ff18ce2).

Each job runs in a process of its own, in turn; the table gives wall time, processor time, the largest memory,
and ratios within this run. The log is drawn from a seed and written once to the folder for temporary files.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WINDOWS = """
with paused as (
  select participant_id, action, ts, ts - lag(ts) over (partition by participant_id order by ts) as pause
  from (select participant_id, action, cast(epoch(timestamp) as bigint) as ts from read_parquet('{path}'))
), numbered as (
  select participant_id, action, ts,
         sum(case when pause is null or pause > 1800 then 1 else 0 end)
           over (partition by participant_id order by ts rows unbounded preceding) as session
  from paused
), sessions as (
  select participant_id, session, min(ts) as start, max(ts) - min(ts) as dwell, count(*) as events
  from numbered group by 1, 2
), gaps as (
  select participant_id, dwell, events,
         start - lag(start) over (partition by participant_id order by start) as gap from sessions
), of_people as (
  select participant_id, count(*) as sessions, sum(events) as events, median(dwell) as dwell_s,
         case when count(gap) >= 2 then stddev_pop(gap) / nullif(avg(gap), 0) end as gap_cv
  from gaps group by 1
), acts as (
  select participant_id, action, count(*) as n from numbered group by 1, 2
), varied as (
  select participant_id, -sum(n / total * log2(n / total)) as action_entropy
  from (select *, sum(n) over (partition by participant_id) as total from acts) group by 1
), days as (
  select participant_id, count(distinct ts // 86400) as active_days, min(ts) as first, max(ts) as last
  from numbered group by 1
)
select * from of_people join varied using (participant_id) join days using (participant_id)
"""


def draw(path: Path, events: int, seed: int = 1666) -> None:
    """Write a log of about `events` events in no order, in row groups, as a collector of events would."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.Generator(np.random.PCG64(seed))
    people = max(events // 250, 1)
    names = pa.array([f"p{number:07d}" for number in range(people)])
    actions = pa.array([f"action_{number:02d}" for number in range(24)])
    schema = pa.schema(
        [
            ("event_id", pa.int64()),
            ("participant_id", pa.dictionary(pa.int32(), pa.string())),
            ("timestamp", pa.timestamp("us", tz="UTC")),
            ("action", pa.dictionary(pa.int32(), pa.string())),
            ("target", pa.dictionary(pa.int32(), pa.string())),
        ]
    )
    with pq.ParquetWriter(path, schema) as writer:
        for first in range(0, events, 2_000_000):
            size = min(2_000_000, events - first)
            many = size // 8 + 1
            who = np.repeat(rng.integers(0, people, many), 8)[:size]
            start = np.repeat(rng.integers(0, 365 * 86400, many), 8)[:size] + 1_483_228_800
            moment = (start + np.tile(np.arange(8) * 40, many)[:size] + rng.integers(0, 40, size)) * 1_000_000
            order = rng.permutation(size)
            columns = [
                pa.array(np.arange(first, first + size)),
                pa.DictionaryArray.from_arrays(pa.array(who[order].astype("int32")), names),
                pa.array(moment[order], pa.timestamp("us", tz="UTC")),
                pa.DictionaryArray.from_arrays(pa.array(rng.integers(0, 24, size).astype("int32")), actions),
                pa.DictionaryArray.from_arrays(pa.array(rng.integers(0, 24, size).astype("int32")), actions),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def as_text(source: Path, path: Path) -> None:
    """Write a drawn log as CSV, times with their offset."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as text
    import pyarrow.parquet as pq

    kinds = ["event_id", "participant_id", "timestamp", "action", "target"]
    with text.CSVWriter(path, pa.schema([(name, pa.string()) for name in kinds])) as writer:
        for batch in pq.ParquetFile(source).iter_batches(1 << 20):
            whole = batch.column("timestamp").cast(pa.timestamp("s", tz="UTC"), safe=False)
            columns = {name: batch.column(name).cast(pa.string()) for name in kinds if name != "timestamp"}
            columns["timestamp"] = pc.strftime(whole, "%Y-%m-%dT%H:%M:%SZ")
            writer.write_batch(pa.RecordBatch.from_arrays([columns[name] for name in kinds], names=kinds))


def job(name: str, path: Path) -> None:
    """Run one job and print its figures: a check number, wall, processor, memory."""
    begun = time.perf_counter()
    if name == "scan":
        from casestudy.usage import stream
        from casestudy.usage.vocabulary import Action, Vocabulary

        words = Vocabulary(tuple(Action(f"action_{number:02d}", "g", "m") for number in range(24)))
        found = stream.scan(path, words)
        check = f"{found.rows} {len(found.problems)} problems"
    elif name == "read csv":
        import pyarrow.csv as text

        options = text.ReadOptions(block_size=1 << 23, use_threads=False)
        check = str(sum(len(batch) for batch in text.open_csv(path, read_options=options)))
    elif name == "read whole":
        import pyarrow.csv as text

        check = f"{text.read_csv(path).num_rows}"
    elif name == "import":
        check = import_log(path)
    elif name in ("packed", "packed csv"):
        from casestudy.usage import packed_sessions

        made = packed_sessions.sessions(path)
        table = made.measures
        check = f"{len(made.start)} {table['gap_cv'].sum():.3f} {table['action_entropy'].sum():.3f}"
    elif name == "windows":
        import duckdb

        connection = duckdb.connect(config={"threads": os.cpu_count() or 1, "memory_limit": "12GB"})
        found = connection.execute(WINDOWS.format(path=path)).fetch_arrow_table()
        table = found.to_pandas()
        check = f"{table['sessions'].sum()} {table['gap_cv'].sum():.3f} {table['action_entropy'].sum():.3f}"
    else:
        import pyarrow.parquet as pq

        file = pq.ParquetFile(path, read_dictionary=["participant_id", "action"], memory_map=True)
        names = ["participant_id", "timestamp", "action"]
        check = str(sum(len(batch) for batch in file.iter_batches(1 << 22, columns=names, use_threads=False)))
    wall = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{wall:.2f}|{used.ru_utime + used.ru_stime:.2f}|{used.ru_maxrss / 1024:.0f}|{check}")


def import_log(path: Path) -> str:
    """Import a CSV file as the log of a study that is made for it."""
    from contextlib import redirect_stdout
    from io import StringIO

    from casestudy.cli.main import main as casestudy

    names = [f"action_{number:02d}" for number in range(24)]
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder)
        (study / "usage_logs").mkdir()
        (study / "study.toml").write_text('title = "Import"\n')
        entries = "".join(f"- {{id: {name}, group: g, meaning: m}}\n" for name in names)
        (study / "usage_logs" / "actions.yaml").write_text(f"actions:\n{entries}")
        rules = "".join(f"- {{action: {name}, when: {{action: ^{name}$}}}}\n" for name in names)
        ours = "event_id: event_id, participant_id: participant_id, timestamp: timestamp, target: target"
        (study / "mapping.yaml").write_text(f"columns: {{{ours}}}\nactions:\n{rules}")
        words = ["import-log", str(path), "--mapping", str(study / "mapping.yaml"), "--study", str(study)]
        with redirect_stdout(StringIO()) as said:
            code = casestudy(words)
        size = (study / "usage_logs" / "events.csv").stat().st_size
        return f"exit {code}, {said.getvalue().split(' written')[0]}, {size / 1e6:.0f} MB"


def main() -> None:
    """Draw the log where it is not there yet, run the jobs in turn and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--csv-events", type=int, default=10_000_000)
    parser.add_argument("--import-events", type=int, default=5_000_000)
    parser.add_argument("--against", default="", help="a commit that imports the same file, once")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--job", default="")
    parser.add_argument("--path", default="")
    arguments = parser.parse_args()
    if arguments.job:
        job(arguments.job, Path(arguments.path))
        return
    if arguments.events:
        path = drawn(arguments.events)
        labels = {"read": "read the three columns", "packed": "sessions and measures, packed keys",
                  "windows": "the same, DuckDB windows"}  # fmt: skip
        size = path.stat().st_size / 1e6
        print(f"{arguments.events:,} events, {size:.0f} MB, medians of {arguments.rounds}")
        compare(labels, path, arguments.rounds)
    if arguments.csv_events:
        plain = written(arguments.csv_events)
        labels = {"read csv": "read the CSV file", "scan": "look through it, all checks",
                  "packed csv": "its sessions and measures"}  # fmt: skip
        print(f"{arguments.csv_events:,} events as CSV, {plain.stat().st_size / 1e6:.0f} MB")
        compare(labels, plain, arguments.rounds)
    if arguments.import_events:
        plain = written(arguments.import_events)
        labels = {"read whole": "read the CSV file with pyarrow", "import": "import it as the study's log"}
        print(f"{arguments.import_events:,} events as CSV to import, {plain.stat().st_size / 1e6:.0f} MB")
        compare(labels, plain, arguments.rounds)
        if arguments.against:
            before(arguments.against, plain)


def drawn(events: int) -> Path:
    """A drawn log; it is kept from run to run."""
    path = Path(tempfile.gettempdir()) / f"casestudy-log-{events}.parquet"
    if not path.is_file():
        draw(path.with_suffix(".part"), events)
        path.with_suffix(".part").rename(path)
    return path


def written(events: int) -> Path:
    """A drawn log as CSV; it is kept from run to run."""
    plain = drawn(events).with_suffix(".csv")
    if not plain.is_file():
        as_text(drawn(events), plain.with_suffix(".part"))
        plain.with_suffix(".part").rename(plain)
    return plain


def before(commit: str, path: Path) -> None:
    """Import the file once as the code of a commit does, and print its figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(__file__).parent.parent
        packed = subprocess.run(
            ["git", "archive", commit, "casestudy"], cwd=root, check=True, capture_output=True
        )
        subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
        command = [sys.executable, __file__, "--job", "import", "--path", str(path)]
        environment = os.environ | {"PYTHONPATH": folder}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        wall, cpu, memory, check = done.stdout.strip().split("|")
        print(f"{commit:38}{wall:>8}{cpu:>8}{memory:>7}  {check}")


def compare(labels: dict[str, str], path: Path, rounds: int) -> None:
    """Run jobs in turn, each in a process of its own, and print medians and ratios to the first."""
    results: dict[str, list[list[str]]] = {name: [] for name in labels}
    for _ in range(rounds):
        for name in labels:
            command = [sys.executable, __file__, "--job", name, "--path", str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            results[name].append(done.stdout.strip().split("|"))
    walls = {name: statistics.median(float(run[0]) for run in runs) for name, runs in results.items()}
    first, last = walls[next(iter(labels))], walls[list(labels)[-1]]
    print(f"{'job':38}{'wall s':>8}{'cpu s':>8}{'MB':>7}{'of the first':>13}{'of the last':>12}  check")
    for name, runs in results.items():
        cpu, memory = (statistics.median(float(run[place]) for run in runs) for place in (1, 2))
        ratios = f"{walls[name] / first:>12.1f}×{walls[name] / last:>11.2f}×"
        print(f"{labels[name]:38}{walls[name]:>8.1f}{cpu:>8.1f}{memory:>7.0f}{ratios}  {runs[-1][3]}")


if __name__ == "__main__":
    main()
