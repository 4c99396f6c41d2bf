"""Pages of gatherings, of debriefs, and of a volunteer's own invitations and remembrance."""

from flask import Blueprint

bp = Blueprint("gatherings", __name__)

# Each module puts its pages on the blueprint above.
from hospice.gatherings.views import guests, memorials  # noqa: E402

__all__ = ["bp", "guests", "memorials"]
