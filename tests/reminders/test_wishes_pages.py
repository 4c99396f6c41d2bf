"""The pages on which people say how they want to be written to."""

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.channels.models import Channel
from hospice.channels.rules import SCHEMES, Sort
from hospice.core.db import db, transaction
from hospice.journal import queries as journal
from hospice.reminders import queries
from hospice.reminders.models import ContactWay, ContactWishes
from hospice.reminders.rules import ALWAYS_SAID, EMAIL, Hours, Topic, Way, Wishes
from hospice.reminders.wishes.views import STAFF_TOPICS
from hospice.shifts.rules.states import AssignmentState
from hospice.volunteers.views.messages import TOPICS
from tests import builders
from tests.conftest import Browser
from tests.shifts.test_cover import ask, cant_come, people
from tests.visits.stories import DAY, shift_in

NOW = builders.NOW
EVERY = ["shifts", "reminders", "asked", "notes", "thanks"]
USUAL = {"version": "0", "topics": EVERY, "quiet_until": "09:00", "quiet_from": "20:00", "zone": ""}

Open = Callable[[User | None], Browser]


def channel(name: str, scheme: str, **values: Any) -> Channel:
    made: Channel = builders.save(
        Channel(name=name, scheme=scheme, secret="", created_at=NOW, changed_at=NOW, **values)
    )
    return made


def wishes(recipient: str) -> Wishes:
    db.session.rollback()
    return queries.wishes_of([recipient])[recipient]


