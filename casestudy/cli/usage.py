"""Verbs of the usage logs: import another service's log; simulate one again; measure a log of any size."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study

_EXAMPLE = """example:
  casestudy simulate-log                 writes usage_logs/ again: the same bytes for the same parameters
  casestudy simulate-log --to /tmp/log   writes elsewhere
"""
_IMPORT = """examples:
  casestudy import-log export.json                          by usage_logs/mapping.yaml, proposed where missing
  casestudy import-log export.json --propose                a first usage_logs/mapping.yaml and actions.yaml
  casestudy import-log export.csv --mapping mapping.yaml    usage_logs/events.csv

Read: CSV (commas, semicolons, tabs or bars), JSON, JSON Lines, the logs of servers (these plain or .gz) and
Parquet. Recognised by --propose: Matomo (Live API), Google Analytics 4 (BigQuery), PostHog, Mixpanel,
Piwik PRO, xAPI, Caliper, and the combined logs of web servers. Look at every line that it writes.

The mapping (YAML) says:
  columns:    ours: theirs, for event_id, participant_id, timestamp, action, target, period, client;
              [a, b] takes the first that is filled. In records: device.category goes inside,
              event_params[page] takes one entry of a list of key and value, parts[0] one by its number,
              ext."http://e.org/x" quotes a name with dots.
  constants:  ours: one value for all rows
  records:    where the records lie in a JSON file, as hits.hits; a single list is found by itself
  explode:    their field that holds a list with one entry for each event; .url is a field of the entry
  lines:      combined, or a regular expression with named groups, (?P<user>\\S+), for lines of text
  time:       format: iso, epoch_s, epoch_ms, epoch_us, or a pattern as %d.%m.%Y %H:%M:%S %z
              zone: of times that state no offset, as Europe/Helsinki
              clock: utc, or wall where counts follow the clock of the zone
              ambiguous: refuse, first or second (an hour that occurs twice)
              missing: refuse or forward (an hour that never was)
  actions:    - {action: book, when: {what: ^reserve, page: /rooms/}}   all patterns must be found;
              the first rule that fits counts; action is an id of usage_logs/actions.yaml
  drop:       - {when: {what: ^heartbeat$}}   rows that are not acts
Other keys are refused. Ids and numbers stay as they are written; events stay in the order of the export.

What cannot be read is listed with its place, and the rest is written. Where usage_logs/participants.csv is
not there, a first one is written: each account is adopted on the day of its first event. Correct it by hand.
"""
_MEASURE = """example:
  casestudy measure-log usage_logs/events.csv                      what is in it, or every problem
  casestudy measure-log big.parquet --to measures.csv --gap 15     sessions at 15 minutes, one row each

