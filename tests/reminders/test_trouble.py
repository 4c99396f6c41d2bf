"""Whatever the mail server, the clock or a row does: every message ends named, and none twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from hospice import jobs
from hospice.accounts import actions as accounts
from hospice.accounts.rules import TicketKind
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.reminders import queries
from hospice.reminders.post import Post
from hospice.reminders.rules import MessageState, Reason, reason_of
from tests import builders
from tests.bench import ground
from tests.conftest import MailServer
from tests.reminders.conftest import use
from tests.reminders.servers import (
    Line,
    drip,
    free_port,
    hang,
    rows,
    scripted,
    tell_many,
    told,
)

NOW = builders.NOW


# --- mail servers ---------------------------------------------------------------------------------


def answers(**said: str) -> Callable[[Line], None]:
    """A script that answers some words in its own way."""

    def script(line: Line) -> None:
        line.greet()
        while word := line.hear().upper()[:4]:
            if word == "DATA" and "data" not in said:
                line.say("354 go on")
                while line.hear() != ".":
                    pass
                line.say("250 kept")
            else:
                line.say(said.get(word.lower(), "250 fine"))

    return script


def cut_before(line: Line) -> None:
    line.greet()
    line.envelope()
    line.hear()
    line.say("354 go on")


def cut_after(line: Line) -> None:
    line.greet()
    line.envelope()
    line.content()


def silent_after(line: Line) -> None:
    cut_after(line)
    hang(line)


def no_tls(line: Line) -> None:
    line.say("220 here")
    line.hear()
    line.say("250-here", "250 STARTTLS")
    line.hear()
    line.say("220 go on", "nonsense")


RUDE: dict[str, Callable[[Line], None]] = {
    "hangs": hang,
    "drips": drip,
    "greets with 421": lambda line: line.say("421 too busy"),
    "451": answers(rcpt="451 later"),
    "550": answers(rcpt="550 no such user"),
    "452 at the end": answers(data="452 full"),
    "cut before": cut_before,
    "cut after": cut_after,
    "silent after": silent_after,
    "no TLS": no_tls,
}


def test_every_message_ends_named_and_whoever_was_not_reached_is_phoned(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Post.__init__, "__kwdefaults__", {"local_name": "x", "timeout": 0.1, "limit": 0.2}
    )
    urls: dict[str, str] = {"refuses": f"smtp://127.0.0.1:{free_port()}"}
    moments = [NOW + timedelta(minutes=minute) for minute in (0, 2, 9)]
    shift = builders.shift(wanted=40)
    for name, script in [*RUDE.items(), ("refuses", hang)]:
        before = {one.id for one in rows()}
        for number in range(2):
            told(shift, builders.volunteer(f"{name} {number}"))
        with scripted(script) as server:
            use(app, urls.get(name, server.url))
            for moment in moments:
                jobs.send_reminders(moment)
        new = [one for one in rows() if one.id not in before]
        assert len(new) == 2, name
        for one in new:
            # nothing is in the air, and what is not settled says why it waits
            assert one.state in {MessageState.WAITING, MessageState.FAILED}, name
            assert reason_of(one.reason)[0] is not None, (name, one.reason)
    use(app, f"smtp://127.0.0.1:{free_port()}")
    shortly = shift.starts_at - timedelta(hours=1)
    called = {call.name for call in queries.people_to_phone(shortly)}
    assert called == {one.name for one in rows()}
    use(app, None)  # nobody takes a letter in hand any more: what waits must end all the same
    jobs.send_reminders(shift.starts_at)
    for one in rows():
        assert one.state in {MessageState.FAILED, MessageState.EXPIRED, MessageState.WITHDRAWN}
        assert reason_of(one.reason)[0] is not None or one.state is MessageState.WITHDRAWN


# --- rows -----------------------------------------------------------------------------------------


def test_one_row_that_nobody_can_read_stops_no_other(
    posting: Flask, mail_server: MailServer
) -> None:
    shift = builders.shift(wanted=300)
    tell_many(shift, 30, NOW - timedelta(hours=1))
    jobs._queue_due(NOW)
    odd = {
        "kind": "of a newer version",
        "locale": "zz",
        "recipient": "nobody",
        "about": "assignment:99999999999999999999",
        "facts": "[1, 2]" if db.engine.name == "postgresql" else '{"cut":',
    }
    numbers = [one.id for one in rows()]
    for (column, value), number in zip(odd.items(), numbers, strict=False):
        with transaction():
            db.session.execute(
                text(f"UPDATE message SET {column} = :value WHERE id = :id"),
                {"value": value, "id": number},
            )
    jobs.send_reminders(NOW)
    jobs.send_reminders(NOW + timedelta(minutes=1))
    assert len(mail_server.mails) >= 30 - len(odd)
    stood = db.session.execute(text("SELECT id, state, reason FROM message")).all()
    states = Counter(one.state for one in stood)
    assert states["sending"] == 0
    # whoever knows that kind may send it yet; in the end it is too late, and no row is lost
    assert [one.id for one in stood if one.state == "waiting"] == [numbers[0]]
    if db.engine.name == "sqlite":
        assert ("failed", "unreadable") in {(one.state, one.reason) for one in stood}
    jobs.send_reminders(shift.starts_at)
    left = set(db.session.scalars(text("SELECT state FROM message")))
    assert left <= {"sent", "failed", "expired", "withdrawn"}


# --- the end of a process -------------------------------------------------------------------------


@pytest.mark.real_clock
def test_run_jobs_ends_in_seconds_in_the_middle_of_a_letter(app: Flask) -> None:
    heard: list[str] = []

    def in_the_middle(line: Line) -> None:
        cut_after(line)
        heard.append("dot")
        if len(heard) == 1:  # the first letter is answered after a while, the second never
            time.sleep(1.5)
            line.say("250 kept")
        hang(line)

    settings = app.config["SETTINGS"]
    for expected in (MessageState.SENT, MessageState.WAITING):
        with transaction():
            accounts.issue_ticket(
                TicketKind.RESET,  # which waits for no morning
                user=builders.cora(),
                now=clock.now(),
                secret_key=settings.secret_key,
                wants_letter=True,
            )
        with scripted(in_the_middle) as server:
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "hospice:create_app", "run-jobs"],
                cwd=ground.TOP,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env={
                    **os.environ,
                    "INSTANCE_DIR": str(settings.instance_dir),
                    "SECRET_KEY": settings.secret_key,
                    "SMTP_URL": server.url,
                    "MAIL_FROM": "roster@example.org",
                },
            )
            before, until = len(heard), time.monotonic() + 60
            while len(heard) == before and time.monotonic() < until:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            asked_at = time.monotonic()
            out, _ = process.communicate(timeout=40)
        assert process.returncode == 0, out
        assert "Traceback" not in out
        assert time.monotonic() - asked_at < 15
        last = rows()[-1]
        assert last.state is expected, (last.state, last.reason, out)
        assert last.claimed_by is None
    assert reason_of(last.reason)[0] is Reason.UNKNOWN
