"""Pages of patients."""

from flask import Blueprint

from hospice.accounts.rules import Permission
from hospice.web.guard import requires

bp = Blueprint("patients", __name__)


@bp.get("/patients")
@requires(Permission.SEE_PATIENTS)
def index() -> str:
    return "soon"
