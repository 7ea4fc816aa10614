"""Readers of numbers and of what surrounds them: logs, profiles, purchases, literature, notebooks, parameters."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable

from parts import ROOT
from parts.reader import HERE, SCHEME, STUDY, Reader, read, rows


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
    simulated = {"study.toml": STUDY, "usage_logs/actions.yaml": read("usage_logs/actions.yaml"), "usage_logs/events.csv": b"event_id,participant_id,timestamp,action\n", "usage_logs/participants.csv": b"participant_id,account,adopted_on\n"}  # fmt: skip
    found = [
        Reader("actions.yaml", "usage_logs/actions.yaml", (vocabulary,), others=without("usage_logs/actions.yaml"), cost=4),
        Reader("events.csv", "usage_logs/events.csv", (log,), others=study, cost=4),
        Reader("accounts", "usage_logs/participants.csv", (study["usage_logs/participants.csv"],), others=without("usage_logs/participants.csv"), cost=4),
        Reader("signatures.yaml", "usage_logs/signatures.yaml", (read("usage_logs/signatures.yaml"),), others=simulated, cost=5),
        Reader("simulator.toml", "usage_logs/simulator.toml", (read("usage_logs/simulator.toml"),), others=simulated, cost=5),
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
    files = {f"profiles/{name}": rows(f"profiles/{name}", 5) for name in names} | {"study.toml": STUDY}
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
    found.append(Reader("recommendations", target, (read(target),), others=ground, clean=False, cost=5))
    found.append(Reader("food-classes.csv", "profiles/food-classes.csv", (rows("profiles/food-classes.csv", 8),), others={"study.toml": STUDY}))  # fmt: skip
    return [
        *found,
        Reader(
            "loop.toml", "profiles/loop.toml", (read("profiles/loop.toml"),), others={"study.toml": STUDY}
        ),
    ]


def _bought() -> list[Reader]:
    """Readers of purchases of any retailer, and of composition tables that consist of several files."""
    study = {
        "study.toml": STUDY + b'[sources]\npurchases = "till"\n',
        "profiles/food-classes.csv": rows("profiles/food-classes.csv", 8),
        "till/lines.csv": (
            b"household_id,timestamp,product_id,quantity,amount,currency,basket_id\n"
            b"h1,2024-01-02T10:00:00,p1,1,2.50,EUR,b1\nh1,2024-02-02 10:00,p2,0.5,1.20,EUR,b2\nh2,2024-02-03,p1,2,-5,EUR,b3\n"
        ),
        "till/products.csv": b"product_id,department,category,type,size,brand\np1,FOOD,BREAD,RYE,500 g,own\np2,FOOD,MILK,,1 l,\n",
    }
    heads = '<?xml version="1.0" encoding="utf-8" ?>\n<TABLE>'
    foods = "<ALIM><alim_code> 20009 </alim_code><alim_nom_eng> Carrot, raw </alim_nom_eng></ALIM>"
    names = "".join(
        f"<CONST><const_code> {code} </const_code><const_nom_eng> {name} </const_nom_eng></CONST>"
        for code, name in (("25000", "Protein (g/100g)"), ("34100", "Fibres (g/100g)"))
    )
    amounts = "".join(
        f"<COMPO><alim_code> 20009 </alim_code><const_code> {code} </const_code><teneur> {said} </teneur></COMPO>"
        for code, said in (("25000", "0,8"), ("34100", "&lt; 0,5"))
    )
    tables = {
        f"ciqual/{name}_2025_11_03.xml": f"{heads}{lines}</TABLE>".encode()
        for name, lines in (("alim", foods), ("const", names), ("compo", amounts))
    }
    bundle = {
        "fdc/food.csv": b'fdc_id,data_type,description\n1,sr_legacy_food,"Carrots, raw"\n',
        "fdc/food_nutrient.csv": b"fdc_id,nutrient_id,amount\n1,1003,0.9\n1,1008,41\n",
        "fdc/nutrient.csv": b"id,nutrient_nbr\n1003,203\n1008,208\n",
    }
    found = []
    for files, call, cost in ((study, "purchases", 6), (tables, "ciqual", 2), (bundle, "fdc", 2)):
        for name in files:
            if name.startswith(("till", "ciqual", "fdc")):
                others = {key: data for key, data in files.items() if key != name}
                found.append(
                    Reader(name, name, (files[name],), (), others, f"parts.openers:{call}", cost=cost)
                )
    scored = b"food,kind,energy_kj,sfa_g,sugars_g,sodium_mg,fibre_g,protein_g,fvl_percent\nBread,general,1000,0.5,3,400,6,8,0\n"
    return [
        *found,
        Reader("foods to score", "foods.csv", (scored,), ("nutrition", "scores", "{file}", "--study", HERE), {"study.toml": STUDY}),
    ]  # fmt: skip


def _literature() -> list[Reader]:
    folder = "literature/records"
    # The extraction form with codes of the small codebook.
    plan = (
        read("literature/protocol.toml").split(b"[dimension.")[0]
        + b'[dimension.role]\ntitle = "role"\ncodes = ["food"]\none = false\n'
    )
    kinds = (("cover_pages.ris", 27), ("portals.bib", 18), ("citing_pages.csv", 5))
    ris, bib, table = (rows(f"{folder}/{name}", n) for name, n in kinds)
    web = (
        b"FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Doe, J\n   Roe, R\nTI Giving data back\nSO JOURNAL OF DATA\n"
        b"PY 2009\nVL 3\nDI 10.1000/xyz\nUT WOS:1\nER\n\nEF\n"
    )  # fmt: skip
    ground = {"study.toml": STUDY, "coding_schemes/food.yaml": SCHEME, "literature/protocol.toml": plan}
    found = [
        Reader(f"records {ending}", f"{folder}/one{ending}", (data,), others=ground, cost=cost)
        for ending, data, cost in ((".ris", ris, 1), (".bib", bib, 3), (".csv", table, 2), (".txt", web, 1))
    ]
    records = ground | {f"{folder}/titles.ris": read(f"{folder}/titles.ris")}
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
        Reader("ratings of a pilot", "ratings.csv", (b"unit,document,a,b\n1,n1,x,x\n2,n1,y,x\n3,n2,y,y\n4,n2,x,x\n",), ("agreement", "plan", "--half-width", "0.1", "--pilot", "{file}")),
        Reader("table of cases", "cases.csv", (b"case,name,involvement,control\nx,X,1,2\ny,Y,0,1\n",), (), call="casestudy.evidence.casetable:read"),
        Reader("invited households", "usage_logs/invited.csv", (rows("usage_logs/invited.csv", 6),), (), call="casestudy.simulator.plan:read_pool"),
    ]  # fmt: skip


def readers() -> list[Reader]:
    """All of them, in a fixed order."""
    return [*_usage(), *_profiles(), *_bought(), *_literature(), *_notebooks(), *_functions()]
