"""What coordinators see: what waits after a restore, gaps, the next day, and a silent heart."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from hospice import going, jobs
from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.reminders import actions, queries
from hospice.reminders.models import Message, MessageTry, Standstill
from hospice.reminders.queries import standstill
from hospice.reminders.rules import Kind, MessageState, Reason
from hospice.reminders.rules.ahead import moments, planned
from hospice.reminders.rules.standstill import Cause
from hospice.reminders.views import next_day
from tests import builders
from tests.conftest import Browser
from tests.reminders.conftest import use
from tests.reminders.servers import change, rows, told
from tests.reminders.test_views import a_shift, message

Open = Callable[[User | None], Browser]
LOUD = "Messages wait for you"


def hold_now() -> None:
    """An older copy was put back a minute ago, and a round has looked since."""
    now = clock.now()
    builders.save(
        Standstill(
            cause=Cause.WENT_BACK,
            from_at=now - timedelta(days=3),
            until_at=now - timedelta(minutes=1),
        )
    )
    with transaction():
        db.session.get_one(Hospice, 1).messages_held_at = now
        actions.beat("send_reminders", now)


def test_every_page_of_the_office_says_that_messages_wait(app: Flask, browser: Open) -> None:
    pages = ("/today", "/messages", "/volunteers", "/account")
    cora = browser(builders.cora())
    assert not any(LOUD in cora.get(path) for path in pages)
    hold_now()
    assert all(LOUD in cora.get(path) for path in pages)
    assert LOUD in browser(builders.ada()).get("/settings?lang=en")
    assert "有消息等您决定" in cora.get("/today?lang=zh")
    assert LOUD not in browser(builders.vera()[0]).get("/me?lang=en")


def test_a_person_lets_some_leave_and_says_of_others_that_they_were_said(
    app: Flask, browser: Open
) -> None:
    hold_now()
    shift = a_shift()
    held = [
        message(builders.volunteer(name), shift, state=MessageState.HELD, settled_at=None)
        for name in ("Anna", "Bert", "Cleo")
    ]
    numbers = [one.id for one in held]
    page = browser(builders.cora())
    text = page.get("/messages/held")
    assert [
        int(one) for one in re.findall(r'name="message" value="(\d+)" checked', text)
    ] == numbers
    assert page.post("/messages/held", {"answer": "send"}) == "/messages/held"
    assert "Tick the messages" in page.get("/messages/held")
    for odd in ({"answer": "go_on"}, {"answer": "send", "message": ["x", "-1", "9" * 40, "999"]}):
        page.post("/messages/held", odd)
    assert {one.state for one in rows()} == {MessageState.HELD}
    page.post("/messages/held", {"answer": "send", "message": str(numbers[0])})
    assert [one.state for one in rows()] == [
        MessageState.WAITING,
        MessageState.HELD,
        MessageState.HELD,
    ]
    assert page.post("/messages/held", {"answer": "said", "message": numbers[1:]}) == "/messages"
    assert [(one.state, one.reason) for one in rows()[1:]] == [
        (MessageState.SENT, Reason.SAID_BEFORE)
    ] * 2
    text = page.get("/messages")
    assert LOUD not in text
    assert "It went out before the copy was put back" in text
    assert "noted that 2 messages went out" in page.get("/journal")
    auditor = browser(builders.user("Audrey", Role.AUDITOR))
    auditor.post("/messages/held", {"answer": "go_on"}, status=404)
    assert 'value="said"' not in auditor.get("/messages/held")


def test_whoever_comes_soon_is_phoned_while_their_message_is_held(app: Flask) -> None:
    now, shift = clock.now(), a_shift()
    held = {"state": MessageState.HELD, "settled_at": None}
    message(builders.volunteer("Soon"), shift, **held, send_before=now + timedelta(hours=11))
    message(builders.volunteer("Later"), shift, **held, send_before=now + timedelta(hours=13))
    assert [call.name for call in queries.people_to_phone(now)] == ["Soon"]


def test_a_restore_with_nothing_to_say_is_lifted_by_a_tap(app: Flask, browser: Open) -> None:
    hold_now()
    page = browser(builders.cora())
    assert "Nothing waits any more." in page.get("/messages/held")
    assert page.post("/messages/held", {"answer": "go_on"}) == "/messages"
    assert "Messages leave as usual again." in page.get("/messages")
    assert standstill.hold() is None


def test_today_tells_of_a_gap_and_leads_to_what_it_did(app: Flask, browser: Open) -> None:
    now = clock.now()
    gap = builders.save(
        Standstill(
            cause=Cause.GAP, from_at=now - timedelta(hours=9), until_at=now - timedelta(hours=5)
        )
    )
    shift = a_shift()
    for name, state in (("Late", "sent"), ("Later", "waiting"), ("Stale", "expired")):
        message(builders.volunteer(name), shift, state=MessageState(state), standstill_id=gap.id)
    message(builders.volunteer("Other"), shift)
    page = browser(builders.cora())
    text = page.get("/today")
    assert "2 left late. One came too late." in re.sub(r"\s+", " ", text)
    assert f"/messages?gap={gap.id}" in text
    table = page.get(f"/messages?gap={gap.id}").partition("<tbody")[2]
    assert set(re.findall(r"Later|Late|Stale|Other", table)) == {"Late", "Later", "Stale"}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_a_silent_heart_is_loud_in_both_languages(app: Flask, browser: Open, role: Role) -> None:
    page = browser(builders.user("Cora", role))
    for minutes, is_loud in ((4, True), (2, False)):
        with transaction():
            actions.beat("send_reminders", clock.now() - timedelta(minutes=minutes))
        assert ("Reminders are not leaving" in page.get("/today?lang=en")) is is_loud
        assert ("提醒没有发出" in page.get("/today?lang=zh")) is is_loud


def test_the_next_day_by_time_and_person_with_the_words(app: Flask, browser: Open) -> None:
    now = clock.now()
    shift = builders.shift(day=clock.today(builders.ZONE) + timedelta(days=3), wanted=9)
    for name in ("Vera", "Otto"):
        told(shift, builders.volunteer(name), told_at=now - timedelta(minutes=1))
    told(shift, builders.volunteer("Nomail", email=""), told_at=now - timedelta(minutes=1))
    page = browser(builders.cora())
    shown = page.get("/messages/next-day")
    names = re.findall(r"(Vera|Otto|Nomail)\s*,\s*New shift", re.sub(r"<[^>]+>", "", shown))
    assert names == ["Nomail", "Otto", "Vera"]
    assert "Hello Vera," in shown
    assert "To be phoned" in shown
    assert rows() == []  # looking queues nothing
    use(app, None)
    jobs.send_reminders(now + timedelta(minutes=2))
    assert "Hello Vera," in page.get("/messages/next-day")


def test_what_is_asked_of_the_next_day_ends_with_it() -> None:
    now = builders.NOW
    assert moments(now)[0] == now
    assert moments(now)[-1] == now + timedelta(hours=24)
    assert planned([], now) == []


def test_the_look_ahead_asks_whom_the_tick_asks(app: Flask) -> None:
    assert list(app.extensions["notice_sources"]) == list(going.SOURCES)


def test_each_try_stands_on_the_page_and_doubt_is_settled_by_a_person(
    app: Flask, browser: Open
) -> None:
    shift = a_shift()
    unclear = {"state": MessageState.UNCLEAR, "reason": "unknown: the line was cut"}
    one, two = (message(builders.volunteer(name), shift, **unclear) for name in ("One", "Two"))
    builders.save(
        MessageTry(
            message_id=one.id,
            channel="channel:9",
            address="…0100",
            tried_at=clock.now(),
            reason=Reason.UNKNOWN,
            detail="the line was cut",
        )
    )
    page = browser(builders.cora())
    text = page.get(f"/messages/{one.id}")
    assert "…0100" in text
    assert "so it may have arrived (the line was cut)" in text
    page.post(f"/messages/{one.id}/arrived")
    page.post(f"/messages/{two.id}/send-once-more")
    assert [one.state for one in rows()] == [MessageState.SENT, MessageState.WAITING]
    page.post(f"/messages/{one.id}/arrived")
    assert "settled" in page.get(f"/messages/{one.id}")
    page.get(f"/messages/{one.id}/arrived", status=405)


def test_the_list_counts_only_what_someone_may_have_to_do(either_app: Flask) -> None:
    shift = a_shift()
    states = [MessageState.FAILED, MessageState.EXPIRED, MessageState.HELD, MessageState.SENT]
    for number, state in enumerate(states):
        message(builders.volunteer(), shift, state=state, kind=list(Kind)[number])
    now = clock.now()
    assert queries.counts(queries.Wanted(), now) == {"waiting": 1, "failed": 2}
    found = queries.messages(queries.Wanted(group="failed"), now, limit=9)
    assert [one.state for one in found] == [MessageState.EXPIRED, MessageState.FAILED]
    assert len(queries.messages(queries.Wanted(), now, limit=2, offset=1)) == 2
    assert queries.messages(queries.Wanted(gap=1), now, limit=2) == []
    assert standstill.gaps(now) == []
    assert standstill.count_held() == 1
    assert standstill.has_sent()
    change(db.session.get_one(Message, found[0].id), due_at=now - timedelta(days=31))
    assert len(queries.messages(queries.Wanted(), now, limit=9)) == 3


class _Broken:
    """A source that fails in the database, as one whose table is not there does."""

    __name__ = "broken"

    @staticmethod
    def due(_now: object) -> list[object]:
        db.session.execute(text("SELECT nothing FROM nowhere"))
        return []


def test_a_source_that_fails_hides_none_of_the_others(either_app: Flask) -> None:
    shift = builders.shift(day=clock.today(builders.ZONE) + timedelta(days=3))
    told(shift, builders.volunteer("Vera"), told_at=clock.now() - timedelta(minutes=1))
    sources = either_app.extensions["notice_sources"]
    either_app.extensions["notice_sources"] = [_Broken, *sources]
    try:
        with either_app.test_request_context():
            assert "Vera" in {one.name for one in next_day._derived(clock.now())}
    finally:
        either_app.extensions["notice_sources"] = sources


def test_the_nearest_thirty_are_phoned_first(app: Flask, browser: Open) -> None:
    shift = a_shift()
    for number in range(32):
        failed = {"state": MessageState.FAILED, "reason": "refused"}
        message(builders.volunteer(f"Vera {number:02}"), shift, **failed)
    page = browser(builders.cora())
    first = page.get("/messages")
    assert first.count("Told by phone:") == 30
    assert "And 2 more, whose shifts are later" in first
    assert 'href="/messages?calls=all#calls-h"' in first
    whole = page.get("/messages?calls=all")
    assert whole.count("Told by phone:") == 32
    assert "whose shifts are later" not in whole
