"""Weekly shifts: the list, one of them, planning one, changing it, ending it."""

from datetime import date, datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Objection, Refused
from hospice.journal import queries as journal
from hospice.patients.rules import is_visited
from hospice.places import queries as places
from hospice.shifts.actions import weekly as actions
from hospice.shifts.actions.changing import Changed
from hospice.shifts.actions.editing import Scope
from hospice.shifts.forms.weekly import EditWeeklyForm, EndForm, NewWeeklyForm
from hospice.shifts.models import WeeklyShift
from hospice.shifts.queries import standing as standing_queries
from hospice.shifts.queries import weekly as queries
from hospice.shifts.queries.weekly import Filters, terms_of
from hospice.shifts.rules.pattern import first_on, nearest
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.rules.terms import Terms
from hospice.shifts.views import bp, people, planning, wording
from hospice.shifts.words import CADENCE_LABELS
from hospice.web.forms import day_arg, number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import PER_PAGE, Page, offset
from hospice.web.pages import present_zone, short_day, zone_name

_HISTORY = 5
_SUNDAY = 6


@bp.get("/weekly-shifts")
@requires(Permission.SEE_ROSTER)
def weekly_shifts() -> str:
    """List the weekly shifts by series."""
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    asked = Filters(
        words=text_arg("q", 60),
        place_id=number_arg("place"),
        is_ended=text_arg("show") == "ended",
        may_see_patients=current_user.may(Permission.SEE_PATIENTS),
    )
    number = number_arg("page", 1, low=1, high=100_000)
    groups = queries.listed(asked, now=now, today=today, limit=PER_PAGE, offset=offset(number))
    return render_template(
        "shifts/weekly_shifts.html",
        groups=groups,
        page=Page(groups, number, queries.how_many(asked, today=today)),
        asked=asked,
        places=[(one.id, one.full_name) for one in places.places()],
        series_name=wording.series_name,
        times=planning.times,
        needs=people.needs,
    )


@bp.get("/weekly-shifts/<int:weekly_shift_id>")
@requires(Permission.SEE_ROSTER)
def weekly_shift(weekly_shift_id: int) -> str:
    """Show one weekly shift: what it asks for, who stands in it, its next dates."""
    now = clock.now()
    weekly = queries.weekly_shift(weekly_shift_id)
    today = clock.local(now, weekly.place.timezone).date()
    sees_journal = current_user.may(Permission.SEE_JOURNAL)
    return render_template(
        "shifts/weekly_shift.html",
        weekly=weekly,
        title=heading(weekly),
        series=wording.series_name(queries.series_of(weekly)),
        slug=queries.series_of(weekly).slug,
        state_line=wording.sentences(
            _state_line(weekly, today),
            _("Times are %(zone)s.", zone=zone_name(weekly.place.timezone)),
        ),
        needs=people.needs(weekly),
        times=planning.times(weekly.starts, weekly.ends),
        standing=standing_queries.standing_of(weekly_shift_id, since=today),
        cadences=CADENCE_LABELS,
        dates=queries.next_dates(weekly_shift_id, now),
        cancelled=ShiftState.CANCELLED,
        follower=queries.follower_of(weekly_shift_id) if weekly.ends_on else None,
        is_over=weekly.ends_on is not None and weekly.ends_on < today,
        is_patient_elsewhere=_is_elsewhere(weekly),
        entries=journal.history("weekly_shift", weekly_shift_id, limit=_HISTORY)
        if sees_journal
        else None,
        entry_count=journal.history_length("weekly_shift", weekly_shift_id) if sees_journal else 0,
    )


def heading(weekly: WeeklyShift) -> str:
    """Return "Ward 1 · Garden, Sunday 14:00–17:00"."""
    return _(
        "%(place)s, %(weekday)s %(times)s",
        place=weekly.place.full_name,
        weekday=wording.weekday_name(weekly.weekday),
        times=planning.times(weekly.starts, weekly.ends),
    )


