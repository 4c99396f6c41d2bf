"""Checking in and out, correcting it, the codes at doors, and the talk after a shift."""

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from hospice.accounts.models import User
from hospice.attendance.models import Attendance, Debrief, Door, Wellbeing
from hospice.attendance.queries import afterwards, doors, patience
from hospice.attendance.queries import presence as queries
from hospice.attendance.queries.presence import Member
from hospice.attendance.rules import (
    ABSENT,
    Came,
    Feeling,
    How,
    Place,
    is_check_in_open,
    is_check_out_open,
    objections,
)
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import placing
from hospice.shifts.queries import shifts
from hospice.shifts.rules.states import AnsweredBy, AssignmentState
from hospice.tasks import actions as tasks

# --- coming and going -----------------------------------------------------------------------------


def check_in(one: Member, *, how: How, by: User, now: datetime) -> Attendance:
    """Write down that someone is there now; a second tap changes nothing.

    Whoever had not answered yet says yes by coming. Raise Refused too early, and after the end,
    when a tap would say nothing about the time.
    """
    row = _row(one)
    if row.arrived_at is not None:
        return row
    if not is_check_in_open(one.place, patience(), now):
        is_early = now < one.place.starts_at
        raise Refused([Objection("too_early" if is_early else "ask_times")])
    row.came = Came.YES
    row.arrived_at = row.arrived_entered_at = now
    row.arrived_how, row.arrived_by_id = how, by.id
    row.left_at = None
    db.session.flush()
    if one.state is AssignmentState.WAITING:
        answered = AnsweredBy.COORDINATOR if how is How.COORDINATOR else AnsweredBy.APP
        assignment = shifts.assignment(one.place.assignment_id)
        placing.answer(assignment, comes=True, how=answered, now=now, by=by)
    _record("attendance.in", one.place, how=how, by=by, now=now, at=now)
    return row


def check_out(one: Member, *, how: How, by: User, now: datetime) -> Attendance:
    """Write down that someone leaves now; a second tap changes nothing.

    Raise Refused before they came, and long after the end, when they are asked for the time.
    """
    row = _row(one)
    if row.left_at is not None:
        return row
    if row.arrived_at is None:
        raise Refused([Objection("not_in")])
    if not is_check_out_open(one.place, now):
        raise Refused([Objection("ask_times")])
    row.left_at = max(now, row.arrived_at)
    row.left_entered_at = now
    row.left_how, row.left_by_id = how, by.id
    db.session.flush()
    _record("attendance.out", one.place, how=how, by=by, now=now, at=now)
    return row


def take_back(one: Member, *, by: User, now: datetime) -> None:
    """Take back one's own last tap, shortly after; raise Refused when it is too late."""
    row = _row(one)
    if not row.presence.may_take_back(now):
        raise Refused([Objection("too_late_back")])
    if row.left_at is not None:
        _forget_leaving(row)
    else:
        _forget_coming(row)
    db.session.flush()
    _record("attendance.taken_back", one.place, how=How.SELF, by=by, now=now)


def _forget_leaving(row: Attendance) -> None:
    row.left_at = row.left_entered_at = row.left_how = row.left_by_id = None


def _forget_coming(row: Attendance) -> None:
    row.came = Came.UNKNOWN
    row.arrived_at = row.arrived_entered_at = row.arrived_how = row.arrived_by_id = None


