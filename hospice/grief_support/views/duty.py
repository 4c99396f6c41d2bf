"""Who is on duty for grief support, among the settings."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts import queries as accounts
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import red_flags as actions
from hospice.grief_support.forms.red_flags import DutyForm
from hospice.grief_support.models import DutyClinician
from hospice.grief_support.queries import red_flags as queries
from hospice.grief_support.views import bp
from hospice.grief_support.words.red_flags import duty_words, flag_objection_words
from hospice.web.forms import Form
from hospice.web.guard import requires


@bp.get("/settings/grief-support/on-duty")
@requires(Permission.EDIT_SETTINGS)
def duty_list() -> str:
    """List who is on duty, and whom an alarm reaches."""
    return render_template(
        "grief_support/duty_list.html",
        clinicians=queries.clinicians(with_retired=True),
        now_on=queries.on_duty(clock.now()),
        office=accounts.hospice(),
    )


@bp.route("/settings/grief-support/on-duty/new", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def new_duty() -> Any:
    """Put a clinician on duty."""
    return _edit(None)


@bp.route("/settings/grief-support/on-duty/<int:clinician_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def edit_duty(clinician_id: int) -> Any:
    """Change how a clinician is reached, and when."""
    return _edit(queries.clinician(clinician_id))


@bp.post("/settings/grief-support/on-duty/<int:clinician_id>/end")
@requires(Permission.EDIT_SETTINGS)
def end_duty(clinician_id: int) -> Any:
    """Take a clinician off duty for good, or put them on again."""
    found = queries.clinician(clinician_id)
    if Form().validate_on_submit():
        with transaction():
            found = queries.clinician(clinician_id)
            done = actions.begin_duty_again if found.retired_at else actions.end_duty
            done(found, by=current_user, now=clock.now())
    return redirect(url_for("grief_support.duty_list"))


def _edit(found: DutyClinician | None) -> Any:
    form = DutyForm(queries.possible_users(), obj=found)
    if found is not None and not form.is_submitted():
        form.show(found)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        clinician_id = found.id if found else None
        try:
            with transaction():
                actions.keep_duty(
                    queries.clinician(clinician_id) if clinician_id else None,
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, flag_objection_words)
            found = queries.clinician(clinician_id) if clinician_id else None  # fresh
            if found is not None and any(one.kind == "stale" for one in refusal.objections):
                form.version.data, theirs = str(found.version), _kept_now(found)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for("grief_support.duty_list"))
    page = render_template(
        "grief_support/edit_duty.html", form=form, clinician=found, theirs=theirs
    )
    return page, 422 if form.errors else 200


def _kept_now(one: DutyClinician) -> list[tuple[str, str]]:
    return [
        (_("Name"), one.name),
        (_("Telephone"), one.phone),
        (_("Email"), one.email),
        (_("Days on duty"), duty_words(one)),
    ]
