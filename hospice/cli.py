"""The `flask` commands."""

import signal
import threading

import click
from flask import Flask

from hospice import jobs, migrate
from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.accounts.rules import TicketKind
from hospice.core import clock
from hospice.core.db import transaction


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

    @app.cli.command("first-run-link")
    def first_run_link() -> None:
        """Print the one-time link that begins a new installation; the one before ends."""
        migrate.upgrade(app)
        settings = app.config["SETTINGS"]
        with transaction():
            link = accounts.first_run_link(
                settings.base_url, clock.now(), secret_key=settings.secret_key
            )
        click.echo(link or f"There is a hospice already. Sign in: {settings.base_url}/sign-in")

    @app.cli.command("password-link")
    @click.argument("email")
    def password_link(email: str) -> None:
        """Print a link with which EMAIL chooses a new password: for when no mail leaves."""
        settings = app.config["SETTINGS"]
        with transaction():
            user = account_queries.user_by_email(email)
            if user is None or not user.is_enabled:
                raise click.ClickException(f"Nobody signs in with {email}.")
            ticket = accounts.issue_ticket(
                TicketKind.RESET, user=user, now=clock.now(), secret_key=settings.secret_key
            )
            link = accounts.ticket_link(
                ticket, base_url=settings.base_url, secret_key=settings.secret_key
            )
        click.echo(f"It works for 10 minutes: {link}")
