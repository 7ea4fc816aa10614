"""Suggestions in the panel: by rules at once, by a model when asked; a person decides on each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from casestudy.coding import codings, table, units
from casestudy.coding.codings import Record, Work
from casestudy.coding.material import Material
from casestudy.coding.units import Unit
from casestudy.errors import InputError, Problem
from casestudy.panel import shown
from casestudy.panel.part import Act, Answer
from casestudy.panel.session import Session
from casestudy.suggestions import by_model, by_rules, similar
from casestudy.suggestions.by_rules import Suggestion


class SuggestingPart:
    """Suggestions for one coder's document: shown, accepted, rejected, one by one or all of a code."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.waiting: dict[str, Suggestion] = {}

    @cached_property
    def acts(self) -> Mapping[str, Act]:
        """Ask for suggestions; accept or reject some; find passages like a stretch."""
        return {
            "suggest": self._suggest,
            "accept": lambda given: self._decide([str(one) for one in given["suggestions"]], True),
            "reject": lambda given: self._decide([str(one) for one in given["suggestions"]], False),
            "alike": self._alike,
        }

    def opened(self) -> Answer:
        """Nothing is suggested before somebody asks."""
        return {"suggesting": True}

    def _suggest(self, given: Mapping[str, Any]) -> Answer:
        session = self.session
        sentences = self._sentences()
        found = by_rules.by_rules(sentences, session.codes.book)
        note = ""
        if given.get("model"):
            try:
                found += self._by_model(sentences)
            except InputError as error:
                note = str(error)
        fresh = by_rules.fresh(found, session.work)
        fresh.sort(key=lambda one: (one.unit.start, one.code, one.by, -one.score))
        self.waiting = {_mark(one): one for one in fresh}
        return {"suggestions": [self._row(name, one) for name, one in self.waiting.items()], "note": note}

    def _sentences(self) -> list[Unit]:
        document = self.session.words.document
        return units.units({document.id: document}, [document.id])

    def _by_model(self, sentences: Sequence[Unit]) -> list[Suggestion]:
        """What is learnt from the codings of all other documents."""
        material = Material(self.session.study)
        frame = material.words
        others = frame[frame["document"].ne(self.session.name) & frame["placed"]]
        names = sorted(map(str, others["document"].unique()))
        known = units.units(material.texts, names) if names else []
        learnt = by_model.learn(known, others, [code.id for code in material.book.in_use()])
        return by_model.by_model(learnt, sentences)

    def _row(self, name: str, one: Suggestion) -> dict[str, Any]:
        return {
            "id": name,
            "code": one.code,
            "start": one.unit.start,
            "end": one.unit.end,
            "kind": one.by,
            "score": round(one.score, 2),
            "words": list(one.words[:5]),
            "nearest": list(one.nearest[:2]),
        }

    def _decide(self, names: Sequence[str], accepted: bool) -> Answer:
        """Write what a person decided on some suggestions, as one act."""
        chosen = [self.waiting[name] for name in names if name in self.waiting]
        if len(chosen) < len(names):
            problem = Problem("suggestions", "they are not up to date.", "Ask for suggestions once more.")
            raise InputError("Nothing was written.", [problem])
        mark, who = self.session.words.document.sha256[:16], self.session.coder

        def made(work: Work, when: str) -> list[Record]:
            fresh = by_rules.fresh(chosen, work)
            return [
                record for one in fresh for record in by_rules.decided(one, accepted, who, work, mark, when)
            ]

        change = self.session.append(made)
        for name in names:
            del self.waiting[name]
        return {**shown.change(change, self.session), "decided": list(names)}

    def _alike(self, given: Mapping[str, Any]) -> Answer:
        """Sentences of all documents that this coder has not coded, the likest to a stretch first."""
        session = self.session
        start, end = int(given["start"]), int(given["end"])
        asked = session.words.document.text[start:end]
        texts = {**table.material(session.study), session.name: session.words.document}
        covered = {session.name: list(session.holding.values())}
        for work in codings.read(session.study, session.coder):
            covered.setdefault(work.document, list(work.codings))
        free = [
            one
            for one in units.units(texts)
            if not any(c.start < one.end and one.start < c.end for c in covered.get(one.document, ()))
            and not (one.document == session.name and one.start < end and start < one.end)
        ]
        rows = [
            {"document": one.document, "start": one.start, "end": one.end, "words": one.text, "score": score}
            for one, score in similar.likest(asked, free)
        ]
        return {"alike": rows}


def _mark(one: Suggestion) -> str:
    """An id that is the same when the same is suggested again."""
    said = f"{one.by}|{one.code}|{one.unit.start}|{one.unit.end}"
    return "s" + hashlib.sha256(said.encode()).hexdigest()[:11]
