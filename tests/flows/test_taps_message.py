"""Answering from a message, without signing in: two taps for yes, three for no with a reason."""

import re
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Browser, expect

from hospice.core.db import db, transaction
from hospice.shifts.actions import placing, publishing
from hospice.shifts.models import Assignment
from hospice.shifts.queries import shifts as queries
from tests import builders
from tests.browser import Live, phone
from tests.builders import NOW
from tests.flows.taps import Taps
from tests.reminders.servers import text_of


def told(live: Live) -> tuple[str, int]:
    """Tell Vera of a shift; return the link in her mail, and the id of her place."""
    with live.app.app_context():
        builders.hospice()
        ward, cora = builders.place("Ward 1"), builders.cora()
        _user, vera = builders.vera(places=[ward])
        shift = builders.shift(ward)
        with transaction():
            made = placing.assign(queries.shift(shift.id), vera.id, by=cora, now=NOW)
            publishing.publish([made.id], by=cora, now=NOW)
            assignment_id = made.id
        db.session.remove()
    live.tick(NOW + timedelta(minutes=3))
    (mail,) = live.mail.wait_for(1)
    link = re.search(r"http://\S+/r/\S+", text_of(mail))
    assert link
    return link.group().rstrip("."), assignment_id


def kept(live: Live, assignment_id: int) -> tuple[str, str]:
    """Return how an assignment stands, and the reason that was given."""
    with live.app.app_context():
        found = db.session.get_one(Assignment, assignment_id)
        state, reason = found.state.value, found.reason
        db.session.remove()
    return state, reason


@pytest.mark.parametrize("has_javascript", [True, False])
def test_yes_takes_two_taps(chromium: Browser, live: Live, has_javascript: bool) -> None:
    with time_machine.travel(NOW, tick=True):
        link, assignment_id = told(live)
        vera = Taps(phone(chromium, live, java_script_enabled=has_javascript))
        vera.open(link)
        assert kept(live, assignment_id) == ("waiting", "")  # opening it is not an answer
        vera.tap("button[name=answer][value=yes]")
        expect(vera.page.locator("main")).to_contain_text("Thank you")
        assert kept(live, assignment_id) == ("confirmed", "")
        assert vera.count <= 2


def test_no_with_a_reason_takes_at_most_four(chromium: Browser, live: Live) -> None:
    """Three taps, as interface.md asks, and the words of the reason."""
    with time_machine.travel(NOW, tick=True):
        link, assignment_id = told(live)
        vera = Taps(phone(chromium, live))
        vera.open(link)
        vera.tap("button[name=answer][value=no]")
        taps = vera.count
        vera.write("[name=reason]", "My daughter is ill")
        vera.tap("main form:has([name=reason]) button")
        assert kept(live, assignment_id) == ("declined", "My daughter is ill")
        assert taps == 2
        assert vera.count == 4
