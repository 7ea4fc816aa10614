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
left      after `casestudy check` a file is there that neither the state before nor the state after has
differs   the verb, run again, fails or does not lead to the files of an undisturbed run

Files below ``.casestudy/`` are a cache and are not compared; names that appear there for good count as left.
Exit code 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import atexit
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from parts import acts
from parts.acts import Act

SIGNALS = ("KILL", "TERM", "INT")
SOURCE = Path(__file__).parent / "parts" / "kill.c"
LIBRARY = "CASESTUDY_KILL_LIBRARY"
SECONDS = 120
QUICK = (
    "codings add",
    "code rename",
    "pseudonymise apply",
    "reconcile decide",
    "blind read",
    "import-log",
    "withdraw",
)
Files = dict[str, bytes]


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (negative: the signal), what it said, and how many calls it made."""

    code: int
    said: str
    calls: int


def build(folder: Path) -> Path:
    """Build the library; the machine needs a C compiler."""
    target = folder / "kill.so"
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        raise SystemExit("No C compiler was found (cc, gcc or clang): the calls cannot be counted.")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", target, SOURCE, "-ldl"], check=True)
    return target


class Box:
    """A folder with a study and what lies beside it, which is put back before every kill."""

    def __init__(self, root: Path, library: str) -> None:
        self.root, self.inside, self.log = root, root / "box", root / "said"
        self.study, self.out = self.inside / "study", self.inside / "out"
        self.library = ctypes.CDLL(library)
        self.library.kill_count.restype = ctypes.c_long

    def command(self, words: tuple[str, ...], nth: int = 0, number: int = 0) -> Ended:
        """Run a command in a child process that is killed at its nth call; 0 for never."""
        child = os.fork()
        if child == 0:
            self._child(words, nth, number)
        until = time.monotonic() + SECONDS
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                break
            if time.monotonic() > until:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return Ended(-99, f"it did not end within {SECONDS} s", 0)
            time.sleep(0.002)
        said, _, calls = self.log.read_text(encoding="utf-8", errors="replace").rpartition("\n#calls ")
        whole = said if calls.strip().isdigit() else said + calls
        return Ended(os.waitstatus_to_exitcode(status), whole, int(calls) if calls.strip().isdigit() else 0)

    def _child(self, words: tuple[str, ...], nth: int, number: int) -> None:
        """The child: everything that it says goes into the log; it never returns."""
        code = 70
        try:
            log = os.open(self.log, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8")
            sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8")
            os.chdir(self.inside)
            for name in ("TMPDIR", "HOME"):
                os.environ[name] = str(self.inside / name.lower())
            tempfile.tempdir = None
            for one in (signal.SIGINT, signal.SIGTERM):
                signal.signal(one, signal.default_int_handler if one == signal.SIGINT else signal.SIG_DFL)
            from casestudy.cli.main import main

            self.library.kill_arm(str(self.inside).encode(), ctypes.c_long(nth), number)
            code = main(list(words))
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 2
        except BaseException:
            with suppress(BaseException):
                traceback.print_exc()
        with suppress(BaseException):
            atexit._run_exitfuncs()  # type: ignore[attr-defined]
        with suppress(BaseException):
            calls = self.library.kill_count()
            self.library.kill_disarm()
            os.write(1, f"\n#calls {calls}\n".encode())
        os._exit(code)

    def put(self, files: Files) -> None:
        """Make the box hold these files and no others."""
        shutil.rmtree(self.inside, ignore_errors=True)
        for folder in (self.study, self.out, self.inside / "tmpdir", self.inside / "home"):
            folder.mkdir(parents=True)
        for name, data in files.items():
            path = self.inside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def files(self) -> Files:
        """What the box holds."""
        return {
            str(path.relative_to(self.inside)): path.read_bytes()
            for path in sorted(self.inside.rglob("*"))
            if path.is_file()
        }

    def words(self, words: tuple[str, ...], **more: str) -> tuple[str, ...]:
        places = {"study": str(self.study), "out": str(self.out)} | more
        for name, text in places.items():
            words = tuple(word.replace("{" + name + "}", text) for word in words)
        return words


def prepared(box: Box, base: Files, act: Act) -> tuple[Files, tuple[str, ...]]:
    """The files before an act, and its command with the ids that those files hold."""
    box.put(
        {
            name: data
            for name, data in base.items()
            if not name.startswith(tuple(f"study/{g}" for g in act.gone))
        }
    )
    put = {name: text for name, text in act.files.items() if not text.startswith("{")}
    for name, text in put.items():
        path = box.inside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in act.before:
        ended = box.command(box.words(words))
        if ended.code:
            raise SystemExit(f"{act.name} cannot be prepared: {' '.join(words)}: {ended.said}")
    for name, how in act.files.items():
        if how.startswith("{"):
            (box.inside / name).write_text(_made(box, name, how), encoding="utf-8")
    first = opened = ""
    if "{first}" in act.words:
        first = box.command(box.words(("codings", "list", "--coder", "k", *acts.AT))).said.split()[2]
    if "{open}" in act.words:
        opened = box.command(box.words(("reconcile", "list", *acts.BOTH, *acts.N2, *acts.AT))).said.split()[0]
    return box.files(), box.words(act.words, first=first, open=opened)


def _made(box: Box, name: str, how: str) -> str:
    """A file that is made of another: a sheet filled in, a transcript with words put in."""
    text = (box.inside / name).read_text(encoding="utf-8") if (box.inside / name).exists() else ""
    if how == "{yes}":
        return text.replace("\n,", "\nyes,")
    if how == "{filled}":
        heads, guide, *rows = text.splitlines(keepends=True)
        return (
            heads
            + guide
            + "".join(
                row.replace(",,,", ",,bike.pleasure,", 1) if n % 2 else row for n, row in enumerate(rows)
            )
        )
    if how == "{longer}":
        return text.replace("> Composed", "> Looked through once more. Composed")
    return (box.inside / how.strip("{}")).read_text(encoding="utf-8")


def real(files: Files) -> Files:
    """Without the cache and the folder for temporary files."""
    return {
        k: v for k, v in files.items() if "/.casestudy/" not in k and not k.startswith(("tmpdir/", "home/"))
    }


def half(found: Files, before: Files, after: Files) -> Iterator[str]:
    """Files that are neither as before nor as after."""
    for name in sorted(before.keys() | after.keys()):
        data, old, new = found.get(name), before.get(name), after.get(name)
        if data in (old, new) or "/.casestudy/" in name:
            continue
        lines = data is not None and new is not None and name.endswith(".jsonl") and data.endswith(b"\n")
        if lines and new.startswith(data) and data.startswith(old or b""):
            continue
        yield f"{name} {'is missing' if data is None else 'is half-written'}"


def left(found: Files, before: Files, after: Files) -> list[str]:
    """Names that should not be there; below the folder for temporary files they are the system's to clear."""
    return sorted(
        name for name in found.keys() - before.keys() - after.keys() if not name.startswith("tmpdir/")
    )


