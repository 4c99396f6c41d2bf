"""A swap takes at most four taps from My shifts, and the next shift none at all."""

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from hospice.core.db import db
from hospice.shifts.models import Assignment, Swap, SwapAsk
from tests import builders
from tests.browser import Live
from tests.builders import NOW
from tests.flows.test_taps_shifts import vera_on_a_phone
from tests.visits.stories import told


def asked(live: Live) -> tuple[list[str], int, list[str]]:
    """Return the states of swaps, how many were asked, and how Vera's place stands."""
    with live.app.app_context():
        swaps = [one.value for one in db.session.scalars(select(Swap.state))]
        people = len(db.session.scalars(select(SwapAsk.id)).all())
        places = [one.value for one in db.session.scalars(select(Assignment.state))]
        db.session.remove()
    return swaps, people, places


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_swap_takes_at_most_four_taps(
    chromium: Browser, live: Live, has_javascript: bool
) -> None:
    with time_machine.travel(NOW, tick=True):
        with live.app.app_context():
            builders.hospice()
            ward = builders.place("Ward 1")
            account, record = builders.vera(places=[ward])
            told(builders.shift(ward), record)
            for name in ("Nora Nash", "Paul Penn"):
                builders.volunteer(name, places=[ward])
            account_id = account.id
            db.session.remove()
        vera = vera_on_a_phone(chromium, live, account_id, java_script_enabled=has_javascript)
        # What comes next stands there without a tap.
        expect(vera.page.locator(".shift-card").first).to_contain_text("Sunday 29 November")
        assert vera.count == 0
        vera.tap("main a[href$='/swap']")
        vera.tap("main form button.btn-primary")
        assert vera.count <= 4
        assert asked(live) == (["open"], 2, ["confirmed"])  # hers until someone takes it
