"""What is due to be said to volunteers who asked for a place that they do not get."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hospice.reminders.queries.saying import ids_about, unsaid
from hospice.reminders.rules import UNDO_WINDOW, Kind, Notice
from hospice.shifts.notices.letters import each, facts_of, notice
from hospice.shifts.queries import claims as queries
from hospice.shifts.queries.claims import Wish
from hospice.shifts.rules.states import ClaimState, ShiftState
from hospice.shifts.rules.telling import is_silent


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet; a yes is said with the place."""
    yield from unsaid(each(queries.turned_down(now), lambda one: _not_granted(one, now), _name))


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    wishes = queries.wishes(ids_about("claim", wanted))
    found = each(wishes, lambda one: _not_granted(one, now), _name)
    return {one.key: one for one in found if (one.about, one.key) in wanted}


def _not_granted(one: Wish, now: datetime) -> Iterator[Notice]:
    """Yield "not this time", while the shift is still to come."""
    if one.state is not ClaimState.DECLINED or one.answered_at is None:
        return
    if one.occasion.shift_state is not ShiftState.PLANNED or now < one.answered_at + UNDO_WINDOW:
        return
    if is_silent(one.person, one.occasion, now):
        return
    yield notice(
        Kind.CLAIM_DECLINED,
        f"claim_declined:{one.claim_id}:{one.asked_times}",
        f"claim:{one.claim_id}",
        one.person,
        one.occasion,
        send_after=one.answered_at + UNDO_WINDOW,
        facts=facts_of(one.person, one.occasion),
    )


def _name(one: Wish) -> str:
    return f"claim {one.claim_id}"


__all__ = ["due", "still_due_of"]
