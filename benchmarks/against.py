"""CPU time of this checkout beside another revision of the project, in turn and on the same machine.

    python benchmarks/against.py --against ff18ce2
    python benchmarks/against.py --against ff18ce2 --job check --rounds 5

The other revision is checked out into a temporary folder; both run with the same Python and the same
libraries. Three jobs: drawing all pages of the reference study (each revision those of its own), checking
a study of 5,000 codes and 5,000 claims, and checking one of 2,000 documents with 200,000 codings. The two
studies are made here and have no problem in them. The revisions take turns; printed are the median CPU
seconds of the whole process and the ratio of this checkout to the other. Each runs once more before, so that
no run that counts has to compile a module. With ``--targets`` the exit code is 1 where one is above its target.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("casestudy", "tests", "benchmarks", "findings", ".git", ".venv", ".casestudy", "__pycache__")
TARGETS = {"render --force": 0.5, "check, codes and claims": 0.25, "check, documents and codings": 0.5}
STUDY = (
    'title = "Made for a measurement"\nfloor = 3\n[[question]]\nid = "RQ1"\ntext = "How long does it take?"\n'
)


def words(draw: random.Random, count: int) -> list[str]:
    """Words of an alphabet of their own, so that no two texts are alike by chance."""
    return ["".join(draw.choices("abdefgiklmnoprstuvy", k=draw.randint(3, 9))) for _ in range(count)]


def many_codes(root: Path, codes: int, claims: int) -> None:
    """A study of many codes under one hundred heads, and many claims on them."""
    draw = random.Random(1)
    vocabulary = words(draw, 4_000)
    heads = [f"h{number}" for number in range(max(1, codes // 50))]
    lines = ["scheme: many", "codes:"]
    lines += [f"- {{id: {head}, name: Head {head}, definition: Everything under {head}.}}" for head in heads]
    for number in range(codes - len(heads)):
        head = heads[number % len(heads)]
        text = " ".join(draw.sample(vocabulary, 12))
        lines.append(f"- {{id: {head}.c{number}, name: Code {number}, parent: {head}, definition: {text}.}}")
    framework = (
        "rule: any\nperspectives:\n- id: side\n  name: Side\n  question: RQ1\n  groups: [g]\n  themes:\n"
        + "".join(
            f"  - {{id: t{n}, name: Theme {n}, codes: [{head}], idea: it is}}\n"
            for n, head in enumerate(heads)
        )
    )
    made = ["claims:"]
    for number in range(claims):
        place = number % len(heads)
        made.append(
            f"- id: C{number}\n  text: Claim {number} is so.\n  perspective: side\n  theme: t{place}\n"
            f"  question: RQ1\n  expected: Somebody says {vocabulary[number % 4000]}.\n  evidence:\n"
            f"  - {{kind: coding, codes: [{heads[place]}], expect: people >= 1, says: they say so}}"
        )
    put(root, "study.toml", STUDY)
    put(root, "coding_schemes/many.yaml", "\n".join(lines) + "\n")
    put(root, "coding_schemes/framework.yaml", framework)
    put(root, "evidence/claims.yaml", "\n".join(made) + "\n")


def many_codings(root: Path, documents: int, codings: int) -> None:
    """A study of many interviews, each coded by two coders."""
    draw = random.Random(2)
    vocabulary = words(draw, 1_000)
    put(root, "study.toml", STUDY)
    codes = "".join(
        f"- {{id: c{n}, name: Code {n}, definition: {' '.join(words(draw, 6))}.}}\n" for n in range(60)
    )
    put(root, "coding_schemes/few.yaml", f"scheme: few\ncodes:\n{codes}")
    people = [f"d{number:04},g,Who{number},true" for number in range(documents)]
    put(
        root,
        "interviews/participants.csv",
        "participant_id,group,pseudonym,consent_quote\n" + "\n".join(people) + "\n",
    )
    put(
        root,
        "interviews/speakers.csv",
        "document,speaker,participant,role,why\n*,INTERVIEWER,,interviewer,made so\n",
    )
    each = codings // documents // 2
    for number in range(documents):
        name, text = f"d{number:04}", f"# Talk {number}\n\n"
        spans = []
        for turn in range(each):
            speaker = "INTERVIEWER" if turn % 2 else f"Who{number}"
            said = " ".join(draw.choices(vocabulary, k=14)) + "."
            text += f"{speaker}: {said}\n\n"
            spans.append((len(text) - 2 - len(said), len(text) - 2))
        put(root, f"interviews/transcripts/{name}.md", text)
        for coder in "ab":
            lines = [
                {
                    "id": f"{coder}{number:05}{place:05}",
                    "action": "add",
                    "parent": None,
                    "code": f"c{draw.randrange(60)}",
                    "start": start,
                    "end": end,
                    "quote": text[start:end],
                    "attributes": {},
                    "memo": "",
                    "when": "2026-01-01T00:00:00Z",
                    "text": "",
                }
                for place, (start, end) in enumerate(spans)
            ]
            put(
                root,
                f"interviews/codings/{coder}/{name}.jsonl",
                "".join(json.dumps(one) + "\n" for one in lines),
            )


def put(root: Path, name: str, text: str) -> None:
    """Write a file, its folders with it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@contextmanager
