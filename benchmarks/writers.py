"""Two people write one file at the same time: what was acknowledged must be there afterwards.

    python benchmarks/writers.py                # 200 codings each for five rounds, 100 changes of the codebook each
    python benchmarks/writers.py --quick        # 20 each, one round

Two processes run the same verb of the command line as fast as they can, each with texts of its own. A line counts
as acknowledged when its verb ended with 0; it is lost when the study's files do not hold it at the end. A refusal
in words (exit code 2) is counted, too: it loses nothing, but a person has to try again. Exit code 1 when anything
is lost, or when a verb ended in anything else.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import parts  # noqa: F401

WRITERS = 2
WHEN = "2026-01-01T00:00:00Z"
STUDY = 'title = "Two writers"\nfloor = 3\n[[question]]\nid = "RQ1"\ntext = "What is kept?"\n'
SCHEME = (
    "scheme: food\ncodes:\n- {id: food, name: Food, definition: What is eaten.}\n"
    "- {id: food.bread, name: Bread, parent: food, definition: Bread and grain.}\n"
    "- {id: food.rye, name: Rye, parent: food, definition: Dark loaves of rye.}\n"
)
PROTOCOL = (
    'title = "T"\nstatus = "Made up."\nfirst_year = 2000\nlast_year = 2010\nsubject = "Bread."\n'
    '[search.a]\nwhere = "x"\nterms = "y"\ntaken = "z"\n[exclude]\nold = "too old"\n'
)
RECORD = (
    "TY  - JOUR\nAU  - Payne, Adrian\nTI  - Of bread\nPY  - 2005\nT2  - Journal of Bread\n"
    "N1  - verified: https://example.org/bread\nER  - \n"
)
NOTE = "payne-2005-of"


def token(writer: int, number: int) -> str:
    """The words that only this line of this writer holds."""
    return f"word{writer}x{number}y"


def tokens(count: int) -> list[str]:
    """All tokens of both writers."""
    return [token(writer, number) for writer in range(WRITERS) for number in range(count)]


def records(path: Path) -> Iterable[dict[str, Any]]:
    """The records of a file of JSON lines; a line that is not whole is a finding of its own."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [json.loads(line) for line in text.split("\n") if line.strip()]


@dataclass(frozen=True)
class Job:
    """One file that two people write.

    Attributes
    ----------
    name : str
    full, rounds : int
        Lines of each writer, and how often, in the full run.
    files : callable
        The study's files, given the number of lines of each writer.
    words : callable
        The command of one line, given the study, a folder of the writer's own, and the token.
    there : callable
        Texts that the study holds, given the study; a token is there when one of them holds it.
    prepare : callable, optional
        What is done in the study before both begin, given the study and the number of lines.
    """

    name: str
    full: int
    rounds: int
    files: Callable[[int], dict[str, str]]
    words: Callable[[Path, Path, str], list[str]]
    there: Callable[[Path], set[str]]
    prepare: Callable[[Path, int], None] = lambda study, count: None


def _listed(folder: Path, quote: str) -> str:
    path = folder / "list.csv"
    path.write_text(f"code,quote,memo\nfood.bread,{quote},{quote}\n", encoding="utf-8")
    return str(path)


def _talk(count: int) -> dict[str, str]:
    people = "participant_id,group,pseudonym\nn01,customer,Aino\n"
    talk = "# Talk\n\n" + "\n\n".join(f"Aino: It is {text} then." for text in tokens(count)) + "\n"
    return {
        "study.toml": STUDY,
        "coding_schemes/food.yaml": SCHEME,
        "interviews/transcripts/n01.md": talk,
        "interviews/participants.csv": people,
    }


def _noted(count: int) -> dict[str, str]:
    return {
        "study.toml": STUDY,
        "coding_schemes/food.yaml": SCHEME,
        "literature/protocol.toml": PROTOCOL,
        "literature/records/one.ris": RECORD,
        f"literature/notes/{NOTE}.md": " ".join(tokens(count)) + ".\n",
    }


def run(*words: str | Path) -> str:
    """Run a verb that must succeed; what it prints."""
    from casestudy.cli.main import main

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        if main([str(word) for word in words]):
            raise SystemExit(f"A job cannot be prepared: {said.getvalue()}")
    return said.getvalue()


def _draw(study: Path, count: int) -> None:
    run("blind", "draw", "--share", "1", "--unit", "turn", "--out", study / "sheet.csv", "--study", study)


def _filled(study: Path, folder: Path, text: str) -> str:
    """The sheet cut to the unit that holds a token, with a code."""
    heads, guide, *rows = csv.reader(io.StringIO((study / "sheet.csv").read_text(encoding="utf-8")))
    row = next(row for row in rows if text in row[heads.index("text")])
    row[heads.index("codes")] = "food.bread"
    path = folder / "sheet.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([heads, guide, row])
    return str(path)


def _disagree(study: Path, count: int) -> None:
    """Two coders give every token different codes; ids of the disagreements by token, in a file."""
    for coder, code in (("a", "food.bread"), ("b", "food.rye")):
        rows = "".join(f"{code},{text}\n" for text in tokens(count))
        (study / "list.csv").write_text(f"code,quote\n{rows}", encoding="utf-8")
        words = ("--coder", coder, "--document", "n01", "--file", study / "list.csv", "--when", WHEN)
        run("codings", "add", *words, "--study", study)
    listed = run("reconcile", "list", "--coders", "a,b", "--study", study).splitlines()
    ids = {text: line.split()[0] for text in tokens(count) for line in listed if text in line}
    (study / "ids.json").write_text(json.dumps(ids), encoding="utf-8")


