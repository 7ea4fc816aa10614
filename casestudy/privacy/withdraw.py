"""Withdrawing a participant: planned in full, then done file by file, so that an interrupted one can be
finished.

What is a participant's own (transcript, codings, rows of tables) is removed. Where others' work names them,
the reference is taken out, and names in free text become ``[withdrawn]``. Outputs are deleted, since any of
them may rest on the participant, and are made anew by running the study. What version control has recorded
stays there.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casestudy.coders import units_read
from casestudy.errors import InputError, Problem, nearest
from casestudy.files.writing import write_atomically
from casestudy.mixed import displays
from casestudy.people import participants
from casestudy.study import Study

GONE = "[withdrawn]"
_TEXT = (".md", ".yaml", ".yml", ".csv", ".jsonl", ".json", ".txt", ".html", ".toml", ".svg", ".ipynb")
_REMEDY = "Read it; 'casestudy pseudonymise' can replace a name and move the codings with it."
# Folders whose free text is searched for names; transcripts of others are only listed.
_PROSE = ("evidence", "coding_schemes", "literature", "usage_logs")


@dataclass(frozen=True)
class Step:
    """One file and what is done to it: ``remove`` it, ``clear`` a folder, or ``rewrite`` it with `text`."""

    path: Path
    act: str
    says: str
    text: str = ""


@dataclass(frozen=True)
class Plan:
    """What a withdrawal will do, in order; and what a person has to look at."""

    participant: str
    steps: tuple[Step, ...]
    by_hand: tuple[Problem, ...]


@dataclass(frozen=True)
class _Traces:
    """By what a participant can be known: ids in tables, words in free text, codings that others cite."""

    ids: Mapping[str, str]
    names: tuple[str, ...]
    codings: frozenset[str]

    @property
    def words(self) -> re.Pattern[str]:
        listed = sorted({*self.names, self.ids["participant_id"], self.ids["log_id"]} - {""})
        return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, listed)) + r")(?![\w-])")


def plan(study: Study, participant: str) -> Plan:
    """Everything that withdrawing a participant means for the study's files.

    Parameters
    ----------
    study : Study
    participant : str
        Id in interviews/participants.csv.

    Returns
    -------
    Plan
        Its last step but one removes the participant's row, so that a withdrawal that was interrupted can be
        planned again; the last clears the outputs.

    Raises
    ------
    InputError
        When no such participant is known.
    """
    traces = _traces(study, participant)
    root = study.root
    own = [path for path in _files(root) if _is_own(path.relative_to(root), participant)]
    steps = [Step(path, "remove", "the participant's own") for path in own]
    by_hand: list[Problem] = []
    roll = root / participants.FILE
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if path in own or path == roll or path.suffix not in _TEXT:
            continue
        text = _read(path)
        if text is None:
            continue
        changed, said = _cleaned(name, text, traces)
        if changed != text:
            steps.append(Step(path, "rewrite", said, changed))
        elif name.startswith("interviews/") and (hits := list(traces.words.finditer(text))):
            lines = sorted({text[: hit.start()].count("\n") + 1 for hit in hits})
            place = f"{name}, line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))}"
            by_hand.append(Problem(place, "it names the participant, or another of that name.", _REMEDY))
    if displays.load_inferences(study):
        what = "what was inferred from groups of people was written with this participant among them."
        by_hand.append(Problem(displays.FILE, what, "Read it again."))
    if roll.is_file():
        kept = _rows(_read(roll) or "", traces.ids)
        steps.append(Step(roll, "rewrite", "the participant's row", kept))
    for folder in (study.outputs, root / ".casestudy"):
        if folder.is_dir():
            steps.append(Step(folder, "clear", "made anew by running the study"))
    return Plan(participant, tuple(steps), tuple(by_hand))


def carry_out(plan_: Plan) -> None:
    """Do what a plan says; each file is replaced atomically."""
    for step in plan_.steps:
        if step.act == "remove":
            step.path.unlink(missing_ok=True)
            if not any(step.path.parent.iterdir()):
                step.path.parent.rmdir()
        elif step.act == "clear":
            shutil.rmtree(step.path, ignore_errors=True)
        else:
            write_atomically(step.path, step.text.encode("utf-8"))


def traces_left(root: Path, names: Iterable[str], sentences: Iterable[str]) -> list[Problem]:
    """Where a withdrawn participant can still be found.

    Parameters
    ----------
    root : Path
        The study, outputs and all.
    names : iterable of str
        Ids and pseudonym; found as whole words.
    sentences : iterable of str
        What they said; found anywhere.

    Returns
    -------
    list of Problem
        One for each file and find, sorted.
    """
    words = [name for name in names if name]
    pattern = (
        re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, words)) + r")(?![\w-])") if words else None
    )
    said = [sentence for sentence in sentences if len(sentence.split()) >= 6]
    found = []
    for path in _files(root):
        text = _read(path) if path.suffix in _TEXT else None
        if text is None:
            continue
        name = path.relative_to(root).as_posix()
        if pattern and (hit := pattern.search(text)):
            found.append(Problem(name, f"it holds {hit.group()!r}.", "Remove it."))
        found += [Problem(name, f"it holds the words “{s[:60]}”.", "Remove them.") for s in said if s in text]
    return sorted(found)


def _traces(study: Study, participant: str) -> _Traces:
    people = participants.read(study).astype(object)
    row: dict[Any, Any] = next(
        (one for one in people.to_dict("records") if one["participant_id"] == participant), {}
    )
    codings = frozenset(
        str(json.loads(line).get("id"))
        for path in study.root.glob(f"interviews/codings/*/{participant}.jsonl")
        for line in (_read(path) or "").splitlines()
        if line.startswith("{")
    )
    known = [str(one) for one in people["participant_id"]]
    if not row and not codings and not _own_documents(study.root, participant):
        problem = Problem(
            participants.FILE, f"{participant!r} is no participant.", nearest(participant, known)
        )
        raise InputError("Nobody was withdrawn.", [problem])
    ids = {"participant_id": participant, "document": participant, "who": participant, "row": participant}
    for column in ("log_id", "household_id"):
        value = row.get(column)
        ids[column] = "" if value is None or value != value else str(value)
    pseudonym = row.get("pseudonym")
    name = str(pseudonym) if isinstance(pseudonym, str) else ""
    shared = name and sum(str(one) == name for one in people["pseudonym"]) > 1
    return _Traces(ids, (name,) if name and not shared else (), codings)


def _own_documents(root: Path, participant: str) -> list[Path]:
    return [path for path in _files(root) if _is_own(path.relative_to(root), participant)]


def _is_own(path: Path, participant: str) -> bool:
    return path.parts[0] == "interviews" and path.name.split(".")[0] == participant


def _files(root: Path) -> list[Path]:
    skipped = {".git", ".casestudy", ".venv", "node_modules", "__pycache__", "profiles", "casestudy", "tests"}
    skipped |= {".mypy_cache", ".ruff_cache", ".pytest_cache", "benchmarks", "examples"}
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not path.is_symlink() and not skipped & set(parts):
            found.append(path)
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _cleaned(name: str, text: str, traces: _Traces) -> tuple[str, str]:
    """The text of a file without the participant, and what was taken out."""
    if name.startswith("outputs/"):
        return text, ""
    if name.endswith(".csv"):
        cleaned = _rows(text, traces.ids)
    elif (name.endswith(".jsonl") and not name.startswith("interviews/codings/")) or name.endswith(
        units_read.END
    ):
        cleaned = _records(text, traces)
    elif name == "evidence/claims.yaml":
        cleaned = _claims(text, traces)
    elif name.endswith((".yaml", ".yml")):
        cleaned = _entries(text, traces)
    else:
        cleaned = text
    if name.split("/")[0] in _PROSE or name.endswith("README.md"):
        cleaned = traces.words.sub(GONE, cleaned)
    return cleaned, "rows, citations and names of the participant"


def _rows(text: str, ids: Mapping[str, str]) -> str:
    """A CSV text without the rows of the participant; other rows stay byte for byte as they are."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    header = next(csv.reader([lines[0].lstrip("\ufeff")]))
    # The log calls its own ids participant_id, too.
    known = {name: {value} for name, value in ids.items() if value}
    known["participant_id"] |= known.get("log_id", set())
    columns = [(place, known[name]) for place, name in enumerate(header) if name in known]
    if not columns:
        return text
    kept, record = [lines[0]], ""
    for line in lines[1:]:
        record += line
        if record.count('"') % 2:
            continue  # a quoted cell goes on in the next line
        cells = next(csv.reader(io.StringIO(record)), [])
        if not any(place < len(cells) and cells[place] in values for place, values in columns):
            kept.append(record)
        record = ""
    return "".join(kept) + record


