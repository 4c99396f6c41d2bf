"""Taking someone off a family, because they never belonged to it or wish so, and putting them back."""

from datetime import date, datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import plans
from hospice.grief_support.models import Kinship
from hospice.journal import actions as journal


def take_off(kinship: Kinship, *, reason: str, keeps_plan: bool, by: User, now: datetime) -> None:
    """Take someone off a patient's family, with the reason; twice changes nothing. Raise Refused.

    What was done stays written. Their plan for this loss is closed, unless they wish to hear from
    us all the same. `kinship.kin` and `.patient` are loaded.
    """
    if kinship.ended_at is not None:
        return
    if not reason.strip():
        raise Refused([Objection("no_reason", field="reason")])
    kinship.ended_at, kinship.ended_by_id, kinship.ended_reason = now, by.id, reason.strip()
    kinship.is_key_contact = kinship.is_decision_maker = False
    db.session.flush()
    if not keeps_plan:
        plans.close_of(kinship, reason=reason.strip(), by=by, now=now)
    _record("kin.taken_off", kinship, by=by, now=now, reason=reason.strip())


def put_back(kinship: Kinship, *, by: User, now: datetime, today: date) -> None:
    """Put someone back who was taken off by mistake; twice changes nothing."""
    if kinship.ended_at is None:
        return
    kinship.ended_at, kinship.ended_by_id, kinship.ended_reason = None, None, ""
    db.session.flush()
    _record("kin.put_back", kinship, by=by, now=now)
    plans.draft_later(kinship.patient_id, by=by, now=now, today=today)


def _record(verb: str, kinship: Kinship, *, by: User, now: datetime, **facts: str) -> None:
    journal.record(
        verb,
        about=[("kin", kinship.kin_id), ("patient", kinship.patient_id)],
        by=by,
        now=now,
        name=kinship.kin.name,
        **facts,
    )


__all__ = ["put_back", "take_off"]
