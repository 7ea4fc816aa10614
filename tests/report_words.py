"""Words for the tests of pages: documents, codes and codings, some of them hostile."""

from __future__ import annotations

from pathlib import Path

from report_study import HOSTILE

from casestudy.coding import codings
from casestudy.study import Study
from casestudy.transcripts.transcript import documents

CODEBOOK = f"""
scheme: fruit
title: Fruit and {HOSTILE}
codes:
  - id: fruit
    name: Fruit
    definition: "Anything {HOSTILE}"
  - id: fruit.apple
    name: Apple
    parent: fruit
    exclude: ["a pear -> fruit.pear"]
  - id: fruit.pear
    name: Pear
    parent: fruit
"""
FIRST = """# One: a <talk>
> Composed.

Q: What do you eat?

Ann: Apples and pears, and <script>window.hacked = 4</script> every day.
And more.

Q: Why?

Ann: Apples & pears.
"""
PEOPLE = """participant_id,group,role,pseudonym,consent_quote,consent_link
one,customer,eater,Ann,true,true
two,customer,eater,Bea,false,false
"""


FRAMEWORK = f"""
perspectives:
  - id: eaters
    name: Eaters {HOSTILE}
    question: What do they eat?
    groups: [customer]
    themes:
      - id: liking
        name: Liking fruit
        idea: Fruit is liked.
        codes: [fruit]
        contrary: {{codes: [fruit.pear]}}
        measures: [share]
      - id: nothing
        name: Nothing said
        codes: [fruit.none]
measures:
  - {{id: share, name: Share of bread, source: purchases, notebook: 10-food, table: groups, column: share,
     rows: {{group: bread}}}}
links:
  - {{from: liking, to: nothing, claim: C1, says: "leads to {HOSTILE}"}}
"""
CLAIMS = f"""
claims:
  - id: C1
    text: Apples are liked {HOSTILE}
    perspective: eaters
    theme: liking
    question: RQ1
    expected: Two speak of them.
    evidence:
      - {{id: e1, kind: coding, codes: [fruit.apple], expect: people >= 1, says: They say so.}}
      - {{id: e2, kind: measure, measure: share, expect: value > 5}}
      - {{id: e3, kind: document, document: plan, quote: Sell apples.}}
      - {{id: e4, kind: document, document: plan, quote: Not there.}}
    contrary:
      - {{kind: coding, codes: [fruit.pear]}}
    rivals:
      - {{text: Habit, test: Ask again., verdict: undecided}}
  - id: C2
    text: Nothing is known
    perspective: eaters
    theme: nothing
    question: RQ2
    expected: Nothing.
"""


def write(study: Study) -> None:
    """Two interviews, a document, a message, a codebook, and overlapping codings by two coders."""
    for name, text in {
        "interviews/transcripts/one.md": FIRST,
        "interviews/transcripts/two.md": "# Two\n\nQ: And you?\n\nBea: Secret words about apples.\n",
        "interviews/transcripts/plan.txt": "The plan.\n\nSell apples.\n",
        "interviews/feedback/messages.csv": "message_id,received_on,text\nm1,2017-01-02,Nice <b>apples</b>\n",
        "interviews/participants.csv": PEOPLE,
        "coding_schemes/fruit.yaml": CODEBOOK,
        "coding_schemes/framework.yaml": FRAMEWORK,
        "evidence/claims.yaml": CLAIMS,
    }.items():
        path = study.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    texts = {name: one.text for name, one in documents(study).items()} | {"m1": "Nice <b>apples</b>"}
    code(
        study, texts, "a", "one", [("fruit.apple", "Apples and pears"), ("fruit", "and pears, and <script>")]
    )
    code(study, texts, "b", "one", [("fruit.pear", "pears, and"), ("fruit.apple", "Ann: Apples & pears")])
    code(study, texts, "b", "one", [("fruit", "every day.\nAnd more.\n\nQ: Why?")])
    code(study, texts, "a", "two", [("fruit.apple", "Secret words about apples")])
    code(study, texts, "a", "m1", [("fruit.apple", "<b>apples")])
    lost = codings.record(
        "add", code="fruit", start=3, end=7, quote=f"gone {HOSTILE}", memo="", when="", text=""
    )
    codings.append(study, "a", "one", [lost])


def code(
    study: Study, texts: dict[str, str], coder: str, document: str, wanted: list[tuple[str, str]]
) -> None:
    """Write codings by quote."""
    records = []
    for name, quote in wanted:
        start = texts[document].index(quote)
        values = {"code": name, "start": start, "end": start + len(quote), "quote": quote}
        records.append(codings.record("add", **values, memo=f"memo {HOSTILE}"))
    codings.append(study, coder, document, records)


def everything(root: Path) -> list[Path]:
    """All pages under a folder."""
    return sorted(root.rglob("*.html"))