def _state_line(weekly: WeeklyShift, today: date) -> str:
    if weekly.ends_on is not None:
        if weekly.ends_on < today:
            return _("Ended. Its last day was %(day)s.", day=short_day(weekly.ends_on, week=True))
        return _("Ends with %(day)s.", day=short_day(weekly.ends_on, week=True))
    first = first_on(weekly.weekday, weekly.starts_on)
    if first > today:
        return _("Begins on %(day)s.", day=short_day(first, week=True))
    return _("Dates are made half a year ahead.")


def _is_elsewhere(weekly: WeeklyShift) -> bool:
    """Tell whether the patient of a visit cannot be visited there now, so it makes no dates."""
    patient = weekly.patient
    if patient is None:
        return False
    return patient.place_id != weekly.place_id or not is_visited(patient.state)


# --- planning one ---------------------------------------------------------------------------------


@bp.route("/weekly-shifts/new", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def new_weekly() -> Response | tuple[str, int]:
    """Plan a weekly shift at one or several places."""
    form = NewWeeklyForm(places=places.places(), patients=planning.patients_to_choose())
    if not form.is_submitted():
        _begin(form)
    is_whole = planning.is_whole(form)
    place_ids = _chosen_places(form) if form.is_submitted() else []
    if is_whole and place_ids:
        try:
            with transaction():
                made = actions.create(
                    form.terms(0),
                    place_ids=place_ids,
                    weekday=form.weekday.data,
                    starts_on=form.starts_on.data or date.min,
                    ends_on=form.ends_on.data,
                    leads=form.leads(),
                    by=current_user,
                    now=clock.now(),
                )
                ids = [one.id for one in made]
        except Refused as refusal:
            planning.object_to(form, refusal.objections)
        else:
            flash(
                ngettext(
                    "The weekly shift is planned. Its dates are on the roster.",
                    "%(num)d weekly shifts are planned. Their dates are on the roster.",
                    len(ids),
                ),
                "done",
            )
            if len(ids) > 1:
                return redirect(url_for("shifts.weekly_shifts"))
            return redirect(url_for("shifts.weekly_shift", weekly_shift_id=ids[0]))
    page = render_template("shifts/weekly_new.html", form=form)
    return page, 422 if form.errors else 200


def _begin(form: NewWeeklyForm) -> None:
    """Fill in what is most usual: Sundays from today on, two people, one of them at least."""
    place_id = number_arg("place")
    patient_id = number_arg("patient")
    form.weekday.data = _SUNDAY
    form.starts_on.data = clock.today(present_zone())
    form.minimum.data, form.wanted.data = 1, 2
    form.pairs_trainees.data = True
    form.patient_id.data = patient_id
    form.places.data = [place_id] if place_id else []
    form.show_usual()


def _chosen_places(form: NewWeeklyForm) -> list[int]:
    """Return the places that were ticked; for one patient, where the patient is."""
    chosen = list(form.places.data or [])
    patients = {value for value, _label in form.patient_id.choices if value}
    if not chosen and form.patient_id.data in patients:
        chosen = [planning.place_of_patient(form.patient_id.data)]
    if not chosen and not form.places.errors:
        form.object(_("Choose at least one place"), form.places)
    return chosen


# --- changing it ----------------------------------------------------------------------------------


@bp.route("/weekly-shifts/<int:weekly_shift_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def edit_weekly(weekly_shift_id: int) -> Response | tuple[str, int]:
    """Change a weekly shift from a day on, or all its dates that have not started."""
    now = clock.now()
    weekly = queries.weekly_shift(weekly_shift_id)
    kept = terms_of(weekly)
    form = EditWeeklyForm(
        places=planning.places_to_choose(weekly),
        patients=planning.patients_to_choose(weekly),
        kept=kept,
    )
    first = actions.first_open(weekly, now)
    if not form.is_submitted():
        form.show(kept)
        form.version.data = str(weekly.version)
        form.weekday.data = weekly.weekday
        form.scope.data = Scope.FOLLOWING
        form.from_day.data = first
    theirs: list[tuple[str, str]] = []
    if planning.is_whole(form):
        try:
            with transaction():
                changed = _change(weekly, form, now)
                target = changed.weekly.id if changed.weekly else weekly_shift_id
        except Refused as refusal:
            found = planning.stale_at(refusal.objections, "weekly_shift", weekly_shift_id)
            planning.object_to(form, found)
            weekly = queries.weekly_shift(weekly_shift_id)  # rolled back: fresh
            if planning.is_stale(found):
                theirs = planning.kept_now(
                    terms_of(weekly),
                    form.terms(form.place_id.data),
                    weekday=(weekly.weekday, form.weekday.data),
                )
                form.version.data = str(weekly.version)
        else:
            flash(planning.outcome(changed), "done")
            return redirect(url_for("shifts.weekly_shift", weekly_shift_id=target))
    page = render_template(
        "shifts/weekly_edit.html", form=form, weekly=weekly, title=heading(weekly), theirs=theirs
    )
    return page, 422 if form.errors else 200


def _change(weekly: WeeklyShift, form: EditWeeklyForm, now: datetime) -> Changed:
    terms: Terms = form.terms(form.place_id.data)
    days = nearest(weekly.weekday, form.weekday.data)
    seen, by = form.seen_version, current_user
    if form.scope.data is Scope.ALL:
        return actions.change_all(
            weekly.id, terms=terms, days=days, seen_version=seen, by=by, now=now
        )
    since = form.from_day.data
    if since is None:
        raise Refused([Objection("no_from_day", field="from_day")])
    if since < clock.local(now, weekly.place.timezone).date():
        raise Refused([Objection("day_passed", field="from_day")])
    return actions.change_following(
        weekly.id,
        occurrence_on=actions.first_open(weekly, now, since),
        terms=terms,
        days=days,
        seen_version=seen,
        by=by,
        now=now,
    )


# --- ending it ------------------------------------------------------------------------------------


@bp.route("/weekly-shifts/<int:weekly_shift_id>/end", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def end_weekly(weekly_shift_id: int) -> Response | tuple[str, int]:
    """End a weekly shift from a day on."""
    now = clock.now()
    weekly = queries.weekly_shift(weekly_shift_id)
    title = heading(weekly)
    form = EndForm()
    if not form.is_submitted():
        form.version.data = str(weekly.version)
        form.from_day.data = day_arg("day") or actions.first_open(weekly, now)
    if form.validate_on_submit():
        try:
            with transaction():
                changed = actions.end(
                    weekly_shift_id,
                    from_day=form.from_day.data or date.max,
                    reason=form.reason.data or "",
                    seen_version=form.seen_version,
                    by=current_user,
                    now=now,
                )
        except Refused as refusal:
            found = planning.stale_at(refusal.objections, "weekly_shift", weekly_shift_id)
            planning.object_to(form, found)
            weekly = queries.weekly_shift(weekly_shift_id)
            form.version.data = str(weekly.version)
        else:
            flash(_ended(changed), "done")
            return redirect(url_for("shifts.weekly_shift", weekly_shift_id=weekly_shift_id))
    page = render_template("shifts/weekly_end.html", form=form, weekly=weekly, title=title)
    return page, 422 if form.errors else 200


def _ended(changed: Changed) -> str:
    if not changed.dates:
        return _("The weekly shift ends. No date had to be cancelled.")
    said = ngettext(
        "The weekly shift ends. %(num)d date is cancelled.",
        "The weekly shift ends. %(num)d dates are cancelled.",
        changed.dates,
    )
    if not changed.told:
        return said
    return wording.sentences(
        said,
        ngettext(
            "%(num)d person is told when you publish.",
            "%(num)d people are told when you publish.",
            changed.told,
        ),
    )


@bp.post("/weekly-shifts/<int:weekly_shift_id>/go-on")
@requires(Permission.PLAN_ROSTER)
def go_on(weekly_shift_id: int) -> Response:
    """Let a weekly shift that has an end go on without one."""
    try:
        with transaction():
            actions.go_on(weekly_shift_id, seen_version=None, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(planning.objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("The weekly shift goes on."), "done")
    return redirect(url_for("shifts.weekly_shift", weekly_shift_id=weekly_shift_id))
