"""How documents were coded and literature was found, counted from the records of the work.

A codebook's version is the number of recorded changes that came before: version 0 is the codebook as it was
before the first change. Giving versions numbers in this way is the workbench's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casestudy.coding.material import Material
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("document", "coder", "codings", "first", "last", "behind")
_TIME = re.compile(r"^\[(\d{1,2}):(\d{2}):(\d{2})\]", re.M)


def versions(found: Material) -> pd.DataFrame:
    """Under which versions of the codebook each document was coded, by coder.

    Returns
    -------
    pandas.DataFrame
        ``document, coder, codings, first, last, behind``: versions at the coder's first and last record, and
        the codes used there that were changed later (their ids, with blanks between; empty when none).
        Documents of a table, such as feedback messages, share one row, named after their kind. Records
        without a time are left out; no rows when there is none.
    """
    import pandas as pd

    events = [event for event in found.events if event.when]
    kinds = dict(zip(found.documents["document"], found.documents["kind"], strict=True))
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for work in found.works:
        kind = kinds.get(work.document, "")
        name = f"feedback: {kind}s" if kind == "message" else work.document
        known = {coding.id: coding.code for coding in work.codings}
        made = [(one.when, known.get(one.id, "")) for one in work.records if one.when]
        groups.setdefault((name, work.coder), []).extend(made)
    rows = []
    for (document, coder), made in sorted(groups.items()):
        if made:
            times = [when for when, _ in made]
            used = {code for _, code in made if code}
            later = {event.code for event in events if event.when > max(times) and event.code in used}
            first, last = (sum(event.when <= when for event in events) for when in (min(times), max(times)))
            rows.append((document, coder, len(made), first, last, " ".join(sorted(later))))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def versions_in_words(table: pd.DataFrame, changes: int) -> str:
    """What the versions say, in sentences; empty without any.

    Examples
    --------
    >>> import pandas as pd
    >>> versions_in_words(pd.DataFrame([("d", "a", 3, 0, 2, "x")], columns=list(COLUMNS)), 4)
    'Versions 0 to 4; coder a worked under 0 to 2. 1 of 1 pieces of work use a code that was changed later.'
    """
    if table.empty:
        return ""
    parts = []
    for coder, mine in table.groupby("coder", sort=True):
        low, high = int(mine["first"].min()), int(mine["last"].max())
        parts.append(f"coder {coder} worked under {low if low == high else f'{low} to {high}'}")
    behind = int(table["behind"].ne("").sum())
    said = f"Versions 0 to {changes}; {', '.join(parts)}."
    return f"{said} {behind} of {len(table)} pieces of work use a code that was changed later."


def lengths(found: Material) -> str:
    """How long documents of each kind are, in words, and how long interviews run by their time marks."""
    documents = found.documents.assign(words=found.documents["text"].str.split().str.len())
    parts = []
    for kind, group in documents.groupby("kind", sort=True):
        words = group["words"]
        spread = (
            f"{int(words.min()):,} to {int(words.max()):,} words, {int(words.median()):,} in the middle case"
        )
        parts.append(f"{len(group)} of kind {kind} ({spread})")
    minutes = sorted(filter(None, (_minutes(text) for text in documents["text"])))
    timed = ""
    if minutes:
        span = f"{minutes[0]:.0f} and {minutes[-1]:.0f} minutes"
        timed = f" Time marks in {len(minutes)} of them end between {span}."
    return f"{'; '.join(parts)}; {int(documents['words'].sum()):,} words together.{timed}" if parts else ""


def _minutes(text: str) -> float:
    """The last time mark of a transcript in minutes; 0 without one."""
    marks = [3600 * int(h) + 60 * int(m) + int(s) for h, m, s in _TIME.findall(text)]
    return max(marks, default=0) / 60


def review(study: Study) -> str:
    """The flow of a literature review in one sentence; empty when the study has none.

    The boxes are those of a PRISMA flow; how much two titles must be alike is the default of
    `casestudy.literature.duplicates.join`.
    """
    from casestudy.literature import duplicates, prisma, protocol, readers, screening

    if not (study.root / "literature" / "protocol.toml").is_file():
        return ""
    plan, records = protocol.load(study), readers.load(study)
    joined = duplicates.join(records)
    screened = screening.load(study, joined.records, plan.reasons)
    flow = prisma.count(records, joined, plan, screened, protocol.notes(study))
    removed = flow.duplicates + flow.no_year + flow.outside
    undecided = flow.undecided + flow.undecided_text
    return (
        f"{sum(flow.identified.values())} records identified in {len(flow.identified)} sources, "
        f"{removed} removed before screening, {flow.screened} screened, {sum(flow.excluded.values())} "
        f"excluded, {flow.sought} reports sought, {flow.not_retrieved} known by title only, {flow.assessed} "
        f"assessed, {sum(flow.excluded_text.values())} excluded, {flow.included} included; "
        f"{undecided} not decided."
    )
