"""Pages of families, of a death and of those who are told."""

from flask import Blueprint

bp = Blueprint("grief_support", __name__)

# Each module puts its pages on the blueprint above.
from hospice.grief_support.views import deaths, family, losses, telling  # noqa: E402

__all__ = ["bp", "deaths", "family", "losses", "telling"]
