"""What a visit needs to know of a patient, on the phone of the volunteer who goes there."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.patients import actions as patients
from hospice.shifts.queries.patients import patient_seen_by
from hospice.shifts.views import bp
from hospice.web.guard import requires


@bp.get("/me/patients/<int:patient_id>")
@requires(Permission.VOLUNTEER)
def patient_card(patient_id: int) -> str | Response:
    """Show a patient to someone who visits them, and write down that they looked."""
    if not current_user.is_fresh:  # a phone stays signed in for weeks; names ask again
        return redirect(url_for("accounts.sign_in") + "?" + urlencode({"next": request.path}))
    now = clock.now()
    with transaction():
        card = patient_seen_by(current_user, patient_id, now)  # raises Missing
        patients.note_opened(patient_id, by=current_user, now=now)
    return render_template("shifts/patient_card.html", card=card)
