"""The volunteer's answers."""

from hospice.accounts.rules import Permission
from hospice.shifts.views import bp
from hospice.web.guard import requires


@bp.get("/open-shifts")
@requires(Permission.VOLUNTEER)
def open_shifts() -> str:
    return "soon"
