"""Alongside: hospice volunteer scheduling. Here the app is put together; no routes live here."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from flask import Flask

from hospice import cli, features, health
from hospice.config import Settings, UnsafeSettings, read
from hospice.core.db import db
from hospice.web import assets, guard, offline, pages, words

_TOP = Path(__file__).resolve().parent.parent


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Make the app from the environment; raise UnsafeSettings with a plain reason."""
    settings: Settings = read(environ)
    app = Flask(
        __name__,
        static_folder=None,  # web.assets serves them at hashed addresses
        template_folder=str(_TOP / "templates"),
        instance_path=str(settings.instance_dir),
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        BABEL_TRANSLATION_DIRECTORIES=str(_TOP / "hospice" / "translations"),
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=4000,
        SESSION_COOKIE_NAME="__Host-alongside" if settings.is_https else "alongside",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
    )
    words.compile_translations()
    db.init_app(app)
    pages.init_app(app)
    app.register_blueprint(assets.bp)
    app.jinja_env.globals.update(offline.GLOBALS)
    guard.init_app(app)
    features.register(app)
    app.register_blueprint(health.bp)
    cli.init_app(app)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    # Errors must not write what people typed, names of patients among it, into a log.
    every: dict[str, object] = {"pool_size": 12, "max_overflow": 8, "hide_parameters": True}
    if settings.database_url.startswith("sqlite"):
        return every
    return {**every, "pool_pre_ping": True}


__all__ = ["UnsafeSettings", "create_app"]
