"""Copying the people of the last day of a series to the next one, after a look at the differences."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing
from hospice.shifts.actions import copying
from hospice.shifts.actions.copying import Difference
from hospice.shifts.forms.board import Ask
from hospice.shifts.queries import board as board_queries
from hospice.shifts.queries import copying as queries
from hospice.shifts.rules.pattern import first_on
from hospice.shifts.rules.placing import Level
from hospice.shifts.views import bp, wording
from hospice.shifts.words import objection_words
from hospice.web.forms import clean, day_arg, small_int
from hospice.web.guard import requires
from hospice.web.pages import long_day, present_zone

_WEEK = timedelta(days=7)
_MOST = 400


class Person(NamedTuple):
    """One line of the preview."""

    value: str
    name: str
    level: str
    icon: str
    words: str


class Ward(NamedTuple):
    """One shift of the preview."""

    name: str
    people: list[Person]


@bp.route("/roster/copy", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def copy() -> str | Response | tuple[str, int]:
    """Show who would be placed, then place those who are ticked, as drafts."""
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    series = Ask.read().series or next(iter(board_queries.series_in_use(today)), None)
    if series is None:
        raise Missing
    to_day = day_arg("to") or first_on(series.weekday, today + timedelta(days=1))
    from_day = to_day - _WEEK
    pairs = queries.pairs(from_day, to_day, starts=series.starts, ends=series.ends)
    found = copying.differences(pairs, now)
    back = url_for("shifts.roster", series=series.slug)
    problem = ""
    if request.method == "POST":
        chosen = _chosen(found)
        reason = clean(request.form.get("reason"))[:300]
        if not chosen:
            problem = _("Choose at least one person")
        elif not reason and any(one.verdict.level is Level.HINT for one in chosen):
            problem = _("Enter the reason; it is kept with these places")
        else:
            return _copy(chosen, reason, back)
    page = render_template(
        "shifts/copy.html",
        series=series,
        name=wording.series_name(series),
        from_day=from_day,
        to_day=to_day,
        wards=_wards(found),
        needs_reason=any(one.verdict.level is Level.HINT for one in found),
        reason=clean(request.form.get("reason"))[:300],
        count=sum(one.is_copied for one in found),
        has_shifts=bool(pairs),
        later_url=url_for("shifts.copy", series=series.slug, to=(to_day + _WEEK).isoformat()),
        back=back,
        problem=problem,
        title=_("Copy %(first)s to %(last)s", first=long_day(from_day), last=long_day(to_day)),
    )
    return page, 422 if problem else 200


def _chosen(found: Sequence[Difference]) -> list[Difference]:
    """Return those of the preview who are ticked and may be placed."""
    ticked = set()
    for value in request.form.getlist("place")[:_MOST]:
        shift_id, _dash, volunteer_id = value.partition("-")
        ticked.add((small_int(shift_id), small_int(volunteer_id)))
    return [one for one in found if one.is_copied and (one.shift.id, one.volunteer_id) in ticked]


def _copy(chosen: Sequence[Difference], reason: str, back: str) -> Response:
    with transaction():
        placed, stopped = copying.copy(
            [(one.shift, one.volunteer_id) for one in chosen],
            reason=reason,
            by=current_user,
            now=clock.now(),
        )
    if placed:
        flash(_("Saved."), "undo")
    elif stopped:
        flash(objection_words(stopped[0]), "problem")
    return redirect(back)


def _wards(found: Sequence[Difference]) -> list[Ward]:
    icons = {Level.OK: "check", Level.HINT: "alert", Level.NO: "cross"}
    made = []
    for _shift_id, group in groupby(found, key=lambda one: one.shift.id):
        people = list(group)
        made.append(
            Ward(
                people[0].shift.place.full_name,
                [
                    Person(
                        f"{one.shift.id}-{one.volunteer_id}" if one.is_copied else "",
                        one.name,
                        one.verdict.level.value,
                        icons[one.verdict.level],
                        wording.sentences(
                            *(objection_words(why) for why in one.verdict.objections)
                        ),
                    )
                    for one in people
                ],
            )
        )
    return made
