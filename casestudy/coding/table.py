"""Codings as tidy tables with names: one row a coding, and tables of code by participant or document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from casestudy.codebook import history
from casestudy.codebook.codes import Codebook
from casestudy.coding import codings as work
from casestudy.coding.codings import Coding, Work
from casestudy.people import participants, speakers
from casestudy.people.documents import NOTES, TALKS
from casestudy.study import Study
from casestudy.transcripts import transcript
from casestudy.transcripts.transcript import Transcript
from casestudy.transcripts.turn import Turn

if TYPE_CHECKING:
    import pandas as pd

MESSAGES = "interviews/feedback/messages.csv"
COLUMNS = (
    *("coding", "coder", "document", "kind", "who", "participant", "group", "turn", "said_by"),
    *("scheme", "code", "name", "path", "as_coded", "start", "end", "quote", "memo", "when", "by", "placed"),
)


def material(study: Study) -> dict[str, Transcript]:
    """Everything that can be coded: the documents, and each feedback message as a document of its own.

    Each turn says whose words it holds, as the study's files say; see `casestudy.people.speakers.heard`.
    """
    documents = transcript.documents(study) | messages(study)
    return speakers.heard(study, documents, participants.read(study))


def messages(study: Study) -> dict[str, Transcript]:
    """Each feedback message as a document of one turn."""
    found = {}
    for path in study.inputs(MESSAGES):
        for row in transcript.messages(path).to_dict("records"):
            name, text = str(row["message_id"]), str(row["text"])
            found[name] = Transcript(name, text, (Turn(1, "", 0, len(text), 0),), format="message")
    return found


def load(study: Study, coders: Sequence[str] = ()) -> pd.DataFrame:
    """All codings of a study as a tidy table; see `table`.

    Parameters
    ----------
    study : Study
    coders : sequence of str
        Only these; all by default.
    """
    with work.uncollected():
        works = [one for one in work.read(study) if not coders or one.coder in coders]
        return table(works, material(study), history.load(study), participants.read(study))


def table(
    works: Iterable[Work],
    documents: Mapping[str, Transcript],
    book: Codebook,
    people: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Codings as a tidy table.

    Parameters
    ----------
    works : iterable of Work
    documents : mapping of id to Transcript
    book : Codebook
        As it stands now: merged codes are counted for the code they went into.
    people : pandas.DataFrame, optional
        From `casestudy.people.participants.read`.

    Returns
    -------
    pandas.DataFrame
        One row a coding, sorted by document, start, end, code, coder, coding: `COLUMNS`, then one column
        for each attribute that occurs (empty where a coding lacks it). ``kind`` is interview, document or
        message; ``who`` is the participant, or the document where nobody is known; ``said_by`` the
        speaker of the turn that holds most of the span; ``placed`` whether the document holds the quote
        at the span.
    """
    with work.uncollected():
        return _table(works, documents, book, people)


def _table(
    works: Iterable[Work],
    documents: Mapping[str, Transcript],
    book: Codebook,
    people: pd.DataFrame | None,
) -> pd.DataFrame:
    import pandas as pd

    by_document: dict[str, list[Coding]] = {}
    for one in works:
        by_document.setdefault(one.document, []).extend(one.codings)
    rows: list[Coding] = []
    for name in sorted(by_document):
        rows += sorted(by_document[name], key=attrgetter("start", "end", "code", "coder", "id"))
    fields = {"coding": "id", "as_coded": "code"} | {name: name for name in _SAID}
    frame = pd.DataFrame({name: list(map(attrgetter(own), rows)) for name, own in fields.items()})
    frame = frame.astype({"start": "int64", "end": "int64"})
    frame["placed"] = _placed(by_document, rows, documents)
    frame = _coded(frame, book)
    frame = _spoken(frame, documents, people)
    names = sorted({name for one in rows for name in one.attributes})
    for name in names:
        frame[name] = [one.attributes.get(name, "") for one in rows]
    return frame[[*COLUMNS, *(name for name in names if name not in COLUMNS)]]


_SAID = ("coder", "document", "start", "end", "quote", "memo", "when", "by")


def _placed(names: Iterable[str], rows: Sequence[Coding], documents: Mapping[str, Transcript]) -> Any:
    import numpy as np

    texts = {name: documents[name].text if name in documents else "" for name in names}
    found = (texts[one.document][one.start : one.end] == one.quote for one in rows)
    return np.fromiter(found, dtype=bool, count=len(rows))


