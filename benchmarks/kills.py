"""Kill every verb that writes at every call that changes a file, and see what is left.

    python benchmarks/kills.py                     # every verb, every call, three signals: minutes
    python benchmarks/kills.py --quick             # a few verbs and calls
    python benchmarks/kills.py --act 'pseudonymise apply' --signal KILL --at 5 --keep folder

A small library between the program and the C library (`parts/kill.c`, built with the C compiler on the machine)
counts calls that change files below the study and sends the signal just before the one that is asked for. Each kill
starts from the same files. After it four things are looked at, and each that does not hold is a finding:

half      a file that is neither as before the verb nor as after it (or whole lines between both), or is missing
lost      the verb had said that it was done, and the study is not as after it; or it said that nothing half-made
          was kept, and that is not so; or a traceback was shown
left      after `casestudy check` a file is there that neither the state before nor the state after has; for what
          was to be written outside the study, after the verb was run again
differs   the verb, run again, fails or does not lead to the files of an undisturbed run

Files below ``.casestudy/`` are a cache and are not compared; names that appear there for good count as left.
Exit code 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from parts import acts
from parts.acts import Act
from parts.box import Box, Files, prepared, warm

SIGNALS = ("KILL", "TERM", "INT")
SOURCE = Path(__file__).parent / "parts" / "kill.c"
LIBRARY = "CASESTUDY_KILL_LIBRARY"
QUICK = (
    "codings add",
    "code rename",
    "pseudonymise apply",
    "reconcile decide",
    "blind read",
    "import-log",
    "withdraw",
)


def build(folder: Path) -> Path:
    """Build the library; the machine needs a C compiler."""
    target = folder / "kill.so"
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        raise SystemExit("No C compiler was found (cc, gcc or clang): the calls cannot be counted.")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", target, SOURCE, "-ldl"], check=True)
    return target


def real(files: Files) -> Files:
    """Without the cache and the folder for temporary files."""
    return {
        k: v for k, v in files.items() if "/.casestudy/" not in k and not k.startswith(("tmpdir/", "home/"))
    }


def half(found: Files, before: Files, after: Files) -> Iterator[str]:
    """Files that are neither as before nor as after."""
    for name in sorted(before.keys() | after.keys()):
        data, old, new = found.get(name), before.get(name), after.get(name)
        if data in (old, new):
            continue
        lines = data is not None and new is not None and name.endswith(".jsonl") and data.endswith(b"\n")
        if lines and new.startswith(data) and data.startswith(old or b""):
            continue
        yield f"{name} {'is missing' if data is None else 'is half-written'}"


def different(files: Files, others: Files) -> list[str]:
    """Names of files that only one of the two holds, or that differ."""
    return sorted(name for name in files.keys() | others.keys() if files.get(name) != others.get(name))


def left(found: Files, before: Files, after: Files) -> list[str]:
    """Names that should not be there.

    Files of locks stay for good, and hold nothing of the study; what is in the folder for temporary files is
    the system's to clear.
    """
    new = found.keys() - before.keys() - after.keys()
    return sorted(name for name in new if not name.startswith("tmpdir/") and "/.casestudy/locks/" not in name)


def one_kill(
    box: Box, words: tuple[str, ...], before: Files, after: Files, done: str, nth: int, name: str
) -> Iterator[tuple[str, str]]:
    """Kill once; findings as kind and words."""
    box.put(before)
    killed = box.command(words, nth, getattr(signal, f"SIG{name}"))
    found = box.files()
    yield from (("half", text) for text in half(real(found), real(before), real(after)))
    finished = killed.code == 0 or (done and done in killed.said)
    if finished and any(found.get(path) != data for path, data in real(after).items()):
        yield "lost", "it said that it was done"
    kept = {path: data for path, data in real(found).items() if path in before or path in after}
    if "nothing half-made was kept" in killed.said and kept not in (real(before), real(after)):
        yield "lost", "it said that nothing half-made was kept, but some files are as after it"
    if "Traceback" in killed.said or killed.code == 70:
        yield "lost", f"a traceback: {killed.said.strip().splitlines()[-1][:160]}"
    if killed.code == -99:
        yield "lost", killed.said
    yield from (("left", f"a program that still runs: {name}") for name in box.orphans())
    checked = box.command(("check", "--study", str(box.study)))
    if "Traceback" in checked.said or checked.code not in (0, 2):
        yield "lost", f"check: exit code {checked.code}: {checked.said.strip().splitlines()[-1][:160]}"
    found = box.files()
    there = [path for path in left(found, before, after) if path.startswith("study/")]
    yield from (("half", f"{text} after check") for text in half(real(found), real(before), real(after)))
    if real(found) != real(after):
        again = box.command(words)
        found = box.files()
        kept = {path: data for path, data in real(found).items() if path in before or path in after}
        if again.code:
            yield "differs", f"run again, it ends with {again.code}: {again.said.strip()[-200:]}"
        elif kept != real(after):
            other = ", ".join(different(kept, real(after))[:4])
            yield "differs", f"run again, other files than undisturbed: {other}"
    still = set(left(found, before, after))
    there += sorted(still.difference(there))
    yield from (
        ("left", f"{path}{'' if path in still else ' (until the verb is run again)'}") for path in there
    )


def kill_all(box: Box, base: Files, act: Act, given: argparse.Namespace, findings: list[str]) -> Counter[str]:
    """Kill one act at all its calls, or at those asked for."""
    before, words = prepared(box, base, act)
    box.put(before)  # without the empty folders that what came before has left
    ended = box.command(words)
    if ended.code:
        raise SystemExit(f"{act.name} fails undisturbed: {ended.said}")
    after = box.files()
    done = ended.said.strip().splitlines()[-1] if ended.said.strip() else ""
    box.put(before)
    again = box.command(words)
    other = different(real(box.files()), real(after))
    if again.calls != ended.calls or other:
        calls = f"{ended.calls} and {again.calls} calls"
        findings.append(f"{act.name}: two undisturbed runs differ: {', '.join([calls, *other[:4]])}")
    counts: Counter[str] = Counter(calls=ended.calls)
    most = given.most or (3 if given.quick else 40 if act.slow else 0)
    step = max(1, -(-ended.calls // most)) if most else 1
    for name in given.signal or SIGNALS:
        for nth in [given.at] if given.at else range(1, ended.calls + 1, step):
            counts["kills"] += 1
            counts[f"kills {name}"] += 1
            found = dict.fromkeys(one_kill(box, words, before, after, done, nth, name))
            for kind in {kind for kind, _ in found}:
                counts[kind] += 1
                counts[f"{kind} {name}"] += 1
            findings += [
                f"{act.name}, {name} at call {nth} of {ended.calls}: {kind}: {text}" for kind, text in found
            ]
    return counts


def arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="some verbs, three calls of each")
    asked.add_argument("--act", action="append", default=[], help="only verbs whose name begins so")
    asked.add_argument("--signal", action="append", choices=SIGNALS, help="only this signal")
    asked.add_argument(
        "--most",
        type=int,
        default=0,
        help="calls of a verb that are tried, evenly spread (all; 40 of slow verbs)",
    )
    asked.add_argument("--at", type=int, default=0, help="only this call")
    asked.add_argument("--keep", type=Path, help="copy the files after the last kill to this folder")
    asked.add_argument("--list", action="store_true", help="list the verbs and stop")
    return asked.parse_args()


def main() -> int:
    """Run the kills and print the table."""
    given = arguments()
    if given.list:
        print("\n".join(act.name for act in acts.ACTS))
        return 0
    if LIBRARY not in os.environ:
        # The library has to be there when the program starts.
        with tempfile.TemporaryDirectory(prefix="kills-") as folder:
            library = build(Path(folder))
            more = {
                LIBRARY: str(library),
                "LD_PRELOAD": str(library),
                "OMP_NUM_THREADS": "1",
                "MPLBACKEND": "agg",
            }
            return subprocess.run([sys.executable, *sys.argv], env=os.environ | more).returncode
    chosen = [act for act in acts.ACTS if not given.act or act.name.startswith(tuple(given.act))]
    if given.quick and not given.act:
        chosen = [act for act in chosen if act.name in QUICK]
    findings: list[str] = []
    total: Counter[str] = Counter()
    # Not a TemporaryDirectory: its finaliser would run at the end of every child, too.
    folder = tempfile.mkdtemp(prefix="kills-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    try:
        box = Box(Path(folder), os.environ[LIBRARY])
        box.put({})
        box.study.rmdir()
        ended = box.command(("new", str(box.study), "--title", "Killed"))
        if ended.code:
            raise SystemExit(f"The study cannot be made: {ended.said}")
        base = {name: data for name, data in box.files().items() if name.startswith("study/")}
        warm(box, base, chosen)
        print(f"{'verb':28} {'calls':>5} {'kills':>6} {'half':>5} {'lost':>5} {'left':>5} {'differs':>7}")
        for act in chosen:
            counts = kill_all(box, base, act, given, findings)
            total += counts
            row = " ".join(
                f"{counts[kind]:{width}}"
                for kind, width in (
                    ("calls", 5),
                    ("kills", 6),
                    ("half", 5),
                    ("lost", 5),
                    ("left", 5),
                    ("differs", 7),
                )
            )
            print(f"{act.name:28} {row}", flush=True)
        for name in given.signal or SIGNALS:
            row = " ".join(
                f"{total[f'{kind} {name}']:{width}}"
                for kind, width in (("kills", 6), ("half", 5), ("lost", 5), ("left", 5), ("differs", 7))
            )
            print(f"{'all, SIG' + name:28} {'':5} {row}")
        if given.keep:
            shutil.copytree(box.inside, given.keep)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{total['kills']} kills, {len(findings)} findings")
    for line in findings:
        print(line)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
