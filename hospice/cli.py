"""The `flask` commands."""

import signal
import threading

import click
from flask import Flask

from hospice import jobs, migrate


def init_app(app: Flask) -> None:
    """Register the commands and the migrations."""
    migrate.init_app(app)

    @app.cli.command("run-jobs")
    def run_jobs() -> None:
        """Send reminders and make shifts, beside any number of web processes."""
        migrate.upgrade(app)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        running = jobs.start(app)
        click.echo("Jobs are running.")
        stop.wait()
        running.shutdown()
