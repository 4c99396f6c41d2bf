"""Pages of volunteers; one page group a module."""

from flask import Blueprint

bp = Blueprint("volunteers", __name__)

# Each module puts its pages on `bp`.
from hospice.volunteers.views import apart, edit, me, messages, papers, people, presence  # noqa: E402

__all__ = ["apart", "bp", "edit", "me", "messages", "papers", "people", "presence"]
