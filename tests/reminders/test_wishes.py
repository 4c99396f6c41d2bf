"""How a person wants to be written to, and what of it holds when a message leaves."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from hospice import jobs
from hospice.accounts.models import User
from hospice.channels.models import Channel
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.reminders import actions, queries
from hospice.reminders.actions.wishes import say_wishes
from hospice.reminders.models import ContactWay, Message
from hospice.reminders.queries import wishes as asked
from hospice.reminders.rules import (
    ALWAYS_SAID,
    EMAIL,
    TOPIC_OF,
    Hours,
    Kind,
    MessageState,
    Notice,
    Reason,
    Topic,
    Way,
    Wishes,
)
from tests import builders
from tests.conftest import MailServer, Statements
from tests.reminders.servers import change, row, rows, told

NOW = builders.NOW  # noon in Shanghai
SHANGHAI = "Asia/Shanghai"
LATE = Hours(time(10), time(22))


def notice(kind: Kind = Kind.PUBLISHED, **values: Any) -> Notice:
    """Something to say to Vera about a shift in three days."""
    return Notice(
        **{
            "kind": kind,
            "key": f"{kind}:1",
            "about": "assignment:1",
            "recipient": "volunteer:1",
            "name": "Vera",
            "address": "vera@example.org",
            "locale": "en",
            "send_after": NOW - timedelta(days=1),
            "send_before": NOW + timedelta(days=3),
            "facts": {"name": "Vera", "zone": SHANGHAI},
            "quiet_zone": SHANGHAI,
            **values,
        }
    )


def at(text: str, zone: str = "+08:00") -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00{zone}").astimezone(UTC)


# --- rules ----------------------------------------------------------------------------------------


def test_every_kind_has_a_topic() -> None:
    assert set(TOPIC_OF) == set(Kind)
    assert set(TOPIC_OF.values()) <= set(Topic)


@pytest.mark.parametrize(
    ("wishes", "moment", "leaves"),
    [
        (Wishes(), at("25T20:30"), at("26T09:00")),
        (Wishes(hours=LATE), at("25T21:59"), at("25T21:59")),
        (Wishes(hours=LATE), at("25T22:00"), at("26T10:00")),
        (Wishes(hours=LATE), at("25T09:30"), at("25T10:00")),
        # past midnight: whoever works nights
        (Wishes(hours=Hours(time(16), time(2))), at("26T01:59"), at("26T01:59")),
        (Wishes(hours=Hours(time(16), time(2))), at("26T02:00"), at("26T16:00")),
        (Wishes(hours=Hours(time(10), time(0))), at("25T23:59"), at("25T23:59")),
        (Wishes(hours=Hours(time(9), time(9))), at("25T03:00"), at("25T03:00")),
        # by their own clocks, wherever the place is: 12:00 in Shanghai is 04:00 in London
        (Wishes(zone="Europe/London"), at("25T12:00"), at("25T09:00", "+00:00")),
        (Wishes(zone="Europe/London", hours=LATE), at("25T17:30"), at("25T10:00", "+00:00")),
    ],
)
def test_it_leaves_in_the_persons_own_hours(
    wishes: Wishes, moment: datetime, leaves: datetime
) -> None:
    assert notice(wishes=wishes).goes_at(moment) == leaves


def test_what_cannot_wait_does_not_wait_for_their_hours() -> None:
    start = at("26T11:59")
    last = notice(wishes=Wishes(hours=LATE), send_before=start)
    assert last.goes_at(at("26T07:00")) == at("26T07:00")  # at ten it would be two hours too late
    later = replace(last, send_before=at("26T12:00"))
    assert later.goes_at(at("26T07:00")) == at("26T10:00")


def test_the_morning_of_a_shift_is_told_early_unless_they_chose_their_hours() -> None:
    morning = notice(Kind.MORNING, quiet_zone="", send_before=at("29T14:00"))
    eight = at("29T08:00")
    assert morning.goes_at(eight) == eight
    assert replace(morning, wishes=Wishes(hours=LATE)).goes_at(eight) == at("29T10:00")
    assert replace(morning, wishes=Wishes(zone="Asia/Tokyo", hours=LATE)).goes_at(eight) == (
        at("29T09:00")
    )
    early = replace(morning, wishes=Wishes(hours=LATE), send_before=at("29T11:00"))
    assert early.goes_at(eight) == eight
    for kind in (Kind.LONE_OUT, Kind.RESET, Kind.CANT_COME):  # at any hour, whatever they chose
        urgent = notice(kind, quiet_zone="", wishes=Wishes(hours=LATE))
        assert urgent.goes_at(eight) == eight


SILENT = Wishes(is_silent=True)
ALL_OFF = Wishes(topics_off=frozenset(Topic))


@pytest.mark.parametrize(
    ("wishes", "kind", "facts", "expected"),
    [
        (Wishes(), Kind.PUBLISHED, {}, None),
        (SILENT, Kind.PUBLISHED, {}, (Reason.SILENT, True)),
        (SILENT, Kind.TWO_DAYS, {"is_answered": True}, (Reason.SILENT, True)),
        (SILENT, Kind.ASKED, {}, (Reason.SILENT, True)),
        (SILENT, Kind.FILLED, {}, (Reason.SILENT, False)),
        (SILENT, Kind.NOTE_MISSING, {}, (Reason.SILENT, False)),
        (ALL_OFF, Kind.PUBLISHED, {}, (Reason.TOPIC_OFF, True)),
        (ALL_OFF, Kind.TWO_DAYS, {"is_answered": True}, (Reason.TOPIC_OFF, False)),
        (ALL_OFF, Kind.TWO_DAYS, {"is_answered": False}, (Reason.TOPIC_OFF, True)),
        (ALL_OFF, Kind.NOT_CONFIRMED, {}, (Reason.TOPIC_OFF, True)),
        (ALL_OFF, Kind.ASKED, {}, (Reason.TOPIC_OFF, True)),
        (ALL_OFF, Kind.FILLED, {}, (Reason.TOPIC_OFF, False)),
        (ALL_OFF, Kind.SWAP_ASKED, {}, (Reason.TOPIC_OFF, False)),
    ],
)
def test_who_wants_none_is_phoned_about_what_they_must_know(
    wishes: Wishes, kind: Kind, facts: dict[str, object], expected: tuple[Reason, bool] | None
) -> None:
    one = notice(kind, wishes=wishes, facts=facts)
    found = one.unwanted()
    assert (found and (found, one.is_to_phone())) == expected


def test_a_call_for_help_and_an_account_letter_always_leave() -> None:
    for kind in Kind:
        wanted = TOPIC_OF[kind] in ALWAYS_SAID
        for wishes in (SILENT, ALL_OFF):
            assert (notice(kind, wishes=wishes).unwanted() is None) is wanted
        staff = notice(kind, wishes=SILENT, recipient="user:1")
        assert staff.is_to_phone() is False


def test_the_ways_are_tried_in_their_order_and_email_goes_to_the_record() -> None:
    sms = Way("channel:3", "138 5555 0100")
    assert Wishes().ways_for("v@example.org") == (Way(EMAIL, "v@example.org"),)
    assert Wishes(ways=(sms, Way(EMAIL))).ways_for("v@example.org") == (
        sms,
        Way(EMAIL, "v@example.org"),
    )
    assert Wishes(ways=(Way(EMAIL), sms)).ways_for(" ") == (sms,)
    assert Wishes().ways_for("") == ()


# --- kept, and heeded -----------------------------------------------------------------------------


def say(who: int, wishes: Wishes, *, seen: int | None = None, offered: Any = ()) -> bool:
    """Say how volunteer `who` wants to be written to."""
    recipient = f"volunteer:{who}"
    kept = asked.said(recipient)
    version = seen if seen is not None else (kept.version if kept else 0)
    cora = db.session.query(User).first() or builders.cora()
    with transaction():
        return say_wishes(
            recipient, wishes, offered=offered, seen_version=version, by=cora, now=NOW
        )


def test_wishes_are_kept_as_they_were_said(either_app: Flask) -> None:
    mobile = builders.save(
        Channel(name="Text", scheme="twilio", secret="", created_at=NOW, changed_at=NOW)
    )
    by_sms = mobile.way
    whole = Wishes(
        zone="Europe/London",
        hours=LATE,
        topics_off=frozenset({Topic.THANKS, Topic.ASKED}),
        is_silent=True,
        ways=(Way(by_sms, "138 5555 0100"), Way(EMAIL)),
    )
    assert say(5, whole, offered={by_sms})
    assert not say(5, whole, offered={by_sms})
    found = queries.wishes_of(["volunteer:5", "volunteer:5", "user:5"])
    assert found == {"volunteer:5": whole, "user:5": Wishes()}
    with pytest.raises(Refused):
        say(5, Wishes(), seen=0)
    # email failed at an address: that is kept beside it, and never written to
    with transaction():
        way = db.session.query(ContactWay).filter_by(channel=EMAIL).one()
        way.address, way.failed_at, way.failed_reason = "old@example.org", NOW, "550"
        sms = db.session.query(ContactWay).filter_by(channel=by_sms).one()
        sms.failed_at, sms.failed_reason = NOW, "no such number"
    assert queries.wishes_of(["volunteer:5"])["volunteer:5"] == whole
    other = replace(whole, ways=(Way(EMAIL), Way(by_sms, "138 5555 0199")))
    assert say(5, other, offered={by_sms})
    kept = {one.channel: (one.rank, one.failed_reason) for one in asked.ways("volunteer:5")}
    assert kept == {EMAIL: (0, "550"), by_sms: (1, "")}
    # a channel that is switched off meanwhile keeps its address; one they cleared does not
    change(mobile, is_enabled=False)
    assert say(5, replace(other, is_silent=False, ways=(Way(EMAIL),)))
    assert [one.channel for one in asked.ways("volunteer:5")] == [EMAIL, by_sms]
    change(mobile, is_enabled=True)
    assert say(5, replace(other, zone="", ways=(Way(EMAIL),)), offered={by_sms})
    assert [one.channel for one in asked.ways("volunteer:5")] == [EMAIL]


def test_the_wishes_of_many_cost_two_statements(app: Flask, statements: Statements) -> None:
    for number in range(3):
        say(number + 1, Wishes(is_silent=True))
    statements.seen.clear()
    found = queries.wishes_of(f"volunteer:{number}" for number in range(2000))
    assert len(statements.seen) == 2
    assert [one.is_silent for one in list(found.values())].count(True) == 3


def test_a_wish_counts_until_the_message_leaves(posting: Flask, mail_server: MailServer) -> None:
    """Silence, a topic and hours, said and taken back while a message waits."""
    who = builders.volunteer(email="vera@example.org")
    told(builders.shift(), who)
    say(who.id, Wishes(is_silent=True))
    assert jobs.send_reminders(NOW) == 0
    assert (row().state, row().reason) == (MessageState.FAILED, Reason.SILENT)
    assert [call.name for call in queries.people_to_phone(NOW)] == ["Vera Vance"]
    assert actions.can_try_again(row(), NOW) is False
    say(who.id, Wishes(topics_off=frozenset({Topic.SHIFTS})))
    assert jobs.send_reminders(NOW) == 0
    assert (row().state, row().reason) == (MessageState.FAILED, Reason.TOPIC_OFF)
    say(who.id, Wishes(hours=Hours(time(13), time(18))))
    assert jobs.send_reminders(NOW) == 0  # it is noon
    assert (row().state, row().due_at) == (MessageState.WAITING, at("25T13:00"))
    say(who.id, Wishes(is_silent=True))  # while it waits for that hour
    assert jobs.send_reminders(NOW + timedelta(minutes=1)) == 0
    assert (row().state, row().reason) == (MessageState.FAILED, Reason.SILENT)
    say(who.id, Wishes(hours=Hours(time(13), time(18))))
    jobs.send_reminders(NOW + timedelta(minutes=2))
    say(who.id, Wishes())
    assert jobs.send_reminders(NOW + timedelta(minutes=3)) == 1
    assert len(mail_server.mails) == 1
    assert (row().state, row().tries) == (MessageState.SENT, 1)


def test_what_nobody_must_know_is_put_away_and_comes_back(either_app: Flask) -> None:
    """A note asked for of someone who wants no such message: no call, no writing each round."""
    asks = notice(Kind.NOTE_MISSING, recipient="volunteer:7", key="note:1", about="assignment:1")
    say(7, Wishes(topics_off=frozenset({Topic.NOTES})))

    def queue() -> int:
        with transaction():
            return actions.queue([asks], NOW)

    assert queue() == 1
    assert (row().state, row().reason) == (MessageState.WITHDRAWN, Reason.TOPIC_OFF)
    assert queries.people_to_phone(NOW) == []
    assert queries.queued(["note:1"]) == set()  # so it is asked again whether it may leave
    assert queue() == 0
    say(7, Wishes())
    assert queue() == 1
    assert (row().state, row().reason) == (MessageState.WAITING, "")
    # and once more while it is claimed
    with transaction():
        claimed = actions.claim_next(NOW, "w")
    assert claimed is not None
    say(7, Wishes(is_silent=True))
    (now_true,) = queries.with_wishes([asks])
    with transaction():
        assert actions.refresh(claimed, now_true, NOW) is False
    assert (row().state, row().reason) == (MessageState.WITHDRAWN, Reason.SILENT)


def test_saving_leaves_alone_what_waits_for_another_try(app: Flask) -> None:
    with transaction():
        actions.queue([notice(quiet_zone="", send_after=NOW + timedelta(hours=1))], NOW)
        actions.queue([notice(Kind.ASKED, send_after=NOW + timedelta(hours=1))], NOW)
        db.session.query(Message).filter_by(kind=Kind.ASKED).update({"tries": 1, "reason": "later"})
    say(1, Wishes(is_silent=True))
    assert [one.due_at - NOW for one in rows()] == [timedelta(), timedelta(hours=1)]
