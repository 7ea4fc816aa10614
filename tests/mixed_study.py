"""A tiny mixed study for tests: a weather service that gives gardeners' own readings back. All made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from casestudy.coding import codings
from casestudy.coding.table import material
from casestudy.study import Study

STUDY = """title = "Garden readings, given back"
floor = 3
[[question]]
id = "Q1"
text = "How do gardeners use their readings?"
[[question]]
id = "Q2"
text = "Why does the maker give them back?"
[data_status]
interviews = "Made up for tests."
"""
CODES = """scheme: ways
codes:
- {id: way, name: Way of using}
- {id: way.play, name: Playing, parent: way}
- {id: way.check, name: Checking, parent: way}
- {id: way.steer, name: Steering, parent: way}
- {id: fit.mine, name: About my garden}
- {id: fit.gaps, name: Gaps, parent: fit.mine}
- {id: fit.use, name: For my garden}
- {id: why.keep, name: Keeping customers}
- {id: why.show, name: Being seen}
- {id: why.old, name: Old code, retired: true}
- {id: gain.calm, name: Calm}
- {id: gain.sales, name: Sales}
- {id: for.gardener, name: The gardener}
- {id: for.maker, name: The maker}
- {id: how.return, name: Readings returned}
- {id: spare, name: Never used}
"""
FRAMEWORK = """rule: any
unless: {modality: [denied]}
measures:
- {id: share_check, name: Share of checking, source: usage log, notebook: 24-ways, table: types, column:
share,
   rows: {type: [check]}, unit: share}
- {id: visits, name: Visits, source: usage log, notebook: 24-ways, table: people, column: visits,
   per: participant, key: participant_id, unit: visits}
perspectives:
- id: gardener
  name: Gardeners
  question: Q1
  groups: [gardener]
  themes:
  - {id: ways, name: Ways of using, codes: [way], measures: [share_check], idea: use is many things,
     contrary: {codes: [way], where: {modality: [denied]}}}
  - {id: fit, name: Fit, codes: [fit.*]}
- id: maker
  name: The maker
  question: Q2
  groups: [maker, document]
  themes:
  - {id: keep, name: Keeping, codes: [why.keep]}
  - {id: show, name: Being seen, codes: [why.show]}
views:
- id: ways
  kind: typology
  name: Ways of using
  perspective: gardener
  settings: {order: [steer, check, play], stages: {attribute: time, order: [first, later]},
             log: {notebook: 24-ways, table: people, key: participant_id, column: type}}
  parts:
  - {id: play, name: Playing, codes: [way.play], log: play}
  - {id: check, name: Checking, codes: [way.check], log: check}
  - {id: steer, name: Steering, codes: [way.steer], log: steer}
- id: ability
  kind: poles
  name: What makes readings worth having
  perspective: gardener
  settings: {attribute: valence, values: {positive: 1, negative: -1, mixed: 0}}
  parts:
  - {id: about, name: About, codes: [fit.mine]}
  - {id: for, name: For, codes: [fit.use]}
- id: triad
  kind: episodes
  name: Value, for whom, how
  perspective: maker
  settings: {anchor: value, sides: {gardener: [for.gardener], maker: [for.maker]}, flow: [how, whom]}
  parts:
  - {id: value, name: Value, codes: ["gain.*"]}
  - {id: whom, name: For whom, codes: ["for.*"]}
  - {id: how, name: How, codes: ["how.*"]}
- id: test
  kind: conditions
  name: What makes it giving back
  perspective: maker
  parts:
  - {id: given, name: It is given back, codes: [how.return]}
  - {id: spared, name: Nothing is sold by it, codes: [spare]}
links:
- {from: ways, to: keep, claim: C1, says: use keeps}
"""
CLAIMS = """claims:
- id: C1
  text: Gardeners check more than they play.
  perspective: gardener
  theme: ways
  question: Q1
  expected: Most gardeners tell of checking, and the log shows checking in more than a third of sessions.
  evidence:
  - {kind: coding, codes: [way.check], groups: [gardener], expect: people >= 2, says: they tell of checking}
  - {kind: measure, measure: share_check, expect: value > 0.33, says: the log shows it}
  contrary:
  - {kind: coding, codes: [way.check], where: {modality: [denied]}, unless: {}, expect: share >= 90 %}
  rivals:
  - {text: They say what sounds sensible., test: Compare with the log., verdict: rejected}
- id: C2
  text: The maker wants to keep customers.
  perspective: maker
  theme: keep
  question: Q2
  expected: Makers say so and their papers too.
  evidence:
  - {kind: coding, codes: [why.keep], expect: people >= 1}
  - {kind: document, document: d1, quote: A card holder who looks is a card holder who stays.}
