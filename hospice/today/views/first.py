"""The way in: each role to the page it works on."""

from flask import redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.today.views import bp
from hospice.web.guard import public

# The first page that a person may see is where their work is.
_FIRST = (
    (Permission.SEE_TODAY, "today.coordinator"),
    (Permission.SEE_GRIEF, "grief_support.calls"),
    (Permission.SEE_PATIENTS, "patients.index"),
    (Permission.VOLUNTEER, "today.my_shifts"),
)


@bp.get("/")
@public
def home() -> Response:
    """Lead each person to their own first page."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in"))
    for permission, endpoint in _FIRST:
        if current_user.may(permission):
            return redirect(url_for(endpoint))
    return redirect(url_for("accounts.account"))
