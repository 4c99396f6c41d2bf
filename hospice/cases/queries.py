"""What people said to us: lists without whatever is about whoever looks, one case, and thanks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import PERMISSIONS, Permission, Role
from hospice.cases.models import Case, CaseStep
from hospice.cases.rules import CaseFacts, CaseKind, CaseState
from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.shifts.queries.holidays import holidays_between
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

PER_PAGE = 30
_STAFF_AT_MOST = 2_000
_unread = and_(Case.is_urgent.is_(True), Case.read_at.is_(None))
_plain = and_(Case.kind == CaseKind.THANKS, Case.looks_into.is_(False), ~_unread)
_open = Case.state != CaseState.CLOSED
_nobody_waits = and_(_plain, Case.answer_way.is_(None))
# By when the next thing is to be done; nobody waits once it is answered, or for thanks alone.
_due_on = case(
    (Case.state == CaseState.RECEIVED, Case.acknowledge_by),
    (or_(Case.state == CaseState.ANSWERED, _nobody_waits), None),
    else_=Case.answer_by,
)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows; `owner_id` 0 means everyone's."""

    owner_id: int = 0
    is_closed: bool = False


@dataclass(frozen=True)
class Counts:
    """How many cases are open, and how many of those are late or unread."""

    open: int
    late: int
    urgent: int


def _is_seen_by(user: User) -> ColumnElement[bool]:
    """Return the condition that a case is not about whoever looks."""
    if not user.may(Permission.SEE_CASES):
        raise Missing
    own = select(Volunteer.id).where(Volunteer.user_id == user.id)
    return and_(
        or_(Case.about_user_id.is_(None), Case.about_user_id != user.id),
        or_(Case.about_volunteer_id.is_(None), Case.about_volunteer_id.not_in(own)),
    )


_NAMED = (
    joinedload(Case.kin),
    joinedload(Case.about_volunteer),
    joinedload(Case.about_user),
    joinedload(Case.owner),
)


def case_for(user: User, case_id: int, *, locking: bool = False) -> Case:
    """Return a case with everyone it names; raise Missing, also for whom it is about."""
    asked = (
        select(Case)
        .where(Case.id == case_id, _is_seen_by(user))
        .options(*_NAMED, joinedload(Case.read_by), joinedload(Case.received_by))
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(asked.with_for_update(of=Case) if locking else asked)
    if found is None:
        raise Missing
    return found


def cases(user: User, narrowed: CaseFilter, *, offset: int = 0) -> Sequence[Case]:
    """Return one page of cases: unread words of harm first, then by their days."""
    order = (
        (Case.closed_at.desc(), Case.id.desc())
        if narrowed.is_closed
        else (_unread.desc(), func.coalesce(_due_on, date(9999, 1, 1)), Case.id)
    )
    return db.session.scalars(
        select(Case)
        .where(*_conditions(user, narrowed))
        .options(*_NAMED)
        .order_by(*order)
        .limit(PER_PAGE)
        .offset(offset)
    ).all()


def case_count(user: User, narrowed: CaseFilter) -> int:
    """Return how many cases a list has."""
    asked = select(func.count()).select_from(Case).where(*_conditions(user, narrowed))
    return db.session.scalar(asked) or 0


def _conditions(user: User, narrowed: CaseFilter) -> list[ColumnElement[bool]]:
    found = [_is_seen_by(user), ~_open if narrowed.is_closed else _open]
    if narrowed.owner_id:
        found.append(Case.owner_id == narrowed.owner_id)
    return found


def counts(user: User, today: date) -> Counts:
    """Return how many cases are open, late and unread; one statement."""
    row = db.session.execute(
        select(
            func.count(),
            func.count(case((and_(_due_on < today, ~_unread), 1))),
            func.count(case((_unread, 1))),
        )
        .select_from(Case)
        .where(_is_seen_by(user), _open)
    ).one()
    return Counts(*row)


def needing(user: User, today: date, *, limit: int = 6) -> Sequence[Case]:
    """Return the cases that need somebody now: unread, late, or new; one statement."""
    if not user.may(Permission.SEE_CASES):
        return []
    return db.session.scalars(
        select(Case)
        .where(
            _is_seen_by(user),
            _open,
            or_(_unread, Case.state == CaseState.RECEIVED, _due_on < today),
        )
        .options(*_NAMED)
        .order_by(_unread.desc(), func.coalesce(_due_on, date(9999, 1, 1)), Case.id)
        .limit(limit)
    ).all()


def steps_of(case_id: int) -> Sequence[CaseStep]:
    """Return every step of a case, the first one first."""
    return db.session.scalars(
        select(CaseStep)
        .where(CaseStep.case_id == case_id)
        .options(joinedload(CaseStep.by))
        .order_by(CaseStep.id)
    ).all()


def is_said_already(case_id: int, state: CaseState, words: str) -> bool:
    """Tell whether the newest step of a case is this one, in the same words."""
    newest = db.session.scalar(
        select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.id.desc()).limit(1)
    )
    return newest is not None and (newest.state, newest.words) == (state, words)


