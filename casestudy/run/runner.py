"""Runs the notebooks that are stale, side by side where they do not need each other."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.errors import Problem, RunFailed
from casestudy.files import cache, folders, locks
from casestudy.files.cache import CACHE
from casestudy.files.writing import write_atomically
from casestudy.outputs import contents
from casestudy.run.notebook import Notebook, in_order
from casestudy.run.receipts import Hashes, Memory, Receipt, receipt
from casestudy.study import ENV_INPUTS, ENV_OUTPUT, ENV_OUTPUTS, ENV_STUDY, Study

if TYPE_CHECKING:
    from casestudy.run.kernel import Kernels

RAN, FRESH, FAILED, WAITING, BARRED = "ran", "fresh", "failed", "not run", "cannot run"


@dataclass(frozen=True)
class Outcome:
    """What became of one notebook: ran, fresh, failed, not run or cannot run; `reason` says why."""

    notebook: Notebook
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """The notebooks in order, their parameters, and the state each is in before anything runs.

    Attributes
    ----------
    barred : mapping of str to str
        Notebooks that cannot run in this study, with the reason: judged by whoever makes the plan.
    """

    study: Study
    notebooks: tuple[Notebook, ...]
    parameters: Mapping[str, Mapping[str, Any]]
    force: bool = False
    hashes: Hashes = field(compare=False, default=None)  # type: ignore[assignment]
    barred: Mapping[str, str] = field(default_factory=dict)

    def states(self) -> list[Outcome]:
        """For each notebook whether it is fresh, and if not why, without running anything."""
        stale: set[str] = set()
        outcomes = []
        barred = self.all_barred()
        for notebook in self.notebooks:
            if notebook.stem in barred:
                outcomes.append(Outcome(notebook, BARRED, barred[notebook.stem]))
                continue
            reason = self.reason(notebook)
            upstream = [name for name in notebook.reads if name in stale]
            if not reason and upstream:
                reason = f"{upstream[0]} runs first"
            if reason:
                stale.add(notebook.stem)
            outcomes.append(Outcome(notebook, WAITING if reason else FRESH, reason))
        self.hashes.save()
        return outcomes

    def all_barred(self) -> dict[str, str]:
        """The barred notebooks, and those that cannot do without the outputs of one."""
        barred = dict(self.barred)
        for notebook in self.notebooks:
            lacking = [name for name in notebook.needs_outputs_of if name in barred]
            if lacking and notebook.stem not in barred:
                barred[notebook.stem] = f"it reads {lacking[0]}, which cannot run: {barred[lacking[0]]}"
        return barred

    def reason(self, notebook: Notebook) -> str:
        """Why the notebook must run now; empty when it is fresh."""
        if self.force:
            return "forced"
        return Memory(self.study).why_stale(notebook.stem, self.receipt(notebook), self.hashes)

    def receipt(self, notebook: Notebook) -> Receipt:
        """What the notebook's outputs would be made of now."""
        return receipt(self.study, notebook, self.parameters[notebook.stem], self.hashes)


def plan(
    study: Study,
    notebooks: Sequence[Notebook],
    parameters: Mapping[str, Mapping[str, Any]],
    *,
    force: bool = False,
    barred: Mapping[str, str] | None = None,
) -> Plan:
    """Put notebooks in order and look up what each of them is made of."""
    ordered = tuple(in_order(list(notebooks)))
    return Plan(study, ordered, parameters, force, Hashes(study.root / CACHE), barred or {})


def as_new(the_plan: Plan) -> Plan:
    """The same plan with every notebook to run, into the folder that `Study.outputs` names now."""
    return replace(the_plan, force=True)


def with_upstream(chosen: Sequence[Notebook], everything: Sequence[Notebook]) -> list[Notebook]:
    """The chosen notebooks and all whose outputs they read, directly or through others."""
    by_stem = {notebook.stem: notebook for notebook in everything}
    wanted: list[Notebook] = []
    waiting = list(chosen)
    while waiting:
        notebook = waiting.pop()
        if notebook not in wanted:
            wanted.append(notebook)
            waiting += [by_stem[name] for name in notebook.reads if name in by_stem]
    return [notebook for notebook in everything if notebook in wanted]


