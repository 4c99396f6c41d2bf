from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core.db import transaction
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.patients.queries import visited_patients
from hospice.patients.rules import Diagnosis, PatientState
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.queries import patients as seeing
from hospice.shifts.queries.next_visits import first_visits, next_visits
from hospice.shifts.rules.seeing import AFTER, BEFORE, Window, is_seen_at
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.builders import NOW
from tests.conftest import Statements

MOMENT = timedelta(microseconds=1)


def _told(
    shift: Shift,
    who: Volunteer,
    state: AssignmentState = AssignmentState.CONFIRMED,
    *,
    sees: tuple[Patient, ...] = (),
    **values: Any,
) -> Assignment:
    made = builders.assignment(shift, who, state, **{"told_at": NOW, **values})
    for patient in sees:
        builders.save(AssignmentPatient(assignment_id=made.id, patient_id=patient.id))
    return made


def _seen(user: User, patient: Patient, shift: Shift) -> bool:
    """Tell whether someone sees a patient while the shift takes place."""
    now = shift.starts_at + timedelta(minutes=5)
    found = seeing.may_see_patient(user, patient.id, now)
    ids = {card.id for card in seeing.patients_for(user, now)}
    assert (patient.id in ids) == found
    return found


class Ward:
    """A ward with two patients, a Sunday shift, and Vera."""

    def __init__(self) -> None:
        self.place = builders.place("Ward 1")
        self.wang = builders.patient("Mrs Wang", at=self.place, bed="3")
        self.zhu = builders.patient("Mr Zhu", at=self.place, bed="10")
        self.shift = builders.shift(self.place)
        self.user, self.vera = builders.vera()


@pytest.fixture
def ward(either_app: Flask) -> Ward:
    return Ward()


# --- whom an assignment visits --------------------------------------------------------------------


def test_a_ward_round_visits_everyone_who_is_visited_there(ward: Ward) -> None:
    builders.patient("Mr Away", at=ward.place, state=PatientState.ON_HOLD)
    builders.patient("Ms Elsewhere", at=builders.place())
    one = _told(ward.shift, ward.vera)
    cards = seeing.patients_of_assignment([one.id])[one.id]
    assert [(card.name, card.bed) for card in cards] == [("Mrs Wang", "3"), ("Mr Zhu", "10")]


def test_names_on_the_list_are_all_that_is_visited(ward: Ward) -> None:
    one = _told(ward.shift, ward.vera, sees=(ward.zhu,))
    other = _told(ward.shift, builders.volunteer("Lin Yue"))
    cards = seeing.patients_of_assignment([one.id, other.id])
    assert [card.name for card in cards[one.id]] == ["Mr Zhu"]
    assert [card.name for card in cards[other.id]] == ["Mrs Wang", "Mr Zhu"]


def test_a_home_visit_is_to_its_patient_alone(ward: Ward) -> None:
    home = builders.place("Home visits", kind=PlaceKind.HOME)
    li = builders.patient("Auntie Li", at=home, address="77 Plum Lane")
    builders.patient("Uncle Bo", at=home, address="78 Plum Lane")
    one = _told(builders.shift(home, patient_id=li.id), ward.vera)
    assert [card.name for card in seeing.patients_of_assignment([one.id])[one.id]] == ["Auntie Li"]


def test_whom_many_assignments_visit_is_one_question(app: Flask, statements: Statements) -> None:
    here = Ward()
    ids = [
        _told(builders.shift(here.place), here.vera).id,
        *(_told(here.shift, builders.volunteer(f"V{n}"), sees=(here.wang,)).id for n in range(2)),
    ]
    statements.seen.clear()
    assert set(seeing.patients_of_assignment(ids)) == set(ids)
    assert len(statements) == 1
    assert seeing.patients_of_assignment([]) == {}
    assert len(statements) == 1


def test_a_card_says_no_more_than_a_visit_needs(ward: Ward) -> None:
    with transaction():
        ward.wang.condition = "a secret"
        ward.wang.legal_name = "王秀英"
        ward.wang.birth_year = 1941
        ward.wang.diagnosis = Diagnosis.FAMILY_ASKED_NOT
    one = _told(ward.shift, ward.vera, sees=(ward.wang,))
    (card,) = seeing.patients_of_assignment([one.id])[one.id]
    assert card.is_illness_unspoken
    for hidden in ("a secret", "王秀英", "1941"):
        assert hidden not in repr(card)


# --- when a volunteer sees them -------------------------------------------------------------------


def test_the_window_is_two_days_before_to_one_day_after(ward: Ward) -> None:
    _told(ward.shift, ward.vera)
    opens, closes = ward.shift.starts_at - BEFORE, ward.shift.ends_at + AFTER
    for now, is_seen in {
        opens - MOMENT: False,
        opens: True,
        ward.shift.starts_at: True,
        closes: True,
        closes + MOMENT: False,
    }.items():
        assert is_seen_at(ward.shift.starts_at, ward.shift.ends_at, now, Window()) == is_seen
        assert seeing.may_see_patient(ward.user, ward.wang.id, now) == is_seen, now
    assert timedelta(hours=48) == BEFORE
    assert timedelta(hours=24) == AFTER


def test_my_shifts_keep_to_the_same_window(ward: Ward) -> None:
    one = _told(ward.shift, ward.vera)
    opens = ward.shift.starts_at - BEFORE
    assert seeing.patients_of_assignment([one.id], seen_at=opens)
    assert not seeing.patients_of_assignment([one.id], seen_at=opens - MOMENT)