def _records(text: str, traces: _Traces) -> str:
    """JSON lines without the records that point to the participant."""
    kept = []
    for line in text.splitlines(keepends=True):
        try:
            record = json.loads(line) if line.strip() else {}
        except ValueError:
            record = {}
        values = {str(one) for one in _leaves(record)}
        if not values & {traces.ids["participant_id"], *traces.codings}:
            kept.append(line)
    return "".join(kept)


def _leaves(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [leaf for one in thing.values() for leaf in _leaves(one)]
    if isinstance(thing, list):
        return [leaf for one in thing for leaf in _leaves(one)]
    return [thing]


def _claims(text: str, traces: _Traces) -> str:
    """Claims without citations of the participant's codings and without their interview as a document."""
    document = re.compile(rf"\bdocument:\s*{re.escape(traces.ids['participant_id'])}\b")
    if not document.search(text) and not any(one in text for one in traces.codings):
        return text
    yaml, data = _yaml(text)
    for claim in data.get("claims") or []:
        for part in ("evidence", "contrary"):
            items = claim.get(part) or []
            for position in reversed(range(len(items))):
                if str(items[position].get("document", "")) == traces.ids["participant_id"]:
                    del items[position]
                    continue
                quotes = items[position].get("quotes") or []
                for place in reversed(range(len(quotes))):
                    if str(quotes[place]) in traces.codings:
                        del quotes[place]
    return _dumped(yaml, data)


def _entries(text: str, traces: _Traces) -> str:
    """A YAML text without the entries of lists that are about the participant.

    An entry is about the participant when one of its own values is their id, their id in the log, or, under
    ``household_id``, their household.
    """
    if not traces.words.search(text):
        return text
    yaml, data = _yaml(text)
    known = {traces.ids["participant_id"], traces.ids["log_id"]} - {""}

    def about(entry: Any) -> bool:
        if not isinstance(entry, dict):
            return False
        home = traces.ids["household_id"]
        return any(str(value) in known for value in entry.values() if not isinstance(value, list | dict)) or (
            bool(home) and str(entry.get("household_id")) == home
        )

    return _dumped(yaml, data) if _drop(data, about) else text


def _drop(thing: Any, about: Callable[[Any], bool]) -> int:
    """Remove entries from all lists within; how many were removed."""
    count = 0
    if isinstance(thing, list):
        for position in reversed(range(len(thing))):
            if about(thing[position]):
                del thing[position]
                count += 1
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ()
    return count + sum(_drop(part, about) for part in parts)


def _yaml(text: str) -> tuple[Any, Any]:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = 10_000, True
    return yaml, yaml.load(text) or {}


def _dumped(yaml: Any, data: Any) -> str:
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()
