"""The pages shown when something is not there, was refused, or went wrong."""

import secrets
from typing import Any

from flask import Flask, current_app, g, render_template, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from hospice.core.db import db
from hospice.core.errors import Missing

_LAST_WORDS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Alongside</title></head><body>
<h1>There is a problem with the service</h1>
<p>What you saved is kept. Try again in a few minutes. (%s)</p>
<p lang="zh-Hans">系统出现问题。已保存的内容仍在，请过几分钟再试。</p>
</body></html>"""


def init_app(app: Flask) -> None:
    """Give errors their pages."""
    app.register_error_handler(Missing, lambda _error: _error_page(404))
    # Two saved the same record in the same instant: the database let one of them through.
    app.register_error_handler(StaleDataError, lambda _error: _error_page(409))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return _error_page(error.code)


def _unforeseen(error: Exception) -> Any:
    if current_app.testing:
        raise error
    g.error_number = secrets.token_hex(4)
    current_app.logger.exception("error %s at %s", g.error_number, request.endpoint)
    try:
        db.session.rollback()  # what failed half-way must not fail this page too
        return _error_page(500)
    except Exception:  # noqa: BLE001 - without a database there is no person, hospice or language
        return _LAST_WORDS % g.error_number, 500


def _error_page(code: int) -> Any:
    known = code if code in {400, 403, 404, 405, 409, 413, 429, 500} else 404 if code < 500 else 500
    if known in {403, 405}:
        known = 404 if known == 405 else 403
    return render_template(f"errors/{known}.html"), code
