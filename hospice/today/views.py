"""Pages of today."""

from flask import Blueprint

from hospice.accounts.rules import Permission
from hospice.web.guard import public, requires

bp = Blueprint("today", __name__)


@bp.get("/")
@public
def home() -> str:
    return "soon"


@bp.get("/today")
@requires(Permission.SEE_TODAY)
def coordinator() -> str:
    return "soon"


@bp.get("/me")
@requires(Permission.VOLUNTEER)
def my_shifts() -> str:
    return "soon"


@bp.get("/search")
@requires(Permission.SEE_VOLUNTEERS)
def search() -> str:
    return "soon"
