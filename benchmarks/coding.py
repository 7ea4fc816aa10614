"""A million codings over a thousand documents: load, cross-table, co-occurrence, keyword in context.

Each step is done by the workbench, from its plain text files, and by a plain SQLite schema like those of
coding programs (documents, codes, codings), and printed as a ratio: the workbench's time over SQLite's.
Both give the same numbers, which is checked. Run: ``python benchmarks/coding.py [--codings 1000000]
[--documents 1000]``.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from casestudy.codebook.codes import Code, Codebook, Scheme
from casestudy.coding import counts, query, table, words
from casestudy.coding.codings import Record, line, read
from casestudy.study import Study
from casestudy.transcripts.transcript import Transcript, documents

WORDS = [
    "the",
    "a",
    "we",
    "they",
    "bread",
    "milk",
    "shop",
    "price",
    "week",
    "salt",
    "tell",
    "know",
    "think",
    "like",
    "never",
    "always",
    "some",
    "more",
    "less",
    "year",
]
CODES = 80


def make(root: Path, count: int, texts: int, seed: int) -> None:
    """Write a study of random talk and random codings."""
    random = np.random.default_rng(seed)
    (root / "interviews/transcripts").mkdir(parents=True)
    (root / "interviews/codings/k").mkdir(parents=True)
    (root / "study.toml").write_text('title = "Benchmark"\n')
    each = count // texts
    for number in range(texts):
        turns = []
        for turn in range(40):
            said = " ".join(random.choice(WORDS, 50))
            turns.append(f"{'INTERVIEWER' if turn % 2 else 'Aino'}: {said}.")
        text = "\n\n".join(turns) + "\n"
        (root / f"interviews/transcripts/d{number:04}.txt").write_text(text)
        starts = random.integers(0, len(text) - 60, each)
        ends = starts + random.integers(5, 60, each)
        codes = random.integers(0, CODES, each)
        rows = (
            line(
                Record(
                    f"{number:04x}{place:08x}",
                    "add",
                    code=f"s.c{code:02}",
                    start=int(start),
                    end=int(end),
                    quote=text[start:end],
                    when="2026-01-01",
                )
            )
            for place, (start, end, code) in enumerate(zip(starts, ends, codes, strict=True))
        )
        (root / f"interviews/codings/k/d{number:04}.jsonl").write_text("".join(f"{row}\n" for row in rows))


def database(root: Path, frame: pd.DataFrame, texts: dict[str, Transcript]) -> Path:
    """The same study as coding programs keep it."""
    path = root / "peer.sqlite"
    with sqlite3.connect(path) as base:
        base.executescript(
            "create table source(id integer primary key, name text, fulltext text);"
            "create table code_name(cid integer primary key, name text);"
            "create table code_text(ctid integer primary key, cid integer, fid integer, seltext text,"
            " pos0 integer, pos1 integer, owner text, memo text);"
        )
        numbers = {name: number for number, name in enumerate(sorted(texts))}
        base.executemany(
            "insert into source values (?, ?, ?)",
            [(number, name, texts[name].text) for name, number in numbers.items()],
        )
        codes = {code: number for number, code in enumerate(sorted(frame["code"].unique()))}
        base.executemany(
            "insert into code_name values (?, ?)", [(number, code) for code, number in codes.items()]
        )
        rows = zip(
            frame["code"].map(codes).tolist(),
            frame["document"].map(numbers).tolist(),
            frame["quote"],
            frame["start"].tolist(),
            frame["end"].tolist(),
            frame["coder"],
            strict=True,
        )
        base.executemany(
            "insert into code_text(cid, fid, seltext, pos0, pos1, owner) values (?, ?, ?, ?, ?, ?)", rows
        )
        base.execute("create index at on code_text(fid, pos0)")
    return path


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What an act gives, and the seconds it took."""
    start = time.perf_counter()
    result = act()
    return result, time.perf_counter() - start


def main() -> None:
    """Make the study, measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--codings", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root, given.codings, given.documents, given.seed)
        study = Study.load(root)
        ids = [f"s.c{number:02}" for number in range(CODES)]
        book = Codebook({"s": Scheme("s", "S")}, {code: Code(code, "s", code) for code in ids})
        texts, text_time = timed(lambda: documents(study))
        works, read_time = timed(lambda: read(study))
        frame, table_time = timed(lambda: table.table(works, texts, book))
        assert len(frame) == given.codings // given.documents * given.documents
        assert frame["placed"].all()
        peer = sqlite3.connect(database(root, frame, texts))
        print(f"{len(frame):,} codings, {len(texts):,} documents, {frame['code'].nunique()} codes")
        print(f"(documents {text_time:.1f} s, records {read_time:.1f} s, table {table_time:.1f} s)")
        report(frame, texts, peer, text_time + read_time + table_time)


def report(
    frame: pd.DataFrame, texts: dict[str, Transcript], peer: sqlite3.Connection, loading: float
) -> None:
    """Measure each step on both sides and print the ratios."""
    select = (
        "select code_text.*, code_name.name as code, source.name as document,"
        " substr(fulltext, pos0 + 1, pos1 - pos0) = seltext as placed"
        " from code_text join code_name using (cid) join source on source.id = fid"
    )
    theirs, seconds = timed(lambda: pd.read_sql(select, peer))
    assert len(theirs) == len(frame)
    show("load, verify every quote, tidy table", loading, seconds)

    ours, own = timed(lambda: counts.matrix(frame, "document", "code", counts=True))
    cross = (
        "select fid, cid, count(*) as n from (select distinct owner, fid, cid, pos0, pos1 from code_text)"
        " group by fid, cid"
    )
    theirs, seconds = timed(
        lambda: pd.read_sql(cross, peer).pivot(index="fid", columns="cid", values="n").fillna(0)
    )
    assert int(ours.to_numpy().sum()) == int(theirs.to_numpy().sum())
    show("code × document, counts of distinct segments", own, seconds)

    pairs, own = timed(lambda: query.co_occurrence(frame, "overlap"))
    overlap = (
        "select min(a.cid, b.cid), max(a.cid, b.cid), count(*) from code_text a join code_text b"
        " on a.fid = b.fid and b.pos0 < a.pos1 and b.pos0 >= a.pos0 and a.owner = b.owner"
        " and (a.pos0 < b.pos0 or a.ctid < b.ctid) and a.cid <> b.cid group by 1, 2"
    )
    theirs, seconds = timed(lambda: pd.read_sql(overlap, peer))
    assert int(pairs["together"].sum()) == int(theirs["count(*)"].sum())
    show(f"co-occurrence by overlap ({int(pairs['together'].sum()):,} pairs)", own, seconds)

    hits, own = timed(lambda: words.concordance(texts, "bread", width=40))

    def scan() -> int:
        found = 0
        for name, text in peer.execute("select name, fulltext from source where fulltext like '%bread%'"):
            place = text.find("bread")
            while place >= 0:
                _ = (name, text[max(0, place - 40) : place], text[place + 5 : place + 45])
                found += 1
                place = text.find("bread", place + 5)
        return found

    count, seconds = timed(scan)
    assert count == len(hits)
    show(f"keyword in context ({count:,} places, with turn and speaker)", own, seconds)


def show(what: str, own: float, theirs: float) -> None:
    """One line: the step, both times, the ratio."""
    print(f"{what}: {own:.2f} s against {theirs:.2f} s, ratio {own / theirs:.2f}")


if __name__ == "__main__":
    main()