Memory grows with the sessions, not with the file: ten million events need half a gigabyte to one.
"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    verb = subparsers.add_parser(
        "simulate-log",
        help="write the simulated usage log from usage_logs/simulator.toml",
        description="Write the simulated usage log, and apart from it the truth, from its parameters.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--study", default=None, help="the study's folder (default: found from here)")
    verb.add_argument("--to", default=None, help="folder to write to (default: usage_logs/ of the study)")
    verb.add_argument("--seed", type=int, default=None, help="another seed than the file's")
    verb.add_argument(
        "--redraw", action="store_true", help="list the invited households again from the study's purchases"
    )
    verb.set_defaults(act=simulate_log)
    imported = subparsers.add_parser(
        "import-log",
        help="write another service's log as usage_logs/events.csv",
        description="Read an export through a mapping file and write it as the study's log of events.",
        epilog=_IMPORT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    imported.add_argument("export", help="a .csv, .json, .jsonl, .parquet or .log file")
    imported.add_argument(
        "--mapping", default=None, help="the mapping file (YAML); usage_logs/mapping.yaml by default"
    )
    imported.add_argument(
        "--propose", action="store_true", help="write a first mapping, and actions.yaml where there is none"
    )
    imported.add_argument("--study", default=None, help="the study's folder (default: found from here)")
    imported.add_argument("--replace", action="store_true", help="replace an events.csv that is there")
    imported.set_defaults(act=import_log)
    measure = subparsers.add_parser(
        "measure-log",
        help="check a usage log of any size and measure its participants",
        description="Check a log against the study's vocabulary, cut it into sessions, measure participants.",
        epilog=_MEASURE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    measure.add_argument("log", help="a .csv, .csv.gz or .parquet file of events")
    measure.add_argument("--study", default=None, help="the study's folder (default: found from here)")
    measure.add_argument("--gap", type=float, default=30.0, help="longest pause inside a session, minutes")
    measure.add_argument(
        "--edge",
        choices=("continue", "break"),
        default="continue",
        help="what a pause of just that length does",
    )
    measure.add_argument("--to", default=None, help="write the measures to this CSV file")
    measure.set_defaults(act=measure_log)


def simulate_log(arguments: argparse.Namespace) -> int:
    """Simulate and write the log; prints what was written."""
    from dataclasses import replace
    from pathlib import Path

    from casestudy.files.writing import write_atomically
    from casestudy.outputs import csv_text
    from casestudy.simulator import plan, settings, write_log
    from casestudy.study import Study
    from casestudy.usage import vocabulary

    study = Study.find(arguments.study)
    parameters = settings.load(study.input(settings.FILE))
    if arguments.seed is not None:
        parameters = replace(parameters, seed=arguments.seed)
    words = vocabulary.load(study.input(vocabulary.FILE))
    target = Path(arguments.to) if arguments.to else study.root / "usage_logs"
    listed = study.root / plan.FILE
    if arguments.redraw or not listed.is_file():
        invited = plan.pool(_household_months(study), parameters)
        write_atomically(target / Path(plan.FILE).name, csv_text(invited, 6).encode())
    else:
        invited = plan.read_pool(listed)
    made = write_log.simulate(invited, parameters, words)
    made.write(target)
    events, accounts = counted(len(made.events), "event"), counted(len(made.participants), "account")
    print(f"{events} of {accounts} written to {target}.")
    return 0


def import_log(arguments: argparse.Namespace) -> int:
    """Read an export and write events, and accounts where there are none; prints what was written."""
    from pathlib import Path

    from casestudy.errors import InputError, Problem
    from casestudy.files import locks, transaction, writing
    from casestudy.study import Study
    from casestudy.usage import events, mapping, vocabulary

    study = Study.find(arguments.study)
    if arguments.propose:
        return _propose(arguments, study)
    if not arguments.mapping:
        own = study.root / "usage_logs/mapping.yaml"
        if not own.exists():
            _propose(arguments, study)
        arguments.mapping = str(own)
    words = vocabulary.load(study.input(vocabulary.FILE))
    with locks.study(study.root):
        target, people = study.root / events.FILE, study.root / events.PARTICIPANTS_FILE
        if target.exists() and not arguments.replace:
            problem = Problem(events.FILE, "it is there already.", "Move it away, or write --replace.")
            raise InputError("The log is not imported.", [problem])
        importing = mapping.Import(Path(arguments.export), mapping.load(Path(arguments.mapping)), words)
        with writing.scratch(study.root) as written:
            with written.open("wb") as file:
                importing.write(file)
            changes: dict[Path, bytes | Path | None] = {target: written}
            fresh = not people.exists()
            if fresh:
                changes[people] = importing.accounts.csv()
            transaction.carry_out(study.root, changes, "a log is imported")
    for problem in importing.aside:
        print(f"  - {problem}", file=sys.stderr)
    if importing.set_aside:
        print(
            f"{counted(importing.set_aside, 'row')} set aside, as listed; the rest is read.", file=sys.stderr
        )
    left = f"; {counted(importing.dropped, 'row')} left out by drop:" if importing.dropped else ""
    accounts = counted(len(importing.accounts), "account")
    print(f"{counted(importing.kept, 'event')} of {accounts} written to {events.FILE}{left}.")
    if fresh:
        print(
            f"{events.PARTICIPANTS_FILE} was not there: each account is adopted on its first day; correct it."
        )
    return 0


def _propose(arguments: argparse.Namespace, study: Study) -> int:
    """Write a first mapping, and a first vocabulary where there is none; prints what to look at."""
    from pathlib import Path

    from casestudy.errors import InputError, Problem
    from casestudy.files import locks, transaction, writing
    from casestudy.usage import proposal, vocabulary

    with locks.study(study.root):
        target = Path(arguments.mapping) if arguments.mapping else study.root / "usage_logs/mapping.yaml"
        words = study.root / vocabulary.FILE
        if target.exists():
            problem = Problem(
                target.name, "it is there already.", "Move it away, or name another: --mapping."
            )
            raise InputError("No mapping is written.", [problem])
        known = vocabulary.load(words).ids if words.is_file() else None
        proposed = proposal.propose(Path(arguments.export))
        changes: dict[Path, bytes | Path | None] = {}
        if known is None:
            changes[words] = proposed.vocabulary.encode()
        if target.resolve().is_relative_to(study.root.resolve()):
            changes[target.resolve()] = proposed.mapping.encode()
        else:
            writing.write_atomically(target, proposed.mapping.encode())
        transaction.carry_out(study.root.resolve(), changes, "a mapping is proposed")
    rows = counted(proposed.rows, "row")
    print(f"{arguments.export} looks like {proposed.tool} ({rows} looked at). Proposed: {target}.")
    if known is None:
        print(
            f"{vocabulary.FILE} was not there: {counted(len(proposed.actions), 'action')} proposed as well."
        )
    elif fresh := [action for action in proposed.actions if action not in known]:
        print(f"Not in {vocabulary.FILE} yet: {', '.join(fresh)}. Add them, or change the mapping.")
    if arguments.propose:
        print("Look at every line, then: casestudy import-log EXPORT --mapping MAPPING")
    else:
        print("Look at every line of it; after a change: casestudy import-log EXPORT --replace")
    return 0


def measure_log(arguments: argparse.Namespace) -> int:
    """Check a log, measure it in bounded memory, print what it holds."""
    from pathlib import Path

    from casestudy.errors import InputError, Problem, raise_if
    from casestudy.files.writing import write_atomically
    from casestudy.outputs import csv_text
    from casestudy.study import Study
    from casestudy.usage import packed_sessions, stream, vocabulary

    if not arguments.gap > 0:
        raise InputError("The log cannot be measured.", [Problem("--gap", "it must be above 0.", "Try 30.")])
    words = vocabulary.load(Study.find(arguments.study).input(vocabulary.FILE))
    path = Path(arguments.log)
    found = stream.scan(path, words, path.name)
    raise_if(found.problems, "The log has problems.")
    accounts, actions = counted(len(found.participants), "account"), counted(len(found.actions), "action")
    print(f"{counted(found.rows, 'event')} of {accounts}, {actions}.")
    made = packed_sessions.sessions(path, arguments.gap, arguments.edge, words.by("participant"))
    table = made.measures
    if table.empty:
        print("No participant did anything: there is nothing to measure.")
        return 0
    middle = table[["sessions", "active_days", "dwell_s"]].median()
    held = f"{counted(len(made.start), 'session')} of {counted(len(table), 'participant')}"
    print(
        f"{held} ({arguments.gap:g} minutes' pause); "
        f"medians of a participant: sessions {middle['sessions']:g}, days in use {middle['active_days']:g}, "
        f"seconds from first to last act {middle['dwell_s']:g}."
    )
    print("Repeats, wrong clocks, programs and testers are not taken out here; notebook 20 does that.")
    if arguments.to:
        write_atomically(Path(arguments.to), csv_text(table, 4).encode())
        print(f"Measures written to {arguments.to}.")
    return 0


def _household_months(study: Study) -> pd.DataFrame:
    """Household-months of the purchases; households with known demographics are preferred."""
    import pandas as pd

    from casestudy.purchases.months import household_months

    months = household_months(study).rename(columns={"baskets": "visits"})
    known = study.source("purchases") / "demographics.parquet"
    if known.is_file():
        homes = pd.read_parquet(known, columns=["household_id"])["household_id"].astype(str)
        months["preferred"] = months["household_id"].astype(str).isin(set(homes))
    return months
