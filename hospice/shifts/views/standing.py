"""Standing places in a weekly shift: giving one, changing it, ending it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.shifts.actions import standing as actions
from hospice.shifts.actions.standing import Filled
from hospice.shifts.actions.weekly import first_open
from hospice.shifts.forms.weekly import ChangeStandingForm, StandingForm
from hospice.shifts.queries import standing as queries
from hospice.shifts.queries import weekly as weekly_queries
from hospice.shifts.rules.states import Cadence
from hospice.shifts.views import bp, planning, wording
from hospice.shifts.views.weekly import heading
from hospice.web.forms import number_arg
from hospice.web.guard import requires
from hospice.web.pages import listed, short_day

_LEFT_OUT_NAMED = 4


@bp.route("/weekly-shifts/<int:weekly_shift_id>/standing/new", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def new_standing(weekly_shift_id: int) -> Response | tuple[str, int]:
    """Give a volunteer a standing place."""
    now = clock.now()
    weekly = weekly_queries.weekly_shift(weekly_shift_id)
    title = heading(weekly)
    volunteers = queries.volunteers_to_choose(weekly.place_id)
    names = {one.id: one.preferred_name for one in volunteers}
    form = StandingForm(volunteers=volunteers)
    if not form.is_submitted():
        form.volunteer_id.data = number_arg("volunteer")
        form.cadence.data = Cadence.EVERY
        form.starts_on.data = first_open(weekly, now)
        form.fill.data = True
    if form.validate_on_submit():
        name = names[form.volunteer_id.data]
        try:
            with transaction():
                filled = actions.add(
                    weekly_shift_id,
                    form.volunteer_id.data,
                    _typed(form),
                    fill=form.fill.data,
                    reason=_("Standing volunteer"),
                    by=current_user,
                    now=now,
                )
        except Refused as refusal:
            planning.object_to(form, refusal.objections)
            weekly = weekly_queries.weekly_shift(weekly_shift_id)  # rolled back: fresh
        else:
            flash(
                wording.sentences(
                    _("%(name)s is a standing volunteer now.", name=name), _said(filled)
                ),
                "done",
            )
            return _back(weekly_shift_id)
    page = render_template(
        "shifts/weekly_standing.html",
        form=form,
        weekly_shift_id=weekly_shift_id,
        title=title,
        place=weekly.place,
        nobody=not names,
        standing=None,
    )
    return page, 422 if form.errors else 200


@bp.route(
    "/weekly-shifts/<int:weekly_shift_id>/standing/<int:standing_id>", methods=["GET", "POST"]
)
@requires(Permission.PLAN_ROSTER)
def change_standing(weekly_shift_id: int, standing_id: int) -> Response | tuple[str, int]:
    """Change how often and how long a volunteer stands."""
    now = clock.now()
    weekly = weekly_queries.weekly_shift(weekly_shift_id)
    title = heading(weekly)
    standing = queries.standing(standing_id, weekly_shift_id)
    name = standing.volunteer.preferred_name
    form = ChangeStandingForm(obj=standing)
    if not form.is_submitted():
        form.fill.data = True
    if form.validate_on_submit():
        try:
            with transaction():
                filled = actions.change(
                    standing_id,
                    weekly_shift_id,
                    _typed(form),
                    fill=form.fill.data,
                    reason=_("Standing volunteer"),
                    by=current_user,
                    now=now,
                )
        except Refused as refusal:
            planning.object_to(form, refusal.objections)
            weekly = weekly_queries.weekly_shift(weekly_shift_id)  # rolled back: fresh
        else:
            said = _("Saved for %(name)s.", name=name)
            flash(wording.sentences(said, _said(filled)), "done")
            return _back(weekly_shift_id)
    page = render_template(
        "shifts/weekly_standing.html",
        form=form,
        weekly_shift_id=weekly_shift_id,
        title=title,
        place=weekly.place,
        nobody=False,
        standing=queries.standing(standing_id, weekly_shift_id),
    )
    return page, 422 if form.errors else 200


@bp.post("/weekly-shifts/<int:weekly_shift_id>/standing/<int:standing_id>/remove")
@requires(Permission.PLAN_ROSTER)
def remove_standing(weekly_shift_id: int, standing_id: int) -> Response:
    """End a standing place; drafts go, dates that the volunteer was told of stay."""
    name = queries.standing(standing_id, weekly_shift_id).volunteer.preferred_name
    try:
        with transaction():
            filled = actions.remove(standing_id, weekly_shift_id, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(planning.objection_words(refusal.objections[0]), "problem")
    else:
        said = _("%(name)s is no longer a standing volunteer here.", name=name)
        flash(wording.sentences(said, _said(filled)), "done")
    return _back(weekly_shift_id)


def _typed(form: ChangeStandingForm) -> actions.Place:
    return actions.Place(
        cadence=form.cadence.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        is_leader=form.is_leader.data,
    )


def _back(weekly_shift_id: int) -> Response:
    return redirect(url_for("shifts.weekly_shift", weekly_shift_id=weekly_shift_id))


def _said(filled: Filled) -> str:
    """Return what became of the dates that were there already."""
    said = []
    if filled.placed:
        said.append(
            ngettext(
                "Placed on %(num)d date as a draft.",
                "Placed on %(num)d dates as drafts.",
                len(filled.placed),
            )
        )
    if filled.removed:
        said.append(
            ngettext(
                "%(num)d draft was taken back.",
                "%(num)d drafts were taken back.",
                len(filled.removed),
            )
        )
    if filled.told:
        said.append(
            _(
                "Still on %(days)s, which they know of; take them off there if need be.",
                days=planning.days_named(filled.told),
            )
        )
    if filled.left_out:
        said.append(_("Not placed: %(dates)s", dates=_left_out(filled)))
    return wording.sentences(*said)


def _left_out(filled: Filled) -> str:
    named = [
        _(
            "%(day)s (%(why)s)",
            day=short_day(day),
            why=planning.objection_words(objection).rstrip(".。"),
        )
        for day, objection in filled.left_out[:_LEFT_OUT_NAMED]
    ]
    more = len(filled.left_out) - len(named)
    if more:
        named.append(ngettext("%(num)d more", "%(num)d more", more))
    return _("%(words)s.", words=listed(named))
