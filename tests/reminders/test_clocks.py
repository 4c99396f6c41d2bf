"""Off for a while, set to another hour, or in the night of the change: each thing is said once."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from flask import Flask

from hospice import jobs
from hospice.core import clock
from hospice.reminders.rules import Kind, MessageState
from hospice.shifts import notices as shift_notices
from hospice.shifts.rules.states import AssignmentState
from tests import builders
from tests.conftest import MailServer
from tests.reminders.servers import change, rows, told

NOW = builders.NOW
FINAL = {MessageState.SENT, MessageState.FAILED, MessageState.EXPIRED, MessageState.WITHDRAWN}


def go_round(moment: datetime) -> None:
    """One round of a living process."""
    jobs.send_reminders(moment)
    jobs.finish_round(moment)


def numbers(server: MailServer) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in server.mails)


def test_what_was_due_while_the_computer_was_off_is_said_late_or_listed(
    posting_app: Flask, mail_server: MailServer
) -> None:
    ward, long_ago = builders.place(), NOW - timedelta(days=20)
    for day in (27, 28, 30):
        for state in (AssignmentState.WAITING, AssignmentState.CONFIRMED):
            shift = builders.shift(ward, date(2026, 11, day))
            change(told(shift, builders.volunteer(), told_at=long_ago), state=state)
    moment = NOW
    go_round(moment)
    for off in (timedelta(minutes=1), timedelta(hours=2), timedelta(days=3)):
        wanted = {
            one.key for part in range(1, 17) for one in shift_notices.due(moment + off * part / 16)
        }
        moment += off
        go_round(moment)
        assert wanted <= {one.key for one in rows()}
    assert len(wanted) >= 6  # otherwise this has shown nothing
    go_round(NOW + timedelta(days=6))
    assert {one.state for one in rows()} <= FINAL
    assert len(mail_server.mails) == len(numbers(mail_server))
    assert len(mail_server.mails) == sum(one.state is MessageState.SENT for one in rows())


def test_a_clock_that_is_set_says_nothing_twice_and_forgets_nothing(
    posting_app: Flask, mail_server: MailServer
) -> None:
    builders.place()
    early, later = NOW - timedelta(hours=1), NOW + timedelta(minutes=5)
    told(builders.shift(), builders.volunteer(), told_at=early)
    told(builders.shift(), builders.volunteer(), told_at=later)
    minute = timedelta(minutes=1)
    for moment in (
        NOW,
        NOW + minute,
        NOW - timedelta(hours=2),  # back
        NOW - timedelta(hours=2) + minute,
        datetime(1970, 1, 1, tzinfo=UTC),  # a computer that lost its battery
        datetime(1970, 1, 1, 0, 1, tzinfo=UTC),
        NOW + 2 * minute,
        NOW + timedelta(hours=2),  # ahead
        NOW + timedelta(hours=2) + minute,
        NOW + 8 * minute,  # and right again
        NOW + 9 * minute,
    ):
        go_round(moment)
    assert [one.state for one in rows()] == [MessageState.SENT] * 2
    assert list(numbers(mail_server).values()) == [1, 1]
    # what is published now leaves now, though the clock has shown two hours later before
    told(builders.shift(), builders.volunteer(), told_at=NOW + 10 * minute)
    go_round(NOW + 13 * minute)
    assert list(numbers(mail_server).values()) == [1, 1, 1]


# zone -> the day on which an hour (half an hour on Lord Howe) is skipped, and one that has it twice
CHANGES = {
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/Lisbon": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/Santiago": (date(2026, 9, 6), date(2026, 4, 5)),
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 30)),
}


def test_the_night_of_the_change_skips_nothing_and_says_nothing_twice(app: Flask) -> None:
    for zone, days in CHANGES.items():
        ward = builders.place(timezone=zone)
        for day in days:
            noon = clock.instant(day, time(12), zone)
            around = {(noon + timedelta(days=one)).astimezone(UTC) for one in (-1, 1)}
            offsets = {clock.local(one, zone).utcoffset() for one in around}
            assert len(offsets) == 2, (zone, day)  # otherwise this has shown nothing
            shift = builders.shift(ward, day)
            told_at = shift.starts_at - timedelta(days=30)
            change(
                told(shift, builders.volunteer(), told_at=told_at),
                state=AssignmentState.CONFIRMED,
            )
            found: dict[str, tuple[Kind, datetime]] = {}
            opens: dict[Kind, datetime] = {}
            for hours in (50, 42, 28, 18, 6, 2):
                moment = shift.starts_at - timedelta(hours=hours)
                for one in shift_notices.due(moment):
                    if one.facts["shift_id"] == shift.id:
                        found.setdefault(one.key, (one.kind, one.goes_at(moment)))
                        opens.setdefault(one.kind, clock.local(one.send_after, zone))
            kinds = Counter(kind for kind, _at in found.values())
            assert kinds[Kind.TWO_DAYS] == kinds[Kind.MORNING] == 1, (zone, day, found)
            # by the clock on the wall, not by so many hours before
            assert (opens[Kind.TWO_DAYS].hour, opens[Kind.TWO_DAYS].minute) == (9, 0), (zone, day)
            assert (opens[Kind.MORNING].hour, opens[Kind.MORNING].minute) == (8, 0), (zone, day)
            for kind, goes_at in found.values():
                there = clock.local(goes_at, zone)
                if kind is Kind.MORNING:
                    assert there.date() == day
                elif kind is Kind.TWO_DAYS:
                    assert time(9) <= there.time() < time(20), (zone, day, there)
                    assert (day - there.date()).days == 2
