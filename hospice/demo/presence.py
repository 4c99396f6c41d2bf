"""Who came to the visits of the made-up year, the codes at the doors, and the talk afterwards."""

import random
from datetime import datetime, timedelta
from typing import Any

from hospice.attendance.models import Attendance, Debrief, Door, Wellbeing
from hospice.attendance.rules import Came, Feeling, How
from hospice.demo.rows import Rows
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.visits.models import VisitNote
from hospice.volunteers.models import Volunteer

_RECENT = timedelta(days=28)
_TALKED = (
    (
        "A quiet round. Two new volunteers stayed close to the experienced ones and felt safe.",
        "今天很平稳。两位新志愿者一直跟着有经验的同伴，心里踏实。",
    ),
    (
        "Everybody was moved by the singing in the day room. We took ten minutes together after.",
        "活动室里的歌声让大家都很感动。结束后我们一起坐了十分钟。",
    ),
    (
        "A heavy afternoon: someone we had visited since summer died on Friday.",
        "这个下午有些沉重：我们从夏天起陪伴的一位，周五去世了。",
    ),
)


def add(rows: Rows, seed: int) -> None:
    """Add what is known of the past; a chance of its own, so that nothing else moves."""
    chance = random.Random(f"{seed}:presence")
    shifts = {row["id"]: row for row in rows.of(Shift)}
    noted = {row["assignment_id"]: row for row in rows.of(VisitNote)}
    past = [
        one
        for one in rows.of(Assignment)
        if shifts[one["shift_id"]]["ends_at"] <= rows.now
        and shifts[one["shift_id"]]["state"] is ShiftState.PLANNED
        and one["state"] is AssignmentState.CONFIRMED
    ]
    for one in past:
        _came(rows, chance, one, shifts[one["shift_id"]], one["id"] in noted)
    for place in rows.of(Place):
        if place["kind"] is PlaceKind.WARD:
            code = f"{chance.getrandbits(96):024x}"
            rows.add(Door, place_id=place["id"], code=code, made_at=rows.now - timedelta(days=90))
    _talks(rows, past, shifts)


def _came(
    rows: Rows, chance: random.Random, one: dict[str, Any], shift: dict[str, Any], is_noted: bool
) -> None:
    starts, ends = shift["starts_at"], shift["ends_at"]
    is_recent = starts > rows.now - _RECENT
    early, late = chance.randint(-4, 9), chance.randint(-3, 12)
    how = chance.choice([How.SELF, How.SELF, How.DOOR, How.LEADER])
    if not is_noted:
        if is_recent:
            return  # still to be asked
        if chance.random() < 0.4:
            _row(rows, one, shift, Came.EXCUSED, None, None, How.COORDINATOR, rows.now)
            return
        how = How.COORDINATOR
    arrived, left = starts - timedelta(minutes=early), ends + timedelta(minutes=late)
    _row(rows, one, shift, Came.YES, arrived, min(left, rows.now), how, None)


def _row(
    rows: Rows,
    one: dict[str, Any],
    shift: dict[str, Any],
    came: Came,
    arrived: datetime | None,
    left: datetime | None,
    how: How,
    entered: datetime | None,
) -> None:
    by_id = 2 if how is How.COORDINATOR else None
    rows.add(
        Attendance,
        assignment_id=one["id"],
        shift_id=shift["id"],
        came=came,
        arrived_at=arrived,
        arrived_how=how if arrived else None,
        arrived_entered_at=arrived and (entered or arrived),
        arrived_by_id=by_id if arrived else None,
        left_at=left,
        left_how=how if left else None,
        left_entered_at=left and (entered or left),
        left_by_id=by_id if left else None,
        version=1,
    )


def _talks(rows: Rows, past: list[dict[str, Any]], shifts: dict[int, dict[str, Any]]) -> None:
    led = sorted(
        (one for one in past if one["is_leader"]),
        key=lambda one: (shifts[one["shift_id"]]["starts_at"], one["id"]),
    )
    for one, words in zip(reversed(led), _TALKED, strict=False):
        ends = shifts[one["shift_id"]]["ends_at"]
        rows.add(
            Debrief,
            shift_id=one["shift_id"],
            words=rows.say(*words),
            follow_up="",
            follow_up_on=None,
            written_at=min(ends + timedelta(minutes=25), rows.now),
            written_by_id=None,
            written_by=_name(rows, one["volunteer_id"]),
            version=1,
        )
    plain = [one for one in led if one["volunteer_id"] != led[-1]["volunteer_id"]]
    if plain:
        one = plain[-1]
        said = min(shifts[one["shift_id"]]["ends_at"] + timedelta(hours=3), rows.now)
        rows.add(
            Wellbeing,
            assignment_id=one["id"],
            volunteer_id=one["volunteer_id"],
            feeling=Feeling.TALK,
            words=rows.say(
                "I keep thinking of the goodbye on Sunday. A few minutes with you would help.",
                "周日的告别一直在我心里。想和您说几句话。",
            ),
            written_at=said,
            shared_at=said,
            talked_at=None,
            talked_by_id=None,
        )


def _name(rows: Rows, volunteer_id: int) -> str:
    return str(rows.of(Volunteer)[volunteer_id - 1]["preferred_name"])
