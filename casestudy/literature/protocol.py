"""The review's protocol: period, searches, reasons for exclusion, and what was read of each record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casestudy.errors import Problem, raise_if
from casestudy.files import reading
from casestudy.files.fields import Fields, read_toml
from casestudy.study import Study

FILE = "literature/protocol.toml"
NOTES = "literature/notes"
_KEYS = ("title", "status", "first_year", "last_year", "subject", "search", "exclude", "dimension")


@dataclass(frozen=True)
class Dimension:
    """One thing that is extracted from every record.

    Attributes
    ----------
    id, title : str
    codes : tuple of str
        Codes that answer it; a code stands for itself and all below it.
    one : bool
        Whether a record has one answer, or any number.
    """

    id: str
    title: str
    codes: tuple[str, ...]
    one: bool = True


@dataclass(frozen=True)
class Protocol:
    """What a review set out to do.

    Attributes
    ----------
    title, status, subject : str
        `status` says what kind of sample it is; pages repeat it.
    first_year, last_year : int
        Records outside are taken out before screening.
    searches : mapping of str to mapping
        For each source (file stem): where, what was searched for, when.
    reasons : mapping of str to str
        Reasons for exclusion: id and meaning.
    dimensions : mapping of str to Dimension
        The extraction form.
    """

    title: str
    status: str
    first_year: int
    last_year: int
    subject: str = ""
    searches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)


def load(study: Study) -> Protocol:
    """Read ``literature/protocol.toml``.

    Raises
    ------
    InputError
        With every problem: missing or unknown keys, years that do not fit.
    """
    path = study.input(FILE)
    problems: list[Problem] = []
    unread = "The review's protocol cannot be read."
    node = read_toml(path, FILE, unread, "Write the protocol before the review.")
    top = Fields(node, FILE, "", problems, _KEYS)
    title, status = top.text("title", required=True), top.text("status", required=True)
    first = top.whole("first_year", required=True, least=1500, most=2100)
    last = top.whole("last_year", required=True, least=1500, most=2100)
    if first and last and first > last:
        top.problem("first_year", f"the period is {first} to {last}.", "Give first and last year.")
    searches = {
        name: {key: fields.text(key) for key in fields.node} for name, fields in top.each("search").items()
    }
    exclude = top.within("exclude")
    reasons = {name: exclude.text(name, required=True) for name in exclude.node}
    dimensions = _dimensions(top)
    raise_if(problems, "The review's protocol has problems.")
    assert first
    assert last
    return Protocol(title, status, first, last, top.text("subject"), searches, reasons, dimensions)


def _dimensions(top: Fields) -> dict[str, Dimension]:
    dimensions = {}
    for name, fields in top.each("dimension").items():
        codes = fields.texts("codes")
        if not codes:
            fields.problem("codes", f"dimension {name!r} names no codes.", 'Write codes = ["code.id"].')
        title = fields.text("title") or name
        dimensions[name] = Dimension(name, title, codes, fields.flag("one", True))
    return dimensions


def notes(study: Study) -> dict[str, str]:
    """Own-words notes on what was read, by record id; line ends are LF.

    A record without a note could not be read beyond its title.
    """
    found = {}
    for path in study.inputs(f"{NOTES}/*.md"):
        if path.stem != "README":
            found[path.stem] = reading.data(path).decode("utf-8-sig").replace("\r\n", "\n")
    return found
