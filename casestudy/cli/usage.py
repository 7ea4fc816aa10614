"""Verb of the usage logs: write the simulated log anew."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study

_EXAMPLE = """example:
  casestudy simulate-log                 writes usage_logs/ anew: the same bytes for the same parameters
  casestudy simulate-log --to /tmp/log   writes elsewhere
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
        "--redraw", action="store_true", help="list the invited households anew from the study's purchases"
    )
    verb.set_defaults(act=simulate_log)


def simulate_log(arguments: argparse.Namespace) -> int:
    """Simulate and write the log; prints what was written."""
    from dataclasses import replace
    from pathlib import Path

    from casestudy.outputs import csv_text, write_atomically
    from casestudy.study import Study
    from casestudy.usage import vocabulary
    from casestudy.usage.simulator import log, plan, settings

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
    made = log.simulate(invited, parameters, words)
    made.write(target)
    print(f"{len(made.events):,} events of {len(made.participants)} accounts written to {target}.")
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
