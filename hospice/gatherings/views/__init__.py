"""Pages of gatherings, of debriefs, and of a volunteer's own invitations and remembrance."""

from flask import Blueprint

bp = Blueprint("gatherings", __name__)

# Each module puts its pages on the blueprint above.
from hospice.gatherings.views import debriefs, guests, memorials, mine, wishes  # noqa: E402

__all__ = ["bp", "debriefs", "guests", "memorials", "mine", "wishes"]
