"""Everything that is asked about the hospice, its users and their sign-ins."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, String, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager

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


def hospice_zone() -> str:
    """Return the zone of the office, by which its days are counted; UTC before the first run."""
    found = hospice()
    return found.timezone if found else "UTC"


def sign_in_by_token(token: str, now: datetime) -> tuple[SignIn, User] | None:
    """Return the living sign-in of a token and its user, in one statement."""
    row = db.session.execute(_sign_in(), {"token_hash": hashed(token)}).one_or_none()
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


# Every page asks this: putting it together each time would cost more than running it.
@cache
def _sign_in() -> Select[SignIn, User]:
    return (
        select(SignIn, User)
        .join(User, SignIn.user_id == User.id)
        .where(
            SignIn.token_hash == bindparam("token_hash", type_=String()),
            SignIn.ended_at.is_(None),
            User.is_enabled,
        )
    )


def user_by_email(address: str) -> User | None:
    """Return the user who signs in with an address."""
    return db.session.scalar(select(User).where(User.email == normal_email(address)))


def user_who_signs_in(user_id: int, password_hash: str | None) -> User | None:
    """Return an enabled user who still has a password."""
    return db.session.scalar(
        select(User).where(User.id == user_id, User.is_enabled, User.password_hash == password_hash)
    )


def user(user_id: int) -> User:
    """Return a user; raise Missing."""
    found = db.session.get(User, user_id)
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True)
class Person:
    """Someone who signs in, as the list shows them."""

    user: User
    seen_at: datetime | None


def people(*, words: str, limit: int, offset: int) -> tuple[list[Person], int]:
    """Return a page of everyone who can sign in, by name, and how many there are.

    `words` is looked for in names and addresses.
    """
    chosen = select(User)
    if words:
        chosen = chosen.where(
            or_(
                User.name.icontains(words, autoescape=True),
                User.email.icontains(words, autoescape=True),
            )
        )
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    last = select(SignIn.user_id, func.max(SignIn.seen_at).label("seen_at")).group_by(
        SignIn.user_id
    )
    seen = last.subquery()
    rows = db.session.execute(
        chosen.add_columns(seen.c.seen_at)
        .outerjoin(seen, seen.c.user_id == User.id)
        .order_by(User.is_enabled.desc(), func.lower(User.name), User.id)
        .limit(limit)
        .offset(offset)
    )
    return [Person(user, seen_at) for user, seen_at in rows], total


def users() -> Sequence[User]:
    """Return everyone who can sign in, staff first."""
    return db.session.scalars(select(User).order_by(User.role, User.name)).all()


def locked_administrators() -> Sequence[User]:
    """Return the enabled administrators, locked until the transaction ends."""
    return db.session.scalars(
        select(User)
        .where(User.role == Role.ADMINISTRATOR, User.is_enabled)
        .order_by(User.id)
        .with_for_update()
    ).all()


def users_with_role(*roles: Role) -> Sequence[User]:
    """Return the enabled users of some roles."""
    return db.session.scalars(
        select(User).where(User.role.in_(roles), User.is_enabled).order_by(User.id)
    ).all()


def ticket_by_token(token: str, now: datetime, *kinds: TicketKind) -> Ticket | None:
    """Return a living link of some kinds, its user loaded; that of a disabled user is dead."""
    return db.session.scalar(
        select(Ticket)
        .outerjoin(Ticket.user)
        .options(contains_eager(Ticket.user))
        .where(
            Ticket.token_hash == hashed(token),
            Ticket.kind.in_(kinds),
            Ticket.used_at.is_(None),
            Ticket.expires_at > now,
            or_(User.is_enabled, Ticket.kind == TicketKind.FIRST_RUN),
        )
    )


def living_ticket(ticket_id: int, user_id: int, now: datetime) -> Ticket | None:
    """Return a user's link by its number, while it works."""
    return db.session.scalar(
        select(Ticket).where(
            Ticket.id == ticket_id,
            Ticket.user_id == user_id,
            Ticket.used_at.is_(None),
            Ticket.expires_at > now,
        )
    )


def newest_ticket_id() -> int:
    """Return the highest number that a link has; 0 when there is none."""
    return db.session.scalar(select(func.max(Ticket.id))) or 0


def tickets_to_send(now: datetime) -> list[tuple[Ticket, User]]:
    """Return the living links that a letter should carry, and to whom.

    Once a letter is queued under the link's number it is not queued again; a link that was used,
    replaced or ran out is no longer here, and neither is one whose user was disabled.
    """
    rows = db.session.execute(
        select(Ticket, User)
        .join(User, Ticket.user_id == User.id)
        .where(
            Ticket.wants_letter,
            Ticket.used_at.is_(None),
            Ticket.expires_at > now,
            User.is_enabled,
        )
        .order_by(Ticket.id)
    )
    return [(ticket, user) for ticket, user in rows]


def has_living_invitation(user_id: int, now: datetime) -> bool:
    """Tell whether a link to choose a first password is still open."""
    return bool(
        db.session.scalar(
            select(
                select(Ticket)
                .where(
                    Ticket.user_id == user_id,
                    Ticket.kind == TicketKind.INVITATION,
                    Ticket.used_at.is_(None),
                    Ticket.expires_at > now,
                )
                .exists()
            )
        )
    )


def living_sign_ins(user: User, now: datetime) -> list[SignIn]:
    """Return a user's sign-ins that still count, the last used first."""
    rows = db.session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return [
        row
        for row in rows
        if is_alive(
            role=user.role,
            is_kept=row.is_kept,
            started_at=row.started_at,
            seen_at=row.seen_at,
            now=now,
        )
    ]


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


def last_try(key_hash: str) -> int:
    """Return the number of the newest try of a hashed key; 0 when there is none."""
    return db.session.scalar(select(func.max(Attempt.id)).where(Attempt.key_hash == key_hash)) or 0
