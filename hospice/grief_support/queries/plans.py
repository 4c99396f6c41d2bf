"""Support plans: one, those of a patient, all of them, and what belongs to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission, Role
from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import (
    CareCall,
    ContactStop,
    Death,
    FollowUp,
    KeyDay,
    Kin,
    Kinship,
    Letter,
    LetterAlso,
    PlanStep,
    SupportPlan,
)
from hospice.grief_support.queries.kin import is_standing
from hospice.grief_support.rules.dates import KeyDate
from hospice.grief_support.rules.family_pages import PageTopic
from hospice.grief_support.rules.kin import StopScope
from hospice.grief_support.rules.plans import (
    DEFAULT_STEPS,
    ENDED_STATES,
    Kept,
    PlanState,
    Span,
    Step,
    Try,
)
from hospice.patients.models import Patient

PER_PAGE = 30


@dataclass(frozen=True)
class PlanFilter:
    """Which plans a list shows; by default those that are not over."""

    words: str = ""
    state: PlanState | None = None
    tier: int | None = None
    owner_id: int = 0
    is_over: bool = False


def plan_for(user: User, plan_id: int, *, locking: bool = False) -> SupportPlan:
    """Return a plan with its person, its patient and its owner, locked to write; raise Missing.

    Where the death was a mistake, the plan can be read and never written: nobody calls a family
    about someone who lives.
    """
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    if locking:
        db.session.execute(
            select(SupportPlan.id).where(SupportPlan.id == plan_id).with_for_update()
        )
    found = db.session.scalar(
        select(SupportPlan)
        .where(SupportPlan.id == plan_id)
        .options(
            joinedload(SupportPlan.kinship).joinedload(Kinship.kin).joinedload(Kin.guardian),
            joinedload(SupportPlan.kinship).joinedload(Kinship.patient).joinedload(Patient.place),
            joinedload(SupportPlan.owner),
            joinedload(SupportPlan.death),
        )
        .execution_options(populate_existing=True)
    )
    if found is None or (locking and found.death.undone_at is not None):
        raise Missing
    return found


def plans(narrowed: PlanFilter, *, offset: int = 0) -> Sequence[SupportPlan]:
    """Return one page of plans, the newest death first."""
    return db.session.scalars(
        _listed(narrowed)
        .join(Kinship.patient)
        .options(
            contains_eager(SupportPlan.kinship).contains_eager(Kinship.kin),
            contains_eager(SupportPlan.kinship).contains_eager(Kinship.patient),
            joinedload(SupportPlan.owner),
        )
        .order_by(SupportPlan.created_at.desc(), Kin.sort_key, SupportPlan.id)
        .limit(PER_PAGE)
        .offset(offset)
    ).all()


def plan_count(narrowed: PlanFilter) -> int:
    """Return how many plans a list has."""
    statement = _listed(narrowed).with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(statement) or 0


def _listed(narrowed: PlanFilter):  # type: ignore[no-untyped-def]
    return (
        select(SupportPlan)
        .join(SupportPlan.kinship)
        .join(Kinship.kin)
        .where(*_conditions(narrowed))
    )


def _conditions(narrowed: PlanFilter) -> list[ColumnElement[bool]]:
    over = SupportPlan.state.in_(ENDED_STATES)
    found: list[ColumnElement[bool]] = []
    if narrowed.state is not None:
        found.append(SupportPlan.state == narrowed.state)
    else:
        found.append(over if narrowed.is_over else ~over)
    if narrowed.is_over or narrowed.state is PlanState.CLOSED:
        # Those of a mistake say that someone died who lives: they stand with the person alone.
        mistaken = select(Death.id).where(Death.undone_at.is_not(None))
        found.append(SupportPlan.death_id.not_in(mistaken))
    if narrowed.tier is not None:
        found.append(SupportPlan.tier == narrowed.tier)
    if narrowed.owner_id:
        found.append(SupportPlan.owner_id == narrowed.owner_id)
    if narrowed.words and names.like(narrowed.words):
        found.append(names.matches(Kin.search_text, narrowed.words))
    return found


def newest(kinship_ids: Sequence[int]) -> dict[int, SupportPlan]:
    """Return the newest plan of each of some kinships, by kinship, in one statement."""
    rows = db.session.scalars(
        select(SupportPlan).where(SupportPlan.kinship_id.in_(kinship_ids)).order_by(SupportPlan.id)
    )
    return {row.kinship_id: row for row in rows}


def of_death(death_id: int) -> Sequence[SupportPlan]:
    """Return the plans that began with a death."""
    return db.session.scalars(
        select(SupportPlan).where(SupportPlan.death_id == death_id).order_by(SupportPlan.id)
    ).all()


def kinships_to_plan(death: Death) -> Sequence[Kinship]:
    """Return whoever is bereaved by a death and has no plan for it yet."""
    planned = select(SupportPlan.kinship_id).where(SupportPlan.death_id == death.id)
    return db.session.scalars(
        select(Kinship)
        .where(
            Kinship.patient_id == death.patient_id,
            Kinship.ended_at.is_(None),
            Kinship.id.not_in(planned),
        )
        .options(joinedload(Kinship.kin))
        .order_by(Kinship.id)
    ).all()


def open_of(kinship_id: int) -> Sequence[SupportPlan]:
    """Return the plans of a loss that are not over, locked to write."""
    return db.session.scalars(
        select(SupportPlan)
        .where(SupportPlan.kinship_id == kinship_id, SupportPlan.state.not_in(list(ENDED_STATES)))
        .order_by(SupportPlan.id)
        .with_for_update(of=SupportPlan)
        .execution_options(populate_existing=True)
    ).all()


def follow_ups_of(plan_id: int) -> Sequence[FollowUp]:
    """Return a plan's follow-ups, the earliest first."""
    return db.session.scalars(
        select(FollowUp)
        .where(FollowUp.plan_id == plan_id)
        .options(joinedload(FollowUp.assignee), joinedload(FollowUp.ended_by))
        .order_by(FollowUp.due_on, FollowUp.opens_on, FollowUp.id)
    ).all()


