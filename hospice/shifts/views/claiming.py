"""Open shifts in the volunteer's hands: those that suit first, taken with one tap, given back."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.actions import claiming
from hospice.shifts.models import Claim, Shift
from hospice.shifts.queries import candidates, mine
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.mine import COMING, Phase
from hospice.shifts.rules.placing import Level, Verdict
from hospice.shifts.rules.states import AnsweredBy
from hospice.shifts.views import bp
from hospice.shifts.views.refusals import refusal_word, refused_words
from hospice.shifts.words import reason_words
from hospice.web.guard import requires
from hospice.web.pages import long_day, moment


class Open(NamedTuple):
    """A shift with a free place, as a volunteer sees it."""

    shift: Shift
    distance: str
    reasons: list[str]  # why they had better call about it


@bp.get("/open-shifts")
@requires(Permission.VOLUNTEER)
def open_shifts() -> str:
    """List the open places, those that suit the volunteer first."""
    return _page(mine.volunteer_id_of(current_user.id))


@bp.post("/open-shifts/<int:shift_id>")
@requires(Permission.VOLUNTEER)
def claim(shift_id: int) -> Any:
    """Take an open place, or ask for it where a coordinator says yes first."""
    me = mine.volunteer_id_of(current_user.id)
    try:
        with transaction():
            shift = queries.shift(shift_id)
            day, zone = shift.local_day, shift.place.timezone
            made = claiming.claim(shift, me, by=current_user, now=clock.now(), how=AnsweredBy.APP)
            by = made.answer_by if isinstance(made, Claim) else None
    except Refused as refusal:
        if _is_on(me, shift_id):  # tapped twice: it is theirs
            return redirect(url_for("today.my_shift", shift_id=shift_id))
        return _page(me, problem=refused_words(refusal.objections)), 422
    if by is not None:
        flash(_("Asked. We’ll answer by %(when)s.", when=moment(by, zone).striptags()), "done")
        return redirect(url_for("shifts.open_shifts"))
    flash(_("Thank you. We will see you on %(day)s.", day=long_day(day)), "done")
    return redirect(url_for("today.my_shift", shift_id=shift_id))


@bp.post("/open-shifts/<int:shift_id>/undo")
@requires(Permission.VOLUNTEER)
def unclaim(shift_id: int) -> Response:
    """Give back a place that was just taken, or a wish for one."""
    me = mine.volunteer_id_of(current_user.id)
    try:
        with transaction():
            is_open = claiming.take_back(shift_id, me, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(refused_words(refusal.objections), "problem")
        return redirect(url_for("today.my_shifts"))
    except Missing:
        # Tapped twice: it is given back already.
        if mine.open_shift_exists(shift_id):
            return redirect(url_for("shifts.open_shifts"))
        raise
    flash(_("Undone. The place is open again.") if is_open else _("Taken back."), "done")
    return redirect(url_for("shifts.open_shifts"))


def fitting(volunteer_id: int, now: datetime) -> list[Open]:
    """Return the open places that a volunteer could take at once, soonest first."""
    return _both(volunteer_id, now, known=set())[0]


def _is_on(me: int, shift_id: int) -> bool:
    try:
        return mine.my_shift(me, shift_id).state in COMING
    except Missing:
        return False


def _page(me: int, *, problem: str = "") -> str:
    now = clock.now()
    own = mine.my_shifts(me, since=now)
    asked = [one for one in own if one.phase(now) is Phase.ASKED]
    fits, doubtful = _both(me, now, known={one.shift_id for one in asked})
    return render_template(
        "shifts/open_shifts.html",
        problem=problem,
        taken=[(one, until) for one in own if (until := one.undo_until(now))],
        asked=asked,
        wished=[one for one in own if one.phase(now) is Phase.WISHED],
        fitting=fits,
        doubtful=doubtful,
    )


def _both(me: int, now: datetime, *, known: set[int]) -> tuple[list[Open], list[Open]]:
    """Return what suits a volunteer, and what they had better call about."""
    shifts = [one for one in mine.open_shifts(me, now) if one.id not in known]
    verdicts = candidates.verdicts_for(me, shifts, now)
    made: dict[Level, list[Open]] = {level: [] for level in Level}
    for shift in shifts:
        found = verdicts[shift.id]
        made[found.level].append(
            Open(shift, _distance(found), [refusal_word(one) for one in found.soft])
        )
    return made[Level.OK], made[Level.HINT]


def _distance(found: Verdict) -> str:
    return next((reason_words(one) for one in found.reasons if one.kind == "distance"), "")


__all__ = ["claim", "fitting", "open_shifts", "unclaim"]
