"""The bereaved people whom a gathering may be for, and what keeps each of them from being asked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.core import clock, names
from hospice.core.db import db
from hospice.core.errors import Objection
from hospice.gatherings.models import Gathering
from hospice.gatherings.rules import Mourner, estranged_among, invitation_way, left_out
from hospice.grief_support.models import (
    Death,
    Estranged,
    KeyDay,
    Kin,
    Kinship,
    SupportPlan,
    Telling,
    WayOf,
)
from hospice.grief_support.queries.kin import standing_stops
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.kin import Consent, KinWay, StopFacts
from hospice.grief_support.rules.plans import ENDED_STATES, Way
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

MOST = 300


@dataclass(frozen=True)
class Candidate:
    """A bereaved person, whom they lost, how they would be asked, and why they are not."""

    kin: Kin
    links: tuple[Kinship, ...]
    plan: SupportPlan | None
    way: Way | None
    reasons: tuple[Objection, ...]
    quiet: KeyDay | None  # the family keeps that day quiet
    estranged: tuple[str, ...] = ()  # the names of those on the list to whom they do not speak


@dataclass(frozen=True)
class Companion:
    """A volunteer who knew somebody that died, and why they are not asked."""

    volunteer: Volunteer
    patients: tuple[str, ...]
    reasons: tuple[Objection, ...]


def of_period(gathering: Gathering, today: date) -> list[Candidate]:
    """Return whoever lost somebody in the period that a gathering is for; five statements."""
    found = _in_period(gathering)
    return _candidates([found], gathering, today) if found is not None else []


def like(words: str, gathering: Gathering, today: date) -> list[Candidate]:
    """Return bereaved people whose name, pinyin or telephone holds every word."""
    if not names.like(words):
        return []
    found = [names.matches(Kin.search_text, words), Death.id.is_not(None)]
    return _candidates(found, gathering, today)


def among(kin_ids: Iterable[int], gathering: Gathering, today: date) -> dict[int, Candidate]:
    """Return how it stands with some people now, whatever was written down when they were asked."""
    ids = sorted(set(kin_ids))
    if not ids:
        return {}
    found = _candidates([Kin.id.in_(ids)], gathering, today)
    return {one.kin.id: one for one in found}


def _in_period(gathering: Gathering) -> ColumnElement[bool] | None:
    first, last = gathering.period_from, gathering.period_until
    if first is None or last is None:
        return None
    zone = gathering.timezone
    starts, _end = clock.day_bounds(first, zone)
    _start, ends = clock.day_bounds(last, zone)
    # Without a day of death it counts from when we were told.
    told = and_(Death.died_on.is_(None), Death.reported_at >= starts, Death.reported_at < ends)
    return or_(Death.died_on.between(first, last), told)


def _candidates(
    conditions: Sequence[ColumnElement[bool]], gathering: Gathering, today: date
) -> list[Candidate]:
    rows = db.session.execute(
        select(Kinship, Death, SupportPlan)
        .join(Kinship.kin)
        .join(Kinship.patient)
        .outerjoin(Death, and_(Death.patient_id == Kinship.patient_id, Death.undone_at.is_(None)))
        .outerjoin(
            SupportPlan,
            and_(SupportPlan.kinship_id == Kinship.id, SupportPlan.death_id == Death.id),
        )
        .where(*conditions, Kinship.ended_at.is_(None))
        .options(
            contains_eager(Kinship.kin).joinedload(Kin.guardian),
            contains_eager(Kinship.patient),
        )
        .order_by(Kin.sort_key, Kin.id, Death.reported_at.desc(), Kinship.id)
        .limit(MOST)
        .execution_options(populate_existing=True)
    ).all()
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row[0].kin_id].append(row)
    facts = _Facts.of(grouped, gathering, today)
    return [facts.candidate(group, gathering) for group in grouped.values()]


@dataclass(frozen=True)
class _Facts:
    """What several bereaved people wish, asked for all of them at once."""

    stops: dict[int, list[Any]]
    ways: dict[int, list[tuple[KinWay, Consent]]]
    quiet: dict[int, KeyDay]

    @classmethod
    def of(cls, grouped: dict[int, list[Any]], gathering: Gathering, today: date) -> "_Facts":
        ids = set(grouped)
        guardians = {
            group[0][0].kin.guardian_id for group in grouped.values() if group[0][0].kin.guardian_id
        }
        ways: dict[int, list[tuple[KinWay, Consent]]] = defaultdict(list)
        for row in db.session.scalars(
            select(WayOf).where(WayOf.kin_id.in_(ids)).order_by(WayOf.rank)
        ):
            ways[row.kin_id].append((row.way, row.consent))
        return cls(standing_stops(ids | guardians, today), ways, _quiet(ids, gathering.local_day))

    def candidate(self, group: Sequence[Any], gathering: Gathering) -> Candidate:
        kin: Kin = group[0][0].kin
        callee = kin.guardian if kin.is_minor and kin.guardian else kin
        stops = [
            StopFacts(one.scope, way=one.way, topic=one.topic)
            for kin_id in {kin.id, callee.id}
            for one in self.stops.get(kin_id, ())
        ]
        judged = []
        for _link, death, plan in group:
            one = Mourner(
                is_confirmed=death is not None and death.confirmed_at is not None,
                plan=plan.state if plan else None,
                is_minor=kin.is_minor,
                has_guardian=kin.guardian_id is not None,
                stops=stops,
                ways=self.ways.get(kin.id, ()),
                can_be_called=bool(callee.phone),
                can_be_written_to=bool(callee.post_address),
            )
            reasons = left_out(one, is_religious=gathering.is_religious)
            judged.append((reasons, plan, None if reasons else invitation_way(one)))
        # Somebody may grieve for two: the plan under which they may be asked counts.
        reasons, plan, way = min(judged, key=lambda one: len(one[0]))
        links = tuple(dict.fromkeys(link for link, _death, _plan in group))
        return Candidate(kin, links, plan, way, tuple(reasons), self.quiet.get(kin.id))


def _quiet(kin_ids: Iterable[int], day: date) -> dict[int, KeyDay]:
    """Return which people keep a day quiet, whichever loss it is of."""
    rows = db.session.execute(
        select(Kinship.kin_id, KeyDay)
        .join(SupportPlan, SupportPlan.id == KeyDay.plan_id)
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .where(
            Kinship.kin_id.in_(list(kin_ids)),
            KeyDay.day == day,
            KeyDay.stance != Stance.REACH_OUT,
            SupportPlan.state.not_in(ENDED_STATES),
        )
    )
    return {row[0]: row[1] for row in rows}


def estranged(kin_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return, of some people, with whom of the others each does not speak; one statement."""
    ids = set(kin_ids)
    if len(ids) < 2:
        return {}
    rows = db.session.execute(
        select(Estranged.first_id, Estranged.second_id).where(
            Estranged.first_id.in_(ids), Estranged.second_id.in_(ids)
        )
    )
    return estranged_among([(row[0], row[1]) for row in rows], ids)


