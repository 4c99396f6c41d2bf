"""What volunteers see and change of their own record."""

from hospice.accounts.rules import Permission
from hospice.volunteers.views import bp
from hospice.web.guard import requires


@bp.get("/me/profile")
@requires(Permission.VOLUNTEER)
def me() -> str:
    """Show a volunteer what is kept of them."""
    return "soon"
