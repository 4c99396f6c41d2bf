"""Everything that is asked about tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import PERMISSIONS, Permission
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.tasks.models import Task
from hospice.tasks.rules import Progress, TaskFilter

PER_PAGE = 30


@dataclass(frozen=True)
class Totals:
    """How many tasks there are to do, and how many of them are due."""

    open: int
    due: int


@dataclass(frozen=True)
class Owned:
    """An open task, and whoever is to be told of its day."""

    task_id: int
    due_on: date
    is_promise: bool
    user_id: int
    name: str
    address: str
    locale: str


_NAMED = (
    joinedload(Task.patient),
    joinedload(Task.volunteer),
    joinedload(Task.owner),
    joinedload(Task.made_by),
    joinedload(Task.done_by),
)


def task_for(user: User, task_id: int, *, locking: bool = False) -> Task:
    """Return a task that this person may see, with everyone it names; raise Missing."""
    if not user.may(Permission.SEE_TASKS):
        raise Missing
    asked = (
        select(Task)
        .where(Task.id == task_id)
        .options(*_NAMED)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(asked.with_for_update(of=Task) if locking else asked)
    if found is None:
        raise Missing
    return found


def tasks(by: TaskFilter, *, limit: int = PER_PAGE, offset: int = 0) -> Sequence[Task]:
    """Return one page of tasks: open ones by their day, done ones by when they were done."""
    asked = _narrowed(select(Task), by).options(*_NAMED)
    if by.progress is Progress.DONE:
        asked = asked.order_by(Task.done_at.desc(), Task.id.desc())
    else:
        asked = asked.order_by(Task.due_on, Task.id)
    return db.session.scalars(asked.limit(limit).offset(offset)).all()


def task_count(by: TaskFilter) -> int:
    """Return how many tasks a list has."""
    return db.session.scalar(_narrowed(select(func.count()).select_from(Task), by)) or 0


def _narrowed(asked: Select[Any], by: TaskFilter) -> Select[Any]:
    is_done = by.progress is Progress.DONE
    asked = asked.where(Task.done_at.is_not(None) if is_done else Task.done_at.is_(None))
    return asked.where(Task.owner_id == by.owner_id) if by.owner_id else asked


def totals(today: date) -> Totals:
    """Return how many tasks are open, and how many of them are due; one statement."""
    is_due = case((Task.due_on <= today, 1))
    row = db.session.execute(
        select(func.count(), func.count(is_due)).select_from(Task).where(Task.done_at.is_(None))
    ).one()
    return Totals(*row)


def due_tasks(today: date, *, limit: int = 6) -> Sequence[Task]:
    """Return open tasks whose day has come, the oldest first."""
    return db.session.scalars(
        select(Task)
        .where(Task.done_at.is_(None), Task.due_on <= today)
        .options(joinedload(Task.patient), joinedload(Task.owner))
        .order_by(Task.due_on, Task.id)
        .limit(limit)
    ).all()


def owned(first: date, last: date, *, limit: int = 500) -> list[Owned]:
    """Return the open tasks of some days that someone has, the newest first."""
    return _owned(Task.due_on.between(first, last), limit)


def owned_among(task_ids: Sequence[int]) -> list[Owned]:
    """Return those of some tasks that are open and that someone has."""
    return _owned(Task.id.in_(task_ids), len(task_ids))


def _owned(which: ColumnElement[bool], limit: int) -> list[Owned]:
    rows = db.session.execute(
        select(Task.id, Task.due_on, Task.is_promise, User.id, User.name, User.email, User.locale)
        .join(User, User.id == Task.owner_id)
        .where(Task.done_at.is_(None), User.is_enabled, which)
        .order_by(Task.due_on.desc(), Task.id)
        .limit(limit)
    )
    return [Owned(*row) for row in rows]


def tasks_on_patient(patient_id: int, *, limit: int = 5) -> Sequence[Task]:
    """Return the open tasks about a patient, by their day."""
    return db.session.scalars(
        select(Task)
        .where(Task.patient_id == patient_id, Task.done_at.is_(None))
        .options(joinedload(Task.owner))
        .order_by(Task.due_on, Task.id)
        .limit(limit)
    ).all()


def tasks_from(kind: str, record_id: int) -> Sequence[Task]:
    """Return the tasks that came from a record, open or done, by their day."""
    return db.session.scalars(
        select(Task)
        .where(Task.about_kind == kind, Task.about_id == record_id)
        .options(joinedload(Task.owner))
        .order_by(Task.due_on, Task.id)
        .limit(PER_PAGE)
    ).all()


def possible_owners(*also: int | None) -> Sequence[User]:
    """Return the people who may be given a task, and those who have it (`also`), by name."""
    roles = [role for role, held in PERMISSIONS.items() if Permission.KEEP_TASKS in held]
    return db.session.scalars(
        select(User)
        .where(or_(and_(User.role.in_(roles), User.is_enabled), User.id.in_(list(also))))
        .order_by(User.name, User.id)
    ).all()
