"""What a publish, a question, a coming shift or an answer is due to say."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from hospice.accounts import queries as accounts
from hospice.patients.rules import has_died
from hospice.places.models import Place
from hospice.reminders.queries.saying import ids_about, unsaid
from hospice.reminders.rules import UNDO_WINDOW, Kind, Notice
from hospice.shifts.models import Assignment
from hospice.shifts.notices.letters import (
    Reader,
    each,
    facts_of,
    notice,
    office,
    when,
)
from hospice.shifts.queries import notices as queries
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    OfferState,
    ShiftState,
    ToldKind,
)
from hospice.shifts.rules.telling import (
    COMING,
    URGENT,
    Asking,
    Telling,
    Window,
    is_silent,
    morning_window,
    not_confirmed_window,
    takes_visits,
    told_key,
    two_days_window,
    visit_key,
)
from hospice.volunteers.rules import VolunteerState

Heard = dict[int, dict[str, Any]]

_SAID = {
    ToldKind.NEW: Kind.PUBLISHED,
    ToldKind.CHANGED: Kind.CHANGED,
    ToldKind.CANCELLED: Kind.CANCELLED,
    ToldKind.GRANTED: Kind.CLAIM_GRANTED,
}


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet.

    What waits for the end of the quiet hours is among it, so that people can see it waiting;
    `Notice.goes_at` says when it may leave.
    """
    untold = queries.untold(now)
    heard = queries.heard([one.assignment_id for one in untold])
    yield from unsaid(each(untold, lambda one: _told(one, heard, now), _name))
    yield from unsaid(each(queries.coming(now), lambda one: _visits(one, now), _name))
    yield from unsaid(each(queries.asked(now), lambda one: _asked(one, now), _name))
    declined = queries.declined(now)
    if declined:
        readers, zone = office(), accounts.hospice_zone()
        yield from unsaid(each(declined, lambda one: _cant_come(one, readers, zone, now), _name))


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    tellings = queries.tellings(ids_about("assignment", wanted))
    heard = queries.heard([one.assignment_id for one in tellings])
    is_to_staff = any(key.startswith(f"{Kind.CANT_COME}:") for _about, key in wanted)
    readers = office() if is_to_staff else []
    zone = accounts.hospice_zone() if is_to_staff else ""

    def of_assignment(one: Telling) -> Iterator[Notice]:
        yield from _told(one, heard, now)
        yield from _visits(one, now)
        yield from _cant_come(one, readers, zone, now)

    found = list(each(tellings, of_assignment, _name))
    askings = queries.askings(ids_about("offer", wanted))
    found += each(askings, lambda one: _asked(one, now), _name)
    return {one.key: one for one in found if (one.about, one.key) in wanted}


def facts_before(
    assignment: Assignment, kind: ToldKind, told_place: Place | None = None
) -> dict[str, object]:
    """Return the facts of what a publish would say, for showing it before it is said.

    The shift's place and the volunteer are loaded; `told_place` is the place of what the
    volunteer was last told, where that differs.
    """
    shift, place = assignment.shift, assignment.shift.place
    facts: dict[str, object] = {
        "name": assignment.volunteer.preferred_name,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "zone": place.timezone,
        "place": place.full_name,
        "is_answered": False,
    }
    if kind is ToldKind.NEW or assignment.told_starts_at is None:
        return facts
    before = told_place or place
    was: dict[str, object] = {
        "starts_at": assignment.told_starts_at.isoformat(),
        "ends_at": (assignment.told_ends_at or shift.ends_at).isoformat(),
        "zone": before.timezone,
        "place": before.full_name,
    }
    return facts | ({"was": was} if kind is ToldKind.CHANGED else was)


# --- what one record gives ------------------------------------------------------------------------


