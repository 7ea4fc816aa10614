"""Other tools' projects for the fuzz harness: written by this project's own writers."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from casestudy.interchange import qualcoder_write, taguette_write
from casestudy.interchange.account import Account
from casestudy.interchange.project import (
    Case,
    Code,
    Coder,
    Coding,
    Document,
    Group,
    Note,
    Project,
    Variable,
    guid_of,
)
from casestudy.interchange.refi_write import codebook_bytes, project_bytes
from parts.reader import Reader

CALL = "casestudy.interchange.readers:read"
TEXT = "Ann: I bake the bread 🌿 myself.\n\nBen: My sister helps on Sundays, says Päivi.\n"


def project() -> Project:
    """A small project with a thing of every kind."""
    codes = (
        Code(guid_of("garden"), "garden", codable=False),
        Code(guid_of("bread"), "bread", guid_of("garden"), "#AA0011", "What is baked."),
    )
    own, ann, place = guid_of("t1"), guid_of("ann"), guid_of("place")
    quotes = ("bake the bread", "My sister helps", "Päivi")
    codings = tuple(
        Coding(
            guid_of("coding", one),
            own,
            codes[1].guid,
            TEXT.index(one),
            TEXT.index(one) + len(one),
            one,
            ann,
            "2026-01-31T10:00:00Z",
            "a memo",
        )
        for one in quotes
    )
    return Project(
        "Gardens",
        coders=(Coder(ann, "ann"),),
        codes=codes,
        variables=(Variable(place, "place"),),
        documents=(Document(own, "t1", TEXT, values={place: "town"}),),
        codings=codings,
        cases=(Case(guid_of("case"), "Ann", documents=(own,), values={place: "town"}),),
        notes=(Note(guid_of("note"), "a", "look here", ann, "", own, 3, 9),),
        groups=(Group(guid_of("set"), "my set", codes=(codes[1].guid,)),),
    )


def _rqda() -> bytes:
    to = sqlite3.connect(":memory:")
    with to:
        to.execute("create table source (name, id, file, status)")
        to.execute("create table freecode (name, id, memo, color, status)")
        to.execute("create table coding (cid, fid, seltext, selfirst real, selend real, status, owner, memo)")
        to.execute("insert into source values ('t', 1, ?, 1)", (TEXT,))
        to.execute("insert into freecode values ('bread', 1, '', '', 1)")
        to.execute(
            "insert into coding values (1, 1, 'bake', 7, 11, 1, 'ann', ''), (1, 1, 'I', 5, 6, 0, '', '')"
        )
    return to.serialize()


def _qualcoder(of: Project) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        qualcoder_write.write(of, Path(folder) / "p.qda", Account())
        return (Path(folder) / "p.qda" / "data.qda").read_bytes()


def readers() -> list[Reader]:
    """A reader for each format."""
    of = project()
    packed = tuple(project_bytes(of, Account(), form) for form in ("standard", "nvivo"))  # type: ignore[arg-type]
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(packed[0])) as archive:
        bare = archive.read("project.qde")
    table = b'Document,Code,Segment,Coder\nt1,bread,bake the bread,ann\nt1,a;b,"two\nlines",ben\n'
    return [
        Reader("REFI-QDA .qdpx", "p.qdpx", packed, (), call=CALL),
        Reader("REFI-QDA .qde", "p.qde", (bare,), (), call=CALL),
        Reader("REFI-QDA .qdc", "p.qdc", (codebook_bytes(of, Account()),), (), call=CALL),
        Reader(
            "Taguette", "p.sqlite3", (taguette_write.write_bytes(of, Account()),), (), call=CALL, cost=2.0
        ),
        Reader("RQDA", "p.rqda", (_rqda(),), (), call=CALL),
        Reader("QualCoder", "data.qda", (_qualcoder(of),), (), call=CALL, cost=3.0),
        Reader("coded segments", "segments.csv", (table,), (), call=CALL),
    ]
