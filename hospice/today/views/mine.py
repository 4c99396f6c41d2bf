"""The volunteer's own shifts."""

from hospice.accounts.rules import Permission
from hospice.today.views import bp
from hospice.web.guard import requires


@bp.get("/me")
@requires(Permission.VOLUNTEER)
def my_shifts() -> str:
    return "soon"
