"""The participant's pages: invitation, consent, figures down to the receipt line, goals, swaps, others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from casestudy.service import accounts, figures, prepared, records
from casestudy.service.visit import COOKIE, Refused, Visit

Handler = Callable[[Visit], Response]
_LARGEST_GOAL = 100_000
_HEAVIEST = 50_000.0
_ASK_AFTER = 5
_ASK_AGAIN = timedelta(days=7)
_CHOICES = ("yes", "partly", "no")
QUESTION = "useful"


def start(visit: Visit) -> Response:
    """The front door: on to the figures for whoever is signed in."""
    return visit.to("/month") if visit.session else visit.page("welcome.html.j2")


def invitation(visit: Visit) -> Response:
    """The page of an invitation; looking at it, as a mail program does, uses nothing up."""
    why = accounts.refusal(visit.store, visit.part("token"))
    if why:
        raise Refused(why, 410)
    return visit.page("invited.html.j2")


def come_in(visit: Visit) -> Response:
    """Use an invitation; whoever was signed in on this computer no longer is."""
    entered = accounts.enter(visit.store, visit.part("token"))
    if not isinstance(entered, accounts.Session):
        raise Refused(entered, 410)
    if visit.session:
        accounts.end(visit.store, visit.session)
    response = visit.to("/month")
    response.set_cookie(
        COOKIE,
        entered.token,
        max_age=int(accounts.IDLE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return response


def sign_out(visit: Visit) -> Response:
    """End the session."""
    accounts.end(visit.store, visit.me)
    response = visit.to("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def set_language(visit: Visit) -> Response:
    """Read the pages in another language."""
    language = visit.form.get("language", "")
    if language not in ("en", "fi"):
        raise Refused("wrong")
    accounts.set_language(visit.store, visit.me.participant, language)
    return visit.to("/month")


def consent(visit: Visit) -> Response:
    """What is agreed to."""
    held = accounts.consent_of(visit.store, visit.me.participant)
    return visit.page("consent.html.j2", version=accounts.VERSION, held=held, needed=False)


def agree(visit: Visit) -> Response:
    """Keep a consent; without the use of purchases nothing is kept."""
    ticked = {name: visit.form.get(name) == "yes" for name in ("use", "log", "joined", "notified")}
    if not ticked["use"]:
        return visit.page("consent.html.j2", 400, version=accounts.VERSION, held=None, needed=True)
    first = accounts.agree(
        visit.store,
        visit.me.participant,
        log=ticked["log"],
        joined=ticked["joined"],
        notified=ticked["notified"],
    )
    if first:
        visit.record("register", form=True)
    return visit.to("/month")


def _month(visit: Visit) -> tuple[str, tuple[str, ...]]:
    """The month asked for, or the last that is over; and all that are over."""
    _, months = prepared.mark(visit.store, visit.me.participant)
    now = prepared.month_now(months, visit.store.now())
    over = tuple(month for month in months if month <= now)
    asked = visit.asked("month")
    if asked and asked not in over:
        raise Refused("missing", 404)
    return asked or now, over


def _view(visit: Visit) -> figures.View:
    month, _ = _month(visit)
    found = figures.view(
        visit.store,
        visit.service.study,
        visit.service.groups,
        (visit.me.participant, visit.me.household),
        month,
        visit.service.profile,
    )
    if found is None:
        raise _NotReady
    return found


class _NotReady(Refused):
    def __init__(self) -> None:
        super().__init__("missing", 404)


def month(visit: Visit) -> Response:
    """My month and the rolling three months beside the recommendation."""
    _, over = _month(visit)
    try:
        view = _view(visit)
    except _NotReady:
        return visit.page("not_ready.html.j2")
    prepared_month = visit.asked("from") == "message"
    if prepared_month:
        visit.record("open_notification", period=view["month"])
    visit.record("view_summary", "page:start", view["month"])
    names = {row["measure"] for row in view["nutrients"] if row["position"] != "not judged"}
    return visit.page("month.html.j2", view=view, over=over, judged=names, question=_asks(visit))


def _asks(visit: Visit) -> bool:
    """Whether to ask the question: after some looks since the last coming in, and not every day."""
    person = visit.me.participant
    looks = visit.store.row(
        "select count(*) as n from event where participant = ? and id > coalesce((select max(id) from event "
        "where participant = ? and action in ('login', 'register')), 0)",
        person,
        person,
    )
    last = visit.store.row("select max(at) as at from answer where participant = ?", person)
    if last and last["at"] and visit.store.clock() - datetime.fromisoformat(last["at"]) < _ASK_AGAIN:
        return False
    return bool(looks and looks["n"] > _ASK_AFTER)


def answer(visit: Visit) -> Response:
    """Keep an answer; a second one to the same showing is not kept."""
    choice = visit.form.get("choice", "")
    if choice not in _CHOICES:
        raise Refused("wrong")
    with visit.store.changing():
        if _asks(visit):
            records.answer(visit.store, visit.me.participant, QUESTION, choice)
    return visit.page("said.html.j2", title="question_title", said="thanks")


def trend(visit: Visit) -> Response:
    """One measure over the months."""
    view, measure = _view(visit), visit.part("measure")
    rows = [row for row in view["trend"] if row["measure"] == measure and row["month"] <= view["month"]]
    if not rows:
        raise Refused("missing", 404)
    visit.record("view_trend", f"nutrient:{measure}", view["month"])
    return visit.page("trend.html.j2", rows=rows, view=view)


def nutrient(visit: Visit) -> Response:
    """What a nutrient came from: food groups, and the products of each."""
    view, name = _view(visit), visit.part("nutrient")
    rows = [row for row in view["contributions"] if row["nutrient"] == name]
    if name not in {each[0] for each in view["nutrient_ids"]}:
        raise Refused("missing", 404)
    visit.record("drill_down", f"nutrient:{name}", view["month"])
    return visit.page("nutrient.html.j2", rows=[row for row in rows if row["amount"]], view=view)


def group(visit: Visit) -> Response:
    """The products of a food group, with one nutrient."""
    view, name, group = _view(visit), visit.part("nutrient"), visit.part("group")
    items = [row for row in view["items"] if row["group"] == group]
    units = {each[0]: each for each in view["nutrient_ids"]}
    if not items or name not in units:
        raise Refused("missing", 404)
    items.sort(key=lambda row: -(row[name] or 0))
    visit.record("drill_down", f"nutrient:{name}", view["month"])
    return visit.page("group.html.j2", items=items, nutrient=units[name], view=view)


def product(visit: Visit) -> Response:
    """The receipt lines of a product, each with what can be corrected."""
    view, product_id = _view(visit), visit.part("product")
    lines = [row for row in view["lines"] if row["product_id"] == product_id]
    lines += [row for row in view["corrected"] if row["product_id"] == product_id and row not in lines]
    ids: dict[str, dict[str, Any]] = {}
    for row in lines:
        ids.setdefault(row["line"], row)
    if not ids:
        raise Refused("missing", 404)
    changed = {row["line"]: row for row in view["corrected"]}
    visit.record("view_item", f"item:{product_id}", view["month"])
    groups = visit.service.groups.groups[["group", "name"]].sort_values("name").to_dict("records")
    return visit.page("product.html.j2", lines=list(ids.values()), changed=changed, groups=groups, view=view)


def correct(visit: Visit) -> Response:
    """Keep a correction of one of the household's own lines."""
    line, kind, value = (visit.form.get(name, "") for name in ("line", "kind", "value"))
    night = prepared.read(visit.store, visit.me.household, visit.me.participant)
    if night is None:
        raise Refused("missing", 404)
    lines = night.receipts.lines.set_index("line")
    if line not in lines.index:
        raise Refused("missing", 404)
    product_id = str(lines.loc[line, "product_id"])
    if kind == "take back":
        records.correct(visit.store, visit.me.participant, line, None)
        return visit.to("/corrections")
    if kind not in records.KINDS or not _fits(visit, kind, value):
        raise Refused("wrong")
    records.correct(
        visit.store, visit.me.participant, line, kind, value if kind in ("weight", "group") else ""
    )
    action = "correct_item" if kind in ("weight", "group") else "exclude_item"
    visit.record(action, f"item:{product_id}", str(lines.loc[line, "month"]), form=True)
    return visit.to("/corrections")


