"""Pages of visit notes: the volunteer's own, and the team's."""

from flask import Blueprint

bp = Blueprint("visits", __name__)

# Each module puts its pages on `bp`.
from hospice.visits.views import behalf, hours, mine, offline, outbox, sent, staff, write  # noqa: E402

__all__ = ["behalf", "bp", "hours", "mine", "offline", "outbox", "sent", "staff", "write"]
