"""Public holidays of the hospice's country, what was decided about them, and the shifts on them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from hospice.accounts.queries import hospice
from hospice.core.db import db
from hospice.places.models import Place
from hospice.places.queries import ORDER as PLACE_ORDER
from hospice.shifts.models import HolidayChoice, Shift
from hospice.shifts.rules.holidays import (
    Holiday,
    is_provisional,
    public_holidays,
    weekend_workdays,
)
from hospice.shifts.rules.states import ShiftState

WEEKS_AHEAD = 26


@dataclass(frozen=True)
class HolidayInfo:
    """A public holiday and what was decided about it."""

    day: date
    name_en: str
    name_zh: str
    is_extra: bool
    is_provisional: bool
    goes_ahead: bool | None = None  # None: nobody has decided yet

    def name(self, locale: str) -> str:
        """Return its name in a language of ours."""
        return self.name_zh if locale == "zh_Hans" else self.name_en


@dataclass(frozen=True)
class HolidayShifts:
    """A public holiday and the shifts on it."""

    info: HolidayInfo
    planned: list[Shift] = field(default_factory=list)
    cancelled: list[Shift] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """Return how many places on them belong to someone."""
        return sum(shift.taken for shift in self.planned)


def holidays_between(first: date, last: date) -> dict[date, HolidayInfo]:
    """Return the public holidays between two days, both included, with what was decided.

    The days of a country and year are worked out once a process; what was decided is asked anew
    each time, and only when there is a holiday: one statement at most.
    """
    days = _days(first, last)
    if not days:
        return {}
    decided = dict(
        db.session.execute(
            select(HolidayChoice.day, HolidayChoice.goes_ahead).where(
                HolidayChoice.day.between(first, last)
            )
        ).all()
    )
    country = _country()
    return {
        day: HolidayInfo(
            day,
            holiday.name_en,
            holiday.name_zh,
            holiday.is_extra,
            is_provisional(country, day.year),
            decided.get(day),
        )
        for day, holiday in days.items()
    }


def _days(first: date, last: date) -> dict[date, Holiday]:
    country = _country()
    found: dict[date, Holiday] = {}
    # The year after may begin with a holiday whose weekend lies in this one.
    for year in range(first.year, last.year + 2):
        for day, holiday in public_holidays(country, year).items() if country else ():
            if first <= day <= last:
                found.setdefault(day, holiday)
    return dict(sorted(found.items()))


def _country() -> str:
    found = hospice()
    return found.country if found else ""


def until(today: date) -> date:
    """Return the last day that is looked at."""
    return today + timedelta(weeks=WEEKS_AHEAD)


def undecided(today: date, now: datetime) -> list[HolidayInfo]:
    """Return the holidays ahead that have shifts and nobody has decided about, soonest first."""
    ahead = holidays_between(today, until(today))
    open_days = [day for day, info in ahead.items() if info.goes_ahead is None]
    if not open_days:
        return []
    with_shifts = set(
        db.session.scalars(
            select(Shift.local_day)
            .where(
                Shift.local_day.in_(open_days),
                Shift.state == ShiftState.PLANNED,
                Shift.starts_at > now,
            )
            .group_by(Shift.local_day)
        )
    )
    return [ahead[day] for day in open_days if day in with_shifts]


def with_shifts(today: date) -> list[HolidayShifts]:
    """Return the holidays ahead with the shifts on them; three statements."""
    ahead = holidays_between(today, until(today))
    planned: dict[date, list[Shift]] = defaultdict(list)
    cancelled: dict[date, list[Shift]] = defaultdict(list)
    for shift in shifts_on(list(ahead)):
        found = planned if shift.state is ShiftState.PLANNED else cancelled
        found[shift.local_day].append(shift)
    return [HolidayShifts(info, planned[day], cancelled[day]) for day, info in ahead.items()]


def shifts_on(days: Sequence[date], *, locking: bool = False) -> Sequence[Shift]:
    """Return every shift on some days, with its place, in the order of the board."""
    chosen = (
        select(Shift)
        .join(Place, Place.id == Shift.place_id)
        .where(Shift.local_day.in_(days))
        .options(contains_eager(Shift.place))
        .order_by(Shift.local_day, Shift.starts_at, *PLACE_ORDER, Shift.id)
    )
    if locking:
        chosen = chosen.with_for_update(of=Shift).execution_options(populate_existing=True)
    return db.session.scalars(chosen).all()


def choice(day: date) -> HolidayChoice | None:
    """Return what was decided about a day."""
    return db.session.scalar(select(HolidayChoice).where(HolidayChoice.day == day))


def workdays_between(first: date, last: date) -> list[date]:
    """Return the weekend days between two days on which people work instead of a day off."""
    country = _country()
    return [
        day
        for year in range(first.year, last.year + 1)
        for day in (weekend_workdays(country, year) if country else ())
        if first <= day <= last
    ]


def has_country() -> bool:
    """Tell whether the hospice has said in which country it is."""
    return bool(_country())


def count_planned(day: date, now: datetime) -> int:
    """Return how many shifts on a day are still to take place."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Shift)
            .where(
                Shift.local_day == day,
                Shift.state == ShiftState.PLANNED,
                Shift.starts_at > now,
            )
        )
        or 0
    )