def test_a_volunteer_says_what_and_when(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    page = browser(account)
    assert "Which messages do you want?" in page.get("/me/messages")
    # saying what is so already says nothing
    assert page.post("/me/messages", USUAL).endswith("/me/profile")
    assert db.session.query(ContactWishes).count() == 0
    page.post("/me/messages", {**USUAL, "topics": ["shifts", "notes"], "quiet_until": "10:00"})
    assert wishes(f"volunteer:{vera.id}") == Wishes(
        hours=Hours(time(10), time(20)),
        topics_off=frozenset({Topic.REMINDERS, Topic.ASKED, Topic.THANKS}),
    )
    told = browser(builders.cora()).get(f"/volunteers/{vera.id}")
    assert "Vera Vance</b> changed which messages are wanted" in told
    assert "10:00–20:00" in told
    # any hour is one of their wishes, and midnight ends a day
    page.post(
        "/me/messages", {**USUAL, "version": "1", "quiet_until": "00:00", "quiet_from": "00:00"}
    )
    assert wishes(f"volunteer:{vera.id}").hours == Hours(time(0), time(0))
    refused = {**USUAL, "version": "2", "quiet_until": "16:00", "quiet_from": "17:00"}
    assert "at least two hours" in page.post("/me/messages", refused, status=422)
    # what someone else saved meanwhile is shown, and the form keeps what was typed
    stale = page.post("/me/messages", {**USUAL, "version": "1", "topics": ["notes"]}, status=422)
    assert "Someone else changed this while you were writing" in stale
    assert 'name="version" type="hidden" value="2"' in stale
    assert 'value="shifts" checked' not in stale


def test_who_wants_no_messages_is_known_wherever_someone_would_write(
    app: Flask, browser: Open
) -> None:
    account, vera = builders.vera()
    otto = builders.otto()
    cora = builders.cora()
    office = browser(cora)
    silent = {**USUAL, "is_silent": "y"}
    assert office.post(f"/volunteers/{vera.id}/messages", silent).endswith(f"/volunteers/{vera.id}")
    assert wishes(f"volunteer:{vera.id}").is_silent
    assert journal.history("volunteer", vera.id, limit=1)[0].who == "Cora Coates"
    assert "None: the office phones" in office.get(f"/volunteers/{vera.id}")
    assert office.get("/volunteers").count("Does not get messages") == 1
    assert "None: the office phones me" in browser(account).get("/me/profile")
    assert "checked" in browser(account).get("/me/messages").split('id="is_silent"')[1][:60]
    # their own page and their own alone
    browser(otto).get(f"/volunteers/{vera.id}/messages", status=404)
    assert "Does not get messages" not in browser(otto).get("/me/messages")


def test_ways_move_without_script_and_are_checked(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    sms, chat = channel("Text message", "twilio"), channel("WeCom", "wechat")
    channel("Office group", next(one.name for one in SCHEMES.values() if one.sort is Sort.GROUP))
    channel("Old", "twilio", is_enabled=False)
    page = browser(account)
    shown = page.get("/me/messages")
    assert "Office group" not in shown
    assert "Old" not in shown.split('class="ways"')[1].split("</ol>")[0]
    typed = {
        **USUAL,
        "topics": ["shifts"],
        "order": [EMAIL, sms.way, chat.way],
        f"address_{sms.id}": "+86 138 5555 0100",
        f"address_{chat.id}": "",
    }
    moved = page.post("/me/messages", {**typed, "up": sms.way}, status=200)
    assert _order(moved) == [sms.way, EMAIL, chat.way]
    assert 'value="+86 138 5555 0100"' in moved
    assert 'value="thanks" checked' not in moved
    assert wishes(f"volunteer:{vera.id}") == Wishes()  # nothing is saved by it
    for odd in ({"up": "channel:99"}, {"up": EMAIL}, {"down": chat.way}, {"up": "\x00'"}):
        assert _order(page.post("/me/messages", {**typed, **odd}, status=200)) == typed["order"]
    bad = page.post("/me/messages", {**typed, f"address_{sms.id}": "138 and 139"}, status=422)
    assert "Enter one mobile number" in bad
    assert "138 and 139" in bad
    page.post("/me/messages", {**typed, "order": [sms.way, EMAIL, "channel:99", sms.way]})
    ways = wishes(f"volunteer:{vera.id}").ways
    assert [one.channel for one in ways] == [sms.way, EMAIL]  # an empty one is not used
    assert ways[0].address.endswith("13855550100")
    # one that failed is said to them, and to the office with its reason
    with transaction():
        kept = db.session.query(ContactWay).filter_by(channel=sms.way).one()
        kept.failed_at, kept.failed_reason = NOW, "refused: 30003 unreachable"
    assert "We could not reach you at" in page.get("/me/messages")
    assert "Text message does not reach them" in browser(builders.cora()).get(
        f"/volunteers/{vera.id}"
    )


def test_staff_choose_their_own(app: Flask, browser: Open) -> None:
    account, _vera = builders.vera()
    cora = builders.cora()
    page = browser(cora)
    assert "short of people" in page.get("/account/messages")
    page.post("/account/messages", {**USUAL, "topics": ["office", "tasks"]})
    assert wishes(f"user:{cora.id}").topics_off == {Topic.SUMMARIES}
    # the link at the end of every message leads volunteers to their own page
    assert browser(account)._open("GET", "/account/messages").headers["Location"] == "/me/messages"
    auditor = browser(builders.user("Aud Itor", Role.AUDITOR))
    assert "Only what you ask for yourself" in auditor.get("/account/messages")
    assert "<form" not in auditor.get("/account/messages").split("<main")[1].split("</main")[0]


def test_publishing_says_by_which_way_each_is_told(app: Flask, browser: Open) -> None:
    sms = channel("Text message", "twilio")
    shift = builders.shift(wanted=4)
    people = {
        name: builders.volunteer(name, email=f"{name.lower()}@example.org")
        for name in ("Mila", "Sil", "Tom", "Una")
    }
    for one in people.values():
        builders.assignment(shift, one, AssignmentState.DRAFT)
    with transaction():
        for name, said in (("Sil", {"is_silent": True}), ("Tom", {"topics_off": ["shifts"]})):
            db.session.add(
                ContactWishes(
                    recipient=f"volunteer:{people[name].id}",
                    said_at=NOW,
                    **{"topics_off": [], **said},
                )
            )
        for rank, way in enumerate((Way(sms.way, "+8613855550100"), Way(EMAIL))):
            db.session.add(
                ContactWay(
                    recipient=f"volunteer:{people['Mila'].id}",
                    channel=way.channel,
                    address=way.address,
                    rank=rank,
                )
            )
    page = browser(builders.cora()).get(f"/roster/publish?shift={shift.id}")
    assert "2 people are told by message; 2 are told by phone." in page
    assert "Text message to +8613855550100" in page
    assert "Email to una@example.org" in page
    assert page.count("wants no message about it, call") == 2
    assert "sil@example.org" not in page


def test_the_machine_asks_only_whom_it_may_write_to(app: Flask, browser: Open) -> None:
    """The others are the coordinator's to ring up, and it says so where they are chosen."""
    ward = builders.place()
    shift = shift_in(ward, 5 * DAY, wanted=3)
    cant_come(shift, builders.volunteer("Vera", places=[ward]))
    helpers = people(ward, 3)
    for one, is_silent in ((helpers[0], True), (helpers[1], False)):
        recipient, off = f"volunteer:{one.id}", ["asked"]
        builders.save(
            ContactWishes(recipient=recipient, said_at=NOW, is_silent=is_silent, topics_off=off)
        )
    page = browser(builders.cora()).get(f"/shifts/{shift.id}/assign")
    assert page.count("Better asked by phone: wants no such messages.") == 2
    assert ask(shift, builders.real_now()) == [helpers[2].id]


def test_every_topic_can_be_chosen_by_someone() -> None:
    chosen = {*TOPICS, *(topic for _needed, topics in STAFF_TOPICS for topic in topics)}
    assert chosen | ALWAYS_SAID == set(Topic)
    assert not chosen & ALWAYS_SAID


def _order(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="order" value="')[1:]]
