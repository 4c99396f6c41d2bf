"""Taking back a step on the board: the rows go back to what they were, if nobody came between."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import holds, seats
from hospice.shifts.actions.snapshots import nothing, snapshot
from hospice.shifts.models import Assignment, Shift, UndoStep
from hospice.shifts.queries import undo as queries
from hospice.shifts.rules.states import HOLDING, AnsweredBy, AssignmentState, ShiftState, ToldKind

_TOLD = ("told_kind", "told_at", "told_starts_at", "told_ends_at", "told_place_id")
_INSTANTS = {"answered_at", "told_at", "told_starts_at", "told_ends_at"}
_ENUMS: dict[str, Any] = {
    "state": AssignmentState,
    "answered_by": AnsweredBy,
    "told_kind": ToldKind,
}


def undo(step_id: int, *, by: User, now: datetime) -> UndoStep:
    """Undo one of a person's own steps; raise Missing, or Refused("changed_meanwhile").

    What has already been sent cannot be recalled: such an assignment keeps what its volunteer was
    told, so that the next publish shows, and sends, the correction.
    """
    step = queries.step(by, step_id, now)
    taken_back = db.session.execute(
        update(UndoStep)
        .where(UndoStep.id == step.id, UndoStep.undone_at.is_(None))
        .values(undone_at=now)
        .execution_options(synchronize_session=False)
    )
    if taken_back.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused([Objection("changed_meanwhile")])
    shifts, assignments = _rows(step)
    rows: dict[str, Assignment | Shift] = {**shifts, **assignments}
    if any(snapshot(row) != step.after[name] for name, row in rows.items()):
        raise Refused([Objection("changed_meanwhile")])
    for name, shift in shifts.items():
        before = step.before[name]
        shift.state = ShiftState(before["state"])
        shift.cancel_reason = before["cancel_reason"]
    db.session.flush()
    told = {f"told:{row.id}:{row.told_times}": name for name, row in assignments.items()}
    sent = {told[key] for key in queries.sent_keys(list(told))}
    leaving = [n for n, r in assignments.items() if r.state in HOLDING]
    # First those who leave a place, then those who come back to one.
    for name in sorted(assignments, key=lambda n: n not in leaving):
        _restore(
            assignments[name],
            step.before[name] or nothing(),
            keep_told=name in sent,
            by=by,
            now=now,
        )
    shift_ids = sorted(
        {row.shift_id for row in assignments.values()} | {s.id for s in shifts.values()}
    )
    journal.record(
        "shift.undone",
        about=[("shift", shift_id) for shift_id in shift_ids],
        by=by,
        now=now,
        step=step.verb,
        facts=step.facts,
    )
    db.session.refresh(step)
    return step


def _rows(step: UndoStep) -> tuple[dict[str, Shift], dict[str, Assignment]]:
    ids: dict[str, list[int]] = {"assignment": [], "shift": []}
    for name in step.after:
        kind, _, number = name.partition(":")
        ids[kind].append(int(number))
    shifts, assignments = queries.rows(ids["shift"], ids["assignment"])
    return (
        {f"shift:{row.id}": row for row in shifts},
        {f"assignment:{row.id}": row for row in assignments},
    )


def _restore(
    row: Assignment, before: dict[str, Any], *, keep_told: bool, by: User, now: datetime
) -> None:
    values = {
        name: _value(name, value)
        for name, value in before.items()
        if not (keep_told and name in _TOLD)
    }
    to = values.pop("state")
    was_holding = row.state in HOLDING
    # The shift's row first, as everywhere: see seats.leave.
    if to in HOLDING and not was_holding:
        holds.take_over(row.shift_id, by=by, now=now)
    elif was_holding and to not in HOLDING:
        seats.free(row.shift_id)
    seats.move(row, to, **values)


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _INSTANTS:
        return datetime.fromisoformat(value)
    return _ENUMS[name](value) if name in _ENUMS else value
