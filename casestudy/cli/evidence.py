"""Verbs of the chain of evidence: evidence, withdraw."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from casestudy.cli.shared import add_json, print_json

_EVIDENCE = """examples:
  casestudy evidence                                  all claims, and every weak point of the chain
  casestudy evidence C4                               one claim down to its sentences and numbers
  casestudy evidence interviews/transcripts/c03.md    up: the claims that rest on a document
  casestudy evidence outputs/20-use/measures.csv      up: the claims that rest on a table
  casestudy evidence C4 --seal                        I have read the evidence of C4 as it is now
  casestudy evidence --checklist coreq                a reporting checklist, filled from the records
  casestudy evidence --sheet ann                      an empty sheet: findings against sources, for ann
"""
_WITHDRAW = """examples:
  casestudy withdraw c03          say what would be removed; change nothing
  casestudy withdraw c03 --yes    remove it, and run the study again
"""


def add(subparsers: Any) -> None:
    """Add the verbs of this area."""
    one = _verb(subparsers, "evidence", "walk the chain of evidence both ways", _evidence, _EVIDENCE)
    one.add_argument("thing", nargs="?", default="", help="a claim, or anything that claims may rest on")
    one.add_argument("--seal", action="store_true", help="record that the evidence was read as it is now")
    one.add_argument("--strict", action="store_true", help="exit with 1 when anything does not hold")
    one.add_argument("--checklist", metavar="LIST", help="coreq, srqr or gramms")
    add_json(one)
    one.add_argument("--sheet", metavar="READER", help="begin this reader's own sheet of triangulation")
    two = _verb(subparsers, "withdraw", "remove a participant from every file", _withdraw, _WITHDRAW)
    two.add_argument("participant", help="id in interviews/participants.csv")
    two.add_argument("--yes", action="store_true", help="do it; without this only the plan is shown")
    two.add_argument("--no-run", action="store_true", help="do not run the study afterwards")


def _verb(subparsers: Any, name: str, text: str, act: Any, epilog: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--study", type=Path, metavar="DIR", help="the study's folder; found upward by default"
    )
    parser.set_defaults(act=act)
    return parser


def _evidence(given: argparse.Namespace) -> int:
    from casestudy.coding import material
    from casestudy.evidence import answers, chain, claims, status, written_before
    from casestudy.study import Study
    from casestudy.wording import counted

    study = Study.find(given.study)
    found = material.load(study)
    verdicts = status.evaluate(claims.load(study, found.framework), found)
    named = [one for one in verdicts if one.claim.id == given.thing]
    if given.seal:
        count = chain.seal(study, verdicts, [given.thing] if given.thing else [])
        print(f"{counted(count, 'claim')} sealed in {chain.SEALS}")
        return 0 if count or not given.thing else _unknown(given.thing, verdicts)
    listed, unknown = written_before.orders(found, verdicts)
    troubles = chain.walk(found, verdicts, chain.load_seals(study)) + written_before.troubles(listed)
    troubles += answers.troubles(study)
    if given.sheet:
        return _sheet(study, given.sheet, verdicts)
    if given.checklist:
        return _checklist(given.checklist, found, verdicts, troubles)
    if given.json and (named or not given.thing):
        return _as_json(named or verdicts, troubles, given)
    if named:
        when = unknown or next(one.said for one in listed if one.claim == given.thing)
        return _down(named[0], found, troubles, when)
    if given.thing:
        return _up(given.thing, found, verdicts, given.json)
    for one in verdicts:
        print(f"{one.claim.id:>5}  {one.status:<14} {one.claim.text}")
        print(f"{'':>7}{'':<15}{one.why}")
        print(f"{'':>7}{'':<15}expectation: {one.claim.written_in_words}")
    if not verdicts:
        print(f"The study makes no claims yet: {claims.FILE}.")
    else:
        print(f"Expectations: {unknown or written_before.summary(listed)}.")
    _readings(study)
    for gap in found.gaps:
        print(gap)
    if verdicts or troubles:
        _said(troubles)
    return 1 if given.strict and troubles else 0


def _as_json(verdicts: Any, troubles: Any, given: argparse.Namespace) -> int:
    """Claims with their status and what they rest on, and the weak points of the chain."""
    ids = {one.claim.id for one in verdicts}
    weak = [one for one in troubles if not given.thing or one.where.split(",")[0] in ids]
    print_json(
        {
            "claims": [
                {
                    "id": one.claim.id,
                    "text": one.claim.text,
                    "status": one.status,
                    "why": one.why,
                    "sources": one.sources,
                    "rests_on": [
                        {
                            "item": f.item,
                            "source": f.source,
                            "finding": f.finding,
                            "contrary": f.contrary,
                            "said": f.said,
                        }
                        for f in one.findings
                    ],
                }
                for one in verdicts
            ],
            "weak_points": [str(one) for one in weak],
        }
    )
    return 1 if given.strict and weak else 0


def _readings(study: Any) -> None:
    """Who held the findings against sources, and how far each two agree."""
    from casestudy.mixed import readers, triangulation

    judged = triangulation.load(study)
    if len(judged):
        print(triangulation.compare(judged)[1])
        agreed = readers.in_words(readers.pairs(judged, readers.load(study)))
        for clause in [*agreed.split("; "), readers.NAMED] if agreed else []:
            print(f"  {clause}")


def _down(verdict: Any, found: Any, troubles: Any, when: str) -> int:
    from casestudy.evidence import chain

    claim = verdict.claim
    print(f"{claim.id}  {claim.text}\n  status: {verdict.status}; {verdict.why}")
    print(f"  expected, {claim.written_in_words}: {claim.expected}\n      {when}")
    below = chain.sentences(verdict, found)
    for finding in verdict.findings:
        kind = "searched for the contrary" if finding.contrary else "evidence"
        says = f" “{verdict.item(finding).says}”:" if verdict.item(finding).says else ""
        print(f"\n  {finding.item}, {kind} in {finding.source}:{says} {finding.in_words}. {finding.said}.")
        mine = below[below["item"].eq(finding.item) & below["contrary"].eq(finding.contrary)]
        for row in mine.sort_values(["document", "start", "coder"], kind="stable").to_dict("records"):
            place = f"{row['document']} {row['start']}–{row['end']} {row['code']} ({row['coder']})"
            print(f"      {place + ': ' if row['coding'] else ''}{' '.join(str(row['quote']).split())}")
    for rival in claim.rivals:
        print(f"\n  rival: {rival.text}\n      test: {rival.test} → {rival.verdict}. {rival.because}")
    print()
    _said([one for one in troubles if one.where.split(",")[0] == claim.id])
    return 0


def _up(thing: str, found: Any, verdicts: Any, as_json: bool) -> int:
    from casestudy.evidence import chain

    table = chain.resting_on(thing, found, verdicts)
    if table.empty:
        return _unknown(thing, verdicts)
    if as_json:
        return print_json(table.astype(object).to_dict("records"))
    for row in table.to_dict("records"):
        codings = f", {row['codings']} of its codings" if row["codings"] else ""
        print(f"{row['claim']:>5} {row['item']:<10} {row['status']:<14} {row['said']}{codings}")
    return 0


def _unknown(thing: str, verdicts: Any) -> int:
    from casestudy.errors import nearest

    hint = nearest(thing, [one.claim.id for one in verdicts])
    print(f"No claim rests on {thing!r}, and no claim is called so. {hint}")
    return 1


def _said(troubles: Any) -> None:
    if not troubles:
        print("The chain of evidence holds: nothing weak was found.")
        return
    print(f"{len(troubles)} weak points:")
    for kind, group in _grouped(troubles):
        print(f"  {kind} ({len(group)})")
        for one in group:
            print(f"    {one}")


def _grouped(troubles: Any) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = {}
    for one in troubles:
        groups.setdefault(one.kind, []).append(one)
    return list(groups.items())


def _checklist(name: str, found: Any, verdicts: Any, troubles: Any) -> int:
    from casestudy.evidence import checklists, records

    facts = records.facts(found, verdicts, troubles)
    chosen = checklists.load(name)
    table = checklists.fill(chosen, facts, checklists.own_answers(found.study).get(name))
    print(f"{chosen.name} {chosen.version}: items in our own words. {chosen.source}.\n")
    for row in table.to_dict("records"):
        place = f" [{row['where']}]" if row["where"] else ""
        print(f"{row['item']:>4} {row['name']}: {row['asks']}\n     {row['answer']}{place}")
    missing = int(table["state"].eq(checklists.TO_WRITE).sum())
    print(f"\n{len(table) - missing} of {len(table)} items answered, {missing} to write ({checklists.OWN}).")
    return 0


def _sheet(study: Any, reader: str, verdicts: Any) -> int:
    from casestudy.errors import InputError, Problem
    from casestudy.evidence import registers
    from casestudy.files.writing import write_atomically
    from casestudy.mixed import triangulation
    from casestudy.outputs import csv_text

    pieces = registers.findings_table(verdicts)["source"]
    sources = sorted({kind for source in pieces for kind in source.split(" and ")})
    findings = [(one.claim.id, one.claim.text) for one in verdicts]
    table = triangulation.sheet(findings, sources, reader)
    name = f"evidence/triangulation-{reader}.csv"
    if (study.root / name).exists():
        problem = Problem(name, "this reader has a sheet already.", "Go on with it, or move it away first.")
        raise InputError("No sheet was made.", [problem])
    write_atomically(study.root / name, csv_text(table).encode("utf-8"))
    words = "; ".join(f"{verdict}: {said}" for verdict, said in triangulation.IN_WORDS.items())
    print(f"{name}: {len(table)} cells, {len(findings)} findings against {len(sources)} sources.")
    print(f"Write a verdict and a note in each row; rows without a verdict are left out.\n{words}")
    return 0


def _withdraw(given: argparse.Namespace) -> int:
    from casestudy.files import locks
    from casestudy.privacy import withdraw
    from casestudy.study import Study

    study = Study.find(given.study)
    if not given.yes:
        _planned(study, withdraw.plan(study, given.participant))
        print("Nothing was changed. Add --yes to do it.")
        return 0
    with locks.study(study.root):
        planned = withdraw.plan(study, given.participant)
        _planned(study, planned)
        withdraw.carry_out(planned)
    print(f"{given.participant} was withdrawn from the study's files.")
    print("What version control has recorded is still there.")
    if given.no_run:
        print("Outputs were deleted; run the study to make them again: casestudy run")
        return 0
    from casestudy.cli.main import main

    return main(["run", "--study", str(study.root)])


def _planned(study: Any, planned: Any) -> None:
    for step in planned.steps:
        inside = step.path.is_relative_to(study.root)
        place = step.path.relative_to(study.root).as_posix() if inside else str(step.path)
        print(f"  {step.act:<8} {place} ({step.says})")
    for problem in planned.by_hand:
        print(f"  look at  {problem}")