def run(the_plan: Plan, *, jobs: int, progress: Callable[[Sequence[str], int, int], None]) -> list[Outcome]:
    """Run every stale notebook of a plan.

    Parameters
    ----------
    the_plan : Plan
    jobs : int
        How many kernels may work at once.
    progress : callable
        Called with the names that run now, how many notebooks are done, and how many there are.

    Returns
    -------
    list of Outcome
        One for each notebook, in the plan's order. After a failure the notebooks that need the failed one are
        not run; the others are.

    Raises
    ------
    KeyboardInterrupt
        After an interrupt, when all kernels have ended and every half-made file is gone.
    """
    barred = the_plan.all_barred()
    outcomes = {
        notebook.stem: Outcome(notebook, BARRED, barred[notebook.stem])
        for notebook in the_plan.notebooks
        if notebook.stem in barred
    }
    running: dict[Future[Outcome], Notebook] = {}
    todo = [notebook for notebook in the_plan.notebooks if notebook.stem not in barred]
    names = {notebook.stem for notebook in the_plan.notebooks}
    with _only_run(the_plan.study) as staging, ThreadPoolExecutor(max(jobs, 1)) as pool:
        worker = _Worker(the_plan, staging)
        with _ended_on_signal(worker):
            while todo or running:
                for notebook in list(todo):
                    needs = [name for name in notebook.reads if name in names and name != notebook.stem]
                    if any(name not in outcomes for name in needs) or len(running) >= max(jobs, 1):
                        continue
                    todo.remove(notebook)
                    broken = [name for name in needs if outcomes[name].state in (FAILED, WAITING)]
                    if broken:
                        outcomes[notebook.stem] = Outcome(notebook, WAITING, f"{broken[0]} did not run")
                    elif reason := the_plan.reason(notebook):
                        running[pool.submit(worker.run, notebook, reason)] = notebook
                    else:
                        outcomes[notebook.stem] = Outcome(notebook, FRESH)
                progress([one.stem for one in running.values()], len(outcomes), len(names))
                if running:
                    finished, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
                    for future in finished:
                        notebook = running.pop(future)
                        outcomes[notebook.stem] = future.result()
    the_plan.hashes.save()
    return [outcomes[notebook.stem] for notebook in the_plan.notebooks]


class _Worker:
    """Runs one notebook into the staging folder and moves the result into place."""

    def __init__(self, the_plan: Plan, staging: Path) -> None:
        self.plan, self.staging = the_plan, staging
        self.lock = threading.Lock()
        self.kernels: Kernels | None = None

    def run(self, notebook: Notebook, reason: str) -> Outcome:
        study = self.plan.study
        with self.lock:
            made = self.plan.receipt(notebook)
            kernels = self._kernels()
        folder = self.staging / notebook.stem
        failure = run_into(study, notebook, made, folder, kernels)
        if failure:
            return Outcome(notebook, FAILED, failure)
        with self.lock:
            memory = Memory(study)
            memory.forget(notebook.stem)
            _replace(study, notebook.stem, folder)
            memory.remember(notebook.stem, made, self.plan.hashes)
            self.plan.hashes.save()
        return Outcome(notebook, RAN, reason)

    def _kernels(self) -> Kernels:
        if self.kernels is None:
            from casestudy.run import quick_schema

            quick_schema.load()  # before nbformat and papermill, which import jsonschema
            from casestudy.run.kernel import Kernels

            self.kernels = Kernels()
        return self.kernels

    def end(self) -> None:
        if self.kernels is not None:
            self.kernels.end_all()


