"""Everything that is asked about patients."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.patients.models import Episode, Patient
from hospice.patients.rules import DEAD, GONE, PatientFilter, PatientState


@dataclass(frozen=True)
class PatientRow:
    """A patient in a list; two of one name in one place are told apart."""

    patient: Patient
    has_namesake: bool


def patient(patient_id: int) -> Patient:
    """Return a patient with the place; raise Missing."""
    found = db.session.scalar(
        select(Patient).where(Patient.id == patient_id).options(joinedload(Patient.place))
    )
    if found is None:
        raise Missing
    return found


def listed(asked: PatientFilter, *, limit: int, offset: int = 0) -> Sequence[PatientRow]:
    """Return the patients that a filter asks for, by name.

    What they live with is not loaded: a list, a label or a print must never show it.
    """
    rows = db.session.execute(
        select(Patient, _has_namesake().label("has_namesake"))
        .join(Patient.place)
        .where(*_conditions(asked))
        .options(
            contains_eager(Patient.place),
            defer(Patient.condition, raiseload=True),
            defer(Patient.diagnosis, raiseload=True),
        )
        .order_by(Patient.sort_key, Patient.id)
        .limit(limit)
        .offset(offset)
    )
    return [PatientRow(patient=row[0], has_namesake=row[1]) for row in rows]


def how_many(asked: PatientFilter) -> int:
    """Return how many patients a filter asks for."""
    return (
        db.session.scalar(select(func.count()).select_from(Patient).where(*_conditions(asked))) or 0
    )


def namesakes(name: str, place_id: int, *, but: int | None = None) -> Sequence[Patient]:
    """Return the other visited patients of a name in a place."""
    found = db.session.scalars(
        select(Patient)
        .where(
            Patient.place_id == place_id,
            Patient.state == PatientState.ACTIVE,
            Patient.sort_key == names.sort_key(name),
            Patient.id != (but or 0),
        )
        .options(joinedload(Patient.place))
        .order_by(Patient.bed, Patient.id)
    ).all()
    return [one for one in found if names.normal(one.preferred_name) == names.normal(name)]


def has_namesake(patient: Patient) -> bool:
    """Tell whether another visited patient in the same place has the same name."""
    return bool(namesakes(patient.preferred_name, patient.place_id, but=patient.id))


def visited_patients(place_id: int | None = None) -> Sequence[Patient]:
    """Return the patients who are visited, of one place or all, for a form to choose from."""
    asked = (
        select(Patient)
        .where(Patient.state == PatientState.ACTIVE)
        .options(joinedload(Patient.place), defer(Patient.condition, raiseload=True))
        .order_by(Patient.sort_key, Patient.id)
    )
    if place_id is not None:
        asked = asked.where(Patient.place_id == place_id)
    return db.session.scalars(asked).all()


def episodes(patient_id: int) -> Sequence[Episode]:
    """Return the times a patient was with us, the latest first."""
    return db.session.scalars(
        select(Episode)
        .where(Episode.patient_id == patient_id)
        .order_by(Episode.started_on.desc(), Episode.id.desc())
        .limit(20)
    ).all()


def present_episode(patient_id: int) -> Episode | None:
    """Return the time a patient is with us now; None after they have gone."""
    return db.session.scalar(
        select(Episode)
        .where(Episode.patient_id == patient_id, Episode.ended_on.is_(None))
        .order_by(Episode.id.desc())
        .limit(1)
    )


def similar_here(patient: Patient, *, limit: int = 4) -> Sequence[Patient]:
    """Return those in the same place whose names are easily taken for a patient's.

    The same name, or one that begins with the same two words or syllables: 王秀英, 王秀芝.
    """
    words = " ".join(patient.sort_key.split(" ")[:2])
    found = db.session.scalars(
        select(Patient)
        .where(
            Patient.place_id == patient.place_id,
            Patient.id != patient.id,
            Patient.state.not_in((*DEAD, *GONE)),
            Patient.sort_key.startswith(words, autoescape=True),
        )
        .options(joinedload(Patient.place))
        .order_by(Patient.sort_key != patient.sort_key, Patient.sort_key, Patient.id)
        .limit(limit)
    )
    return found.all()


def _conditions(asked: PatientFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.words:
        found.append(names.matches(Patient.search_key, asked.words))
    if asked.place_id:
        found.append(Patient.place_id == asked.place_id)
    if asked.state is not None:
        found.append(Patient.state == asked.state)
    if asked.language:
        found.append(_speaks(asked.language))
    if asked.massage is not None:
        found.append(Patient.massage == asked.massage)
    return found


def _speaks(language: str) -> ColumnElement[bool]:
    # The words are kept as a JSON list; both databases give back the very text that was stored.
    return cast(Patient.languages, Text).contains(json.dumps(language), autoescape=True)


def _has_namesake() -> ColumnElement[bool]:
    other = aliased(Patient)
    return exists().where(
        and_(
            other.place_id == Patient.place_id,
            other.sort_key == Patient.sort_key,
            other.state == PatientState.ACTIVE,
            other.id != Patient.id,
        )
    )


__all__ = [
    "PatientRow",
    "episodes",
    "has_namesake",
    "how_many",
    "listed",
    "namesakes",
    "patient",
    "present_episode",
    "similar_here",
    "visited_patients",
]