def companions(gathering: Gathering) -> list[Companion]:
    """Return the volunteers who were close to those who died in a gathering's period."""
    period = _in_period(gathering)
    if period is None:
        return []
    rows = db.session.scalars(
        select(Telling)
        .join(Death, Death.id == Telling.death_id)
        .join(Volunteer, Volunteer.id == Telling.volunteer_id)
        .where(
            period,
            Death.undone_at.is_(None),
            Death.confirmed_at.is_not(None),
            Volunteer.state != VolunteerState.LEFT,
        )
        .options(joinedload(Telling.volunteer), joinedload(Telling.death).joinedload(Death.patient))
        .order_by(Volunteer.sort_key, Volunteer.id, Telling.id)
        .limit(MOST)
    )
    grouped: dict[int, list[Telling]] = defaultdict(list)
    for row in rows:
        grouped[row.volunteer_id].append(row)
    return [_companion(group) for group in grouped.values()]


def _companion(group: Sequence[Telling]) -> Companion:
    volunteer = group[0].volunteer
    reasons = []
    if volunteer.state is not VolunteerState.ACTIVE:
        reasons.append(Objection("on_break"))
    # They hear of a death from a person, and of a gathering only then.
    if any(one.told_at is None for one in group):
        reasons.append(Objection("not_told"))
    patients = tuple(one.death.patient.preferred_name for one in group)
    return Companion(volunteer, patients, tuple(reasons))
