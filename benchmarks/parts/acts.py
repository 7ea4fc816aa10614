"""Every verb that writes a file, with a small study on which it has something to do.

``{study}`` stands for the study's folder and ``{out}`` for a folder beside it. What comes before a verb is written by
verbs, too, so that the harness follows the command line and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from parts import ROOT

WHEN = ("--when", "2026-01-01T00:00:00Z")
AT = ("--study", "{study}")
N2 = ("--document", "n02")
WISHES = 'code,quote,memo\nbike.errand,Moved a sofa.,m1\nbike.pleasure,"Fun, mostly.",m2\n'
OTHERS = 'code,quote,memo\nbike.pleasure,Moved a sofa.,m1\nbike.together,"Fun, mostly.",m2\n'
CHANGED = ("--who", "k", "--why", "asked", *WHEN, *AT)
KEY = (
    "kind,original,replacement,accept,count,documents,found_by\nperson,Olavi,Veikko-Juhani,yes,1,n02,rules\n"
)
MAPPING = "columns: {participant_id: user, timestamp: when}\ntime: {format: iso, zone: Europe/Helsinki}\nactions:\n- {action: book, when: {what: '^book'}}\n"
EXPORT = "user,when,what\nb1,2024-02-01T10:00:00,book\nb2,2024-02-01T11:00:00,booked\n"
CLAIMS = (
    "claims:\n- id: C1\n  text: The bike is fun.\n  perspective: member\n  theme: fun\n  question: RQ1\n  expected: Most say so.\n"
    "  evidence:\n  - {kind: coding, codes: [bike.pleasure], expect: people >= 1, says: they say so}\n"
)
FRAMEWORK = (
    "rule: any\nperspectives:\n- id: member\n  name: Members\n  question: RQ1\n  groups: [member]\n  themes:\n"
    "  - {id: fun, name: Fun, codes: [bike.pleasure], idea: it is fun}\n"
)
RECORD = "TY  - JOUR\nAU  - Payne, Adrian\nTI  - Of bread\nPY  - 2005\nT2  - Journal\nN1  - verified: https://example.org/b\nER  - \n"
PLAN = (
    'title = "T"\nstatus = "Made up."\nfirst_year = 2000\nlast_year = 2010\nsubject = "Bread."\n[search.a]\nwhere = "x"\n'
    'terms = "y"\ntaken = "z"\n[exclude]\nold = "too old"\n'
)
REVIEW = {
    "study/literature/protocol.toml": PLAN,
    "study/literature/records/one.ris": RECORD,
    "study/literature/notes/payne-2005-of.md": "It is about a sofa and bread.\n",
}
SIMULATED = {
    f"study/usage_logs/{name}": (ROOT / "usage_logs" / name).read_text(encoding="utf-8")
    for name in ("simulator.toml", "actions.yaml", "signatures.yaml", "invited.csv")
}
STRANGER = "# A talk\n\nINTERVIEWER: Why a bike?\n\nSomebody: It is fun, mostly.\n"
FOODS = "food,kind,energy_kj,sfa_g,sugars_g,sodium_mg,fibre_g,protein_g,fvl_percent\nBread,general,1000,0.5,3,400,6,8,0\n"
Words = tuple[str, ...]


def notebook(source: str) -> str:
    """A notebook of one question and one cell."""
    cells = [
        {"cell_type": "markdown", "id": "a0", "metadata": {}, "source": "# How many are there?"},
        {
            "cell_type": "code",
            "id": "a1",
            "metadata": {},
            "source": source,
            "execution_count": None,
            "outputs": [],
        },
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {
        "kernelspec": kernel,
        "language_info": {"name": "python"},
        "casestudy": {"question": "RQ1", "inputs": []},
    }
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@dataclass(frozen=True)
class Act:
    """A verb and what comes before it.

    Attributes
    ----------
    name : str
    words : tuple of str
        The command.
    before : tuple of commands
        Verbs that are run first, undisturbed.
    files : mapping of str to str
        Files written first: below ``study/`` or ``out/``.
    gone : tuple of str
        Files and folders of the study that are removed first.
    slow : bool
        A verb of seconds: not in the quick run, and killed at so many places only as are asked for.
    """

    name: str
    words: Words
    before: tuple[Words, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    slow: bool = False


def _add(coder: str, name: str = "list.csv") -> Words:
    return ("codings", "add", "--coder", coder, *N2, "--file", "{out}/" + name, *WHEN, *AT)


def _code(*words: str) -> Words:
    return ("code", *words, *CHANGED)


LIST = {"out/list.csv": WISHES}
TWO = LIST | {"out/other.csv": OTHERS}
# Ids are digests of what is written and when; the harness lets the clock stand still, so that they are the same each time.
FIRST = "{first}"
RYE = _code("create", "bike.rye", "Rye", "--scheme", "bike")
SHEET = ("blind", "draw", "--share", "0.5", "--unit", "turn", "--out", "{out}/sheet.csv", *AT)
ASKED = ("codings", "suggest", "--rules-only", "--coder", "s", *N2, "--out", "{out}/asked.csv", *AT)
RULES = _code("redefine", "bike.pleasure", "rules", "fun")
BOTH = ("--coders", "me,k", "--shifted")

ACTS = (
    Act("codings add", _add("me"), files=LIST),
    Act("codings add, a new coder", _add("new"), files=LIST),
    Act("codings change", ("codings", "change", "--coder", "k", *N2, FIRST, "--code", "bike.together", *WHEN, *AT), (_add("k"),), LIST),
    Act("codings remove", ("codings", "remove", "--coder", "k", *N2, FIRST, *WHEN, *AT), (_add("k"),), LIST),
    Act("codings undo", ("codings", "undo", "--coder", "k", *N2, *WHEN, *AT), (_add("k"),), LIST),
    Act("codings undo, the last two", ("codings", "undo", "--coder", "k", *N2, "--last", "2", *WHEN, *AT), (_add("k"),), LIST),
    Act("codings reanchor", ("codings", "reanchor", *N2, "--old", "{out}/old.md", "--accept", *AT), files={"out/old.md": "{study/interviews/transcripts/n02.md}", "study/interviews/transcripts/n02.md": "{longer}"}),
    Act("codings suggest", ASKED, (RULES,)),
    Act("codings accept", ("codings", "accept", "--coder", "s", *N2, "--file", "{out}/asked.csv", "--who", "k", *WHEN, *AT), (RULES, ASKED), {"out/asked.csv": "{yes}"}),
    Act("codings settle", ("codings", "settle", "--coder", "k", *N2, *WHEN, *AT), (_add("k"),), LIST | {"study/interviews/codings/k/n02.jsonl": "{branches}"}),
    Act("code create", RYE),
    Act("code rename", _code("rename", "bike.errand", "Errands")),
    Act("code redefine", _code("redefine", "bike.errand", "definition", "It carries things.")),
    Act("code split", _code("split", "bike.errand", "--into", "bike.people=People", "--into", "bike.things=Things")),
    Act("code merge", _code("merge", "bike.errand", "--into", "bike.saving")),
    Act("code move", _code("move", "bike.friction.seen", "--parent", "bike.together")),
    Act("code retire", _code("retire", "bike.errand")),
    Act("code restore", _code("restore", "bike.errand"), (_code("retire", "bike.errand"),)),
    Act("code undo", _code("undo"), (RYE,)),
    Act("documents speakers --to", ("documents", "speakers", "--to", "{out}/speakers.csv", *AT)),
    Act("documents speakers --propose", ("documents", "speakers", "--propose", "--to", "{out}/proposed.csv", *AT), files={"study/interviews/transcripts/n09.md": STRANGER}),
    Act("ask segments --to", ("ask", "segments", "bike.*", "--to", "{out}/segments.csv", *AT), (_add("k"),), LIST),
    Act("words concordance --to", ("words", "concordance", "bike", "--to", "{out}/words.csv", *AT)),
    Act("documents export", ("documents", "export", "n02", "--anyway", "--out", "{out}/n02.docx", *AT)),
    Act("pseudonymise propose", ("pseudonymise", "propose", "--rules-only", *AT)),
    Act("pseudonymise apply", ("pseudonymise", "apply", *AT), (_add("k"),), LIST | {"study/interviews/names.key.csv": KEY}),
    Act("reconcile decide", ("reconcile", "decide", "{open}", "--keep", "--who", "k", "--why", "both", *BOTH, *WHEN, *AT), (_add("k", "other.csv"),), TWO),
    Act("blind draw", SHEET),
    Act("blind read", ("blind", "read", "--coder", "z", "--file", "{out}/sheet.csv", *WHEN, *AT), (SHEET,), {"out/sheet.csv": "{filled}"}),
    Act("import-log", ("import-log", "{out}/e.csv", "--mapping", "{out}/map.yaml", *AT), files={"out/e.csv": EXPORT, "out/map.yaml": MAPPING}, gone=("usage_logs/events.csv", "usage_logs/participants.csv")),
    Act("import-log --replace", ("import-log", "{out}/e.csv", "--mapping", "{out}/map.yaml", "--replace", *AT), files={"out/e.csv": EXPORT, "out/map.yaml": MAPPING}),
    Act("measure-log --to", ("measure-log", "{study}/usage_logs/events.csv", "--to", "{out}/m.csv", *AT)),
    Act("simulate-log", ("simulate-log", *AT), files=SIMULATED, gone=("usage_logs/",), slow=True),
    Act("nutrition scores --to", ("nutrition", "scores", "{out}/foods.csv", "--to", "{out}/scores.csv", *AT), files={"out/foods.csv": FOODS}),
    Act("withdraw", ("withdraw", "n02", "--yes", "--no-run", *AT), (_add("k"),), LIST),
    Act("evidence --seal", ("evidence", "--seal", *AT), files={"study/evidence/claims.yaml": CLAIMS, "study/coding_schemes/framework.yaml": FRAMEWORK}),
    Act("evidence --sheet", ("evidence", "--sheet", "ann", *AT), files={"study/evidence/claims.yaml": CLAIMS, "study/coding_schemes/framework.yaml": FRAMEWORK}),
    Act("literature records", ("literature", "records", *AT), files=REVIEW),
    Act("literature sheet", ("literature", "sheet", "--person", "ann", "--to", "{out}/ann.csv", *AT), files=REVIEW),
    Act("literature add", ("literature", "add", "--coder", "k", "--record", "payne-2005-of", "--file", "{out}/note.csv", *WHEN, *AT), files=REVIEW | {"out/note.csv": "code,quote\nbike.errand,a sofa\n"}),
    Act("new", ("new", "{out}/mine", "--title", "Mine")),
    Act("export crate", ("export", "crate", "--date", "2026-01-31", "--to", "{out}/s.zip", *AT)),
    Act("render", ("render", *AT), slow=True),
    Act("run", ("run", "--jobs", "1", *AT), files={"study/notebooks/01-one.ipynb": notebook("from casestudy.outputs import Outputs\nfrom casestudy.study import Study\nimport pandas as pd\nout = Outputs(Study.find(), '01-one')\nout.save(pd.DataFrame({'n': [1]}), 'counts', 'Counts (n = 1).', rows='whole')\nout.answer('There is **1**.', values={'n': 1})")}, gone=("notebooks",), slow=True),
    Act("export docx", ("export", "docx", "--to", "{out}/r.docx", *AT), slow=True),
)  # fmt: skip
