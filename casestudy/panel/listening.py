"""Listening while coding: the recording that lies beside a transcript, handed to the view piece by piece.

It goes from the kernel to the browser and nowhere else; nothing of it is written into the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, Problem
from casestudy.panel.part import Act, Answer
from casestudy.panel.session import Session

FOLDER = "interviews/recordings"
PIECE = 1 << 20
LARGEST = 400 << 20
KINDS = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".webm": "audio/webm",
}


class ListeningPart:
    """The recording of a session's document, where there is one.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def acts(self) -> Mapping[str, Act]:
        """Ask for a piece of the recording."""
        return {"piece": self._piece}

    def opened(self) -> Answer:
        """How large the recording is and of which kind; nothing where there is none."""
        path = recording(self.session)
        if path is None:
            return {}
        return {"recording": {"size": path.stat().st_size, "kind": KINDS[path.suffix.lower()]}}

    def _piece(self, given: Mapping[str, Any]) -> Answer:
        path, start = recording(self.session), int(given["start"])
        if path is None or start < 0:
            raise InputError("Nothing can be heard.", [Problem(FOLDER, "the recording is gone.")])
        if path.stat().st_size > LARGEST:
            found = f"it has {path.stat().st_size >> 20} megabytes, more than {LARGEST >> 20}."
            raise InputError("Nothing can be heard.", [Problem(path.name, found, "Save it as MP3 or Opus.")])
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(PIECE)
        return {"start": start, "buffers": [data]}


def recording(session: Session) -> Path | None:
    """The recording of a session's document: the file of its name in ``interviews/recordings``."""
    files = session.study.inputs(f"{FOLDER}/*")
    named = [path for path in files if path.stem == session.name and path.suffix.lower() in KINDS]
    return named[0] if named else None
