"""What a volunteer may see around a visit, and that every opening is written down."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from hospice.accounts import queries as accounts
from hospice.accounts.models import SignIn, User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.journal.queries import history
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import patients as seeing
from hospice.shifts.rules.states import AssignmentState
from hospice.visits.models import Reflection
from hospice.visits.rules import NoteState
from tests import builders
from tests.conftest import Browser
from tests.visits.stories import DAY, HOUR, note, now, shift_in, told

Open = Callable[[User | None], Browser]


def window(before: int, after: int) -> None:
    with transaction():
        hospice = accounts.hospice()
        assert hospice is not None
        hospice.seen_before_hours, hospice.seen_after_hours = before, after


class Visit:
    """Vera visited Mrs Wang; the visit ended so long ago."""

    def __init__(self, open_browser: Open, ended: timedelta) -> None:
        self.ward = builders.place("Ward 1")
        self.wang = builders.patient("Mrs Wang", at=self.ward)
        self.account, self.vera = builders.vera(places=[self.ward])
        self.shift: Shift = shift_in(self.ward, -ended - 3 * HOUR)
        self.one: Assignment = told(self.shift, self.vera, sees=(self.wang,))
        self.phone = open_browser(self.account)
        self.form = f"/me/shifts/{self.shift.id}/note"
        self.url = f"{self.form}?patient={self.wang.id}"


def test_the_window_is_the_hospices_own(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place("Ward 1")
    wang = builders.patient("Mrs Wang", at=ward)
    shift = shift_in(ward, 30 * HOUR)
    told(shift, vera, sees=(wang,))
    phone = browser(account)
    places = ("/me", f"/me/shifts/{shift.id}")
    for before, is_seen in ((48, True), (29, False), (31, True)):
        window(before, 24)
        assert seeing.may_see_patient(account, wang.id, now()) is is_seen
        phone.get(f"/me/patients/{wang.id}", status=200 if is_seen else 404)
        for place in places:
            assert ("Mrs Wang" in phone.get(place)) is is_seen, (before, place)
    window(2, 24)
    assert "From 2 hours before, this page tells you whom you will see." in phone.get(
        f"/me/shifts/{shift.id}"
    )


def test_a_sent_note_is_shown_as_long_as_its_patient(app: Flask, browser: Open) -> None:
    visit = Visit(browser, 20 * HOUR)
    made = note(visit.one, visit.shift, visit.wang, reply="Well seen.", words="She slept.")
    builders.save(
        Reflection(note_id=made.id, volunteer_id=visit.vera.id, words="I was calm.", saved_at=now())
    )
    for after, is_seen in ((24, True), (19, False), (24, True)):
        window(48, after)
        page = visit.phone.get(visit.url)
        for words in ("She slept.", "Mrs Wang"):
            assert (words in page) is is_seen, words
        assert "I was calm." in page  # always theirs
        assert "Well seen." in page
        mine = visit.phone.get("/me/notes")
        assert ("Mrs Wang" in mine) is is_seen
        assert ("someone you visited" in mine) is not is_seen
    with transaction():
        db.session.get_one(Patient, visit.wang.id).state = PatientState.DIED
    assert "She slept." not in visit.phone.get(visit.url)


def test_a_round_is_shown_as_long_as_its_visit(app: Flask, browser: Open) -> None:
    visit = Visit(browser, 20 * HOUR)
    note(visit.one, visit.shift, words="Three of them sang.")
    for after, is_seen in ((24, True), (19, False)):
        window(48, after)
        page = visit.phone.get(visit.form + "?patient=round")
        assert ("Three of them sang." in page) is is_seen


def test_an_unsent_note_stays_with_its_name_until_it_is_sent(app: Flask, browser: Open) -> None:
    visit = Visit(browser, 5 * DAY)
    assert "Mrs Wang" in visit.phone.get(visit.url)  # asked for, so they must know of whom
    made = note(visit.one, visit.shift, visit.wang, state=NoteState.DRAFT, sent_at=None)
    assert "Mrs Wang" in visit.phone.get(visit.url)
    with transaction():
        db.session.get_one(type(made), made.id).state = NoteState.SENT
        db.session.get_one(type(made), made.id).sent_at = now()
    assert "Mrs Wang" not in visit.phone.get(visit.url)


def test_a_name_is_not_kept_for_a_note_that_nobody_asks_for_any_more(
    app: Flask, browser: Open
) -> None:
    visit = Visit(browser, 29 * DAY)
    for url in (visit.url, visit.form + "?about=all"):
        assert "Mrs Wang" not in visit.phone.get(url)
    assert "Mrs Wang" in browser(builders.cora()).get(
        f"/volunteers/{visit.vera.id}/shifts/{visit.shift.id}/note"
    )
    note(visit.one, visit.shift, visit.wang, state=NoteState.DRAFT, sent_at=None)
    assert "Mrs Wang" in visit.phone.get(visit.url)


def test_a_sign_in_of_yesterday_is_told_no_name_whatever_it_sends(
    app: Flask, browser: Open
) -> None:
    visit = Visit(browser, 2 * HOUR)
    other = builders.patient("Mr Li", at=visit.ward)
    note(visit.one, visit.shift, visit.wang, words="She slept.", reply="She liked it.")
    kept = note(
        visit.one, visit.shift, other, state=NoteState.DRAFT, sent_at=None, words="He sang."
    )
    with transaction():
        for sign_in in db.session.query(SignIn):
            sign_in.is_kept, sign_in.started_at = True, now() - 13 * HOUR
    draft = f"/visit-notes/{uuid4()}/draft?shift={visit.shift.id}&patient={other.id}"
    sent = f"{visit.form}?patient={other.id}"
    said = [
        visit.phone.post(f"{visit.form}/add?patient={visit.wang.id}", {"words": ""}, status=422),
        visit.phone.post(visit.url, {"words": "I typed this."}, status=401),
        visit.phone.post(sent, {"words": "I typed this."}, status=401),
        visit.phone.post(sent, {"words": "x"}, status=401, headers={"Accept": "application/json"}),
        visit.phone.post(draft, {"words": "x"}, status=401),
    ]
    for page in said:
        for secret in ("Mrs Wang", "Mr Li", "She slept.", "She liked it.", "He sang."):
            assert secret not in page, secret
    assert all("I typed this." in page for page in said[1:3])
    page = browser(visit.account).post(sent, {"words": "I typed this."}, status=422)
    assert "Mr Li" in page
    assert db.session.get_one(type(kept), kept.id).words == "He sang."


def test_the_wards_list_goes_with_the_window(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    builders.patient("Mrs Wang", at=ward)
    account, vera = builders.vera(places=[ward])
    shift = shift_in(ward, -23 * HOUR)
    told(shift, vera)
    phone = browser(account)
    url = f"/me/shifts/{shift.id}/note?about=all"
    assert "Mrs Wang" in phone.get(url)
    window(48, 19)
    page = phone.get(url)
    assert "Mrs Wang" not in page
    assert "The ward round" in page


@pytest.mark.parametrize("state", [AssignmentState.REMOVED, AssignmentState.DECLINED])
def test_trap_18_whoever_is_taken_off_sees_nothing_but_their_own_draft(
    app: Flask, browser: Open, state: AssignmentState
) -> None:
    visit = Visit(browser, 2 * HOUR)
    made = note(
        visit.one, visit.shift, visit.wang, state=NoteState.DRAFT, sent_at=None, words="She slept."
    )
    with transaction():
        db.session.get_one(Assignment, visit.one.id).state = state
    page = visit.phone.get(visit.url)
    assert "She slept." in page
    assert "Mrs Wang" not in page
    visit.phone.get(f"/me/patients/{visit.wang.id}", status=404)
    with transaction():
        db.session.get_one(type(made), made.id).state = NoteState.SENT
        db.session.get_one(type(made), made.id).sent_at = now()
    for url in (visit.url, "/me/notes", "/me"):
        page = visit.phone.get(url)
        assert "She slept." not in page, url
        assert "Mrs Wang" not in page, url


def test_opening_a_record_is_written_down_once_in_twelve_hours(app: Flask, browser: Open) -> None:
    visit = Visit(browser, 2 * HOUR)
    made = note(visit.one, visit.shift, visit.wang)
    cora, ren = builders.cora(), builders.user("Ren Hui", Role.AUDITOR)
    for person in (cora, ren):
        desk = browser(person)
        for _twice in range(2):
            desk.get(f"/patients/{visit.wang.id}")
            desk.get(f"/visit-notes/{made.id}")
    for _twice in range(2):
        visit.phone.get(visit.url)
    assert [(one.verb, one.user_id) for one in history("patient", visit.wang.id)] == [
        ("patient.opened", ren.id),
        ("patient.opened", cora.id),
    ]
    assert [(one.verb, one.user_id) for one in history("note", made.id)] == [
        ("note.opened", visit.account.id),
        ("note.opened", ren.id),
        ("note.opened", cora.id),
    ]
    page = browser(cora).get(f"/history/patient/{visit.wang.id}")
    assert "<b>Ren Hui</b> opened the record." in page
    assert "opened the record" in browser(cora).get("/journal")
    assert "opened the" not in browser(cora).get("/today")  # what was done, not what was read


def test_a_record_that_is_not_there_leaves_no_trace(app: Flask, browser: Open) -> None:
    visit = Visit(browser, 2 * HOUR)
    made = note(visit.one, visit.shift, visit.wang)
    otto = browser(builders.otto())
    for url in (f"/patients/{visit.wang.id}", f"/visit-notes/{made.id}", visit.url):
        otto.get(url, status=404)
    browser(builders.cora()).get("/patients/999", status=404)
    assert list(history("patient", visit.wang.id)) == []
    assert list(history("note", made.id)) == []
