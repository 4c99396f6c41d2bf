"""A sign-in that ends for want of use says so two minutes before, and goes on with one tap."""

from datetime import datetime, timedelta

import time_machine
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from hospice.accounts import actions as accounts
from hospice.accounts.models import SignIn
from hospice.core import clock
from hospice.core.db import db, transaction
from tests import builders
from tests.browser import Live, desk
from tests.flows.taps import Taps

PASSWORD = "under the persimmon tree"


def signed_in(chromium: Browser, live: Live) -> Page:
    """Cora opens her account at a clock that the test moves."""
    with live.app.app_context():
        builders.hospice()
        hashed = accounts.hash_password(PASSWORD)
        email = builders.cora(password_hash=hashed).email
        db.session.remove()
    page = desk(chromium, live)
    page.clock.install()
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button.btn-primary").first.click()
    page.wait_for_load_state()
    page.goto("/account")
    return page


def make_idle(live: Live, since: timedelta) -> None:
    """Let the sign-in look as if it was not used for so long."""
    with live.app.app_context():
        with transaction():
            db.session.execute(update(SignIn).values(seen_at=clock.now() - since))
        db.session.remove()


def seen_at(live: Live) -> datetime:
    with live.app.app_context():
        found = db.session.scalars(select(SignIn.seen_at)).one()
        db.session.remove()
    return found


def test_the_warning_comes_in_time_and_one_tap_goes_on(chromium: Browser, live: Live) -> None:
    with time_machine.travel(clock.now(), tick=True):
        page = signed_in(chromium, live)
        dialog = page.locator("dialog.idle")
        page.clock.fast_forward("26:00")
        expect(dialog).to_be_hidden()
        page.clock.fast_forward("01:05")
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text("two minutes")
        make_idle(live, timedelta(minutes=28))
        cora = Taps(page)
        with page.expect_response("**/account/still-here") as answer:
            cora.tap("dialog.idle button")
        assert answer.value.status == 204
        expect(dialog).to_be_hidden()
        assert cora.count == 1
        assert clock.now() - seen_at(live) < timedelta(minutes=1)
        page.clock.fast_forward("27:05")
        expect(dialog).to_be_visible()


def test_too_late_says_so_and_keeps_what_was_typed(chromium: Browser, live: Live) -> None:
    with time_machine.travel(clock.now(), tick=True):
        page = signed_in(chromium, live)
        page.goto("/places/new")
        page.fill("[name=name]", "Ward 7")
        page.clock.fast_forward("27:05")
        make_idle(live, timedelta(minutes=31))
        page.locator("dialog.idle button").click()
        expect(page.locator("dialog.idle")).to_contain_text("signed out by now")
        expect(page.locator("dialog.idle a")).to_have_attribute("href", "/sign-in")
        assert page.locator("[name=name]").input_value() == "Ward 7"


def test_use_in_another_tab_counts(chromium: Browser, live: Live) -> None:
    with time_machine.travel(clock.now(), tick=True):
        page = signed_in(chromium, live)
        page.clock.fast_forward("20:00")
        other = page.context.new_page()
        other.goto("/account")
        page.clock.fast_forward("10:00")
        expect(page.locator("dialog.idle")).to_be_hidden()
        page.clock.fast_forward("18:00")
        expect(page.locator("dialog.idle")).to_be_visible()
