"""Which notebooks can run in a study: judged from its files, with the one step that would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from casestudy.errors import CaseStudyError
from casestudy.files import reading
from casestudy.run.needs import Need
from casestudy.study import Study
from casestudy.wording import counted

if TYPE_CHECKING:
    from casestudy.run.notebook import Notebook

State = Literal["can run", "can run in part", "cannot run"]


@dataclass(frozen=True)
class Lack:
    """Something that a study does not have.

    Attributes
    ----------
    need : Need
    why : str
        What there is instead, as a clause.
    step : str
        The one step that would change it.
    """

    need: Need
    why: str
    step: str

    def __str__(self) -> str:
        return f"{self.why}. {self.step}"


@dataclass(frozen=True)
class Verdict:
    """Whether one notebook can run.

    Attributes
    ----------
    notebook : str
    lacks : tuple of Lack
        What it cannot do without.
    misses : tuple of Lack
        What it leaves out.
    """

    notebook: str
    lacks: tuple[Lack, ...]
    misses: tuple[Lack, ...]

    @property
    def state(self) -> State:
        """Whether it can run: wholly, in part, or not."""
        if self.lacks:
            return "cannot run"
        return "can run in part" if self.misses else "can run"

    @property
    def why(self) -> str:
        """What is missing first, and the step that would change it; empty where nothing is."""
        return next((str(lack) for lack in (*self.lacks, *self.misses)), "")


def judged(study: Study, notebooks: Iterable[Notebook]) -> list[Verdict]:
    """Judge every notebook against what the study has.

    Parameters
    ----------
    study : Study
    notebooks : iterable of Notebook

    Returns
    -------
    list of Verdict
        In the order given.
    """
    having = Having(study)

    def lacking(needs: Iterable[Need]) -> tuple[Lack, ...]:
        return tuple(lack for need in needs if (lack := having.lack(need)) is not None)

    return [Verdict(one.stem, lacking(one.needs), lacking(one.helped_by)) for one in notebooks]


def barred(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """The notebooks that cannot run, with the reason."""
    return {one.notebook: one.why for one in verdicts if one.lacks}


@dataclass(frozen=True, eq=False)
class Having:
    """What a study has of each kind, looked up once."""

    study: Study

    def lack(self, need: Need) -> Lack | None:
        """What is missing of a need; None where it is met."""
        number = self.numbers[need.kind]()
        if number >= need.least:
            return None
        none, step = _WORDS[need.kind]
        if number:
            return Lack(need, f"it needs {need.least} {_many(need.kind)}, and there {_are(number)}", step)
        return Lack(need, none, step)

    @cached_property
    def numbers(self) -> Mapping[str, Callable[[], int]]:
        """How many there are, by kind."""
        log = "usage_logs"
        return {
            "events": lambda: self.rows(f"{log}/events.csv"),
            "looks": lambda: self.actions("look"),
            "feedback": lambda: self.actions("return"),
            "accounts": lambda: self.rows(f"{log}/participants.csv"),
            "signatures": lambda: self.files(f"{log}/signatures.yaml"),
            "outcomes": lambda: self.rows(f"{log}/outcomes.csv"),
            "simulator": lambda: self.files(f"{log}/simulator.toml"),
            "recovery": lambda: self.files(f"{log}/recovery/*.csv"),
            "purchases": lambda: self.source("purchases"),
            "composition": lambda: self.source("composition"),
            "interviews": lambda: self.files("interviews/transcripts/*"),
            "codings": lambda: len(self.coders),
            "coders": lambda: len(self.coders),
            "groups": lambda: self.different("group"),
            "links": lambda: self.different("log_id"),
            "perspectives": self.perspectives,
            "claims": lambda: self.files("evidence/claims.yaml"),
            "cases": lambda: self.files("evidence/cases/*/fields.yaml"),
            "review": lambda: self.files("literature/protocol.toml"),
            "agency": lambda: self.files("coding_schemes/agency.yaml"),
            "loop": lambda: self.files("profiles/loop.toml"),
            "cohorts": lambda: self.files(f"{log}/cohorts.*") or self.rows(f"{log}/events.csv"),
        }

    def files(self, pattern: str) -> int:
        """Files that hold something, notes to the reader apart."""
        found = self.study.root.glob(pattern)
        return sum(path.is_file() and path.stem != "README" and path.stat().st_size > 0 for path in found)

    def rows(self, name: str) -> int:
        """1 where a table has a row below its heading: how many there are is not asked."""
        from casestudy.usage import events

        path = self.study.root / name
        if not path.is_file():
            return 0
        # The log can be larger than memory; the other tables are read whole by whoever uses them.
        start = events.head(path) if name.endswith("events.csv") else reading.data(path)
        _, _, below = start.partition(b"\n")
        return int(bool(below.strip()))

    def actions(self, wanted: Literal["look", "return"]) -> int:
        """Actions of the log that show something, or that give feedback."""
        from casestudy.usage import vocabulary

        path = self.study.root / vocabulary.FILE
        try:
            words = vocabulary.load(path)
        except (CaseStudyError, OSError):
            return 0
        return len(words.looks) if wanted == "look" else int(bool(words.role("return")))

    def source(self, name: str) -> int:
        """1 where study.toml names the source and it is there."""
        try:
            return int(self.study.locate(name).exists())
        except CaseStudyError:
            return 0

    @cached_property
    def coders(self) -> tuple[str, ...]:
        """People who have coded something."""
        folders = sorted((self.study.root / "interviews" / "codings").glob("*"))
        return tuple(one.name for one in folders if one.is_dir() and _any_record(one))

    def different(self, column: str) -> int:
        """How many values a column of the participants has."""
        return len(self.columns.get(column, ()))

    @cached_property
    def columns(self) -> Mapping[str, frozenset[str]]:
        """The values of every column of the participants, empty cells apart."""
        from casestudy.people import participants

        try:
            people = participants.read(self.study)
        except CaseStudyError:
            return {}
        texts: dict[str, Any] = {str(name): people[name].dropna().astype(str) for name in people}
        return {name: frozenset(text for text in values if text.strip()) for name, values in texts.items()}

    def perspectives(self) -> int:
        """Perspectives that framework.yaml declares."""
        from casestudy.codebook import framework

        try:
            return len(framework.load(self.study).perspectives)
        except CaseStudyError:
            return 0


def _any_record(folder: Path) -> bool:
    return any(path.stat().st_size > 0 for path in folder.glob("*.jsonl"))


def _many(kind: str) -> str:
    return {"codings": "coders", "interviews": "transcripts"}.get(kind, kind)


def _are(number: int) -> str:
    return "is 1" if number == 1 else f"are {number}"


def in_words(verdicts: Iterable[Verdict]) -> list[str]:
    """Lines for a person: which notebooks cannot run or run in part, why, and what would change it."""
    return [f"{one.state}: {one.notebook}: {one.why}" for one in verdicts if one.state != "can run"]


def summed(verdicts: Iterable[Verdict]) -> str:
    """One line: how many can run, in part, or not.

    Examples
    --------
    >>> summed([Verdict("20-use", (), ())])
    '1 notebook can run'
    """
    states = [one.state for one in verdicts]
    parts = [f"{counted(states.count('can run'), 'notebook')} can run"]
    if part := states.count("can run in part"):
        parts.append(f"{part} in part")
    if none := states.count("cannot run"):
        parts.append(f"{none} cannot")
    return ", ".join(parts)


_WORDS: Mapping[str, tuple[str, str]] = {
    "events": ("there is no usage log", "Bring one: casestudy import-log FILE."),
    "looks": (
        "no action of the log is said to show something",
        "Write look: true where it does, in usage_logs/actions.yaml.",
    ),
    "feedback": (
        "no action of the log is said to give feedback",
        "Write role: return at the one that does, in usage_logs/actions.yaml.",
    ),
    "accounts": ("the log has no accounts", "Write usage_logs/participants.csv, or import the log again."),
    "signatures": (
        "no way of using has a signature in the log",
        "Write usage_logs/signatures.yaml; the notebook on ways of using says how.",
    ),
    "outcomes": (
        "there is no outcome by household and month",
        "Write usage_logs/outcomes.csv: household_id, month, outcome.",
    ),
    "simulator": ("the log was not written by a simulator", "It asks this of simulated logs only."),
    "recovery": ("no recovery study was run", "Run: python benchmarks/recovery.py."),
    "purchases": (
        "study.toml names no purchases, or they are not there",
        'Add purchases = "FOLDER" under [sources].',
    ),
    "composition": (
        "study.toml names no composition of foods, or it is not there",
        'Add composition = "FOLDER" under [sources].',
    ),
    "interviews": ("there is no transcript", "Bring some: casestudy bring FILE."),
    "codings": ("nothing is coded", "Code a document: casestudy codings add."),
    "coders": ("nothing is coded", "Code a document: casestudy codings add."),
    "groups": (
        "the participants have no groups",
        "Fill the column group of interviews/participants.csv.",
    ),
    "links": (
        "no participant is joined to the log",
        "Fill the column log_id of interviews/participants.csv.",
    ),
    "perspectives": (
        "the study declares no perspective",
        "Write coding_schemes/framework.yaml: which codes make which themes.",
    ),
    "claims": ("the study states no claims", "Write evidence/claims.yaml."),
    "cases": ("there are no case sheets", "Write evidence/cases/KIND/fields.yaml and a sheet for each case."),
    "review": ("there is no review", "Write literature/protocol.toml; literature/README.md says how."),
    "agency": ("there is no list of words for actors", "Write coding_schemes/agency.yaml."),
    "loop": ("the loop has no parameters", "Write profiles/loop.toml."),
    "cohorts": ("there are no cohorts to compare with", "Bring a usage log: casestudy import-log FILE."),
}
