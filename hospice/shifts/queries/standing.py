"""Standing places, and the facts by which many of them are filled in few statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift, Standing
from hospice.shifts.queries.shifts import member
from hospice.shifts.rules.placing import Held, Member, ShiftFacts, VolunteerFacts
from hospice.shifts.rules.states import HOLDING, AssignmentState, ShiftState
from hospice.volunteers.models import Away, Clearance, Credential, KeptApart, Volunteer
from hospice.volunteers.rules import CredentialKind, Span, VolunteerState


@dataclass
class People:
    """What is known of standing volunteers while dates are filled; it grows as they are placed."""

    volunteers: dict[int, Volunteer]
    clearances: dict[tuple[int, int], Clearance]
    away: dict[int, list[Span]]
    apart: dict[int, set[int]]
    # when the first needed one runs out; those about health apart
    papers: dict[tuple[int, bool], date]
    held: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))

    def facts(self, volunteer_id: int, shift: ShiftFacts, team: Sequence[Member]) -> VolunteerFacts:
        """Return what the rules of placing ask about a volunteer for one date."""
        person = self.volunteers[volunteer_id]
        clearance = self.clearances.get((volunteer_id, shift.place_id))
        return VolunteerFacts(
            id=person.id,
            name=person.preferred_name,
            state=person.state,
            break_until=person.break_until,
            gender=person.gender,
            experience=person.experience,
            is_leader=person.is_leader,
            languages=tuple(person.languages),
            skills=tuple(person.skills),
            preferred_a_month=person.preferred_a_month,
            maximum_a_month=person.maximum_a_month,
            is_cleared=clearance is not None,
            clearance_ends_on=clearance.expires_on if clearance else None,
            distance_km=None,
            gave_availability=False,  # a standing place is their own word on when they can come
            is_available=True,
            is_away=any(span.holds(shift.local_day) for span in self.away[volunteer_id]),
            held=tuple(self.held[volunteer_id]),
            needed_paper_until=self.papers.get((volunteer_id, False)),
            needed_health_until=self.papers.get((volunteer_id, True)),
            kept_apart_from=tuple(
                one.name for one in team if one.volunteer_id in self.apart[volunteer_id]
            ),
        )

    def member(self, volunteer_id: int) -> Member:
        """Return a volunteer as a member of a team."""
        return member(self.volunteers[volunteer_id])


def standing_of(weekly_id: int, *, since: date | None = None) -> Sequence[Standing]:
    """Return the standing places of a weekly shift that have not ended, with the volunteers."""
    chosen = (
        select(Standing)
        .where(Standing.weekly_shift_id == weekly_id)
        .options(joinedload(Standing.volunteer))
        .order_by(Standing.is_leader.desc(), Standing.starts_on, Standing.id)
        .execution_options(populate_existing=True)
    )
    if since is not None:
        chosen = chosen.where(or_(Standing.ends_on.is_(None), Standing.ends_on >= since))
    return db.session.scalars(chosen).all()


def standing(standing_id: int, weekly_id: int) -> Standing:
    """Return one standing place of a weekly shift, with the volunteer; raise Missing."""
    found = db.session.scalar(
        select(Standing)
        .where(Standing.id == standing_id, Standing.weekly_shift_id == weekly_id)
        .options(joinedload(Standing.volunteer))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def standing_by(volunteer_id: int, since: date) -> Sequence[Standing]:
    """Return someone's standing places that have not ended on a day."""
    return db.session.scalars(
        select(Standing)
        .where(
            Standing.volunteer_id == volunteer_id,
            or_(Standing.ends_on.is_(None), Standing.ends_on >= since),
        )
        .order_by(Standing.id)
    ).all()


def row_on(volunteer_id: int, shift_id: int) -> Assignment | None:
    """Return someone's row on a shift, with shift, place and volunteer, whatever became of it."""
    return db.session.scalar(
        select(Assignment)
        .where(Assignment.volunteer_id == volunteer_id, Assignment.shift_id == shift_id)
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )


def volunteers_to_choose(place_id: int) -> Sequence[Volunteer]:
    """Return the volunteers who are cleared for a place and have not left, by name."""
    return db.session.scalars(
        select(Volunteer)
        .join(Clearance, Clearance.volunteer_id == Volunteer.id)
        .where(Clearance.place_id == place_id, Volunteer.state != VolunteerState.LEFT)
        .order_by(Volunteer.sort_key, Volunteer.id)
    ).all()


