"""The way of a message: ranked, tried, left for the next when it fails, asked about when it costs."""

import json
from datetime import timedelta

from flask import Flask

from hospice import jobs
from hospice.accounts.models import User
from hospice.channels.models import Channel
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.reminders import actions
from hospice.reminders.models import Message
from hospice.reminders.queries import ways as asked
from hospice.reminders.rules import (
    LEASE,
    PATIENCE,
    MessageState,
    Reason,
    Result,
    Step,
    after,
)
from hospice.shifts.queries.board import people_on
from hospice.shifts.rules.states import AssignmentState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.channels import ground
from tests.channels.servers import cuts, says, service
from tests.conftest import MailServer
from tests.reminders.conftest import use
from tests.reminders.servers import change, free_port, row, rows, scripted, told
from tests.reminders.test_sending import answering

NOW = builders.NOW
MINUTE = timedelta(minutes=1)
NEXT_SUNDAY = builders.SUNDAY + timedelta(days=7)


def vera(email: str = "vera@example.org") -> Volunteer:
    return builders.volunteer("Vera", email=email)


def tried() -> list[tuple[str, str, Reason | None]]:
    """What was tried for the only message, the first first."""
    return [(one.channel, one.address, one.reason) for one in reversed(asked.tries(row().id))]


def failing(who: Volunteer) -> list[str]:
    return [
        one.channel
        for one in asked.unreached([f"volunteer:{who.id}"]).get(f"volunteer:{who.id}", [])
    ]


def both(host: str, *, is_paid: bool = False, first: str = "sms") -> tuple[Volunteer, Channel]:
    """Vera, who has been told of a shift, and has text messages and email."""
    who, channel = vera(), ground.channel(host, is_paid=is_paid)
    named = [(channel.way, "vera-phone"), ("email", "")]
    ground.ways(f"volunteer:{who.id}", *(named if first == "sms" else reversed(named)))
    told(builders.shift(), who)
    return who, channel


def test_the_first_way_is_taken_and_the_text_is_short(app: Flask, mail_server: MailServer) -> None:
    use(app, mail_server.url)
    with service(says(200)) as server:
        _who, channel = both(server.host)
        assert jobs.send_reminders(NOW) == 1
        assert jobs.send_reminders(NOW + MINUTE) == 0
    (asked_for,) = server.asked
    sent = json.loads(asked_for[1])
    assert sent["topic"] == "vera-phone"
    assert "http://localhost/r/" in sent["message"]
    assert "\n" not in sent["message"]
    assert mail_server.mails == []
    assert (row().state, row().channel, row().address) == (
        MessageState.SENT,
        channel.way,
        "vera-phone",
    )
    assert tried() == [(channel.way, "…hone", None)]


def test_where_one_way_fails_for_good_the_next_is_taken_at_once(
    either_app: Flask, mail_server: MailServer
) -> None:
    use(either_app, mail_server.url)
    with service(says(400)) as server:
        who, channel = both(server.host)
        assert jobs.send_reminders(NOW) == 1
        assert mail_server.mails[0]["To"] == "Vera <vera@example.org>"
        assert row().state is MessageState.SENT
        assert tried() == [
            (channel.way, "…hone", Reason.REFUSED),
            ("email", "v…@example.org", None),
        ]
        assert failing(who) == [channel.way]
        # what reaches her again is not failing any more
        server.script = says(200)
        told(builders.shift(day=NEXT_SUNDAY), who)
        assert jobs.send_reminders(NOW + MINUTE) == 1
        assert failing(who) == []


def test_a_refused_email_is_followed_by_a_text(either_app: Flask) -> None:
    with (
        service(says(200)) as server,
        scripted(answering({"vera": "550 no such user"})) as mail,
    ):
        use(either_app, mail.url)
        who, channel = both(server.host, first="email")
        assert jobs.send_reminders(NOW) == 1
        assert row().channel == channel.way
        assert row().state is MessageState.SENT
        (found,) = asked.unreached([f"volunteer:{who.id}"])[f"volunteer:{who.id}"]
        assert (found.channel, found.address) == ("email", "vera@example.org")
        assert "550 no such user" in found.reason
        # and the roster shows it beside her place, until her record has another address
        shift_id = row().facts["shift_id"]
        assert [one.is_unreached for one in people_on([shift_id]).on[shift_id]] == [True]
        change(who, email="new@example.org")
        assert [one.is_unreached for one in people_on([shift_id]).on[shift_id]] == [False]


