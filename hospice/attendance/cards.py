"""Cards about who came, and how people are, on the pages of shifts and volunteers."""

from collections.abc import Sequence
from datetime import datetime

from flask import render_template
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.attendance.queries import afterwards, patience, state_of
from hospice.attendance.queries import presence as queries
from hospice.attendance.rules import LATE_OUT
from hospice.attendance.words import presence_words
from hospice.shifts.models import Shift
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.views import cards as shift_cards
from hospice.volunteers.views import cards as volunteer_cards
from hospice.web.pages import present_zone


def register() -> None:
    """Put the cards on the pages of features to the left."""
    shift_cards.put("attendance.came", shift_cards.Column.MAIN, _came)
    shift_cards.put_times("attendance.times", _times)
    volunteer_cards.put("attendance.shared", volunteer_cards.Column.SIDE, _shared)


def _came(shift: Shift, user: User, now: datetime) -> Markup:
    opens_at = shift.starts_at - patience().check_in_before
    if now < opens_at or shift.state is not ShiftState.PLANNED:
        return Markup()
    team = queries.team(shift.id)
    if not team:
        return Markup()
    is_over, sees_talk = now >= shift.ends_at, user.may(Permission.SEE_VOLUNTEERS)
    html = render_template(
        "attendance/_shift.html",
        shift=shift,
        team=team,
        is_over=is_over,
        may_tap=now <= shift.ends_at + LATE_OUT,
        may_plan=user.may(Permission.PLAN_ROSTER),
        # It may name a patient, or say how someone is: the office reads it, and whoever led.
        sees_talk=is_over and sees_talk,
        debrief=afterwards.debrief_of(shift.id) if is_over and sees_talk else None,
    )
    return Markup(html)  # noqa: S704 - our own template has escaped it


def _times(assignment_ids: Sequence[int]) -> dict[int, str]:
    zone = present_zone()
    return {
        assignment_id: words
        for assignment_id, presence in state_of(assignment_ids).items()
        if (words := presence_words(presence, zone))
    }


def _shared(volunteer_id: int, user: User, _now: datetime) -> Markup:
    # What someone shares is for whoever looks after the volunteers, not for every reader.
    if not user.may(Permission.SEE_RESTRICTED) or not user.may(Permission.EDIT_VOLUNTEERS):
        return Markup()
    found = afterwards.shared_by(volunteer_id)
    if not found:
        return Markup()
    return Markup(render_template("attendance/_shared.html", shared=found))  # noqa: S704