def dates_of(weekly_id: int, since: date) -> Sequence[Shift]:
    """Return the planned dates of a weekly shift from a day of the pattern on, with places."""
    return db.session.scalars(
        select(Shift)
        .where(
            Shift.weekly_shift_id == weekly_id,
            Shift.occurrence_on >= since,
            Shift.state == ShiftState.PLANNED,
        )
        .options(joinedload(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .execution_options(populate_existing=True)
    ).all()


def drafts_of(weekly_id: int, volunteer_id: int, since: date) -> Sequence[Assignment]:
    """Return someone's places on a weekly shift that they do not know of yet."""
    return db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Shift.weekly_shift_id == weekly_id,
            Shift.occurrence_on >= since,
            Assignment.volunteer_id == volunteer_id,
            Assignment.state == AssignmentState.DRAFT,
            Assignment.told_at.is_(None),
        )
        .options(
            joinedload(Assignment.volunteer),
            contains_eager(Assignment.shift).joinedload(Shift.place),
        )
        .order_by(Shift.starts_at)
    ).all()


def rows_of(volunteer_id: int, shift_ids: Sequence[int]) -> dict[int, AssignmentState]:
    """Return {shift: state} of someone's rows on some shifts, whatever became of them."""
    return dict(
        db.session.execute(
            select(Assignment.shift_id, Assignment.state).where(
                Assignment.volunteer_id == volunteer_id, Assignment.shift_id.in_(shift_ids)
            )
        ).all()
    )


# --- for generation -------------------------------------------------------------------------------


def standing_in(weekly_ids: Sequence[int], since: date) -> Sequence[Standing]:
    """Return the standing places of many weekly shifts, their volunteers locked.

    The lock lets a placing of the same person elsewhere see what is placed here (PostgreSQL;
    SQLite has one writer anyway).
    """
    return db.session.scalars(
        select(Standing)
        .join(Volunteer, Volunteer.id == Standing.volunteer_id)
        .where(
            Standing.weekly_shift_id.in_(weekly_ids),
            or_(Standing.ends_on.is_(None), Standing.ends_on >= since),
        )
        .options(contains_eager(Standing.volunteer))
        .order_by(Volunteer.id, Standing.id)
        .with_for_update(of=Volunteer, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def people(volunteers: Sequence[Volunteer], first: date, last: date) -> People:
    """Return the facts about some volunteers between two days; five statements."""
    ids = sorted({person.id for person in volunteers})
    away: dict[int, list[Span]] = defaultdict(list)
    for row in db.session.scalars(
        select(Away).where(
            Away.volunteer_id.in_(ids),
            Away.cancelled_at.is_(None),
            Away.ends_on >= first,
            Away.starts_on <= last,
        )
    ):
        away[row.volunteer_id].append(Span(row.starts_on, row.ends_on))
    return People(
        volunteers={person.id: person for person in volunteers},
        clearances={
            (row.volunteer_id, row.place_id): row
            for row in db.session.scalars(select(Clearance).where(Clearance.volunteer_id.in_(ids)))
        },
        away=away,
        apart=_apart(ids),
        papers=_papers(ids),
        held=_held(ids, first, last),
    )


def _papers(ids: Sequence[int]) -> dict[tuple[int, bool], date]:
    is_health = Credential.kind == CredentialKind.HEALTH
    rows = db.session.execute(
        select(Credential.volunteer_id, is_health, func.min(Credential.valid_until))
        .where(
            Credential.volunteer_id.in_(ids),
            Credential.ended_at.is_(None),
            Credential.is_required,
            Credential.valid_until.is_not(None),
        )
        .group_by(Credential.volunteer_id, is_health)
    )
    return {(row[0], bool(row[1])): row[2] for row in rows if row[2] is not None}


def _apart(ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for pair in db.session.scalars(
        select(KeptApart).where(or_(KeptApart.first_id.in_(ids), KeptApart.second_id.in_(ids)))
    ):
        found[pair.first_id].add(pair.second_id)
        found[pair.second_id].add(pair.first_id)
    return found


def _held(ids: Sequence[int], first: date, last: date) -> dict[int, list[Held]]:
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
            Assignment.volunteer_id.in_(ids),
            Assignment.state.in_(HOLDING),
            Shift.local_day.between(first - timedelta(days=2), last + timedelta(days=2)),
        )
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for volunteer_id, shift_id, starts_at, ends_at, day, name in rows:
        found[volunteer_id].append(Held(shift_id, starts_at, ends_at, day, name))
    return found
