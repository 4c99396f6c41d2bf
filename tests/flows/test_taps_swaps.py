"""Swapping and waiting on the phone, counted from My shifts on: four taps at most."""

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from hospice.core.db import db
from hospice.shifts.models import SwapAsk, WaitingPlace
from tests import builders
from tests.browser import Live
from tests.builders import NOW
from tests.flows.test_taps_shifts import vera_on_a_phone
from tests.visits.stories import told


@pytest.mark.parametrize("has_javascript", [True, False])
def test_offering_a_swap_takes_four_taps_at_most(
    chromium: Browser, live: Live, has_javascript: bool
) -> None:
    with time_machine.travel(NOW, tick=True):
        with live.app.app_context():
            builders.hospice()
            ward = builders.place("Ward 1")
            account, vera = builders.vera(places=[ward])
            otto = builders.volunteer("Otto", places=[ward]).id
            shift = builders.shift(ward)
            told(shift, vera)
            shift_id, account_id = shift.id, account.id
            db.session.remove()
        phone = vera_on_a_phone(chromium, live, account_id, java_script_enabled=has_javascript)
        phone.tap(f"a[href='/me/shifts/{shift_id}/swap']")
        phone.tap("main form button[type=submit]")
        expect(phone.page.locator("h1")).to_have_text("Your swap is open")
        assert phone.count <= 4
        with live.app.app_context():
            assert db.session.scalars(select(SwapAsk.volunteer_id)).all() == [otto]
            db.session.remove()


def test_waiting_for_a_place_takes_three_taps(chromium: Browser, live: Live) -> None:
    with time_machine.travel(NOW, tick=True):
        with live.app.app_context():
            builders.hospice()
            ward = builders.place("Ward 1")
            account, vera = builders.vera(places=[ward])
            shift = builders.shift(ward, wanted=1)
            told(shift, builders.volunteer("Otto", places=[ward]))
            vera_id, account_id = vera.id, account.id
            db.session.remove()
        phone = vera_on_a_phone(chromium, live, account_id)
        phone.tap(".tabbar a[href='/open-shifts']")
        phone.tap("main a[href='/me/waiting-lists']")
        phone.tap("main form button[type=submit]")
        expect(phone.page.locator("main")).to_contain_text("You are first on the list.")
        assert phone.count == 3
        with live.app.app_context():
            assert db.session.scalars(select(WaitingPlace.volunteer_id)).all() == [vera_id]
            db.session.remove()
