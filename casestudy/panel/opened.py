"""What a panel shows, opened: one document with who speaks in it, the codebook, the attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from casestudy.codebook import attributes, history
from casestudy.codebook.attributes import Attribute
from casestudy.codebook.codes import FOLDER, HISTORY, Codebook
from casestudy.coding import quoting, table
from casestudy.people import participants, speakers
from casestudy.study import Study
from casestudy.transcripts import transcript
from casestudy.transcripts.transcript import Transcript

Print = tuple[tuple[int, int, int], ...]


def fingerprint(paths: Iterable[Path]) -> Print:
    """What tells a file that was written since from one that was not: place on the disk, size and time."""
    found = []
    for path in paths:
        try:
            state = path.stat()
            found.append((state.st_ino, state.st_size, state.st_mtime_ns))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)


def document_of(study: Study, name: str) -> Transcript:
    """One document, or feedback message, with whose words each turn holds.

    Raises
    ------
    InputError
        When there is none of this name, or it cannot be read.
    """
    named = [path for path in transcript.document_files(study) if path.stem == name]
    if not named:
        return quoting.document(table.material(study), name)
    people = participants.read(study)
    return speakers.heard(study, {name: transcript.document(study, name)}, people)[name]


@dataclass(frozen=True)
class Words:
    """A document as it stands on the disk, and the files that say so."""

    document: Transcript
    files: tuple[Path, ...]
    seen: Print

    @classmethod
    def read(cls, study: Study, name: str) -> Words:
        """Read the document; see `document_of` for what it raises."""
        named = [path for path in transcript.document_files(study) if path.stem == name]
        about = [study.root / "interviews" / file for file in ("speakers.csv", "documents.csv")]
        files = (*(named or [study.root / table.MESSAGES]), *about)
        seen = fingerprint(files)
        return cls(document_of(study, name), files, seen)

    @property
    def changed(self) -> bool:
        """Whether the files were written since."""
        return fingerprint(self.files) != self.seen


@dataclass(frozen=True)
class Codes:
    """The codebook and the attributes as they stand on the disk."""

    book: Codebook
    vocabulary: Mapping[str, Attribute]
    files: tuple[Path, ...]
    seen: Print

    @classmethod
    def read(cls, study: Study) -> Codes:
        """Read them.

        Raises
        ------
        InputError
            When the codebook or its history cannot be used.
        """
        folder = study.root / FOLDER
        files = (folder, *sorted(folder.glob("*.yaml")), study.root / HISTORY)
        seen = fingerprint(files)
        return cls(history.load(study), attributes.attributes(study), files, seen)

    @property
    def changed(self) -> bool:
        """Whether the files were written since."""
        return fingerprint(self.files) != self.seen
