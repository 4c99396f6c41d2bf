"""Days away: entered by the office or by volunteers themselves, with what they free."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.shifts.actions import placing, standing
from hospice.shifts.forms.away import AwayForm
from hospice.shifts.models import Assignment
from hospice.shifts.queries import shifts
from hospice.shifts.views import bp
from hospice.shifts.views.pauses import standing_places
from hospice.volunteers import actions as volunteers
from hospice.volunteers import queries as volunteer_queries
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import Span, days_off
from hospice.volunteers.words import objection_words
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.route("/volunteers/<int:volunteer_id>/away", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def away(volunteer_id: int) -> tuple[str, int] | Response:
    """Write down the days on which a volunteer cannot come."""
    return _away(volunteer_queries.volunteer(volunteer_id), is_own=False)


@bp.route("/me/away", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def my_away() -> tuple[str, int] | Response:
    """Say on which days one cannot come."""
    return _away(volunteer_queries.own(current_user), is_own=True)


@bp.post("/volunteers/<int:volunteer_id>/away/<int:away_id>/cancel")
@requires(Permission.EDIT_VOLUNTEERS)
def cancel_away(volunteer_id: int, away_id: int) -> Response:
    """Take back days away of a volunteer."""
    _cancel(volunteer_id, away_id)
    return redirect(url_for("shifts.away", volunteer_id=volunteer_id))


@bp.post("/me/away/<int:away_id>/cancel")
@requires(Permission.VOLUNTEER)
def cancel_my_away(away_id: int) -> Response:
    """Take back one's own days away."""
    _cancel(volunteer_queries.own(current_user).id, away_id)
    return redirect(url_for("shifts.my_away"))


@bp.get("/me/standing")
@requires(Permission.VOLUNTEER)
def my_standing() -> str:
    """Show one's own standing places, and when days away pause them."""
    volunteer = volunteer_queries.own(current_user)
    return render_template(
        "shifts/my_standing.html", standing=standing_places(volunteer.id, _today(clock.now()))
    )


@bp.route("/volunteers/<int:volunteer_id>/free-shifts", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER, Permission.EDIT_VOLUNTEERS)
def free_shifts(volunteer_id: int) -> str | Response:
    """Look at the places of someone on a break or gone, then free them."""
    volunteer = volunteer_queries.volunteer(volunteer_id)
    now = clock.now()
    span = days_off(volunteer.state, volunteer.break_until, _today(now))
    held = _held(volunteer_id, span, now) if span else []
    if span is None or not held:
        flash(_("%(name)s holds no place then.", name=volunteer.preferred_name), "done")
        return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
    if request.method != "POST":
        return render_template("shifts/free_shifts.html", volunteer=volunteer, held=held)
    with transaction():
        freed = placing.free_for_away(
            volunteer_id, span.starts_on, span.ends_on, by=current_user, now=now
        )
    flash(_freed(freed), "done")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))


def _away(volunteer: Volunteer, *, is_own: bool) -> tuple[str, int] | Response:
    """Ask for the days, show what they free, then save them."""
    now = clock.now()
    volunteer_id = volunteer.id
    form = AwayForm()
    held: Sequence[Assignment] = []
    if form.validate_on_submit():
        try:
            volunteers.refuse_away(volunteer_id, form.span, _today(now))
            held = _shown(_held(volunteer_id, form.span, now), is_own=is_own)
            if form.has_seen([one.shift_id for one in held]):
                count = len(held)
                _save(volunteer, form, now)
                flash(_saved(count), "done")
                return redirect(_back(volunteer_id, is_own=is_own))
        except Refused as refusal:
            held = []
            form.object_to(refusal.objections, objection_words)
    page = render_template(
        "shifts/away_check.html" if held else "shifts/away.html",
        volunteer=volunteer_queries.volunteer(volunteer_id),
        aways=volunteer_queries.aways(volunteer_id, _today(now)),
        form=form,
        held=held,
        seen=",".join(str(one.shift_id) for one in held),
        is_own=is_own,
        back=_back(volunteer_id, is_own=is_own),
    )
    return page, 422 if form.errors else 200


def _save(volunteer: Volunteer, form: AwayForm, now: datetime) -> None:
    with transaction():
        volunteers.add_away(
            volunteer,
            form.span,
            form.reason.data or "",
            by=current_user,
            now=now,
            today=_today(now),
        )
        span = form.span
        placing.free_for_away(volunteer.id, span.starts_on, span.ends_on, by=current_user, now=now)


def _held(volunteer_id: int, span: Span, now: datetime) -> Sequence[Assignment]:
    return shifts.held_between(volunteer_id, span.starts_on, span.ends_on, after=now)


def _shown(held: Sequence[Assignment], *, is_own: bool) -> Sequence[Assignment]:
    """Return the places to show: volunteers hear of none that was not published to them."""
    return [one for one in held if one.told_at is not None or not is_own]


def _cancel(volunteer_id: int, away_id: int) -> None:
    away = volunteer_queries.away(volunteer_id, away_id)
    now = clock.now()
    with transaction():
        was_taken_back = away.cancelled_at is not None
        volunteers.cancel_away(away, by=current_user, now=now)
        back = 0
        if not was_taken_back:
            back = standing.come_back(
                volunteer_id, away.starts_on, away.ends_on, since=away.entered_at, now=now
            )
    if back:
        again = ngettext(
            "%(num)s standing place is taken up again.",
            "%(num)s standing places are taken up again.",
            back,
        )
    else:
        again = _("Other shifts given up for them do not return.")
    flash(_("The days away are taken back. %(more)s", more=again), "done")


def _back(volunteer_id: int, *, is_own: bool) -> str:
    if is_own:
        return url_for("volunteers.me")
    return url_for("volunteers.show", volunteer_id=volunteer_id)


def _saved(count: int) -> str:
    saved = _("The days away are saved.")
    return f"{saved} {_freed(count)}" if count else saved


def _freed(count: int) -> str:
    return ngettext("%(num)s place is free again.", "%(num)s places are free again.", count)


def _today(now: datetime) -> date:
    return clock.local(now, present_zone()).date()
