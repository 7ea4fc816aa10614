"""The panel itself: a widget that passes messages between a view and a coding session, and keeps nothing.

Words, names and quotes travel by messages only. Whatever a widget synchronises is written into the notebook
when that is saved, whether its output is cleared or not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import anywidget

from casestudy.codebook.codes import FOLDER
from casestudy.coding import codings
from casestudy.errors import CaseStudyError, InputError, Problem, nearest
from casestudy.panel import shown, static
from casestudy.panel.coding_part import CodingPart
from casestudy.panel.comparing import ComparingPart
from casestudy.panel.part import Act, Answer, Part
from casestudy.panel.reading_part import ReadingPart
from casestudy.panel.script import joined
from casestudy.panel.session import Change, Session
from casestudy.panel.suggesting import SuggestingPart
from casestudy.panel.training import TrainingPart
from casestudy.study import ENV_OUTPUT, Study

Mode = Literal["code", "read", "blind", "train", "compare"]
MODES: tuple[Mode, ...] = ("code", "read", "blind", "train", "compare")
STYLE = Path(__file__).parent / "style.css"
NOT_OPENED = "No panel was opened."


class CodingPanel(anywidget.AnyWidget):
    """A transcript with its codebook, for one coder; shown as the last value of a cell.

    Parameters
    ----------
    session : Session
    mode : {'code', 'read', 'blind', 'train', 'compare'}
    parts : sequence of Part
        What it does beside showing.
    at : int, optional
        The position that is shown first.
    """

    _esm = joined()
    _css = STYLE.read_text(encoding="utf-8")

    def __init__(
        self, session: Session, mode: Mode, parts: Sequence[Part] = (), at: int | None = None
    ) -> None:
        self.session, self.mode, self.parts, self.at = session, mode, parts, at
        self.acts: dict[str, Act] = {"open": self._open, "look": lambda given: self._looked()}
        for part in parts:
            self.acts |= part.acts
        super().__init__()
        self.on_msg(self._heard)

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Answer one message; what goes wrong is an answer in words, and the panel goes on."""
        answer = self.answer(content)
        buffers = answer.pop("buffers", None)
        self.send({**answer, "to": content.get("id")}, buffers)

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
                found = f"it is not done in mode {self.mode}."
                raise InputError("Nothing was done.", [Problem(f"act {act!r}", found)])
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
            return self._looked()
        except (CaseStudyError, OSError):
            return {}

    def _looked(self) -> Answer:
        return shown.change(self.session.look(), self.session)

    def _open(self, given: Mapping[str, Any]) -> Answer:
        session = self.session
        session.look()
        answer = {
            "mode": self.mode,
            "coder": session.coder,
            "file": session.file,
            "at": self.at,
            "phrases": dict(shown.phrases(session.study.language)),
            "document": shown.document(session.words.document),
            **shown.change(Change(tuple(session.holding.values())), session),
            "codes": shown.codes(session.codes.book),
        }
        for part in self.parts:
            answer |= part.opened()
        return answer

    def _repr_mimebundle_(self, **given: Any) -> Any:
        """The view where a browser can draw it; beside it words that may stand in a saved notebook."""
        session = self.session
        said = (
            f"Coding panel: {session.name}, coder {session.coder}, {len(session.holding)} codings in "
            f"{session.file}. Run the cell in JupyterLab to open it."
        )
        if ENV_OUTPUT in os.environ:
            return {"text/plain": said, "text/html": static.document(session)}, {}
        bundle = super()._repr_mimebundle_(**given)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": said}, metadata


def panel(
    document: str,
    coder: str,
    *,
    mode: Mode = "code",
    other: str = "",
    key: str = "",
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
        ``code`` is for one's own work, with suggestions. ``blind`` is for a second coder: nothing of anybody
        else is shown, nothing is suggested, and only participants' words can be coded. ``train`` scores
        against a key. ``compare`` shows two coders and takes decisions. ``read`` shows everybody's codings.
    other : str
        The second coder, to compare with.
    key : str
        The coder whose work is the key, to train with.
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
        When the document, the codebook or a coder's file cannot be read, or a second coder or a key is wanted
        and not there.
    """
    if mode not in MODES:
        problem = Problem(f"mode {mode!r}", "it is not known.", nearest(mode, MODES))
        raise InputError(NOT_OPENED, [problem])
    of_study = study if isinstance(study, Study) else Study.find(study)
    session = Session(of_study, document, coder, only_talk=mode == "blind")
    if not session.codes.book.codes:
        remedy = "Write a scheme there, or casestudy code create."
        raise InputError(NOT_OPENED, [Problem(FOLDER, "it holds no codes yet.", remedy)])
    return CodingPanel(session, mode, _parts(session, mode, other, key), _place(session, at))


def _parts(session: Session, mode: Mode, other: str, key: str) -> list[Part]:
    """What a panel does in a mode."""
    match mode:
        case "code":
            return [CodingPart(session), SuggestingPart(session)]
        case "blind":
            return [CodingPart(session)]
        case "train":
            return [CodingPart(session), TrainingPart(session, key)]
        case "compare":
            return [ComparingPart(session, other)]
        case _:
            return [ReadingPart(session)]


def _place(session: Session, at: int | str | None) -> int | None:
    """The position that is shown first; that of a coding where one is named."""
    if not isinstance(at, str):
        return at
    works = codings.read(session.study, document=session.name)
    return next((one.start for work in works for one in work.codings if one.id == at), None)