"""
PEOPLE = """participant_id,group,role,pseudonym,log_id,household_id,consent_quote,consent_link
g1,gardener,,Anna,p1,11,yes,yes
g2,gardener,,Bert,p2,12,yes,yes
g3,gardener,,Cleo,p3,13,no,yes
g4,gardener,,Dora,p4,14,yes,no
m1,maker,boss,Ed,,,yes,no
"""
# Lines of each document with what two coders see in them: (sentence, {coder: [(code, attributes)]}).
SEEN = dict[str, list[tuple[str, dict[str, Any]]]]
LINES: dict[str, list[tuple[str, SEEN]]] = {
    "g1": [
        (
            "I look whether the soil is dry.",
            {"k": [("way.check", {"time": "first"})], "m": [("way.check", {})]},
        ),
        ("Then I water by the curve.", {"k": [("way.steer", {"time": "later"})]}),
        ("I check it again every day.", {"k": [("way.check", {"time": "first"})]}),
        (
            "It misses the greenhouse.",
            {"k": [("fit.gaps", {"valence": "negative"})], "m": [("fit.mine", {})]},
        ),
    ],
    "g2": [
        ("I play with it in the evening.", {"k": [("way.play", {})], "m": [("way.play", {})]}),
        ("It tells me what to plant.", {"k": [("fit.use", {"valence": "positive"})]}),
    ],
    "g3": [
        ("I check for frost.", {"k": [("way.check", {})], "m": [("way.check", {})]}),
        ("It is about my own beds.", {"k": [("fit.mine", {"valence": "positive"})]}),
    ],
    "g4": [("I never check anything.", {"k": [("way.check", {"modality": "denied"})]})],
    "m1": [
        (
            "They get calm nights from the readings that we send back.",
            {"k": [("gain.calm", {}), ("for.gardener", {}), ("how.return", {})], "m": [("gain.calm", {})]},
        ),
        ("And we sell more pots.", {"k": [("gain.sales", {}), ("for.maker", {})]}),
        ("They stay with us because of it.", {"k": [("why.keep", {})], "m": [("why.keep", {})]}),
    ],
    "d1": [("A card holder who looks is a card holder who stays.", {"k": [("why.keep", {})]})],
}
TYPES = "type,share\nplay,0.2\ncheck,0.5\nsteer,0.3\n"
LOG = "participant_id,type,visits\np1,check,40\np2,check,3\np3,check,20\np5,steer,60\n"
Make = Callable[..., Study]


def write(root: Path, **changed: str) -> Study:
    """Write the study; `changed` replaces the text of a file by its short name."""
    texts = {
        "study.toml": changed.get("study", STUDY),
        "coding_schemes/ways.yaml": changed.get("codes", CODES),
        "coding_schemes/framework.yaml": changed.get("framework", FRAMEWORK),
        "evidence/claims.yaml": changed.get("claims", CLAIMS),
        "interviews/participants.csv": changed.get("people", PEOPLE),
        "interviews/documents.csv": "document,kind\nd1,document\n",
        "interviews/speakers.csv": "document,speaker,role\n*,INTERVIEWER,interviewer\n*,X,participant\n",
    }
    for document, lines in LINES.items():
        said = "\n\n".join(f"INTERVIEWER: And?\n\nX: {sentence}" for sentence, _ in lines)
        texts[f"interviews/transcripts/{document}.md"] = f"# {document}\n\n{said}\n"
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    study = Study.load(root)
    code(study)
    return study


def code(study: Study) -> None:
    """Write both coders' codings of `LINES`."""
    texts = material(study)
    for document, lines in LINES.items():
        for coder in ("k", "m"):
            records = [
                codings.record(
                    "add",
                    code=name,
                    start=texts[document].text.index(sentence),
                    end=texts[document].text.index(sentence) + len(sentence),
                    quote=sentence,
                    attributes=attributes,
                    text=texts[document].sha256[:16],
                )
                for sentence, seen in lines
                for name, attributes in seen.get(coder, ())
            ]
            if records:
                codings.append(study, coder, document, records)


def add_log(study: Study, types: str = TYPES, people: str = LOG) -> None:
    """Write the tables that a notebook on the log would have left."""
    folder = study.root / "outputs" / "24-ways"
    folder.mkdir(parents=True, exist_ok=True)
    contents = {}
    for name, text in (("types", types), ("people", people)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        contents[name] = {"kind": "table", "file": f"{name}.csv", "caption": "Made up.", "dtypes": {}}
    (folder / "contents.json").write_text(json.dumps(contents), encoding="utf-8")


def without(study: Study, names: Sequence[str]) -> None:
    """Remove files of the study."""
    for name in names:
        (study.root / name).unlink()


@pytest.fixture
def garden(tmp_path: Path) -> Study:
    """The study with words and a log."""
    study = write(tmp_path)
    add_log(study)
    return study
