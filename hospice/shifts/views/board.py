"""The roster board."""

from hospice.accounts.rules import Permission
from hospice.shifts.views import bp
from hospice.web.guard import requires


@bp.get("/roster")
@requires(Permission.SEE_ROSTER)
def roster() -> str:
    return "soon"
