"""Fuzz every reader of a person's file: mutated valid files, each read through a verb, must end in a problem.

    python benchmarks/fuzz.py --inputs 1000000        # the full run: hours; so many inputs over all readers
    python benchmarks/fuzz.py --quick                 # a hundred over every fourth reader, some seconds
    python benchmarks/fuzz.py --reader 'codings: list' --number 4711 --keep bad.jsonl

A finding is an input that ends in anything but success or an error of `casestudy.errors`: another exception, a
crash of the interpreter, more than five CPU seconds, or more than 500 MB beyond what the program needs at rest.
Findings are grouped by reader, exception and place, with the numbers that make their input again. Inputs are
shared out evenly over the readers; dear ones (see `parts/seeds.py`) get fewer. Exit code 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from multiprocessing.connection import wait
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MALLOC_ARENA_MAX", "1")

from parts import ROOT, mutate, seeds  # noqa: E402  (thread counts are set before anything is imported)
from parts.reader import Reader  # noqa: E402

SECONDS = 5
MEMORY = 500_000_000
QUICK = 100  # over every fourth reader
PACKAGE = str(ROOT / "casestudy") + os.sep
Key = tuple[str, str, str]


class Reading:
    """A reader set up in a folder of its own, ready to be given inputs one after another."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self.reader, self.root = reader, folder / "study"
        self.path = self.root / reader.file
        self.before: dict[str, bytes] = {}
        self._lay_out()
        words = [word.format(study=self.root, file=self.path) for word in reader.verb]
        if reader.verb == ("check",):
            words += ["--study", str(self.root)]
        if reader.call:
            module, _, name = reader.call.partition(":")
            function = getattr(import_module(module), name)
            names = function.__code__.co_varnames[: function.__code__.co_argcount]
            self.act: Any = lambda: function(self.path, *(["the file"] if "where" in names else []))
        else:
            from casestudy.cli.main import parser

            given = parser().parse_args(words)
            self.act = lambda: given.act(given)

    def _lay_out(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        self.path.parent.mkdir(parents=True)
        for name, data in self.reader.others.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self._state = self._seen()

    def _seen(self) -> list[tuple[str, int, int]]:
        """Every other file with its size and time, to notice what a verb wrote."""
        return [
            (path, (there := os.stat(path)).st_size, there.st_mtime_ns)
            for folder, _, names in os.walk(self.root)
            for name in names
            if (path := os.path.join(folder, name)) != str(self.path)
        ]

    def input(self, number: int) -> bytes:
        """The input of a number; numbers below zero are the seeds themselves."""
        if number < 0:
            return self.reader.seeds[-number - 1]
        return mutate.mutated(random.Random(f"{self.reader.name} {number}"), list(self.reader.seeds))

    def give(self, data: bytes) -> BaseException | None:
        """Read one input; the error that it ends in, if any."""
        self.path.write_bytes(data)
        said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        error: BaseException | None = None
        try:
            with redirect_stdout(said), redirect_stderr(said):
                self.act()
        except BaseException as caught:
            error = caught
        if self._seen() != self._state:
            self._lay_out()
        return error


def is_problem(error: BaseException) -> bool:
    """Whether an error is one that a person can act on, and can be printed."""
    from casestudy.errors import CaseStudyError

    if not isinstance(error, CaseStudyError):
        return False
    try:
        str(error).encode()
    except UnicodeEncodeError:
        return False
    return True


def place_of(error: BaseException) -> str:
    """Where an exception comes from: the innermost line of the package, and the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(PACKAGE)]
    where = [f"{frame.filename.removeprefix(PACKAGE)}:{frame.lineno} {frame.name}" for frame in ours[-1:]]
    if frames and (not ours or frames[-1] is not ours[-1]):
        last = frames[-1]
        where.append(f"{'/'.join(Path(last.filename).parts[-2:])} {last.name}")
    return " < ".join(where)


def work(reader: Reader, first: int, last: int, progress: Any, report: Any) -> None:
    """Give a reader the inputs of a range of numbers; runs in a process of its own."""
    with tempfile.TemporaryDirectory(
        prefix="fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None
    ) as folder:
        reading = Reading(reader, Path(folder))
        for number in range(-len(reader.seeds), 0):
            error = reading.give(reading.input(number))
            if error is not None and (reader.clean or not is_problem(error)):
                report.put(("seed", reader.name, number, f"{type(error).__name__}: {error}", ""))
        at_rest = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (at_rest + MEMORY, at_rest + MEMORY))
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        for number in range(first, last):
            progress.value = number
            if number % 50 == 0:
                gc.collect()  # what one input leaves behind is not the next one's fault
            data = reading.input(number)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            error = reading.give(data)
            signal.setitimer(signal.ITIMER_PROF, 0)
            if error is not None and not is_problem(error):
                report.put(("finding", reader.name, number, type(error).__name__, place_of(error)))
                if isinstance(error, MemoryError):
                    break
        progress.value += 1
    report.put(("peak", reader.name, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "", ""))
    report.close()
    report.join_thread()


def import_all() -> None:
    """Import the whole package once: processes that are forked afterwards have it."""
    import casestudy

    for module in walk_packages(casestudy.__path__, "casestudy."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def run(reader: Reader, count: int, first: int, note: Any) -> int:
    """Give a reader so many inputs in processes that may die; the inputs that were given."""
    context = multiprocessing.get_context("fork")
    number = first
    while number < first + count:
        progress, report = context.Value("q", number), context.SimpleQueue()
        report = context.Queue()
        process = context.Process(target=work, args=(reader, number, first + count, progress, report))
        process.start()
        while process.is_alive() or not report.empty():
            wait([report._reader, process.sentinel])
            while not report.empty():
                note(*report.get())
        process.join()
        while not report.empty():
            note(*report.get())
        if process.exitcode:
            code = -process.exitcode
            what = (
                f"more than {SECONDS} s"
                if code == signal.SIGPROF
                else f"the process died ({signal.Signals(code).name})"
                if code > 0
                else "the process failed"
            )
            note("finding", reader.name, progress.value, what, "")
            number = progress.value + 1
        else:
            number = progress.value
    return count


def reproduce(reader: Reader, number: int, keep: Path | None) -> int:
    """Read one input again, with the whole traceback."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        reading = Reading(reader, Path(folder))
        data = reading.input(number)
        if keep:
            keep.write_bytes(data)
            print(f"{len(data):,} bytes written to {keep}")
        begun = time.process_time()
        error = reading.give(data)
        print(
            f"{reader.name}, input {number}: {len(data):,} bytes, {time.process_time() - begun:.2f} CPU seconds"
        )
    if error is None:
        print("read without a problem")
        return 0
    traceback.print_exception(error)
    return 0 if is_problem(error) else 1


class Findings:
    """What was found, grouped; optionally written to a file after every new kind."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.peak = path, 0
        self.numbers: dict[Key, list[int]] = defaultdict(list)
        self.counts: Counter[Key] = Counter()
        self.bad_seeds: list[str] = []

    def note(self, kind: str, reader: str, number: int, what: str, where: str) -> None:
        if kind == "peak":
            self.peak = max(self.peak, number)
        elif kind == "seed":
            self.bad_seeds.append(f"{reader}, seed {-number}: {what}")
        else:
            key = (reader, what, where)
            self.counts[key] += 1
            if len(self.numbers[key]) < 3:
                self.numbers[key].append(number)
            if self.counts[key] == 1 and self.path:
                self.path.write_text("\n".join(self.lines()) + "\n", encoding="utf-8")

    def lines(self) -> list[str]:
        """One line a kind: reader, exception, place, how often, and the numbers to make it again."""
        ordered = sorted(self.counts.items(), key=lambda item: (item[0][2], item[0]))
        return [
            f"{reader} | {what} | {where} | {count} times | --reader {reader!r} --number {self.numbers[reader, what, where][0]}"
            for (reader, what, where), count in ordered
        ]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--inputs", type=int, default=50_000, help="inputs over all readers (50,000)")
    asked.add_argument("--quick", action="store_true", help=f"{QUICK:,} inputs")
    asked.add_argument("--first", type=int, default=0, help="number of the first input of each reader (0)")
    asked.add_argument("--reader", action="append", default=[], help="only readers whose name holds this")
    asked.add_argument("--number", type=int, help="make one input of one reader again and show its traceback")
    asked.add_argument("--keep", type=Path, help="with --number: write the input to this file")
    asked.add_argument("--list", action="store_true", help="list the readers and stop")
    asked.add_argument("--findings", type=Path, help="write the findings to this file as they come")
    asked.add_argument("--json", type=Path, help="write inputs, findings and peak to this file at the end")
    given = asked.parse_args()
    chosen = [
        one for one in seeds.readers() if not given.reader or any(part in one.name for part in given.reader)
    ]
    if given.list:
        print("\n".join(one.name for one in chosen))
        return 0
    if not chosen:
        asked.error("no reader has such a name; see --list")
    if given.number is not None:
        exact = [one for one in chosen if one.name in given.reader] or chosen
        return reproduce(exact[0], given.number, given.keep)
    import_all()
    import_module("casestudy.cli.main").parser()
    found = Findings(given.findings)
    total = QUICK if given.quick else given.inputs
    if given.quick:
        chosen = chosen[::4]
    shares = sum(1 / one.cost for one in chosen)
    begun, done = time.monotonic(), 0
    for one in chosen:
        count = max(1, round(total / one.cost / shares))
        started, before = time.monotonic(), len(found.counts)
        done += run(one, count, given.first, found.note)
        took = time.monotonic() - started
        new = len(found.counts) - before
        print(
            f"{one.name:32} {count:8,} inputs {took:8.1f} s {1000 * took / count:7.1f} ms each  {new or 'no'} finding{'s' * (new != 1)}",
            flush=True,
        )
    print(
        f"\n{done:,} inputs over {len(chosen)} readers in {time.monotonic() - begun:,.0f} s; peak memory {found.peak / 1e6:,.0f} MB"
    )
    for line in found.bad_seeds:
        print(f"a seed is not accepted: {line}")
    print(f"{len(found.counts)} kinds of findings, {sum(found.counts.values())} inputs")
    for line in found.lines():
        print(line)
    if given.json:
        kinds = [
            {"reader": r, "what": w, "where": p, "count": n, "numbers": found.numbers[r, w, p]}
            for (r, w, p), n in found.counts.items()
        ]
        given.json.write_text(json.dumps({"inputs": done, "peak": found.peak, "findings": kinds}, indent=1))
    return 1 if found.counts or found.bad_seeds or found.peak > MEMORY else 0


if __name__ == "__main__":
    sys.exit(main())
