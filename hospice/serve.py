"""What `python3 app.py` does once all is installed: migrate, fill a demo, serve, and stop cleanly."""

import argparse
import errno
import logging
import os
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import waitress
from flask import Flask
from sqlalchemy.exc import DBAPIError
from waitress import wasyncore

from hospice import create_app, jobs, migrate
from hospice.accounts import actions as accounts
from hospice.config import Settings, UnsafeSettings
from hospice.core import clock
from hospice.core.db import db, transaction

PORT = 8000
THREADS = 8  # measured: more gain nothing on two cores, and each holds a database connection
TOP = Path(__file__).resolve().parent.parent


class CannotStart(Exception):
    """Something outside the app is in the way; the message is one line that says what to do."""


def start(request: argparse.Namespace) -> int:
    """Do what the command line asks for; return the exit status."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        with closing(listen(request.host, request.port)) as listener:
            app = _demo_app(request) if request.demo else create_app(_environ(request))
            _migrate(app)
            _greet(app, request)
            serve(app, jobs=request.jobs, listener=listener)
    except (CannotStart, UnsafeSettings) as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


def listen(host: str, port: int | None) -> socket.socket:
    """Take the port before anything else is done, so that a taken one costs no waiting."""
    wanted = port or PORT
    try:
        found = socket.getaddrinfo(host, wanted, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise CannotStart(
            f"{host} is not an address of this machine. Use --host 127.0.0.1, or 0.0.0.0 for all."
        ) from None
    family, kind, protocol, _name, address = found[0]
    listener = socket.socket(family, kind, protocol)
    if os.name != "nt":  # there, it would let two programs share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise CannotStart(_why_not(error, host, wanted)) from None
    listener.setblocking(False)
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    other = port + 1 if port < 65535 else PORT
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, perhaps by another Alongside."
            f" Stop that one, or choose another port: python3 app.py --port {other}"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} needs special rights. Choose one above 1023, such as --port {PORT}."
    return f"{host} is not an address of this machine. Use --host 127.0.0.1, or 0.0.0.0 for all."


def serve(
    app: Flask,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    jobs: bool = True,
    listener: socket.socket | None = None,
) -> None:
    """Serve pages, and send what is due, until SIGTERM or Ctrl+C; then end what is under way."""
    signal.signal(signal.SIGTERM, _stop)
    connections: dict[int, Any] = {}
    server = waitress.create_server(
        app,
        map=connections,
        sockets=[listener or listen(host, port)],
        threads=THREADS,
        ident=None,
        # the app itself refuses large forms, with a page; this only bounds the disk
        max_request_body_size=64 * 1024 * 1024,
        **_proxy(app.config["SETTINGS"]),
    )
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short wait is no trouble
    running = start_jobs(app) if jobs else None
    print(f"Alongside is ready: {app.config['SETTINGS'].base_url}\nTo stop it, press Ctrl+C.")
    sys.stdout.flush()
    try:
        server.run()
    finally:
        # A page that takes longer than the end is waited for would still wake the server, by a byte
        # written to a pipe that is closed by then: into the database, if that got its number.
        server.pull_trigger = lambda: None
        wasyncore.close_all(connections, ignore_all=True)
        if running is not None:
            running.shutdown()
    print("Stopped.")


def _proxy(settings: Settings) -> dict[str, Any]:
    """Believe who a web server before this one says is calling, when there is one.

    Over https there is one, for this server speaks http alone. Else every caller would seem to be
    that web server, and one who guesses passwords would lock everybody out. Only the last address
    counts, which it adds itself, and only when it runs on this machine.
    """
    if not settings.is_https:
        return {}
    return {
        "trusted_proxy": "127.0.0.1",
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for"},
        "clear_untrusted_proxy_headers": True,
    }


def start_jobs(app: Flask) -> Any:
    """Start the jobs beside the pages; what is returned has `shutdown()`."""
    return jobs.start(app)


def _stop(*_: object) -> NoReturn:
    # waitress and the jobs end by an exception; the signal alone would cut them off, and a second
    # one must not break off the ending
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


def _port(request: argparse.Namespace) -> int:
    return request.port or PORT


def _environ(request: argparse.Namespace) -> dict[str, str]:
    """Give the settings, with what follows from the command line."""
    environ = dict(os.environ)
    environ["BASE_URL"] = environ.get("BASE_URL") or f"http://localhost:{_port(request)}"
    # the same folder wherever the command is typed
    environ["INSTANCE_DIR"] = environ.get("INSTANCE_DIR") or str(TOP / "instance")
    return environ


def _migrate(app: Flask) -> None:
    """Bring the database to the present schema, or say why it cannot be."""
    logging.getLogger("flask_migrate").setLevel(logging.CRITICAL)  # its reason is told below
    try:
        migrate.upgrade(app)
    except SystemExit as end:
        if not end.code:
            raise  # told to stop
        raise CannotStart(
            "The database was made by a newer Alongside. Update this one, then start it again."
        ) from end
    except (DBAPIError, sqlite3.Error, OSError) as error:
        url = app.config["SETTINGS"].database_url
        said = str(getattr(error, "orig", error)).strip().splitlines()
        reason = (said or ["no reason given"])[0].rstrip(":.")
        if url.startswith("sqlite"):
            line = f"The database {url.removeprefix('sqlite:///')} cannot be used: {reason}."
        else:
            line = f"PostgreSQL cannot be used: {reason}. Check DATABASE_URL, and that it runs."
        raise CannotStart(line) from error


# The demo


def demo() -> Any:
    """Load the made-up people, only when asked for: none of them where real ones are kept."""
    return import_module("hospice.demo")


def _demo_app(request: argparse.Namespace) -> Flask:
    """Make the app on the demo's own database, filled on first use."""
    environ = _environ(request)
    # Whatever the machine is set up for, made-up people get no mail and enter no real database.
    environ.pop("SMTP_URL", None)
    path = _demo_path(request)
    if not path.exists():
        _fill_demo(path, environ, request.scale)
    return create_app(environ | {"DATABASE_URL": f"sqlite:///{path}"})


def _demo_path(request: argparse.Namespace) -> Path:
    name = "demo.sqlite3" if request.scale == 1 else f"demo-{request.scale}.sqlite3"
    return Path(_environ(request)["INSTANCE_DIR"]).absolute() / name


def _fill_demo(path: Path, environ: dict[str, str], scale: int) -> None:
    """Fill a database under another name first, so that a demo is there whole or not at all."""
    print("Making a hospice to look around in ...", flush=True)
    making = path.with_suffix(".making")
    for old in path.parent.glob(making.name + "*"):
        old.unlink()
    app = create_app(environ | {"DATABASE_URL": f"sqlite:///{making}"})
    _migrate(app)
    demo().create(app, scale=scale)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # the last to leave writes the log into the file
    making.replace(path)


def _greet(app: Flask, request: argparse.Namespace) -> None:
    """Say who can sign in to the demo, or where a new hospice begins."""
    if not request.demo:
        link = first_run_link(app)
        if link:
            print(f"This is a new installation. Begin with this link, once: {link}")
        return
    print("A made-up hospice: nothing in it is real, and it sends no mail. Sign in as:")
    for role, email, password in demo().sign_ins(app):
        print(f"  {role:<16} {email:<34} {password}")
    print(f"For a new one, stop and delete {_demo_path(request)}.")


def first_run_link(app: Flask) -> str | None:
    """Make the one-time link that founds the hospice; None when it has been founded."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context(), transaction():
        return accounts.first_run_link(
            settings.base_url, clock.now(), secret_key=settings.secret_key
        )
