"""Pages of gatherings, of debriefs, and of a volunteer's own invitations and remembrance."""

from flask import Blueprint

bp = Blueprint("gatherings", __name__)

__all__ = ["bp"]