def test_when_all_ways_failed_a_person_phones(app: Flask) -> None:
    with (
        service(says(400)) as server,
        scripted(answering({"vera": "550 no such user"})) as mail,
    ):
        use(app, mail.url)
        who, channel = both(server.host)
        assert jobs.send_reminders(NOW) == 0
        assert row().state is MessageState.FAILED
        assert row().reason.startswith("refused: 550")
        assert failing(who) == [channel.way, "email"]
        assert jobs.send_reminders(NOW + MINUTE) == 0
        assert len(tried()) == 2
        # and another address is tried by itself
        change(who, email="new@example.org")
        assert jobs.send_reminders(NOW + 2 * MINUTE) == 1
        assert (row().state, row().address) == (MessageState.SENT, "new@example.org")


def test_a_wrong_key_is_nobodys_fault_but_the_channels(app: Flask, mail_server: MailServer) -> None:
    use(app, mail_server.url)
    with service(says(401)) as server:
        who, channel = both(server.host)
        assert jobs.send_reminders(NOW) == 1  # by mail
        assert failing(who) == []
        db.session.refresh(channel)
        assert channel.failed_at == NOW
        assert channel.failed_reason.startswith("denied: 401")
        server.script = says(200)
        told(builders.shift(day=NEXT_SUNDAY), who)
        jobs.send_reminders(NOW + MINUTE)
        db.session.refresh(channel)
        assert channel.failed_at is None


def test_what_a_wrong_key_held_up_leaves_once_the_key_is_right(app: Flask) -> None:
    use(app, None)
    with service(says(401)) as server:
        who, channel = vera(""), ground.channel(server.host)
        ground.ways(f"volunteer:{who.id}", (channel.way, "vera-phone"))
        told(builders.shift(), who)
        jobs.send_reminders(NOW)
        jobs.send_reminders(NOW + MINUTE)
        assert (row().state, len(server.asked)) == (MessageState.FAILED, 1)
        server.script = says(200)
        change(channel, failed_at=None)  # as a new secret, or a test that is taken, does
        assert jobs.send_reminders(NOW + 2 * MINUTE) == 1


def test_a_paid_message_that_may_have_arrived_is_asked_about(
    app: Flask, mail_server: MailServer
) -> None:
    use(app, mail_server.url)
    cora = builders.user()
    with service(cuts) as server:
        both(server.host, is_paid=True)
        assert jobs.send_reminders(NOW) == 0
        assert row().state is MessageState.UNCLEAR
        assert row().reason.startswith(Reason.UNKNOWN)
        for later in (1, 5, 30):
            assert jobs.send_reminders(NOW + later * MINUTE) == 0
        assert len(server.asked) == 1
        assert mail_server.mails == []

        server.script = says(200)
        with transaction():
            actions.send_once_more(row(), by=cora, now=NOW + 30 * MINUTE)
        assert jobs.send_reminders(NOW + 30 * MINUTE) == 1
        assert (len(server.asked), row().state) == (2, MessageState.SENT)
    _refuses_to_clear(row(), cora)
    (entry,) = journal.history("message", row().id, limit=5)
    assert entry.verb == "message.repeated"


def _refuses_to_clear(message: Message, by: User) -> None:
    for act in (actions.arrived, actions.send_once_more):
        try:
            with transaction():
                act(message, by=by, now=NOW)
        except Refused:
            continue
        raise AssertionError(f"{act.__name__} was taken for a message that is clear")


