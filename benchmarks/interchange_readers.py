"""Exports of a study read by independent programs: the same codes, spans and words?

    python benchmarks/interchange_readers.py --peers PYTHON --taguette PYTHON [--study DIR]

Both are interpreters of environments of their own: one with ``pyrefiqda`` and ``qdapy`` (AGPL), one with
``taguette`` and ``setuptools<81``. ``--qualcoder PYTHON --clone DIR`` opens a project by QualCoder's
own class of the application, without a window: PYTHON has PyQt6, DIR is a clone of QualCoder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QDAPY = """
import json, sys, qdapy
print(json.dumps([str(one) for one in qdapy.read_qdpx(sys.argv[1], warn=False).fragments["text"]]))
"""
PYREFIQDA = """
import json, sys, tempfile
from pyrefiqda import RefiProject
read = RefiProject.load(sys.argv[1], tempfile.mkdtemp())
count = lambda code: 1 + sum(map(count, code.code))
codings = sum(len(one.coding) for source in read.sources.text_source for one in source.plain_text_selection)
print(json.dumps({"codes": sum(map(count, read.code_book.codes.code)), "codings": codings}))
"""
TAGUETTE = """
import json, sys
from bs4 import BeautifulSoup
from taguette import database, extract
here = database.connect("sqlite:///" + sys.argv[1], external=True)()
there = database.connect("sqlite:///" + sys.argv[1] + ".copy")()
there.add(database.User(login="admin"))
there.commit()
database.copy_project(here, there, 1, "admin")
there.commit()
texts = {one.id: one.contents for one in there.query(database.Document).all()}
words = []
for one in there.query(database.Highlight).all():
    cut = extract.extract(texts[one.document_id], one.start_offset, one.end_offset)
    words.append(BeautifulSoup(cut, "html5lib").get_text())
print(json.dumps({"tags": there.query(database.Tag).count(), "documents": len(texts), "words": words}))
"""


QUALCODER = """
import builtins, json, os, sys, tempfile, types
os.environ["QT_QPA_PLATFORM"], os.environ["HOME"] = "offscreen", tempfile.mkdtemp()
os.makedirs(os.environ["HOME"] + "/.qualcoder")
builtins._ = lambda text: text
models = types.ModuleType("qualcoder.ai_llm")
models.get_default_ai_models, models.update_ai_models = lambda *_: [], lambda *_, **__: ([], 0)
sys.modules["qualcoder.ai_llm"] = models
sys.path.insert(0, sys.argv[2] + "/src")
from PyQt6 import QtWidgets
running = QtWidgets.QApplication([])
while True:
    try:
        from qualcoder.app import App
        break
    except ModuleNotFoundError as missing:  # what only windows need
        sys.modules[missing.name] = types.ModuleType(missing.name)
        sys.modules[missing.name].__getattr__ = lambda name: type(name, (), {})
app = App()
app.project_path = sys.argv[1]
app.create_connection(app.project_path)
app.update_coder_names()
cursor = app.conn.cursor()
texts = dict(cursor.execute("select id, fulltext from source"))
rows = list(cursor.execute("select fid, pos0, pos1, seltext from code_text"))
exact = sum(texts[fid][first:last] == words for fid, first, last, words in rows)
names = {"codes": len(app.get_codes_categories()[0]), "documents": len(app.get_text_filenames())}
print(json.dumps({**names, "codings": len(rows), "exact": exact}))
"""


def told(python: str, code: str, path: Path, *more: str) -> object:
    """What another program says of a file."""
    done = subprocess.run([python, "-c", code, str(path), *more], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python} failed: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Print one line a program; 1 where one reads something else."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default="")
    parser.add_argument("--taguette", default="")
    parser.add_argument("--qualcoder", default="")
    parser.add_argument("--clone", default="")
    parser.add_argument("--study", type=Path, default=ROOT)
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from casestudy.interchange import writers
    from casestudy.interchange.account import Account
    from casestudy.interchange.from_study import collect
    from casestudy.study import Study

    project = collect(Study.load(given.study), Account())
    ours = Counter(" ".join(one.quote.split()) for one in project.codings)
    wrong = False
    with tempfile.TemporaryDirectory() as name:
        if given.peers:
            path = Path(name) / "study.qdpx"
            writers.write(project, "qdpx", path, Account())
            read = told(given.peers, PYREFIQDA, path)
            print(f"pyrefiqda: {read}; written: {len(project.codes)} codes, {len(project.codings)} codings")
            wrong |= read != {"codes": len(project.codes), "codings": len(project.codings)}
            texts = Counter(" ".join(str(one).split()) for one in told(given.peers, QDAPY, path))  # type: ignore[attr-defined]
            print(f"qdapy: {(texts & ours).total()} of {ours.total()} codings with the same words")
            wrong |= texts != ours
        if given.qualcoder:
            path = Path(name) / "study.qda"
            writers.write(project, "qualcoder", path, Account())
            read = told(given.qualcoder, QUALCODER, path, given.clone)
            print(f"QualCoder: {read}; written: {len(project.codes)} codes, {len(project.codings)} codings")
            assert isinstance(read, dict)
            wrong |= read["exact"] != len(project.codings)
        if given.taguette:
            path = Path(name) / "study.sqlite3"
            writers.write(project, "taguette", path, Account())
            read = told(given.taguette, TAGUETTE, path)
            assert isinstance(read, dict)
            spans = {
                (one.document, one.start, one.end): " ".join(one.quote.split()) for one in project.codings
            }
            cut = Counter(" ".join(one.split()) for one in read["words"])
            same = (cut & Counter(spans.values())).total()
            print(
                f"taguette: {read['tags']} tags, {read['documents']} documents, "
                f"{same} of {len(spans)} highlights with the same words"
            )
            wrong |= same != len(spans)
    return int(wrong)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
