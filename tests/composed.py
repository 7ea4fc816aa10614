"""A composed study: people of two groups, two coders with known errors, things that are there or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from casestudy.coding import material
from casestudy.coding.material import Material
from casestudy.study import Study

CODES = ("thing.a", "thing.b", "thing.c", "other.d", "other.e", "other.f", "other.g", "other.h")
FRAMEWORK = """unless: {modality: [denied]}
perspectives:
- {id: one, name: One, question: Q1, groups: [customer], themes: [
   {id: a, name: Theme A, codes: [thing.a]}, {id: b, name: Theme B, codes: [thing.b]}]}
- {id: two, name: Two, question: Q1, groups: [firm], themes: [{id: c, name: Theme C, codes: [thing.c]}]}
links:
- {from: a, to: b, kind: voiced together}
- {from: a, to: c}
"""
CLAIMS = """claims:
- id: T
  text: Things are told.
  perspective: one
  theme: a
  question: Q1
  expected: Most customers tell of a, many of b, firm voices of c.
  evidence:
  - {id: most, kind: coding, codes: [thing.a], groups: [customer], expect: share > 50 %}
  - {id: many, kind: coding, codes: [thing.b], groups: [customer], expect: share >= 25 %}
  - {id: firm, kind: coding, codes: [thing.c], groups: [firm]}
  contrary:
  - {id: denied, kind: coding, codes: [thing.a], groups: [customer], where: {modality: [denied]}, unless: {},
     expect: share >= 50 %}
  rivals:
  - {text: r, test: t, verdict: rejected}
"""
SENTENCES = 24
HEAD = "participant_id,group,role,pseudonym,log_id,household_id,consent_quote,consent_link\n"


def write(root: Path, customers: int = 20, firm: int = 12) -> Study:
    """Write the study's files, without codings: everybody says numbered sentences."""
    people = [(f"c{n:02}", "customer") for n in range(customers)] + [
        (f"f{n:02}", "firm") for n in range(firm)
    ]
    schemes = "scheme: s\\ncodes:\\n- {id: thing, name: Thing}\\n- {id: other, name: Other}\\n".replace(
        "\\n", "\n"
    )
    for code in CODES:
        schemes += f"- {{id: {code}, name: {code}, parent: {code.split('.')[0]}}}\n"
    texts = {
        "study.toml": 'title = "Composed"\n[[question]]\nid = "Q1"\ntext = "What is told?"\n',
        "coding_schemes/s.yaml": schemes,
        "coding_schemes/framework.yaml": FRAMEWORK,
        "evidence/claims.yaml": CLAIMS,
        "interviews/participants.csv": HEAD
        + "".join(f"{who},{group},,{who},,,yes,yes\n" for who, group in people),
        "interviews/speakers.csv": "document,speaker,role\n*,X,participant\n",
    }
    for who, _ in people:
        said = "\n\n".join(f"X: {who} says sentence number {n:02}." for n in range(SENTENCES))
        texts[f"interviews/transcripts/{who}.md"] = f"# {who}\n\n{said}\n"
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Study.load(root)


def base(root: Path, **sizes: int) -> Material:
    """The study opened, with one coding so that the table of codings has its columns."""
    from casestudy.coding import codings

    study = write(root, **sizes)
    opened = material.load(study)
    text = opened.texts["c00"].text
    for coder in ("k", "m"):
        start = text.index("c00 says sentence number 00.")
        quote = "c00 says sentence number 00."
        record = codings.record(
            "add",
            code="other.d",
            start=start,
            end=start + len(quote),
            quote=quote,
            attributes={"modality": "experienced"},
            text=opened.texts["c00"].sha256[:16],
        )
        codings.append(study, coder, "c00", [record])
    return material.load(study)


def coded(
    found: Material,
    seed: int,
    there: dict[str, float],
    *,
    hears: float = 0.9,
    strays: int = 6,
    joined: bool = False,
) -> pd.DataFrame:
    """Codings of two coders: each code of `there` is in that share of its group, told in three sentences.

    Parameters
    ----------
    hears : float
        Chance that a coder codes a sentence in which the thing is told.
    strays : int
        Other codings that each coder gives each person, at random.
    joined : bool
        Whether the first two things are told in the same sentences, where both are told.
    """
    draw = np.random.default_rng(seed)
    template = found.words.iloc[0].to_dict()
    rows: list[dict[str, Any]] = []
    for who, group in zip(found.people["participant_id"], found.people["group"], strict=True):
        text = found.texts[who].text
        places = draw.permutation(SENTENCES)
        told: list[tuple[str, int]] = []
        for number, (code, share) in enumerate(sorted(there.items())):
            if group == ("firm" if code.endswith("c") else "customer") and draw.random() < share:
                mine = places[:3] if joined and number < 2 else places[3 * number : 3 * number + 3]
                told += [(code, int(one)) for one in mine]
        for coder in ("k", "m"):
            mine = [one for one in told if draw.random() < hears]
            mine += [(str(draw.choice(CODES[3:])), int(one)) for one in draw.integers(0, SENTENCES, strays)]
            for code, sentence in mine:
                quote = f"{who} says sentence number {sentence:02}."
                start = text.index(quote)
                own = {"coding": f"{coder}{len(rows)}", "coder": coder, "document": who, "who": who}
                own |= {"participant": who, "group": group, "code": code, "as_coded": code, "name": code}
                own |= {"start": start, "end": start + len(quote), "quote": quote, "turn": sentence + 1}
                rows.append(template | own | {"modality": "experienced", "placed": True})
    return pd.DataFrame(rows, columns=list(found.words.columns))
