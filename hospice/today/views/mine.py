"""The volunteer's own shifts: the next one first, with the one thing to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.attendance.queries import presence as attendance
from hospice.attendance.rules import LATE_OUT, TAKE_BACK
from hospice.core import clock
from hospice.core.errors import Missing
from hospice.gatherings.queries import gatherings
from hospice.patients.rules import PatientCard
from hospice.shifts.queries.mine import companions, volunteer_id_of
from hospice.shifts.queries.patients import patients_of_assignment, seeing_window
from hospice.shifts.rules.mine import Companion, MyShift, Phase
from hospice.today import rules
from hospice.today.rules import Names
from hospice.today.views import bp
from hospice.visits import queries as visits
from hospice.visits.queries import mine as my_visits
from hospice.visits.rules import DUE_AFTER
from hospice.web.guard import requires
from hospice.web.pages import present_zone

_FEW = 3
# Who else comes is told to those who come themselves.
_WITH_TEAM = frozenset(
    {Phase.COMING, Phase.CHECK_IN, Phase.HERE, Phase.NOTE, Phase.CHECK_OUT, Phase.NOTED}
)
_LEADS = _WITH_TEAM - {Phase.COMING}


@dataclass(frozen=True)
class Card:
    """A shift with what belongs beside it."""

    shift: MyShift
    phase: Phase
    kicker: rules.Kicker
    others: Sequence[Companion]
    names: Names
    people: Sequence[PatientCard]  # by name, when they are few
    people_count: int
    all_people: Sequence[PatientCard]
    may_take_back: bool  # their last tap was just now
    may_cant_come: bool
    may_write: bool  # it has begun
    undo_until: datetime | None  # they have just taken this place themselves


@bp.get("/me")
@requires(Permission.VOLUNTEER)
def my_shifts() -> str:
    """Show the next shift, those after it, the notes to finish and the hours given."""
    now = clock.now()
    year = clock.local(now, present_zone()).year
    me = visits.summary(current_user.id, year, now, gatherings.waiting_invitations())
    if me is None:
        return render_template("today/my_shifts_nobody.html")
    shifts = my_visits.my_shifts(me.volunteer_id, since=now - DUE_AFTER)
    first = rules.first_of(shifts, now)
    asked = [one for one in shifts if one.phase(now) is Phase.ASKED]
    later = [
        (one, one.phase(now))
        for one in shifts
        if one is not first
        and (one.assignment_id is not None or one.phase(now) is Phase.WISHED)
        and one.ends_at > now
    ]
    return render_template(
        "today/my_shifts.html",
        me=me,
        card=_card(first, me.volunteer_id, now) if first else None,
        asked=asked,
        later=later,
        to_finish=me.unfinished - (first is not None and _waits_for_note(first, now)),
    )


@bp.get("/me/shifts/<int:shift_id>")
@requires(Permission.VOLUNTEER)
def my_shift(shift_id: int) -> str:
    """Show one of the volunteer's own shifts."""
    me, now = volunteer_id_of(current_user.id), clock.now()
    shift = my_visits.my_shift(me, shift_id)
    card = _card(shift, me, now)
    if shift.assignment_id is None and card.phase not in {Phase.ASKED, Phase.WISHED}:
        raise Missing
    leads = shift.is_leader and card.phase in _LEADS
    team = attendance.team(shift_id) if leads else []
    return render_template(
        "today/my_shift.html",
        card=card,
        team=[one for one in team if one.place.volunteer_id != me] if leads else None,
        may_tap=now <= shift.ends_at + LATE_OUT,
        may_debrief=leads and now >= shift.ends_at,
    )


def _card(shift: MyShift, volunteer_id: int, now: datetime) -> Card:
    phase = shift.phase(now)
    shown = rules.names(shift, now, seeing_window(), is_fresh=current_user.is_fresh)
    people: Sequence[PatientCard] = ()
    if shown is Names.SHOWN and shift.assignment_id is not None:
        ids = [shift.assignment_id]
        people = patients_of_assignment(ids, seen_at=now).get(shift.assignment_id, [])
    return Card(
        shift=shift,
        phase=phase,
        kicker=rules.kicker(shift, now),
        others=companions(shift.shift_id, but=volunteer_id) if phase in _WITH_TEAM else (),
        names=shown,
        people=people if len(people) <= _FEW else (),
        people_count=len(people),
        all_people=people,
        may_take_back=shift.tapped_at is not None and now - shift.tapped_at < TAKE_BACK,
        may_cant_come=shift.arrived_at is None and now < shift.starts_at,
        may_write=now >= shift.starts_at,
        undo_until=shift.undo_until(now),
    )


def _waits_for_note(shift: MyShift, now: datetime) -> bool:
    return shift.phase(now) is Phase.NOTE and shift.ends_at <= now
