"""The people who love a patient: those of one patient, one of them, and those of a name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import ContactStop, Estranged, Kin, Kinship, WayOf
from hospice.patients.models import Patient

MOST = 60


@dataclass(frozen=True)
class Relative:
    """One of a patient's family as a list shows them."""

    kinship: Kinship
    stops: Sequence[ContactStop]

    @property
    def kin(self) -> Kin:
        """Return the person."""
        return self.kinship.kin


def _seen_by(user: User) -> None:
    if not user.may(Permission.SEE_GRIEF):
        raise Missing


def family_of(user: User, patient_id: int, today: date) -> list[Relative]:
    """Return a patient's family, key contacts first; two statements."""
    _seen_by(user)
    found = db.session.scalars(
        select(Kinship)
        .join(Kinship.kin)
        .where(Kinship.patient_id == patient_id, Kinship.ended_at.is_(None))
        .options(contains_eager(Kinship.kin))
        .order_by(Kinship.is_key_contact.desc(), Kin.sort_key, Kin.id)
        .limit(MOST)
    ).all()
    stops = standing_stops((one.kin_id for one in found), today)
    return [Relative(one, stops.get(one.kin_id, ())) for one in found]


def kinship_for(user: User, patient_id: int, kin_id: int) -> Kinship:
    """Return what a person is to a patient, with both; raise Missing."""
    _seen_by(user)
    found = db.session.scalar(
        select(Kinship)
        .where(Kinship.patient_id == patient_id, Kinship.kin_id == kin_id)
        .options(
            joinedload(Kinship.kin).joinedload(Kin.guardian),
            joinedload(Kinship.patient).joinedload(Patient.place),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def ended_link(patient_id: int, kin_id: int) -> Kinship | None:
    """Return the link of someone who was taken off a family; None when there is none."""
    return db.session.scalar(
        select(Kinship).where(
            Kinship.patient_id == patient_id,
            Kinship.kin_id == kin_id,
            Kinship.ended_at.is_not(None),
        )
    )


def kin_for(user: User, kin_id: int) -> Kin:
    """Return a person, whoever they grieve for, with the guardian; raise Missing."""
    _seen_by(user)
    found = db.session.scalar(
        select(Kin)
        .where(Kin.id == kin_id)
        .options(joinedload(Kin.guardian))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def others_of(patient_id: int, *, but: int | None = None) -> Sequence[Kin]:
    """Return the others of a patient's family, by name."""
    return db.session.scalars(
        select(Kin)
        .join(Kinship, Kinship.kin_id == Kin.id)
        .where(
            Kinship.patient_id == patient_id,
            Kinship.ended_at.is_(None),
            Kin.id != (but or 0),
        )
        .order_by(Kin.sort_key, Kin.id)
        .limit(MOST)
    ).all()


def wards_of(patient_id: int, kin_id: int) -> Sequence[str]:
    """Return the names of the children of a patient's family who are reached through a person."""
    return db.session.scalars(
        select(Kin.name)
        .join(Kinship, Kinship.kin_id == Kin.id)
        .where(
            Kinship.patient_id == patient_id,
            Kinship.ended_at.is_(None),
            Kin.is_minor,
            Kin.guardian_id == kin_id,
        )
        .order_by(Kin.sort_key, Kin.id)
        .limit(MOST)
    ).all()


def kinships_of(kin_id: int) -> Sequence[Kinship]:
    """Return everyone whom a person belongs to; last, those whose family they were taken off."""
    return db.session.scalars(
        select(Kinship)
        .where(Kinship.kin_id == kin_id)
        .options(joinedload(Kinship.patient))
        .order_by(Kinship.ended_at.is_not(None), Kinship.id)
    ).all()


def ways_of(kin_id: int) -> Sequence[WayOf]:
    """Return the ways to reach a person, the one they like best first."""
    return db.session.scalars(
        select(WayOf)
        .where(WayOf.kin_id == kin_id)
        .options(joinedload(WayOf.noted_by))
        .order_by(WayOf.rank)
    ).all()


def standing_stops(kin_ids: Iterable[int], today: date) -> dict[int, list[ContactStop]]:
    """Return what people do not want today, in one statement."""
    ids = list(kin_ids)
    found: dict[int, list[ContactStop]] = defaultdict(list)
    if not ids:
        return found
    rows = db.session.scalars(
        select(ContactStop)
        .where(ContactStop.kin_id.in_(ids), *is_standing(today))
        .options(joinedload(ContactStop.set_by))
        .order_by(ContactStop.set_at.desc(), ContactStop.id.desc())
    )
    for row in rows:
        found[row.kin_id].append(row)
    return found


def is_standing(today: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a "do not contact" holds today, as `rules.kin.holds` says."""
    return (
        ContactStop.lifted_at.is_(None),
        or_(ContactStop.until.is_(None), ContactStop.until >= today),
    )


def stop_for(user: User, stop_id: int) -> ContactStop:
    """Return a "do not contact"; raise Missing."""
    _seen_by(user)
    found = db.session.get(ContactStop, stop_id)
    if found is None:
        raise Missing
    return found


def estranged_from(kin_id: int) -> Sequence[Kin]:
    """Return those to whom a person does not speak."""
    return db.session.scalars(
        select(Kin)
        .join(
            Estranged,
            or_(
                and_(Estranged.first_id == kin_id, Estranged.second_id == Kin.id),
                and_(Estranged.second_id == kin_id, Estranged.first_id == Kin.id),
            ),
        )
        .order_by(Kin.sort_key, Kin.id)
    ).all()


def kin_like(user: User, words: str, *, but_of: int = 0, limit: int = 12) -> Sequence[Kin]:
    """Return people whose name, pinyin or telephone holds every word, but those of a patient."""
    _seen_by(user)
    if not names.like(words):
        return []
    theirs = select(Kinship.kin_id).where(Kinship.patient_id == but_of, Kinship.ended_at.is_(None))
    return db.session.scalars(
        select(Kin)
        .where(names.matches(Kin.search_text, words), Kin.id.not_in(theirs))
        .order_by(Kin.sort_key, Kin.id)
        .limit(limit)
    ).all()


def patients_of(people: Sequence[Kin]) -> dict[int, list[str]]:
    """Return the names of those whom some people belong to; one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    if not people:
        return found
    rows = db.session.execute(
        select(Kinship.kin_id, Patient.preferred_name)
        .join(Patient, Patient.id == Kinship.patient_id)
        .where(Kinship.kin_id.in_([one.id for one in people]), Kinship.ended_at.is_(None))
        .order_by(Kinship.id)
    )
    for kin_id, name in rows:
        found[kin_id].append(name)
    return found
