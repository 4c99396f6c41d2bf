"""Weekly shifts and single ones."""

from hospice.accounts.rules import Permission
from hospice.shifts.views import bp
from hospice.web.guard import requires


@bp.get("/weekly-shifts")
@requires(Permission.SEE_ROSTER)
def weekly_shifts() -> str:
    return "soon"
