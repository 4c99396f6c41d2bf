"""Making users, signing them in and out, and the single-use links that let them in."""

import secrets
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from hospice.accounts import queries
from hospice.accounts.models import Attempt, Hospice, SignIn, Ticket, User
from hospice.accounts.rules import (
    INVITATION_LASTS,
    RESET_LASTS,
    THROTTLE_WINDOW,
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    Role,
    TicketKind,
    is_kept_long,
    normal_email,
)
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused

_passwords = PasswordHash((Argon2Hasher(),))
# argon2 takes 64 MiB a hash: a burst of sign-ins must not exhaust a small machine.
_hashing = BoundedSemaphore(2)
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Vy0EBLVpDOmYoTRg3tMSZw$" + "A" * 43
_SEEN_EVERY = timedelta(minutes=1)


def cheapen_hashing() -> None:
    """Make hashes quick, for tests alone."""
    global _passwords, _NOBODY  # noqa: PLW0603
    _passwords = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    _NOBODY = _passwords.hash("nobody at all")


def hash_password(password: str) -> str:
    """Return the stored form of a password."""
    with _hashing:
        return _passwords.hash(password)


def is_password(password: str, stored_hash: str | None) -> bool:
    """Tell whether a password matches; takes as long when there is no such user."""
    with _hashing:
        try:
            matches = _passwords.verify(password, stored_hash or _NOBODY)
        except Exception:  # noqa: BLE001 - a damaged hash must not sign anyone in
            return False
    return matches and stored_hash is not None


def found_hospice(*, name: str, timezone: str, locale: str, now: datetime) -> Hospice:
    """Make the one hospice of this database; raise Refused when there is one."""
    made = Hospice(id=1, name=name, timezone=timezone, locale=locale, created_at=now)
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused([Objection("hospice_exists")]) from error
    return made


def add_user(
    *, email: str, name: str, role: Role, locale: str, now: datetime, password: str | None = None
) -> User:
    """Make a user, with a password or to be invited; raise Refused when the address is taken."""
    if queries.user_by_email(email) is not None:
        raise Refused([Objection("email_taken", field="email")])
    made = User(
        email=normal_email(email),
        name=name,
        role=role,
        locale=locale,
        created_at=now,
        password_hash=hash_password(password) if password else None,
    )
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused([Objection("email_taken", field="email")]) from error
    return made


def sign_in(user: User, *, is_kept: bool, device: str, now: datetime) -> str:
    """Start a sign-in and return its token, which is stored only hashed."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(
            token_hash=queries.hashed(token),
            user_id=user.id,
            is_kept=is_kept and is_kept_long(user.role),
            started_at=now,
            seen_at=now,
            device=device[:120],
        )
    )
    db.session.flush()
    user.sign_in_token = token
    return token


def see(sign_in: SignIn, now: datetime) -> bool:
    """Note that a sign-in is in use; at most once a minute, so that reading stays reading."""
    if now - sign_in.seen_at < _SEEN_EVERY:
        return False
    db.session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=now))
    return True


def sign_out(token: str, now: datetime) -> None:
    """End the sign-in of a token."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == queries.hashed(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def sign_out_everywhere(user: User, now: datetime, *, but: str | None = None) -> None:
    """End every sign-in of a user, but for the one whose token is given."""
    ending = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    if but:
        ending = ending.where(SignIn.token_hash != queries.hashed(but))
    db.session.execute(ending.values(ended_at=now))


def change_password(user: User, password: str, *, now: datetime, but: str | None = None) -> None:
    """Set a password and end every other sign-in and every link."""
    user.password_hash = hash_password(password)
    sign_out_everywhere(user, now, but=but)
    db.session.execute(
        update(Ticket)
        .where(Ticket.user_id == user.id, Ticket.used_at.is_(None))
        .values(used_at=now)
    )
    db.session.flush()


def change_role(user: User, role: Role, *, now: datetime) -> None:
    """Give a user another role; their sign-ins end at once."""
    _keep_an_administrator(user, role)
    user.role = role
    sign_out_everywhere(user, now)
    db.session.flush()


def enable(user: User, *, is_enabled: bool, now: datetime) -> None:
    """Let a user sign in, or no longer."""
    if not is_enabled:
        _keep_an_administrator(user, None)
        sign_out_everywhere(user, now)
    user.is_enabled = is_enabled
    db.session.flush()


def _keep_an_administrator(user: User, role: Role | None) -> None:
    if user.role is not Role.ADMINISTRATOR or role is Role.ADMINISTRATOR:
        return
    others = [u for u in queries.users_with_role(Role.ADMINISTRATOR) if u.id != user.id]
    if not others:
        raise Refused([Objection("last_administrator", field="role")])


def issue_ticket(kind: TicketKind, *, user: User | None, now: datetime) -> str:
    """Make a single-use link's token; an earlier one of the kind for this user ends."""
    earlier = update(Ticket).where(Ticket.kind == kind, Ticket.used_at.is_(None))
    earlier = earlier.where(Ticket.user_id.is_(None) if user is None else Ticket.user_id == user.id)
    db.session.execute(earlier.values(used_at=now))
    token = secrets.token_urlsafe(32)
    lasts = RESET_LASTS if kind is TicketKind.RESET else INVITATION_LASTS
    db.session.add(
        Ticket(
            kind=kind,
            token_hash=queries.hashed(token),
            user_id=user.id if user else None,
            created_at=now,
            expires_at=now + lasts,
        )
    )
    db.session.flush()
    return token


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


def is_throttled(*, account: str, address: str, now: datetime) -> bool:
    """Tell whether an account or an address was tried too often of late."""
    return (
        queries.tries(f"account:{normal_email(account)}", now) >= TRIES_PER_ACCOUNT
        or queries.tries(f"address:{address}", now) >= TRIES_PER_ADDRESS
    )


def count_try(*, account: str, address: str, now: datetime) -> None:
    """Count a failed try, and forget those outside the window."""
    db.session.execute(delete(Attempt).where(Attempt.tried_at < now - THROTTLE_WINDOW))
    for key in (f"account:{normal_email(account)}", f"address:{address}"):
        db.session.add(Attempt(key_hash=queries.hashed(key), tried_at=now))
    db.session.flush()


def forget_tries(account: str) -> None:
    """Forget an account's tries after it signed in."""
    key = queries.hashed(f"account:{normal_email(account)}")
    db.session.execute(delete(Attempt).where(Attempt.key_hash == key))
