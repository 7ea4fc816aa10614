"""The participant's and the researcher's pages: the whole path, and that each household is alone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from service_world import KEY, World, forms, post

from casestudy.service import accounts, records
from casestudy.service.app import PAGES, application
from casestudy.service.safety import HEADERS, LARGEST, Rates
from casestudy.service.wordings import words


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "study")


def links(text: str) -> list[str]:
    return re.findall(r'href="(/[^"]+)"', text)


def reached(browser, most: int = 60) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """Pages that a person reaches by links from the first one."""
    pages: dict[str, str] = {}
    waiting = ["/month"]
    while waiting and len(pages) < most:
        link = waiting.pop(0)
        if link in pages or link == "/style.css":
            continue
        answer = browser.get(link)
        assert answer.status_code == 200, link
        pages[link] = answer.text
        waiting += links(answer.text) if answer.headers["content-type"].startswith("text/html") else []
    return pages


def value_of(world: World, browser, measure: str = "fat_energy_percent") -> str:  # type: ignore[no-untyped-def]
    return re.findall(rf'/trend/{measure}\?.*?<td class="n">([^<]*)</td>', browser.get("/month").text)[1]


def test_the_path_from_invitation_to_receipt_line(world: World) -> None:
    browser = world.browser()
    token = accounts.invite(world.store, world.people[0])
    assert "You are invited" in browser.get(f"/in/{token}").text
    assert browser.get(f"/in/{token}").status_code == 200  # looking uses nothing up
    came = browser.post(f"/in/{token}")
    assert "What you agree to" in came.text
    assert "nothing to show" in post(browser, "/consent", log="yes").text
    assert "My food in June 2017" in post(browser, "/consent", use="yes", log="yes").text
    page = browser.get("/month").text
    assert "of your food spending is behind these figures" in page
    down = browser.get("/nutrient/sfa_g").text
    group = next(link for link in links(down) if link.startswith("/nutrient/sfa_g/"))
    product = next(link for link in links(browser.get(group).text) if link.startswith("/product/"))
    assert "Receipt lines of" in browser.get(product).text
    events = [row["action"] for row in world.store.rows("select action from event order by id")]
    assert events == ["register", "view_summary", "view_summary", "drill_down", "drill_down", "view_item"]


def test_a_correction_changes_the_figures_at_once_and_can_be_taken_back(world: World) -> None:
    browser = world.enter(world.people[0])
    before = value_of(world, browser)
    down = browser.get("/nutrient/fat_g").text
    group = next(link for link in links(down) if link.startswith("/nutrient/fat_g/"))
    product = next(link for link in links(browser.get(group).text) if link.startswith("/product/"))
    lines = re.findall(r'name="line" value="(\w+)"', browser.get(product).text)
    kept = world.store.row("select mark from prepared where participant = ?", world.people[0])
    assert post(browser, "/line", line=lines[0], kind="weight", value="40000").status_code == 200
    changed = value_of(world, browser)
    assert changed != before
    assert post(browser, "/line", line=lines[0], kind="not ours").status_code == 200
    assert value_of(world, browser) not in (before, changed)
    assert world.store.row("select mark from prepared where participant = ?", world.people[0]) == kept
    assert "Not ours" in browser.get("/corrections").text
    assert post(browser, "/line", line=lines[0], kind="take back").status_code == 200
    assert value_of(world, browser) == before


@pytest.mark.parametrize("value", ["-1", "0", "nan", "inf", "1e999", "many", "", "50001"])
def test_an_impossible_weight_is_refused_in_words(world: World, value: str) -> None:
    browser = world.enter(world.people[0])
    line = world_line(world, 0)
    answer = post(browser, "/line", line=line, kind="weight", value=value)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert records.corrections(world.store, world.people[0]) == []


def world_line(world: World, which: int) -> str:
    from casestudy.service import prepared

    night = prepared.read(world.store, "", world.people[which])
    assert night
    return str(night.receipts.lines["line"].iloc[-1])


def test_a_goal_takes_the_recommendations_place(world: World) -> None:
    browser = world.enter(world.people[0])
    sent = post(browser, "/goals", measure="fat_energy_percent", low="", high="12,5")
    assert 'value="12.5"' in sent.text
    assert "own goal" in browser.get("/month").text
    wrong = post(browser, "/goals", measure="fat_energy_percent", low="9", high="3")
    assert wrong.status_code == 400
    assert "Nothing was changed" in wrong.text
    post(browser, "/goals", measure="fat_energy_percent", low="", high="")
    assert "own goal" not in browser.get("/month").text


def test_only_the_lot_shows_similar_households(world: World) -> None:
    arms = {
        row["participant"]: row["arm"] for row in world.store.rows("select participant, arm from account")
    }
    for person, arm in arms.items():
        page = world.enter(person).get("/others").text
        assert ("The lot decided" in page) == (arm != "comparison")


def test_nothing_of_one_household_is_reachable_for_another(world: World) -> None:
    browsers = {person: world.enter(person) for person in world.people}
    for person in world.people:
        records.message(world.store, person, f"secret words of {person}")
    names = {row["participant"]: row["household"] for row in world.store.rows("select * from account")}
    pages = {person: reached(browsers[person]) for person in world.people}
    products = {
        person: {link.split("?")[0] for link in pages[person] if link.startswith("/product/")}
        for person in world.people
    }
    pairs = 0
    for one, other in permutations(world.people, 2):
        secrets = {f"secret words of {other}", other, f"household {names[other]}."}
        for link, text in pages[one].items():
            assert not [secret for secret in secrets if secret in text], link
            pairs += 1
        for link in products[other] - products[one]:
            mine = browsers[one].get(link)
            assert mine.status_code in (200, 404)
            if mine.status_code == 200:  # both bought it: the lines are one's own
                held = set(re.findall(r'name="line" value="(\w+)"', mine.text))
                assert held <= lines_of(world, one)
        line = sorted(lines_of(world, other) - lines_of(world, one))[0]
        assert post(browsers[one], "/line", line=line, kind="not ours").status_code == 404
    assert pairs > 300
    assert world.store.rows("select * from correction") == []


def lines_of(world: World, person: str) -> set[str]:
    from casestudy.service import prepared

    night = prepared.read(world.store, "", person)
    assert night
    return set(night.receipts.lines["line"])


@pytest.mark.parametrize(("method", "address"), [(page[0], page[1]) for page in PAGES if page[3] != "anyone"])
def test_no_page_answers_without_a_session(world: World, method: str, address: str) -> None:
    path = re.sub(r"\{\w+\}", "x", address)
    answer = world.browser().request(method, path)
    assert answer.status_code == 401
    assert "not signed in" in answer.text


@pytest.mark.parametrize(
    "address", [page[1] for page in PAGES if page[0] == "POST" and page[3] in ("session", "consent")]
)
def test_a_forged_form_changes_nothing(world: World, address: str) -> None:
    browser, other = world.enter(world.people[0]), world.enter(world.people[1])
    before = world.store.rows("select * from account, consent, session")
    for stolen in ("", "x", forms(other)["forms"]):
        answer = browser.post(address, data={"forms": stolen, "sure": "yes", "use": "yes", "language": "fi"})
        assert answer.status_code == 403
    ours = forms(browser) | {"sure": "yes", "language": "fi"}
    assert (
        browser.post(address, data=ours, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    )
    assert browser.post(address, data=ours, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    now = world.store.rows("select * from account, consent, session")
    assert [row | {"seen": ""} for row in now] == [row | {"seen": ""} for row in before]


def test_a_link_is_refused_in_words_when_used_expired_or_unknown(world: World) -> None:
    person = world.people[0]
    first, second = accounts.invite(world.store, person), accounts.invite(world.store, person)
    world.browser().post(f"/in/{first}")
    for browser in (world.browser(), world.enter(world.people[1])):
        assert "has been used" in browser.post(f"/in/{first}").text
        assert "not known" in browser.post("/in/" + "a" * 32).text
    world.clock.time += accounts.VALID + timedelta(seconds=1)
    assert "has expired" in world.browser().get(f"/in/{second}").text


def test_two_people_on_one_computer_are_kept_apart(world: World) -> None:
    browser = world.enter(world.people[0])
    cookie = browser.cookies["session"]
    token = accounts.invite(world.store, world.people[1])
    assert "signs them out" in browser.get(f"/in/{token}").text
    browser.post(f"/in/{token}")
    assert accounts.session_of(world.store, cookie) is None
    assert "What you agree to" in browser.get("/month").text


def test_every_answer_is_shut_in_and_loads_nothing_from_elsewhere(world: World) -> None:
    browser = world.enter(world.people[0])
    for link in ["/", "/month", "/goals", "/swaps", "/data", "/nowhere", "/research/key", "/style.css"]:
        answer = browser.get(link)
        held = {name.lower(): value for name, value in answer.headers.items()}
        for name, value in HEADERS.items():
            assert link == "/style.css" or held[name.lower()] == value, (link, name)
        assert "script" not in answer.text.lower()
        assert re.findall(r'(?:src|href|action)="(?!/)[^"#]+"', answer.text) == [], link
    assert browser.get("/month", headers={"Host": "evil.example"}).status_code == 421
    cookie = world.browser().post(
        f"/in/{accounts.invite(world.store, world.people[0])}", follow_redirects=False
    )
    assert {"httponly", "samesite=lax"} <= {
        part.strip().lower() for part in cookie.headers["set-cookie"].split(";")
    }


def test_too_much_and_too_often_is_refused_in_words(world: World) -> None:
    browser = world.enter(world.people[0])
    held = forms(browser, "/write")
    answer = browser.post("/write", data=held | {"text": "x" * LARGEST})
    assert answer.status_code == 413
    assert "too large" in answer.text

    def pieces():  # type: ignore[no-untyped-def]
        for _ in range(20):
            yield b"text=" + b"x" * (LARGEST // 10)

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.post("/write", content=pieces(), headers=kind).status_code == 413
    slow = application(world.service, ("testserver",), Rates(0, 1e9), Rates(0, 3))
    with_limits = type(browser)(slow)
    codes = [with_limits.get("/in/guess").status_code for _ in range(5)]
    assert codes == [410, 410, 410, 429, 429]


def test_a_double_click_and_two_windows_do_no_harm(world: World) -> None:
    browser = world.enter(world.people[0])
    held = forms(browser, "/write")
    for _ in range(3):
        assert browser.post("/write", data=held | {"text": "Hello"}).status_code == 200
    held = forms(browser, "/goals") | {"measure": "fat_energy_percent", "low": "1", "high": "2"}
    for _ in range(2):
        browser.post("/goals", data=held)
    events = [row["action"] for row in world.store.rows("select action from event")]
    assert events.count("submit_feedback") == 1
    assert len(world.store.rows("select * from message")) == 1
    assert events.count("set_goal") == 1


def test_a_question_comes_after_use_and_not_again_the_same_week(world: World) -> None:
    browser = world.enter(world.people[0])
    assert "One question" not in browser.get("/month").text
    for _ in range(6):
        browser.get("/nutrient/fat_g")
    assert "One question" in browser.get("/month").text
    assert "Thank you" in post(browser, "/answer", choice="partly").text
    assert "One question" not in browser.get("/month").text
    world.clock.time += timedelta(days=8)
    browser.get("/month")
    for _ in range(6):
        browser.get("/nutrient/fat_g")
    assert "One question" in browser.get("/month").text
    assert post(browser, "/answer", choice="other").status_code == 400


def test_everything_about_me_is_mine_alone(world: World) -> None:
    one, other = world.enter(world.people[0]), world.enter(world.people[1])
    post(one, "/write", text="mine")
    post(other, "/write", text="theirs")
    kept = json.loads(one.get("/data/download").text)
    assert [row["text"] for row in kept["message"]] == ["mine"]
    assert kept["purchases"]
    assert world.people[1] not in json.dumps(kept)
    assert not {"token", "forms"} & set(json.dumps(kept).split('"'))


def test_without_consent_to_the_log_no_event_is_kept(world: World) -> None:
    browser = world.enter(world.people[0], consent=False)
    post(browser, "/consent", use="yes")
    browser.get("/month")
    assert world.store.rows("select * from event") == []


def test_a_demo_says_on_every_page_that_its_households_are_pretend(world: World) -> None:
    world.store.set_meta("kind", "demo")
    browser = world.enter(world.people[0])
    for link, text in reached(browser, 25).items():
        assert link == "/data/download" or "households are pretend" in text, link


def test_both_languages_have_the_same_words() -> None:
    english, finnish = words("en"), words("fi")
    assert set(english) == set(finnish)
    for key, text in english.items():
        if isinstance(text, str):
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", finnish[key])), key


def test_the_pages_speak_finnish(world: World) -> None:
    browser = world.enter(world.people[0])
    assert "Ruokani: kesäkuu 2017" in post(browser, "/language", language="fi").text
    for text in reached(browser, 25).values():
        assert text.startswith("{") or '<html lang="fi">' in text


def test_the_researchers_key_works_once_and_every_look_is_noted(world: World) -> None:
    one = world.enter(world.people[0])
    post(one, "/write", text="hello researchers")
    browser = world.browser()
    assert browser.post("/research/key", data={"key": "wrong"}).status_code == 403
    page = browser.post("/research/key", data={"key": KEY})
    assert "From invited to stayed" in page.text
    assert world.browser().post("/research/key", data={"key": KEY}).status_code == 403
    assert "hello researchers" in browser.get("/research/questions").text
    assert "messages" in browser.get("/research/seen").text
    assert "researcher, messages" in one.get("/data").text
    held = dict(re.findall(r'name="(forms)" value="([^"]*)"', page.text))
    made = browser.post("/research/invite", data=held | {"participant": world.people[2]})
    link = re.findall(r"http://testserver(/in/[\w-]+)", made.text)[0]
    assert world.browser().get(link).status_code == 200
    again = browser.post("/research/plan", data=held | {"households": "7\n8", "seed": "4"})
    assert again.status_code == 409


def test_answers_of_fewer_people_than_the_floor_are_withheld(world: World) -> None:
    for person in world.people:
        records.answer(world.store, person, "useful", "yes")
    browser = world.browser()
    browser.post("/research/key", data={"key": KEY})
    assert "withheld: fewer than 5 people" in browser.get("/research/questions").text
