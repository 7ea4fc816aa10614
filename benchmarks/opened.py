"""Which files of a study one command opens, and which of them more than once.

    python benchmarks/opened.py                       # render --force and check, on the reference study
    python benchmarks/opened.py --study my-study --verb "agreement --coders a,b"

The study is copied first, without its repository. The command runs in a process of its own in which every
opening of a file for reading is noted. Files that another program opens, such as tables that the engine
reads by itself, are not seen. Exit code 1 where a file of the study is opened more than once.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("casestudy", "tests", "benchmarks", "findings", ".git", ".venv", ".casestudy", "__pycache__")
TRACER = """
import collections, json, os, sys, traceback
from casestudy.cli.main import main
root, answer = sys.argv[1] + os.sep, sys.argv[2]
opened, places = collections.Counter(), collections.defaultdict(collections.Counter)
def watch(event, given):
    if event != "open" or not isinstance(given[0], str) or not given[0].startswith(root):
        return
    if given[2] & 3 or os.path.isdir(given[0]):
        return  # to write; or a folder, whose renames are made to last
    name = given[0].removeprefix(root)
    opened[name] += 1
    frames = [frame for frame in traceback.extract_stack() if "casestudy" in frame.filename]
    last = frames[-1] if frames else None
    places[name][f"{os.path.basename(last.filename)}:{last.lineno} {last.name}" if last else "?"] += 1
sys.addaudithook(watch)
code = main([*sys.argv[3:], "--study", sys.argv[1]])
with open(answer, "w") as file:
    json.dump({"code": code, "opened": opened, "places": places}, file)
"""


def trace(study: Path, words: list[str]) -> dict:
    """Run a command on a study; how it ended and what it opened."""
    with tempfile.TemporaryDirectory(prefix="opened-") as folder:
        answer = Path(folder) / "answer.json"
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{TRACER}",
                study,
                answer,
                *words,
            ],
            capture_output=True,
            text=True,
        )
        if not answer.is_file():
            raise SystemExit(f"casestudy {' '.join(words)} did not end: {done.stderr[-2000:]}")
        return json.loads(answer.read_text())


def main() -> int:
    """Trace the commands and print what they open."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--study", type=Path, default=ROOT, help="the study (the reference study)")
    asked.add_argument("--verb", action="append", default=[], help="a command (render --force, and check)")
    asked.add_argument("--all", action="store_true", help="list every file that is opened")
    given = asked.parse_args()
    wrong = False
    with tempfile.TemporaryDirectory(prefix="opened-") as folder:
        copy = Path(folder).resolve() / "study"
        shutil.copytree(given.study, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for verb in given.verb or ["render --force", "check"]:
            seen = trace(copy, shlex.split(verb))
            twice = {name: count for name, count in seen["opened"].items() if count > 1}
            wrong |= bool(twice) or not seen["opened"]
            print(
                f"casestudy {verb}: exit code {seen['code']}, {len(seen['opened'])} files opened, "
                f"{len(twice)} of them more than once"
            )
            for name, count in sorted((seen["opened"] if given.all else twice).items()):
                places = ", ".join(f"{place} ({n})" for place, n in seen["places"][name].items())
                print(f"  {count} times {name}: {places}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
