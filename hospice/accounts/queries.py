"""Everything that is asked about the hospice, its users and their sign-ins."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from hospice.accounts.models import Attempt, Hospice, SignIn, Ticket, User
from hospice.accounts.rules import (
    THROTTLE_WINDOW,
    Role,
    TicketKind,
    is_alive,
    is_fresh,
    normal_email,
)
from hospice.core.db import db
from hospice.core.errors import Missing


def hashed(token: str) -> str:
    """Return the form in which a secret token is stored."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def hospice() -> Hospice | None:
    """Return the hospice, or None before the first run."""
    return db.session.get(Hospice, 1)


def sign_in_by_token(token: str, now: datetime) -> tuple[SignIn, User] | None:
    """Return the living sign-in of a token and its user, in one statement."""
    row = db.session.execute(
        select(SignIn, User)
        .join(User, SignIn.user_id == User.id)
        .where(SignIn.token_hash == hashed(token), SignIn.ended_at.is_(None), User.is_enabled)
    ).one_or_none()
    if row is None:
        return None
    sign_in, user = row
    alive = is_alive(
        role=user.role,
        is_kept=sign_in.is_kept,
        started_at=sign_in.started_at,
        seen_at=sign_in.seen_at,
        now=now,
    )
    if not alive:
        return None
    user.sign_in_token = token
    user.is_fresh = is_fresh(sign_in.started_at, now)
    return sign_in, user


def user_by_email(address: str) -> User | None:
    """Return the user who signs in with an address."""
    return db.session.scalar(select(User).where(User.email == normal_email(address)))


def user(user_id: int) -> User:
    """Return a user; raise Missing."""
    found = db.session.get(User, user_id)
    if found is None:
        raise Missing
    return found


def users() -> Sequence[User]:
    """Return everyone who can sign in, staff first."""
    return db.session.scalars(select(User).order_by(User.role, User.name)).all()


def users_with_role(*roles: Role) -> Sequence[User]:
    """Return the enabled users of some roles."""
    return db.session.scalars(
        select(User).where(User.role.in_(roles), User.is_enabled).order_by(User.id)
    ).all()


def ticket_by_token(token: str, now: datetime, *kinds: TicketKind) -> Ticket | None:
    """Return an unused, unexpired link of some kinds."""
    return db.session.scalar(
        select(Ticket).where(
            Ticket.token_hash == hashed(token),
            Ticket.kind.in_(kinds),
            Ticket.used_at.is_(None),
            Ticket.expires_at > now,
        )
    )


def living_sign_ins(user_id: int) -> Sequence[SignIn]:
    """Return a user's sign-ins that were not ended."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .order_by(SignIn.seen_at.desc())
    ).all()


def tries(key: str, now: datetime) -> int:
    """Return how often a key was tried within the throttling window."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(Attempt.key_hash == hashed(key), Attempt.tried_at > now - THROTTLE_WINDOW)
        )
        or 0
    )
