"""The pages of messages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice import jobs
from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.reminders import actions, queries
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState, Reason
from hospice.shifts.models import Shift
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import Browser, MailServer, Statements
from tests.reminders.conftest import use
from tests.reminders.servers import told

Open = Callable[[User | None], Browser]


def a_shift(**values: Any) -> Shift:
    """A shift in two days."""
    return builders.shift(day=clock.today("Asia/Shanghai") + timedelta(days=2), **values)


def message(who: Volunteer, shift: Shift, **values: Any) -> Message:
    """A message to a volunteer about a shift that left."""
    now = clock.now()
    return builders.save(
        Message(
            **{
                "key": f"told:{who.id}:{shift.id}:{values.get('kind', '')}",
                "kind": Kind.PUBLISHED,
                "about": f"assignment:{who.id}",
                "recipient": f"volunteer:{who.id}",
                "name": who.preferred_name,
                "address": who.email,
                "locale": "en",
                "facts": {
                    "name": who.preferred_name,
                    "volunteer_id": who.id,
                    "shift_id": shift.id,
                    "starts_at": shift.starts_at.isoformat(),
                    "ends_at": shift.ends_at.isoformat(),
                    "zone": "Asia/Shanghai",
                    "place": "Ward 1",
                    "phone": "130 5555 0100",
                    "is_answered": False,
                },
                "state": MessageState.SENT,
                "due_at": now,
                "send_before": shift.starts_at,
                "queued_at": now,
                "settled_at": now,
                **values,
            }
        )
    )


FAILED: dict[str, Any] = {"state": MessageState.FAILED, "reason": "refused: 550 no such user"}


# --- who sees it ----------------------------------------------------------------------------------


def test_only_those_who_may_see_messages_see_them(app: Flask, browser: Open) -> None:
    sent = message(builders.volunteer(), a_shift())
    for role, status in (
        (Role.ADMINISTRATOR, 200),
        (Role.COORDINATOR, 200),
        (Role.AUDITOR, 200),
        (Role.VOLUNTEER, 404),
        (Role.LEADER, 404),
        (Role.GRIEF_SUPPORT, 404),
    ):
        page = browser(builders.user(f"{role} x", role))
        page.get("/messages", status=status)
        page.get(f"/messages/{sent.id}", status=status)
    browser(None).get("/messages", status=302)


def test_an_auditor_reads_and_never_writes(app: Flask, browser: Open) -> None:
    failed = message(builders.volunteer(), a_shift(), **FAILED)
    page = browser(builders.user("Audrey", Role.AUDITOR))
    text = page.get("/messages") + page.get(f"/messages/{failed.id}")
    assert "/told-by-phone" not in text
    assert "/try-again" not in text
    assert "/messages/test" not in text
    for path in ("test", f"{failed.id}/told-by-phone", f"{failed.id}/try-again"):
        page.post(f"/messages/{path}", status=404)


def test_looking_changes_nothing(app: Flask, browser: Open) -> None:
    failed = message(builders.volunteer(), a_shift(), **FAILED)
    page = browser(builders.cora())
    for path in (f"{failed.id}/told-by-phone", f"{failed.id}/try-again"):
        page.get(f"/messages/{path}", status=405)
    assert db.session.get_one(Message, failed.id).state is MessageState.FAILED


def test_a_message_that_is_not_there(app: Flask, browser: Open) -> None:
    page = browser(builders.cora())
    for path in ("999", "99999999999999", "x", "-1"):
        page.get(f"/messages/{path}", status=404)
    page.post("/messages/999/told-by-phone", status=404)


# --- the list -------------------------------------------------------------------------------------


def test_the_list_says_to_whom_what_and_why(app: Flask, browser: Open) -> None:
    use(app, "smtp://127.0.0.1:1")
    shift = a_shift()
    later = clock.now() + timedelta(hours=1)
    stories: list[dict[str, Any]] = [
        {},
        FAILED,
        {"state": MessageState.WAITING, "due_at": later, "settled_at": None},
        {
            "state": MessageState.WAITING,
            "due_at": later,
            "reason": "later: 451 busy",
            "tries": 2,
            "settled_at": None,
        },
        {"state": MessageState.EXPIRED},
        {"state": MessageState.PHONED},
        {"state": MessageState.WITHDRAWN},
    ]
    for number, story in enumerate(stories):
        message(builders.volunteer(f"Name{number}"), shift, **story)
    text = browser(builders.cora()).get("/messages")
    for words in (
        "Name0",
        "New shift",
        "Sent",
        "The mail server refused it (550 no such user)",
        "outside the quiet hours",
        "asked us to try again later (451 busy). Next try at",
        "Too late",
        "Told by phone",
        "No longer needed",
        "Ward 1",
    ):
        assert words in text


def test_filters_narrow_and_stay_in_the_address(app: Flask, browser: Open) -> None:
    shift = a_shift()
    message(builders.volunteer("Vera Vance"), shift)
    message(builders.volunteer("Otto Olsen"), shift, **FAILED, kind=Kind.CHANGED)
    page = browser(builders.cora())

    def names(query: str) -> set[str]:
        table = page.get(f"/messages?{query}").partition("<tbody")[2]
        return set(re.findall(r"Vera Vance|Otto Olsen", table))

    assert names("") == {"Vera Vance", "Otto Olsen"}
    assert names("state=failed") == {"Otto Olsen"}
    assert names("state=sent") == {"Vera Vance"}
    assert names("kind=changed") == {"Otto Olsen"}
    assert names("who=vera") == {"Vera Vance"}
    assert names("who=%25") == set()
    assert names("who=_") == set()
    assert "state=failed&amp;kind=changed&amp;page" not in page.get("/messages?state=failed")
    assert 'name="state" value="failed"' in page.get("/messages?state=failed")


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "kind=x",
        "page=0",
        "page=-1",
        "page=999999999999",
        "page=x",
        "who=" + "x" * 9000,
        "who=%00",
        "who=%F0%9F%8C%B7",
        "who=<script>",
        "who=%ED%A0%80",
        "state=sent&state=failed",
    ],
)
def test_odd_addresses_are_pages(app: Flask, browser: Open, query: str) -> None:
    message(builders.volunteer(), a_shift())
    assert "<script>alert" not in browser(builders.cora()).get(f"/messages?{query}")


def test_the_list_costs_the_same_for_one_and_for_thirty(
    app: Flask, browser: Open, statements: Statements
) -> None:
    use(app, "smtp://127.0.0.1:1")
    shift = a_shift(wanted=99)
    page = browser(builders.cora())
    message(builders.volunteer(), shift, **FAILED)
    page.get("/messages")

    def cost() -> int:
        statements.seen.clear()
        page.get("/messages")
        return len(statements)

    before = cost()
    for _ in range(29):
        message(builders.volunteer(), shift, **FAILED)
    assert cost() == before <= 9


def test_pages_follow_one_another(app: Flask, browser: Open) -> None:
    shift = a_shift()
    now = clock.now()
    for number in range(35):
        message(
            builders.volunteer(f"Name{number:02}"), shift, due_at=now - timedelta(minutes=number)
        )
    page = browser(builders.cora())
    assert "Name29" in page.get("/messages")
    assert "Name30" not in page.get("/messages")
    assert "Name30" in page.get("/messages?page=2&who=name")
    assert "who=name" in page.get("/messages?page=2&who=name")


def test_trouble_is_loud(app: Flask, browser: Open) -> None:
    page = browser(builders.cora())
    assert "No mail server is set" in page.get("/messages")
    use(app, "smtp://127.0.0.1:1")
    assert "Reminders are not leaving" in page.get("/messages")
    with transaction():
        actions.beat("send_reminders", clock.now())
    text = page.get("/messages")
    assert "Messages last went round" in text
    assert "not leaving" not in text
    message(
        builders.volunteer(),
        a_shift(),
        state=MessageState.WAITING,
        settled_at=None,
        reason="unreachable: 535 wrong password",
    )
    assert "It said: 535 wrong password" in page.get("/messages")


# --- people to phone ------------------------------------------------------------------------------


def test_people_to_phone(app: Flask, browser: Open) -> None:
    now = clock.now()
    soon, far = a_shift(), builders.shift(day=clock.today("Asia/Shanghai") + timedelta(days=9))
    past = builders.shift(day=clock.today("Asia/Shanghai") - timedelta(days=2))
    otto = builders.volunteer("Otto")
    message(otto, far, **FAILED)
    message(otto, far, **FAILED, kind=Kind.CHANGED)  # one row: the newest thing to say
    message(otto, soon, state=MessageState.FAILED, reason=Reason.NO_ADDRESS, kind=Kind.TWO_DAYS)
    message(builders.volunteer("Past"), past, **FAILED)
    message(builders.volunteer("Sent"), soon)
    message(builders.volunteer("Filled"), soon, **FAILED, kind=Kind.FILLED)
    yes = message(builders.volunteer("Yes"), soon, **FAILED)
    with transaction():
        yes.facts = {**yes.facts, "is_answered": True}
    waiting = {"state": MessageState.WAITING, "settled_at": None}
    message(builders.volunteer("Waits"), soon, **waiting)
    near = {**waiting, "send_before": now + timedelta(hours=3)}
    message(builders.volunteer("Overdue"), soon, **near, due_at=now - timedelta(minutes=11))
    message(builders.volunteer("Soon"), soon, **near, due_at=now - timedelta(minutes=9))
    calls = queries.people_to_phone(now)
    assert [(call.name, call.kind) for call in calls] == [
        ("Otto", Kind.TWO_DAYS),
        ("Overdue", Kind.PUBLISHED),
        ("Otto", Kind.CHANGED),
    ]
    assert calls[0].phone == "130 5555 0100"
    text = browser(builders.cora()).get("/messages")
    assert 'href="tel:13055550100"' in text
    assert "Remind them of the shift" in text
    assert "There is no email address." in text


def test_told_by_phone_settles_it_and_is_remembered(app: Flask, browser: Open) -> None:
    who, shift = builders.volunteer("Otto"), a_shift()
    first = message(who, shift, **FAILED)
    second = message(who, shift, **FAILED, kind=Kind.NOT_CONFIRMED)
    other = message(builders.volunteer("Vera"), shift, **FAILED)
    page = browser(builders.cora())
    assert page.post(f"/messages/{second.id}/told-by-phone") == "/messages"
    states = {one.id: one.state for one in db.session.scalars(select(Message))}
    assert states == {
        first.id: MessageState.PHONED,
        second.id: MessageState.PHONED,
        other.id: MessageState.FAILED,
    }
    assert [call.name for call in queries.people_to_phone(clock.now())] == ["Vera"]
    assert "Otto was told by phone." in page.get("/messages")
    assert "by phone: No answer yet" in page.get(f"/messages/{second.id}")
    # pressing it twice does no harm, and a link elsewhere leads nowhere
    to = page.post(f"/messages/{second.id}/told-by-phone", {"next": "https://evil.example/"})
    assert to == "/messages"
    assert "This has been settled meanwhile." in page.get("/messages")


def test_what_was_told_by_phone_is_not_sent_as_well(
    app: Flask, mail_server: MailServer, browser: Open
) -> None:
    use(app, "smtp://127.0.0.1:1")  # nobody listens there: both letters wait
    shift = builders.shift()
    told(shift, builders.volunteer("Vera", email="vera@example.org"))
    told(shift, builders.volunteer("Otto", email="otto@example.org"))
    jobs.send_reminders(builders.NOW)
    waiting = {one.name: one for one in db.session.scalars(select(Message))}
    assert {one.state for one in waiting.values()} == {MessageState.WAITING}
    browser(builders.cora()).post(f"/messages/{waiting['Vera'].id}/told-by-phone")
    use(app, mail_server.url)
    jobs.send_reminders(builders.NOW + timedelta(hours=1))
    assert [mail["To"] for mail in mail_server.mails] == ["Otto <otto@example.org>"]


# --- one message ----------------------------------------------------------------------------------


def test_a_message_shows_its_words_and_no_link(app: Flask, browser: Open) -> None:
    sent = message(builders.volunteer("Vera <b>Vance"), a_shift())
    text = browser(builders.cora()).get(f"/messages/{sent.id}")
    assert "Hello Vera &lt;b&gt;Vance," in text
    assert "http://localhost/r/…" in text


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"name": "V", "starts_at": "x", "ends_at": "y", "zone": "z", "place": "p"},
        {
            "name": "V",
            "starts_at": "9999-12-31T23:00:00+00:00",
            "ends_at": "9999-12-31T23:00:00+00:00",
            "zone": "Asia/Shanghai",
            "place": "p",
            "shift_id": "x",
        },
    ],
)
def test_a_message_that_cannot_be_read_is_still_a_page(
    app: Flask, browser: Open, facts: dict[str, Any]
) -> None:
    odd = message(
        builders.volunteer(),
        a_shift(),
        facts=facts,
        state=MessageState.FAILED,
        reason=Reason.UNREADABLE,
    )
    page = browser(builders.cora())
    assert "Its words could not be put together" in page.get(f"/messages/{odd.id}")
    page.get("/messages")


def test_try_again(app: Flask, browser: Open, mail_server: MailServer) -> None:
    failed = message(builders.volunteer(), a_shift(), **FAILED, tries=12)
    page = browser(builders.cora())
    assert page.post(f"/messages/{failed.id}/try-again") == f"/messages/{failed.id}"
    again = db.session.get(Message, failed.id, populate_existing=True)
    assert again is not None
    assert (again.state, again.tries) == (MessageState.WAITING, 0)
    page.post(f"/messages/{failed.id}/try-again")
    assert "This message cannot be sent again" in page.get(f"/messages/{failed.id}")


# --- the test message -----------------------------------------------------------------------------


def test_a_test_message_takes_the_way_of_every_other(
    app: Flask, browser: Open, mail_server: MailServer
) -> None:
    use(app, mail_server.url)
    cora = builders.cora()
    page = browser(cora)
    page.post("/messages/test")
    page.post("/messages/test")
    assert f"A test message to {cora.email} leaves within a minute." in page.get("/messages")
    assert jobs.send_reminders() >= 1
    assert {mail["To"] for mail in mail_server.mails} == {f"Cora Coates <{cora.email}>"}
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == len(mail_server.mails)


def test_a_test_message_says_when_nothing_can_leave(app: Flask, browser: Open) -> None:
    page = browser(builders.cora())
    page.post("/messages/test")
    assert "No mail server is set, so the test message waits." in page.get("/messages")