def _fits(visit: Visit, kind: str, value: str) -> bool:
    if kind == "weight":
        grams = _number(value)
        return grams is not None and 0 < grams <= _HEAVIEST
    return kind != "group" or value in set(visit.service.groups.groups["group"])


def corrections(visit: Visit) -> Response:
    """The corrections made, each with a way back."""
    night = prepared.read(visit.store, visit.me.household, visit.me.participant)
    if night is None:
        return visit.page("not_ready.html.j2")
    lines = night.receipts.lines.set_index("line")
    rows = [
        row | {key: str(lines.loc[row["line"], key]) for key in ("date", "description", "product_id")}
        for row in records.corrections(visit.store, visit.me.participant)
        if row["line"] in lines.index
    ]
    return visit.page("corrections.html.j2", rows=rows)


def goals(visit: Visit) -> Response:
    """Own goals beside the recommendation."""
    view = _view(visit)
    held = records.goals(visit.store, visit.me.participant)
    for measure in held:
        visit.record("view_goal", f"nutrient:{measure}", view["month"])
    return visit.page("goals.html.j2", view=view, held=held, wrong=False)


def _number(text: str) -> float | None:
    """A number as people write it, with a point or a comma; None where it is none."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def set_goal(visit: Visit) -> Response:
    """Set, change or take away a goal of one measure."""
    view, measure = _view(visit), visit.form.get("measure", "")
    if measure not in {row["measure"] for row in view["nutrients"]}:
        raise Refused("wrong")
    texts = [visit.form.get(side, "").strip() for side in ("low", "high")]
    low, high = (_number(text) if text else None for text in texts)
    wrong = any(text and value is None for text, value in zip(texts, (low, high), strict=True))
    wrong = wrong or any(value is not None and not 0 <= value <= _LARGEST_GOAL for value in (low, high))
    if wrong or (low is not None and high is not None and low > high):
        held = records.goals(visit.store, visit.me.participant)
        return visit.page("goals.html.j2", 400, view=view, held=held, wrong=True)
    before = records.set_goal(visit.store, visit.me.participant, measure, low, high)
    visit.record("edit_goal" if before else "set_goal", f"nutrient:{measure}", view["month"], form=True)
    return visit.to("/goals")


def swaps(visit: Visit) -> Response:
    """Swaps: which way, how much, and what else changes."""
    view = _view(visit)
    spent: dict[str, float] = {}
    for row in view["items"]:
        spent[row["group_name"]] = spent.get(row["group_name"], 0.0) + row["spend"]
    return visit.page("swaps.html.j2", view=view, spent=spent)


def accept_swap(visit: Visit) -> Response:
    """Note that a swap will be tried."""
    view, number = _view(visit), visit.form.get("number", "")
    if number not in {str(row["number"]) for row in view["swaps"]}:
        raise Refused("wrong")
    visit.record("accept_swap", f"item:{number}", view["month"], form=True)
    return visit.page("said.html.j2", title="swaps_title", said="accepted")


def others(visit: Visit) -> Response:
    """Similar households, where the lot gave it; quartiles only of as many as the study's floor."""
    if visit.me.arm != "comparison":
        return visit.page("others.html.j2", rows=[], drawn=False, floor=visit.service.study.floor)
    view = _view(visit)
    rows = [row for row in view["comparison"] if row["median"] is not None]
    visit.record("compare_peer", "page:others", view["month"])
    return visit.page("others.html.j2", rows=rows, drawn=True, floor=visit.service.study.floor)
