"""Keeping rows as they were before and after a step on the board, so that it can be undone."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.shifts.models import Assignment, Shift, UndoStep
from hospice.shifts.rules.states import AssignmentState

ASSIGNMENT_COLUMNS = (
    "state",
    "is_leader",
    "answered_at",
    "answered_by",
    "reason",
    "covered_by_id",
    "accepted",
    "told_kind",
    "told_at",
    "told_starts_at",
    "told_ends_at",
    "told_place_id",
)
SHIFT_COLUMNS = ("state", "cancel_reason")


class Watch:
    """Collects rows before they change; `keep` then writes the step."""

    def __init__(self) -> None:
        self._rows: dict[str, Assignment | Shift] = {}
        self._before: dict[str, dict[str, Any] | None] = {}

    def assignment(self, row: Assignment) -> None:
        """Remember an assignment as it is now."""
        self._remember(f"assignment:{row.id}", row)

    def assignments(self, rows: Iterable[Assignment]) -> None:
        """Remember several."""
        for row in rows:
            self.assignment(row)

    def made(self, row: Assignment) -> None:
        """Remember an assignment that this step made."""
        self._rows[f"assignment:{row.id}"] = row
        self._before.setdefault(f"assignment:{row.id}", None)

    def shift(self, row: Shift) -> None:
        """Remember a shift as it is now."""
        self._remember(f"shift:{row.id}", row)

    def _remember(self, name: str, row: Assignment | Shift) -> None:
        if name not in self._before:
            self._rows[name] = row
            self._before[name] = snapshot(row)

    def keep(self, verb: str, *, by: User | None, now: datetime, **facts: Any) -> UndoStep | None:
        """Write the step of a person; nobody's steps (the app's own) are not kept."""
        if by is None:
            return None
        step = UndoStep(
            user_id=by.id,
            made_at=now,
            verb=verb,
            facts=facts,
            before=dict(self._before),
            after={name: snapshot(row) for name, row in self._rows.items()},
        )
        db.session.add(step)
        return step


def snapshot(row: Assignment | Shift) -> dict[str, Any]:
    """Return what undo restores of a row, as plain values."""
    columns = ASSIGNMENT_COLUMNS if isinstance(row, Assignment) else SHIFT_COLUMNS
    return {name: _plain(getattr(row, name)) for name in columns}


def nothing() -> dict[str, Any]:
    """Return the snapshot of an assignment that was not there: taken off, never told."""
    return {
        **dict.fromkeys(ASSIGNMENT_COLUMNS),
        "state": AssignmentState.REMOVED.value,
        "is_leader": False,
        "reason": "",
        "accepted": [],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value
