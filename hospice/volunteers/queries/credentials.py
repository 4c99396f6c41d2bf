"""What is asked about the papers and trainings of volunteers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.volunteers.models import Credential, Volunteer
from hospice.volunteers.rules import SOON_DAYS, CredentialKind, VolunteerState


@dataclass(frozen=True)
class Held:
    """A paper with an end, and how to reach whoever holds it."""

    credential_id: int
    kind: CredentialKind
    valid_until: date
    is_required: bool
    volunteer_id: int
    name: str
    address: str
    locale: str
    phone: str


def credentials(volunteer_id: int) -> Sequence[Credential]:
    """Return the papers of a volunteer that are kept, the first to run out first."""
    return db.session.scalars(
        select(Credential)
        .where(Credential.volunteer_id == volunteer_id, Credential.ended_at.is_(None))
        .order_by(Credential.valid_until.is_(None), Credential.valid_until, Credential.id)
    ).all()


def credential(volunteer_id: int, credential_id: int) -> Credential:
    """Return a paper of a volunteer that is kept, as the database has it now; raise Missing."""
    found = db.session.get(Credential, credential_id, populate_existing=True)
    if found is None or found.volunteer_id != volunteer_id or found.ended_at is not None:
        raise Missing
    return found


def ending_on(days: Sequence[date], *, limit: int = 2000) -> list[Held]:
    """Return the papers that run out on some days."""
    return _held(Credential.valid_until.in_(days), limit)


def held_among(credential_ids: Sequence[int]) -> list[Held]:
    """Return those of some papers that are still kept and have an end."""
    return _held(Credential.id.in_(credential_ids), len(credential_ids))


def soonest(today: date, *, limit: int = 6) -> list[Held]:
    """Return the papers that have run out or will within a month, the first to run out first."""
    return _held(Credential.valid_until < today + timedelta(days=SOON_DAYS), limit)


def _held(which: ColumnElement[bool], limit: int) -> list[Held]:
    rows = db.session.execute(
        select(
            Credential.id,
            Credential.kind,
            Credential.valid_until,
            Credential.is_required,
            Volunteer.id,
            Volunteer.preferred_name,
            # a volunteer who signs in can be reached where they sign in
            func.coalesce(func.nullif(Volunteer.email, ""), User.email, ""),
            Volunteer.locale,
            Volunteer.phone,
        )
        .join(Volunteer, Volunteer.id == Credential.volunteer_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .where(
            which,
            Credential.ended_at.is_(None),
            Credential.valid_until.is_not(None),
            Volunteer.state != VolunteerState.LEFT,
        )
        .order_by(Credential.valid_until, Credential.id)
        .limit(limit)
    )
    return [Held(*row) for row in rows]


def running_out(today: date) -> int:
    """Return how many papers have run out or will within a month; those of who left are not."""
    counted = (
        select(func.count())
        .select_from(Credential)
        .join(Volunteer, Volunteer.id == Credential.volunteer_id)
        .where(
            Credential.valid_until < today + timedelta(days=SOON_DAYS),
            Credential.ended_at.is_(None),
            Volunteer.state != VolunteerState.LEFT,
        )
    )
    return db.session.scalar(counted) or 0
