"""Pages of accounts."""

from flask import Blueprint

from hospice.accounts.rules import Permission
from hospice.web.guard import public, requires

bp = Blueprint("accounts", __name__)


@bp.get("/settings")
@requires(Permission.EDIT_SETTINGS)
def settings() -> str:
    return "soon"


@bp.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> str:
    return "soon"


@bp.get("/sign-in")
@public
def sign_in() -> str:
    return "soon"


@bp.get("/sign-out")
@public
def sign_out() -> str:
    return "soon"


@bp.get("/show-as")
@public
def show_as() -> str:
    return "soon"


@bp.get("/first-run")
@public
def not_founded() -> str:
    return "soon"


@bp.get("/first-run/<token>")
@public
def first_run(token: str) -> str:
    return "soon"
