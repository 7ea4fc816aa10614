"""Verbs that run notebooks and draw pages: run, status, verify, render, open."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy.cli import needs
from casestudy.cli.freshness import marks_of, plan_of_all, refuse_barred
from casestudy.cli.shared import add_json, print_json
from casestudy.cli.studying import line_of_problems
from casestudy.errors import CaseStudyError, Problem, RunFailed
from casestudy.files import reading
from casestudy.files.cache import CACHE
from casestudy.files.writing import write_atomically
from casestudy.study import ENV_OUTPUTS, Study
from casestudy.wording import counted

if TYPE_CHECKING:
    from casestudy.run.compare import Move

# Places that verify prints of each file.
_MOST_PLACES = 5

_RUN_EPILOG = """examples:
  casestudy run                                  everything that is not fresh
  casestudy run 20 --help-parameters             what can be set in notebook 20
  casestudy run 20 --set gap_minutes=60          one run with another value
  casestudy run 20 --sweep gap_minutes=15,30,60  one run for each value, and a table of what changed
  casestudy run --study my-study                 another study
"""


def add(verbs: Any) -> None:
    """Add the verbs of this area."""
    run = _verb(verbs, "run", "run the notebooks that are not fresh, then draw the pages", _run, _RUN_EPILOG)
    run.add_argument("notebook", nargs="*", help="number (20), name or path; all by default")
    run.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter's value")
    run.add_argument("--params", type=Path, metavar="FILE", help="TOML or JSON file of parameters")
    run.add_argument(
        "--sweep", action="append", default=[], metavar="NAME=V1,V2", help="run a grid of values"
    )
    run.add_argument(
        "--jobs", type=_positive, metavar="N", help="kernels at once; one for each core by default"
    )
    run.add_argument("--outputs", type=Path, metavar="DIR", help="write to this folder instead of outputs/")
    run.add_argument("--force", action="store_true", help="run what is fresh, too")
    run.add_argument("--dry-run", action="store_true", help="say what would run, and why")
    run.add_argument("--no-pages", action="store_true", help="do not draw pages")
    run.add_argument("--help-parameters", action="store_true", help="list the parameters and stop")

    status = _verb(verbs, "status", "say what is fresh, and why the rest is stale", _status)
    status.add_argument("--strict", action="store_true", help="exit with 1 when anything is stale")
    add_json(status)

    verify = _verb(
        verbs, "verify", "run everything elsewhere and compare with the committed outputs", _verify
    )
    verify.add_argument("--jobs", type=_positive, metavar="N")
    verify.add_argument("--keep", type=Path, metavar="DIR", help="keep the new outputs in this folder")

    render = _verb(verbs, "render", "draw the pages of what has run", _render)
    render.add_argument("--force", action="store_true", help="draw pages that are fresh, too")

    _verb(verbs, "open", "open the index page in a browser", _open)


def _verb(verbs: Any, name: str, text: str, act: Any, epilog: str = "") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=epilog or f"example:\n  casestudy {name}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--study", type=Path, metavar="DIR", help="the study's folder; found upward by default"
    )
    parser.set_defaults(act=act)
    return parser


def _positive(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return number


def _run(given: argparse.Namespace) -> int:
    from casestudy.run import notebook, parameters, runner

    study = Study.find(given.study)
    if given.outputs:
        os.environ[ENV_OUTPUTS] = str(given.outputs.resolve())
    everything = notebook.of_study(study)
    chosen = notebook.choose(everything, given.notebook)
    if given.help_parameters:
        return _list_parameters(chosen)
    wanted = runner.with_upstream(chosen, everything)
    values = parameters.merged(
        wanted,
        study.parameters,
        from_file=parameters.read_file(given.params) if given.params else None,
        from_line=_pairs(given.set),
        file_name=str(given.params or ""),
        everywhere=everything,
    )
    jobs = given.jobs or runner.default_jobs()
    verdicts = needs.judged(study, wanted)
    barred = needs.barred(verdicts)
    if given.notebook:
        refuse_barred(chosen, barred)
    plan = runner.plan(study, wanted, values, force=given.force, barred=barred)
    if given.dry_run:
        return _say_states(plan.states())
    if given.sweep:
        return _sweep(study, chosen, values, given, jobs, plan)
    outcomes = _run_plan(plan, jobs)
    failed = _failed(outcomes)
    drawn = 0
    broken: CaseStudyError | None = None
    try:
        drawn = 0 if given.no_pages else _draw(study, marks=marks_of(study, outcomes))
    except CaseStudyError as error:
        broken = error
    if drawn:
        idle = all(one.state == "fresh" for one in outcomes)
        why = " again: no notebook was stale, but files that pages show have changed" if idle else ""
        print(f"{counted(drawn, 'page')} drawn{why}")
    index = study.outputs / "index.html"
    if index.exists() and not given.no_pages:
        print(f"index page: {_near(index)}")
    print(_closing(outcomes))
    for line in needs.in_words(one for one in verdicts if one.lacks):
        print(line)
    if (given.set or given.params) and any(one.state == "ran" for one in outcomes):
        print("these outputs have other values than the study's own: casestudy run brings those back")
    moved = bool(drawn or broken) or any(one.state != "fresh" for one in outcomes)
    if said := line_of_problems(study, given.study, moved):
        print(said)
    if failed:
        raise RunFailed("Not everything ran.", [*failed, *(broken.problems if broken else ())])
    if broken:
        raise broken
    return 0


def _run_plan(plan: Any, jobs: int) -> Any:
    from casestudy.run import runner
    from casestudy.run.progress import Progress

    progress = Progress()
    try:
        return runner.run(plan, jobs=jobs, progress=progress)
    finally:
        progress.close()


def _failed(outcomes: Any) -> list[Problem]:
    return [Problem(one.notebook.stem, one.reason) for one in outcomes if one.state in ("failed", "not run")]


def _closing(outcomes: Any) -> str:
    states = ("ran", "fresh", "failed", "not run", "cannot run")
    counts = {state: sum(one.state == state for one in outcomes) for state in states}
    words = [f"{counts['ran']} ran", f"{counts['fresh']} fresh", f"{counts['failed']} failed"]
    if not counts["fresh"]:
        words.remove("0 fresh")
    if counts["not run"]:
        words.append(f"{counts['not run']} not run")
    if counts["cannot run"]:
        words.append(f"{counts['cannot run']} cannot run here")
    return ", ".join(words)


def _sweep(study: Study, chosen: Any, values: Any, given: argparse.Namespace, jobs: int, plan: Any) -> int:
    from casestudy.run import runner, sweep
    from casestudy.run.progress import Progress

    if len(chosen) != 1:
        problem = Problem(
            "--sweep", f"it runs one notebook, not {len(chosen)}.", "Name one: casestudy run 20 --sweep …"
        )
        raise CaseStudyError("The sweep cannot run.", [problem])
    points = sweep.grid(chosen[0], given.sweep)
    outcomes = _run_plan(plan, jobs)
    runner.raise_for(outcomes)
    if any(one.state == "ran" for one in outcomes):
        drawn = 0 if given.no_pages else _draw(study)
        print(
            f"the study's own values: {_closing(outcomes)}; {counted(drawn, 'page')} drawn", file=sys.stderr
        )
    progress = Progress()
    try:
        table = sweep.run_sweep(
            study, chosen[0], values[chosen[0].stem], points, jobs=jobs, progress=progress
        )
    finally:
        progress.close()
    print(table.read_text(encoding="utf-8"), end="")
    print(f"{counted(len(points), 'point')} ran; the table: {_near(table)}")
    print(sweep.LEGEND)
    return 0


def _list_parameters(chosen: Any) -> int:
    from casestudy.run.parameters import declared

    for one in chosen:
        print(f"{one.stem}: {one.title}")
        for given in declared(one):
            line = f"  {given.name}: {given.annotation} = {given.default!r}  {given.help}"
            print(line.rstrip())
    return 0


def _status(given: argparse.Namespace) -> int:
    study = Study.find(given.study)
    states = plan_of_all(study).states()
    verdicts = needs.judged(study, [one.notebook for one in states])
    if given.json:
        print_json(
            [
                {"notebook": one.notebook.stem, "fresh": not one.reason, "why": one.reason}
                | {"can": verdict.state, "lacks": [str(lack) for lack in verdict.lacks]}
                | {"misses": [str(lack) for lack in verdict.misses]}
                for one, verdict in zip(states, verdicts, strict=True)
            ]
        )
    else:
        _say_states(states)
        for line in needs.in_words(one for one in verdicts if one.state == "can run in part"):
            print(line)
    return int(given.strict and any(one.reason for one in states if one.state != "cannot run"))


def _say_states(states: Any) -> int:
    barred = [one for one in states if one.state == "cannot run"]
    others = [one for one in states if one.state != "cannot run"]
    for one in others:
        print(f"stale: {one.notebook.stem}: {one.reason}" if one.reason else f"fresh: {one.notebook.stem}")
    for one in barred:
        print(f"cannot run: {one.notebook.stem}: {one.reason}")
    stale = sum(bool(one.reason) for one in others)
    print(f"{len(others) - stale} fresh, {stale} stale" + (f", {len(barred)} cannot run" if barred else ""))
    return 0


def _verify(given: argparse.Namespace) -> int:
    from casestudy.run import compare, runner

    study = Study.find(given.study)
    committed = study.outputs
    with tempfile.TemporaryDirectory(prefix="casestudy-verify-") as temporary:
        fresh = Path(temporary) / "outputs"
        os.environ[ENV_OUTPUTS] = str(fresh)
        try:
            plan = runner.as_new(plan_of_all(study))
            outcomes = _run_plan(plan, given.jobs or runner.default_jobs())
            runner.raise_for(outcomes)
            _draw(study)
        finally:
            os.environ.pop(ENV_OUTPUTS)
        moved = compare.moves(committed, fresh)
        claims = _claims_moved(committed, fresh) if moved else []
        if given.keep:
            shutil.copytree(fresh, given.keep, dirs_exist_ok=True)
    _say_moved(moved, study.root / CACHE / "moved.txt")
    for sentence in claims:
        print(f"claim {sentence}")
    files = len({move.file for move in moved})
    print(
        f"{counted(len(outcomes), 'notebook')} ran; "
        + (f"{counted(len(moved), 'place')} moved in {counted(files, 'file')}" if moved else "nothing moved")
    )
    return 1 if moved else 0


def _say_moved(moved: Sequence[Move], whole: Path) -> None:
    """The first places of every file that moved; where that is not all, everything goes into a text file."""
    files: dict[str, list[Move]] = {}
    for move in moved:
        files.setdefault(move.file, []).append(move)
    # Pages and executed notebooks mostly show what stands in tables and records, too.
    shown = {name: own for name, own in files.items() if not name.endswith((".html", ".js", ".ipynb"))}
    for own in (shown or files).values():
        for move in own[:_MOST_PLACES]:
            print(f"moved: {move}")
        if len(own) > _MOST_PLACES:
            print(f"  … and {counted(len(own) - _MOST_PLACES, 'more place', 'more places')} in {own[0].file}")
    if shown and len(shown) < len(files):
        rest = counted(len(files) - len(shown), "page or executed notebook", "pages and executed notebooks")
        print(f"moved with these: {rest}")
    if moved:
        write_atomically(whole, "".join(f"{move}\n" for move in moved).encode())
        print(f"every place: {_near(whole)}")


def _claims_moved(before: Path, after: Path) -> list[str]:
    """Which claim's status moved between two folders of outputs, and why."""
    from casestudy.evidence.registers import moved_between

    return moved_between(before, after)


def _draw(study: Study, force: bool = False, marks: Mapping[str, str] | None = None) -> int:
    from casestudy.report.site import render

    return render(study, force=force, marks=marks)


def _render(given: argparse.Namespace) -> int:
    with reading.once():
        study = Study.find(given.study)
        drawn = _draw(study, given.force, marks_of(study))
    print(f"{counted(drawn, 'page')} drawn")
    return 0


def _open(given: argparse.Namespace) -> int:
    import webbrowser

    index = Study.find(given.study).outputs / "index.html"
    if not index.is_file():
        raise CaseStudyError(
            "There is no index page yet.", [Problem(_near(index), "not there.", "Run: casestudy run.")]
        )
    print(_near(index))
    return 0 if webbrowser.open(index.as_uri()) else 1


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    problems = [
        Problem(f"--set {text}", "it has no value.", "Write --set NAME=VALUE.")
        for text in texts
        if "=" not in text
    ]
    if problems:
        raise CaseStudyError("The parameters do not fit.", problems)
    return {name.strip(): value for name, _, value in (text.partition("=") for text in texts)}


def _near(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


if sys.platform == "win32":  # Colour codes of the progress line need this on old consoles.
    os.system("")
