"""Pages of places."""

from flask import Blueprint

from hospice.accounts.rules import Permission
from hospice.web.guard import requires

bp = Blueprint("places", __name__)


@bp.get("/places")
@requires(Permission.SEE_PLACES)
def index() -> str:
    return "soon"
