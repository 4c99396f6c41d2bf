"""Who fits a shift: the facts of many volunteers in a constant number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Select, and_, bindparam, exists, func, select

from hospice.core import clock
from hospice.core.db import db
from hospice.core.names import matches
from hospice.patients.models import Loss
from hospice.shifts.models import Offer, Shift
from hospice.shifts.queries import around, ties
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules import placing
from hospice.shifts.rules.placing import Member, ShiftFacts, Verdict, VolunteerFacts
from hospice.shifts.rules.states import AssignmentState, OfferState
from hospice.volunteers.models import Availability, Away, Clearance, Credential, Volunteer
from hospice.volunteers.rules import CredentialKind, VolunteerState, day_part


@dataclass(frozen=True)
class Candidate:
    """Someone who may fit, with the verdict."""

    volunteer_id: int
    name: str
    phone: str
    verdict: Verdict
    is_asked: bool
    said_no: bool


def people_who_fit(
    shift: Shift,
    now: datetime,
    *,
    words: str = "",
    limit: int = 60,
    instead_of: int | None = None,
) -> list[Candidate]:
    """Return the volunteers cleared for a shift's place, best first; `shift.place` is loaded.

    `words` narrows to those whose search key holds every word. Those who cannot be placed come
    last, with the reason. With `instead_of` they would take the place of that volunteer, which
    counts as the last one.
    """
    facts = shift_queries.facts_of(shift)
    on_it = shift_queries.assignments_on(shift.id)
    team = shift_queries.team_of(on_it)
    busy = [member.volunteer_id for member in team]
    if instead_of is not None:
        team = [member for member in team if member.volunteer_id != instead_of]
        facts = replace(facts, taken=len(team), wanted=len(team) + 1, held=0)
    narrowed = _volunteer_facts().where(
        Clearance.id.is_not(None),
        Volunteer.state != VolunteerState.LEFT,
        Volunteer.id.not_in(busy),
    )
    if words:
        narrowed = narrowed.where(matches(Volunteer.search_key, words))
    values = _values(facts, shift.place.timezone)
    rows = db.session.execute(narrowed.order_by(Volunteer.sort_key).limit(400), values).all()
    people = [_volunteer(row, facts.local_day) for row in rows]
    people = _complete(people, facts, team, now)
    asked = {
        row.volunteer_id: row.state
        for row in db.session.execute(
            select(Offer.volunteer_id, Offer.state).where(Offer.shift_id == shift.id)
        )
    }
    cannot = {one.volunteer_id for one in on_it if one.state is AssignmentState.DECLINED}
    phones = {row.id: row.phone for row in rows}
    judged = [(one, placing.verdict(facts, one, team, now)) for one in people]
    judged.sort(key=lambda pair: (pair[0].id in cannot, *placing.rank(facts, *pair)))
    return [
        Candidate(
            volunteer_id=one.id,
            name=one.name,
            phone=phones[one.id],
            verdict=found,
            is_asked=asked.get(one.id) is OfferState.OPEN,
            said_no=one.id in cannot or asked.get(one.id) is OfferState.DECLINED,
        )
        for one, found in judged[:limit]
    ]


def facts_for(
    shift: ShiftFacts,
    zone: str,
    volunteer_id: int,
    team: Sequence[Member],
    now: datetime,
    *,
    locking: bool = False,
) -> VolunteerFacts | None:
    """Return the facts of one volunteer for one shift; three statements.

    `locking` holds the volunteer's row until the transaction ends, so that two placings of the
    same person at once see each other (PostgreSQL; SQLite has one writer anyway).
    """
    values = {**_values(shift, zone), "volunteer_id": volunteer_id}
    row = db.session.execute(_facts_of_one(locking), values).one_or_none()
    if row is None:
        return None
    return _complete([_volunteer(row, shift.local_day)], shift, team, now, with_history=False)[0]


def verdicts_for(volunteer_id: int, shifts: Sequence[Shift], now: datetime) -> dict[int, Verdict]:
    """Return a verdict for each of several shifts about one volunteer; six statements.

    The shifts' places must be loaded.
    """
    if not shifts:
        return {}
    found_one = db.session.execute(_with_losses(), {"volunteer_id": volunteer_id}).one_or_none()
    if found_one is None:
        return {}
    person = found_one.Volunteer
    ids = [shift.id for shift in shifts]
    days = [shift.local_day for shift in shifts]
    teams = around.teams(ids)
    clearances = {
        one.place_id: one
        for one in db.session.scalars(
            select(Clearance).where(Clearance.volunteer_id == volunteer_id)
        )
    }
    free = {
        (row.weekday, row.part)
        for row in db.session.execute(
            select(Availability.weekday, Availability.part).where(
                Availability.volunteer_id == volunteer_id
            )
        )
    }
    away = db.session.scalars(
        select(Away).where(
            Away.volunteer_id == volunteer_id,
            Away.cancelled_at.is_(None),
            Away.ends_on >= min(days),
            Away.starts_on <= max(days),
        )
    ).all()
    held = around.held_by([volunteer_id], min(days), max(days))[volunteer_id]
    apart = around.kept_apart([volunteer_id])[volunteer_id]
    known = around.visits_at([volunteer_id], {shift.place_id for shift in shifts}, now)
    known_privately = ties.of(volunteer_id) if found_one.has_ties else ()
    found = {}
    for shift in shifts:
        facts = shift_queries.facts_of(shift)
        team = teams[shift.id]
        starts = clock.local(shift.starts_at, shift.place.timezone)
        clearance = clearances.get(shift.place_id)
        visits, last = known.get((volunteer_id, shift.place_id), (0, None))
        one = VolunteerFacts(
            **_plain(person),
            is_cleared=clearance is not None,
            clearance_ends_on=clearance.expires_on if clearance else None,
            distance_km=clearance.distance_km if clearance else None,
            gave_availability=bool(free),
            is_available=(shift.local_day.weekday(), day_part(starts.time())) in free,
            is_away=any(span.starts_on <= shift.local_day <= span.ends_on for span in away),
            held=held,
            kept_apart_from=tuple(m.name for m in team if m.volunteer_id in apart),
            visits_here=visits,
            last_visit_on=last,
            needed_paper_until=found_one.needed_paper_until,
            needed_health_until=found_one.needed_health_until,
            paper_until=found_one.paper_until,
            knows_privately=any(one.touches(shift) for one in known_privately),
            **_losses_on(found_one, shift.local_day),
        )
        found[shift.id] = placing.verdict(facts, one, team, now)
    return found


@cache
def _with_losses() -> Select[Any]:
    wanted = Volunteer.id == bindparam("volunteer_id", type_=Integer())
    return select(Volunteer, *_losses(), *_papers(), ties.any_at_all()).where(wanted)


def _losses() -> tuple[Any, ...]:
    """Return the losses that a volunteer carries, as columns: small tables, one index."""

    def latest(column: Any, *, is_own: bool) -> Any:
        whose = Loss.patient_id.is_(None) if is_own else Loss.patient_id.is_not(None)
        return (
            select(func.max(column))
            .where(Loss.volunteer_id == Volunteer.id, Loss.ended_at.is_(None), whose)
            .correlate(Volunteer)
            .scalar_subquery()
        )

    return (
        latest(Loss.spared_until, is_own=True).label("own_loss_until"),
        latest(Loss.spared_until, is_own=False).label("spared_until"),
        latest(Loss.happened_on, is_own=False).label("patient_died_on"),
    )


def _papers() -> tuple[Any, ...]:
    """Return when the first of a volunteer's papers runs out, as columns: needed ones, others.

    Those about health stand apart: they are needed at a bedside alone.
    """
    is_health = Credential.kind == CredentialKind.HEALTH

    def first(which: Any) -> Any:
        return (
            select(func.min(Credential.valid_until))
            .where(
                Credential.volunteer_id == Volunteer.id,
                Credential.ended_at.is_(None),
                which,
            )
            .correlate(Volunteer)
            .scalar_subquery()
        )

    return (
        first(and_(Credential.is_required, ~is_health)).label("needed_paper_until"),
        first(and_(Credential.is_required, is_health)).label("needed_health_until"),
        first(Credential.is_required.is_(False)).label("paper_until"),
    )


def _losses_on(row: Any, day: date) -> dict[str, Any]:
    """Return the losses of a row that still count on the day of a shift."""
    own, spared = row.own_loss_until, row.spared_until
    return {
        "own_loss_until": own if own is not None and own >= day else None,
        "patient_died_on": (row.patient_died_on if spared is not None and spared >= day else None),
    }


def _plain(person: Volunteer) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.preferred_name,
        "state": person.state,
        "break_until": person.break_until,
        "gender": person.gender,
        "experience": person.experience,
        "is_leader": person.is_leader,
        "languages": tuple(person.languages),
        "skills": tuple(person.skills),
        "preferred_a_month": person.preferred_a_month,
        "maximum_a_month": person.maximum_a_month,
    }


def _values(shift: ShiftFacts, zone: str) -> dict[str, Any]:
    """Return the values of `_volunteer_facts`."""
    return {
        "place_id": shift.place_id,
        "patient_id": shift.patient_id,
        "local_day": shift.local_day,
        "weekday": shift.local_day.weekday(),
        "part": day_part(clock.local(shift.starts_at, zone).time()),
    }


@cache
def _facts_of_one(locking: bool) -> Select[Any]:
    wanted = _volunteer_facts().where(Volunteer.id == bindparam("volunteer_id", type_=Integer()))
    return wanted.with_for_update(of=Volunteer, key_share=True) if locking else wanted


@cache
def _volunteer_facts() -> Select[Any]:
    """Select volunteers with their clearance, availability and absence for one shift."""
    local_day = bindparam("local_day", type_=Date())
    any_availability = exists().where(Availability.volunteer_id == Volunteer.id)
    available = exists().where(
        Availability.volunteer_id == Volunteer.id,
        Availability.weekday == bindparam("weekday"),
        Availability.part == bindparam("part", type_=Availability.part.type),
    )
    away = exists().where(
        Away.volunteer_id == Volunteer.id,
        Away.cancelled_at.is_(None),
        Away.starts_on <= local_day,
        Away.ends_on >= local_day,
    )
    columns: tuple[Any, ...] = (
        Volunteer.id,
        Volunteer.preferred_name,
        Volunteer.phone,
        Volunteer.state,
        Volunteer.break_until,
        Volunteer.gender,
        Volunteer.experience,
        Volunteer.is_leader,
        Volunteer.languages,
        Volunteer.skills,
        Volunteer.preferred_a_month,
        Volunteer.maximum_a_month,
        Clearance.id.label("clearance_id"),
        Clearance.expires_on,
        Clearance.distance_km,
        any_availability.label("gave_availability"),
        available.label("is_available"),
        away.label("is_away"),
        ties.on_the_shift(),
        *_losses(),
        *_papers(),
    )
    return (
        select(*columns)
        .select_from(Volunteer)
        .outerjoin(
            Clearance,
            and_(
                Clearance.volunteer_id == Volunteer.id,
                Clearance.place_id == bindparam("place_id", type_=Integer()),
            ),
        )
    )


def _volunteer(row: Any, day: date) -> VolunteerFacts:
    return VolunteerFacts(
        id=row.id,
        name=row.preferred_name,
        state=row.state,
        break_until=row.break_until,
        gender=row.gender,
        experience=row.experience,
        is_leader=row.is_leader,
        languages=tuple(row.languages),
        skills=tuple(row.skills),
        preferred_a_month=row.preferred_a_month,
        maximum_a_month=row.maximum_a_month,
        is_cleared=row.clearance_id is not None,
        clearance_ends_on=row.expires_on,
        distance_km=row.distance_km,
        gave_availability=bool(row.gave_availability),
        is_available=bool(row.is_available),
        is_away=bool(row.is_away),
        needed_paper_until=row.needed_paper_until,
        needed_health_until=row.needed_health_until,
        paper_until=row.paper_until,
        knows_privately=bool(row.knows_privately),
        **_losses_on(row, day),
    )


def _complete(
    people: list[VolunteerFacts],
    shift: ShiftFacts,
    team: Sequence[Member],
    now: datetime,
    *,
    with_history: bool = True,
) -> list[VolunteerFacts]:
    """Add what other tables know: held places, people kept apart, past visits."""
    ids = [one.id for one in people]
    if not ids:
        return []
    held = around.held_by(ids, shift.local_day, shift.local_day)
    apart = around.kept_apart(ids) if team else defaultdict(set)
    visits = around.visits_at(ids, {shift.place_id}, now) if with_history else {}
    patient = around.visits_to_patient(ids, shift.patient_id, now) if with_history else {}
    return [
        replace(
            one,
            held=held[one.id],
            kept_apart_from=tuple(m.name for m in team if m.volunteer_id in apart[one.id]),
            visits_here=visits.get((one.id, shift.place_id), (0, None))[0],
            last_visit_on=visits.get((one.id, shift.place_id), (0, None))[1],
            visits_to_patient=patient.get(one.id, 0),
        )
        for one in people
    ]
