"""Pages of accounts; one page group a module."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

# Each module puts its pages on `bp`.
from hospice.accounts.views import first_run, links, own, people, settings, sign_in  # noqa: E402

__all__ = ["bp", "first_run", "links", "own", "people", "settings", "sign_in"]