def test_a_sender_that_ended_in_the_middle_repeats_only_what_is_free(
    app: Flask, mail_server: MailServer
) -> None:
    use(app, mail_server.url)
    cora = builders.user()
    with service(says(200)) as server:
        who, channel = both(server.host, is_paid=True)
        told(builders.shift(), builders.volunteer("Otto", email="otto@example.org"))
        jobs._queue_due(NOW)
        with transaction():
            claimed = [actions.claim_next(NOW, "one") for _ in range(2)]
        assert all(claimed)
        later = NOW + LEASE
        assert jobs.send_reminders(later) == 1
        assert server.asked == []
        assert [mail["To"] for mail in mail_server.mails] == ["Otto <otto@example.org>"]
        stands = db.session.query(Message).filter_by(recipient=f"volunteer:{who.id}").one()
        assert (stands.state, stands.channel) == (MessageState.UNCLEAR, channel.way)
        with transaction():
            actions.arrived(stands, by=cora, now=later)
        db.session.refresh(stands)
        assert stands.state is MessageState.SENT


def test_a_service_that_is_away_stops_no_mail(app: Flask, mail_server: MailServer) -> None:
    """Five wait for it; the mail behind them leaves in the same round."""
    use(app, mail_server.url)
    away = ground.channel(f"127.0.0.1:{free_port()}")
    shift = builders.shift(wanted=6)
    for number in range(5):
        who = builders.volunteer(f"Waits {number}")
        ground.ways(f"volunteer:{who.id}", (away.way, f"phone-{number}"))
        told(shift, who)
    told(shift, vera())
    assert jobs.send_reminders(NOW) == 1
    assert [mail["To"] for mail in mail_server.mails] == ["Vera <vera@example.org>"]
    tries = [one.tries for one in rows() if one.channel == away.way]
    assert sum(tries) == jobs.GIVE_UP_AFTER  # the rest wait for the next round
    # and a channel that is switched off is no way: everyone is written to by mail
    change(away, is_enabled=False)
    assert jobs.send_reminders(NOW + 2 * MINUTE) == 5


def test_a_service_works_without_a_mail_server(app: Flask) -> None:
    use(app, None)
    with service(says(200)) as server:
        both(server.host)
        told(builders.shift(), builders.volunteer("Otto", email="otto@example.org"))
        assert jobs.send_reminders(NOW) == 1
        assert len(server.asked) == 1


def test_the_offices_group_hears_once_what_every_coordinator_hears(
    app: Flask, mail_server: MailServer
) -> None:
    use(app, mail_server.url)
    builders.cora()
    one = told(builders.shift(), vera())
    change(one, state=AssignmentState.DECLINED, answered_at=NOW)
    with service(says(200, "ok")) as server:
        group = ground.channel(server.host, name="Office", is_group=True)
        jobs.send_reminders(NOW)
        builders.user("Carl Coates", email="carl@example.org")  # a coordinator who comes later
        jobs.send_reminders(NOW + MINUTE)
        assert len(mail_server.mails) == 2
        ((path, body),) = server.asked
    assert path.startswith("/hooks/")
    assert "Vera can’t come" in json.loads(body)["text"]
    (said,) = [one for one in rows() if one.recipient == group.way]
    assert (said.state, said.channel, said.name) == (MessageState.SENT, group.way, "Office")


def test_what_follows_a_try() -> None:
    """Rules alone: what costs is asked about, another way is taken after a quarter of an hour."""

    def step(reason: Reason, tries: int = 1, **more: bool) -> Step:
        return after(
            Result(reason),
            tries=tries,
            reason="",
            send_before=NOW + timedelta(days=1),
            now=NOW,
            **more,
        )

    assert step(Reason.UNKNOWN, is_paid=True).state is MessageState.UNCLEAR
    assert step(Reason.UNKNOWN).state is MessageState.WAITING
    assert step(Reason.REFUSED).state is MessageState.FAILED
    assert step(Reason.REFUSED, has_next=True).goes_on
    assert not step(Reason.LATER, PATIENCE - 1, has_next=True).goes_on
    assert step(Reason.LATER, PATIENCE, has_next=True).goes_on
    assert not step(Reason.LATER, PATIENCE).goes_on
    assert not step(Reason.UNREACHABLE).counts
    assert step(Reason.UNREACHABLE, is_mail=False).counts
