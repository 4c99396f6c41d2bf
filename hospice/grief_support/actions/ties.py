"""How a volunteer knows a patient or a family in their own life, so that they are asked first."""

from datetime import datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.models import SupportPlan
from hospice.grief_support.queries import ties as queries
from hospice.journal import actions as journal
from hospice.patients.models import Patient, Tie
from hospice.patients.rules import TieKind
from hospice.volunteers.models import Volunteer


def note(
    volunteer: Volunteer,
    patient: Patient,
    kind: TieKind,
    words: str,
    *,
    by: User,
    now: datetime,
) -> Tie:
    """Write down that a volunteer knows a patient; raise Refused when it is known already."""
    if queries.is_known(volunteer.id, patient.id):
        raise Refused([Objection("tie_known", field="patient_id")])
    made = Tie(
        volunteer_id=volunteer.id,
        patient_id=patient.id,
        kind=kind,
        words=words.strip(),
        entered_by_id=by.id,
        entered_at=now,
    )
    db.session.add(made)
    db.session.flush()
    # Whom they know is theirs; the journal says only that there is something to heed.
    journal.record("volunteer.tie", about=[("volunteer", volunteer.id)], by=by, now=now)
    return made


def end(tie: Tie, *, by: User, now: datetime) -> None:
    """Write down that it was a mistake, or is no longer so; twice changes nothing."""
    if tie.ended_at is not None:
        return
    tie.ended_at = now
    db.session.flush()
    journal.record("volunteer.tie_ended", about=[("volunteer", tie.volunteer_id)], by=by, now=now)


def check_stranger(
    plan: SupportPlan, user_id: int | None, *, before: int | None, accepting: str
) -> list[dict[str, object]]:
    """Refuse to give a family to someone who knows them privately, unless it is said why.

    Whoever had it `before` keeps it. Return what was passed, and why, for the journal;
    `plan.kinship` is loaded.
    """
    if user_id == before or not queries.knows_family(user_id, plan.kinship.patient_id):
        return []
    if not accepting.strip():
        raise Refused([Objection("knows_family", hard=False, field="accepting")])
    return [{"kind": "knows_family", "reason": accepting.strip()}]
