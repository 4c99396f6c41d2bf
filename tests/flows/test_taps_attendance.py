"""Coming and going on the phone: checking in is one tap from My shifts, and one at the door."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from hospice.attendance import actions
from hospice.attendance.models import Attendance
from hospice.core.db import db, transaction
from hospice.places.rules import PlaceKind
from tests import builders
from tests.browser import Live
from tests.builders import NOW
from tests.flows.test_taps_shifts import vera_on_a_phone
from tests.visits.stories import told


def times(live: Live) -> list[tuple[bool, bool]]:
    """Return whether each coming and leaving is written down."""
    with live.app.app_context():
        rows = db.session.scalars(select(Attendance)).all()
        found = [(row.arrived_at is not None, row.left_at is not None) for row in rows]
        db.session.remove()
    return found


def a_shift_now(live: Live) -> tuple[int, str]:
    """Put Vera on a shift that begins in half an hour; return her account and the door's path."""
    with live.app.app_context():
        builders.hospice()
        ward = builders.place("Ward 1", kind=PlaceKind.WARD)
        account, vera = builders.vera(places=[ward])
        starts_at = NOW + timedelta(minutes=30)
        shift = builders.shift(
            ward, starts_at.date(), starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
        )
        told(shift, vera)
        with transaction():
            code = actions.renew_door(ward.id, by=builders.cora(), now=NOW).code
        found = account.id, f"/door/{code}"
        db.session.remove()
    return found


@pytest.mark.parametrize("has_javascript", [True, False])
def test_checking_in_is_one_tap(chromium: Browser, live: Live, has_javascript: bool) -> None:
    with time_machine.travel(NOW, tick=True):
        account_id, _door = a_shift_now(live)
        vera = vera_on_a_phone(chromium, live, account_id, java_script_enabled=has_javascript)
        assert times(live) == []  # looking is not coming
        vera.tap("main .btn-primary")
        expect(vera.page.locator("main")).to_contain_text("You checked in at")
        assert (vera.count, times(live)) == (1, [(True, False)])
        vera.tap("main form[action$='/tapped-by-mistake'] button")
        assert (vera.count, times(live)) == (2, [(False, False)])


def test_at_the_door_it_is_one_tap_too(chromium: Browser, live: Live) -> None:
    with time_machine.travel(NOW, tick=True):
        account_id, door = a_shift_now(live)
        vera = vera_on_a_phone(chromium, live, account_id)
        vera.page.goto(door)  # the camera opens it
        assert times(live) == []
        vera.tap("main .btn-primary")
        expect(vera.page.locator("main")).to_contain_text("You checked in at")
        assert (vera.count, times(live)) == (1, [(True, False)])
        vera.page.goto(door)
        vera.tap("main .btn-primary")
        assert (vera.count, times(live)) == (2, [(True, True)])
