"""Pages of attendance: coming and going, and the talk after a shift."""

from flask import Blueprint

bp = Blueprint("attendance", __name__)

# Each module puts its pages on `bp`.
from hospice.attendance.views import after, door, own, staff  # noqa: E402

__all__ = ["after", "bp", "door", "own", "staff"]
