"""Every reader of a person's file: a small study, a valid file for it, and the verb that reads the file.

Files are taken from the repository and cut to a few rows, or made here. A reader is driven through a verb of the
command line wherever there is one, and else through the function that notebooks call.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from parts import ROOT

HERE = "{study}"


@dataclass(frozen=True)
class Reader:
    """One way to read one kind of file.

    Attributes
    ----------
    name : str
    file : str
        The file that is mutated, named from the study's folder.
    seeds : tuple of bytes
        Valid contents of it.
    verb : tuple of str
        Words of the command line; ``{study}`` stands for the study's folder. Empty for a function.
    others : mapping of str to bytes
        The other files of the study.
    call : str
        ``module:function`` that takes the file's path, for a reader that no verb uses.
    clean : bool
        Whether the verb must accept the seeds; not for files that were cut to a few rows of what others name.
    cost : float
        Rough time of one input beside that of others; dear readers get fewer inputs.
    """

    name: str
    file: str
    seeds: tuple[bytes, ...]
    verb: tuple[str, ...] = ("check",)
    others: dict[str, bytes] = field(default_factory=dict)
    call: str = ""
    clean: bool = True
    cost: float = 1.0


def _rows(name: str, count: int) -> bytes:
    return b"".join((ROOT / name).read_bytes().splitlines(keepends=True)[:count])


def _bytes(name: str) -> bytes:
    return (ROOT / name).read_bytes()


TALK = (
    "# Talk of n01\n\n> Made up.\n\n[00:00:01] INTERVIEWER: What do you look at?\n\n"
    "[00:00:09] Aino: I look at the bread; it costs more now. Päivi said so, too.\n\n"
    "[00:01:30] INTERVIEWER: And then?\n\nAino: Then I buy less of it.\n"
).encode()
STUDY = b'title = "Made up"\nlanguage = "en"\nfloor = 3\n[[question]]\nid = "RQ1"\ntext = "What is seen?"\n'
SCHEME = (
    b"scheme: food\ntitle: Food\nversion: 1\ncodes:\n- id: food\n  name: Food\n  definition: What is eaten.\n"
    b"  one: true\n- {id: food.bread, name: Bread, parent: food, definition: Bread and grain., rules: [bread]}\n"
    b"- {id: food.less, name: Less, parent: food, near: [food.bread], definition: What is bought less., include: [less of it]}\n"
)
PEOPLE = (
    b"participant_id,group,role,pseudonym,log_id,household_id,consent_quote,consent_link\n"
    b"n01,customer,reader,Aino,p1,1,yes,yes\nn02,customer,,,p2,2,no,yes\n"
)
KEY = (
    "kind,original,replacement,accept,count,documents,found_by\nperson,Päivi,Liisa,yes,1,n01,rules\n"
    "place,Turku,[town],,0,,rules\ncontact,a@b.example,[contact],no,1,n01,rules\n"
).encode()
_MORE = b'[data_status]\ninterviews = "Made up."\n[sources]\npurchases = "shop"\n[engine]\nbackend = "duckdb"\nmemory_limit = "1GB"\n'
_EXPORTED = (".docx", ".odt", ".rtf", ".html")
WISHES = b'code,quote,modality,memo\nfood.bread,it costs more now,said,"a memo, with comma"\nfood.less,less of it,,\n'


def _study(**files: bytes) -> dict[str, bytes]:
    """A study with one transcript and a codebook; `files` by path, with ``__`` for a slash."""
    plain = {"study.toml": STUDY, "interviews/transcripts/n01.md": TALK, "coding_schemes/food.yaml": SCHEME}
    return plain | {"interviews/participants.csv": PEOPLE} | files


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
            for ending in _EXPORTED:
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


def _events() -> tuple[dict[str, bytes], bytes]:
    """The files beside a short log, and the log."""
    template = ROOT / "casestudy" / "cli" / "template" / "usage_logs"
    names = ("actions.yaml", "participants.csv")
    files = {f"usage_logs/{name}": (template / name).read_bytes() for name in names}
    return {"study.toml": STUDY, **files}, b"".join(
        (template / "events.csv").read_bytes().splitlines(True)[:9]
    )


def _parquet(table: bytes) -> bytes:
    import pandas as pd

    packed, frame = io.BytesIO(), pd.read_csv(io.BytesIO(table), dtype=str)
    if "timestamp" in frame:
        frame["timestamp"] = pd.to_datetime(frame["timestamp"], utc=True)
    frame.to_parquet(packed, index=False)
    return packed.getvalue()


def _transcripts(handed: dict[str, bytes]) -> list[Reader]:
    seeds: dict[str, tuple[bytes, ...]] = {ending: (handed[f"n01{ending}"],) for ending in _EXPORTED}
    seeds[".docx"] += (_rich_docx(),)
    seeds[".html"] += (
        b"<!doctype html><meta charset='latin-1'><p>Aino: <b>I</b> look.<table><td>x<td><pre> y\n</pre>",
    )
    seeds[".srt"] = (
        b"1\n00:00:01,000 --> 00:00:04,500\nAino: I look at <i>the</i> bread.\n\n2\n00:00:05,000 --> 00:00:06,000\nYes.\n",
    )
    seeds[".json"] = (
        b'{"segments": [{"start": 0.0, "end": 2.5, "text": "I look.", "speaker": "Aino"}, {"start": 3, "text": "Why?"}]}',
    )
    seeds[".vtt"] = (
        b"WEBVTT\n\nNOTE x\n\n1\n00:01.000 --> 00:02.000 align:left\n<v Aino>I <i>look</i> &amp; buy\n",
    )
    seeds[".rtf"] += (
        b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0 Aino: I look \\'e4 \\u228? \\par {\\pict 00}}",
    )
    seeds |= {".md": (TALK,), ".txt": (TALK, "Q: Mitä?\n\nA: Leipää.\n".encode("cp1252")), ".pdf": (_pdf(),)}
    return [
        Reader(f"transcript {ending}", f"interviews/transcripts/n02{ending}", given, others={"study.toml": STUDY, "interviews/participants.csv": PEOPLE})
        for ending, given in sorted(seeds.items())
    ]  # fmt: skip


def _interviews(study: dict[str, bytes], handed: dict[str, bytes]) -> list[Reader]:
    """Readers of what lies beside transcripts."""
    without: Callable[[str], dict[str, bytes]] = lambda name: {k: v for k, v in study.items() if k != name}  # noqa: E731
    at = ("--study", HERE, "--when", "2026-01-01T00:00:00Z")
    found = [
        Reader("study.toml", "study.toml", (STUDY, _bytes("study.toml").split(b"[parameters]")[0], STUDY + _MORE)),
        Reader("participants.csv", "interviews/participants.csv", (PEOPLE,), others={k: v for k, v in _study().items() if "participants" not in k}),
        Reader("attributes.yaml", "coding_schemes/attributes.yaml", (_bytes("coding_schemes/attributes.yaml"),), others=_study()),
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


def _evidence() -> list[Reader]:
    """Readers of claims and of what stands beside them; the example study of interviews is their ground."""
    example = ROOT / "examples" / "interviews-only"
    study = {str(p.relative_to(example)): p.read_bytes() for p in example.rglob("*") if p.is_file()}
    small = {name: data for name, data in study.items() if not name.startswith("interviews/codings")}
    small["study.toml"] = small["study.toml"].split(b"[parameters")[0]
    made = [
        ("claims.yaml", "evidence/claims.yaml", small["evidence/claims.yaml"]),
        ("inferences.yaml", "evidence/inferences.yaml", small["evidence/inferences.yaml"]),
        ("framework.yaml", "coding_schemes/framework.yaml", small["coding_schemes/framework.yaml"]),
        ("triangulation.csv", "evidence/triangulation.csv", _rows("evidence/triangulation.csv", 6)),
        ("readers.yaml", "evidence/readers.yaml", _bytes("evidence/readers.yaml")),
        ("seals.json", "evidence/seals.json", b'{"C1": {"words": "' + b"a1" * 32 + b'"}}'),
        ("checklists.yaml", "evidence/checklists.yaml", _rows("evidence/checklists.yaml", 12)),
    ]
    found = [Reader(name, file, (data,), others=small, cost=3) for name, file, data in made]
    cases = "evidence/cases/coproduction"
    fields, sheet = _bytes(f"{cases}/fields.yaml"), _bytes(f"{cases}/furniture.yaml")
    ground = {
        "study.toml": STUDY,
        "coding_schemes/coproduction.yaml": _bytes("coding_schemes/coproduction.yaml"),
    }
    return found + [
        Reader("fields of cases", f"{cases}/fields.yaml", (fields,), others=ground | {f"{cases}/furniture.yaml": sheet}, clean=False, cost=6),
        Reader("case sheet", f"{cases}/furniture.yaml", (sheet,), others=ground | {f"{cases}/fields.yaml": fields}, clean=False, cost=6),
    ]  # fmt: skip


def _usage() -> list[Reader]:
    study, log = _events()
    vocabulary = study["usage_logs/actions.yaml"]
    mapping = (
        b'columns: {participant_id: user, timestamp: when, target: page}\ntime: {format: "%d.%m.%Y %H:%M", zone: Europe/Helsinki}\n'
        b'actions:\n- {action: look, when: {what: "^view"}}\ndrop:\n- {when: {what: "^beat$"}}\nconstants: {client: web}\n'
    )  # fmt: skip
    first = next(
        line.split(b"id:")[1].split(b",")[0].strip() for line in vocabulary.splitlines() if b"id:" in line
    )
    mapping = mapping.replace(b"look", first)
    table = b"user,when,page,what\nu1,01.02.2024 10:00,p1,view\nu2,01.02.2024 10:05,p2,beat\nu2,02.02.2024 10:05,p2,viewed\n"
    rows = [
        dict(zip(("user", "when", "page", "what"), line.decode().split(","), strict=True))
        for line in table.splitlines()[1:]
    ]
    exports = {
        ".csv": (table, table.replace(b",", b";")), ".csv.gz": (gzip.compress(table, mtime=0),), ".parquet": (_parquet(table),),
        ".json": (json.dumps(rows).encode(),), ".jsonl": ("\n".join(map(json.dumps, rows)).encode(),),
    }  # fmt: skip
    asked = ("import-log", "{file}", "--mapping", HERE + "/map.yaml", "--replace", "--study", HERE)
    logs = {".csv": log, ".csv.gz": gzip.compress(log, mtime=0), ".parquet": _parquet(log)}
    full = study | {"usage_logs/events.csv": log}
    without: Callable[[str], dict[str, bytes]] = lambda name: {k: v for k, v in full.items() if k != name}  # noqa: E731
    simulated = {"study.toml": STUDY, "usage_logs/actions.yaml": _bytes("usage_logs/actions.yaml"), "usage_logs/events.csv": b"event_id,participant_id,timestamp,action\n", "usage_logs/participants.csv": b"participant_id,account,adopted_on\n"}  # fmt: skip
    found = [
        Reader("actions.yaml", "usage_logs/actions.yaml", (vocabulary,), others=without("usage_logs/actions.yaml"), cost=4),
        Reader("events.csv", "usage_logs/events.csv", (log,), others=study, cost=4),
        Reader("accounts", "usage_logs/participants.csv", (study["usage_logs/participants.csv"],), others=without("usage_logs/participants.csv"), cost=4),
        Reader("signatures.yaml", "usage_logs/signatures.yaml", (_bytes("usage_logs/signatures.yaml"),), others=simulated, cost=5),
        Reader("simulator.toml", "usage_logs/simulator.toml", (_bytes("usage_logs/simulator.toml"),), others=simulated, cost=5),
        Reader("mapping of an export", "map.yaml", (mapping,), ("import-log", HERE + "/e.csv", "--mapping", "{file}", "--replace", "--study", HERE), study | {"e.csv": table}, cost=4),
    ]  # fmt: skip
    found += [
        Reader(f"export {e}", f"e{e}", s, asked, study | {"map.yaml": mapping}, cost=4)
        for e, s in exports.items()
    ]
    return found + [
        Reader(f"measure-log {e}", f"log{e}", (s,), ("measure-log", "{file}", "--study", HERE), study, cost=6)
        for e, s in logs.items()
    ]


def _profiles() -> list[Reader]:
    names = [
        "prices-per-kg.csv", "unit-weights.csv", "food-equivalents.csv", "energy-needs.csv", "composition-fills.csv",
        "food-map-check.csv", "own-targets.csv", "composition.csv", "food-groups.csv", "food-mixtures.csv", "food-map.csv", "food-map-defaults.csv",
    ]  # fmt: skip
    files = {f"profiles/{name}": _rows(f"profiles/{name}", 5) for name in names} | {"study.toml": STUDY}
    ground = {
        k: files[k]
        for k in files
        if "food-" in k or "own" in k or "composition.csv" in k or k == "study.toml"
    }
    found = []
    for name in names:
        file = f"profiles/{name}"
        found.append(
            Reader(
                name,
                file,
                (files[file],),
                others={k: v for k, v in ground.items() if k != file},
                clean=False,
                cost=5,
            )
        )
    target = "profiles/recommendations/finland-2005.toml"
    found.append(Reader("recommendations", target, (_bytes(target),), others=ground, clean=False, cost=5))
    found.append(Reader("food-classes.csv", "profiles/food-classes.csv", (_rows("profiles/food-classes.csv", 8),), others={"study.toml": STUDY}))  # fmt: skip
    return [
        *found,
        Reader(
            "loop.toml", "profiles/loop.toml", (_bytes("profiles/loop.toml"),), others={"study.toml": STUDY}
        ),
    ]


def _literature() -> list[Reader]:
    folder = "literature/records"
    # The extraction form with codes of the small codebook.
    plan = (
        _bytes("literature/protocol.toml").split(b"[dimension.")[0]
        + b'[dimension.role]\ntitle = "role"\ncodes = ["food"]\none = false\n'
    )
    kinds = (("cover_pages.ris", 27), ("portals.bib", 18), ("citing_pages.csv", 5))
    ris, bib, table = (_rows(f"{folder}/{name}", n) for name, n in kinds)
    web = (
        b"FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Doe, J\n   Roe, R\nTI Giving data back\nSO JOURNAL OF DATA\n"
        b"PY 2009\nVL 3\nDI 10.1000/xyz\nUT WOS:1\nER\n\nEF\n"
    )  # fmt: skip
    ground = {"study.toml": STUDY, "coding_schemes/food.yaml": SCHEME, "literature/protocol.toml": plan}
    found = [
        Reader(f"records {ending}", f"{folder}/one{ending}", (data,), others=ground, cost=cost)
        for ending, data, cost in ((".ris", ris, 1), (".bib", bib, 3), (".csv", table, 2), (".txt", web, 1))
    ]
    records = ground | {f"{folder}/titles.ris": _bytes(f"{folder}/titles.ris")}
    note, work = b"It treats bread, and again bread.\n", "literature/codings/a/payne-2005-strategic.jsonl"
    coding = {
        "id": "a1",
        "action": "add",
        "code": "food.bread",
        "start": 10,
        "end": 15,
        "quote": "bread",
        "when": "2026-01-01T00:00:00Z",
    }
    coded = records | {"literature/notes/payne-2005-strategic.md": note}
    screened = b"record,stage,decision,reason,note\npayne-2005-strategic,abstract,include,,\nbohling-2006-crm,abstract,exclude,no_firm,x\n"
    return [
        *found,
        Reader("protocol.toml", "literature/protocol.toml", (plan,), others={"study.toml": STUDY, "coding_schemes/food.yaml": SCHEME, f"{folder}/one.ris": ris}),
        Reader("screening", "literature/screening/a.csv", (screened,), others=records, cost=4),
        Reader("codings of notes", work, (json.dumps(coding).encode() + b"\n",), others=coded, cost=3),
        Reader("records: ris", f"{folder}/one.ris", (ris,), ("literature", "ris", "--study", HERE), ground),
    ]  # fmt: skip


def _notebooks() -> list[Reader]:
    template = ROOT / "casestudy/cli/template/notebooks/01-what-was-said.ipynb"
    book = template.read_bytes()
    cells = json.loads(book)
    cells["cells"] = cells["cells"][:3]
    small = json.dumps(cells, indent=1, ensure_ascii=False).encode()
    name = "notebooks/01-what-was-said.ipynb"
    ground = {"study.toml": STUDY, name: small}
    return [
        Reader("notebook: check", name, (small, book), others={"study.toml": STUDY}),
        Reader("notebook: status", name, (small, book), ("status", "--study", HERE), {"study.toml": STUDY}),
        Reader("parameters .toml", "p.toml", (b"most = 3\n", b"[01-what-was-said]\nmost = 3\n"), ("run", "--dry-run", "--params", "{file}", "--study", HERE), ground),
        Reader("parameters .json", "p.json", (b'{"most": 2, "01-what-was-said": {"most": 3}}', b"{}"), ("run", "--dry-run", "--params", "{file}", "--study", HERE), ground),
    ]  # fmt: skip


def _functions() -> list[Reader]:
    """What only notebooks read."""
    cohorts = b"cohort,age,size,active\n2024-01,0,10,10\n2024-01,1,10,7\n2024-02,0,12,12\n"
    lines = b"".join(
        json.dumps({"cohort": "a", "age": n, "size": 10, "active": 10 - n}).encode() + b"\n" for n in range(3)
    )
    call = "casestudy.dynamics.cohorts:read"
    return [
        Reader("cohorts .csv", "cohorts.csv", (cohorts,), (), call=call),
        Reader("cohorts .jsonl", "cohorts.jsonl", (lines,), (), call=call),
        Reader("table of cases", "cases.csv", (b"case,name,involvement,control\nx,X,1,2\ny,Y,0,1\n",), (), call="casestudy.evidence.casetable:read"),
        Reader("invited households", "usage_logs/invited.csv", (_rows("usage_logs/invited.csv", 6),), (), call="casestudy.simulator.plan:read_pool"),
    ]  # fmt: skip


def readers() -> list[Reader]:
    """All readers, in a fixed order."""
    study, handed = _coded()
    found = [*_transcripts(handed), *_interviews(study, handed), *_evidence(), *_usage()]
    return [*found, *_profiles(), *_literature(), *_notebooks(), *_functions()]
