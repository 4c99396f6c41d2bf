"""Pages of attendance: coming and going, and the talk after a shift."""

from flask import Blueprint

bp = Blueprint("attendance", __name__)