def run_into(study: Study, notebook: Notebook, made: Receipt, folder: Path, kernels: Kernels) -> str:
    """Execute one notebook so that all it writes lands in `folder`.

    Returns
    -------
    str
        Empty on success; otherwise what failed, where, and the file with as much as there is.
    """
    import nbformat

    from casestudy.run.kernel import CellFailed, execute
    from casestudy.run.tidy import tidy, to_text, with_ids

    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        ENV_STUDY: str(study.root),
        ENV_INPUTS: json.dumps(notebook.inputs),
        ENV_OUTPUT: str(folder),
        ENV_OUTPUTS: str(study.outputs),
        # What libraries keep for themselves stays in the study: nothing is written to the home folder.
        "MPLCONFIGDIR": str(cache.folder(study.root, "libraries", "matplotlib")),
        "XDG_CACHE_HOME": str(cache.folder(study.root, "libraries")),
    }
    hidden = {str(folder): f"outputs/{notebook.stem}", str(study.root): "."}
    stored = with_ids(json.loads(notebook.path.read_text(encoding="utf-8")))
    source = nbformat.reads(json.dumps(stored), as_version=4)
    try:
        executed = execute(
            source, made.parameters, folder=notebook.path.parent, environment=environment, kernels=kernels
        )
    except CellFailed as error:
        kept = study.root / CACHE / "failed" / f"{notebook.stem}.ipynb"
        where = _heading(error.partial, error.index, notebook)
        if error.partial is not None:
            write_atomically(kept, to_text(tidy(error.partial, hidden)).encode())
        return (
            f"{notebook.path.name} ({notebook.title}) failed under “{where}”, cell {error.index + 1}: "
            f"{error.name}: {error.text.strip().rstrip('.')}. What there is of it: {_shown(kept, study)}."
        )
    write_atomically(folder / f"{notebook.stem}.ipynb", to_text(tidy(executed, hidden)).encode())
    record: dict[str, Any] = {"notebook": notebook.stem, "title": notebook.title}
    record["question"] = notebook.question
    record |= {**asdict(made), "receipt": made.digest, "saved": _saved(folder)}
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_atomically(folder / "run.json", text.encode())
    return ""


def _saved(folder: Path) -> dict[str, dict[str, Any]]:
    """What each saved table and figure says its rows are."""
    about = ("kind", "rows", "count", "source", "floor", "left_out", "says")
    return {
        name: {key: entry[key] for key in about if key in entry}
        for name, entry in contents(folder).items()
        if entry["kind"] != "answer"
    }


def raise_for(outcomes: Sequence[Outcome]) -> None:
    """Raise RunFailed when a notebook failed or could not run."""
    problems = [
        Problem(one.notebook.stem, one.reason)
        for one in outcomes
        if one.state in (FAILED, WAITING) and one.reason
    ]
    if problems:
        raise RunFailed("Not everything ran.", problems)


def _heading(partial: Any, index: int, notebook: Notebook) -> str:
    if partial is None:
        return notebook.title
    cells = tuple({"cell_type": cell.cell_type, "source": cell.source, "tags": []} for cell in partial.cells)
    return Notebook(notebook.path, cells, "", ()).heading_above(index)


def _replace(study: Study, stem: str, made: Path) -> None:
    """Put a finished folder in place of the last good one, whose page stays until it is drawn again."""
    page = study.outputs / stem / "index.html"
    if page.is_file():
        shutil.copy2(page, made / "index.html")
    folders.replace(study.root, study.outputs / stem, made)


def _shown(path: Path, study: Study) -> str:
    return path.relative_to(study.root).as_posix() if path.is_relative_to(study.root) else path.name


@contextmanager
def _only_run(study: Study) -> Iterator[Path]:
    """Be the only run of the study; yields a staging folder and clears what broken runs left behind."""
    with locks.study(study.root, files=False):
        folders.restore(study.root)
        shutil.rmtree(study.root / CACHE / "staging", ignore_errors=True)
        staging = cache.folder(study.root, "staging", uuid.uuid4().hex[:8])
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _ended_on_signal(worker: _Worker) -> Iterator[None]:
    """End all kernels on an interrupt or a termination signal, then pass it on as KeyboardInterrupt."""

    def stop(number: int, frame: Any) -> None:
        worker.end()
        raise KeyboardInterrupt(signal.Signals(number).name)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def default_jobs() -> int:
    """How many kernels to run at once: one for each core, four at most."""
    return min(os.cpu_count() or 1, 4)
