"""The case story: what one participant did, as plain text from the log alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudy.errors import InputError, Problem, nearest

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study


def tell(study: Study, participant_id: str, gap_minutes: float = 30.0) -> str:
    """Tell what one participant did.

    Parameters
    ----------
    study : Study
        Its ``usage_logs/`` hold events, participants and vocabulary.
    participant_id : str
        Pseudonym, such as ``p0001``.
    gap_minutes : float
        The longest pause inside a session.

    Returns
    -------
    str
        A heading, one line for each feedback cycle (sessions, events, actions by group), lapses of two or
        more cycles, and every session with its actions in order. It holds acts, not meanings.

    Raises
    ------
    InputError
        When nobody of that name is in the log.
    """
    from casestudy.usage import events as log

    events, participants, _ = log.of_study(study)
    return of_frames(events, participants, participant_id, gap_minutes)


def of_frames(
    events: pd.DataFrame, participants: pd.DataFrame, participant_id: str, gap_minutes: float = 30.0
) -> str:
    """Tell what one participant did, from frames that are read already. See `tell`."""
    from casestudy.usage import quality, sessions

    known = participants["participant_id"].tolist()
    if participant_id not in known:
        problem = Problem(participant_id, "no such participant in the log.", nearest(participant_id, known))
        raise InputError("The story is not clear.", [problem])
    person = participants.set_index("participant_id").loc[participant_id]
    own = events[events["participant_id"] == participant_id].drop_duplicates(quality.SAME_EVENT)
    acts = sessions.with_sessions(own, gap_minutes)
    made = sessions.table(acts)
    end = quality.window_end(events)
    firm = own.loc[own["actor"] == "firm", "action"]
    words = [
        f"{participant_id}: household {person.get('household_id')}, "
        f"registered {person['adopted_on']:%Y-%m-%d}, "
        f"messages {person.get('notified')}, comparison with similar households {person.get('comparison')}, "
        f"interview and log may be joined: {person.get('consent')}.",
        f"{len(made)} sessions, {len(acts)} events, {acts['timestamp'].dt.date.nunique()} days in use.",
        "",
        "By feedback cycle (the cycle begins when the feedback is ready)",
    ]
    if len(firm):
        rounds = sessions.cycles(own, made, str(firm.iloc[0]), end)
        given = own.drop_duplicates("timestamp").set_index("timestamp")["offset"]
        words += _rounds(rounds.assign(offset=rounds["begins"].map(given)), acts)
    words += ["", "Sessions (local time; group of actions)"]
    for row in made.itertuples():
        part = acts[acts["session_id"] == row.session_id]
        local = row.start + _minutes(row.offset)
        steps = [_step(act) for act in part.itertuples()]
        words.append(f"{local:%Y-%m-%d %a %H:%M}  {row.dwell_s // 60:3d} min  " + " > ".join(steps))
    return "\n".join(words) + "\n"


def _rounds(rounds: pd.DataFrame, acts: pd.DataFrame) -> list[str]:
    words = []
    silent = 0
    for row in rounds.itertuples():
        inside = acts[(acts["timestamp"] >= row.begins) & (acts["timestamp"] < row.ends)]
        counts = inside["group"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        listed = ", ".join(f"{group} {count}" for group, count in counts.items() if group != "entry")
        silent = 0 if row.opened else silent + 1
        note = f"  [no session for {silent} cycles]" if silent >= 2 else ""
        local = row.begins + _minutes(row.offset)
        words.append(
            f"{local:%Y-%m-%d}  feedback of {row.period}: {row.sessions:2d} sessions, "
            f"{row.dwell_s // 60:3d} min  {listed}{note}"
        )
    return words


def _step(act: object) -> str:
    target = getattr(act, "target", None)
    named = f"({target.partition(':')[2]})" if isinstance(target, str) and target else ""
    return f"{getattr(act, 'action', '')}{named}"


def _minutes(offset: int) -> pd.Timedelta:
    import pandas as pd

    return pd.Timedelta(minutes=int(offset))


def main() -> int:
    """Print the story of the participants named on the command line."""
    import sys

    from casestudy.errors import CaseStudyError
    from casestudy.study import Study

    try:
        for name in sys.argv[1:]:
            print(tell(Study.find(), name))
    except CaseStudyError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
