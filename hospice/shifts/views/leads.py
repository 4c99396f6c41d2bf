"""When people hear of the dates of a weekly shift: shown with it, and changed on its own page."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.shifts.actions import weekly as actions
from hospice.shifts.forms.leads import LeadsForm
from hospice.shifts.queries import weekly as queries
from hospice.shifts.views import bp, planning
from hospice.shifts.views.weekly import heading
from hospice.shifts.words import lead_lines
from hospice.web.guard import requires


@bp.route("/weekly-shifts/<int:weekly_shift_id>/reminders", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def change_leads(weekly_shift_id: int) -> Response | tuple[str, int]:
    """Change when people hear of the dates of a weekly shift."""
    weekly = queries.weekly_shift(weekly_shift_id)
    title = heading(weekly)
    form = LeadsForm(obj=weekly)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_leads(
                    weekly_shift_id,
                    form.leads(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            found = planning.stale_at(refusal.objections, "weekly_shift", weekly_shift_id)
            planning.object_to(form, found)
            weekly = queries.weekly_shift(weekly_shift_id)  # rolled back: fresh
            if planning.is_stale(found):
                pairs = zip(lead_lines(weekly), lead_lines(form.leads()), strict=True)
                theirs = [kept for kept, typed in pairs if kept != typed]
                form.version.data = str(weekly.version)
        else:
            flash(_("Saved. Nothing that went out already is said again."), "done")
            return redirect(url_for("shifts.weekly_shift", weekly_shift_id=weekly_shift_id))
    page = render_template(
        "shifts/weekly_leads.html", form=form, weekly=weekly, title=title, theirs=theirs
    )
    return page, 422 if form.errors else 200
