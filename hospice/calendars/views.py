"""Pages of calendars to subscribe to, and the calendars themselves."""

from flask import Blueprint

bp = Blueprint("calendars", __name__)
