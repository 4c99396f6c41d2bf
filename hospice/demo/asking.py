"""Volunteers who asked for a place, and those who were asked when someone could not come."""

from datetime import time, timedelta
from random import Random
from typing import Any

from hospice.core import clock
from hospice.demo.rows import ZONE, Rows
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Claim, Offer, Shift, WeeklyShift
from hospice.shifts.rules.claims import answer_by
from hospice.shifts.rules.states import AssignmentState, ClaimState, OfferState, ShiftState
from hospice.volunteers.models import Clearance, Volunteer
from hospice.volunteers.rules import VolunteerState

WEDNESDAY, SATURDAY = 2, 5
_WISHES = 2
_SHARED = set(Shift.__table__.columns.keys()) - {"id", "wanted", "created_at", "version"}
_ASKED = (OfferState.DECLINED, OfferState.OPEN, OfferState.OPEN)


def add(rows: Rows, seed: int) -> None:
    """Let one ward say yes before anyone takes a place, and ask for cover where it is needed."""
    chance = Random(seed)
    ward = rows.of(Place)[0]
    weekly = next(
        one
        for one in rows.of(WeeklyShift)
        if one["place_id"] == ward["id"] and one["weekday"] == WEDNESDAY
    )
    weekly["needs_approval"] = True
    _extra_afternoons(rows, weekly)
    made = 0
    for shift in rows.of(Shift):
        if shift["weekly_shift_id"] != weekly["id"]:
            continue
        shift["needs_approval"] = True
        if made < _WISHES and _is_open(shift, rows):
            made += _wish(rows, shift, chance, made)
    _ask_for_cover(rows, chance)


def _extra_afternoons(rows: Rows, like: dict[str, Any]) -> None:
    """Add three Saturdays that nobody has yet, and let Lin Yue have time for one more."""
    rows.of(Volunteer)[0].update(preferred_a_month=6, maximum_a_month=8)
    saturday = rows.today + timedelta(days=(SATURDAY - rows.today.weekday()) % 7 + 7)
    for week in range(3):
        day = saturday + timedelta(weeks=week)
        starts_at, ends_at = clock.span(day, time(14), time(16), ZONE)
        rows.add(
            Shift,
            **{name: like[name] for name in like.keys() & _SHARED},
            wanted=2,
            weekly_shift_id=None,
            occurrence_on=None,
            local_day=day,
            starts_at=starts_at,
            ends_at=ends_at,
            taken=0,
            state=ShiftState.PLANNED,
            cancel_reason="",
            created_at=rows.now - timedelta(days=2),
            version=1,
        )
        rows.of(Shift)[-1].update(needs_approval=week == 1)


def _wish(rows: Rows, shift: dict[str, Any], chance: Random, number: int) -> int:
    people = _free(rows, shift)
    if not people:
        return 0
    asked = rows.now - timedelta(hours=2 + 3 * number, minutes=chance.randint(0, 50))
    rows.add(
        Claim,
        shift_id=shift["id"],
        volunteer_id=chance.choice(people),
        state=ClaimState.ASKED,
        asked_at=asked,
        asked_times=1,
        answer_by=answer_by(asked, shift["starts_at"], ZONE),
        answered_at=None,
        answered_by_id=None,
    )
    return 1


def _ask_for_cover(rows: Rows, chance: Random) -> None:
    """Ask the right few for each place of someone who can't come, as the app does by itself."""
    shifts = {shift["id"]: shift for shift in rows.of(Shift)}
    for gone in rows.of(Assignment):
        shift = shifts[gone["shift_id"]]
        if gone["state"] is not AssignmentState.DECLINED or not _is_open(shift, rows):
            continue
        people = _free(rows, shift)
        chance.shuffle(people)
        asked = gone["answered_at"] + timedelta(minutes=1)
        for volunteer_id, state in zip(people, _ASKED, strict=False):
            rows.add(
                Offer,
                shift_id=shift["id"],
                volunteer_id=volunteer_id,
                state=state,
                asked_at=asked,
                asked_times=1,
                asked_by_id=None,
                answered_at=asked + timedelta(minutes=47) if state is OfferState.DECLINED else None,
                accepted=[],
                is_automatic=True,
                suggested_by_id=None,
            )


def _is_open(shift: dict[str, Any], rows: Rows) -> bool:
    return bool(
        shift["starts_at"] > rows.now
        and shift["state"] is ShiftState.PLANNED
        and shift["taken"] < shift["wanted"]
    )


def _free(rows: Rows, shift: dict[str, Any]) -> list[int]:
    """Return who is cleared and on no shift that day; not those who sign in to the demo."""
    day = shift["local_day"]
    days = {one["id"]: one["local_day"] for one in rows.of(Shift)}
    busy = {one["volunteer_id"] for one in rows.of(Assignment) if days[one["shift_id"]] == day}
    cleared = {
        one["volunteer_id"]
        for one in rows.of(Clearance)
        if one["place_id"] == shift["place_id"] and one["expires_on"] >= day
    }
    return [
        one["id"]
        for one in rows.of(Volunteer)
        if one["state"] is VolunteerState.ACTIVE
        and one.get("user_id") is None
        and one["id"] in cleared
        and one["id"] not in busy
    ]
