"""The framework: all perspectives joined, themes sized by their evidence, lines that are tested relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.evidence import lines
from casestudy.evidence.registers import table as claims_table
from casestudy.evidence.status import STATUSES, Verdict
from casestudy.mixed.presence import who_has
from casestudy.perspectives import sides
from casestudy.perspectives.sides import Result, listed
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd


def tables(found: Material, verdicts: Sequence[Verdict]) -> Result:
    """Everything that the framework joins.

    Parameters
    ----------
    found : Material
    verdicts : sequence of Verdict
        From `casestudy.evidence.status.evaluate`.

    Returns
    -------
    Result
        Tables: ``themes`` (every theme of every perspective: people, of, share, sources, how many claims
        rest on it and with which status); ``claims``; ``links`` (tested lines between themes); ``touches``
        (each such notebook with the themes and perspectives that it bears on); ``questions`` (claims and
        their statuses by research question); ``meets`` (how many people or documents voice both of two
        themes of different perspectives).
    """
    claims = claims_table(verdicts)
    themes = _themes(found, claims)
    gaps = list(found.gaps)
    if claims.empty:
        gaps.append("The study makes no claims yet: evidence/claims.yaml is not there or empty.")
    empty = list(themes.loc[themes["people"] == 0, "name"]) if len(themes) else []
    if empty:
        gaps.append(f"Nothing is coded under {listed(empty)}.")
    behind = notebooks(found, verdicts)
    made = {
        "themes": themes,
        "claims": claims,
        "links": links(found),
        "touches": touches(found, verdicts, behind),
        "questions": questions(found, claims),
        "meets": meets(found),
    }
    return Result("framework", "the framework", made, tuple(gaps), sides.names(found))


def _themes(found: Material, claims: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    frames = []
    for side in found.framework.perspectives:
        table = sides.themes(found, side.id).assign(perspective=side.id, perspective_name=side.name)
        frames.append(table.assign(question=side.question))
    columns = [
        "perspective",
        "perspective_name",
        "question",
        "id",
        "name",
        "people",
        "of",
        "share",
        "low",
        "high",
    ]
    columns += ["codings", "contrary", "idea"]
    whole = pd.concat(frames)[columns].reset_index(drop=True) if frames else pd.DataFrame(columns=columns)
    whole["claims"] = [int(claims["theme"].eq(theme).sum()) for theme in whole["id"]]
    for status in STATUSES:
        held = claims[claims["status"].eq(status)]
        whole[status] = [int(held["theme"].eq(theme).sum()) for theme in whole["id"]]
    return whole


def notebooks(found: Material, verdicts: Sequence[Verdict]) -> dict[str, tuple[str, ...]]:
    """For each claim, the notebooks whose numbers it rests on or was searched in for the contrary."""
    behind = {}
    for verdict in verdicts:
        items = (*verdict.claim.evidence, *verdict.claim.contrary)
        measures = [found.framework.measure(item.measure) for item in items if item.kind == "measure"]
        behind[verdict.claim.id] = tuple(sorted({one.notebook for one in measures if one}))
    return behind


def links(found: Material) -> pd.DataFrame:
    """The lines between themes, numbered, with what their tests say: see `casestudy.evidence.lines.table`."""
    table = lines.table(lines.evaluate(found))
    return table.assign(line=[f"L{number}" for number in range(1, len(table) + 1)])


def touches(
    found: Material, verdicts: Sequence[Verdict], behind: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Where notebooks touch the perspectives: through the claims that rest on their numbers.

    Returns
    -------
    pandas.DataFrame
        ``notebook, claims, theme_id, themes, perspectives``: one row a notebook; themes are those of its
        claims and those that a claim links.
    """
    import pandas as pd

    declared = {theme.id: theme for theme in found.framework.themes}
    reached: dict[str, tuple[list[str], set[str]]] = {}
    for verdict in verdicts:
        claim = verdict.claim
        ends = {end for one in found.framework.links if one.claim == claim.id for end in (one.start, one.end)}
        for notebook in behind.get(claim.id, ()):
            held = reached.setdefault(notebook, ([], set()))
            held[0].append(claim.id)
            held[1].update(({claim.theme} | ends) & set(declared))
    rows = []
    for notebook, (claims, ids) in sorted(reached.items()):
        mine = [theme for theme in declared.values() if theme.id in ids]
        named = {one.id: one.name for one in found.framework.perspectives}
        rows.append(
            {
                "notebook": notebook,
                "claims": " ".join(claims),
                "theme_id": " ".join(theme.id for theme in mine),
                "themes": listed(theme.name for theme in mine),
                "perspectives": listed(dict.fromkeys(named[theme.perspective] for theme in mine)),
            }
        )
    return pd.DataFrame(rows, columns=["notebook", "claims", "theme_id", "themes", "perspectives"])


def questions(found: Material, claims: pd.DataFrame) -> pd.DataFrame:
    """Research questions with how many claims answer them, by status."""
    import pandas as pd

    rows = []
    for question in found.study.questions:
        mine = claims[claims["question"].eq(question.id)]
        counts = {status: int(mine["status"].eq(status).sum()) for status in STATUSES}
        rows.append({"question": question.id, "text": question.text, "claims": len(mine), **counts})
    return pd.DataFrame(rows, columns=["question", "text", "claims", *STATUSES])


def meets(found: Material) -> pd.DataFrame:
    """Themes of different perspectives in the same mouths: ``one, other, people`` who voice both."""
    import pandas as pd

    rule = found.framework.rule
    themes = found.framework.themes
    voices = {
        theme.id: set(who_has(replace(theme.pick, groups=()), found.words, found.parents, rule))
        for theme in themes
    }
    rows = [
        {"one": one.id, "other": other.id, "people": len(voices[one.id] & voices[other.id])}
        for position, one in enumerate(themes)
        for other in themes[position + 1 :]
        if one.perspective != other.perspective and voices[one.id] & voices[other.id]
    ]
    return pd.DataFrame(rows, columns=["one", "other", "people"])


def answer(result: Result) -> tuple[str, dict[str, Any]]:
    """The framework's answer in one paragraph, with the numbers in it."""
    themes, claims, carried = result["themes"], result["claims"], result["links"]
    sides_ = listed(dict.fromkeys(themes["perspective_name"])) if len(themes) else "no perspective"
    counts = {status: int(claims["status"].eq(status).sum()) for status in STATUSES}
    said = listed(f"{count} {status}" for status, count in counts.items() if count)
    parts = [
        f"The framework joins {sides_} by {counted(len(themes), 'theme')} and "
        f"{counted(len(carried), 'line')}. "
        f"Of {counted(len(claims), 'claim')}, {said if len(claims) else 'none can be judged'}. "
        f"{lines.summary(carried)}"
    ]
    held = carried[carried["status"].eq(lines.HOLDS)]
    parts += [f"What holds: {'; '.join(held['sentence'])}."] if len(held) else []
    values: dict[str, Any] = {"themes": len(themes), "claims": len(claims), "links": len(carried)} | counts
    values |= {f"lines {one}": int(carried["status"].eq(one).sum()) for one in lines.STATUSES}
    return " ".join([*parts, *result.gaps]), values
