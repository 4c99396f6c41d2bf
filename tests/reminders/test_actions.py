"""Queueing once, and claiming alone."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.core.db import db, transaction
from hospice.reminders import actions
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState, Notice, Reason
from tests import builders

NOW = builders.NOW


def notice(number: int = 1, **values: Any) -> Notice:
    """Something to say."""
    return Notice(
        **{
            "kind": Kind.PUBLISHED,
            "key": f"told:{number}:1",
            "about": f"assignment:{number}",
            "recipient": "volunteer:1",
            "name": "Vera",
            "address": "vera@example.org",
            "locale": "en",
            "send_after": NOW,
            "send_before": NOW + timedelta(days=3),
            "facts": {"name": "Vera"},
            **values,
        }
    )


def queue(*notices: Notice) -> int:
    with transaction():
        return actions.queue(notices, NOW)


def test_a_key_is_queued_once(either_app: Flask) -> None:
    assert queue(*(notice(number) for number in range(250))) == 250
    assert queue(*(notice(number) for number in range(251))) == 1
    assert queue(notice(1), notice(1), notice(999), notice(999)) == 1
    assert db.session.scalar(select(func.count()).select_from(Message)) == 252


def test_what_was_said_or_failed_is_not_queued_again(either_app: Flask) -> None:
    queue(notice())
    for state in set(MessageState) - {MessageState.WITHDRAWN}:
        with transaction():
            db.session.query(Message).one().state = state
        assert queue(notice()) == 0
        assert db.session.query(Message).one().state is state
    with transaction():
        db.session.query(Message).one().state = MessageState.WITHDRAWN
    assert queue(replace(notice(), address="new@example.org")) == 1
    again = db.session.query(Message).one()
    assert (again.state, again.address) == (MessageState.WAITING, "new@example.org")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"address": ""}, Reason.NO_ADDRESS),
        ({"address": "  "}, Reason.NO_ADDRESS),
        ({"address": "a@b\nBcc: c@d"}, Reason.BAD_ADDRESS),
        ({"address": "x" * 400 + "@example.org"}, Reason.BAD_ADDRESS),
        ({"facts": {"phone_only": True}}, Reason.PHONE_ONLY),
    ],
)
def test_who_cannot_be_written_to_is_to_be_phoned(
    either_app: Flask, values: dict[str, Any], reason: Reason
) -> None:
    queue(notice(**values))
    found = db.session.query(Message).one()
    assert (found.state, found.reason, found.settled_at) == (MessageState.FAILED, reason, NOW)


def test_what_no_database_keeps_stops_no_other(either_app: Flask) -> None:
    odd = notice(
        1, name="V\x00era\ud800" + "x" * 500, facts={"na\x00me": "\ud800", "deep": {"a": "\x00"}}
    )
    assert queue(odd, notice(2)) == 2
    found = db.session.query(Message).filter_by(key="told:1:1").one()
    assert found.name.startswith("Vera?")
    assert found.facts == {"name": "?", "deep": {"a": ""}}


def test_the_earliest_is_claimed_first(either_app: Flask) -> None:
    queue(
        notice(1, send_after=NOW + timedelta(minutes=1)),
        notice(2, send_after=NOW + timedelta(hours=1)),
        notice(3),
    )
    claimed = []
    for _ in range(3):
        with transaction():
            found = actions.claim_next(NOW + timedelta(minutes=5), "w")
        claimed.append(found and found.key)
    assert claimed == ["told:3:1", "told:1:1", None]


@pytest.mark.slow
def test_many_claim_at_once_and_each_message_is_claimed_once(either_app: Flask) -> None:
    queue(*(notice(number) for number in range(400)))
    ready = threading.Barrier(8)
    claimed: list[int] = []
    trouble: list[Exception] = []

    def claim(worker: str) -> None:
        try:
            with either_app.app_context():
                ready.wait()
                while True:
                    with transaction():
                        found = actions.claim_next(NOW, worker)
                    if found is None:
                        return
                    claimed.append(found.id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must say so
            trouble.append(error)

    threads = [threading.Thread(target=claim, args=[f"w{number}"]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert len(claimed) == 400
    assert max(Counter(claimed).values()) == 1
