"""What needs the coordinator today."""

from hospice.accounts.rules import Permission
from hospice.today.views import bp
from hospice.web.guard import requires


@bp.get("/today")
@requires(Permission.SEE_TODAY)
def coordinator() -> str:
    return "soon"
