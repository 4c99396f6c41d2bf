"""Ground of the stories about notes and signal: shifts that ended, people, and a phone to look into."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as BrowserError
from sqlalchemy import select

from hospice.accounts import actions as accounts
from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.visits.models import VisitNote
from hospice.visits.rules import NoteState
from tests import builders
from tests.browser import Live, set_clock
from tests.flows.cutting import Line
from tests.visits import stories

PATIENT = "Canary Quillfeather"
LOOK = """async () => {
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open("alongside", 1);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const found = {};
  for (const name of db.objectStoreNames) {
    found[name] = await new Promise((done) => {
      const asked = db.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => done(asked.result);
    });
  }
  db.close();
  return found;
}"""
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) {
      found.push([new URL(asked.url).pathname, await (await cache.match(asked)).text()]);
    }
  }
  return found;
}"""


@dataclass
class Ground:
    """A hospice where Vera has been on many shifts, and Otto on the same ones."""

    app: Flask
    vera: str  # their session cookies
    otto: str
    email: str
    contexts: list[BrowserContext]
    shifts: list[int] = field(default_factory=list)


def lay(live: Live, count: int, *, named: bool = False) -> Ground:
    """Put Vera on shifts that ended, one an hour, the latest first; Otto is on each beside her."""
    with live.app.app_context():
        builders.hospice()
        ward = builders.place("Ward 1")
        user, vera = builders.vera(places=[ward])
        otto = builders.user("Otto Olsen", Role.VOLUNTEER)
        other = builders.volunteer("Otto Olsen", user_id=otto.id)
        if named:
            builders.patient(PATIENT, at=ward)
        shifts = []
        for number in range(count):
            on = stories.shift_in(ward, -timedelta(hours=3 + number), timedelta(hours=2))
            stories.told(on, vera)
            stories.told(on, other)
            shifts.append(on.id)
        made = Ground(
            live.app,
            _cookie(live.app, user),
            _cookie(live.app, otto),
            user.email,
            live.contexts,
            shifts,
        )
        db.session.remove()
    return made


def _cookie(app: Flask, user: User) -> str:
    with transaction():
        token = accounts.sign_in(user, is_kept=False, device="test", now=clock.now())
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value


def signed_out_at_server(app: Flask, email: str) -> str:
    """End every sign-in of a person, as an administrator would; return the cookie of the next."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == email)).one()
        with transaction():
            accounts.sign_out_everywhere(user, clock.now())
        cookie = _cookie(app, user)
        db.session.remove()
    return cookie


def sent(app: Flask) -> dict[int, list[str]]:
    """Return the words of every note that was sent, by shift."""
    with app.app_context():
        rows = db.session.execute(
            select(VisitNote.shift_id, VisitNote.words, VisitNote.volunteer_id).where(
                VisitNote.state == NoteState.SENT
            )
        ).all()
        db.session.remove()
    found: dict[int, list[str]] = {}
    for shift_id, words, _who in rows:
        found.setdefault(shift_id, []).append(words)
    return found


class Phone:
    """One phone: its browser, what it keeps, and who is signed in on it."""

    def __init__(self, chromium: Browser, ground: Ground, line: Line, **options: Any) -> None:
        self.ground, self.line = ground, line
        size: Any = {"width": 390, "height": 844}
        self.context: BrowserContext = chromium.new_context(
            viewport=size, base_url=line.url, **options
        )
        ground.contexts.append(self.context)
        set_clock(self.context)
        self._devtools = chromium.new_browser_cdp_session()
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()

    def be(self, cookie: str) -> None:
        """Let someone be signed in here."""
        name = self.ground.app.config["SESSION_COOKIE_NAME"]
        self.context.add_cookies([{"name": name, "value": cookie, "url": self.line.url}])

    def open(self, address: str) -> None:
        """Go somewhere; a note that is sent just now may lead on to My shifts at the same time."""
        for _try in range(3):
            try:
                self.page.goto(address, wait_until="domcontentloaded")
            except BrowserError as error:
                if "interrupted" not in str(error) and "ERR_ABORTED" not in str(error):
                    raise
                self.page.wait_for_load_state()
            else:
                return

    def open_form(self, shift_id: int) -> None:
        """Open the form of a note, also while the one before is sent and leads on elsewhere."""
        for _try in range(3):
            self.open(f"/me/shifts/{shift_id}/note")
            try:
                arrived = self.page.locator("[name=arrived]")
                expect(arrived).not_to_have_value("", timeout=4_000)
            except AssertionError:
                if f"/shifts/{shift_id}/" in self.page.url:
                    raise
            else:
                return
        raise AssertionError("the form did not open")

    def prepare(self) -> None:
        """Open My shifts and wait until the phone has what it needs without signal."""
        self.page.goto("/me")
        self.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        self.until(lambda: len(self.page.evaluate(CACHED)) >= 10)
        self.until(self.has_cards)

    def kept(self) -> dict[str, Any]:
        """Return everything that the phone keeps."""
        while True:
            try:
                found: dict[str, Any] = self.page.evaluate(LOOK)
            except BrowserError as error:
                if "navigation" not in str(error):
                    raise
                self.page.wait_for_load_state()
            else:
                return found

    def has_cards(self) -> bool:
        """Tell whether the phone knows the shifts of the next days."""
        return any(one["name"] == "cards" for one in self.kept()["facts"])

    def kept_words(self) -> list[str]:
        """Return the words of every note on the phone."""
        return [dict(one["fields"]).get("words", "") for one in self.kept()["notes"]]

    def kill_tab(self) -> None:
        """Take the tab away without a good-bye, and open an empty one."""
        own = self.context.new_cdp_session(self.page)
        target = own.send("Target.getTargetInfo")["targetInfo"]["targetId"]
        self._devtools.send("Target.closeTarget", {"targetId": target})
        self.page = self.context.new_page()

    def write(self, words: str) -> None:
        """Fill in the least that makes a note."""
        page = self.page
        page.locator("label", has=page.locator("input[name=did][value=company]")).click()
        page.locator("label", has=page.locator("input[name=concern][value=none]")).click()
        page.fill("[name=words]", words)

    def write_at_once(self, words: str) -> None:
        """The same, in one step of the browser: for stories that are told a hundred times."""
        self.page.evaluate(
            """(words) => {
              document.querySelector("input[name=did][value=company]").click();
              document.querySelector("input[name=concern][value=none]").click();
              const field = document.querySelector("[name=words]");
              field.value = words;
              field.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            words,
        )

    def press_send(self) -> None:
        self.page.locator("button[name=do][value=send]").click()

    def says(self) -> str:
        """Return what stands above Send."""
        return self.page.locator("[data-sync]").inner_text()

    @staticmethod
    def until(holds: Callable[[], bool], seconds: float = 15) -> None:
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)
