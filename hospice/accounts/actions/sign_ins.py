"""Signing in and out, and counting the tries."""

import secrets
from datetime import datetime

from sqlalchemy import delete, update

from hospice.accounts import queries
from hospice.accounts.models import Attempt, SignIn, User
from hospice.accounts.rules import (
    LIMITS,
    SEEN_EVERY,
    THROTTLE_WINDOW,
    Door,
    device_name,
    is_kept_long,
    normal_email,
)
from hospice.core.db import db
from hospice.core.errors import Missing


def sign_in(user: User, *, is_kept: bool, device: str, now: datetime) -> str:
    """Start a sign-in and return its token, which is stored only hashed.

    `device` is what the browser says it is (its user agent).
    """
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(
            token_hash=queries.hashed(token),
            user_id=user.id,
            is_kept=is_kept and is_kept_long(user.role),
            started_at=now,
            seen_at=now,
            device=device_name(device),
        )
    )
    db.session.flush()
    user.sign_in_token = token
    return token


def is_to_be_seen(sign_in: SignIn, now: datetime) -> bool:
    """Tell whether to note that a sign-in is in use: once a minute, so that reading stays reading."""
    return now - sign_in.seen_at >= SEEN_EVERY


def see(sign_in: SignIn, now: datetime) -> None:
    """Note that a sign-in is in use."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=now))


def sign_out(token: str, now: datetime) -> None:
    """End the sign-in of a token."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == queries.hashed(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sign_in(user: User, sign_in_id: int, *, now: datetime) -> None:
    """End one of a user's sign-ins; raise Missing when it is not theirs."""
    ended = db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.user_id == user.id)
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Missing


def sign_out_everywhere(user: User, now: datetime, *, but: str | None = None) -> None:
    """End every sign-in of a user, but for the one whose token is given."""
    ending = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    if but:
        ending = ending.where(SignIn.token_hash != queries.hashed(but))
    db.session.execute(ending.values(ended_at=now))


def count_try(door: Door, *, account: str, address: str, now: datetime) -> bool:
    """Count a try at a door; return False, and count nothing, when there were too many.

    Counted before the secret is looked at, so that parallel tries cannot slip through, and in the
    database, so that all processes count together. What lies outside the window is forgotten.
    """
    limit = LIMITS[door]
    db.session.execute(delete(Attempt).where(Attempt.tried_at < now - THROTTLE_WINDOW))
    keys = _keys(door, account, address)
    shares = zip(keys, (limit.per_account, limit.per_address), strict=True)
    if any(queries.tries(key, now) >= share for key, share in shares):
        return False
    for key in keys:
        db.session.add(Attempt(key_hash=queries.hashed(key), tried_at=now))
    db.session.flush()
    return True


def forget_tries(door: Door, *, account: str, address: str) -> None:
    """Forget an account's tries, and the last from an address, after a good one."""
    by_account, by_address = (queries.hashed(key) for key in _keys(door, account, address))
    db.session.execute(delete(Attempt).where(Attempt.key_hash == by_account))
    db.session.execute(delete(Attempt).where(Attempt.id == queries.last_try(by_address)))


def _keys(door: Door, account: str, address: str) -> tuple[str, str]:
    return f"{door}:account:{normal_email(account)}", f"{door}:address:{address}"
