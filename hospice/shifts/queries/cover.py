"""Who is asked when someone can't come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.patients.rules import is_visited
from hospice.reminders.queries import wishes as messages
from hospice.shifts.models import Claim, Offer, Shift
from hospice.shifts.queries.candidates import Candidate, people_who_fit
from hospice.shifts.rules.placing import Level
from hospice.shifts.rules.states import ClaimState
from hospice.volunteers.models import Volunteer

# Everyone is looked at: whoever was asked last of all may be the last of a long list.
ALL = 400
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Asker:
    """Who asked someone to take a place; the app itself is neither."""

    asked_by: str
    suggested_by: str


def askers(shift_id: int) -> dict[int, Asker]:
    """Return, by question, who asked about a shift."""
    giver = aliased(Volunteer)
    rows = db.session.execute(
        select(Offer.id, User.name, giver.preferred_name)
        .outerjoin(User, User.id == Offer.asked_by_id)
        .outerjoin(giver, giver.id == Offer.suggested_by_id)
        .where(Offer.shift_id == shift_id)
    )
    return {row[0]: Asker(row[1] or "", row[2] or "") for row in rows}


def takes_visits(shift: Shift) -> bool:
    """Tell whether the patient of a visit is still visited; a ward's shift always is."""
    if shift.patient_id is None:
        return True
    state = db.session.scalar(select(Patient.state).where(Patient.id == shift.patient_id))
    return state is not None and is_visited(state)


def right_few(shift: Shift, now: datetime, *, limit: int) -> list[Candidate]:
    """Return whom to ask next: nothing against them, not asked yet, never who said no.

    Least recently asked first, and the best fitting among those never asked; nobody who wants no
    such message, for that is a coordinator's to say on the phone. `shift.place` is loaded.
    """
    found = willing(shift, now)
    unasked = messages.unasked(one.volunteer_id for one in found)
    found = [one for one in found if one.volunteer_id not in unasked]
    asked = last_asked([one.volunteer_id for one in found])
    found.sort(key=lambda one: asked.get(one.volunteer_id, _NEVER))
    return found[:limit]


def willing(shift: Shift, now: datetime, *, with_asked: bool = False) -> list[Candidate]:
    """Return those who could be asked, best first; `with_asked` those too who are asked already."""
    wishing = set(
        db.session.scalars(
            select(Claim.volunteer_id).where(
                Claim.shift_id == shift.id, Claim.state == ClaimState.ASKED
            )
        )
    )
    return [
        one
        for one in people_who_fit(shift, now, limit=ALL)
        if one.verdict.level is Level.OK
        and (with_asked or not one.is_asked)
        and not one.said_no
        and one.volunteer_id not in wishing
    ]


def last_asked(volunteer_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when volunteers were last asked to take a place, on whichever shift."""
    if not volunteer_ids:
        return {}
    rows = db.session.execute(
        select(Offer.volunteer_id, func.max(Offer.asked_at))
        .where(Offer.volunteer_id.in_(volunteer_ids))
        .group_by(Offer.volunteer_id)
    )
    return {row[0]: row[1] for row in rows}


__all__ = ["Asker", "askers", "last_asked", "right_few", "takes_visits", "willing"]
