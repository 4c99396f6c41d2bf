"""Whom a volunteer visits, and whom they may therefore see; and who comes next to a patient."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    bindparam,
    exists,
    select,
    union_all,
)

from hospice.accounts import queries as accounts
from hospice.accounts.models import User
from hospice.core.db import UtcInstant, db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.patients.rules import PatientCard, PatientState, by_bed, is_illness_unspoken
from hospice.places.models import Place
from hospice.places.rules import full_name
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
    found: dict[int, list[PatientCard]] = defaultdict(list)
    for assignment_id, card in _cards(_Whose.THESE, {"assignment_ids": ids}, seen_at=seen_at):
        found[assignment_id].append(card)
    return {one: by_bed(cards) for one, cards in found.items()}


def patients_for(user: User, now: datetime) -> list[PatientCard]:
    """Return the patients a volunteer may see at a moment, because they visit them."""
    found = _cards(_Whose.OWN, {"user_id": user.id}, seen_at=now)
    return by_bed({card.id: card for _, card in found}.values())


def patient_seen_by(user: User, patient_id: int, now: datetime) -> PatientCard:
    """Return a patient whom a volunteer may see at a moment; raise Missing for any other."""
    for _, card in _cards(_Whose.OWN, {"user_id": user.id}, seen_at=now, patient_id=patient_id):
        return card
    raise Missing


def may_see_patient(user: User, patient_id: int, now: datetime) -> bool:
    """Tell whether a volunteer may see a patient at a moment."""
    return any(_cards(_Whose.OWN, {"user_id": user.id}, seen_at=now, patient_id=patient_id))


def is_visit_seen(assignment_id: int, now: datetime) -> bool:
    """Tell whether the patients of a visit are shown to its volunteer at a moment."""
    asked = (
        select(Assignment.id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.id == assignment_id, *_seen())
    )
    return db.session.scalar(asked, _moments(now)) is not None


class _Whose(Enum):
    """Whose visits are asked for."""

    THESE = 1  # `assignment_ids`
    OWN = 2  # the volunteer's who signs in as `user_id`


def _moments(now: datetime) -> dict[str, Any]:
    """Return the values of `_seen`."""
    window = seeing_window()
    return {"starts_until": now + window.before, "ends_from": now - window.after}


def _seen() -> list[ColumnElement[bool]]:
    # The same as rules.seeing.is_seen_at, said to the database.
    return [
        Assignment.told_at.is_not(None),
        Assignment.state.in_(SEEING),
        Shift.state == ShiftState.PLANNED,
        Shift.starts_at <= bindparam("starts_until", type_=UtcInstant()),
        Shift.ends_at >= bindparam("ends_from", type_=UtcInstant()),
    ]


def _cards(
    whose: _Whose,
    values: dict[str, Any],
    *,
    seen_at: datetime | None,
    patient_id: int | None = None,
) -> list[tuple[int, PatientCard]]:
    values = {
        **values,
        **(_moments(seen_at) if seen_at is not None else {}),
        **({} if patient_id is None else {"patient_id": patient_id}),
    }
    asked = _asked(whose, only_seen=seen_at is not None, one_patient=patient_id is not None)
    return [(row.assignment_id, _card(row)) for row in db.session.execute(asked, values)]


# Putting this together costs more than running it, and every page of a volunteer asks it. Only
# the columns of a card: nothing more of a patient is read for those who visit them.
@cache
def _asked(whose: _Whose, *, only_seen: bool, one_patient: bool) -> Select[*tuple[Any, ...]]:
    if whose is _Whose.THESE:
        is_it = Assignment.id.in_(bindparam("assignment_ids", expanding=True))
    else:
        own = select(Volunteer.id).where(Volunteer.user_id == bindparam("user_id", type_=Integer()))
        is_it = Assignment.volunteer_id.in_(own)
    visits = _visits([is_it, *(_seen() if only_seen else [])])
    asked = (
        select(
            visits.c.assignment_id,
            Patient.id,
            Patient.preferred_name,
            Patient.bed,
            Patient.address,
            Patient.spoken_of,
            Patient.languages,
            Patient.hearing_and_sight,
            Patient.likes,
            Patient.may_do,
            Patient.massage,
            Patient.massage_areas,
            Patient.avoid,
            Patient.diagnosis,
            Place.name.label("place_name"),
            Place.second_name,
            Place.kind,
            Place.phone,
        )
        .join(Patient, Patient.id == visits.c.patient_id)
        .join(Place, Place.id == Patient.place_id)
        .where(Patient.state == PatientState.ACTIVE)
    )
    if one_patient:
        asked = asked.where(Patient.id == bindparam("patient_id", type_=Integer()))
    return asked


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


def _card(patient: Any) -> PatientCard:
    return PatientCard(
        id=patient.id,
        name=patient.preferred_name,
        place_name=full_name(patient.place_name, patient.second_name),
        place_kind=patient.kind,
        place_phone=patient.phone,
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