def _told(one: Telling, heard: Heard, now: datetime) -> Iterator[Notice]:
    """Yield what the last publish says."""
    if one.told_at is None or one.told_kind is None or now < one.told_at + UNDO_WINDOW:
        return
    kind = _SAID[one.told_kind]
    is_off = one.is_said_off or one.state in {AssignmentState.REMOVED, AssignmentState.CANCELLED}
    if is_off is not (kind is Kind.CANCELLED) or not (is_off or one.state in COMING):
        return
    if one.person.state is VolunteerState.LEFT or one.occasion.starts_at <= now:
        return
    if not is_off and not takes_visits(one.occasion):
        return
    was = heard.get(one.assignment_id)
    if kind is Kind.CHANGED and was is None:
        kind = Kind.PUBLISHED  # the first message about it never left: to them it is new
    facts = facts_of(one.person, one.occasion)
    if kind is Kind.CHANGED and was is not None:
        facts["was"] = when(was)
    elif is_off and was is not None:
        facts |= when(was)  # the one they know of, wherever it was moved since
    if is_off and has_died(one.occasion.patient_state):
        # A death is never announced by a machine, not even by a visit that is off.
        facts["phone_only"] = True
    yield notice(
        kind,
        told_key(one.assignment_id, one.told_times),
        f"assignment:{one.assignment_id}",
        one.person,
        one.occasion,
        send_after=one.told_at + UNDO_WINDOW,
        facts=facts | {"is_answered": one.state is AssignmentState.CONFIRMED},
    )


def _visits(one: Telling, now: datetime) -> Iterator[Notice]:
    """Yield the reminders of a shift to come.

    While a change of it is unpublished they are silent: nothing reaches a volunteer until it is
    published, and the time they were told is not true any more.
    """
    if one.state not in COMING or one.is_moved or is_silent(one.person, one.occasion, now):
        return
    if one.occasion.shift_state is not ShiftState.PLANNED:
        return
    waits = one.state is AssignmentState.WAITING
    found: list[tuple[Kind, Window | None]] = [
        (Kind.NOT_CONFIRMED, not_confirmed_window(one) if waits else None),
        (Kind.TWO_DAYS, two_days_window(one)),
        (Kind.MORNING, morning_window(one)),
    ]
    for kind, window in found:
        if window is None or not window.is_open(now):
            continue
        yield notice(
            kind,
            visit_key(one.assignment_id, one.occasion.starts_at, kind),
            f"assignment:{one.assignment_id}",
            one.person,
            one.occasion,
            send_after=window.opens_at,
            send_before=window.closes_at,
            facts=facts_of(one.person, one.occasion)
            | {"is_answered": not waits, "ward_phone": one.occasion.ward_phone},
            is_quiet=kind is not Kind.MORNING,
        )


def _asked(one: Asking, now: datetime) -> Iterator[Notice]:
    """Yield a question about an open place, or that someone else was quicker."""
    if is_silent(one.person, one.occasion, now):
        return
    if one.occasion.shift_state is not ShiftState.PLANNED or now < one.asked_at + UNDO_WINDOW:
        return
    if one.state is OfferState.FILLED:
        kind = Kind.FILLED
    elif one.state is OfferState.OPEN and one.occasion.has_room:
        kind = Kind.ASKED
    else:
        return
    named = {"named_by": one.named_by} if one.named_by and kind is Kind.ASKED else {}
    yield notice(
        kind,
        f"{kind}:{one.offer_id}:{one.asked_times}",
        f"offer:{one.offer_id}",
        one.person,
        one.occasion,
        send_after=one.asked_at + UNDO_WINDOW,
        facts=facts_of(one.person, one.occasion) | named,
    )


def _cant_come(
    one: Telling, readers: Sequence[Reader], zone: str, now: datetime
) -> Iterator[Notice]:
    """Yield to every coordinator that someone cannot come, unless one of them wrote it down."""
    if (
        one.state is not AssignmentState.DECLINED
        or one.told_at is None
        or one.answered_at is None
        or one.answered_by is AnsweredBy.COORDINATOR
        or one.is_covered
        or one.occasion.starts_at <= now
        or one.occasion.shift_state is not ShiftState.PLANNED
    ):
        return
    is_urgent = one.occasion.starts_at - now <= URGENT
    for reader in readers:
        yield Notice(
            kind=Kind.CANT_COME,
            key=f"cant_come:{one.assignment_id}:{one.answered_at:%Y%m%dT%H%M%S%fZ}:{reader.key}",
            about=f"assignment:{one.assignment_id}",
            recipient=reader.recipient,
            name=reader.name,
            address=reader.address,
            locale=reader.locale,
            send_after=one.answered_at,
            send_before=one.occasion.starts_at,
            # who, when and where; the reason stays on the page, it may name a patient
            facts=facts_of(one.person, one.occasion)
            | {"name": reader.name, "who": one.person.name},
            quiet_zone="" if is_urgent else zone,
        )


def _name(record: Telling | Asking) -> str:
    if isinstance(record, Telling):
        return f"assignment {record.assignment_id}"
    return f"offer {record.offer_id}"


__all__ = ["due", "facts_before", "still_due_of"]
