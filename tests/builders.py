"""Builders with plain defaults; each adds one record and commits it."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import update

from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift, Standing, WeeklyShift
from hospice.shifts.rules.states import HOLDING, AssignmentState, Cadence
from hospice.volunteers.models import Clearance, Volunteer
from hospice.volunteers.rules import Experience

ZONE = "Asia/Shanghai"
# The stories play in a fixed week: Wednesday 25 November 2026, noon in Shanghai.
NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
SUNDAY = date(2026, 11, 29)

_numbers = itertools.count(1)


def real_now() -> datetime:
    """Return the real present, for sign-ins that must be alive."""
    return clock.now()


def save(record: Any) -> Any:
    """Add a record in a transaction of its own and return it, loaded."""
    with transaction():
        db.session.add(record)
        db.session.flush()
    db.session.refresh(record)
    return record


def hospice(**values: Any) -> Hospice:
    """Osmanthus House in Shanghai."""
    return save(
        Hospice(
            **{
                "id": 1,
                "name": "Osmanthus House Hospice",
                "timezone": ZONE,
                "locale": "en",
                "country": "CN",
                "office_phone": "021 5555 0142",
                "office_hours": "08:00–20:00",
                "created_at": NOW,
                **values,
            }
        )
    )


def user(name: str = "Cora Coates", role: Role = Role.COORDINATOR, **values: Any) -> User:
    """Someone who signs in: Cora, who coordinates."""
    email = name.split(maxsplit=1)[0].casefold() + f"{next(_numbers)}@example.org"
    return save(
        User(
            **{
                "email": email,
                "name": name,
                "role": role,
                "locale": "en",
                "created_at": NOW,
                **values,
            }
        )
    )


def cora(**values: Any) -> User:
    """Cora coordinates."""
    return user("Cora Coates", Role.COORDINATOR, **values)


def ada(**values: Any) -> User:
    """Ada administers."""
    return user("Ada Adler", Role.ADMINISTRATOR, **values)


def otto(**values: Any) -> User:
    """Otto is an outsider: a volunteer who is on none of the shifts."""
    made = user("Otto Olsen", Role.VOLUNTEER, **values)
    volunteer("Otto Olsen", user_id=made.id)
    return made


def place(name: str = "", **values: Any) -> Place:
    """A ward."""
    return save(
        Place(
            **{
                "name": name or f"Ward {next(_numbers)}",
                "second_name": "Garden",
                "timezone": ZONE,
                "phone": "021 5555 0161",
                "created_at": NOW,
                **values,
            }
        )
    )


def volunteer(name: str = "Vera Vance", *, places: Any = (), **values: Any) -> Volunteer:
    """An experienced, active volunteer, cleared for some places."""
    made = save(
        Volunteer(
            **{
                "legal_name": name,
                "preferred_name": name,
                "sort_key": name.casefold(),
                "search_key": name.casefold(),
                "locale": "en",
                "email": f"v{next(_numbers)}@example.org",
                "phone": "130 5555 0100",
                "experience": Experience.EXPERIENCED,
                "languages": [],
                "skills": [],
                "created_at": NOW,
                **values,
            }
        )
    )
    for cleared in places:
        save(Clearance(volunteer_id=made.id, place_id=cleared.id))
    db.session.refresh(made)
    return made


def vera(**values: Any) -> tuple[User, Volunteer]:
    """Vera volunteers: her user and her record."""
    account = user("Vera Vance", Role.VOLUNTEER)
    return account, volunteer("Vera Vance", user_id=account.id, email=account.email, **values)


def patient(name: str = "Mrs Wang", *, at: Place | None = None, **values: Any) -> Patient:
    """A patient in bed 3."""
    ward = at or place()
    return save(
        Patient(
            **{
                "preferred_name": name,
                "place_id": ward.id,
                "bed": "3",
                "languages": [],
                "massage_areas": [],
                "search_key": name.casefold(),
                "sort_key": name.casefold(),
                "created_at": NOW,
                **values,
            }
        )
    )


def weekly_shift(at: Place | None = None, **values: Any) -> WeeklyShift:
    """Sunday afternoons, 14:00 to 17:00, two people wanted."""
    return save(
        WeeklyShift(
            **{
                "place_id": (at or place()).id,
                "weekday": 6,
                "starts": time(14),
                "ends": time(17),
                "starts_on": date(2026, 1, 4),
                "minimum": 1,
                "wanted": 2,
                "created_at": NOW,
                **values,
            }
        )
    )


def standing(
    weekly: WeeklyShift, who: Volunteer, cadence: Cadence = Cadence.EVERY, **values: Any
) -> Standing:
    """A standing place."""
    return save(
        Standing(
            **{
                "weekly_shift_id": weekly.id,
                "volunteer_id": who.id,
                "cadence": cadence,
                "starts_on": weekly.starts_on,
                **values,
            }
        )
    )


def shift(
    at: Place | None = None,
    day: date = SUNDAY,
    *,
    starts: time = time(14),
    ends: time = time(17),
    **values: Any,
) -> Shift:
    """A shift next Sunday afternoon, two people wanted."""
    ward = at or place()
    starts_at, ends_at = clock.span(day, starts, ends, ward.timezone)
    return save(
        Shift(
            **{
                "place_id": ward.id,
                "local_day": day,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "minimum": 1,
                "wanted": 2,
                "created_at": NOW,
                **values,
            }
        )
    )


def assignment(
    on: Shift, who: Volunteer, state: AssignmentState = AssignmentState.CONFIRMED, **values: Any
) -> Assignment:
    """A volunteer on a shift; the shift's count of taken places follows."""
    made = save(
        Assignment(
            **{
                "shift_id": on.id,
                "volunteer_id": who.id,
                "state": state,
                "placed_at": NOW - timedelta(days=7),
                "accepted": [],
                **values,
            }
        )
    )
    if state in HOLDING:
        with transaction():
            db.session.execute(update(Shift).where(Shift.id == on.id).values(taken=Shift.taken + 1))
        db.session.refresh(on)
    return made
