"""Whether a name may be read, as the family wishes, and what the hospice wishes."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts import queries as accounts
from hospice.accounts.models import Hospice
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.gatherings.actions import remembrance as actions
from hospice.gatherings.forms.remembrance import RemembranceForm, WishForm
from hospice.gatherings.queries import remembered
from hospice.gatherings.rules import Remembrance
from hospice.gatherings.views import bp
from hospice.gatherings.words import gathering_objection_words, remembrance_kept_now
from hospice.grief_support.rules.kin import Consent
from hospice.web.guard import requires


@bp.route("/patients/<int:patient_id>/remembrance", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def wish(patient_id: int) -> Any:
    """Write down whether the family agrees that the name is read."""
    patient = remembered.patient_for(current_user, patient_id)
    found = remembered.wish_of(patient_id)
    form = WishForm(
        data={
            "wish": found.wish if found else Consent.UNASKED,
            "said_by": found.said_by if found else "",
        }
    )
    if form.validate_on_submit():
        with transaction():
            actions.set_wish(
                patient_id,
                form.wish.data,
                form.said_by.data or "",
                by=current_user,
                now=clock.now(),
            )
        flash(_("Written down. It holds at once."), "done")
        return redirect(url_for("patients.show", patient_id=patient_id))
    page = render_template("gatherings/wish.html", form=form, patient=patient)
    return page, 422 if form.errors else 200


@bp.route("/settings/grief-support/remembrance", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def settings() -> Any:
    """Say which names volunteers read, and whom one may ring to talk."""
    hospice = _hospice()
    form = RemembranceForm(data=_kept(hospice))
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_settings(
                    _hospice(),
                    form.settings(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
            hospice = _hospice()  # rolled back: fresh
            form.version.data, theirs = str(hospice.version), remembrance_kept_now(hospice)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for("gatherings.settings"))
    page = render_template("gatherings/settings.html", form=form, theirs=theirs)
    return page, 422 if form.errors else 200


def _kept(hospice: Hospice) -> dict[str, Any]:
    return {
        "remembrance": Remembrance(hospice.remembrance),
        "talk_name": hospice.talk_name,
        "talk_phone": hospice.talk_phone,
        "version": str(hospice.version),
    }


def _hospice() -> Hospice:
    found = accounts.hospice()
    if found is None:
        raise Missing
    return found
