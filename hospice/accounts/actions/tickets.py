"""Single-use links: the first run, invitations and new passwords."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import delete, update

from hospice.accounts import queries
from hospice.accounts.models import Ticket, User
from hospice.accounts.rules import INVITATION_LASTS, RESET_LASTS, TicketKind, link_path
from hospice.core.db import db
from hospice.core.errors import Missing


def issue_ticket(
    kind: TicketKind,
    *,
    user: User | None,
    now: datetime,
    secret_key: str,
    wants_letter: bool = False,
) -> Ticket:
    """Make a single-use link; an earlier one of the kind for this user ends.

    With `wants_letter` the next tick sends it by mail. `ticket_link` gives its address.
    """
    earlier = update(Ticket).where(Ticket.kind == kind, Ticket.used_at.is_(None))
    earlier = earlier.where(Ticket.user_id.is_(None) if user is None else Ticket.user_id == user.id)
    db.session.execute(earlier.values(used_at=now))
    made = Ticket(
        kind=kind,
        salt=secrets.token_urlsafe(32),
        user_id=user.id if user else None,
        created_at=now,
        expires_at=now + (RESET_LASTS if kind is TicketKind.RESET else INVITATION_LASTS),
        wants_letter=wants_letter,
    )
    made.token_hash = queries.hashed(ticket_token(made, secret_key))
    db.session.add(made)
    db.session.flush()
    return made


def ticket_token(ticket: Ticket, secret_key: str) -> str:
    """Return the token of a link; only whoever knows the secret key can make it."""
    message = f"ticket:{ticket.kind}:{ticket.salt}".encode()
    digest = hmac.new(secret_key.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def ticket_link(ticket: Ticket, *, base_url: str, secret_key: str) -> str:
    """Return the whole address of a link, built from the configured one alone."""
    return base_url + link_path(ticket.kind, ticket_token(ticket, secret_key))


def first_run_link(base_url: str, now: datetime, *, secret_key: str) -> str | None:
    """Make the one-time link that founds the hospice; None when it has been founded."""
    if queries.hospice() is not None:
        return None
    made = issue_ticket(TicketKind.FIRST_RUN, user=None, now=now, secret_key=secret_key)
    return ticket_link(made, base_url=base_url, secret_key=secret_key)


def ask_reset(email: str, *, now: datetime, secret_key: str) -> None:
    """Have a link for a new password sent, where the address is known.

    An unknown address does the same work, so that the time it takes tells nothing: its link is
    for nobody and no letter carries it.
    """
    user = queries.user_by_email(email)
    known = user if user is not None and user.is_enabled else None
    issue_ticket(TicketKind.RESET, user=known, now=now, secret_key=secret_key, wants_letter=True)
    # The newest stays: a number that was used once must not be given again, for the letters
    # remember it.
    db.session.execute(
        delete(Ticket).where(
            Ticket.kind == TicketKind.RESET,
            Ticket.user_id.is_(None),
            Ticket.id < queries.newest_ticket_id(),
        )
    )


def use_ticket(ticket: Ticket, now: datetime) -> None:
    """Spend a link; raise Missing when someone was quicker."""
    spent = db.session.execute(
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise Missing
