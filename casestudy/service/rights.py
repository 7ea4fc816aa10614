"""The participant's rights: write to the researchers, see who looked, take everything, leave."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta

from starlette.responses import Response

from casestudy.errors import CaseStudyError
from casestudy.service import accounts, prepared, pull, records
from casestudy.service.visit import COOKIE, Visit

_DEVICE = timedelta(days=7)


def write(visit: Visit) -> Response:
    """A message to the researchers."""
    return visit.page("write.html.j2", most=records.MOST_TEXT, empty=False)


def send(visit: Visit) -> Response:
    """Keep a message; the same form sent twice is kept once."""
    text = visit.form.get("text", "").strip()[: records.MOST_TEXT]
    if not text:
        return visit.page("write.html.j2", 400, most=records.MOST_TEXT, empty=True)
    with visit.store.changing():
        last = visit.store.row(
            "select text from message where participant = ? order by id desc", visit.me.participant
        )
        if last is None or last["text"] != text:
            records.message(visit.store, visit.me.participant, text)
            visit.record("submit_feedback", form=True)
    return visit.page("said.html.j2", title="write_title", said="written")


def data(visit: Visit) -> Response:
    """What is kept, who looked, another device, and the way out."""
    return _data(visit)


def _data(visit: Visit, status: int = 200, link: str = "", unsure: bool = False) -> Response:
    seen = visit.store.rows(
        "select who, what, at from seen where participant = ? order by id desc limit 200",
        visit.me.participant,
    )
    return visit.page("data.html.j2", status, seen=seen, link=link, unsure=unsure)


def device(visit: Visit) -> Response:
    """A link for another device; it stands on this page only."""
    token = accounts.invite(visit.store, visit.me.participant, _DEVICE)
    link = f"{visit.request.url.scheme}://{visit.request.url.netloc}/in/{token}"
    return _data(visit, link=link)


def download(visit: Visit) -> Response:
    """Everything about the participant in one file: what the service keeps, and the purchases it used."""
    visit.record("export")
    kept = records.everything(visit.store, visit.me.participant)
    night = prepared.read(visit.store, visit.me.household, visit.me.participant)
    if night is not None:
        columns = ["date", "basket_id", "product_id", "description", "quantity", "spend", "grams", "route"]
        kept["purchases"] = prepared.plain_rows(night.receipts.lines[columns])
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    named = {"Content-Disposition": 'attachment; filename="everything-about-me.json"'}
    return Response(text, media_type="application/json", headers=named)


def leave(visit: Visit) -> Response:
    """Erase the account here and in the study's log."""
    if visit.form.get("sure") != "yes":
        return _data(visit, 400, unsure=True)
    records.leave(visit.store, visit.me.participant)
    with suppress(CaseStudyError, OSError):  # where the study is in use, the next pull erases it there
        pull.erase(visit.service.study, visit.store)
    response = visit.page("left.html.j2")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response
