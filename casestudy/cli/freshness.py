"""What can run in a study and what is up to date: the plan of all notebooks, and the marks of their pages."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from casestudy.cli import needs
from casestudy.errors import CaseStudyError, Problem, raise_if
from casestudy.study import Study


def plan_of_all(study: Study) -> Any:
    """The plan of every notebook with the study's own values; those that cannot run are barred."""
    from casestudy.run import notebook, parameters, runner

    everything = notebook.of_study(study)
    barred = needs.barred(needs.judged(study, everything))
    return runner.plan(study, everything, parameters.merged(everything, study.parameters), barred=barred)


def refuse_barred(chosen: Any, barred: dict[str, str]) -> None:
    """Refuse what a person asked for by name and cannot run here, with the reason."""
    problems = [
        Problem(one.stem, f"it cannot run here: {barred[one.stem]}") for one in chosen if one.stem in barred
    ]
    raise_if(problems, "A notebook lacks what it needs.")


def marks_of(study: Study, outcomes: Any = ()) -> dict[str, str]:
    """What pages say of themselves where they are not up to date: by notebook, a clause.

    Judged by what each page was made of, as its record says, and by the run that has just ended.
    """
    from casestudy.run import receipts

    try:
        plan = plan_of_all(study)
    except CaseStudyError:
        return {}
    barred = plan.all_barred()
    marks = {stem: f"it cannot be run again: {why}" for stem, why in barred.items()}
    for one in plan.notebooks:
        record = study.outputs / one.stem / "run.json"
        if one.stem in barred or not record.is_file():
            continue
        with suppress(CaseStudyError, OSError, KeyError):
            if why := receipts.changed_since(plan.receipt(one), receipts.read_json(record)):
                marks[one.stem] = why
    plan.hashes.save()
    failed = {one.notebook.stem: one for one in outcomes if one.state in ("failed", "not run")}
    marks |= {
        stem: f"the last run {'failed' if one.state == 'failed' else 'did not reach it'}: {one.reason}"
        for stem, one in failed.items()
    }
    return {stem: why.strip().rstrip(".") for stem, why in marks.items()}
