"""Pages of calendars to subscribe to, and the calendars themselves."""

from flask import Blueprint

bp = Blueprint("calendars", __name__)

# Each module puts its pages on `bp`.
from hospice.calendars.views import feed, own, place  # noqa: E402

__all__ = ["bp", "feed", "own", "place"]
