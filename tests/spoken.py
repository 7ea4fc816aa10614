"""Documents of tests with a role for each speaker, as a study's files would give it."""

from __future__ import annotations

from casestudy.people.speakers import Voice, assigned
from casestudy.transcripts.transcript import Transcript


def spoken(document: Transcript, asks: str = "INTERVIEWER") -> Transcript:
    """The document as if one name asked and everybody else answered."""
    voices = {
        turn.speaker: Voice("interviewer" if turn.speaker == asks else "participant")
        for turn in document.turns
    }
    return assigned(document, voices)