def say(
    one: Member,
    came: Came,
    arrived_at: datetime | None,
    left_at: datetime | None,
    *,
    reason: str,
    seen_version: int,
    how: How,
    by: User,
    now: datetime,
) -> Attendance:
    """Write down whether and when someone came, or correct it; the journal keeps from and to.

    Raise Refused for times that cannot be, for a correction without a reason, and when someone
    else wrote it down since.
    """
    found = objections(one.place, came, arrived_at, left_at, now=now)
    if came is not Came.YES:
        arrived_at = left_at = None
    row = _row(one, is_there=False)
    changed = journal.changes(row, {"came": came, "arrived_at": arrived_at, "left_at": left_at})
    if row.id is not None and row.version != seen_version and changed:
        raise Refused([Objection("stale")])
    if row.came is not Came.UNKNOWN and not reason and _corrects(row, came, arrived_at, left_at):
        found.append(Objection("no_reason", field="reason"))
    if came is Came.UNKNOWN:
        found.append(Objection("not_said", field="came"))
    if found:
        raise Refused(found)
    if not changed:
        return row
    row.came = came
    if row.arrived_at != arrived_at:
        row.arrived_at, row.arrived_how, row.arrived_by_id = arrived_at, how, by.id
        row.arrived_entered_at = now
    if row.left_at != left_at:
        row.left_at, row.left_how, row.left_by_id = left_at, how, by.id
        row.left_entered_at = now
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # someone else wrote it down at the same moment
        raise Refused([Objection("stale")]) from error
    _record("attendance.said", one.place, how=how, by=by, now=now, reason=reason, changed=changed)
    return row


def _corrects(
    row: Attendance, came: Came, arrived_at: datetime | None, left_at: datetime | None
) -> bool:
    """Tell whether something that was known changes; to complete it needs no reason."""
    if row.came is not came:
        return True
    pairs = ((row.arrived_at, arrived_at), (row.left_at, left_at))
    return any(old is not None and old != new for old, new in pairs)


def from_note(
    assignment_id: int,
    arrived_at: datetime | None,
    left_at: datetime | None,
    *,
    by: User,
    now: datetime,
) -> None:
    """Fill in what is still open from a visit note that was sent.

    What somebody tapped or wrote down stays; several notes of one shift are taken together.
    """
    row = queries.held(assignment_id)
    if row is None or row.came in ABSENT:
        one = queries.member_or_none(assignment_id)
        if one is None:
            return  # they were taken off since: their note is kept, and nothing is counted twice
        row = _row(one)
        if row.came in ABSENT:  # whoever writes about the visit was there after all
            changed = {"came": [row.came, Came.YES]}
            _record("attendance.said", one.place, how=How.NOTE, by=by, now=now, changed=changed)
    row.came = Came.YES
    own = row.arrived_how is How.NOTE
    if arrived_at is not None and (row.arrived_at is None or (own and arrived_at < row.arrived_at)):
        row.arrived_at, row.arrived_how, row.arrived_by_id = arrived_at, How.NOTE, by.id
        row.arrived_entered_at = now
    own = row.left_how is How.NOTE
    is_over = left_at is not None and left_at <= now
    if is_over and left_at and (row.left_at is None or (own and left_at > row.left_at)):
        first = row.arrived_at
        row.left_at = left_at if first is None else max(left_at, first)
        row.left_how, row.left_by_id, row.left_entered_at = How.NOTE, by.id, now
    db.session.flush()


def _row(one: Member, *, is_there: bool = True) -> Attendance:
    """Return and hold what is written down about someone's coming; begun now if there is none."""
    assignment_id = one.place.assignment_id
    found = queries.held(assignment_id)
    if found is not None:
        return found
    made = Attendance(
        assignment_id=assignment_id, shift_id=one.place.shift_id, came=Came.UNKNOWN, version=1
    )
    if not is_there:
        return made
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        found = queries.held(assignment_id)  # the same tap, sent twice at once
        if found is None:
            raise
        return found
    return made


def _record(verb: str, place: Place, *, how: How, by: User, now: datetime, **facts: Any) -> None:
    journal.record(
        verb,
        about=[("shift", place.shift_id), ("volunteer", place.volunteer_id)],
        by=by,
        now=now,
        name=place.name,
        place=place.place_name,
        day=place.day,
        zone=place.zone,
        how=how,
        **facts,
    )


# --- doors ----------------------------------------------------------------------------------------


def renew_door(place_id: int, *, by: User, now: datetime) -> Door:
    """Make a new code for the door of a place; the old one opens nothing any more."""
    found = doors.door_of(place_id)
    code = secrets.token_urlsafe(15)
    if found is None:
        found = Door(place_id=place_id, code=code, made_at=now)
        db.session.add(found)
    else:
        found.code, found.made_at = code, now
    try:
        db.session.flush()
    except IntegrityError as error:  # two people at once: the other's code is as good
        raise Refused([Objection("stale")]) from error
    journal.record("place.door", about=[("place", place_id)], by=by, now=now)
    return found


