"""A year of shifts behind the made-up hospice and half a year before it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from hospice.core import clock
from hospice.demo.rows import ZONE, Rows
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, Standing, WeeklyShift
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    Cadence,
    Category,
    ShiftState,
    ToldKind,
)
from hospice.volunteers.models import Away, Clearance, Volunteer
from hospice.volunteers.rules import VolunteerState

WEEKS_BEHIND = 52
WEEKS_AHEAD = 26
PUBLISHED_WEEKS = 6
SUNDAY, WEDNESDAY, FRIDAY = 6, 2, 4

_NEEDS: dict[str, Any] = {
    "minimum": 1,
    "needs_leader": False,
    "needs_language": "",
    "needs_gender": None,
    "needs_skill": "",
    "pairs_trainees": True,
    "needs_approval": False,
    "briefing": "",
    "category": Category.DIRECT,
}


def add(rows: Rows) -> None:
    """Add weekly shifts, their dated shifts, and who is on each."""
    people = _People(rows)
    for place in rows.of(Place):
        for weekly in _weekly_shifts(rows, place):
            standing = _add_standing(rows, people, weekly)
            _add_shifts(rows, people, weekly, standing)


def _weekly_shifts(rows: Rows, place: dict[str, Any]) -> list[dict[str, Any]]:
    first = rows.today - timedelta(weeks=WEEKS_BEHIND + 1)
    plain = {
        **_NEEDS,
        "place_id": place["id"],
        "patient_id": None,
        "starts_on": first,
        "ends_on": None,
        "created_at": rows.now - timedelta(days=385),
        "version": 1,
    }
    is_home = place["kind"] is PlaceKind.HOME
    sunday = {
        "weekday": SUNDAY,
        "starts": time(14),
        "ends": time(17),
        "wanted": 2 if is_home else 3,
        "minimum": 1 if is_home else 2,
        "needs_leader": not is_home,
        "briefing": ""
        if is_home
        else rows.say(
            "Meet at the nurses’ desk at 13:50. Tea round at 15:30.",
            "13:50在护士站集合。15:30送茶。",
        ),
    }
    if place["position"] % 3 == 1:
        sunday["needs_language"] = "shanghainese"
    found = [rows.add(WeeklyShift, **{**plain, **sunday})]
    if is_home:
        patient = next((p for p in rows.of(Patient) if p["place_id"] == place["id"]), None)
        visit = {
            "weekday": FRIDAY,
            "starts": time(10),
            "ends": time(11, 30),
            "wanted": 1,
            "patient_id": patient["id"] if patient else None,
        }
        return [*found, rows.add(WeeklyShift, **{**plain, **visit})]
    middle = {"weekday": WEDNESDAY, "starts": time(10), "ends": time(12), "wanted": 2}
    return [*found, rows.add(WeeklyShift, **{**plain, **middle})]


class _People:
    """Who may go where, and where they already are."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.by_place: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.busy: dict[tuple[int, date], bool] = {}
        self.away: dict[int, list[tuple[date, date]]] = defaultdict(list)
        for one in rows.of(Away):
            self.away[one["volunteer_id"]].append((one["starts_on"], one["ends_on"]))
        volunteers = {v["id"]: v for v in rows.of(Volunteer)}
        for one in rows.of(Clearance):
            volunteer = volunteers[one["volunteer_id"]]
            expired = one["expires_on"] < rows.today
            if volunteer["state"] is VolunteerState.ACTIVE and not expired:
                self.by_place[one["place_id"]].append(volunteer)
        self.patients: dict[int, list[int]] = defaultdict(list)
        for one in rows.of(Patient):
            if one["state"] is PatientState.ACTIVE:
                self.patients[one["place_id"]].append(one["id"])

    def free(self, volunteer_id: int, day: date) -> bool:
        """Tell whether someone can come on a day."""
        if self.busy.get((volunteer_id, day)):
            return False
        return not any(first <= day <= last for first, last in self.away[volunteer_id])


def _add_standing(rows: Rows, people: _People, weekly: dict[str, Any]) -> list[dict[str, Any]]:
    pool = people.by_place[weekly["place_id"]]
    if weekly["weekday"] == SUNDAY:
        # Leaders first, so that every Sunday has one.
        pool = sorted(pool, key=lambda v: not v["is_leader"])
        plan = [(Cadence.EVERY, True), (Cadence.EVERY, False), (Cadence.ALTERNATE, False)]
    else:
        pool = pool[::-1]
        plan = [(Cadence.EVERY, False)]
    return [
        rows.add(
            Standing,
            weekly_shift_id=weekly["id"],
            volunteer_id=volunteer["id"],
            cadence=cadence,
            is_leader=is_leader and volunteer["is_leader"],
            starts_on=weekly["starts_on"],
            ends_on=None,
        )
        for volunteer, (cadence, is_leader) in zip(pool, plan, strict=False)
    ]


