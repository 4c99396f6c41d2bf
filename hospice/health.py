"""What a monitor asks: is the process alive, and is everything it needs in order."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hospice import migrate
from hospice.core import clock
from hospice.core.db import db, release
from hospice.reminders import queries
from hospice.web.guard import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def live() -> Response:
    """Say that the process answers; asks nothing of the database."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Say whether the database answers, has the newest schema, and messages go round."""
    found = {"database": False, "migrations": False, "messages": False}
    try:
        release()
        connection = db.session.connection()
        connection.execute(text("SELECT 1"))
        found["database"] = True
        found["migrations"] = migrate.is_current(connection)
        found["messages"] = not queries.heartbeat(clock.now()).is_late
    except SQLAlchemyError:
        release()
    is_ready = all(found.values())
    words = {name: "ok" if is_well else "not ok" for name, is_well in found.items()}
    return jsonify(ready=is_ready, **words), 200 if is_ready else 503
