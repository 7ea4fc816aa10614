"""What people talk about: who counts, which schemes carry the talk, and the answer in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casestudy.codebook.codes import Codebook
from casestudy.codebook.denials import Denials, affirming, denied
from casestudy.coding.counts import prevalence
from casestudy.coding.spans import overlap, union
from casestudy.errors import InputError, Problem, nearest
from casestudy.people.documents import TALKS
from casestudy.transcripts.transcript import Transcript
from casestudy.wording import Said, counted, honest

if TYPE_CHECKING:
    import pandas as pd


def asked(
    frame: pd.DataFrame, people: pd.DataFrame, documents: Mapping[str, Transcript], group: str = ""
) -> list[str]:
    """Participants heard in a talk that at least one coder has coded, sorted: the denominator of every share.

    Parameters
    ----------
    frame : pandas.DataFrame
        Codings, from `casestudy.coding.table`.
    people : pandas.DataFrame
        From `casestudy.people.participants`.
    documents : mapping of id to Transcript
        From `casestudy.coding.table.material`: who is heard in which.
    group : str
        Only these participants; empty for all.

    Raises
    ------
    InputError
        When the group does not occur, or nobody is left.
    """
    groups = sorted(people["group"].unique())
    if group and group not in groups:
        problem = Problem("group", f"{group!r} is not a group of the participants.", nearest(group, groups))
        raise InputError("The people cannot be chosen.", [problem])
    known = people[people["group"].eq(group)] if group else people
    talks = {name for name, one in documents.items() if one.kind in TALKS}
    coded = talks & set(frame["document"])
    heard = {who for name in coded for who in documents[name].participants}
    found = sorted(one for one in known["participant_id"] if one in heard)
    if not found:
        problem = Problem(
            "interviews/participants.csv",
            "none of its people has an interview that is coded.",
            "casestudy check says what is missing; casestudy codings add writes codings.",
        )
        raise InputError("Nobody can be counted.", [problem])
    return found


def with_denials(counts: pd.DataFrame, frame: pd.DataFrame, book: Codebook, denials: Denials) -> pd.DataFrame:
    """Add to the counts each code's path, and how many people speak of it only to deny it.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `casestudy.coding.counts.prevalence`.
    frame : pandas.DataFrame
        The codings they were counted from.
    book : Codebook
    denials : mapping of attribute to values
        What the study declares to be denial (`casestudy.codebook.denials.read`).

    Returns
    -------
    pandas.DataFrame
        With ``path`` after ``name`` and ``denied`` after ``people``; missing where the study declares no
        denial, or no coding carries the attribute.
    """
    import pandas as pd

    table = counts.copy()
    table.insert(2, "path", [book.path(code) for code in table["code"]])
    only = pd.Series(pd.NA, index=table.index, dtype="Int64")
    if set(denials) & set(frame.columns):
        alone = frame.assign(hit=denied(frame, denials)).groupby(["code", "who"])["hit"].all()
        heads = alone[alone].groupby(level="code").size()
        only = table["code"].map(heads).fillna(0).astype("Int64")
    table.insert(4, "denied", only)
    return table


def affirmed(
    frame: pd.DataFrame, people: Sequence[str], book: Codebook, denials: Denials, rule: str
) -> dict[str, int]:
    """How many people affirm each code, by one rule for several coders.

    Parameters
    ----------
    frame : pandas.DataFrame
        Codings.
    people : sequence of str
        Who counts.
    book : Codebook
    denials : mapping of attribute to values
    rule : {'any', 'all'}
        Whether one coder's coding is enough, or each coder of the person's documents must have one.

    Returns
    -------
    dict of code to int
    """
    counts = prevalence(affirming(frame, denials), people, book, rule=rule)
    return dict(zip(counts["code"], counts["people"], strict=True))


def by_scheme(
    frame: pd.DataFrame, book: Codebook, documents: Mapping[str, Transcript], people: Sequence[str]
) -> pd.DataFrame:
    """For each scheme: codes in use, codes that occur, people, segments, share of the spoken words covered.

    Returns
    -------
    pandas.DataFrame
        ``scheme, title, codes, occurring, people, of, segments, covered``; `covered` is the share of the
        characters that participants speak which at least one coder coded with the scheme, NaN where
        nobody speaks.
    """
    import pandas as pd

    asked = set(people)
    spans = {
        name: [(turn.speech, turn.end) for turn in one.own_turns if (turn.participant or name) in asked]
        for name, one in documents.items()
    }
    total = sum(end - start for turns in spans.values() for start, end in turns)
    rows = []
    for scheme in sorted(book.schemes):
        inside = frame[frame["scheme"].eq(scheme)]
        distinct = inside.drop_duplicates(["coder", "document", "start", "end", "code"])
        covered = sum(
            overlap(union(list(zip(part["start"], part["end"], strict=True))), spans.get(str(name), []))
            for name, part in inside.groupby("document")
        )
        rows.append(
            {
                "scheme": scheme,
                "title": book.schemes[scheme].title,
                "codes": len(book.in_use(scheme)),
                "occurring": int(inside["code"].nunique()),
                "people": int(inside["who"].nunique()),
                "of": len(people),
                "segments": len(distinct),
                "covered": covered / total if total else math.nan,
            }
        )
    columns = ["scheme", "title", "codes", "occurring", "people", "of", "segments", "covered"]
    return pd.DataFrame(rows, columns=columns)


def summary(
    counts: pd.DataFrame,
    schemes: pd.DataFrame,
    people: int,
    any_coder: Mapping[str, int],
    every_coder: Mapping[str, int],
    status: Mapping[str, str] | None = None,
) -> Said:
    """What people talk about, in one paragraph.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `with_denials`.
    schemes : pandas.DataFrame
        From `by_scheme`.
    people : int
    any_coder, every_coder : mapping of code to int
        People who affirm each code, by both rules for several coders (`affirmed`).
    status : mapping of str to str, optional
        The study's sentences on what its material is; they end the paragraph.
    """
    used = counts[counts["people"] > 0]
    values: dict[str, Any] = {"people": people, "codes in use": len(counts), "codes spoken of": len(used)}
    if used.empty:
        return Said("No interview is coded yet: nothing can be said about what people talk about.", values)
    half = used[used["people"] * 2 >= people]
    ranked = sorted(used["code"], key=lambda code: (-any_coder.get(code, 0), -every_coder.get(code, 0), code))
    paths = dict(zip(used["code"], used["path"], strict=True))
    named = "; ".join(
        f"{paths[code]} ({any_coder.get(code, 0)} of {people}, {every_coder.get(code, 0)} by every coder)"
        for code in ranked[:3]
    )
    widest = schemes.sort_values(["covered", "scheme"], ascending=[False, True]).iloc[0]
    values |= {"codes of half the people or more": len(half), "most people": any_coder.get(ranked[0], 0)}
    values |= {"most people, by every coder": every_coder.get(ranked[0], 0)}
    values |= {"codes never spoken of": len(counts) - len(used)}
    never = counted(len(counts) - len(used), "code")
    text = (
        f"Most people affirm {named}; one coder's coding is enough for the first number. "
        f"Of {len(counts)} codes **{len(used)}** occur in the {people} coded "
        f"interviews, **{len(half)}** of them in at least half; {never} never. "
        f"The scheme that covers most of what is said is *{widest['title']}* ({widest['covered']:.0%} of the "
        "characters that participants speak)."
    )
    return Said(text + honest(status), values)