def one_kill(
    box: Box, words: tuple[str, ...], before: Files, after: Files, done: str, nth: int, name: str
) -> Iterator[tuple[str, str]]:
    """Kill once; findings as kind and words."""
    box.put(before)
    killed = box.command(words, nth, getattr(signal, f"SIG{name}"))
    found = box.files()
    yield from (("half", text) for text in half(real(found), before, after))
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
    checked = box.command(("check", "--study", str(box.study)))
    if "Traceback" in checked.said or checked.code not in (0, 2):
        yield "lost", f"check: exit code {checked.code}: {checked.said.strip().splitlines()[-1][:160]}"
    found = box.files()
    there = left(found, before, after)
    yield from (("half", f"{text} after check") for text in half(real(found), before, after))
    if real(found) != real(after):
        again = box.command(words)
        found = box.files()
        kept = {path: data for path, data in real(found).items() if path in before or path in after}
        if again.code:
            yield "differs", f"run again, it ends with {again.code}: {again.said.strip()[-200:]}"
        elif kept != real(after):
            other = sorted(
                path for path in kept.keys() | real(after).keys() if kept.get(path) != after.get(path)
            )
            yield "differs", f"run again, other files than undisturbed: {', '.join(other[:4])}"
    still = set(left(found, before, after))
    yield from (
        ("left", f"{path}{'' if path in still else ' (until the verb is run again)'}") for path in there
    )


def kill_all(box: Box, base: Files, act: Act, given: argparse.Namespace, findings: list[str]) -> Counter[str]:
    """Kill one act at all its calls, or at those asked for."""
    before, words = prepared(box, base, act)
    ended = box.command(words)
    if ended.code:
        raise SystemExit(f"{act.name} fails undisturbed: {ended.said}")
    after = box.files()
    done = ended.said.strip().splitlines()[-1] if ended.said.strip() else ""
    box.put(before)
    if box.command(words).calls != ended.calls or real(box.files()) != real(after):
        findings.append(f"{act.name}: two undisturbed runs differ")
    counts: Counter[str] = Counter(calls=ended.calls)
    most = given.most or (6 if given.quick else 40 if act.slow else 0)
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


def warm(box: Box, base: Files, chosen: list[Act]) -> None:
    """Import here, once, what the verbs import, so that children need not."""
    path = box.root / "modules"
    for act in chosen:
        if act.slow and act.name == "run":
            continue
        _, words = prepared(box, base, act)
        child = os.fork()
        if child == 0:
            atexit.register(lambda: path.write_text("\n".join(sys.modules)))
            box._child(words, 0, 0)
        os.waitpid(child, 0)
        for name in path.read_text().split() if path.exists() else []:
            if name.partition(".")[0] not in ("__main__", "parts") and name not in sys.modules:
                with suppress(Exception):
                    __import__(name)


def arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="some verbs, six calls of each")
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
