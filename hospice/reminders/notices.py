"""Letters that the app owes people who sign in: invitations, new passwords, and a test."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from hospice.accounts import queries as accounts
from hospice.accounts.models import Ticket, User
from hospice.accounts.rules import TicketKind
from hospice.reminders import queries
from hospice.reminders.rules import Kind, Notice

# At night too: whoever asks for a new password is waiting for it.
_KINDS = {TicketKind.INVITATION: Kind.INVITATION, TicketKind.RESET: Kind.RESET}
TEST_LASTS = timedelta(hours=1)


def due(now: datetime) -> Iterator[Notice]:
    """Yield the letters of single-use links that no message carries yet."""
    found = [
        _of_ticket(ticket, user)
        for ticket, user in accounts.tickets_to_send(now)
        if ticket.kind in _KINDS
    ]
    known = queries.queued([notice.key for notice in found]) if found else set()
    yield from (notice for notice in found if notice.key not in known)


def still_due_of(messages: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(messages)
    found: list[Notice] = []
    if any(about.startswith("ticket:") for about, _key in wanted):
        found += [
            _of_ticket(ticket, user)
            for ticket, user in accounts.tickets_to_send(now)
            if ticket.kind in _KINDS
        ]
    found += [
        notice
        for about, key in wanted
        if about.startswith("user:") and (notice := _of_test(about, key)) is not None
    ]
    return {notice.key: notice for notice in found if (notice.about, notice.key) in wanted}


def test_to(user: User, now: datetime) -> Notice:
    """Return a test message to oneself; one a minute, however often the button is pressed."""
    return _test(user, now.replace(second=0, microsecond=0))


def _of_ticket(ticket: Ticket, user: User) -> Notice:
    return Notice(
        kind=_KINDS[ticket.kind],
        key=f"ticket:{ticket.id}",
        about=f"ticket:{ticket.id}",
        recipient=f"user:{user.id}",
        name=user.name,
        address=user.email,
        locale=user.locale,
        send_after=ticket.created_at,
        send_before=ticket.expires_at,
        facts={
            "name": user.name,
            "ticket_id": ticket.id,
            "expires_at": ticket.expires_at.isoformat(),
        },
    )


def _of_test(about: str, key: str) -> Notice | None:
    number, _, minute = key.removeprefix("test:").partition(":")
    user = queries.user_to_test(int(number)) if number.isascii() and number.isdigit() else None
    if user is None or about != f"user:{user.id}":
        return None
    return _test(user, datetime.fromisoformat(minute))


def _test(user: User, minute: datetime) -> Notice:
    return Notice(
        kind=Kind.TEST,
        key=f"test:{user.id}:{minute:%Y%m%dT%H%MZ}",
        about=f"user:{user.id}",
        recipient=f"user:{user.id}",
        name=user.name,
        address=user.email,
        locale=user.locale,
        send_after=minute,
        send_before=minute + TEST_LASTS,
        facts={"name": user.name},
    )
