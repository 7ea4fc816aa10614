"""A large project of another tool: read, imported, exported and checked; read by two open readers beside it.

Run ``python benchmarks/interchange.py --peers PYTHON`` where PYTHON is an interpreter with ``pyrefiqda`` and
``qdapy`` (AGPL: a separate environment, never this one). Each job runs in a process of its own; CPU seconds,
peak memory and exact quotes are printed, and ratios to this project's reading. The project (1,000
documents and 100,000 codings by default) is written as NVivo writes it: UTF-16 units, CRLF, a mark.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SENTENCE = "we bake the dark rye bread at home and my sister helps on some Sundays 🌿 says Päivi too"


def make(path: Path, documents: int, codings: int) -> dict[str, str]:
    """Write the project; gives the quotes by the GUID of their coding."""
    from casestudy.interchange.account import Account
    from casestudy.interchange.project import Code, Coder, Coding, Document, Project, guid_of
    from casestudy.interchange.refi_write import project_bytes

    draw = random.Random(1)
    codes = tuple(Code(guid_of("code", str(n)), f"code {n}") for n in range(60))
    coder = Coder(guid_of("coder"), "ann")
    texts, spans = [], []
    for number in range(documents):
        lines = [" ".join(draw.choices(SENTENCE.split(), k=draw.randint(8, 40))) + "." for _ in range(60)]
        text, own = "\n".join(lines) + "\n", guid_of("document", str(number))
        texts.append(Document(own, f"interview {number}", text))
        starts = [0] + [place + 1 for place, letter in enumerate(text) if letter == " "]
        for _ in range(codings // documents):
            first = draw.randrange(len(starts) - 12)
            start, end = starts[first], starts[first + draw.randint(2, 11)] - 1
            spans.append((own, start, end, text[start:end], draw.choice(codes).guid))
    made = tuple(
        Coding(guid_of("coding", str(n)), own, code, start, end, quote, coder.guid, "2026-01-31T10:00:00Z")
        for n, (own, start, end, quote, code) in enumerate(spans)
    )
    project = Project("bench", coders=(coder,), codes=codes, documents=tuple(texts), codings=made)
    path.write_bytes(project_bytes(project, Account(), "nvivo"))
    return {one.guid: " ".join(one.quote.split()) for one in made}


def job(kind: str, path: Path, folder: Path) -> dict[str, str]:
    """Do one job; gives quotes by coding where the job reads them."""
    if kind == "qdapy":
        import qdapy

        frame = qdapy.read_qdpx(str(path)).fragments
        return {str(number): str(text) for number, text in enumerate(frame["text"])}
    if kind == "pyrefiqda":
        from pyrefiqda import RefiProject

        RefiProject.load(str(path), str(folder))
        return {}
    from casestudy.interchange import readers, writers
    from casestudy.interchange.account import Account
    from casestudy.interchange.from_study import collect
    from casestudy.interchange.into_study import bring
    from casestudy.study import Study

    if kind == "read":
        return {one.guid: one.quote for one in readers.read(path).project.codings}
    root = folder / "study"
    if kind == "import":
        root.mkdir()
        (root / "study.toml").write_text('title = "A study"\nfloor = 3\n', encoding="utf-8")
        bring(Study.load(root), readers.read(path))
    elif kind == "export":
        writers.write(collect(Study.load(root), Account()), "qdpx", folder / "out.qdpx", Account())
    return {}


def measured(python: str, kind: str, path: Path, folder: Path) -> dict[str, float]:
    """Run one job in a process of its own."""
    root = Path(__file__).resolve().parent.parent
    words = [python, __file__, "--job", kind, str(path), str(folder)]
    done = subprocess.run(
        words, capture_output=True, text=True, cwd=root, env=_environment(root), check=False
    )
    if done.returncode:
        print(f"  {kind}: did not end well: {done.stderr.strip().splitlines()[-1:]}")
        return {}
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment(root: Path) -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(root)}


def main() -> int:
    """Print one line a job."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--codings", type=int, default=100_000)
    parser.add_argument("--peers", default="", help="an interpreter with pyrefiqda and qdapy")
    parser.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        path = Path(given.make[0])
        quotes = make(path, int(given.make[1]), int(given.make[2]))
        (path.parent / "quotes.json").write_text(json.dumps(quotes), encoding="utf-8")
        return 0
    if given.job:
        begun = time.process_time()
        quotes = job(given.job[0], Path(given.job[1]), Path(given.job[2]))
        seconds = time.process_time() - begun
        right = set(json.loads((Path(given.job[2]) / "quotes.json").read_text(encoding="utf-8")).items())
        plain = [(guid, " ".join(text.split())) for guid, text in quotes.items()]
        exact = sum(one in right for one in plain)
        if given.job[0] == "qdapy":
            # Its rows carry no GUID: a row is right where its words are those of any coding not yet counted.
            from collections import Counter

            left = Counter(text for _, text in right)
            exact = sum(min(count, left[text]) for text, count in Counter(text for _, text in plain).items())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "memory": peak, "exact": exact, "of": len(quotes)}))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "project.qdpx"
        # In a process of its own too: peak memory begins with that of the process that starts another.
        size = [str(given.documents), str(given.codings)]
        words = [sys.executable, __file__, "--make", str(path), *size]
        subprocess.run(words, check=True, env=_environment(Path(__file__).resolve().parent.parent))
        print(f"{given.documents:,} documents, {given.codings:,} codings, {path.stat().st_size:,} bytes")
        jobs = [(sys.executable, kind) for kind in ("read", "import", "export")]
        jobs += [(given.peers, kind) for kind in ("pyrefiqda", "qdapy") if given.peers]
        ours: dict[str, float] = {}
        for python, kind in jobs:
            found = measured(python, kind, path, folder)
            if not found:
                continue
            ours = ours or found
            said = f"  {kind}: {found['seconds']:.1f} s, {found['memory']:,.0f} MB"
            if found["of"]:
                said += f", {found['exact']:,.0f} of {found['of']:,.0f} quotes exact"
            if python != sys.executable:
                said += f"; {found['seconds'] / ours['seconds']:.1f} times our seconds of reading"
                said += f", {found['memory'] / ours['memory']:.1f} times our memory"
            print(said, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
