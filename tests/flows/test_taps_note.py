"""A whole note in at most eight touches, from the form opened to the note sent."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from hospice.core import clock
from hospice.core.db import db
from hospice.tasks.models import Task
from hospice.visits.models import VisitNote
from hospice.visits.rules import Concern, NoteState
from tests import builders
from tests.browser import Live
from tests.builders import NOW
from tests.flows.taps import Taps
from tests.flows.test_taps_shifts import vera_on_a_phone
from tests.visits.stories import told

HOUR = timedelta(hours=1)


def opened(chromium: Browser, live: Live, **options: object) -> Taps:
    """Open the form of the visit to Mrs Wang that ended an hour ago; counting begins there."""
    with live.app.app_context():
        builders.hospice()
        ward = builders.place("Ward 1", phone="021 5555 0161")
        wang = builders.patient("Mrs Wang", at=ward)
        account, vera = builders.vera(places=[ward])
        shift = builders.shift(
            ward,
            clock.local(NOW, ward.timezone).date(),
            starts_at=NOW - 4 * HOUR,
            ends_at=NOW - HOUR,
        )
        told(shift, vera, sees=(wang,), told_at=NOW - timedelta(days=7))
        account_id, shift_id = account.id, shift.id
        db.session.remove()
    taps = vera_on_a_phone(chromium, live, account_id, **options)
    taps.page.goto(f"/me/shifts/{shift_id}/note")
    return taps


def chip(page: Page, name: str, value: str) -> str:
    """Return the place to tap for an answer; it is as large as a finger."""
    where = f"label.chip:has([name={name}][value='{value}'])"
    box = page.locator(where).bounding_box()
    assert box is not None
    assert box["height"] >= 44, (name, value, box)
    assert box["width"] >= 44, (name, value, box)
    return where


def kept(live: Live) -> VisitNote:
    with live.app.app_context():
        (found,) = db.session.scalars(select(VisitNote)).all()
        db.session.expunge(found)
        db.session.remove()
    return found


@pytest.mark.parametrize("has_javascript", [True, False])
def test_chips_alone_make_a_note_in_five_touches(
    chromium: Browser, live: Live, has_javascript: bool
) -> None:
    with time_machine.travel(NOW, tick=True):
        vera = opened(chromium, live, java_script_enabled=has_javascript)
        vera.tap(chip(vera.page, "did", "company"))
        vera.tap(chip(vera.page, "moods", "calm"))
        vera.tap(chip(vera.page, "comfort", "7"))
        vera.tap(chip(vera.page, "concern", "none"))
        vera.tap("button[name=do][value=send]")
        expect(vera.page.locator("body")).to_contain_text("Sent to the team")
        note = kept(live)
        assert (note.state, note.comfort, note.did) == (NoteState.SENT, 7, ["company"])
        assert vera.count == 5


@pytest.mark.parametrize("has_javascript", [True, False])
def test_an_urgent_note_takes_eight(chromium: Browser, live: Live, has_javascript: bool) -> None:
    with time_machine.travel(NOW, tick=True):
        vera = opened(chromium, live, java_script_enabled=has_javascript)
        page = vera.page
        call = page.locator(".call-now a[href='tel:02155550161']")
        expect(call).to_be_hidden()
        vera.tap(chip(page, "moods", "discomfort"))
        vera.tap(chip(page, "comfort", "2"))
        vera.write("[name=words]", "Her left arm hurts when she turns.")
        vera.tap(chip(page, "concern", "urgent"))
        expect(call).to_be_visible()
        vera.write("[name=told_whom]", "Nurse Li")
        vera.write("[name=told_when]", "11:00")
        vera.tap("button[name=do][value=send]")
        expect(page.locator("body")).to_contain_text("Sent to the team")
        note = kept(live)
        assert (note.concern, note.told_whom) == (Concern.URGENT, "Nurse Li")
        assert vera.count <= 8


def test_a_promise_and_a_line_for_oneself_need_no_other_page(chromium: Browser, live: Live) -> None:
    with time_machine.travel(NOW, tick=True):
        vera = opened(chromium, live)
        page = vera.page
        vera.tap(chip(page, "did", "company"))
        vera.tap(chip(page, "concern", "none"))
        vera.tap(page.get_by_text("I promised something"))
        vera.write("[name=promise]", "Bring the radio.")
        vera.write("[name=promise_on]", "2026-12-06")
        vera.tap("button[name=do][value=send]")
        expect(page.locator("body")).to_contain_text("Sent to the team")
        with live.app.app_context():
            (task,) = db.session.scalars(select(Task)).all()
            assert (task.words, str(task.due_on)) == ("Bring the radio.", "2026-12-06")
            db.session.remove()
        assert vera.count <= 8
