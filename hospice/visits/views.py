"""Pages of visits."""

from flask import Blueprint

from hospice.accounts.rules import Permission
from hospice.web.guard import requires

bp = Blueprint("visits", __name__)


@bp.get("/visit-notes")
@requires(Permission.SEE_NOTES)
def index() -> str:
    return "soon"


@bp.get("/me/notes")
@requires(Permission.VOLUNTEER)
def my_notes() -> str:
    return "soon"