def _quoted(pattern: str) -> Callable[[Path], set[str]]:
    return lambda study: {one["quote"] for path in study.glob(pattern) for one in records(path)}


JOBS = (
    Job(
        "codings of one coder",
        200,
        5,
        _talk,
        lambda study, folder, text: [
            *("codings", "add", "--coder", "me", "--document", "n01", "--when", WHEN),
            *("--file", _listed(folder, text), "--study", str(study)),
        ],
        _quoted("interviews/codings/me/*.jsonl"),
    ),
    Job(
        "changes of the codebook",
        100,
        1,
        _talk,
        lambda study, _, text: [
            *("code", "create", f"food.{text}", text.title(), "--scheme", "food"),
            *("--who", "k", "--why", "asked", "--study", str(study)),
        ],
        lambda study: {
            code.removeprefix("food.")
            for one in records(study / "coding_schemes/history.jsonl")
            for code in one["changes"]
        },
    ),
    Job(
        "codings of one note",
        50,
        1,
        _noted,
        lambda study, folder, text: [
            *("literature", "add", "--coder", "me", "--record", NOTE, "--when", WHEN),
            *("--file", _listed(folder, text), "--study", str(study)),
        ],
        _quoted("literature/codings/me/*.jsonl"),
    ),
    Job(
        "units read by one coder",
        50,
        1,
        _talk,
        lambda study, folder, text: [
            *("blind", "read", "--coder", "me", "--when", WHEN),
            *("--file", _filled(study, folder, text), "--study", str(study)),
        ],
        _quoted("interviews/codings/me.units.jsonl"),
        _draw,
    ),
    Job(
        "codings from blind sheets",
        50,
        1,
        _talk,
        lambda study, folder, text: [
            *("blind", "read", "--coder", "me", "--when", WHEN),
            *("--file", _filled(study, folder, text), "--study", str(study)),
        ],
        _quoted("interviews/codings/me/*.jsonl"),
        _draw,
    ),
    Job(
        "decisions of a team",
        50,
        1,
        _talk,
        lambda study, _, text: [
            *("reconcile", "decide", json.loads((study / "ids.json").read_text())[text], "--keep"),
            *("--who", "k", "--why", "both hold", "--when", WHEN, "--coders", "a,b", "--study", str(study)),
        ],
        _quoted("evidence/reconciliation.jsonl"),
        _disagree,
    ),
)


def write(job: Job, study: Path, folder: Path, writer: int, count: int, start: Any, report: Any) -> None:
    """One writer: all lines one after another; runs in a process of its own."""
    from casestudy.cli.main import main

    acknowledged, refused, broken = [], 0, []
    folder.mkdir()
    start.wait()
    for number in range(count):
        said, text = io.StringIO(), token(writer, number)
        try:
            with redirect_stdout(said), redirect_stderr(said):
                code = main(job.words(study, folder, text))
        except BaseException as error:
            broken.append(f"{type(error).__name__}: {error}")
            continue
        if code == 0:
            acknowledged.append(text)
        elif code == 2:
            refused += 1
            broken += [] if refused > 1 else [f"refused: {said.getvalue().strip()[:200]}"]
        else:
            broken.append(f"exit code {code}: {said.getvalue().strip()[:200]}")
    report.put((acknowledged, refused, broken))


def round_of(job: Job, count: int) -> tuple[int, int, int, list[str]]:
    """Acknowledged, lost and refused lines of one round, and what else happened."""
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory(prefix="writers-") as folder:
        study = Path(folder) / "study"
        for name, text in job.files(count).items():
            path = study / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        job.prepare(study, count)
        start, report = context.Barrier(WRITERS), context.Queue()
        processes = [
            context.Process(
                target=write, args=(job, study, Path(folder) / str(writer), writer, count, start, report)
            )
            for writer in range(WRITERS)
        ]
        for process in processes:
            process.start()
        reports = [report.get() for _ in processes]
        for process in processes:
            process.join()
        acknowledged = {text for texts, _, _ in reports for text in texts}
        there = job.there(study)
        left = [str(path.relative_to(study)) for path in study.rglob("*.part")]
    broken = [line for _, _, lines in reports for line in lines]
    broken += [f"left over: {name}" for name in left]
    lost = sum(not any(text in held for held in there) for text in acknowledged)
    return len(acknowledged), lost, sum(refused for _, refused, _ in reports), broken


def main() -> int:
    """Run the jobs and print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="20 lines each, one round")
    asked.add_argument("--lines", type=int, help="lines of each writer")
    asked.add_argument("--rounds", type=int, help="rounds of each job")
    asked.add_argument("--job", default="", help="only jobs whose name holds this")
    given = asked.parse_args()
    import casestudy.cli.main

    casestudy.cli.main.parser()
    wrong = False
    print(f"{'file':26} {'round':>5} {'lines':>6} {'acknowledged':>12} {'refused':>8} {'lost':>6}")
    for job in JOBS:
        if given.job not in job.name:
            continue
        count = given.lines or (20 if given.quick else job.full)
        for number in range(1, (given.rounds or (1 if given.quick else job.rounds)) + 1):
            acknowledged, lost, refused, broken = round_of(job, count)
            print(
                f"{job.name:26} {number:5} {WRITERS * count:6} {acknowledged:12} {refused:8} {lost:6}",
                flush=True,
            )
            for line in broken[:5]:
                print(f"  {line}")
            wrong |= bool(lost) or any(not line.startswith("refused") for line in broken)
    print("something was lost" if wrong else "nothing was lost")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
