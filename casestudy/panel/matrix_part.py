"""The framework matrix: participants by themes, each cell a summary in the researcher's words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casestudy.coding import summaries
from casestudy.coding.material import Material
from casestudy.coding.summaries import Summary
from casestudy.errors import InputError, Problem
from casestudy.panel import shown
from casestudy.panel.acts import next_moment
from casestudy.panel.opened import Print, fingerprint
from casestudy.panel.part import Answer
from casestudy.panel.script import joined
from casestudy.panel.talking import Talking
from casestudy.study import Study

_QUOTES = 12


class FrameworkMatrix(Talking):
    """Participants by themes; a cell shows what was coded there, and holds a summary.

    Parameters
    ----------
    study : Study
    who : str
        Who writes.
    """

    _esm = joined("view_matrix")

    def __init__(self, study: Study, who: str) -> None:
        self.study, self.who = study, who
        self.material = Material(study)
        if not self.material.framework.themes:
            problem = Problem(
                "coding_schemes/framework.yaml", "it declares no themes.", "Write perspectives."
            )
            raise InputError("There is no matrix to fill.", [problem])
        self._seen: Print = ()
        self.acts = {
            "open": lambda given: {**self._frame(), **self._cells()},
            "look": lambda given: self._cells() if self._print() != self._seen else {},
            "quotes": self._quotes,
            "write": self._write,
        }
        super().__init__()

    def in_words(self) -> str:
        """How many cells are filled."""
        filled = sum(bool(one.text) for one in summaries.holding(summaries.read(self.study)).values())
        return f"Framework matrix: {filled} cells are filled. Run the cell in JupyterLab to open it."

    def _print(self) -> Print:
        return fingerprint([self.study.root / summaries.FILE])

    def _frame(self) -> Answer:
        material = self.material
        themes = material.framework.themes
        asked = material.asked()
        groups = dict(zip(material.documents["who"], material.documents["group"], strict=True))
        counts: dict[str, dict[str, int]] = {}
        for theme in themes:
            own = theme.pick.of(material.words, material.parents)
            counts[theme.id] = {str(who): int(count) for who, count in own["who"].value_counts().items()}
        return {
            "phrases": dict(shown.phrases(self.study.language)),
            "who": self.who,
            "themes": [{"id": one.id, "name": one.name, "idea": one.idea} for one in themes],
            "rows": [{"id": who, "group": str(groups.get(who, ""))} for who in asked],
            "counts": counts,
        }

    def _cells(self) -> Answer:
        self._seen = self._print()
        held = summaries.holding(summaries.read(self.study))
        return {
            "cells": [
                {"row": one.participant, "theme": one.theme, "text": one.text, "id": one.id, "who": one.who}
                for one in held.values()
            ]
        }

    def _quotes(self, given: Mapping[str, Any]) -> Answer:
        """What was coded in a cell: the words, with document and code."""
        theme = next(one for one in self.material.framework.themes if one.id == given["theme"])
        own = theme.pick.of(self.material.words, self.material.parents)
        own = own[own["who"].eq(str(given["row"])) & own["placed"]]
        own = own.drop_duplicates(["document", "start", "end", "code"])
        rows = own[["document", "name", "quote"]].head(_QUOTES).to_dict("records")
        return {"quotes": rows, "of": len(own)}

    def _write(self, given: Mapping[str, Any]) -> Answer:
        """Save a cell, unless somebody wrote it since it was read."""
        row, theme, text = str(given["row"]), str(given["theme"]), str(given["text"]).strip()
        with summaries.writing(self.study) as versions:
            now = summaries.holding(versions).get((row, theme), Summary("", row, theme, ""))
            if now.id != str(given.get("was") or ""):
                found = f"{now.who} wrote it meanwhile: {now.text[:200]!r}."
                remedy = "It is shown as it is now; write yours into it."
                raise InputError(
                    "Nothing was written.", [Problem(f"the cell of {row} and {theme}", found, remedy)]
                )
            if text != now.text:
                when = next_moment(max((one.when for one in versions), default=""))
                made = summaries.summary(
                    participant=row, theme=theme, text=text, who=self.who, when=when, replaces=now.id
                )
                summaries.append(self.study, [made])
        return self._cells()

    def seen_anyway(self) -> Answer:
        """The cells as they are now."""
        return self._cells()


def framework_matrix(who: str, study: Study | Path | str | None = None) -> FrameworkMatrix:
    """Open the matrix of participants and themes in JupyterLab, to write summaries.

    Parameters
    ----------
    who : str
        Who writes: it stands beside each summary.
    study : Study or path, optional
        The study that the notebook stands in by default.

    Returns
    -------
    FrameworkMatrix
        Shown as the last value of a cell. Summaries are kept in ``evidence/summaries.jsonl``.

    Raises
    ------
    InputError
        When the study declares no themes, or its codings or summaries cannot be read.
    """
    return FrameworkMatrix(study if isinstance(study, Study) else Study.find(study), who)
