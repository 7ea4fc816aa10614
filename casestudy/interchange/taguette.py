"""Taguette projects: one SQLite file; highlights count UTF-8 bytes over the text of HTML without its tags."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from casestudy.interchange.account import Account
from casestudy.interchange.conventions import Convention, Written
from casestudy.interchange.databases import Database, opened, text, whole
from casestudy.interchange.evidence import quotes
from casestudy.interchange.packed import refused
from casestudy.interchange.project import Code, Coder, Coding, Document, Note, Project, guid_of
from casestudy.interchange.refi_parts import NOBODY, told
from casestudy.interchange.refi_read import Reading

BYTES = Convention("bytes", 2)
_BLOCKS = frozenset(
    ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "blockquote", "pre", "br", "ul", "ol")
)


@dataclass(frozen=True)
class Page:
    """The text of a page without tags, and where a line end was put so that paragraphs stay apart."""

    raw: str
    cuts: tuple[int, ...]

    @property
    def text(self) -> str:
        """The text with those line ends."""
        parts, last = [], 0
        for cut in self.cuts:
            parts.append(self.raw[last:cut])
            last = cut
        return "\n".join([*parts, self.raw[last:]])

    def place(self, position: int, end: bool = False) -> int:
        """A position of the raw text in the text with line ends."""
        return position + bisect_right(self.cuts, position - 1 if end else position)


class _Pages(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.length = 0
        self.cuts: list[int] = []
        self._breaks = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._breaks |= tag in _BLOCKS

    def handle_endtag(self, tag: str) -> None:
        self._breaks |= tag in _BLOCKS

    def handle_data(self, data: str) -> None:
        if self._breaks and self.length and data.strip() and not "".join(self.parts[-1:]).endswith("\n"):
            self.cuts.append(self.length)
        if data.strip():
            self._breaks = False
        self.parts.append(data)
        self.length += len(data)


def page(contents: str) -> Page:
    """The text of a document's HTML.

    Examples
    --------
    >>> made = page("<p>One</p><p>two <b>three</b></p>")
    >>> made.raw, made.text, made.text[made.place(3) : made.place(6, True)]
    ('Onetwo three', 'One\\ntwo three', 'two')
    """
    parser = _Pages()
    parser.feed(contents.replace("\r\n", "\n").replace("\r", "\n"))
    parser.close()
    return Page("".join(parser.parts), tuple(parser.cuts))


def read(path: Path) -> Reading:
    """Read a project.

    Raises
    ------
    InputError
        When it is not a Taguette project, or holds several.
    """
    with opened(path, "projects", "documents", "highlights", "tags") as data:
        projects = data.all("projects")
        if len(projects) != 1:
            found = f"it holds {len(projects)} projects."
            raise refused(path.name, found, "Export one project from Taguette as .sqlite3.")
        return _read(data, projects[0])


def _read(data: Database, row: dict[str, object]) -> Reading:
    account = Account()
    name = text(row["name"])

    def own(kind: str, *parts: object) -> str:
        return guid_of("taguette", name, kind, *map(str, parts))

    codes = {
        whole(one["id"]): Code(
            own("tag", text(one["path"])), text(one["path"]), description=text(one["description"])
        )
        for one in data.all("tags")
    }
    pages = {whole(one["id"]): page(text(one["contents"])) for one in data.all("documents")}
    documents = {
        whole(one["id"]): Document(
            own("document", text(one["name"])),
            text(one["name"]),
            pages[whole(one["id"])].text.lstrip("\ufeff"),
            description=text(one.get("description")),
        )
        for one in data.all("documents")
    }
    for document in documents.values():
        account.add("document", document.guid, document.name, "kept")
    who = _who(data)
    tagged: dict[int, list[int]] = {}
    for one in data.all("highlight_tags"):
        tagged.setdefault(whole(one["highlight_id"]), []).append(whole(one["tag_id"]))
    coders: dict[str, str] = {}
    codings, notes = [], []
    written = {number: Written(made.raw) for number, made in pages.items()}
    for one in data.all("highlights"):
        number, of = whole(one["id"]), whole(one["document_id"])
        identity = own("highlight", of, one["start_offset"], one["end_offset"])
        if of not in documents:
            account.add("highlight", identity, "", "not kept", "its document is not there")
            continue
        starts, ends = written[of].positions(BYTES, [whole(one["start_offset"])], [whole(one["end_offset"])])
        if not 0 <= starts[0] < ends[0]:
            why = f"it selects nothing of the text ({one['start_offset']} to {one['end_offset']})"
            account.add("highlight", identity, "", "not kept", why)
            continue
        start, end = pages[of].place(starts[0]), pages[of].place(ends[0], True)
        quote = documents[of].text[start:end]
        proved = _proves(text(one.get("snippet")), quote)
        login, moment = who.get(number, ("", ""))
        coder = coders.setdefault(login, own("coder", login)) if login else NOBODY
        for tag in tagged.get(number, []):
            guid = guid_of("taguette", identity, codes[tag].guid)
            codings.append(
                Coding(
                    guid,
                    documents[of].guid,
                    codes[tag].guid,
                    start,
                    end,
                    quote,
                    coder,
                    moment,
                    standing="exact" if proved else "placed",
                )
            )
            if proved or not one.get("snippet"):
                account.add("coding", guid, quote[:60], "kept")
            else:
                account.add("coding", guid, quote[:60], "changed", "its snippet has other words")
        if not tagged.get(number):
            notes.append(
                Note(identity, "", "highlight without a tag", coder, moment, documents[of].guid, start, end)
            )
            account.add("highlight", identity, quote[:60], "kept beside", "it has no tag")
    people = [Coder(guid, login) for login, guid in coders.items()]
    if any(coding.coder == NOBODY for coding in codings):
        people.append(Coder(NOBODY, ""))
    project = Project(
        name,
        "Taguette",
        text(row.get("description")),
        tuple(people),
        tuple(codes.values()),
        documents=tuple(documents.values()),
        codings=tuple(codings),
        notes=tuple(notes),
    )
    told(project, account)
    return Reading(project, account)


def _who(data: Database) -> dict[int, tuple[str, str]]:
    """By highlight, who made it and when, as far as the log of commands still says."""
    found = {}
    for row in data.all("commands"):
        try:
            payload = json.loads(text(row["payload"]))
        except ValueError:
            continue
        if isinstance(payload, dict) and payload.get("type") == "highlight_add":
            moment = re.match(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)", text(row["date"]))
            found[whole(payload.get("highlight_id"))] = (
                text(row["user_login"]),
                f"{moment[1]}T{moment[2]}Z" if moment else "",
            )
    return found


def _proves(snippet: str, quote: str) -> bool:
    """Whether a stored snippet, which is HTML, has the words of a highlight."""
    return bool(snippet) and quotes("".join(page(snippet).raw.split()), "".join(quote.split()))