def _add_shifts(
    rows: Rows, people: _People, weekly: dict[str, Any], standing: Sequence[dict[str, Any]]
) -> None:
    ahead = (weekly["weekday"] - rows.today.weekday()) % 7
    coming = rows.today + timedelta(days=ahead)
    for week in range(-WEEKS_BEHIND, WEEKS_AHEAD):
        day = coming + timedelta(weeks=week)
        starts_at, ends_at = clock.span(day, weekly["starts"], weekly["ends"], ZONE)
        shared = {name: weekly[name] for name in (*_NEEDS, "wanted", "place_id", "patient_id")}
        shift = rows.add(
            Shift,
            **shared,
            weekly_shift_id=weekly["id"],
            occurrence_on=day,
            local_day=day,
            starts_at=starts_at,
            ends_at=ends_at,
            taken=0,
            state=ShiftState.PLANNED,
            cancel_reason="",
            created_at=rows.now - timedelta(days=380),
            version=1,
        )
        _people_a_shift(rows, people, shift, standing, week)


def _people_a_shift(
    rows: Rows,
    people: _People,
    shift: dict[str, Any],
    standing: Sequence[dict[str, Any]],
    week: int,
) -> None:
    day, chance = shift["local_day"], rows.chance
    leaders = {one["volunteer_id"] for one in standing if one["is_leader"]}
    chosen = [
        one["volunteer_id"]
        for one in standing
        if people.free(one["volunteer_id"], day)
        and (one["cadence"] is Cadence.EVERY or (day - one["starts_on"]).days // 7 % 2 == 0)
    ]
    over = shift["ends_at"] <= rows.now
    if week < PUBLISHED_WEEKS:
        pool = [v["id"] for v in people.by_place[shift["place_id"]]]
        chance.shuffle(pool)
        chosen += [v for v in pool if v not in chosen and people.free(v, day)]
    room = shift["wanted"]
    if over and chance.random() < 0.12:
        room -= 1
    if not over and week >= 1:
        room -= 1 if chance.random() < 0.4 else 0
    is_next_sunday = week == 0 and day.weekday() == SUNDAY and not over
    if is_next_sunday and shift["place_id"] % 3 == 2:
        room -= 1  # the place that nobody has yet, beside the drop-out
    for volunteer_id in chosen[: max(room, 0)]:
        state = _state(rows, week, volunteer_id, over=over)
        _add_assignment(rows, people, shift, volunteer_id, state, is_leader=volunteer_id in leaders)
    if is_next_sunday and shift["place_id"] % 3 == 2:
        _drop_out(rows, shift)


def _state(rows: Rows, week: int, volunteer_id: int, *, over: bool) -> AssignmentState:
    if over:
        return AssignmentState.CONFIRMED
    if week < 1:
        # The volunteer whom the demo signs in has one to answer.
        return AssignmentState.WAITING if volunteer_id == 1 else AssignmentState.CONFIRMED
    if week >= PUBLISHED_WEEKS:
        return AssignmentState.DRAFT
    weights = {1: (8, 2, 0), 2: (6, 3, 1)}.get(week, (5, 2, 3))
    states = (AssignmentState.CONFIRMED, AssignmentState.WAITING, AssignmentState.DRAFT)
    return rows.chance.choices(states, weights)[0]


def _add_assignment(
    rows: Rows,
    people: _People,
    shift: dict[str, Any],
    volunteer_id: int,
    state: AssignmentState,
    *,
    is_leader: bool,
) -> dict[str, Any]:
    placed = min(shift["starts_at"] - timedelta(days=20), rows.now - timedelta(days=4))
    told = state is not AssignmentState.DRAFT
    answered = state is AssignmentState.CONFIRMED
    made = rows.add(
        Assignment,
        shift_id=shift["id"],
        volunteer_id=volunteer_id,
        state=state,
        is_leader=is_leader,
        placed_at=placed,
        placed_by_id=2,
        accepted=[],
        answered_at=placed + timedelta(hours=9) if answered else None,
        answered_by=AnsweredBy.LINK if answered else None,
        reason="",
        covered_by_id=None,
        told_kind=ToldKind.NEW if told else None,
        told_at=placed + timedelta(minutes=20) if told else None,
        told_times=1 if told else 0,
        told_starts_at=shift["starts_at"] if told else None,
        told_ends_at=shift["ends_at"] if told else None,
        told_place_id=shift["place_id"] if told else None,
    )
    shift["taken"] += 1
    people.busy[(volunteer_id, shift["local_day"])] = True
    beds = people.patients[shift["place_id"]]
    recent = shift["starts_at"] > rows.now - timedelta(days=120)
    if beds and shift["patient_id"] is None and recent:
        rows.add(
            AssignmentPatient,
            assignment_id=made["id"],
            patient_id=beds[(volunteer_id + shift["place_id"]) % len(beds)],
        )
    return made


def _drop_out(rows: Rows, shift: dict[str, Any]) -> None:
    """Let the last one on the shift say that they can't come."""
    last = rows.of(Assignment)[-1]
    if last["shift_id"] != shift["id"]:
        return
    last.update(
        state=AssignmentState.DECLINED,
        answered_at=rows.now - timedelta(hours=3),
        answered_by=AnsweredBy.LINK,
        is_leader=False,
        reason=rows.say("Family visit.", "家里来人。"),
    )
    shift["taken"] -= 1
