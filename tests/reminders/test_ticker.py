"""The ticker goes on, whatever the clock of the machine does, and stops when it is told to."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from hospice import jobs
from hospice.core import clock
from hospice.core.db import db
from hospice.reminders import queries
from hospice.reminders.models import Tick
from tests import builders

ROOT = Path(__file__).resolve().parents[2]


def ticks() -> dict[str, datetime]:
    """When each job last ran."""
    db.session.rollback()
    return {tick.job: tick.ran_at for tick in db.session.scalars(select(Tick))}


def wait_for(job: str, *, after: datetime | None = None, before: datetime | None = None) -> None:
    """Wait until a job ran again."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        ran_at = ticks().get(job)
        if ran_at and (after is None or ran_at > after) and (before is None or ran_at < before):
            return
        time.sleep(0.05)
    raise AssertionError(f"{job} did not run: {ticks()}")


def wait_until_idle(ticker: jobs.Ticker) -> None:
    """Wait until no job is in its last steps: one that still runs is not begun again at once."""
    until = time.monotonic() + 20
    while any(ticker._executors["default"]._instances.values()) and time.monotonic() < until:
        time.sleep(0.01)


def test_every_job_runs_at_the_start(app: Flask) -> None:
    ticker = jobs.start(app)
    try:
        wait_for("send_reminders")
        wait_for("make_shifts")
    finally:
        ticker.shutdown()
    assert not queries.heartbeat(clock.now()).is_late


@pytest.mark.parametrize("hours", [-2, 2, -24 * 365])
def test_ticking_goes_on_when_the_clock_is_set(
    app: Flask, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setattr(jobs, "GLANCE", 0.1)
    ticker = jobs.start(app)
    try:
        wait_for("send_reminders")
        first = ticks()["send_reminders"]
        wait_until_idle(ticker)
        jumped = clock.now() + timedelta(hours=hours)
        with time_machine.travel(jumped, tick=True):
            if hours < 0:
                wait_for("send_reminders", before=first)
            else:
                wait_for("send_reminders", after=first + timedelta(hours=1))
            # and then at its usual pace
            job = ticker.get_job("messages")
            assert abs((job.next_run_time - clock.now()).total_seconds()) <= jobs.ROUND
    finally:
        ticker.shutdown()


def test_a_job_that_fails_is_late_and_comes_again(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("on purpose")

    jobs._run(app, "send_reminders", fail)
    assert "did not come to its end" in caplog.text
    assert queries.heartbeat(builders.NOW).ran_at is None
    assert queries.heartbeat(builders.NOW).is_late
    db.session.rollback()
    jobs._run(app, "send_reminders", lambda: None)
    assert not queries.heartbeat(clock.now()).is_late
    assert queries.heartbeat(clock.now() + timedelta(minutes=4)).is_late


@pytest.mark.slow
@pytest.mark.real_clock
def test_a_process_of_its_own_runs_the_jobs_and_stops_cleanly(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "hospice:create_app", "run-jobs"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "INSTANCE_DIR": str(settings.instance_dir),
            "SECRET_KEY": settings.secret_key,
        },
    )
    try:
        until = time.monotonic() + 60
        while "send_reminders" not in ticks() and time.monotonic() < until:
            time.sleep(0.1)
        assert "send_reminders" in ticks()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, out
    assert "Traceback" not in out
