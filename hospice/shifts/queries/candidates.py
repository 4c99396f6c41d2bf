"""Who fits a shift: the facts of many volunteers in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select

from hospice.core import clock
from hospice.core.db import db
from hospice.core.names import matches
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules import placing
from hospice.shifts.rules.placing import Held, Member, ShiftFacts, Verdict, VolunteerFacts
from hospice.shifts.rules.states import HOLDING, AssignmentState, OfferState
from hospice.volunteers.models import Availability, Away, Clearance, KeptApart, Volunteer
from hospice.volunteers.rules import VolunteerState, day_part


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
    narrowed = _volunteer_facts(facts, shift.place.timezone).where(
        Clearance.id.is_not(None),
        Volunteer.state != VolunteerState.LEFT,
        Volunteer.id.not_in(busy),
    )
    if words:
        narrowed = narrowed.where(matches(Volunteer.search_key, words))
    rows = db.session.execute(narrowed.order_by(Volunteer.sort_key).limit(400)).all()
    people = _complete([_volunteer(row) for row in rows], facts, team, now)
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
    wanted = _volunteer_facts(shift, zone).where(Volunteer.id == volunteer_id)
    if locking:
        wanted = wanted.with_for_update(of=Volunteer, key_share=True)
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        return None
    return _complete([_volunteer(row)], shift, team, now, with_history=False)[0]


def verdicts_for(volunteer_id: int, shifts: Sequence[Shift], now: datetime) -> dict[int, Verdict]:
    """Return a verdict for each of several shifts about one volunteer; six statements.

    The shifts' places must be loaded.
    """
    if not shifts:
        return {}
    person = db.session.get(Volunteer, volunteer_id)
    if person is None:
        return {}
    ids = [shift.id for shift in shifts]
    days = [shift.local_day for shift in shifts]
    teams = _teams(ids)
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
    held = _held([volunteer_id], min(days), max(days))[volunteer_id]
    apart = _apart([volunteer_id])[volunteer_id]
    known = _visits([volunteer_id], {shift.place_id for shift in shifts}, now)
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
        )
        found[shift.id] = placing.verdict(facts, one, team, now)
    return found


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


def _volunteer_facts(shift: ShiftFacts, zone: str) -> Select[Any]:
    """Select volunteers with their clearance, availability and absence for one shift."""
    starts = clock.local(shift.starts_at, zone)
    any_availability = exists().where(Availability.volunteer_id == Volunteer.id)
    available = exists().where(
        Availability.volunteer_id == Volunteer.id,
        Availability.weekday == shift.local_day.weekday(),
        Availability.part == day_part(starts.time()),
    )
    away = exists().where(
        Away.volunteer_id == Volunteer.id,
        Away.cancelled_at.is_(None),
        Away.starts_on <= shift.local_day,
        Away.ends_on >= shift.local_day,
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
    )
    return (
        select(*columns)
        .select_from(Volunteer)
        .outerjoin(
            Clearance,
            and_(Clearance.volunteer_id == Volunteer.id, Clearance.place_id == shift.place_id),
        )
    )


def _volunteer(row: Any) -> VolunteerFacts:
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
    held = _held(ids, shift.local_day, shift.local_day)
    apart = _apart(ids) if team else defaultdict(set)
    visits = _visits(ids, {shift.place_id}, now) if with_history else {}
    patient = _visits_to_patient(ids, shift.patient_id, now) if with_history else {}
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


def _held(ids: Iterable[int], first: date, last: date) -> dict[int, tuple[Held, ...]]:
    """Return the places held in the months of some days and the days around them."""
    start = first.replace(day=1) - timedelta(days=2)
    end = (last.replace(day=28) + timedelta(days=4)).replace(day=1) + timedelta(days=2)
    rows = db.session.execute(
        select(
            Assignment.volunteer_id,
            Shift.id,
            Shift.starts_at,
            Shift.ends_at,
            Shift.local_day,
            Place.name,
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Assignment.volunteer_id.in_(list(ids)),
            Assignment.state.in_(HOLDING),
            Shift.local_day.between(start, end),
        )
        .order_by(Shift.starts_at)
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Held(row[1], row[2], row[3], row[4], row[5]))
    return defaultdict(tuple, {key: tuple(value) for key, value in found.items()})


def _apart(ids: Sequence[int]) -> dict[int, set[int]]:
    rows = db.session.execute(
        select(KeptApart.first_id, KeptApart.second_id).where(
            or_(KeptApart.first_id.in_(ids), KeptApart.second_id.in_(ids))
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for first, second in rows:
        found[first].add(second)
        found[second].add(first)
    return found


def _visits(
    ids: Sequence[int], place_ids: set[int], now: datetime
) -> dict[tuple[int, int], tuple[int, date | None]]:
    """Return (how often, last day) for volunteers at places within the last half year."""
    rows = db.session.execute(
        select(
            Assignment.volunteer_id,
            Shift.place_id,
            func.count(),
            func.max(Shift.local_day),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id.in_(ids),
            Assignment.state == AssignmentState.CONFIRMED,
            Shift.place_id.in_(place_ids),
            Shift.starts_at > now - placing.KNOWS_WITHIN,
            Shift.ends_at <= now,
        )
        .group_by(Assignment.volunteer_id, Shift.place_id)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _visits_to_patient(ids: Sequence[int], patient_id: int | None, now: datetime) -> dict[int, int]:
    if patient_id is None:
        return {}
    rows = db.session.execute(
        select(Assignment.volunteer_id, func.sum(case((Shift.ends_at <= now, 1), else_=0)))
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id.in_(ids),
            Assignment.state == AssignmentState.CONFIRMED,
            Shift.patient_id == patient_id,
            Shift.starts_at > now - placing.KNOWS_WITHIN,
        )
        .group_by(Assignment.volunteer_id)
    )
    return {row[0]: int(row[1] or 0) for row in rows}


def _teams(shift_ids: Sequence[int]) -> dict[int, list[Member]]:
    rows = db.session.execute(
        select(Assignment.shift_id, Volunteer)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING))
    )
    found: dict[int, list[Member]] = defaultdict(list)
    for shift_id, volunteer in rows:
        found[shift_id].append(shift_queries.member(volunteer))
    return found
