from collections.abc import Callable
from datetime import date, datetime, timedelta

from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.patients.rules import PatientState
from hospice.shifts.models import AssignmentPatient
from hospice.shifts.queries import people
from hospice.shifts.rules.states import AssignmentState
from hospice.volunteers.rules import Span
from tests import builders
from tests.conftest import Browser

Open = Callable[[User | None], Browser]
NOW = builders.NOW
WEEK = timedelta(weeks=1)
CONFIRMED = AssignmentState.CONFIRMED


def sunday(weeks: int) -> date:
    return builders.SUNDAY + weeks * WEEK


def test_next_shift_is_the_first_that_is_held_and_not_over(either_app: Flask) -> None:
    vera, will = builders.volunteer("Vera"), builders.volunteer("Will")
    ward = builders.place("Ward 1")
    for weeks, state in [(-1, "confirmed"), (0, "declined"), (1, "draft"), (2, "waiting")]:
        builders.assignment(builders.shift(ward, sunday(weeks)), vera, AssignmentState(state))
    builders.assignment(builders.shift(ward, sunday(3)), will, CONFIRMED)
    found = people.next_shift_of([vera.id, will.id], NOW)
    assert found[vera.id].local_day == sunday(1)
    assert found[will.id].local_day == sunday(3)
    assert (found[vera.id].place_name, found[vera.id].zone) == ("Ward 1", builders.ZONE)
    days = [one.shift.local_day for one in people.next_shifts(vera.id, NOW, limit=3)]
    assert days == [sunday(1), sunday(2)]
    month = people.shifts_between([vera.id, will.id], date(2026, 12, 1), date(2026, 12, 31))
    assert month == {vera.id: 2, will.id: 1}
    assert people.count_held(vera.id, Span(sunday(0), sunday(1)), NOW) == 1


def test_patients_are_known_by_visits_and_while_they_are_with_us(either_app: Flask) -> None:
    vera, ward = builders.volunteer("Vera"), builders.place()
    wang, chen = builders.patient("Mrs Wang", at=ward), builders.patient("Mr Chen", at=ward)
    gone = builders.patient("Mrs Li", at=ward, state=PatientState.WENT_HOME)
    for weeks, seen in [(-3, [wang, gone]), (-2, [wang]), (-1, [chen]), (1, [wang])]:
        one = builders.assignment(builders.shift(ward, sunday(weeks)), vera, CONFIRMED)
        for patient in seen:
            builders.save(AssignmentPatient(assignment_id=one.id, patient_id=patient.id))
    known = people.patients_known(vera.id, NOW, limit=9)
    assert [(one.name, one.visits, one.last_on) for one in known] == [
        ("Mr Chen", 1, sunday(-1)),
        ("Mrs Wang", 2, sunday(-2)),
    ]


def test_standing_places_show_until_they_end(either_app: Flask) -> None:
    vera, today = builders.volunteer("Vera"), date(2026, 11, 25)
    for ends_on in (None, today, today - timedelta(days=1)):
        builders.standing(builders.weekly_shift(), vera, ends_on=ends_on)
    builders.standing(builders.weekly_shift(ends_on=today - timedelta(days=1)), vera)
    assert len(people.standing_of(vera.id, today)) == 2


def test_cards_stand_on_the_volunteers_page(app: Flask, browser: Open) -> None:
    ward, vera = builders.place("Ward 1"), builders.volunteer("Vera Vance")
    today = clock.today(builders.ZONE)
    coming = builders.shift(ward, today + timedelta(days=2))
    builders.assignment(coming, vera, AssignmentState.WAITING)
    builders.standing(builders.weekly_shift(ward), vera)
    over = builders.shift(ward, today - timedelta(days=2))
    seen = builders.assignment(over, vera, CONFIRMED)
    wang = builders.patient("Mrs Wang", at=ward)
    builders.save(AssignmentPatient(assignment_id=seen.id, patient_id=wang.id))
    page = browser(builders.cora()).get(f"/volunteers/{vera.id}")
    for shown in (f"/shifts/{coming.id}", "Waiting", "Standing places", "Mrs Wang", "Every week"):
        assert shown in page
    listed = browser(builders.user("Audrey", Role.AUDITOR)).get("/volunteers")
    assert f"/shifts/{coming.id}" in listed


def test_now_is_passed_in_and_never_read(either_app: Flask) -> None:
    vera = builders.volunteer("Vera")
    builders.assignment(builders.shift(day=sunday(0)), vera, CONFIRMED)
    late = datetime.combine(sunday(1), NOW.timetz())
    assert people.next_shift_of([vera.id], late) == {}
