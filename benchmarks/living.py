"""Twenty pretend households live three months with the service; its log is pulled and read by notebook 20.

    python benchmarks/living.py FOLDER [--households 20] [--seed 1]

The clock is given, so nothing waits. Households whose lot shows them similar households come `EFFECT` times
as often: that is built in, and the script prints what the pulled log says of it, with a 95 % interval
(bootstrap of households). One household leaves at the end; the script looks for it in every file of the
folder.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from casestudy.cli.main import main as casestudy
from casestudy.service import accounts, demo, prepared, pull
from casestudy.service.app import application
from casestudy.service.safety import Rates
from casestudy.service.store import FILE, Store
from casestudy.service.visit import Service
from casestudy.study import Study
from casestudy.usage import events

EFFECT = 2.0
VISITS_A_WEEK = 0.8
WEEKS = 13
FREE = Rates(1e9, 1e9)


def study_in(folder: Path) -> Study:
    """A study beside the reference study's profiles, with an empty log."""
    reference = Study.find().root
    (folder / "usage_logs").mkdir(parents=True)
    shutil.copytree(reference / "profiles", folder / "profiles")
    shutil.copy(reference / "usage_logs" / "actions.yaml", folder / "usage_logs")
    (folder / "notebooks").mkdir()
    shutil.copy(reference / "notebooks" / "20-use.ipynb", folder / "notebooks")
    text = (reference / "study.toml").read_text(encoding="utf-8")
    said = "The use is of pretend households, acted by a script with a given clock."
    text = re.sub(r"(?m)^usage_logs = .*$", f'usage_logs = "{said}"', text, count=1)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return Study.load(folder)


def visit(browser: TestClient, lot: np.random.Generator, compares: bool) -> None:
    """One visit: the month, and some of what lies behind it."""
    page = browser.get("/month").text
    links = re.findall(r'href="(/(?:nutrient|trend)/[^"]+)"', page)
    for link in lot.choice(links, size=int(lot.integers(0, 4)), replace=False) if links else []:
        browser.get(str(link).replace("&amp;", "&"))
    if compares and lot.random() < 0.5:
        browser.get("/others")
    if lot.random() < 0.1:
        browser.post("/goals", data=_held(browser) | {"measure": "fat_energy_percent", "high": "33"})


def _held(browser: TestClient) -> dict[str, str]:
    return dict(re.findall(r'name="(forms|once)" value="([^"]*)"', browser.get("/consent").text))


def ratio(visits: dict[str, list[int]], lot: np.random.Generator) -> tuple[float, float, float]:
    """Mean visits of those who compare over those who do not, with a 95 % bootstrap interval."""
    with_, without = (np.array(visits[arm], dtype=float) for arm in ("yes", "no"))
    drawn = [
        lot.choice(with_, len(with_)).mean() / max(lot.choice(without, len(without)).mean(), 1e-9)
        for _ in range(4000)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(with_.mean() / without.mean()), float(low), float(high)


def main() -> int:
    """Live, pull, read, leave; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--households", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    study = study_in(given.folder)
    now = [datetime(2017, 5, 1, 8, tzinfo=UTC)]
    store = Store(study.root / FILE, lambda: now[0])
    people = demo.make(study, store, given.households, given.seed)
    prepared.prepare(study, store)
    app = application(Service(study, store), ("testserver",), FREE, FREE)
    arm = {row["participant"]: row["arm"] for row in store.rows("select participant, arm from account")}
    lot = np.random.default_rng(given.seed)
    browsers = {}
    for participant, token in people:
        browser = browsers[participant] = TestClient(app)
        browser.post(f"/in/{token}")
        ticked = dict.fromkeys(("use", "log", "joined", "notified"), "yes")
        browser.post("/consent", data=_held(browser) | ticked)
    begun = now[0]
    moments = []
    for participant, _ in people:
        rate = VISITS_A_WEEK * (EFFECT if arm[participant] == "comparison" else 1)
        count = lot.poisson(rate * WEEKS)
        hours = np.sort(lot.choice(np.arange(24, WEEKS * 7 * 24, 2), size=count, replace=False))
        moments += [(begun + timedelta(hours=int(hour)), participant) for hour in hours]
    for moment, participant in sorted(moments):
        if moment.month != now[0].month:
            now[0] = moment
            prepared.announce(store)
        now[0] = moment
        visit(browsers[participant], lot, arm[participant] == "comparison")
    found = pull.pull(study, store)
    print(f"{found.events} events of {found.participants} pretend households pulled.")
    log, accounts_, _ = events.of_study(study)
    logins = log[log["action"].eq("login")].groupby("participant_id").size()
    visits = {
        side: [int(logins.get(person, 0)) for person in part["participant_id"]]
        for side, part in accounts_.groupby("comparison")
    }
    value, low, high = ratio(visits, lot)
    inside = low <= EFFECT <= high
    print(f"Visits, comparison over none: {value:.2f} [{low:.2f}, {high:.2f}]; built in {EFFECT:.2f}: "
          f"{'inside' if inside else 'OUTSIDE'} the interval.")  # fmt: skip
    code = casestudy(["run", "20", "--no-pages", "--study", str(study.root)])
    print(f"Notebook 20: exit code {code}.")
    gone, browser = next(iter(browsers.items()))
    browser.post("/leave", data=_held(browser) | {"sure": "yes"})
    shutil.rmtree(study.root / "outputs", ignore_errors=True)  # made again from the log by the next run
    store.close()
    files = [path for path in study.root.rglob("*") if path.is_file()]
    left = [path for path in files if gone.encode() in path.read_bytes()]
    print(f"Who left is in {len(left)} of {len(files)} files.", *left[:5])
    assert accounts.consent_of(Store(study.root / FILE), gone) is None
    return int(not (inside and code == 0 and not left))


if __name__ == "__main__":
    sys.exit(main())