def facts_of(found: Case) -> CaseFacts:
    """Return a case as the rules know it."""
    return CaseFacts(
        kind=found.kind,
        state=found.state,
        wants_answer=found.answer_way is not None,
        is_unread=found.is_urgent and found.read_at is None,
        looks_into=found.looks_into,
    )


def subjects_of(found: Case) -> frozenset[int]:
    """Return the users whom a case is about; `about_volunteer` is loaded."""
    volunteer = found.about_volunteer
    ids = {found.about_user_id, volunteer.user_id if volunteer else None}
    return frozenset(one for one in ids if one is not None)


def possible_owners(
    *, but: frozenset[int] = frozenset(), kept: int | None = None
) -> Sequence[User]:
    """Return whoever may look after a case, by name; never whom it is about."""
    roles = [role for role, held in PERMISSIONS.items() if Permission.KEEP_CASES in held]
    return db.session.scalars(
        select(User)
        .where(
            or_(and_(User.role.in_(roles), User.is_enabled), User.id == (kept or 0)),
            User.id.not_in(but),
        )
        .order_by(User.name, User.id)
    ).all()


def staff(*, kept: int | None = None) -> Sequence[User]:
    """Return the people of the team whom something may be about, by name; volunteers have a
    question of their own. Whoever is named already stays, also after they left."""
    is_team = and_(User.is_enabled, User.role != Role.VOLUNTEER)
    return db.session.scalars(
        select(User)
        .where(or_(is_team, User.id == (kept or 0)))
        .order_by(User.name, User.id)
        .limit(_STAFF_AT_MOST)
    ).all()


def volunteers_like(words: str, *, limit: int = 12) -> Sequence[Volunteer]:
    """Return volunteers whose name holds every word; those who left can be praised as well."""
    if not names.like(words):
        return []
    return db.session.scalars(
        select(Volunteer)
        .where(names.matches(Volunteer.search_key, words))
        .order_by(Volunteer.state != VolunteerState.ACTIVE, Volunteer.sort_key, Volunteer.id)
        .limit(limit)
    ).all()


def volunteer(volunteer_id: int) -> Volunteer | None:
    """Return a volunteer, or None."""
    return db.session.get(Volunteer, volunteer_id)


def said_just_now(kin_id: int, kind: CaseKind, words: str, now: datetime) -> Case | None:
    """Return what somebody wrote to us within the hour in the very same words: a form sent twice."""
    return db.session.scalar(
        select(Case)
        .where(
            Case.kin_id == kin_id,
            Case.received_by_id.is_(None),
            Case.kind == kind,
            Case.words == words,
            Case.received_at > now - timedelta(hours=1),
        )
        .order_by(Case.id)
        .limit(1)
    )


def said_today(kin_id: int, now: datetime) -> int:
    """Return how often somebody wrote to us in the last day."""
    asked = select(func.count()).where(
        Case.kin_id == kin_id, Case.received_at > now - timedelta(days=1)
    )
    return db.session.scalar(asked) or 0


def thanks_for(volunteer_id: int, *, limit: int = 60) -> Sequence[Case]:
    """Return the thanks that were passed on to a volunteer, the newest first."""
    return db.session.scalars(
        select(Case)
        .where(Case.about_volunteer_id == volunteer_id, Case.shared_at.is_not(None))
        .order_by(Case.shared_at.desc(), Case.id.desc())
        .limit(limit)
    ).all()


def free_days(first: date, last: date) -> frozenset[date]:
    """Return the days between two on which the office is closed: weekends and public holidays."""
    holidays = holidays_between(first, last)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return frozenset(day for day in days if day.weekday() >= 5 or day in holidays)


@dataclass(frozen=True)
class Waiting:
    """A case that somebody is to be told of: unread, or its day has come."""

    case_id: int
    is_unread: bool
    received_at: datetime
    due_on: date | None
    owner_id: int | None
    subjects: frozenset[int]


def waiting(first: date, last: date, *, limit: int = 200) -> list[Waiting]:
    """Return the open cases that are unread, or due between two days."""
    return _waiting(or_(_unread, _due_on.between(first, last)), limit)


def waiting_among(case_ids: Sequence[int]) -> list[Waiting]:
    """Return those of some cases that are open, as they stand."""
    return _waiting(Case.id.in_(case_ids), len(case_ids))


def _waiting(wanted: ColumnElement[bool], limit: int) -> list[Waiting]:
    rows = db.session.execute(
        select(
            Case.id,
            _unread,
            Case.received_at,
            _due_on,
            Case.owner_id,
            Case.about_user_id,
            Volunteer.user_id,
        )
        .outerjoin(Volunteer, Volunteer.id == Case.about_volunteer_id)
        .where(_open, wanted)
        .order_by(Case.id)
        .limit(limit)
    )
    return [
        Waiting(
            case_id,
            bool(is_unread),
            received_at,
            due_on,
            owner_id,
            frozenset(one for one in subjects if one is not None),
        )
        for case_id, is_unread, received_at, due_on, owner_id, *subjects in rows
    ]
