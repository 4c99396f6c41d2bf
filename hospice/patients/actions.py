"""Adding and changing patients, and saying whether they are visited."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.journal import queries as journal_queries
from hospice.journal.queries import is_written
from hospice.journal.rules import OPENED_EVERY
from hospice.patients import queries
from hospice.patients.models import Episode, Patient
from hospice.patients.rules import (
    CHOOSABLE,
    DEAD,
    GONE,
    PatientFacts,
    PatientState,
    objections,
)
from hospice.places import queries as places
from hospice.volunteers.rules import word_objections


def create(
    facts: PatientFacts,
    *,
    by: User | None,
    now: datetime,
    today: date,
    another_than: Collection[int] = (),
) -> Patient:
    """Add a patient; raise Refused.

    `another_than` are the ids of those of the same name who were looked at and are not this
    person; any other namesake in the place is a soft objection.
    """
    _check(facts, today=today)
    told_apart = _refuse_namesakes(facts, None, another_than)
    patient = Patient(**_columns(facts), state=PatientState.ACTIVE, created_at=now)
    db.session.add(patient)
    db.session.flush()
    db.session.add(Episode(patient_id=patient.id, started_on=today, words=""))
    journal.record(
        "patient.added",
        about=[("patient", patient.id)],
        by=by,
        now=now,
        another_than=told_apart,
    )
    return patient


def change(
    patient: Patient,
    facts: PatientFacts,
    *,
    seen_version: int,
    by: User | None,
    now: datetime,
    today: date,
    another_than: Collection[int] = (),
) -> Patient:
    """Change a patient; raise Refused, also when someone else saved first."""
    if patient.version != seen_version:
        raise Refused([_stale(patient.id)])
    _check(facts, today=today, kept_place=patient.place_id)
    told_apart: list[int] = []
    is_same_person = names.normal(facts.preferred_name) == names.normal(patient.preferred_name)
    if not is_same_person or facts.place_id != patient.place_id:
        told_apart = _refuse_namesakes(facts, patient.id, another_than)
    patient_id = patient.id
    columns = _columns(facts)
    changed = journal.changes(patient, {name: columns[name] for name in asdict(facts)})
    if not changed:
        return patient
    if "place_id" in changed:
        changed["place"] = [patient.place.full_name, places.place(facts.place_id).full_name]
        del changed["place_id"]
    for name, value in columns.items():
        setattr(patient, name, value)
    _flush()
    journal.record(
        "patient.changed",
        about=[("patient", patient_id)],
        by=by,
        now=now,
        changed=changed,
        another_than=told_apart,
    )
    return patient


def change_state(
    patient: Patient,
    state: PatientState,
    *,
    reason: str,
    by: User | None,
    now: datetime,
    today: date | None = None,
) -> Patient:
    """Say whether a patient is visited, is on hold, went home or moved; raise Refused.

    A death is never recorded here. Whoever went home or moved has left us: nobody is told that
    anyone died, and coming back begins a new time with us. `today` is the hospice's day.
    """
    if state not in CHOOSABLE or patient.state not in CHOOSABLE:
        raise Refused([Objection("state", field="state")])
    if patient.state is state and patient.state_reason == reason:
        return patient
    patient_id, old = patient.id, patient.state
    patient.state = state
    patient.state_reason = reason
    _flush()
    day = today or now.date()
    if state in GONE:
        end_episode(patient_id, state, words=reason, on=day)
    elif old in GONE:
        db.session.add(Episode(patient_id=patient_id, started_on=day, words=""))
    journal.record(
        "patient.state_changed",
        about=[("patient", patient_id)],
        by=by,
        now=now,
        old=old,
        new=state,
        reason=reason,
    )
    return patient


def mark(patient: Patient, state: PatientState, reason: str = "") -> None:
    """Write down what a record of a death says of a patient; that record tells the journal.

    Raise Refused when someone else has changed the patient meanwhile.
    """
    patient.state, patient.state_reason = state, reason
    _flush()


def end_episode(patient_id: int, ended_as: PatientState, *, words: str = "", on: date) -> None:
    """End the time a patient is with us."""
    present = queries.present_episode(patient_id)
    if present is None:
        return
    present.ended_on, present.ended_as, present.words = max(on, present.started_on), ended_as, words
    db.session.flush()


def reopen_episode(patient_id: int) -> None:
    """Let the time that a death ended go on: it was a mistake."""
    latest = next(iter(queries.episodes(patient_id)), None)
    if latest is not None and latest.ended_as is not None and latest.ended_as in DEAD:
        latest.ended_on, latest.ended_as = None, None
        db.session.flush()


def note_opened(patient_id: int, *, by: User, now: datetime) -> None:
    """Write down that someone opened a patient's card."""
    journal.record("patient.opened", about=[("patient", patient_id)], by=by, now=now)


def is_opening_news(patient_id: int, *, by: User, now: datetime) -> bool:
    """Tell whether to write down that someone of the team opened a record; once is enough."""
    since = now - OPENED_EVERY
    return not is_written("patient.opened", "patient", patient_id, user_id=by.id, since=since)


def record_opened(patient_id: int, *, by: User, now: datetime) -> None:
    """Write down who of the team opened a patient's whole record."""
    about = [("patient", patient_id)]
    journal.record("patient.opened", about=about, by=by, now=now, is_record=True)


def _columns(facts: PatientFacts) -> dict[str, object]:
    return {
        **asdict(facts),
        "languages": list(facts.languages),
        "massage_areas": list(facts.massage_areas),
        "search_key": names.search_key(facts.preferred_name, facts.legal_name),
        "sort_key": names.sort_key(facts.preferred_name),
    }


def _check(facts: PatientFacts, *, today: date, kept_place: int | None = None) -> None:
    try:
        place = places.place(facts.place_id)
    except Missing:
        place = None
    if place is not None and not place.is_open and place.id != kept_place:
        place = None  # closed since the form was opened
    found = objections(facts, place_kind=place.kind if place else None, this_year=today.year)
    found += word_objections(facts.languages, "other_languages")
    if found:
        raise Refused(found)


def _refuse_namesakes(
    facts: PatientFacts, patient_id: int | None, another_than: Collection[int]
) -> list[int]:
    """Return the namesakes who were told apart; raise Refused when one was not looked at."""
    found = queries.namesakes(facts.preferred_name, facts.place_id, but=patient_id)
    ids = [one.id for one in found]
    if not set(ids) <= set(another_than):
        raise Refused([Objection("namesake", hard=False, facts={"ids": ids})])
    return ids


def _stale(patient_id: int) -> Objection:
    last = journal_queries.history("patient", patient_id, limit=1)
    return Objection("stale", facts={"at": last[0].happened_at} if last else {})


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error
