"""Public holidays with shifts on them: they go ahead, or they are cancelled."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.actions import holidays as actions
from hospice.shifts.actions.holidays import Decided
from hospice.shifts.queries import holidays as queries
from hospice.shifts.queries.holidays import HolidayShifts
from hospice.shifts.views import bp, planning, wording
from hospice.web.guard import requires
from hospice.web.pages import present_zone, short_day


@bp.get("/holidays")
@requires(Permission.SEE_ROSTER)
def holidays() -> str:
    """List the public holidays of the next half year and the shifts on them."""
    today = clock.today(present_zone())
    found = queries.with_shifts(today)
    return render_template(
        "shifts/holidays.html",
        busy=[one for one in found if one.planned or one.cancelled],
        free=[one.info for one in found if not one.planned and not one.cancelled],
        undecided=sum(1 for one in found if one.planned and one.info.goes_ahead is None),
        workdays=queries.workdays_between(today, queries.until(today)),
        provisional=sorted({one.info.day.year for one in found if one.info.is_provisional}),
        has_country=queries.has_country(),
        holiday_name=planning.holiday_name,
        on_it=_on_it,
    )


@bp.post("/holidays")
@requires(Permission.PLAN_ROSTER)
def decide_holiday() -> Response:
    """Let the shifts of a public holiday go ahead, or cancel them."""
    day = _day()
    answer = request.form.get("answer", "")
    if answer not in {"go_ahead", "cancel"}:
        raise Missing
    try:
        with transaction():
            decided = actions.decide(
                day, goes_ahead=answer == "go_ahead", by=current_user, now=clock.now()
            )
    except Refused as refusal:
        flash(planning.objection_words(refusal.objections[0]), "problem")
    else:
        flash(_said(day, decided, goes_ahead=answer == "go_ahead"), "done")
    return redirect(url_for("shifts.holidays") + f"#d{day.isoformat()}")


def _on_it(one: HolidayShifts) -> str:
    """Return how many shifts are on a day, and how many people on them."""
    if not one.planned:
        return ngettext(
            "%(num)d shift is cancelled.", "%(num)d shifts are cancelled.", len(one.cancelled)
        )
    return wording.sentences(
        ngettext("%(num)d shift.", "%(num)d shifts.", len(one.planned)),
        ngettext("%(num)d person is placed.", "%(num)d people are placed.", one.taken)
        if one.taken
        else _("Nobody is placed yet."),
    )


def _day() -> date:
    """Return the day that was sent; raise Missing when it is none."""
    given = request.form.get("day", "")[:20]
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Missing from error


def _said(day: date, decided: Decided, *, goes_ahead: bool) -> str:
    when = short_day(day, week=True)
    if goes_ahead:
        said = _("Visits on %(day)s go ahead.", day=when)
        again = ngettext(
            "%(num)d shift takes place again; place its people anew.",
            "%(num)d shifts take place again; place their people anew.",
            decided.reopened,
        )
        return wording.sentences(said, again if decided.reopened else "")
    said = ngettext(
        "%(num)d shift on %(day)s is cancelled.",
        "%(num)d shifts on %(day)s are cancelled.",
        decided.cancelled,
        day=when,
    )
    told = ngettext(
        "%(num)d person is told when you publish.",
        "%(num)d people are told when you publish.",
        decided.told,
    )
    return wording.sentences(said, told if decided.told else "")