@pytest.mark.parametrize(
    ("state", "is_seen"),
    [
        (AssignmentState.DRAFT, False),
        (AssignmentState.WAITING, True),
        (AssignmentState.CONFIRMED, True),
        (AssignmentState.DECLINED, False),
        (AssignmentState.REMOVED, False),
        (AssignmentState.CANCELLED, False),
    ],
)
def test_only_whoever_is_asked_or_comes_sees(
    ward: Ward, state: AssignmentState, is_seen: bool
) -> None:
    _told(ward.shift, ward.vera, state)
    assert _seen(ward.user, ward.wang, ward.shift) == is_seen


def test_nobody_sees_before_they_were_told(ward: Ward) -> None:
    _told(ward.shift, ward.vera, told_at=None)
    assert not _seen(ward.user, ward.wang, ward.shift)


def test_nobody_sees_after_they_were_taken_off(ward: Ward) -> None:
    one = _told(ward.shift, ward.vera)
    assert _seen(ward.user, ward.wang, ward.shift)
    with transaction():
        one.state = AssignmentState.REMOVED
    assert not _seen(ward.user, ward.wang, ward.shift)


def test_nobody_sees_for_a_cancelled_shift(ward: Ward) -> None:
    _told(ward.shift, ward.vera)
    with transaction():
        ward.shift.state = ShiftState.CANCELLED
    assert not _seen(ward.user, ward.wang, ward.shift)


def test_nobody_sees_whom_others_visit(ward: Ward) -> None:
    _told(ward.shift, ward.vera, sees=(ward.wang,))
    otto = builders.otto()
    assert _seen(ward.user, ward.wang, ward.shift)
    assert not _seen(ward.user, ward.zhu, ward.shift)
    assert not _seen(otto, ward.wang, ward.shift)
    assert not _seen(builders.cora(), ward.wang, ward.shift)


def test_nobody_sees_someone_who_is_no_longer_visited(ward: Ward) -> None:
    _told(ward.shift, ward.vera, sees=(ward.wang,))
    with transaction():
        ward.wang.state = PatientState.DIED
    assert not _seen(ward.user, ward.wang, ward.shift)


def test_a_patient_who_is_not_yours_is_missing(ward: Ward) -> None:
    _told(ward.shift, ward.vera, sees=(ward.wang,))
    now = ward.shift.starts_at
    assert seeing.patient_seen_by(ward.user, ward.wang.id, now).name == "Mrs Wang"
    for patient_id in (ward.zhu.id, 999):
        with pytest.raises(Missing):
            seeing.patient_seen_by(ward.user, patient_id, now)


# --- who comes next -------------------------------------------------------------------------------


def _days(patient: Patient) -> list[tuple[str, list[str]]]:
    return [(visit.day.isoformat(), visit.names) for visit in next_visits(patient, NOW, limit=9)]


def test_next_are_own_visits_named_ones_and_rounds(ward: Ward) -> None:
    lin = builders.volunteer("Lin Yue")
    builders.assignment(ward.shift, ward.vera)
    named = builders.assignment(ward.shift, lin)
    builders.save(AssignmentPatient(assignment_id=named.id, patient_id=ward.wang.id))
    week = timedelta(days=7)
    own = builders.shift(
        builders.place(), ward.shift.local_day + week, patient_id=ward.wang.id, wanted=1
    )
    empty_round = builders.shift(ward.place, ward.shift.local_day + 2 * week)
    assert empty_round.taken == 0
    assert _days(ward.wang) == [
        ("2026-11-29", ["Lin Yue", "Vera Vance"]),
        (own.local_day.isoformat(), []),
    ]
    assert _days(ward.zhu) == [("2026-11-29", ["Vera Vance"])]


def test_next_leaves_out_what_is_over_cancelled_or_declined(ward: Ward) -> None:
    day = ward.shift.local_day
    builders.assignment(builders.shift(ward.place, day - timedelta(days=7)), ward.vera)
    builders.assignment(builders.shift(ward.place, day, state=ShiftState.CANCELLED), ward.vera)
    builders.assignment(ward.shift, ward.vera, AssignmentState.DECLINED)
    assert _days(ward.wang) == []
    assert first_visits([ward.wang], NOW) == {}


def test_next_stops_at_three(ward: Ward) -> None:
    for week in range(5):
        shift = builders.shift(ward.place, ward.shift.local_day + timedelta(days=7 * week))
        builders.assignment(shift, ward.vera)
    assert len(next_visits(ward.wang, NOW)) == 3


def test_first_visits_agree_with_the_page(ward: Ward) -> None:
    home: Place = builders.place("Home visits", kind=PlaceKind.HOME)
    li = builders.patient("Auntie Li", at=home, address="77 Plum Lane")
    builders.shift(home, ward.shift.local_day + timedelta(days=3), patient_id=li.id)
    alone = builders.patient("Ms Alone", at=builders.place())
    lin = builders.volunteer("Lin Yue")
    earlier = builders.shift(ward.place, ward.shift.local_day - timedelta(days=1))
    named = builders.assignment(earlier, lin)
    builders.save(AssignmentPatient(assignment_id=named.id, patient_id=ward.zhu.id))
    builders.assignment(ward.shift, ward.vera)
    patients = [ward.wang, ward.zhu, li, alone]
    first = first_visits(patients, NOW)
    for patient in patients:
        ahead = next_visits(patient, NOW)
        assert first.get(patient.id) == (ahead[0].starts_at if ahead else None)
    assert set(first) == {ward.wang.id, ward.zhu.id, li.id}
    assert first[ward.zhu.id] == earlier.starts_at
    assert first[ward.wang.id] == ward.shift.starts_at


def test_first_visits_of_many_are_one_question(app: Flask, statements: Statements) -> None:
    Ward()
    for number in range(20):
        builders.patient(f"Person {number}")
    patients = visited_patients()
    assert len(patients) == 22
    statements.seen.clear()
    first_visits(patients, NOW)
    assert len(statements) == 1
