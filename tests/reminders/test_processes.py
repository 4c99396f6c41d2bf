"""Several processes on one database, and processes that end in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from hospice import jobs
from hospice.core.db import transaction
from hospice.reminders import actions
from hospice.reminders.rules import LEASE, MAXIMUM_TRIES, MessageState, Reason
from tests import builders
from tests.conftest import MailServer
from tests.reminders.servers import row, rows, tell_many, told

NOW = builders.NOW
ROOT = Path(__file__).resolve().parents[2]


def start_worker(app: Flask, smtp: str, now: datetime) -> subprocess.Popen[str]:
    """Start a process of its own on the same database; it waits for `begin`."""
    settings = app.config["SETTINGS"]
    given = [str(settings.instance_dir), settings.database_url, smtp, now.isoformat()]
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.reminders.worker", *given],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert worker.stdout is not None
    if worker.stdout.readline() != "ready\n":
        raise AssertionError(worker.communicate()[1][-3000:])
    return worker


def begin(*workers: subprocess.Popen[str]) -> None:
    """Let processes send."""
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()


def finish(worker: subprocess.Popen[str]) -> int:
    """Wait for a process and return how many messages it sent."""
    out, err = worker.communicate(timeout=240)
    assert worker.returncode == 0, err[-3000:]
    assert "Traceback" not in err, err[-3000:]
    return int(out)


def ids(server: MailServer) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in server.mails)


@pytest.mark.slow
def test_two_processes_send_each_message_once(posting: Flask, mail_server: MailServer) -> None:
    tell_many(builders.shift(wanted=300), 200, NOW - timedelta(hours=1))
    workers = [start_worker(posting, mail_server.url, NOW) for _ in range(2)]
    begin(*workers)
    sent = [finish(worker) for worker in workers]
    assert sum(sent) == 200
    assert min(sent) > 0  # otherwise this has shown nothing
    assert len(mail_server.mails) == 200
    assert set(ids(mail_server).values()) == {1}
    assert Counter(one.state for one in rows()) == {MessageState.SENT: 200}


@pytest.mark.slow
def test_a_killed_process_loses_nothing_and_repeats_at_most_one(
    posting: Flask, mail_server: MailServer
) -> None:
    tell_many(builders.shift(wanted=300), 60, NOW - timedelta(hours=1))
    kills = 0
    now = NOW
    for wanted in (10, 25, 40):
        worker = start_worker(posting, mail_server.url, now)
        begin(worker)
        until = time.monotonic() + 60
        while len(mail_server.mails) < wanted and time.monotonic() < until:
            time.sleep(0.002)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        kills += 1
        now += LEASE + timedelta(seconds=1)
    assert len(mail_server.mails) < 60  # it was in the middle
    last = start_worker(posting, mail_server.url, now)
    begin(last)
    assert finish(last) > 0
    repeats = ids(mail_server)
    assert len(repeats) == 60
    assert sum(repeats.values()) - 60 <= kills
    assert max(repeats.values()) <= 2
    assert Counter(one.state for one in rows()) == {MessageState.SENT: 60}


def test_a_message_that_kills_its_senders_is_given_up(
    posting: Flask, mail_server: MailServer
) -> None:
    told(builders.shift(), builders.volunteer())
    jobs._queue_due(NOW)
    now = NOW
    for _ in range(MAXIMUM_TRIES):
        with transaction():
            actions.take_again(now)
            assert actions.claim_next(now, "who dies") is not None
        now += LEASE
    assert jobs.send_reminders(now) == 0
    assert (row().state, row().reason) == (MessageState.FAILED, Reason.STOPPED)


def test_a_lease_holds_until_it_ends(either_app: Flask) -> None:
    told(builders.shift(), builders.volunteer())
    jobs._queue_due(NOW)
    with transaction():
        first = actions.claim_next(NOW, "first")
    assert first is not None
    late = NOW + LEASE
    with transaction():
        assert actions.claim_next(late - timedelta(seconds=1), "second") is None
        assert actions.take_again(late - timedelta(seconds=1)) == 0
    with transaction():
        assert actions.take_again(late) == 1
        assert actions.claim_next(late, "second") is not None
    with transaction():  # the first comes back from the dead: the second's lease stands
        assert not actions.withdraw(first, late)
    assert (row().state, row().claimed_by) == (MessageState.SENDING, "second")
