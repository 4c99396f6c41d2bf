"""The pages on which an administrator sets up, tests and switches ways of sending."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from hospice.channels.models import Channel
from hospice.core.db import db, transaction
from hospice.journal.models import Entry
from hospice.reminders.models import ContactWay
from hospice.shifts.rules.states import AssignmentState
from tests import builders
from tests.channels import ground
from tests.channels.servers import says, service
from tests.conftest import Browser

Open = Callable[..., Browser]
SECRET = f"twilio://AC{'0' * 32}:{'1' * 28}4f2a@+15005550006/{{to}}"


def only() -> Channel:
    db.session.rollback()
    return db.session.scalars(select(Channel)).one()


def test_a_channel_is_set_up_and_its_secret_never_shown(app: Flask, browser: Open) -> None:
    page = browser(builders.ada())
    refused = page.post(
        "/settings/channels/new/twilio",
        {"name": "Text messages", "secret": "json://evil.example/{to}", "is_paid": "y"},
        status=422,
    )
    assert "Write it in the form that stands above" in refused
    assert "json://evil.example/{to}" in refused  # what was typed is kept
    form = {"name": "Text messages", "secret": SECRET, "is_paid": "y"}
    address = page.post("/settings/channels/new/twilio", form)
    assert only().secret == SECRET
    assert only().is_paid
    taken = page.post("/settings/channels/new/twilio", form, status=422)
    assert "There is already a way called Text messages" in taken

    for path in ("/settings/channels", address, f"{address}/edit"):
        assert "1111" not in page.get(path), path
    assert "4f2a" in page.get(address)
    # an empty secret keeps the one there is
    page.post(f"{address}/edit", {"name": "Texts", "secret": "", "version": "1"})
    assert (only().name, only().secret, only().is_paid) == ("Texts", SECRET, False)
    facts = [str(entry.facts) for entry in db.session.scalars(select(Entry))]
    assert not any("1111" in one for one in facts)
    # and someone who looked earlier does not undo it
    page.post(f"{address}/edit", {"name": "Old", "secret": "", "version": "1"}, status=422)
    # nor to someone who leaves the field out, so that nothing is typed in it
    unsaid = page.post(f"{address}/edit", {"name": "", "version": "2"}, status=422)
    assert SECRET not in unsaid


def test_a_test_message_says_what_the_service_answered(app: Flask, browser: Open) -> None:
    page = browser(builders.ada())
    with service(says(200)) as server:
        channel = ground.channel(server.host)
        path = f"/settings/channels/{channel.id}"
        assert "Enter the name or number" in page.post(
            f"{path}/test", {"address": "a b"}, status=422
        )
        assert server.asked == []
        page.post(f"{path}/test", {"address": "ada-topic"})
        assert "took the test message" in page.get(path)
        assert "ada-topic" in server.asked[0][1]
        server.script = says(401)
        page.post(f"{path}/test", {"address": "ada-topic"})
        shown = page.get(path)
        assert "The service does not accept us: 401" in shown
        assert "Not accepted" in shown
        page.post(f"{path}/switch-off")
        page.post(f"{path}/test", {"address": "ada-topic"})
        assert "Switch it on first." in page.get(path)
        assert len(server.asked) == 2
        page.post(f"{path}/switch-on")
        assert only().is_enabled


def test_only_an_administrator_sees_them(app: Flask, browser: Open) -> None:
    channel = ground.channel("localhost:1")
    page = browser(builders.cora())
    for path in ("/settings/channels", f"/settings/channels/{channel.id}"):
        page.get(path, status=404)


def test_a_way_that_fails_shows_where_people_are_planned(app: Flask, browser: Open) -> None:
    """On the shift and before publishing; and no more once the record has another address."""
    shift = builders.shift()
    who = builders.volunteer("Vera", email="vera@example.org", phone="021 5555 0142")
    builders.assignment(shift, who, AssignmentState.DRAFT)
    with transaction():
        db.session.add(
            ContactWay(
                recipient=f"volunteer:{who.id}",
                channel="email",
                address="vera@example.org",
                failed_at=builders.NOW,
                failed_reason="refused: 550 no such user",
            )
        )
    page = browser(builders.cora())
    on_shift = page.get(f"/shifts/{shift.id}")
    before = page.get(f"/roster/publish?shift={shift.id}")
    for shown in (on_shift, before):
        assert "Email does not reach them. " in shown
        assert "550 no such user" in shown
    assert "Phone instead." in before
    assert "messages fail" in page.get("/roster")
    with transaction():
        who.email = "new@example.org"
    for path in (f"/shifts/{shift.id}", f"/roster/publish?shift={shift.id}"):
        assert "does not reach them" not in page.get(path)
    assert "messages fail" not in page.get("/roster")
