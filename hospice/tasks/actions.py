"""Making a task, giving it to someone, and closing it."""

from datetime import date, datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Refused
from hospice.journal import actions as journal
from hospice.tasks import rules
from hospice.tasks.models import Task


def make(
    words: str,
    *,
    due_on: date,
    about: tuple[str, int] | None,
    patient_id: int | None = None,
    volunteer_id: int | None = None,
    owner_id: int | None = None,
    is_promise: bool = False,
    by: User | None,
    now: datetime,
) -> Task:
    """Write down something to be done by a day; `about` is the record it came from.

    Raise Refused when it says nothing, or too much.
    """
    found = rules.making_objections(words)
    if found:
        raise Refused(found)
    kind, record_id = about or ("", None)
    task = Task(
        words=words.strip(),
        due_on=due_on,
        is_promise=is_promise,
        about_kind=kind,
        about_id=record_id,
        patient_id=patient_id,
        volunteer_id=volunteer_id,
        owner_id=owner_id,
        made_by_id=by.id if by else None,
        made_at=now,
        outcome="",
    )
    db.session.add(task)
    db.session.flush()
    verb = "task.promised" if is_promise else "task.made"
    journal.record(verb, about=_about(task), by=by, now=now, due_on=due_on)
    return task


def change(
    task: Task,
    *,
    words: str,
    due_on: date,
    owner_id: int | None,
    by: User,
    now: datetime,
) -> None:
    """Say it better, give a task another day, or to someone else; a closed one stays as it is."""
    found = rules.making_objections(words)
    if found:
        raise Refused(found)
    new = {"words": words.strip(), "due_on": due_on, "owner_id": owner_id}
    changed = journal.changes(task, new)
    if task.done_at is not None or not changed:
        return
    for name, value in new.items():
        setattr(task, name, value)
    db.session.flush()
    # Who it was given to is an id, which says nothing in a sentence; the page shows the name.
    told = {name: pair for name, pair in changed.items() if name != "owner_id"}
    verb = "task.given" if "owner_id" in changed else "task.changed"
    journal.record(verb, about=_about(task), by=by, now=now, changed=told)


def close(task: Task, *, outcome: str, by: User, now: datetime) -> None:
    """Close a task with what was done; closing it again changes nothing.

    Raise Refused when it was a promise and the outcome says nothing.
    """
    if task.done_at is not None:
        return
    found = rules.closing_objections(is_promise=task.is_promise, outcome=outcome)
    if found:
        raise Refused(found)
    task.outcome = outcome.strip()
    task.done_at = now
    task.done_by_id = by.id
    db.session.flush()
    journal.record("task.closed", about=_about(task), by=by, now=now)


def reopen(task: Task, *, by: User, now: datetime) -> None:
    """Open a task again that was closed by mistake; what was said stays until it is closed anew."""
    if task.done_at is None:
        return
    task.done_at = None
    task.done_by_id = None
    db.session.flush()
    journal.record("task.reopened", about=_about(task), by=by, now=now)


def _about(task: Task) -> list[tuple[str, int]]:
    about = [("task", task.id)]
    if task.about_kind and task.about_id is not None:
        about.append((task.about_kind, task.about_id))
    if task.patient_id is not None:
        about.append(("patient", task.patient_id))
    return about
