"""Pages of shifts; one page group a module."""

from flask import Blueprint

bp = Blueprint("shifts", __name__)

# Each module puts its pages on `bp`.
from hospice.shifts.views import answer, board, patient, publish, shift, weekly  # noqa: E402

__all__ = ["answer", "board", "bp", "patient", "publish", "shift", "weekly"]
