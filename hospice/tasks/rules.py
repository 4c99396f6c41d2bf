"""When a task is due, what closing one takes, and which tasks a list shows."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hospice.core.errors import Objection

WORDS_MOST = 500
OUTCOME_MOST = 1_000


class Urgency(StrEnum):
    """How soon a task wants to be done."""

    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"
    DONE = "done"


class Whose(StrEnum):
    """Whose tasks a list shows."""

    MINE = "mine"
    ALL = "all"


class Progress(StrEnum):
    """How far the tasks of a list are."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks a list shows; `owner_id` 0 means everyone's."""

    owner_id: int = 0
    progress: Progress = Progress.OPEN


def urgency(due_on: date, today: date, *, is_done: bool) -> Urgency:
    """Return how soon a task wants to be done."""
    if is_done:
        return Urgency.DONE
    if due_on < today:
        return Urgency.OVERDUE
    return Urgency.TODAY if due_on == today else Urgency.LATER


def making_objections(words: str) -> list[Objection]:
    """Return what keeps a task from being made."""
    found = []
    if not words.strip():
        found.append(Objection("no_words", field="words"))
    if len(words) > WORDS_MOST:
        found.append(Objection("words_too_long", facts={"most": WORDS_MOST}, field="words"))
    return found


def closing_objections(*, is_promise: bool, outcome: str) -> list[Objection]:
    """Return what keeps a task from being closed.

    A promise cannot be closed without saying what was done (domain (b), Care call).
    """
    if is_promise and not outcome.strip():
        return [Objection("no_outcome", field="outcome")]
    if len(outcome) > OUTCOME_MOST:
        return [Objection("outcome_too_long", facts={"most": OUTCOME_MOST}, field="outcome")]
    return []
