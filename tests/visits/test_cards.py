"""What the notes put on the page of a shift."""

from flask import Flask

from tests import builders
from tests.shifts.test_shift_page import Open
from tests.visits.stories import HOUR, note, shift_in, told


def test_the_page_of_a_shift_shows_its_notes_and_when_people_came(
    app: Flask, browser: Open
) -> None:
    ward = builders.place()
    shift = shift_in(ward, -5 * HOUR)
    vera = builders.volunteer(places=[ward])
    on_it = told(shift, vera)
    page = browser(builders.cora()).get(f"/shifts/{shift.id}")
    assert "No notes yet" in page
    made = note(on_it, shift, builders.patient("Mr Gu", at=ward))
    page = browser(builders.cora()).get(f"/shifts/{shift.id}")
    assert f"/visit-notes/{made.id}" in page
    assert "Mr Gu" in page
    assert "No notes yet" not in page
