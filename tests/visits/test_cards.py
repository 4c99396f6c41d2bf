"""What the notes put on the pages of a shift and of a patient, and for whom."""

from flask import Flask

from hospice.accounts.rules import Role
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


def test_who_may_not_read_notes_sees_none_on_a_shift(app: Flask, browser: Open) -> None:
    ward = builders.place()
    shift = shift_in(ward, -5 * HOUR)
    on_it = told(shift, builders.volunteer(places=[ward]))
    made = note(on_it, shift, builders.patient("Mr Gu", at=ward))
    page = browser(builders.user("Lena Lead", Role.LEADER)).get(f"/shifts/{shift.id}")
    assert "Vera Vance" in page
    assert f"/visit-notes/{made.id}" not in page
    assert "Mr Gu" not in page


def test_the_page_of_a_patient_tells_the_last_notes_in_a_line(app: Flask, browser: Open) -> None:
    ward = builders.place()
    gu = builders.patient("Mr Gu", at=ward)
    shift = shift_in(ward, -5 * HOUR)
    on_it = told(shift, builders.volunteer(places=[ward]))
    made = note(on_it, shift, gu, did=["company", "read_or_music"])
    page = browser(builders.cora()).get(f"/patients/{gu.id}")
    assert f"/visit-notes/{made.id}" in page
    assert "Kept company, read or music. Calm. “We looked at photographs.”" in page
    page = browser(builders.user("Greta Gale", Role.GRIEF_SUPPORT)).get(f"/patients/{gu.id}")
    assert "Mr Gu" in page
    assert f"/visit-notes/{made.id}" not in page
    assert "We looked at photographs" not in page