# --- afterwards -----------------------------------------------------------------------------------


def debrief(
    shift_id: int,
    words: str,
    *,
    came: Collection[int] = (),
    follow_up: str = "",
    follow_up_on: date | None = None,
    how: How,
    by: User,
    now: datetime,
    seen_version: int = 0,
) -> Debrief:
    """Write down how the team is after a shift, who was there, and what to follow up.

    Those ticked (`came`, ids of assignments) who had not said so were there; when they came and
    left is still asked. A follow-up becomes a task. Raise Refused.
    """
    found = afterwards.debrief_of(shift_id)
    if found is not None and found.version != seen_version:
        kept = (found.words, found.follow_up, found.follow_up_on, found.written_by_id)
        if kept == (words, follow_up, follow_up_on, by.id):
            return found  # the same page, sent twice
        raise Refused([Objection("stale")])
    if not words and not follow_up:
        raise Refused([Objection("says_nothing", field="words")])
    if follow_up and follow_up_on is None:
        raise Refused([Objection("no_day", field="follow_up_on")])
    for one in queries.team(shift_id):
        if one.place.assignment_id in came and one.presence.came is Came.UNKNOWN:
            _row(one).came = Came.YES
    is_new = found is None or (found.follow_up, found.follow_up_on) != (follow_up, follow_up_on)
    if found is None:
        found = Debrief(shift_id=shift_id)
        db.session.add(found)
    found.words, found.follow_up, found.follow_up_on = words, follow_up, follow_up_on
    found.written_at, found.written_by_id, found.written_by = now, by.id, by.name
    try:
        db.session.flush()
    except IntegrityError as error:  # someone else wrote it at the same moment
        raise Refused([Objection("stale")]) from error
    journal.record("shift.debriefed", about=[("shift", shift_id)], by=by, now=now, how=how)
    if follow_up and follow_up_on is not None and is_new:
        tasks.make(follow_up, due_on=follow_up_on, about=("shift", shift_id), by=by, now=now)
    return found


def feel(
    one: Member,
    feeling: Feeling,
    words: str,
    *,
    is_shared: bool,
    by: User,
    now: datetime,
) -> Wellbeing:
    """Keep how a volunteer is after a shift; nobody else reads it unless it is shared.

    The journal knows of it only when it is shared, and never what it says.
    """
    assignment_id = one.place.assignment_id
    found = afterwards.feeling_of(assignment_id, one.place.volunteer_id)
    if found is None:
        found = _begin_feeling(one, feeling, now)
    was_shared = found.shared_at is not None
    found.feeling, found.words, found.written_at = feeling, words, now
    if not is_shared:
        found.shared_at = found.talked_at = found.talked_by_id = None
    elif not was_shared:
        found.shared_at = now
    db.session.flush()
    if is_shared and not was_shared:
        journal.record(
            "volunteer.shared", about=[("volunteer", one.place.volunteer_id)], by=by, now=now
        )
    return found


def _begin_feeling(one: Member, feeling: Feeling, now: datetime) -> Wellbeing:
    assignment_id, volunteer_id = one.place.assignment_id, one.place.volunteer_id
    made = Wellbeing(
        assignment_id=assignment_id,
        volunteer_id=volunteer_id,
        feeling=feeling,
        words="",
        written_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        found = afterwards.feeling_of(
            assignment_id, volunteer_id
        )  # the same page, sent twice at once
        if found is None:
            raise
        return found
    return made


def talked(found: Wellbeing, *, by: User, now: datetime) -> None:
    """Note that someone talked with a volunteer who shared how they are; once is enough."""
    if found.talked_at is not None:
        return
    found.talked_at, found.talked_by_id = now, by.id
    db.session.flush()
    journal.record("volunteer.talked", about=[("volunteer", found.volunteer_id)], by=by, now=now)


__all__ = [
    "check_in",
    "check_out",
    "debrief",
    "feel",
    "from_note",
    "renew_door",
    "say",
    "take_back",
    "talked",
]