def checked_out(revision: str, folder: Path) -> Iterator[Path]:
    """A revision of this repository in a folder of its own."""
    target = folder / "other"
    subprocess.run(
        ["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", target, revision], check=True
    )
    try:
        yield target
    finally:
        subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", target], check=True)


def cpu(path: list[Path], study: Path, verb: tuple[str, ...], compiled: Path) -> float:
    """CPU seconds of a command of the package that stands first in the path, with the processes that it starts."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "casestudy", *verb, "--study", study],
        env=given | {"PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONPYCACHEPREFIX": str(compiled)},
        cwd=study,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(
            f"casestudy {' '.join(verb)} of {path[0]} ended with {done.returncode}: {done.stderr[-1500:]}"
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def studies(
    folder: Path, other: Path, codes: int, documents: int
) -> dict[str, tuple[tuple[str, ...], Path, Path]]:
    """The jobs: a command, and the study that each revision runs it on."""
    for name, source in (("ours", ROOT), ("theirs", other)):
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    many_codes(folder / "codes", codes, codes)
    many_codings(folder / "codings", documents, 100 * documents)
    return {
        "render --force": (("render", "--force"), folder / "ours", folder / "theirs"),
        "check, codes and claims": (("check",), folder / "codes", folder / "codes"),
        "check, documents and codings": (("check",), folder / "codings", folder / "codings"),
    }


def main() -> int:
    """Run the jobs in turn and print the ratios."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--against", required=True, metavar="REVISION", help="the other revision")
    asked.add_argument("--rounds", type=int, default=3, help="runs of each revision (3)")
    asked.add_argument("--job", default="", help="only jobs whose name holds this")
    asked.add_argument("--codes", type=int, default=5_000, help="codes, and claims (5,000)")
    asked.add_argument(
        "--documents", type=int, default=2_000, help="documents, each with 100 codings (2,000)"
    )
    asked.add_argument(
        "--libraries",
        type=Path,
        action="append",
        default=[],
        help="a folder of libraries that only the other revision needs (pip install --target)",
    )
    asked.add_argument("--targets", action="store_true", help=f"exit code 1 above the targets: {TARGETS}")
    given = asked.parse_args()
    above = False
    with tempfile.TemporaryDirectory(prefix="against-") as temporary:
        folder = Path(temporary).resolve()
        with checked_out(given.against, folder) as other:
            print(
                f"{'job':32} {'this':>8} {given.against[:8]:>8} {'ratio':>6}  CPU seconds (median of {given.rounds})"
            )
            for name, (verb, mine, theirs) in studies(folder, other, given.codes, given.documents).items():
                if given.job not in name:
                    continue
                times: dict[Path, list[float]] = {ROOT: [], other: []}
                for _ in range(given.rounds + 1):
                    times[ROOT].append(cpu([ROOT], mine, verb, folder / "compiled"))
                    times[other].append(cpu([other, *given.libraries], theirs, verb, folder / "compiled"))
                ours, old = (statistics.median(times[one][1:]) for one in (ROOT, other))
                above |= ours / old > TARGETS[name]
                print(
                    f"{name:32} {ours:8.2f} {old:8.2f} {ours / old:6.2f}  (at most {TARGETS[name]})",
                    flush=True,
                )
    return int(above and given.targets)


if __name__ == "__main__":
    sys.exit(main())
