"""Breaks, leaving and coming back, and the days on which a volunteer is away."""

from datetime import date, datetime

from hospice.accounts import actions as accounts
from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.volunteers import queries
from hospice.volunteers.actions.saving import OURS, about, save
from hospice.volunteers.models import Away, Volunteer
from hospice.volunteers.rules import Span, VolunteerState, away_objections, break_objections


def start_break(
    volunteer: Volunteer, until: date | None, *, by: User, now: datetime, today: date
) -> None:
    """Put a volunteer on a break, for a while or until they say; no reason is asked."""
    if volunteer.state is VolunteerState.LEFT:
        raise Refused([Objection("left")])
    objections = break_objections(until, today)
    if objections:
        raise Refused(objections)
    if volunteer.state is VolunteerState.ON_BREAK and volunteer.break_until == until:
        return
    volunteer.state, volunteer.break_until = VolunteerState.ON_BREAK, until
    save(volunteer)
    journal.record("volunteer.break", about=about(volunteer.id), by=by, now=now, until=until)


def come_back(volunteer: Volunteer, *, by: User, now: datetime) -> None:
    """Make a volunteer active again, from a break or after they left."""
    if volunteer.state is VolunteerState.ACTIVE:
        return
    had_left = volunteer.state is VolunteerState.LEFT
    volunteer.state, volunteer.break_until = VolunteerState.ACTIVE, None
    save(volunteer)
    user = queries.user_of(volunteer)
    if had_left and user is not None and user.role in OURS:
        accounts.enable(user, is_enabled=True, by=by, now=now)
    journal.record("volunteer.back", about=about(volunteer.id), by=by, now=now)


def leave(volunteer: Volunteer, *, by: User, now: datetime) -> None:
    """Record that a volunteer left: the record stays, their sign-in ends."""
    if volunteer.state is VolunteerState.LEFT:
        return
    volunteer.state, volunteer.break_until = VolunteerState.LEFT, None
    save(volunteer)
    user = queries.user_of(volunteer)
    if user is not None and user.role in OURS:
        accounts.enable(user, is_enabled=False, by=by, now=now)
    journal.record("volunteer.left", about=about(volunteer.id), by=by, now=now)


def add_away(
    volunteer: Volunteer, span: Span, reason: str, *, by: User, now: datetime, today: date
) -> Away:
    """Write down days on which a volunteer cannot come; raise Refused."""
    refuse_away(volunteer.id, span, today)
    made = Away(
        volunteer_id=volunteer.id,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        reason=reason,
        entered_by_id=by.id,
        entered_at=now,
    )
    db.session.add(made)
    db.session.flush()
    journal.record(
        "volunteer.away",
        about=about(volunteer.id),
        by=by,
        now=now,
        first=span.starts_on,
        last=span.ends_on,
        reason=reason,
    )
    return made


def refuse_away(volunteer_id: int, span: Span, today: date) -> None:
    """Raise Refused when days away cannot be written down."""
    known = [
        Span(away.starts_on, away.ends_on)
        for away in queries.aways_between(volunteer_id, span.starts_on, span.ends_on)
    ]
    objections = away_objections(span, known, today)
    if objections:
        raise Refused(objections)


def cancel_away(away: Away, *, by: User, now: datetime) -> None:
    """Take back days away; the row stays."""
    if away.cancelled_at is not None:
        return
    away.cancelled_at = now
    db.session.flush()
    journal.record(
        "volunteer.away_cancelled",
        about=about(away.volunteer_id),
        by=by,
        now=now,
        first=away.starts_on,
        last=away.ends_on,
    )
