"""Whom volunteers know in their own lives, and whose telephone hints at more."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import Kin, Kinship
from hospice.patients.models import Patient, Tie
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import digits

# Fewer digits than these are an extension, or half a number.
_ENOUGH_DIGITS = 7
_MOST_HINTS = 5


def ties_of(volunteer_id: int) -> Sequence[Tie]:
    """Return whom a volunteer knows in their own life, with the patients and their places."""
    return db.session.scalars(
        select(Tie)
        .join(Tie.patient)
        .where(Tie.volunteer_id == volunteer_id, Tie.ended_at.is_(None))
        .options(contains_eager(Tie.patient).joinedload(Patient.place))
        .order_by(Patient.sort_key, Tie.id)
        .limit(50)
    ).all()


def tie(volunteer_id: int, tie_id: int) -> Tie:
    """Return one; raise Missing when it is another volunteer's."""
    found = db.session.get(Tie, tie_id)
    if found is None or found.volunteer_id != volunteer_id:
        raise Missing
    return found


def is_known(volunteer_id: int, patient_id: int) -> bool:
    """Tell whether it is written down already that a volunteer knows a patient."""
    held = exists().where(
        Tie.volunteer_id == volunteer_id, Tie.patient_id == patient_id, Tie.ended_at.is_(None)
    )
    return bool(db.session.scalar(select(held)))


def knows_family(user_id: int | None, patient_id: int) -> bool:
    """Tell whether someone of the team, who also volunteers, knows a patient's family."""
    if user_id is None:
        return False
    held = exists().where(
        Tie.volunteer_id == Volunteer.id,
        Volunteer.user_id == user_id,
        Tie.patient_id == patient_id,
        Tie.ended_at.is_(None),
    )
    return bool(db.session.scalar(select(held)))


def same_telephone(volunteer: Volunteer) -> Sequence[Kinship]:
    """Return relatives of patients with a volunteer's telephone number: a hint, nothing more.

    Two who share a telephone may be one household, or nobody to each other; a person asks.
    """
    number = digits(volunteer.phone)[-8:]
    if len(number) < _ENOUGH_DIGITS:
        return []
    known = exists().where(
        Tie.volunteer_id == volunteer.id,
        Tie.patient_id == Kinship.patient_id,
        Tie.ended_at.is_(None),
    )
    return (
        db.session.scalars(
            select(Kinship)
            .join(Kinship.kin)
            .where(names.matches(Kin.search_text, number), Kinship.ended_at.is_(None), ~known)
            .options(
                contains_eager(Kinship.kin), joinedload(Kinship.patient).joinedload(Patient.place)
            )
            .order_by(Kinship.id)
            .limit(_MOST_HINTS)
        )
        .unique()
        .all()
    )
