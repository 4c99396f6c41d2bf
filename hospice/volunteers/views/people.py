"""The list of volunteers, and one volunteer's page."""

from hospice.accounts.rules import Permission
from hospice.volunteers.views import bp
from hospice.web.guard import requires


@bp.get("/volunteers")
@requires(Permission.SEE_VOLUNTEERS)
def index() -> str:
    """List the volunteers."""
    return "soon"


@bp.get("/volunteers/<int:volunteer_id>")
@requires(Permission.SEE_VOLUNTEERS)
def show(volunteer_id: int) -> str:
    """Show one volunteer."""
    return "soon"
