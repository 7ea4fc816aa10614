"""The researcher's pages: who was invited, came, consented and stayed; arms; questions; who saw what."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from casestudy.people.floor import enough
from casestudy.service import accounts, arms, records
from casestudy.service.store import hashed, secret
from casestudy.service.visit import RESEARCHER, Refused, Visit

_STAYED = timedelta(days=28)
_MOST_HOUSEHOLDS = 500
_WHO = "researcher"


def door(visit: Visit) -> Response:
    """Where the key is given."""
    return visit.page("research_key.html.j2")


def give_key(visit: Visit) -> Response:
    """Use the key that was printed at the start: once."""
    service = visit.service
    given = hashed(visit.form.get("key", "").strip())
    if not service.key or not hmac.compare_digest(given, service.key):
        raise Refused("key", 403)
    service.key = ""
    cookie = secret()
    service.researchers[hashed(cookie)] = secret()
    response = visit.to("/research")
    secure = visit.request.url.scheme == "https"
    response.set_cookie(RESEARCHER, cookie, httponly=True, samesite="strict", secure=secure, path="/research")
    return response


def table(visit: Visit) -> list[dict[str, Any]]:
    """A row per account: pseudonym, arm, and when it was invited, came, consented and was last here."""
    rows = visit.store.rows(
        "select a.participant, a.arm, a.invited, a.came, min(c.at) as consented, max(s.seen) as last "
        "from account a left join consent c using (participant) left join session s using (participant) "
        "group by a.participant order by a.participant"
    )
    now = visit.store.clock()
    for row in rows:
        here = row["last"] is not None and now - datetime.fromisoformat(row["last"]) < _STAYED
        row["stayed"] = bool(row["consented"]) and here
    return rows


def home(visit: Visit) -> Response:
    """The flow from invited to stayed, by arm, and the accounts behind it."""
    rows = table(visit)
    records.saw(visit.store, _WHO, "the list of accounts")
    flow = [
        {
            "arm": arm,
            "invited": len(part),
            "came": sum(bool(row["came"]) for row in part),
            "consented": sum(bool(row["consented"]) for row in part),
            "stayed": sum(row["stayed"] for row in part),
        }
        for arm in sorted({row["arm"] for row in rows})
        for part in [[row for row in rows if row["arm"] == arm]]
    ]
    return visit.page(
        "research.html.j2",
        flow=flow,
        rows=rows,
        plan=arms.fingerprint(visit.store),
        frozen=visit.store.meta("plan_frozen"),
        links=[],
    )


def invite(visit: Visit) -> Response:
    """A fresh link for one account; it is shown once."""
    person = visit.form.get("participant", "")
    if not visit.store.row("select 1 from account where participant = ?", person):
        raise Refused("wrong")
    records.saw(visit.store, _WHO, "made a link", person)
    return _links(visit, [(person, accounts.invite(visit.store, person))])


def plan(visit: Visit) -> Response:
    """Draw and freeze the arms of the households listed, and invite them."""
    from casestudy.errors import InputError

    listed = sorted(set(visit.form.get("households", "").split()))
    seed = visit.form.get("seed", "")
    if not listed or len(listed) > _MOST_HOUSEHOLDS or not seed.isdecimal() or len(seed) > 9:
        raise Refused("wrong")
    try:
        drawn = arms.freeze(visit.store, listed, int(seed))
    except InputError as error:
        raise Refused("plan", 409) from error
    people = [accounts.add_account(visit.store, household, drawn[household]) for household in listed]
    return _links(visit, [(person, accounts.invite(visit.store, person)) for person in people])


def _links(visit: Visit, tokens: list[tuple[str, str]]) -> Response:
    base = f"{visit.request.url.scheme}://{visit.request.url.netloc}/in/"
    return visit.page("research_links.html.j2", links=[(person, base + token) for person, token in tokens])


def questions(visit: Visit) -> Response:
    """Answers by choice, where enough people gave one; and messages, each look at which is noted."""
    floor = visit.service.study.floor
    answers = visit.store.rows(
        "select question, choice, count(*) as n, count(distinct participant) as people "
        "from answer group by question, choice order by question, choice"
    )
    for row in answers:
        row["shown"] = enough(row["people"], floor)
    messages = visit.store.rows("select participant, text, at from message order by id desc limit 200")
    for person in sorted({row["participant"] for row in messages}):
        records.saw(visit.store, _WHO, "messages", person)
    return visit.page("research_questions.html.j2", answers=answers, messages=messages, floor=floor)


def seen(visit: Visit) -> Response:
    """Who saw what, for an ethics board."""
    rows = visit.store.rows("select who, what, participant, at from seen order by id desc limit 1000")
    return visit.page("research_seen.html.j2", rows=rows)
