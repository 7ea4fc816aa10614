"""What is wrong with a study's literature: exports, screening, codings; all of it at once."""

from __future__ import annotations

from casestudy.codebook import history
from casestudy.errors import InputError, Problem
from casestudy.literature import duplicates, extraction, pairs, protocol, readers, screening
from casestudy.study import Study


def check(study: Study) -> list[Problem]:
    """List every problem of the files under ``literature/``; none when the study has no such folder."""
    if not (study.root / "literature").is_dir() or not study.inputs(f"{readers.FOLDER}/*"):
        return []
    records, problems = readers.survey(study)
    try:
        plan = protocol.load(study)
    except InputError as error:
        return [*problems, *error.problems]
    joined = duplicates.join(records)
    for row in joined.doubtful[joined.doubtful["link"] == ""].to_dict("records"):
        found = f"{row['why']} (the other stands at {row['other']})."
        remedy = "See which is right: correct the export, or casestudy literature decide."
        problems.append(Problem(str(row["one"]), found, remedy))
    problems += pairs.lost(records, pairs.survey(study)[0])
    known = {one.id for one in joined.records}
    renamed = {former: one.id for one in joined.records for former in one.former}
    _, wrong = screening.survey(study, joined.records, plan.reasons)
    problems += wrong
    notes = protocol.notes(study)
    for name in sorted(set(notes) - known):
        remedy = "Give it the id of its record, see `casestudy literature records`."
        if name in renamed:
            remedy = (
                f"Its record was joined with another: name it {renamed[name]}.md, or put the two together."
            )
        problems.append(Problem(f"{protocol.NOTES}/{name}.md", "it belongs to no record.", remedy))
    works, wrong = extraction.survey(study)
    problems += wrong
    try:
        book = history.load(study)
    except InputError:
        return problems  # the coding room lists these
    for one in plan.dimensions.values():
        problems += [
            Problem(
                protocol.FILE, f"dimension {one.id!r} names {code!r}, which is not a code.", "Correct it."
            )
            for code in one.codes
            if code not in book.codes
        ]
    for work in works:
        where = f"{extraction.FOLDER}/{work.coder}/{work.document}.jsonl"
        text = notes.get(work.document)
        if text is None:
            problems.append(Problem(where, "there is no note of that name.", "Write the note, or rename it."))
            continue
        for coding in work.codings:
            if text[coding.start : coding.end] != coding.quote:
                found = f"coding {coding.id} is displaced: its words are not at {coding.start}-{coding.end}."
                problems.append(Problem(where, found, "Code the note again."))
            if coding.code not in book.codes:
                problems.append(Problem(where, f"{coding.code!r} is not a code.", "Correct the code."))
    return problems
