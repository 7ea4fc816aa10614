"""What participants do in the log, by group of acts: who does it, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd


def by_participant(study: Study) -> pd.DataFrame:
    """Acts of each participant by the vocabulary's group of acts.

    Parameters
    ----------
    study : Study
        A notebook that calls it declares ``usage_logs/*``.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, then one column a group of acts that participants do (such as looks at a trend),
        with how often; empty where the study has no log.
    """
    import pandas as pd

    from casestudy.usage.log import open_log

    if not study.inputs("usage_logs/events.*"):
        return pd.DataFrame(columns=["participant_id"])
    log = open_log(study)
    groups = {action.id: action.group for action in log.vocabulary.actions}
    acts = log.acts.assign(group=log.acts["action"].map(groups))
    counts = acts.groupby(["participant_id", "group"]).size().unstack(fill_value=0)
    people = log.participants["participant_id"].astype(str).sort_values()
    counts.columns.name = None
    return counts.reindex(people, fill_value=0).rename_axis("participant_id").reset_index()


def shares(table: pd.DataFrame) -> dict[str, float]:
    """Share of participants who do each group of acts at least once, as numbers ``share who GROUP``."""
    groups = [name for name in table.columns if name != "participant_id"]
    return {f"share who {name}": float((table[name] > 0).mean()) for name in groups if len(table)}
