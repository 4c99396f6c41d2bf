"""Asking for a note that has not come: after two hours, a day and three days, each once."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hospice.reminders.queries.saying import ids_about, unsaid
from hospice.reminders.rules import Kind, Notice
from hospice.shifts.notices.letters import each, facts_of, notice
from hospice.visits.queries.asking import Owed, notes_owed, notes_owed_on
from hospice.visits.rules import ask_at

_ABOUT = "visit"


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be asked now and no message asks yet."""
    yield from unsaid(each(notes_owed(now), lambda one: _asked(one, now), _name))


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    found = each(notes_owed_on(ids_about(_ABOUT, wanted), now), lambda one: _asked(one, now), _name)
    return {one.key: one for one in found if (one.about, one.key) in wanted}


def _asked(one: Owed, now: datetime) -> Iterator[Notice]:
    ask = ask_at(one.occasion.ends_at, now)
    if ask is None or not one.person.address:
        return  # whoever has no address is phoned, from the list of missing notes
    path = f"/me/shifts/{one.occasion.shift_id}/note"
    yield notice(
        Kind.NOTE_MISSING,
        f"note:{one.assignment_id}:{ask.step}",
        f"{_ABOUT}:{one.assignment_id}",
        one.person,
        one.occasion,
        send_after=ask.opens_at,
        send_before=ask.closes_at,
        facts=facts_of(one.person, one.occasion) | {"path": path},
    )


def _name(one: Owed) -> str:
    return f"the note of assignment {one.assignment_id}"
