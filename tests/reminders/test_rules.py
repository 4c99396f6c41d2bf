from datetime import UTC, datetime, timedelta

import pytest

from hospice.reminders.rules import (
    MAXIMUM_TRIES,
    MessageState,
    Reason,
    Result,
    after,
    earliest,
    is_address,
    message_id,
    pause,
    reason_of,
)

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
WEEK = NOW + timedelta(days=7)


def test_pauses_grow_and_then_stay() -> None:
    assert [pause(n).seconds // 60 for n in range(1, 10)] == [1, 2, 4, 8, 16, 32, 64, 64, 64]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-25T08:59:59+08:00", "2026-11-25T09:00:00+08:00"),
        ("2026-11-25T09:00:00+08:00", "2026-11-25T09:00:00+08:00"),
        ("2026-11-25T19:59:59+08:00", "2026-11-25T19:59:59+08:00"),
        ("2026-11-25T20:00:00+08:00", "2026-11-26T09:00:00+08:00"),
        ("2026-11-26T00:00:00+08:00", "2026-11-26T09:00:00+08:00"),
    ],
)
def test_nobody_is_disturbed_at_night(moment: str, expected: str) -> None:
    found = earliest(datetime.fromisoformat(moment), zone="Asia/Shanghai", before=WEEK)
    assert found == datetime.fromisoformat(expected)


def test_the_night_is_shorter_when_little_time_is_left() -> None:
    night = datetime.fromisoformat("2026-11-25T23:00:00+08:00")
    ten, eleven = (datetime.fromisoformat(f"2026-11-26T{hour}:00:00+08:00") for hour in (10, 11))
    assert earliest(night, zone="Asia/Shanghai", before=ten) == night
    assert earliest(night, zone="Asia/Shanghai", before=eleven) > night


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_nine_stays_nine_when_the_clocks_change(day: str) -> None:
    night = datetime.fromisoformat(f"{day}T00:30:00+00:00")
    found = earliest(night, zone="Europe/London", before=night + timedelta(days=9))
    offset = "+01:00" if day.startswith("2026-03") else "+00:00"
    assert found == datetime.fromisoformat(f"{day}T09:00:00{offset}")


def step(
    reason: Reason | None, *, tries: int = 1, before: str = "", left: int = 10_000
) -> tuple[str, int | None, bool]:
    """What follows a try: the state, after how many minutes, and whether it counted."""
    found = after(
        Result(reason, "450 x") if reason else Result(),
        tries=tries,
        reason=before,
        send_before=NOW + timedelta(minutes=left),
        now=NOW,
    )
    minutes = None if found.due_at is None else int((found.due_at - NOW).total_seconds() // 60)
    return found.state, minutes, found.counts


def test_every_try_ends_named() -> None:
    assert step(None) == (MessageState.SENT, None, True)
    assert step(Reason.LATER) == (MessageState.WAITING, 1, True)
    assert step(Reason.LATER, tries=4) == (MessageState.WAITING, 8, True)
    assert step(Reason.LATER, tries=MAXIMUM_TRIES) == (MessageState.FAILED, None, True)
    assert step(Reason.REFUSED) == (MessageState.FAILED, None, True)
    assert step(Reason.UNREADABLE) == (MessageState.FAILED, None, True)
    assert step(Reason.STOPPED) == (MessageState.FAILED, None, True)


def test_a_try_that_would_come_too_late_is_not_waited_for() -> None:
    assert step(Reason.LATER, tries=7, left=64) == (MessageState.FAILED, None, True)
    assert step(Reason.LATER, tries=7, left=65) == (MessageState.WAITING, 64, True)


def test_a_server_that_serves_nobody_is_no_fault_of_the_message() -> None:
    assert step(Reason.UNREACHABLE, tries=500) == (MessageState.WAITING, 1, False)
    assert step(Reason.UNREACHABLE, left=1) == (MessageState.FAILED, None, True)


def test_what_may_have_arrived_is_repeated_once() -> None:
    assert step(Reason.UNKNOWN) == (MessageState.WAITING, 1, True)
    assert step(Reason.UNKNOWN, before="unknown: 450 x") == (MessageState.FAILED, None, True)
    # a refused connection in between does not make that forgotten
    found = after(
        Result(Reason.UNREACHABLE, "no"), tries=2, reason="unknown: cut", send_before=WEEK, now=NOW
    )
    assert (found.state, found.reason) == (MessageState.WAITING, "unknown: cut")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b\nBcc: x@example.org",
        "a@b\r\nBcc: x@example.org",
        "a@b\x00",
        "a b@example.org",
        "a@b@c",
        "<a@example.org>",
        "a@example.org,b@example.org",
        '"a"@example.org',
        "x" * 250 + "@example.org",
    ],
)
def test_what_could_break_out_of_a_header_is_no_address(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    "address", ["vera@example.org", "v.o'n-1+x@a.b.example", "张@例子.example"]
)
def test_addresses(address: str) -> None:
    assert is_address(address)


def test_the_message_id_is_the_same_for_a_key() -> None:
    first = message_id("told:1:1", "roster.example.org")
    assert first == message_id("told:1:1", "roster.example.org")
    assert first != message_id("told:1:2", "roster.example.org")
    assert first.startswith("<")
    assert first.endswith("@roster.example.org>")


def test_reasons_are_read_as_they_were_written() -> None:
    assert reason_of(Result(Reason.REFUSED, "550 a: b").words) == (Reason.REFUSED, "550 a: b")
    assert reason_of("no_address") == (Reason.NO_ADDRESS, "")
    assert reason_of("") == (None, "")
    assert reason_of("something else") == (None, "something else")
