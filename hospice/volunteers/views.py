"""Pages of volunteers."""

from flask import Blueprint

from hospice.accounts.rules import Permission
from hospice.web.guard import requires

bp = Blueprint("volunteers", __name__)


@bp.get("/volunteers")
@requires(Permission.SEE_VOLUNTEERS)
def index() -> str:
    return "soon"


@bp.get("/me/profile")
@requires(Permission.VOLUNTEER)
def me() -> str:
    return "soon"
