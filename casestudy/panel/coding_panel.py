"""The panel itself: a widget that passes messages between a view and a coding session, and keeps nothing.

Words, names and quotes travel by messages only. Whatever a widget synchronises is written into the notebook
when that is saved, whether its output is cleared or not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import anywidget

from casestudy.codebook.codes import FOLDER
from casestudy.errors import CaseStudyError, InputError, Problem, nearest
from casestudy.panel import shown, vivo
from casestudy.panel.script import joined
from casestudy.panel.session import Change, Session
from casestudy.study import ENV_OUTPUT, Study

Mode = Literal["code", "read", "blind", "train", "compare"]
MODES: tuple[Mode, ...] = ("code", "read", "blind", "train", "compare")
STYLE = Path(__file__).parent / "style.css"

Answer = dict[str, Any]


class CodingPanel(anywidget.AnyWidget):
    """A transcript with its codebook, for one coder; shown as the last value of a cell.

    Parameters
    ----------
    session : Session
    mode : {'code', 'read', 'blind', 'train', 'compare'}
    at : int, optional
        The position that is shown first.
    """

    _esm = joined()
    _css = STYLE.read_text(encoding="utf-8")

    def __init__(self, session: Session, mode: Mode = "code", at: int | None = None) -> None:
        self.session, self.mode, self.at = session, mode, at
        self.acts: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
            "open": self._open,
            "look": lambda given: self._said(session.look()),
            "add": lambda given: self._said(
                session.add([str(code) for code in given["codes"]], int(given["start"]), int(given["end"]))
            ),
            "move": lambda given: self._said(
                session.move(given["coding"], int(given["start"]), int(given["end"]))
            ),
            "split": lambda given: self._said(session.split(given["coding"], int(given["at"]))),
            "delete": lambda given: self._said(session.delete(given["codings"])),
            "recode": lambda given: self._said(session.recode(given["coding"], given["code"])),
            "describe": lambda given: self._said(
                session.describe(given["coding"], attributes=given.get("attributes"), memo=given.get("memo"))
            ),
            "undo": lambda given: self._said(session.undo()),
            "redo": lambda given: self._said(session.redo()),
            "create": self._create,
        }
        super().__init__()
        self.on_msg(self._heard)

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Answer one message; what goes wrong is an answer in words, and the panel goes on."""
        self.send({**self.answer(content), "to": content.get("id")})

    def answer(self, content: Mapping[str, Any]) -> Answer:
        """What the panel answers to a message.

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
                raise InputError("Nothing was done.", [Problem(f"act {act!r}", "it is not known.")])
            if act not in ("open", "look") and self.mode in ("read", "compare"):
                raise InputError("Nothing was done.", [Problem(f"mode {self.mode}", "it is for reading.")])
            return self.acts[act](content)
        except CaseStudyError as error:
            return {"said": str(error), **self._seen_anyway()}
        except (KeyError, TypeError, ValueError) as error:
            return {"said": f"The message {act!r} was not understood: {error}."}
        except OSError as error:
            return {"said": f"Nothing was written: {error.strerror or error}."}

    def _seen_anyway(self) -> Answer:
        """What others wrote, where an act was refused because of it."""
        try:
            return self._said(self.session.look())
        except (CaseStudyError, OSError):
            return {}

    def _said(self, change: Change) -> Answer:
        return shown.change(change, self.session)

    def _open(self, given: Mapping[str, Any]) -> Answer:
        session = self.session
        session.look()
        vocabulary = session.codes.vocabulary.values()
        return {
            "mode": self.mode,
            "coder": session.coder,
            "file": session.file,
            "at": self.at,
            "phrases": dict(shown.phrases(session.study.language)),
            "document": shown.document(session.words.document),
            "attributes": [
                {"name": one.name, "values": list(one.values), "rule": one.rule} for one in vocabulary
            ],
            **shown.change(Change(tuple(session.holding.values())), session),
            "codes": shown.codes(session.codes.book),
        }

    def _create(self, given: Mapping[str, Any]) -> Answer:
        code = vivo.create(
            self.session.study,
            str(given["name"]),
            scheme=str(given["scheme"]),
            parent=str(given.get("parent") or ""),
            definition=str(given.get("definition") or ""),
            who=self.session.coder,
        )
        return {**self._said(self.session.look()), "code": code}

    def _repr_mimebundle_(self, **given: Any) -> Any:
        """The view where a browser can draw it; beside it words that may stand in a saved notebook."""
        session = self.session
        said = (
            f"Coding panel: {session.name}, coder {session.coder}, {len(session.holding)} codings in "
            f"{session.file}. Run the cell in JupyterLab to open it."
        )
        if ENV_OUTPUT in os.environ:
            return {"text/plain": said}, {}
        bundle = super()._repr_mimebundle_(**given)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": said}, metadata


def panel(
    document: str,
    coder: str,
    *,
    mode: Mode = "code",
    at: int | str | None = None,
    study: Study | Path | str | None = None,
) -> CodingPanel:
    """Open a document for coding in JupyterLab.

    Parameters
    ----------
    document : str
        The document's id, such as ``c03``.
    coder : str
        The coder's short name: a folder of interviews/codings. It is made with the first coding.
    mode : {'code', 'read', 'blind', 'train', 'compare'}
    at : int or str, optional
        The position, or the coding's id, that is shown first.
    study : Study or path, optional
        The study that the notebook stands in by default.

    Returns
    -------
    CodingPanel
        Shown as the last value of a cell.

    Raises
    ------
    InputError
        When the document, the codebook or the coder's file cannot be read.
    """
    if mode not in MODES:
        raise InputError(
            "No panel was opened.", [Problem(f"mode {mode!r}", "it is not known.", nearest(mode, MODES))]
        )
    found = study if isinstance(study, Study) else Study.find(study)
    session = Session(found, document, coder, only_talk=mode == "blind")
    if not session.codes.book.codes:
        found_ = "it holds no codes yet."
        remedy = "Write coding_schemes/NAME.yaml, or casestudy code create."
        raise InputError("No panel was opened.", [Problem(FOLDER, found_, remedy)])
    place = at
    if isinstance(at, str):
        coding = session.holding.get(at)
        place = coding.start if coding else None
    return CodingPanel(session, mode, place if isinstance(place, int) else None)
