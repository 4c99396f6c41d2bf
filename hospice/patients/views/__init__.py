"""Pages of patients; one page group a module."""

from flask import Blueprint

bp = Blueprint("patients", __name__)

# Each module puts its pages on `bp`.
from hospice.patients.views import cards, listing, record  # noqa: E402

__all__ = ["bp", "cards", "listing", "record"]
