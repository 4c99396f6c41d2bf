"""A real browser against a real server: the ground of the stories in `tests/flows`."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress import create_server

from hospice import jobs
from hospice.accounts import actions as accounts
from hospice.core import clock
from hospice.core.db import db, transaction
from tests.conftest import MailServer, make_app, migrated_copy

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Pages compare hours that the server said with their own clock.
CLOCK = """
const real = Date, ahead = %d;
Date = class extends real {
  constructor(...given) { given.length ? super(...given) : super(real.now() + ahead); }
  static now() { return real.now() + ahead; }
};
"""


def set_clock(context: BrowserContext) -> None:
    """Set the clock of a browser by the one of the test, which is not the one outside."""
    ahead = clock.now().timestamp() - time_machine.escape_hatch.time.time()
    context.add_init_script(f"{{{CLOCK % round(ahead * 1000)}}}")


def chromium_path() -> str | None:
    """Return the installed Chromium, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    return None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, started once."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed: sudo apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Live:
    """An app that really listens, on an empty migrated database."""

    app: Flask
    url: str
    mail: MailServer
    contexts: list[BrowserContext] = field(default_factory=list)

    def first_run_link(self) -> str:
        """Return the one-time link that a first start prints."""
        with self.app.app_context():
            with transaction():
                link = accounts.first_run_link(
                    self.url, clock.now(), secret_key=self.app.config["SETTINGS"].secret_key
                )
            db.session.remove()
        assert link is not None
        return link

    def tick(self, now: datetime) -> None:
        """Let the jobs run once, as they do every minute."""
        with self.app.app_context():
            jobs.send_reminders(now)
            db.session.remove()


@pytest.fixture
def live(tmp_path: Path, migrated: Path, mail_server: MailServer) -> Iterator[Live]:
    """A real server on loopback, with a real mail server behind it."""
    migrated_copy(migrated, tmp_path)
    server = create_server(lambda *_: [], host="127.0.0.1", port=0, threads=4)
    url = f"http://127.0.0.1:{server.effective_port}"
    app = make_app(
        tmp_path, BASE_URL=url, SMTP_URL=mail_server.url, MAIL_FROM="Alongside <a@example.org>"
    )
    server.application = app
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    made = Live(app, url, mail_server)
    with closing(server):
        yield made
        for context in made.contexts:
            context.close()
        # A thread that still answers would write its one byte, which wakes the server, into
        # whatever has the number of the closed pipe by then: the database of the next test.
        server.task_dispatcher.shutdown()
    with app.app_context():
        db.engine.dispose()


def desk(chromium: Browser, live: Live, **options: object) -> Page:
    """Open a browser of its own at desk width."""
    return _open(chromium, live, {"width": 1280, "height": 900}, options)


def phone(chromium: Browser, live: Live, **options: object) -> Page:
    """Open a browser of its own the size of a phone."""
    return _open(chromium, live, {"width": 390, "height": 844}, options)


def _open(chromium: Browser, live: Live, size: dict[str, int], options: dict[str, object]) -> Page:
    context: BrowserContext = chromium.new_context(
        viewport=size,  # type: ignore[arg-type]
        base_url=live.url,
        **options,  # type: ignore[arg-type]
    )
    live.contexts.append(context)
    set_clock(context)
    context.set_default_timeout(15_000)
    return context.new_page()
