"""Readers of words: documents, people, codebooks, codings, keys, claims, cases."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from casestudy.transcripts.readers import READERS
from casestudy.transcripts.writers import WRITERS
from parts import ROOT
from parts.reader import (
    DOCUMENTS,
    HERE,
    KEY,
    MORE,
    PEOPLE,
    SCHEME,
    SPEAKERS,
    STUDY,
    TALK,
    WISHES,
    Reader,
    read,
    rows,
)

_SMALL = 40_000  # bytes of the longest seed that is taken from the tests


def _study(**files: bytes) -> dict[str, bytes]:
    """A study with one transcript and a codebook; `files` by path, with ``__`` for a slash."""
    plain = {"study.toml": STUDY, "interviews/transcripts/n01.md": TALK, "coding_schemes/food.yaml": SCHEME}
    return plain | {"interviews/participants.csv": PEOPLE, "interviews/speakers.csv": SPEAKERS} | files


def _coded() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """A coded study as the verbs themselves write it, and the files that they hand out."""
    from contextlib import redirect_stderr, redirect_stdout

    from casestudy.cli.main import main

    with tempfile.TemporaryDirectory() as folder:
        root, outside = Path(folder) / "study", Path(folder)
        for name, data in _study().items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        (outside / "list.csv").write_bytes(WISHES)
        s, when = ["--study", str(root)], ["--when", "2026-01-01T00:00:00Z"]
        words = [
            ["codings", "add", "--coder", "a", "--document", "n01", "--file", str(outside / "list.csv"), *when, *s],
            ["blind", "draw", "--share", "1", "--unit", "turn", "--out", str(outside / "sheet.csv"), *s],
            ["codings", "suggest", "--rules-only", "--coder", "b", "--document", "n01", "--out", str(outside / "asked.csv"), *s],
            ["code", "create", "food.rye", "Rye", "--scheme", "food", "--who", "k", "--why", "asked", *s],
            ["code", "rename", "food.less", "Less of it", "--who", "k", "--why", "clearer", *s],
        ]  # fmt: skip
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            for line in words:
                if main(line):
                    raise SystemExit(
                        f"The seeds cannot be made: casestudy {' '.join(line)}: {said.getvalue()}"
                    )
            filled = (outside / "sheet.csv").read_text(encoding="utf-8")
            (outside / "sheet.csv").write_text(_filled(filled), encoding="utf-8")
            main(["blind", "read", "--coder", "b", "--file", str(outside / "sheet.csv"), *when, *s])
            said.truncate(said.seek(0))
            main(["reconcile", "list", "--coders", "a,b", "--shifted", *s])
            which = said.getvalue().split()[0]
            main(
                [
                    "reconcile",
                    "decide",
                    which,
                    "--keep",
                    "--who",
                    "k",
                    "--why",
                    "both hold",
                    "--coders",
                    "a,b",
                    "--shifted",
                    *when,
                    *s,
                ]
            )
            for ending in WRITERS:
                target = str(outside / f"n01{ending}")
                main(["documents", "export", "n01", "--anyway", "--out", target, *s])
        study = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        handed = {p.name: p.read_bytes() for p in outside.iterdir() if p.is_file()}
    return study, handed


def _filled(sheet: str) -> str:
    """A blind sheet with a code in its second unit."""
    heads, guide, *rows = csv.reader(io.StringIO(sheet))
    rows[1][heads.index("codes")] = "food.bread"
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([heads, guide, *rows])
    return written.getvalue()


def _pdf() -> bytes:
    """A PDF of one page, by hand."""
    stream = b"BT /F1 12 Tf 40 700 Td (Aino: I look at the bread.) Tj 0 -20 Td (It costs more.) Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return data + head + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)


def _rich_docx() -> bytes:
    """A Word document with a table in a table, a header and a comment-free body."""
    from docx import Document

    document = Document()
    document.add_heading("Talk", 1)
    document.add_paragraph("Aino: I look at the bread.")
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "outer"
    cell.add_table(1, 1).cell(0, 0).text = "inner"
    document.sections[0].header.paragraphs[0].text = "Of the study"
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


_EAF = (
    b'<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="b" '
    b'TIME_VALUE="2500"/></TIME_ORDER><TIER TIER_ID="Aino"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="1" '
    b'TIME_SLOT_REF1="a" TIME_SLOT_REF2="b"><ANNOTATION_VALUE>I look.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
    b'</ANNOTATION></TIER><TIER TIER_ID="gloss" PARENT_REF="Aino"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="3" '
    b'ANNOTATION_REF="1"><ANNOTATION_VALUE>x</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>'
)
_EXB = (
    b'<basic-transcription><head><speakertable><speaker id="S0"><abbreviation>Aino</abbreviation></speaker></speakertable>'
    b'</head><basic-body><common-timeline><tli id="T0" time="1.0"/><tli id="T1" time="2.5"/></common-timeline>'
    b'<tier id="t0" speaker="S0" category="v" type="t"><event start="T0" end="T1">I look.</event></tier>'
    b'<tier id="t2" speaker="S0" category="en" type="a"><event start="T0" end="T1">x</event></tier></basic-body></basic-transcription>'
)
_GRID = (
    b'File type = "ooTextFile"\nObject class = "TextGrid"\nxmin = 0\nxmax = 3\ntiers? <exists>\nsize = 1\nitem []:\n'
    b'    item [1]:\n        class = "IntervalTier"\n        name = "Aino"\n        xmin = 0\n        xmax = 3\n'
    b'        intervals: size = 1\n        intervals [1]:\n            xmin = 0\n            xmax = 3\n            text = "I look."\n'
)
_SHORT = b'"ooTextFile"\n"TextGrid"\n0\n3\n<exists>\n1\n"IntervalTier"\n"Aino"\n0\n3\n1\n1\n2.5\n"I look."\n'
_CHA = b"@Begin\n@Participants:\tI Investigator, P Participant\n*I:\tWhy? \x151000_2500\x15\n%com:\tlaughs\n*P:\tNo,\n\tnever.\n@End\n"


def _transcripts(handed: dict[str, bytes]) -> list[Reader]:
    """Documents of every format: written by the program, made here, and the small ones of the tests."""
    seeds: dict[str, list[bytes]] = {ending: [] for ending in READERS}
    for name, data in handed.items():
        if name.startswith("n01."):
            seeds[f".{name.rpartition('.')[2]}"].append(data)
    for path in sorted((ROOT / "tests" / "data" / "transcripts").iterdir()):
        if path.suffix in seeds and path.stat().st_size < _SMALL:
            seeds[path.suffix].append(path.read_bytes())
    seeds[".md"].append(TALK)
    seeds[".txt"] += [TALK, "Q: Mitä?\n\nA: Leipää.\n".encode("cp1252")]
    seeds[".docx"].append(_rich_docx())
    seeds[".pdf"].append(_pdf())
    page = b"<!doctype html><meta charset='latin-1'><p>Aino: <b>I</b> look.<table><td>x<td><pre> y\n</pre>"
    seeds[".html"].append(page)
    seeds[".htm"].append(page)
    seeds[".srt"].append(
        b"1\n00:00:01,000 --> 00:00:04,500\nAino: I look at <i>the</i> bread.\n\n2\n00:00:05,000 --> 00:00:06,000\nYes.\n"
    )
    seeds[".json"].append(
        b'{"segments": [{"start": 0.0, "end": 2.5, "text": "I look.", "speaker": "Aino"}, {"start": 3, "text": "Why?"}]}'
    )
    seeds[".csv"].append(b'Speaker,Start,Text\nAino,0:01,"I look, and\nbuy."\nBea,0:04,Why?\n')
    seeds[".vtt"].append(
        b"WEBVTT\n\nNOTE x\n\n1\n00:01.000 --> 00:02.000 align:left\n<v Aino>I <i>look</i> &amp; buy\n"
    )
    seeds[".rtf"].append(
        b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0 Aino: I look \\'e4 \\u228? \\par {\\pict 00}}"
    )
    seeds[".eaf"].append(_EAF)
    seeds[".exb"].append(_EXB)
    seeds[".textgrid"] += [_GRID, _SHORT]
    seeds[".cha"].append(_CHA)
    missing = [ending for ending, given in seeds.items() if not given]
    if missing:
        raise SystemExit(f"No seeds are known for documents of the format {', '.join(missing)}.")
    ground = {"study.toml": STUDY, "interviews/participants.csv": PEOPLE}
    return [
        Reader(
            f"transcript {ending}",
            f"interviews/transcripts/n02{ending}",
            tuple(given),
            others=ground,
            clean=False,
        )
        for ending, given in sorted(seeds.items())
    ]


def _interviews(study: dict[str, bytes], handed: dict[str, bytes]) -> list[Reader]:
    """Readers of what lies beside transcripts."""
    without: Callable[[str], dict[str, bytes]] = lambda name: {k: v for k, v in study.items() if k != name}  # noqa: E731
    at = ("--study", HERE, "--when", "2026-01-01T00:00:00Z")
    found = [
        Reader("study.toml", "study.toml", (STUDY, _without_notebooks(read("study.toml")), STUDY + MORE)),
        Reader("participants.csv", "interviews/participants.csv", (PEOPLE,), others={k: v for k, v in _study().items() if "participants" not in k}),
        Reader("speakers.csv", "interviews/speakers.csv", (SPEAKERS,), others={k: v for k, v in _study().items() if "speakers" not in k}),
        Reader("documents.csv", "interviews/documents.csv", (DOCUMENTS,), others=_study()),
        Reader("attributes.yaml", "coding_schemes/attributes.yaml", (read("coding_schemes/attributes.yaml"),), others=_study()),
        Reader("codebook", "coding_schemes/food.yaml", (SCHEME,), others=without("coding_schemes/food.yaml")),
        Reader("messages.csv", "interviews/feedback/messages.csv", (b"message_id,received_on,text\nm1,2024-01-02,Good bread.\nm2,,\"Less, please\"\n",), others=_study()),
    ]  # fmt: skip
    for name in sorted(study):
        if name.endswith(".jsonl") and not name.startswith(("interviews/codings/b/", "evidence")):
            kind = "history" if "history" in name else "units read" if ".units." in name else "codings"
            found.append(Reader(f"{kind}: check", name, (study[name],), others=without(name)))
    coding, history = "interviews/codings/a/n01.jsonl", "coding_schemes/history.jsonl"
    asked = ("--coder", "b", "--document", "n01", "--file", "{file}", *at)
    found += [
        Reader("codings: list", coding, (study[coding],), ("codings", "list", "--study", HERE), without(coding)),
        Reader("codings: withdraw", coding, (study[coding],), ("withdraw", "n01", "--study", HERE), without(coding)),
        Reader("codings: pseudonymise", coding, (study[coding],), ("pseudonymise", "apply", "--dry", "--key", HERE + "/k.key.csv", "--study", HERE), without(coding) | {"k.key.csv": KEY}),
        Reader("codings: agreement", coding, (study[coding],), ("agreement", "--coders", "a,b", "--study", HERE), without(coding), cost=6),
        Reader("codings: reconcile", coding, (study[coding],), ("reconcile", "list", "--coders", "a,b", "--study", HERE), without(coding), cost=3),
        Reader("transcript .md: codings add", "interviews/transcripts/n01.md", (TALK,), ("codings", "add", "--dry", "--coder", "b", "--document", "n01", "--file", HERE + "/list.csv", *at), without("interviews/transcripts/n01.md") | {"list.csv": WISHES}),
        Reader("transcript .json: documents", "interviews/transcripts/n02.json", (b'[{"start": 0.0, "end": 2.5, "text": "I look.", "speaker": "Aino"}]',), ("documents", "list", "--study", HERE), study),
        Reader("transcript .json: export", "interviews/transcripts/n02.json", (b'[{"start": 0.0, "end": 2.5, "text": "I look.", "speaker": "Aino"}]',), ("documents", "export", "n02", "--anyway", "--out", HERE + "/n02.html", "--study", HERE), study),
        Reader("transcript .md: propose", "interviews/transcripts/n01.md", (TALK,), ("pseudonymise", "propose", "--rules-only", "--study", HERE), study),
        Reader("history: code history", history, (study[history],), ("code", "history", "--study", HERE), without(history)),
        Reader("list of codings .csv", "list.csv", (WISHES, WISHES.replace(b",", b";")), ("codings", "add", "--dry", *asked), study),
        Reader("list of codings .txt", "list.txt", (b"# mine\nfood.bread | it costs more now | modality=said | a memo\n",), ("codings", "add", "--dry", *asked), study),
        Reader("list of codings .json", "list.json", (b'[{"code": "food.bread", "quote": "it costs more now", "occurrence": 1, "attributes": {"modality": "said"}, "memo": "m"}]', b'{"code": "food.bread", "quote": "bread"}\n'), ("codings", "add", "--dry", *asked), study),
        Reader("suggestions decided", "asked.csv", (handed["asked.csv"].replace(b'\n,', b'\nyes,'), handed["asked.csv"]), ("codings", "accept", "--file", "{file}", "--coder", "c", "--document", "n01", "--who", "k", *at), study),
        Reader("blind sheet", "sheet.csv", (handed["sheet.csv"],), ("blind", "read", "--coder", "c", "--file", "{file}", *at), study),
        Reader("blind sheet: agreement", "sheet.csv", (handed["sheet.csv"],), ("agreement", "--coders", "a,b", "--blind", "{file}", "--study", HERE), study, cost=6),
        Reader("key of names", "k.key.csv", (KEY,), ("pseudonymise", "apply", "--dry", "--key", "{file}", "--study", HERE), study),
        Reader("key of names: check", "k.key.csv", (KEY.replace("Päivi".encode(), b"Pekka"),), ("pseudonymise", "check", "--key", "{file}", "--study", HERE), study),
    ]  # fmt: skip
    log = "evidence/reconciliation.jsonl"
    return [*found, Reader("decisions", log, (study[log],), others=without(log)),
            Reader("decisions: log", log, (study[log],), ("reconcile", "log", "--study", HERE), without(log))]  # fmt: skip


def _without_notebooks(declared: bytes) -> bytes:
    """A study.toml that names no notebook, for a study that has none."""
    return re.sub(rb"(?m)^answered_by.*\n", b"", declared).split(b"[parameters]")[0]


def _evidence() -> list[Reader]:
    """Readers of claims and of what stands beside them; the example study of interviews is their ground."""
    example = ROOT / "examples" / "interviews-only"
    study = {str(p.relative_to(example)): p.read_bytes() for p in example.rglob("*") if p.is_file()}
    small = {name: data for name, data in study.items() if not name.startswith("interviews/codings")}
    small["study.toml"] = b"\n".join(
        line
        for line in small["study.toml"].split(b"[parameters")[0].split(b"\n")
        if not line.startswith(b"notebooks")
    )
    made = [
        ("claims.yaml", "evidence/claims.yaml", small["evidence/claims.yaml"]),
        ("inferences.yaml", "evidence/inferences.yaml", small["evidence/inferences.yaml"]),
        ("framework.yaml", "coding_schemes/framework.yaml", small["coding_schemes/framework.yaml"]),
        ("triangulation.csv", "evidence/triangulation.csv", rows("evidence/triangulation.csv", 6)),
        ("readers.yaml", "evidence/readers.yaml", read("evidence/readers.yaml")),
        ("seals.json", "evidence/seals.json", b'{"C1": {"words": "' + b"a1" * 32 + b'"}}'),
        ("checklists.yaml", "evidence/checklists.yaml", rows("evidence/checklists.yaml", 12)),
    ]
    found = [Reader(name, file, (data,), others=small, cost=3) for name, file, data in made]
    cases = "evidence/cases/coproduction"
    fields, sheet = read(f"{cases}/fields.yaml"), read(f"{cases}/furniture.yaml")
    ground = {
        "study.toml": STUDY,
        "coding_schemes/coproduction.yaml": read("coding_schemes/coproduction.yaml"),
    }
    return found + [
        Reader("fields of cases", f"{cases}/fields.yaml", (fields,), others=ground | {f"{cases}/furniture.yaml": sheet}, clean=False, cost=6),
        Reader("case sheet", f"{cases}/furniture.yaml", (sheet,), others=ground | {f"{cases}/fields.yaml": fields}, clean=False, cost=6),
    ]  # fmt: skip


def readers() -> list[Reader]:
    """All of them, in a fixed order."""
    study, handed = _coded()
    return [*_transcripts(handed), *_interviews(study, handed), *_evidence()]
