"""Pages where an administrator sets up the ways beside email."""

from flask import Blueprint

bp = Blueprint("channels", __name__)
