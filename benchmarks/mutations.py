"""Put small mistakes into the package, one after the other, and see whether the tests of the room notice.

    python benchmarks/mutations.py                 # all of them: some ten minutes
    python benchmarks/mutations.py --only floor    # those whose name holds the word
    python benchmarks/mutations.py --check         # only whether each still fits its file

A mutation is a text that stands exactly once in a file and what is put in its place: a boundary moved by
one, a term of a formula left out, a rule not asked. The package and its tests are copied, one mutation is
made, and only the test files named with it are run. A mutation that no test notices *survives*. One that
changes no result at all, whatever the input, is marked as equivalent and may survive. Where a text does
not stand in its file exactly once the list is out of date: that is an error. Exit code 1 where a mutation
survives that should not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Mutation:
    """One mistake.

    Attributes
    ----------
    name : str
    file : str
        Below ``casestudy/``.
    before, after : str
        What stands there, exactly once, and what is put in its place.
    tests : tuple of str
        Test files of the room, without ``tests/test_`` and ``.py``.
    equivalent : bool
        Whether no input can tell the two apart.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    equivalent: bool = False


MUTATIONS = (
    Mutation(
        "alpha: pairs of a unit with itself count",
        "agreement/alpha.py",
        "n * n - (margins * margins).sum(axis=1), n * (n - 1))",
        "n * n - (margins * margins).sum(axis=1), n * n)",
        ("agreement_alpha", "agreement_published"),
    ),
    Mutation(
        "AC1: one category too many",
        "agreement/many_coders.py",
        "return w.sum() * (pi * (1 - pi)).sum(axis=-1) / (q * (q - 1))",
        "return w.sum() * (pi * (1 - pi)).sum(axis=-1) / (q * q)",
        ("agreement_categorical", "agreement_published"),
    ),
    Mutation(
        "saturation: the threshold itself does not count",
        "voices/saturation.py",
        "if ratio <= threshold",
        "if ratio < threshold",
        ("coding_saturation", "thresholds"),
    ),
    Mutation(
        "loop: all of the dormant come back",
        "dynamics/model.py",
        'p["rho"] * share * dormant',
        'p["rho"] * dormant',
        ("dynamics_model",),
    ),
    Mutation(
        "rule all: one coder is enough",
        "mixed/presence.py",
        "if coders == needed[who])",
        "if coders <= needed[who])",
        ("mixed_material",),
    ),
    Mutation(
        "sessions: a pause of exactly the gap ends one",
        "usage/sessions.py",
        'pause > limit if edge == "continue"',
        'pause >= limit if edge == "continue"',
        ("usage_sessions", "thresholds"),
    ),
    Mutation(
        "signatures: the bound itself does not count",
        "usage/signatures.py",
        "at_least(total, self.at_least * scale) &",
        "(total > self.at_least * scale) &",
        ("usage_types", "thresholds"),
    ),
    Mutation(
        "status: a claim without rivals is not doubted",
        "evidence/status.py",
        "if not claim.rivals:",
        "if claim.rivals is None:",
        ("evidence_claims",),
    ),
    Mutation(
        "freshness: a deleted input goes unnoticed",
        "run/receipts.py",
        'changes += [f"{name} was deleted" for name in before if name not in now]',
        "changes += []",
        ("run_parts",),
    ),
    Mutation(
        "weights: whatever is written is believed",
        "nutrition/basis.py",
        "(joined.quantity.abs() <= 1000 * LARGE_QUANTITY) & (mg.abs() <= HEAVIEST_MG)",
        "joined.quantity.notnull() & mg.notnull()",
        ("purchases_other_retailer", "nutrition_weights"),
    ),
    Mutation(
        "codings: the turn that holds least of a span speaks it",
        "coding/table.py",
        "best[row] = span[int(np.argmax(share))]",
        "best[row] = span[int(np.argmin(share))]",
        ("coding_check", "coding_queries", "coding_segments"),
    ),
    Mutation(
        "floor: months of few people are shown",
        "usage/signatures.py",
        'return made[enough(made["participants"], floor)].sort_values(',
        "return made.sort_values(",
        ("usage_types", "people_floor"),
    ),
    Mutation(
        "floor: one household too few is enough",
        "nutrition/compare.py",
        "if not enough(near.sum(), study.floor):",
        "if not enough(near.sum(), study.floor - 1):",
        ("nutrition_feedback", "people_floor"),
    ),
    Mutation(
        "floor: just as many as the floor are withheld",
        "people/floor.py",
        "return count >= floor",
        "return count > floor",
        ("people_floor",),
    ),
    Mutation(
        "floor: one fewer than the floor is shown",
        "people/floor.py",
        "return count >= floor",
        "return count >= floor - 1",
        ("people_floor",),
    ),
    Mutation(
        "codings: of two branches the greater id prevails over the later",
        "coding/codings.py",
        'return head.action != "delete", moment(head.when), head.id',
        'return head.action != "delete", head.id, moment(head.when)',
        ("coding_records",),
    ),
    Mutation(
        "units: a unit that is half covered does not have the code",
        "coders/unit_ratings.py",
        "(common * 2 >= np.minimum(",
        "(common * 2 > np.minimum(",
        ("coding_segments",),
    ),
    Mutation(
        "sentences: one that is half covered does not have the code",
        "coding/units.py",
        "shared * 2 >= np.minimum(",
        "shared * 2 > np.minimum(",
        ("coding_segments",),
    ),
    Mutation(
        "literature: two DOIs are joined through a third record",
        "literature/duplicates.py",
        "        across = [(a, b) for a in members[first] for b in members[second]]",
        "        across = [(one, other)]",
        ("literature_records", "literature_formats"),
    ),
    Mutation(
        "positions: an end before its beginning",
        "transcripts/edits.py",
        "return first, max(first, last)",
        "return first, last",
        ("transcripts_edits",),
        equivalent=True,
    ),
)


