"""References between files: whatever one names and the other does not have is listed with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mixed_study import CLAIMS, FRAMEWORK, garden

from casestudy.coding.material import Material
from casestudy.errors import Problem
from casestudy.evidence import check
from casestudy.study import Study

__all__ = ["garden"]

SIGNATURES = """least_looks: 1
ways:
- id: play
  code: way.play
  episode: [{measure: looks, at_least: 2}]
  person: [{measure: looks, at_least: 2}]
- id: check
  code: way.check
  episode: [{measure: looks, at_least: 1}]
  person: [{measure: looks, at_least: 1}]
- id: steer
  code: way.steer
  episode: [{measure: acts, at_least: 1}]
  person: [{measure: acts, at_least: 1}]
"""
INFERENCES = """inferences:
- {display: gardener-side-by-side, row: ways, text: Use is many things., claims: [C1]}
"""
ATTRIBUTES = """attributes:
- {id: modality, values: [experienced, denied]}
- {id: valence, values: [positive, negative, mixed]}
- {id: time, values: [first, later]}
"""
ACCOUNTS = [f"{name},2017-01-01,customer\n" for name in ("a1", "p1", "p2", "p3", "p4")]
SAVED = {
    "types": {"kind": "table", "dtypes": {"type": "str", "share": "float64"}},
    "people": {
        "kind": "table",
        "dtypes": {"participant_id": "str", "visits": "int64", "type": "str"},
    },
}


@pytest.fixture
def study(garden: Study) -> Study:
    """The garden with signatures, attributes, inferences, accounts, and a notebook that has run."""
    files = {
        "usage_logs/signatures.yaml": SIGNATURES,
        "usage_logs/participants.csv": "participant_id,adopted_on,account\n" + "".join(ACCOUNTS),
        "coding_schemes/attributes.yaml": ATTRIBUTES,
        "coding_schemes/framework.yaml": FRAMEWORK,
        "evidence/inferences.yaml": INFERENCES,
        "evidence/claims.yaml": CLAIMS,
        "notebooks/24-ways.ipynb": "{}",
        "outputs/24-ways/contents.json": json.dumps(SAVED),
    }
    for name, text in files.items():
        path = garden.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Study.load(garden.root)


def problems(study: Study) -> list[Problem]:
    return check.check(Material(study))


def line_of(study: Study, file: str, words: str) -> int:
    lines = (study.root / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def test_files_that_fit_together_have_no_problem(study: Study) -> None:
    names = ("is in no codebook", "has no", "is not", "nobody is", "no document", "holds no")
    assert [one for one in problems(study) if any(name in one.found for name in names)] == []


FRAME, CLAIM = "coding_schemes/framework.yaml", "evidence/claims.yaml"


@pytest.mark.parametrize(
    ("file", "before", "after", "found"),
    [
        ("usage_logs/signatures.yaml", "code: way.check", "code: way.compare", "code 'way.compare' is in no"),
        ("usage_logs/signatures.yaml", "code: way.check", "code: why.old", "code 'why.old' is retired"),
        (FRAME, "codes: [way], measures", "codes: [wya], measures", "code 'wya' is in no codebook"),
        (FRAME, "contrary: {codes: [way]", "contrary: {codes: [wy]", "code 'wy' is in no codebook"),
        (FRAME, 'codes: ["gain.*"]', 'codes: ["gian.*"]', "code 'gian.*' is in no codebook"),
        (FRAME, "gardener: [for.gardener]", "gardener: [for.nobody]", "code 'for.nobody' is in no codebook"),
        (FRAME, "unless: {modality: [denied]}", "unless: {mode: [denied]}", "'mode' is not an attribute"),
        (FRAME, "where: {modality: [denied]}", "where: {modality: [refused]}", "'refused' is not a value"),
        (FRAME, "attribute: time", "attribute: phase", "'phase' is not an attribute"),
        (FRAME, "{attribute: valence", "{attribute: tone", "'tone' is not an attribute"),
        (FRAME, "question: Q2", "question: Q9", "'Q9' is not a research question"),
        (FRAME, "groups: [gardener]", "groups: [gardner]", "nobody is of the group 'gardner'"),
        (
            FRAME,
            "notebook: 24-ways, table: types",
            "notebook: 25-ways, table: types",
            "has no notebook '25-ways'",
        ),
        (FRAME, "table: types", "table: kinds", "holds no table 'kinds'"),
        (FRAME, "rows: {type:", "rows: {typ:", "has no column 'typ'"),
        (FRAME, "column: visits", "column: visit", "has no column 'visit'"),
        (
            FRAME,
            "key: participant_id, column: type",
            "key: participant, column: type",
            "has no column 'participant'",
        ),
        (FRAME, "log: check}", "log: chek}", "way 'chek' is not among the signatures"),
        (FRAME, "claim: C1, says", "claim: C7, says", "claim 'C7' is not made"),
        (CLAIM, "codes: [why.keep]", "codes: [why.kep]", "code 'why.kep' is in no codebook"),
        ("evidence/inferences.yaml", "gardener-side", "maker-side", "'maker' has no theme 'ways'"),
        ("evidence/inferences.yaml", "gardener-side", "gardner-side", "no perspective is called 'gardner'"),
        ("evidence/inferences.yaml", "claims: [C1]", "claims: [C4]", "claim 'C4' is not made"),
    ],
)
def test_a_broken_reference_is_listed_with_its_line(
    study: Study, file: str, before: str, after: str, found: str
) -> None:
    path = study.root / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    (one,) = [problem for problem in problems(study) if found in problem.found]
    name, _, rest = one.where.partition(", line ")
    assert name == file
    near = line_of(study, file, after)
    assert abs(int(rest.split()[0]) - near) <= 3  # the line of the entry or key that holds it


def test_an_account_that_the_log_does_not_have_is_listed(study: Study) -> None:
    path = study.root / "interviews/participants.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    names = head.split(",")
    if "log_id" not in names:
        names.append("log_id")
        rows = [f"{row}," for row in rows]
    cells = [row.split(",") for row in rows]
    for row in cells:
        row[names.index("log_id")] = ""
    cells[0][names.index("log_id")] = "a1"
    cells[1][names.index("log_id")] = "a2"
    path.write_text("\n".join(",".join(row) for row in [names, *cells]) + "\n", encoding="utf-8")
    said = [problem.found for problem in problems(study) if "log_id" in problem.found]
    assert said == ["log_id 'a2' is not in usage_logs/participants.csv."]


def test_what_has_not_run_is_not_judged(study: Study) -> None:
    path = study.root / FRAME
    path.write_text(FRAMEWORK.replace("table: types", "table: kinds"), encoding="utf-8")
    Path(study.root / "outputs/24-ways/contents.json").unlink()
    assert not [problem for problem in problems(study) if "kinds" in problem.found]


def test_a_study_without_a_codebook_has_no_unknown_codes(study: Study) -> None:
    for path in (study.root / "coding_schemes").glob("*.yaml"):
        path.unlink()
    (study.root / CLAIM).unlink()
    assert not [problem for problem in problems(study) if "is in no codebook" in problem.found]
