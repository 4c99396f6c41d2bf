"""Volunteers who wait for a place on a full shift, and some who would swap theirs."""

from datetime import timedelta
from random import Random
from typing import Any

from hospice.core import clock
from hospice.demo.rows import ZONE, Rows
from hospice.shifts.models import Assignment, Shift, Swap, SwapAsk, WaitingPlace
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import (
    HOLDING,
    ShiftState,
    SwapAskState,
    SwapState,
    WaitingState,
)
from hospice.volunteers.models import Availability, Away, Clearance, Volunteer
from hospice.volunteers.rules import VolunteerState, day_part

_LIN = 1


def add(rows: Rows, seed: int) -> None:
    """Let Lin Yue wait for one place, be offered another, and be part of two swaps."""
    chance = Random(seed + 7)
    for shift in rows.of(Shift):
        shift.setdefault("held", 0)
    ahead = [
        one
        for one in rows.of(Shift)
        if one["starts_at"] > rows.now + timedelta(days=6)
        and one["starts_at"] < rows.now + timedelta(days=50)
        and one["state"] is ShiftState.PLANNED
        and one["patient_id"] is None
    ]
    full = [one for one in ahead if one["taken"] == one["wanted"] and _fits(rows, _LIN, one)]
    if full:
        _wait(rows, full[0], chance)
    _keep_one(rows, [one for one in ahead if one not in full], chance)
    _swap(rows, ahead, chance, giver=_LIN, asks_lin=False)
    for other in rows.of(Volunteer)[1:]:
        if _swap(rows, ahead, chance, giver=other["id"], asks_lin=True):
            break


def _wait(rows: Rows, shift: dict[str, Any], chance: Random) -> None:
    """Let two people wait for a full shift, Lin Yue as the second."""
    others = [one for one in _fitting(rows, shift) if one != _LIN]
    for number, volunteer_id in enumerate([*chance.sample(others, min(1, len(others))), _LIN]):
        _entry(rows, shift, volunteer_id, WaitingState.WAITING, hours=30 - number * 9)


def _keep_one(rows: Rows, shifts: list[dict[str, Any]], chance: Random) -> None:
    """Keep a free place for Lin Yue, with someone waiting behind her."""
    for shift in reversed(shifts):
        free = shift["wanted"] - shift["taken"]
        if free < 1 or not _fits(rows, _LIN, shift) or shift.get("needs_approval"):
            continue
        shift["held"] = 1
        _entry(rows, shift, _LIN, WaitingState.OFFERED, hours=40)
        behind = [one for one in _fitting(rows, shift) if one != _LIN]
        for volunteer_id in chance.sample(behind, min(1, len(behind))):
            _entry(rows, shift, volunteer_id, WaitingState.WAITING, hours=20)
        return


def _entry(
    rows: Rows, shift: dict[str, Any], volunteer_id: int, state: WaitingState, *, hours: int
) -> None:
    is_kept = state is WaitingState.OFFERED
    rows.add(
        WaitingPlace,
        shift_id=shift["id"],
        volunteer_id=volunteer_id,
        state=state,
        joined_at=rows.now - timedelta(hours=hours),
        offered_at=rows.now - timedelta(hours=2) if is_kept else None,
        offered_times=int(is_kept),
        answer_by=rows.now + timedelta(hours=22) if is_kept else None,
        settled_at=None,
    )


def _swap(
    rows: Rows, ahead: list[dict[str, Any]], chance: Random, *, giver: int, asks_lin: bool
) -> bool:
    """Let somebody offer a place to come to two or three others; tell whether there was one."""
    by_id = {one["id"]: one for one in ahead}
    for place in rows.of(Assignment):
        shift = by_id.get(place["shift_id"])
        if shift is None or place["volunteer_id"] != giver or place["state"] not in COMING:
            continue
        fitting = [one for one in _fitting(rows, shift) if one not in {giver, _LIN}]
        if len(fitting) < 2 or (asks_lin and not _fits(rows, _LIN, shift)):
            continue
        asked = [*chance.sample(fitting, 2), *([_LIN] if asks_lin else [])]
        made = rows.add(
            Swap,
            assignment_id=place["id"],
            state=SwapState.OPEN,
            is_for_all=True,
            made_at=rows.now - timedelta(hours=5),
            made_by_id=None,
            settled_at=None,
        )
        for number, volunteer_id in enumerate(asked):
            says_no = number == 0
            rows.add(
                SwapAsk,
                swap_id=made["id"],
                volunteer_id=volunteer_id,
                state=SwapAskState.DECLINED if says_no else SwapAskState.ASKED,
                in_return_id=None,
                answered_at=rows.now - timedelta(hours=3) if says_no else None,
            )
        return True
    return False


def _fitting(rows: Rows, shift: dict[str, Any]) -> list[int]:
    return [
        one["id"]
        for one in rows.of(Volunteer)
        if one["state"] is VolunteerState.ACTIVE and _fits(rows, one["id"], shift)
    ]


def _fits(rows: Rows, volunteer_id: int, shift: dict[str, Any]) -> bool:
    """Tell whether someone is cleared there, usually free, not away, and on no shift that day."""
    day = shift["local_day"]
    part = (day.weekday(), day_part(clock.local(shift["starts_at"], ZONE).time()))
    same_day = {one["id"] for one in rows.of(Shift) if one["local_day"] == day}
    return (
        any(
            one["volunteer_id"] == volunteer_id
            and one["place_id"] == shift["place_id"]
            and one["expires_on"] >= day
            for one in rows.of(Clearance)
        )
        and any(
            one["volunteer_id"] == volunteer_id and (one["weekday"], one["part"]) == part
            for one in rows.of(Availability)
        )
        and not any(
            one["volunteer_id"] == volunteer_id and one["starts_on"] <= day <= one["ends_on"]
            for one in rows.of(Away)
        )
        and not any(
            one["volunteer_id"] == volunteer_id
            and one["shift_id"] in same_day
            and (one["state"] in HOLDING or one["shift_id"] == shift["id"])
            for one in rows.of(Assignment)
        )
    )