def stale(root: Path = ROOT) -> list[str]:
    """What does not fit any more: a text that is not in its file exactly once, a test file that is gone."""
    found = []
    for one in MUTATIONS:
        path = root / "casestudy" / one.file
        count = path.read_text(encoding="utf-8").count(one.before) if path.is_file() else 0
        if count != 1:
            found.append(f"{one.name}: {one.before!r} stands {count} times in {one.file}")
        gone = [name for name in one.tests if not (root / "tests" / f"test_{name}.py").is_file()]
        found += [f"{one.name}: tests/test_{name}.py is not there" for name in gone]
    return found


def copied(target: Path) -> None:
    """Copy the package, its tests and the study that tests read."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "benchmarks", "findings")
    shutil.copytree(ROOT, target, ignore=left_out, dirs_exist_ok=True)


def tests_pass(root: Path, tests: tuple[str, ...], *, mutated: bool) -> bool | None:
    """Whether the test files pass in the copy; None where they could not be run.

    What they print is shown where they fail without a mutation, and where they could not be run.
    """
    files = [str(root / "tests" / f"test_{name}.py") for name in tests]
    options = ("-m", "not extra", "-x", "-q", "-p", "no:cacheprovider", "--no-header")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 1) or (done.returncode and not mutated):
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
        return None
    return done.returncode == 0


def main() -> int:
    """Make the mutations and print which were caught."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", default="", help="only mutations whose name holds this")
    asked.add_argument("--check", action="store_true", help="only say whether the list fits the package")
    given = asked.parse_args()
    wrong = stale()
    for line in wrong:
        print(f"out of date: {line}")
    if wrong or given.check:
        print("" if wrong else f"{len(MUTATIONS)} mutations fit their files")
        return int(bool(wrong))
    chosen = [one for one in MUTATIONS if given.only in one.name]
    passed: dict[tuple[str, ...], bool | None] = {}
    survived = failed = 0
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        root = Path(folder)
        copied(root)
        for one in chosen:
            if one.tests not in passed:
                passed[one.tests] = tests_pass(root, one.tests, mutated=False)
            if not passed[one.tests]:
                print(f"{'tests fail':11} {one.name}: without any mutation, in {', '.join(one.tests)}")
                failed += 1
                continue
            path = root / "casestudy" / one.file
            text = path.read_text(encoding="utf-8")
            begun = time.monotonic()
            path.write_text(text.replace(one.before, one.after), encoding="utf-8")
            result = tests_pass(root, one.tests, mutated=True)
            path.write_text(text, encoding="utf-8")
            word = {False: "caught", True: "survived", None: "not run"}[result]
            note = " (equivalent)" if one.equivalent else ""
            print(f"{word:11} {one.name}{note}  [{time.monotonic() - begun:.0f} s]", flush=True)
            survived += result is True and not one.equivalent
            failed += result is None
    print(
        f"{len(chosen)} mutations, {survived} survived that should not"
        + (f", {failed} not run" if failed else "")
    )
    return int(bool(survived or failed))


if __name__ == "__main__":
    sys.exit(main())
