"""The links by which a volunteer answers for one shift without signing in."""

import base64
import hashlib
import hmac
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from hospice.accounts.models import Attempt, User
from hospice.accounts.queries import hashed, tries
from hospice.accounts.rules import THROTTLE_WINDOW
from hospice.core.db import db
from hospice.journal import actions as journal
from hospice.shifts.actions.placing import where
from hospice.shifts.models import AnswerLink, Assignment
from hospice.shifts.queries import mine
from hospice.shifts.rules.states import AssignmentState

# A ward full of volunteers shares one address, and a mail program may shorten a link.
TRIES_PER_ADDRESS = 50
_BYTES = 24  # 192 bits: nobody guesses one, and it fits the line of a text message


def token_for(shift_id: int, volunteer_id: int, secret: str) -> str:
    """Return the token of one volunteer for one shift; the same every time it is asked for."""
    said = f"answer-link:1:{shift_id}:{volunteer_id}".encode()
    digest = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode()


def issue(shift_id: int, volunteer_id: int, now: datetime, *, secret: str) -> str:
    """Make the link work and return its token; saying it again changes nothing.

    Only the hash is kept, so that a copy of the database answers for nobody.
    """
    token = token_for(shift_id, volunteer_id, secret)
    if mine.is_issued(token):
        return token
    try:
        with db.session.begin_nested():
            db.session.add(
                AnswerLink(
                    token_hash=hashed(token),
                    shift_id=shift_id,
                    volunteer_id=volunteer_id,
                    made_at=now,
                )
            )
    except IntegrityError:
        pass  # another process was quicker with the same link
    return token


def give_reason(assignment: Assignment, reason: str, *, by: User | None, now: datetime) -> None:
    """Keep why someone cannot come, said after they said so; nothing said changes nothing.

    `assignment.shift.place` and `.volunteer` are loaded.
    """
    if assignment.state is not AssignmentState.DECLINED or reason in {"", assignment.reason}:
        return
    assignment.reason = reason
    db.session.flush()
    name = assignment.volunteer.preferred_name
    journal.record(
        "shift.declined",
        about=[("shift", assignment.shift_id), ("volunteer", assignment.volunteer_id)],
        by=by,
        who=None if by else name,
        now=now,
        name=name,
        reason=reason,
        **where(assignment.shift),
    )


def is_throttled(address: str, now: datetime) -> bool:
    """Tell whether an address tried too many unknown links of late."""
    return tries(_key(address), now) >= TRIES_PER_ADDRESS


def count_unknown(address: str, now: datetime) -> None:
    """Count an unknown link tried from an address."""
    db.session.execute(delete(Attempt).where(Attempt.tried_at < now - THROTTLE_WINDOW))
    db.session.add(Attempt(key_hash=hashed(_key(address)), tried_at=now))
    db.session.flush()


def _key(address: str) -> str:
    return f"answer-link:{address}"
