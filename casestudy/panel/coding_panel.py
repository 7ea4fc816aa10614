"""The panel itself: a view of one document, put together of the parts that its mode needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from casestudy.codebook.codes import FOLDER
from casestudy.coding import codings
from casestudy.errors import CaseStudyError, InputError, Problem, nearest
from casestudy.panel import shown, static
from casestudy.panel.coding_part import CodingPart
from casestudy.panel.comparing import ComparingPart
from casestudy.panel.listening import ListeningPart
from casestudy.panel.part import Answer, Part
from casestudy.panel.reading_part import ReadingPart
from casestudy.panel.session import Change, Session
from casestudy.panel.suggesting import SuggestingPart
from casestudy.panel.talking import Talking
from casestudy.panel.training import TrainingPart
from casestudy.study import Study

Mode = Literal["code", "read", "blind", "train", "compare"]
MODES: tuple[Mode, ...] = ("code", "read", "blind", "train", "compare")
NOT_OPENED = "No panel was opened."


class CodingPanel(Talking):
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

    def __init__(
        self, session: Session, mode: Mode, parts: Sequence[Part] = (), at: int | None = None
    ) -> None:
        self.session, self.mode, self.parts, self.at = session, mode, parts, at
        self.acts = {"open": self._open, "look": lambda given: self._looked()}
        for part in parts:
            self.acts |= part.acts
        super().__init__()

    def seen_anyway(self) -> Answer:
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

    def in_words(self) -> str:
        """Which document and coder, and where the work is kept."""
        session = self.session
        return (
            f"Coding panel: {session.name}, coder {session.coder}, {len(session.holding)} codings in "
            f"{session.file}. Run the cell in JupyterLab to open it."
        )

    def still(self) -> str:
        """The document with the coder's codings, as a table."""
        return static.document(self.session)


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
            own: list[Part] = [CodingPart(session), SuggestingPart(session)]
        case "blind":
            own = [CodingPart(session)]
        case "train":
            own = [CodingPart(session), TrainingPart(session, key)]
        case "compare":
            own = [ComparingPart(session, other)]
        case _:
            own = [ReadingPart(session)]
    return [*own, ListeningPart(session)]


def _place(session: Session, at: int | str | None) -> int | None:
    """The position that is shown first; that of a coding where one is named."""
    if not isinstance(at, str):
        return at
    works = codings.read(session.study, document=session.name)
    return next((one.start for work in works for one in work.codings if one.id == at), None)
