"""Which column of somebody's table is which field: by its heading, by `--map`, or by asking."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from casestudy.errors import InputError, Problem, nearest
from casestudy.people.participants import SCHEMA

# Asks a person which of some headings is meant; gives one of them, or nothing.
Ask = Callable[[str, Sequence[str]], str]

NAME = "name"  # a person's name in transcripts, beside a pseudonym: used to find speakers, and not kept
PERSON_FIELDS: tuple[str, ...] = (*SCHEMA.names, NAME)
CODE_FIELDS: tuple[str, ...] = ("code", "label", "parent", "definition", "include", "exclude", "examples")


def folded(heading: str) -> str:
    """A heading as it is compared: words alone, without numbering before and brackets behind.

    Examples
    --------
    >>> folded("Q3. How old are you? (years)"), folded("Participant_ID"), folded("3) Role*")
    ('how old are you', 'participant id', 'role')
    """
    plain = unicodedata.normalize("NFC", heading).casefold()
    plain = re.sub(r"^\s*(?:q(?:uestion)?\s*)?\d+\s*[.):]\s*", "", plain)
    plain = re.sub(r"[(\[][^)\]]*[)\]]\s*[?:*]*\s*$", "", plain)
    return " ".join(re.findall(r"[^\W_]+", plain))


@cache
def _words(fields: tuple[str, ...]) -> Mapping[str, str]:
    """The field of each heading that is known."""
    phrases = tomllib.loads((Path(__file__).with_name("headings.toml")).read_text(encoding="utf-8"))
    kind = "code" if fields == CODE_FIELDS else "person"
    return {folded(phrase): field for field, several in phrases[kind].items() for phrase in several}


def fields_named(headings: Iterable[str], fields: tuple[str, ...]) -> set[str]:
    """The fields that some cells name, were they headings."""
    words = _words(fields)
    return {words[name] for name in map(folded, headings) if name in words}


def stated(given: Sequence[str]) -> dict[str, str]:
    """What ``--map`` says: heading by field's name, such as ``Shop=group``.

    Raises
    ------
    InputError
        When an entry is not ``HEADING=FIELD`` with a known field; headings may hold ``=``.

    Examples
    --------
    >>> stated(["Kind of shop=group"])
    {'kind of shop': 'group'}
    """
    known = dict.fromkeys((*PERSON_FIELDS, *CODE_FIELDS))
    chosen: dict[str, str] = {}
    problems = []
    for entry in given:
        heading, equals, field = entry.rpartition("=")
        if not equals or not heading.strip():
            problems.append(
                Problem(f"--map {entry!r}", "it does not say which field.", "Write HEADING=FIELD.")
            )
        elif field.strip() not in known:
            remedy = nearest(field.strip(), known) or f"Fields are {', '.join(known)}."
            problems.append(Problem(f"--map {entry!r}", f"{field.strip()!r} is not a field.", remedy))
        else:
            chosen[folded(heading) or heading.strip()] = field.strip()
    if problems:
        raise InputError("Nothing was brought.", problems)
    return chosen


def matched(
    headings: Sequence[str],
    fields: tuple[str, ...],
    chosen: Mapping[str, str],
    where: str,
    ask: Ask | None = None,
    required: Sequence[str] = (),
) -> tuple[dict[str, str], list[Problem]]:
    """Which heading is which field.

    Parameters
    ----------
    headings : sequence of str
    fields : sequence of str
        `PERSON_FIELDS` or `CODE_FIELDS`.
    chosen : mapping of str to str
        From `stated`; stands before everything else.
    where : str
        How to call the table.
    ask : callable, optional
        Asks a person where two columns could be one field, or a required one is not found.
    required : sequence of str

    Returns
    -------
    (dict of str to str, list of Problem)
        Heading by field; and a problem where it is not clear and nobody could be asked.

    Examples
    --------
    >>> matched(["Nr", "How old are you?"], PERSON_FIELDS, {"nr": "participant_id"}, "t")[0]
    {'participant_id': 'Nr', 'age': 'How old are you?'}
    """
    words = _words(fields)
    candidates: dict[str, list[str]] = {}
    found: dict[str, str] = {}
    for heading in headings:
        name = folded(heading)
        if (field := chosen.get(name or heading)) in fields and field is not None:
            found[field] = heading
        elif name in words and name not in chosen:
            candidates.setdefault(words[name], []).append(heading)
    problems = []
    for field in fields:
        # A heading that is the field's own name stands before others that mean the same.
        several = candidates.get(field, [])
        exact = [heading for heading in several if folded(heading) == folded(field)]
        several = exact or several
        if field in found or (not several and field not in required):
            continue
        if len(several) == 1:
            found[field] = several[0]
            continue
        free = several or [heading for heading in headings if heading not in found.values()]
        answer = ask(f"{where}: which column is {_meaning(field)}?", free) if ask else ""
        if answer:
            found[field] = answer
            continue
        shown = ", ".join(repr(heading[:40]) for heading in free[:12])
        problem = f"several columns could be {_meaning(field)}: {shown}."
        if not several:
            problem = f"no column is {_meaning(field)}; its columns are {shown}."
        problems.append(Problem(where, problem, f"Say which: --map '{free[0] if free else 'X'}={field}'."))
    return found, problems


def _meaning(field: str) -> str:
    if field == NAME:
        return "the person's name"
    return next((one.meaning for one in SCHEMA.columns if one.name == field), f"the {field}")