def kept(plan_id: int) -> list[Kept]:
    """Return a plan's follow-ups as the rules know them."""
    is_written = or_(
        select(Letter.id).where(Letter.follow_up_id == FollowUp.id).exists(),
        select(LetterAlso.letter_id).where(LetterAlso.follow_up_id == FollowUp.id).exists(),
    )
    rows = db.session.execute(select(FollowUp, is_written).where(FollowUp.plan_id == plan_id))
    return [
        Kept(
            id=row.id,
            key=row.key,
            way=row.way,
            opens_on=row.opens_on,
            due_on=row.due_on,
            state=row.state,
            is_moved=row.is_moved,
            tries=row.tries,
            is_written=bool(written),
        )
        for row, written in rows
    ]


def calls_of(plan_id: int, *, limit: int = 60) -> Sequence[CareCall]:
    """Return every try to reach someone, the newest first."""
    return db.session.scalars(
        select(CareCall)
        .where(CareCall.plan_id == plan_id)
        .options(joinedload(CareCall.by))
        .order_by(CareCall.tried_at.desc(), CareCall.id.desc())
        .limit(limit)
    ).all()


def tries_of(plan_id: int) -> list[Try]:
    """Return every try to reach someone as the rules know them."""
    rows = db.session.scalars(select(CareCall).where(CareCall.plan_id == plan_id))
    return [Try(row.tried_at, row.way, row.outcome) for row in rows]


def key_days_of(plan_id: int) -> Sequence[KeyDay]:
    """Return the days that matter to a family, the earliest first."""
    return db.session.scalars(
        select(KeyDay).where(KeyDay.plan_id == plan_id).order_by(KeyDay.day, KeyDay.kind)
    ).all()


def key_days_ahead(first: date, last: date, *, limit: int = 60) -> Sequence[tuple[KeyDay, Kin]]:
    """Return the days that matter between two days, of plans that are not over, with whom.

    Whoever wants no contact at all, or none on such days, is not among them: nobody has to decide.
    """
    no_days = and_(
        ContactStop.scope == StopScope.TOPIC,
        func.lower(func.trim(ContactStop.topic)) == PageTopic.DAYS.value,
    )
    stopped = (
        select(ContactStop.id)
        .where(
            ContactStop.kin_id == Kin.id,
            or_(ContactStop.scope == StopScope.EVERYTHING, no_days),
            *is_standing(first),
        )
        .exists()
    )
    rows = db.session.execute(
        select(KeyDay, Kin, SupportPlan)
        .join(SupportPlan, SupportPlan.id == KeyDay.plan_id)
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .join(Kin, Kin.id == Kinship.kin_id)
        .where(KeyDay.day.between(first, last), SupportPlan.state.not_in(ENDED_STATES), ~stopped)
        .order_by(KeyDay.day, Kin.sort_key)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def as_dates(rows: Sequence[KeyDay]) -> list[KeyDate]:
    """Return key days as the rules know them."""
    return [KeyDate(row.kind, row.day, row.nth) for row in rows]


def steps() -> Sequence[Step]:
    """Return the hospice's template of follow-ups; where it has none, the built-in one."""
    rows = db.session.scalars(select(PlanStep)).all()
    if not rows:
        return DEFAULT_STEPS
    return [
        Step(
            row.key,
            row.way,
            row.tier,
            Span(row.opens_months, row.opens_days),
            Span(row.closes_months, row.closes_days),
            row.purpose,
        )
        for row in rows
    ]


def is_own_template() -> bool:
    """Tell whether the hospice has a template of its own."""
    return db.session.scalar(select(PlanStep.key).limit(1)) is not None


def possible_owners(kept_id: int | None = None) -> Sequence[User]:
    """Return whoever may follow somebody: grief support first of all, then coordinators."""
    roles = (Role.GRIEF_SUPPORT, Role.COORDINATOR, Role.ADMINISTRATOR)
    return db.session.scalars(
        select(User)
        .where((User.role.in_(roles) & User.is_enabled) | (User.id == (kept_id or 0)))
        .order_by(User.role != Role.GRIEF_SUPPORT, User.name, User.id)
    ).all()
