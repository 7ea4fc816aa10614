"""Compose a second input for notebooks 80, 82, 84 and 90, in other formats than the main study's.

    python make.py [--seed 11] [--to .]

Everything is composed: no publication, case or speaker exists. An electricity supplier gives its customers
their own hourly readings back; that is all the material is about.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import math
import random
import shutil
from pathlib import Path

import yaml

from casestudy.cli.main import main as command
from casestudy.codebook import history
from casestudy.literature import extraction, readers
from casestudy.literature import protocol as protocol_
from casestudy.study import Study

HERE = Path(__file__).parent
MAIN = HERE.parent.parent
SCHEMES = ("crm_review", "data_use", "coproduction", "dominance")

# Sentences of a note, by the code they are written for. {n} makes each note its own.
ROLE = {
    "use.internal": "Readings let the supplier forecast load and find the customers who pay late.",
    "use.external": "Readings go back to the household, which plans its washing and heating by them.",
    "use.dual": "The same readings help the household to save and the supplier to plan.",
    "review.data_silent": "What the readings are for is left open.",
}
POWER = {
    "empowered.firm": "The supplier can steer demand better than before.",
    "empowered.customer": "The household can compare tariffs and leave.",
    "empowered.both": "Supplier and household can both do more than before.",
}
VIEW = {
    "review.view.firm": "All of it is seen from the supplier's desk.",
    "review.view.customer": "All of it is seen from the kitchen table.",
    "review.view.both": "Both sides are heard.",
}
EVIDENCE = {
    "review.evidence.survey": "It rests on a survey of {n} households.",
    "review.evidence.case": "It rests on one town, number {n}.",
    "review.evidence.conceptual": "It is argument number {n}, without data of its own.",
}
DEFINITION = {
    "review.definition.technology": "Customer management is taken to be a system.",
    "review.definition.process": "Customer management is taken to be a chain of steps.",
    "review.definition.strategy": "Customer management is taken to be a strategy.",
}
PROCESS = {
    "crm.information": "Much is said of storing and matching readings.",
    "crm.multichannel": "Much is said of the web page and the letter.",
    "crm.strategy": "Much is said of whom to serve.",
}
TOPIC = {
    "review.topic.value_cocreation": "Households take part in making the value.",
    "review.topic.new_media": "Smart meters and telephones are treated.",
}

# What people say, by dimension and position: supplier first, together, customer first.
SAID = {
    "involvement": (
        "Customers get what the company has.",
        "The company brings customers into its trials.",
        "The company may help with one step of what I do anyway.",
    ),
    "control": (
        "The company decides, and that is how it works.",
        "Customers may choose within what the company set up.",
        "I put my own figures together from several places.",
    ),
    "visibility": (
        "We see what customers pay, and that is enough.",
        "We follow customers at every point of contact.",
        "I think about the meter when I cook, and nobody sees that.",
    ),
    "scope": (
        "It is about the bill.",
        "It is about the service we run together.",
        "It is about how my family lives.",
    ),
    "firm_task": (
        "The company has to find buyers.",
        "The company has to invite customers in.",
        "The company has to wait until I let it in.",
    ),
}


def main() -> None:
    """Write everything into a folder."""
    options = argparse.ArgumentParser(description="Compose the second inputs.")
    options.add_argument("--seed", type=int, default=11)
    options.add_argument("--to", type=Path, default=HERE)
    given = options.parse_args()
    root, draw = given.to, random.Random(given.seed)
    root.mkdir(parents=True, exist_ok=True)
    if root.resolve() != HERE.resolve():
        shutil.copy(HERE / "study.toml", root / "study.toml")
    schemes(root)
    literature(root, draw)
    cases(root, draw)
    interviews(root, draw)
    cohorts(root, draw)
    print("36 publications, 32 cases, 32 speakers and 42 cohort-months, all composed")


def put(path: Path, text: str) -> None:
    """Write one file, its folders with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def table(path: Path, rows: list[list]) -> None:
    """Write a CSV file with LF line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def schemes(root: Path) -> None:
    """The codes the four notebooks ask for, with names and definitions only; words of actors; the source."""
    for name in SCHEMES:
        given = yaml.safe_load((MAIN / "coding_schemes" / f"{name}.yaml").read_text(encoding="utf-8"))
        keep = ("id", "name", "parent", "one", "definition")
        codes = [{key: one[key] for key in keep if key in one} for one in given["codes"]]
        thin = {"scheme": name, "title": given["title"], "version": 1, "codes": codes}
        put(
            root / "coding_schemes" / f"{name}.yaml",
            yaml.safe_dump(thin, sort_keys=False, allow_unicode=True),
        )
    actors = {
        "supplier": ["company", "supplier"],
        "customer": ["customer", "customers", "family", "household"],
    }
    agency = {"title": "Words of actors", "version": 1, "mark": "I", "actors": actors}
    agency["own"] = {"customer": "customer", "supplier": "supplier"}
    put(root / "coding_schemes" / "agency.yaml", yaml.safe_dump(agency, sort_keys=False))
    sources = {"title": "Sources", "sources": [{"key": "MADE", "what": "composed by make.py"}]}
    put(root / "coding_schemes" / "sources.yaml", yaml.safe_dump(sources, sort_keys=False))
    put(root / "profiles" / "loop.toml", (MAIN / "profiles" / "loop.toml").read_text(encoding="utf-8"))


def literature(root: Path, draw: random.Random) -> None:
    """36 publications as Web of Science writes them, 12 again as Scopus does; screened, noted, coded."""
    things = ("meters", "tariffs", "bills", "heating", "washing", "storage")
    acts = ("Returning", "Reading", "Sharing", "Selling", "Guarding", "Explaining")
    names = ("Aaltonen", "Brandt", "Castillo", "Dumas", "Eriksen", "Farkas")
    made = []
    for number in range(36):
        act, thing = acts[number // 6], things[number % 6]
        title = f"{act} {thing}: energy data and the household, study {number + 1}"
        made.append((names[draw.randrange(6)], 2003 + draw.randrange(9), title, act.lower(), number))
    wos = ["FN Composed by make.py", "VR 1.0"]
    for name, year, title, _, number in made:
        wos += ["PT J", f"AU {name}, A", f"TI {title}", "SO JOURNAL OF COMPOSED STUDIES", f"PY {year}"]
        wos += [f"VL {number + 1}", "IS 1", f"BP {10 * number + 1}", f"EP {10 * number + 9}"]
        wos += [f"DI 10.9999/composed.{number}", "ER"]
    put(root / "literature" / "records" / "savedrecs.ciw", "\n".join([*wos, "EF"]) + "\n")
    rows = [["Authors", "Title", "Year", "Source title", "Volume", "Issue", "DOI"]]
    for name, year, title, _, number in made[::3]:
        doi = f"https://doi.org/10.9999/COMPOSED.{number}" if number % 2 else ""
        rows.append([f"{name}, A.", title.upper(), year, "Journal of Composed Studies", number + 1, 1, doi])
    table(root / "literature" / "records" / "scopus.csv", rows)
    protocol = (MAIN / "literature" / "protocol.toml").read_text(encoding="utf-8")
    head = 'title = "Whom do energy data empower? A composed review"\n'
    head += 'status = "Composed: no publication exists."\nfirst_year = 2003\nlast_year = 2011\n'
    head += 'subject = "Energy data given back"\n\n[exclude]\noff = "off the subject"\n'
    put(root / "literature" / "protocol.toml", head + "\n" + protocol[protocol.index("[dimension.role]") :])
    found = {one.title: one.id for one in readers.load(Study.load(root))}
    ids = [found[title] for _, _, title, _, _ in made]
    screened: dict[str, list[list]] = {"a": [], "b": []}
    codings = []
    for (*_, number), record in zip(made, ids, strict=True):
        for coder, rows_ in screened.items():
            out = number % 6 == 5 if coder == "a" else number % 6 == 5 or number == 8
            rows_.append([record, "abstract", "exclude" if out else "include", "off" if out else "", ""])
        if number % 6 == 5 or number % 9 == 4:
            continue
        chosen = [draw.choice(sorted(one)) for one in (ROLE, POWER, VIEW, EVIDENCE, DEFINITION, PROCESS)]
        chosen += [one for one in TOPIC if draw.random() < 0.4]
        bank = {**ROLE, **POWER, **VIEW, **EVIDENCE, **DEFINITION, **PROCESS, **TOPIC}
        pairs = [(code, bank[code].format(n=number + 1)) for code in chosen]
        put(root / "literature" / "notes" / f"{record}.md", " ".join(text for _, text in pairs) + "\n")
        codings.append(("a", record, pairs))
        if draw.random() < 0.3:  # the second pass sees the power elsewhere
            pairs = [pairs[0], (draw.choice(sorted(POWER)), pairs[1][1]), *pairs[2:]]
        codings.append(("b", record, pairs))
    for coder, rows_ in screened.items():
        header = ["record", "stage", "decision", "reason", "note"]
        table(root / "literature" / "screening" / f"{coder}.csv", [header, *rows_])
    settled = [
        ["record", "stage", "decision", "reason", "note"],
        [ids[8], "abstract", "include", "", "settled"],
    ]
    table(root / "literature" / "screening" / "settled.csv", settled)
    study = Study.load(root)
    book, notes = history.load(study), protocol_.notes(study)
    for coder, record, pairs in codings:
        extraction.append(study, coder, record, [(code, text, 0, "") for code, text in pairs], book, notes)


def cases(root: Path, draw: random.Random) -> None:
    """32 case sheets in one table, with gaps where nothing is known."""
    place = MAIN / "evidence" / "cases" / "coproduction" / "fields.yaml"
    put(root / "evidence" / "cases" / "coproduction" / "fields.yaml", place.read_text(encoding="utf-8"))
    fields = yaml.safe_load(place.read_text(encoding="utf-8"))["fields"]
    codes = [
        one["id"]
        for name in SCHEMES
        for one in yaml.safe_load((root / "coding_schemes" / f"{name}.yaml").read_text(encoding="utf-8"))[
            "codes"
        ]
    ]
    rows = [["case", "title", "field", "value", "source", "mark", "note"]]
    for number in range(1, 33):
        for field in fields:
            below = [code for code in codes if code.rpartition(".")[0] == field.get("codes", "")]
            values = list(map(str, field.get("values", ()))) or below
            known = draw.random() < 0.7
            many = 1 if field.get("one") else draw.randint(1, min(3, len(values)))
            value = ";".join(draw.sample(values, many)) if known else "unknown"
            row = [f"case-{number:02d}", f"Composed case {number}", field["id"], value]
            rows.append([*row, "MADE" if known else "", "I" if known else "", ""])
    table(root / "evidence" / "cases" / "coproduction" / "sheets.csv", rows)


def interviews(root: Path, draw: random.Random) -> None:
    """32 short talks as WebVTT, 20 customers and 12 of the supplier's people, with one coder's codings."""
    people = [["participant_id", "group", "role", "pseudonym", "consent_quote", "consent_link"]]
    lists = []
    for number in range(1, 33):
        group = "customer" if number <= 20 else "supplier"
        who = f"{group[0]}{number:02d}"
        people.append([who, group, "household" if number <= 20 else "office", who.upper(), "true", "false"])
        weights = (0.15, 0.25, 0.6) if group == "customer" else (0.4, 0.45, 0.15)
        lines, coded = [], []
        for dimension, sentences in SAID.items():
            rank = draw.choices((0, 1, 2), weights)[0]
            lines.append(sentences[rank])
            coded.append([f"position.{dimension}.{'pcd'[rank]}", sentences[rank], "experienced"])
        cues = ["WEBVTT", ""]
        for place, text in enumerate(lines):
            begin = 20 * place
            cues += [clock(begin, begin + 5), "<v Interviewer>And what is your view of that?", ""]
            cues += [clock(begin + 6, begin + 18), f"<v {who.upper()}>{text}", ""]
        put(root / "interviews" / "transcripts" / f"{who}.vtt", "\n".join(cues))
        lists.append((who, coded))
    table(root / "interviews" / "participants.csv", people)
    for who, coded in lists:
        target = root / f"{who}.csv"
        table(target, [["code", "quote", "modality"], *coded])
        verb = [
            "codings",
            "--study",
            str(root),
            "add",
            "--coder",
            "k",
            "--document",
            who,
            "--file",
            str(target),
        ]
        verb += ["--when", "2026-03-01T10:00:00Z"]
        with contextlib.redirect_stdout(io.StringIO()):
            assert command(verb) == 0, who
        target.unlink()


def clock(begin: int, end: int) -> str:
    """The line of times above a cue."""
    return f"00:{begin // 60:02d}:{begin % 60:02d}.000 --> 00:{end // 60:02d}:{end % 60:02d}.000"


def cohorts(root: Path, draw: random.Random) -> None:
    """Six cohorts over seven months, one JSON object a line; people leave and come back at two rates."""
    out, back, lines = 0.25, 0.35, []
    for cohort in range(1, 7):
        size = 40 + draw.randrange(40)
        for age in range(7):
            stay = back / (out + back)
            share = stay + (1 - stay) * math.exp(-(out + back) * age)
            active = sum(draw.random() < share for _ in range(size))
            one = {
                "cohort": f"2020-{cohort:02d}",
                "age": age,
                "size": size,
                "active": active if age else size,
            }
            lines.append(json.dumps(one))
    put(root / "usage_logs" / "cohorts.jsonl", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
