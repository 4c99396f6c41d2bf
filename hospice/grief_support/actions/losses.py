"""A volunteer who has lost someone of their own: time, without reasons asked."""

from datetime import date, datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.rules.deaths import spared_until
from hospice.journal import actions as journal
from hospice.patients.models import Loss
from hospice.volunteers import actions as volunteers
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState


def note_own(
    volunteer: Volunteer,
    happened_on: date | None,
    *,
    pauses: bool,
    by: User,
    now: datetime,
    today: date,
) -> Loss:
    """Write down that a volunteer has lost someone close; raise Refused.

    The day is theirs to say or not. With `pauses` a break begins, without an end and a reason. For
    a year they are spared patients, unless somebody says why not.
    """
    if happened_on is not None and happened_on > today:
        raise Refused([Objection("future", field="happened_on")])
    until = spared_until(happened_on, today, is_own=True)
    if until < today:
        raise Refused([Objection("over", field="happened_on")])
    made = Loss(
        volunteer_id=volunteer.id,
        happened_on=happened_on,
        spared_until=until,
        entered_by_id=by.id,
        entered_at=now,
    )
    db.session.add(made)
    db.session.flush()
    # When it happened is theirs; the journal says only that there is something to heed.
    journal.record("volunteer.loss", about=[("volunteer", volunteer.id)], by=by, now=now)
    if pauses and volunteer.state is VolunteerState.ACTIVE:
        volunteers.start_break(volunteer, None, by=by, now=now, today=today)
    return made


def end_own(loss: Loss, *, by: User, now: datetime) -> None:
    """Write down that a volunteer would like to see patients again; twice changes nothing."""
    if loss.ended_at is not None:
        return
    loss.ended_at = now
    db.session.flush()
    journal.record("volunteer.loss_ended", about=[("volunteer", loss.volunteer_id)], by=by, now=now)
