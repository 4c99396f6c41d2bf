"""Shifts in the volunteer's hands, from My shifts on: claiming takes two taps, a no three."""

import secrets
from datetime import timedelta

import pytest
import time_machine
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from hospice.accounts import actions as accounts
from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.shifts.models import Assignment, Offer
from tests import builders
from tests.browser import Live, phone
from tests.builders import NOW
from tests.flows.taps import Taps
from tests.visits.stories import told


def vera_on_a_phone(chromium: Browser, live: Live, account_id: int, **options: object) -> Taps:
    """Return Vera's phone on her first page; she signed in some days ago."""
    with live.app.app_context():
        user = db.session.get_one(User, account_id)
        with transaction():
            token = accounts.sign_in(user, is_kept=True, device="phone", now=NOW)
        db.session.remove()
    serializer = SecureCookieSessionInterface().get_signing_serializer(live.app)
    assert serializer is not None
    # As after signing in by the form: the session has its token from then on.
    session = {"_user_id": token, "_fresh": True, "csrf_token": secrets.token_hex(20)}
    page: Page = phone(chromium, live, **options)
    page.context.add_cookies(
        [
            {
                "name": live.app.config["SESSION_COOKIE_NAME"],
                "value": str(serializer.dumps(session)),
                "url": live.url,
            }
        ]
    )
    page.goto("/me")
    return Taps(page)


def state_of(live: Live, shift_id: int) -> tuple[str, str]:
    """Return how Vera's place on a shift stands, and her reason."""
    with live.app.app_context():
        found = db.session.scalar(select(Assignment).where(Assignment.shift_id == shift_id))
        result = (found.state.value, found.reason) if found else ("", "")
        db.session.remove()
    return result


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_claim_takes_two_taps_and_its_undo_one(
    chromium: Browser, live: Live, has_javascript: bool
) -> None:
    with time_machine.travel(NOW, tick=True):
        with live.app.app_context():
            builders.hospice()
            ward = builders.place("Ward 1")
            account, _vera = builders.vera(places=[ward])
            shift_id, account_id = builders.shift(ward).id, account.id
            db.session.remove()
        vera = vera_on_a_phone(chromium, live, account_id, java_script_enabled=has_javascript)
        vera.tap(".tabbar a[href='/open-shifts']")
        assert state_of(live, shift_id) == ("", "")  # looking is not taking
        vera.tap("main form button[type=submit]")
        expect(vera.page.locator("main")).to_contain_text("Thank you. We will see you on")
        assert state_of(live, shift_id)[0] == "confirmed"
        assert vera.count == 2
        vera.tap("main form[action$='/undo'] button")
        expect(vera.page.locator("main")).to_contain_text("Undone")
        assert state_of(live, shift_id)[0] == "removed"
        assert vera.count == 3


def test_a_no_with_a_reason_takes_three_and_the_right_few_are_asked(
    chromium: Browser, live: Live
) -> None:
    with time_machine.travel(NOW, tick=True):
        with live.app.app_context():
            builders.hospice()
            ward = builders.place("Ward 1")
            account, vera_record = builders.vera(places=[ward])
            friend_id = builders.volunteer("Lin", places=[ward]).id
            shift = builders.shift(ward)
            told(shift, vera_record, told_at=NOW - timedelta(days=2))
            shift_id, account_id = shift.id, account.id
            db.session.remove()
        vera = vera_on_a_phone(chromium, live, account_id)
        vera.tap("main a[href$='/cant-come']")
        vera.write("[name=reason]", "My daughter is ill")
        vera.tap("main form button[type=submit]")
        expect(vera.page.locator("h1")).to_have_text("Thank you for telling us")
        assert state_of(live, shift_id) == ("declined", "My daughter is ill")
        assert vera.count == 3
        # Nobody had to do anything for it: Lin is asked at once.
        with live.app.app_context():
            asked = db.session.scalars(select(Offer)).all()
            assert [(one.volunteer_id, one.is_automatic) for one in asked] == [(friend_id, True)]
            db.session.remove()