def _coded(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    import pandas as pd

    numbers, said = pd.factorize(frame["as_coded"])
    now = [book.resolve(code) for code in said]
    known = [book.codes.get(code) for code in now]
    schemes = [one.scheme if one else "" for one in known]
    names = [one.name if one else code for one, code in zip(known, now, strict=True)]
    paths = [book.path(code) for code in now]
    return frame.assign(
        code=_spread(now, numbers).astype(object),
        scheme=_spread(schemes, numbers),
        name=_spread(names, numbers),
        path=_spread(paths, numbers),
    )


def _spread(values: Iterable[str], numbers: Any) -> pd.Series[str]:
    """Texts by their numbers, many times each."""
    import pandas as pd

    return pd.Series(list(values), dtype="str").take(numbers).reset_index(drop=True)


def _spoken(
    frame: pd.DataFrame, documents: Mapping[str, Transcript], people: pd.DataFrame | None
) -> pd.DataFrame:
    """Add turn, speaker, participant, group, kind."""
    import numpy as np
    import pandas as pd

    turn = np.zeros(len(frame), dtype=np.int64)
    said = np.full(len(frame), "", dtype=object)
    speaking = np.full(len(frame), None, dtype=object)  # None: the span lies in no turn
    starts, ends = frame["start"].to_numpy(), frame["end"].to_numpy()
    for name, positions in frame.groupby("document", sort=False).indices.items():
        document = documents.get(str(name))
        if document is None or not document.turns:
            continue
        numbers = _turns(document, starts[positions], ends[positions])
        turn[positions] = numbers
        names_ = np.array(["", *(one.speaker for one in document.turns)], dtype=object)
        said[positions] = names_[numbers]
        whose = [None, *(one.participant if one.role == "participant" else "" for one in document.turns)]
        speaking[positions] = np.array(whose, dtype=object)[numbers]
    numbers, names = pd.factorize(frame["document"])
    roll = directory(documents, people).reindex(list(names)).fillna("")
    alone = _spread(roll["participant"], numbers)
    talk = _spread(roll["kind"], numbers).isin(TALKS).to_numpy()
    participant = [
        only if one is None or (one == "" and not spoken) else one
        for one, only, spoken in zip(speaking, alone, talk, strict=True)
    ]
    who = pd.Series(participant, index=frame.index, dtype=object)
    groups = {} if people is None else dict(zip(people["participant_id"], people["group"], strict=True))
    group = _spread(roll["group"], numbers)
    return frame.assign(
        turn=turn,
        said_by=said,
        kind=_spread(roll["kind"], numbers),
        participant=who,
        who=who.where(who.ne(""), frame["document"]),
        group=who.map(groups).where(who.isin(groups), group),
    )


def _turns(document: Transcript, starts: Any, ends: Any) -> Any:
    """Number of the turn that holds most of each span; 0 for none."""
    import numpy as np

    begin = np.array([one.start for one in document.turns])
    end = np.array([one.end for one in document.turns])
    first = np.searchsorted(begin, starts, side="right") - 1
    last = np.searchsorted(begin, ends - 1, side="right") - 1
    best = first.copy()
    for row in np.flatnonzero(first != last):
        span = np.arange(max(first[row], 0), last[row] + 1)
        share = np.minimum(end[span], ends[row]) - np.maximum(begin[span], starts[row])
        best[row] = span[int(np.argmax(share))]
    held = (best >= 0) & (ends > begin[best]) & (starts < end[best])
    return np.where(held, best + 1, 0)


def directory(documents: Mapping[str, Transcript], people: pd.DataFrame | None = None) -> pd.DataFrame:
    """What each document is: ``kind``, ``participant``, ``group``, ``title``.

    Parameters
    ----------
    documents : mapping of id to Transcript
        With what the study says of them (`casestudy.people.speakers.heard`); else a document that has a
        participant's id is that participant's interview.
    people : pandas.DataFrame, optional
        From `casestudy.people.participants.read`.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``document``, sorted. ``participant`` is empty where nobody in particular or several people
        speak, and for field notes, whoever they are about; ``group`` is that of all who speak, or the kind
        where they are of several groups or nobody.
    """
    import pandas as pd

    groups = {} if people is None else dict(zip(people["participant_id"], people["group"], strict=True))
    rows = []
    for name in sorted(documents):
        document = documents[name]
        mine = document.participants if document.kind else (name,) if name in groups else ()
        mine = () if document.kind == NOTES else mine
        kind = document.kind or ("interview" if mine else "document")
        kind = "message" if document.format == "message" else kind
        theirs = {groups[one] for one in mine if one in groups}
        rows.append(
            {
                "document": name,
                "kind": kind,
                "participant": mine[0] if len(mine) == 1 else "",
                "group": theirs.pop() if len(theirs) == 1 else kind,
                "title": document.title,
            }
        )
    columns = ["document", "kind", "participant", "group", "title"]
    return pd.DataFrame(rows, columns=columns).set_index("document")
