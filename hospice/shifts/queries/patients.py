"""Whom a volunteer visits, and whom they may therefore see; and who comes next to a patient."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Subquery, exists, select, union_all
from sqlalchemy.orm import contains_eager, defer

from hospice.accounts import queries as accounts
from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.patients.rules import PatientCard, PatientState, by_bed, is_illness_unspoken
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.seeing import SEEING, Window
from hospice.shifts.rules.states import ShiftState
from hospice.volunteers.models import Volunteer


def seeing_window() -> Window:
    """Return how long before and after a visit its patients are seen, as the hospice set it."""
    found = accounts.hospice()
    if found is None:
        return Window()
    return Window(timedelta(hours=found.seen_before_hours), timedelta(hours=found.seen_after_hours))


def patients_of_assignment(
    assignment_ids: Iterable[int], *, seen_at: datetime | None = None
) -> dict[int, list[PatientCard]]:
    """Return whom each assignment visits, in one statement; those without anyone are left out.

    A home visit has its patient; on a ward it is those named for the volunteer, else everyone
    who is visited there. For a volunteer's own pages `seen_at` must be the present moment: it
    leaves out what this volunteer may not see (yet, or any more).
    """
    ids = list(assignment_ids)
    if not ids:
        return {}
    conditions: list[ColumnElement[bool]] = [Assignment.id.in_(ids)]
    if seen_at is not None:
        conditions += _seen(seen_at)
    found: dict[int, list[PatientCard]] = defaultdict(list)
    for assignment_id, card in _cards(conditions):
        found[assignment_id].append(card)
    return {one: by_bed(cards) for one, cards in found.items()}


def patients_for(user: User, now: datetime) -> list[PatientCard]:
    """Return the patients a volunteer may see at a moment, because they visit them."""
    cards = {card.id: card for _, card in _cards([*_own(user), *_seen(now)])}
    return by_bed(cards.values())


def patient_seen_by(user: User, patient_id: int, now: datetime) -> PatientCard:
    """Return a patient whom a volunteer may see at a moment; raise Missing for any other."""
    for _, card in _cards([*_own(user), *_seen(now)], patient_id):
        return card
    raise Missing


def may_see_patient(user: User, patient_id: int, now: datetime) -> bool:
    """Tell whether a volunteer may see a patient at a moment."""
    return any(_cards([*_own(user), *_seen(now)], patient_id))


def is_visit_seen(assignment_id: int, now: datetime) -> bool:
    """Tell whether the patients of a visit are shown to its volunteer at a moment."""
    asked = (
        select(Assignment.id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.id == assignment_id, *_seen(now))
    )
    return db.session.scalar(asked) is not None


def _own(user: User) -> list[ColumnElement[bool]]:
    return [Assignment.volunteer_id.in_(select(Volunteer.id).where(Volunteer.user_id == user.id))]


def _seen(now: datetime) -> list[ColumnElement[bool]]:
    window = seeing_window()
    # The same as rules.seeing.is_seen_at, said to the database.
    return [
        Assignment.told_at.is_not(None),
        Assignment.state.in_(SEEING),
        Shift.state == ShiftState.PLANNED,
        Shift.starts_at <= now + window.before,
        Shift.ends_at >= now - window.after,
    ]


def _cards(
    conditions: Sequence[ColumnElement[bool]], patient_id: int | None = None
) -> list[tuple[int, PatientCard]]:
    visits = _visits(conditions)
    asked = (
        select(visits.c.assignment_id, Patient)
        .join(Patient, Patient.id == visits.c.patient_id)
        .join(Patient.place)
        .where(Patient.state == PatientState.ACTIVE)
        .options(
            contains_eager(Patient.place),
            defer(Patient.condition, raiseload=True),
            defer(Patient.legal_name, raiseload=True),
            defer(Patient.birth_year, raiseload=True),
        )
    )
    if patient_id is not None:
        asked = asked.where(Patient.id == patient_id)
    return [(assignment_id, _card(patient)) for assignment_id, patient in db.session.execute(asked)]


def _visits(conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """Return (assignment, patient) of the assignments that meet some conditions."""
    of_shift = select(Assignment.id.label("assignment_id"), Shift.patient_id.label("patient_id"))
    named = select(AssignmentPatient.assignment_id, AssignmentPatient.patient_id)
    of_ward = select(Assignment.id, Patient.id)
    on_shift = Shift.id == Assignment.shift_id
    has_names = exists().where(AssignmentPatient.assignment_id == Assignment.id)
    return union_all(
        of_shift.join(Shift, on_shift).where(Shift.patient_id.is_not(None), *conditions),
        named.join(Assignment, Assignment.id == AssignmentPatient.assignment_id)
        .join(Shift, on_shift)
        .where(Shift.patient_id.is_(None), *conditions),
        of_ward.join(Shift, on_shift)
        .join(Patient, Patient.place_id == Shift.place_id)
        .where(
            Shift.patient_id.is_(None),
            ~has_names,
            Patient.state == PatientState.ACTIVE,
            *conditions,
        ),
    ).subquery()


def _card(patient: Patient) -> PatientCard:
    place: Place = patient.place
    return PatientCard(
        id=patient.id,
        name=patient.preferred_name,
        place_name=place.full_name,
        place_kind=place.kind,
        place_phone=place.phone,
        bed=patient.bed,
        address=patient.address,
        spoken_of=patient.spoken_of,
        languages=tuple(patient.languages),
        hearing_and_sight=patient.hearing_and_sight,
        likes=patient.likes,
        may_do=patient.may_do,
        massage=patient.massage,
        massage_areas=tuple(patient.massage_areas),
        avoid=patient.avoid,
        is_illness_unspoken=is_illness_unspoken(patient.diagnosis),
    )
