"""A widget that answers messages and keeps nothing: what it is asked, it does, and says what came of it.

Words, names and quotes travel by messages only. Whatever a widget synchronises is written into the notebook
when that is saved, whether its output is cleared or not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget

from casestudy.errors import CaseStudyError, InputError, Problem
from casestudy.panel.part import Act, Answer
from casestudy.panel.script import joined
from casestudy.study import ENV_OUTPUT

STYLE = Path(__file__).parent / "style.css"


class Talking(anywidget.AnyWidget):
    """A view in the browser that asks by messages; subclasses name what can be asked.

    Attributes
    ----------
    acts : dict of str to callable
        What it does, by the name of the message.
    """

    _esm = joined("view")
    _css = STYLE.read_text(encoding="utf-8")
    acts: dict[str, Act]

    def __init__(self) -> None:
        super().__init__()
        self.on_msg(self._heard)

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Answer one message; what goes wrong is an answer in words, and the view goes on."""
        answer = self.answer(content)
        buffers = answer.pop("buffers", None)
        self.send({**answer, "to": content.get("id")}, buffers)

    def answer(self, content: Mapping[str, Any]) -> Answer:
        """What is answered to a message.

        Parameters
        ----------
        content : mapping
            ``act`` and what it needs.

        Returns
        -------
        dict
            What changed; ``said`` where it was refused, and why.
        """
        act = str(content.get("act"))
        try:
            if act not in self.acts:
                raise InputError("Nothing was done.", [Problem(f"act {act!r}", "it is not done here.")])
            return self.acts[act](content)
        except CaseStudyError as error:
            return {"said": str(error), **self.seen_anyway()}
        except (KeyError, TypeError, ValueError) as error:
            return {"said": f"The message {act!r} was not understood: {error}."}
        except OSError as error:
            return {"said": f"Nothing was written: {error.strerror or error}."}

    def seen_anyway(self) -> Answer:
        """What others wrote, which is shown even where an act was refused."""
        return {}

    def in_words(self) -> str:
        """What stands in a saved notebook for the view: no word of the study's material."""
        return "Run the cell in JupyterLab to open it."

    def still(self) -> str:
        """What pages show instead, as HTML; empty for the words alone."""
        return ""

    def _repr_mimebundle_(self, **given: Any) -> Any:
        """The view where a browser can draw it, with words beside; in a run of the study the still view."""
        if ENV_OUTPUT in os.environ:
            still = self.still()
            return {"text/plain": self.in_words(), **({"text/html": still} if still else {})}, {}
        bundle = super()._repr_mimebundle_(**given)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": self.in_words()}, metadata
