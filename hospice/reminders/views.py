"""Pages of reminders."""

from flask import Blueprint

from hospice.accounts.rules import Permission
from hospice.web.guard import requires

bp = Blueprint("reminders", __name__)


@bp.get("/messages")
@requires(Permission.SEE_MESSAGES)
def index() -> str:
    return "soon"
