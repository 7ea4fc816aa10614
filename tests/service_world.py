"""A service of four households for the tests, prepared once from the reference study's purchases."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from starlette.testclient import TestClient

from casestudy.service import accounts, arms, prepared
from casestudy.service.app import application
from casestudy.service.safety import Rates
from casestudy.service.store import Store, hashed
from casestudy.service.visit import Service
from casestudy.study import Study

HOUSEHOLDS = ("1", "900", "1000", "2375")
KEY = "the key of the tests"
FREE = 1e9


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2017, 7, 3, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@cache
def _prepared() -> Path:
    folder = Path(mkdtemp(prefix="service-world-"))
    store = Store(folder / "accounts.sqlite", Clock())
    plan = arms.freeze(store, HOUSEHOLDS, 3)
    for household in HOUSEHOLDS:
        accounts.add_account(store, household, plan[household])
    assert prepared.prepare(Study.find(), store) == len(HOUSEHOLDS)
    store.scrub()
    store.close()
    return folder / "accounts.sqlite"


@dataclass
class World:
    """One service with its own copy of the accounts, and a study folder that a pull may write to."""

    root: Path
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        (self.root / "service").mkdir(parents=True)
        shutil.copy(_prepared(), self.root / "service" / "accounts.sqlite")
        reference = Study.find().root
        for name in ("study.toml", "profiles"):
            place = reference / name
            (shutil.copytree if place.is_dir() else shutil.copy)(place, self.root / name)
        (self.root / "usage_logs").mkdir()
        shutil.copy(reference / "usage_logs" / "actions.yaml", self.root / "usage_logs")
        self.study = Study.load(self.root)
        self.store = Store(self.root / "service" / "accounts.sqlite", self.clock)
        self.service = Service(self.study, self.store, key=hashed(KEY))
        self.people = [
            row["participant"]
            for row in self.store.rows("select participant from account order by household")
        ]
        self.app = application(
            self.service, hosts=("testserver",), pages=Rates(FREE, FREE), doors=Rates(FREE, FREE)
        )

    def browser(self) -> TestClient:
        """A browser with no cookie."""
        return TestClient(self.app)

    def enter(self, participant: str, *, consent: bool = True) -> TestClient:
        """A browser in which a participant has come in, and agreed to everything."""
        browser = self.browser()
        token = accounts.invite(self.store, participant)
        assert browser.post(f"/in/{token}").status_code == 200
        if consent:
            agreed = post(browser, "/consent", use="yes", log="yes", joined="yes", notified="yes")
            assert agreed.status_code == 200, agreed.text
        return browser


def forms(browser: TestClient, page: str = "/consent") -> dict[str, str]:
    """The hidden fields that the forms of a page carry."""
    text = browser.get(page).text
    return dict(re.findall(r'name="(forms|once)" value="([^"]*)"', text))


def post(browser: TestClient, address: str, page: str = "/consent", **values: str):  # type: ignore[no-untyped-def]
    """Send a form with what its page carries."""
    return browser.post(address, data=forms(browser, page) | values)
