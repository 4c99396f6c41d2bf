"""Pages of today: the first page, the volunteer's own, the coordinator's, and the search."""

from flask import Blueprint

bp = Blueprint("today", __name__)

# Each module puts its pages on `bp`.
from hospice.today.views import coordinator, first, mine, search  # noqa: E402

__all__ = ["bp", "coordinator", "first", "mine", "search"]
