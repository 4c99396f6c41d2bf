"""Filling a place: people who fit, one of them with a reason, or several asked at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Objection, Refused
from hospice.shifts.actions import asking, placing
from hospice.shifts.forms.board import ReasonForm, back_arg, ids_arg
from hospice.shifts.models import Shift
from hospice.shifts.queries import candidates, roster
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries.board import Scope
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.placing import Verdict
from hospice.shifts.rules.roster import occurrences
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.views import bp, fitting
from hospice.shifts.views.shift import heading, roster_of, series_of
from hospice.shifts.words import objection_words
from hospice.volunteers import queries as volunteers
from hospice.web.forms import number_arg, small_int, text_arg
from hospice.web.guard import requires
from hospice.web.pages import short_day

Answer = str | Response | tuple[str, int]
_AHEAD = 42
_OFFERED = 5
_TAKEN = {"full", "taken"}


@bp.route("/shifts/<int:shift_id>/assign", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def assign(shift_id: int) -> Answer:
    """Choose who visits."""
    now = clock.now()
    shift = queries.shift_for(current_user, shift_id)
    back = back_arg() or roster_of(shift, now)["url"]
    if request.method == "POST":
        if "ask_all" in request.form:
            return _ask(shift, ids_arg("ask"), back, now)
        return _place(shift, small_int(request.form.get("place")), back, now)
    chosen = number_arg("volunteer")
    if chosen:
        return _step(shift, chosen, back, now)
    return _fits(shift, back, now)


def _fits(
    shift: Shift,
    back: str,
    now: datetime,
    *,
    objections: Sequence[Objection] = (),
    ticked: Sequence[int] = (),
) -> str:
    """Return the page of everyone who fits; after a refusal, with what is still open elsewhere."""
    is_taken = any(one.kind in _TAKEN for one in objections)
    return render_template(
        "shifts/assign.html",
        shift=shift,
        title=heading(shift),
        panel=fitting.panel_of(shift, now, words=text_arg("q", 60)),
        back=back,
        problems=[objection_words(one) for one in objections],
        is_taken=is_taken,
        others=_others(shift, now, back) if is_taken else [],
        ticked=ticked,
        find_url=url_for("shifts.assign", shift_id=shift.id),
        find_args=[("back", back)],
        pick_up=roster_url(shift, now, "hold="),
        is_closed=shift.state is ShiftState.CANCELLED or shift.ends_at <= now,
    )


def _step(
    shift: Shift,
    volunteer_id: int,
    back: str,
    now: datetime,
    *,
    form: ReasonForm | None = None,
) -> str:
    """Return the page of one person: what speaks against them, and the reason to place them."""
    person = volunteers.volunteer(volunteer_id)
    verdict: Verdict = candidates.verdicts_for(person.id, [shift], now)[shift.id]
    return render_template(
        "shifts/assign_one.html",
        shift=shift,
        title=heading(shift),
        person=person,
        soft=[objection_words(one) for one in verdict.soft],
        hard=[objection_words(one) for one in verdict.hard],
        form=form or ReasonForm(formdata=None),
        back=back,
    )


def _place(shift: Shift, volunteer_id: int, back: str, now: datetime) -> Answer:
    """Place one person as a draft; then on to the next gap."""
    shift_id = shift.id
    try:
        with transaction():
            has_more = shift.wanted - shift.taken > 1
            on_to = shift_id if has_more else _next(shift, now)
            placing.assign(shift, volunteer_id, by=current_user, now=now, accepting=_given_reason())
            # Inside: after the commit these words would load the person anew.
            flash(str(on_to), "next")
            flash(_("Saved."), "undo")
    except Refused as refusal:
        shift = queries.shift_for(current_user, shift_id)
        if any(one.hard for one in refusal.objections):
            return _fits(shift, back, now, objections=refusal.objections), 422
        form = ReasonForm()
        form.validate()
        return _step(shift, volunteer_id, back, now, form=form), 422
    return redirect(back)


def _ask(shift: Shift, volunteer_ids: Sequence[int], back: str, now: datetime) -> Answer:
    """Ask several people at once; the first yes gets the place."""
    shift_id = shift.id
    try:
        with transaction():
            offers = asking.ask(
                shift, volunteer_ids, by=current_user, now=now, accepting=_given_reason()
            )
            count = len(offers)
    except Refused as refusal:
        shift = queries.shift_for(current_user, shift_id)
        if any(one.hard for one in refusal.objections):
            found = refusal.objections
            return _fits(shift, back, now, objections=found, ticked=volunteer_ids), 422
        form = ReasonForm(formdata=None)
        if "reason" in request.form:
            form = ReasonForm()
            form.validate()
        page = render_template(
            "shifts/assign_ask.html",
            shift=shift,
            title=heading(shift),
            soft=[objection_words(one) for one in refusal.objections],
            form=form,
            ticked=volunteer_ids,
            back=back,
        )
        return page, 422
    words = ngettext(
        "%(num)d person was asked. The first yes gets the place.",
        "%(num)d people were asked. The first yes gets the place.",
        count,
    )
    flash(str(shift_id), "next")
    flash(words, "done")
    return redirect(back)


def _given_reason() -> str | None:
    """Return the reason typed, when it will do; most placings need none."""
    if not request.form.get("reason"):
        return None
    form = ReasonForm()
    return form.reason.data if form.validate() else None


# --- what comes next ------------------------------------------------------------------------------


def _days(shift: Shift) -> tuple[Series | None, tuple[date, ...]]:
    series = series_of(shift)
    if series is not None:
        return series, occurrences(series.weekday, shift.occurrence_on or shift.local_day)
    return None, tuple(shift.local_day + timedelta(days=number) for number in range(_AHEAD))


def _scope(shift: Shift, days: Sequence[date], series: Series | None, now: datetime) -> Scope:
    zone = shift.place.timezone
    spans = tuple(clock.span(day, series.starts, series.ends, zone) for day in days if series)
    return Scope(tuple(days), now, series, spans)


def _next(shift: Shift, now: datetime) -> int:
    """Return the shift with the next gap once this one is full: its own day first, then later."""
    series, days = _days(shift)
    near = roster.next_gap(_scope(shift, days[:1], series, now), shift, near=True)
    if near is not None:
        return near
    return roster.next_gap(_scope(shift, days, series, now), shift, near=False) or shift.id


def _others(shift: Shift, now: datetime, back: str) -> list[tuple[str, str]]:
    """Return other places still open: words and address."""
    series, days = _days(shift)
    gaps = roster.gaps(_scope(shift, days, series, now))
    ids = [one for one in gaps if one != shift.id][:_OFFERED]
    return [
        (
            _("%(place)s, %(day)s", place=one.place.name, day=short_day(one.local_day, week=True)),
            url_for("shifts.assign", shift_id=one.id, back=back),
        )
        for one in roster.shifts(ids)
    ]


def roster_url(shift: Shift, now: datetime, more: str = "") -> str:
    """Return the roster on which a shift stands, with something added to its query."""
    url = roster_of(shift, now)["url"]
    return f"{url}{'&' if '?' in url else '?'}{more}" if more else url
