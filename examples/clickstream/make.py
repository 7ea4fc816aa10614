"""Makes a study of a small web service from a log as a server keeps it: no feedback, no interviews, no lot.

    python examples/clickstream/make.py ../library
    casestudy run --study ../library

The log is made up by this script: visits to the reading lists of a library's web site over half a year.
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

PAGES = ("search", "list", "title", "review", "reserve")
ACTIONS = """actions:
- {id: open, group: entry, role: start, look: true, meaning: opens the first page of a visit}
- {id: search, group: search, look: true, meaning: looks for a title}
- {id: read_list, group: lists, look: true, meaning: reads a list of titles}
- {id: read_title, group: titles, look: true, meaning: reads about one title}
- {id: read_review, group: reviews, look: true, meaning: reads what another reader wrote}
- {id: reserve, group: reserving, meaning: reserves a copy}
"""
SIGNATURES = """least_looks: 2
ways:
- id: browsing
  code: use.browsing
  name: Browsing
  status: working definition
  episode: [{measure: share_lists, at_least: 0.4}]
  person: [{measure: share_lists, at_least: 0.4}]
- id: weighing
  code: use.weighing
  name: Weighing up
  status: working definition
  episode: [{measure: [share_titles, share_reviews], at_least: 0.4}]
  person: [{measure: [share_titles, share_reviews], at_least: 0.4}]
"""
MAPPING = """columns: {participant_id: reader, timestamp: when, target: path}
time: {format: "%d.%m.%Y %H:%M:%S", zone: Europe/Oslo}
actions:
- {action: open, when: {path: "^/$"}}
- {action: search, when: {path: "^/search"}}
- {action: read_list, when: {path: "^/list"}}
- {action: read_title, when: {path: "^/title"}}
- {action: read_review, when: {path: "^/review"}}
- {action: reserve, when: {path: "^/reserve"}}
"""
STUDY = """title = "Reading lists of a town library"
notebooks = ["20", "22", "24"]

[[question]]
id = "Q1"
text = "How do readers use the lists, and who keeps coming?"

[data_status]
usage_logs = "The log is made up by a script; nobody read these lists."

[single_rows]
usage_logs = "the log is made up, so no row is about a reader."
"""


def visits(seed: int = 5, readers: int = 60) -> list[tuple[str, datetime, str]]:
    """Every page that a reader opened: reader, moment, path."""
    rng = random.Random(seed)
    rows = []
    for _ in range(readers):
        who = f"{rng.randrange(10**9):09d}"
        days, hours = rng.randrange(60), rng.randrange(8, 22)
        when = datetime(2024, 1, 8, tzinfo=UTC) + timedelta(days=days, hours=hours)
        keen = rng.choice((6, 15, 40))
        while when < datetime(2024, 7, 1, tzinfo=UTC):
            at = when
            path = "/"
            for _ in range(rng.randint(1, 9)):
                rows.append((who, at, path))
                path = f"/{rng.choice(PAGES)}/{rng.randrange(300)}"
                at += timedelta(seconds=rng.randint(5, 240))
            if rng.random() < 0.08:
                break
            when += timedelta(days=rng.expovariate(1 / keen), minutes=rng.randrange(600))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def write_export(path: Path) -> None:
    """Write the log as a server's tool exports it: semicolons, local times."""
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(["reader", "when", "path"])
        for who, when, page in visits():
            sheet.writerow([who, (when + timedelta(hours=1)).strftime("%d.%m.%Y %H:%M:%S"), page])


def main(folder: Path) -> None:
    """Make the study's folder with the log imported."""
    from casestudy.cli.main import main as casestudy

    (folder / "usage_logs").mkdir(parents=True)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "usage_logs/actions.yaml").write_text(ACTIONS, encoding="utf-8")
    (folder / "usage_logs/signatures.yaml").write_text(SIGNATURES, encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    write_export(folder / "export.csv")
    words = ["import-log", str(folder / "export.csv"), "--mapping", str(folder / "mapping.yaml")]
    code = casestudy([*words, "--study", str(folder)])
    if code:
        raise SystemExit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "library"))
