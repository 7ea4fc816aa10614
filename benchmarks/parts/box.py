"""A box: a study and what lies beside it, put back before every kill, and commands run in children that may die."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from parts import acts
from parts.acts import Act

SECONDS = 120
_SUBREAPER = 36
Files = dict[str, bytes]


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (negative: the signal), what it said, and how many calls it made."""

    code: int
    said: str
    calls: int


class Box:
    """A folder with a study and what lies beside it, which is put back before every kill."""

    def __init__(self, root: Path, library: str) -> None:
        self.root, self.inside, self.log = root, root / "box", root / "said"
        self.study, self.out = self.inside / "study", self.inside / "out"
        self.library = ctypes.CDLL(library)
        self.library.kill_count.restype = ctypes.c_long
        # Whatever a killed command leaves running becomes a child of this process.
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)

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

    def orphans(self) -> list[str]:
        """Programs that a killed command left running after three seconds; they are ended."""
        until = time.monotonic() + 3
        while (left := _children()) and time.monotonic() < until:
            with suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            time.sleep(0.02)
        for child, _ in left:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return [name for _, name in left]

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


def _children() -> list[tuple[int, str]]:
    """This process's children that still run, with their names."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                name, _, rest = (folder / "stat").read_text().rpartition(")")
                state, parent = rest.split()[:2]
                if int(parent) == os.getpid():
                    found.append((int(folder.name), f"{name.partition('(')[2]} ({state})"))
    return found


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
    if how == "{branches}":
        first = json.loads(text.splitlines()[0])
        two = (
            first | {"id": f"branch{n}", "action": "change", "parent": first["id"], "memo": f"m{n}"}
            for n in (1, 2)
        )
        return text + "".join(json.dumps(record) + "\n" for record in two)
    if how == "{longer}":
        return text.replace("> Composed", "> Looked through once more. Composed")
    return (box.inside / how.strip("{}")).read_text(encoding="utf-8")


def warm(box: Box, base: Files, chosen: list[Act]) -> None:
    """Import here, once, what the verbs import, so that children need not."""
    path = box.root / "modules"
    for act in [*chosen, None]:
        words: tuple[str, ...] = ("check", "--study", str(box.study))
        if act is not None:
            if act.name == "run":
                continue
            words = prepared(box, base, act)[1]
        path.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            atexit.register(lambda: path.write_text("\n".join(sys.modules)))
            box._child(words, 0, 0)
        os.waitpid(child, 0)
        for name in path.read_text().split() if path.exists() else []:
            if name.partition(".")[0] not in ("__main__", "parts") and name not in sys.modules:
                with suppress(Exception):
                    __import__(name)
