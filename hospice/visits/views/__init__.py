"""Pages of visit notes: the volunteer's own, and the team's."""

from flask import Blueprint

bp = Blueprint("visits", __name__)

# Each module puts its pages on `bp`.
from hospice.visits.views import hours, mine, offline, outbox, staff, write  # noqa: E402

__all__ = ["bp", "hours", "mine", "offline", "outbox", "staff", "write"]
