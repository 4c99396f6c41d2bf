"""Who may be placed and why, and what the places of a shift show; no database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospice.shifts.rules.board import Person, slots
from hospice.shifts.rules.placing import (
    Held,
    Level,
    Member,
    ShiftFacts,
    VolunteerFacts,
    composition,
    objections,
    rank,
    verdict,
)
from hospice.shifts.rules.states import HOLDING, AssignmentState, Display, ShiftState
from hospice.volunteers.rules import Experience, Gender, VolunteerState

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
DAY = date(2026, 11, 29)
START = datetime(2026, 11, 29, 6, tzinfo=UTC)

SHIFT = ShiftFacts(
    id=1,
    starts_at=START,
    ends_at=START + timedelta(hours=3),
    local_day=DAY,
    place_id=1,
    place_name="Ward 1",
    state=ShiftState.PLANNED,
    wanted=2,
    taken=0,
)
VERA = VolunteerFacts(
    id=1,
    name="Vera",
    state=VolunteerState.ACTIVE,
    break_until=None,
    gender=Gender.FEMALE,
    experience=Experience.EXPERIENCED,
    is_leader=False,
    languages=("mandarin",),
    skills=(),
    preferred_a_month=None,
    maximum_a_month=None,
    is_cleared=True,
    clearance_ends_on=None,
    distance_km=None,
    gave_availability=False,
    is_available=False,
    is_away=False,
)


def member(number: int, experience: Experience = Experience.EXPERIENCED) -> Member:
    return Member(number, f"P{number}", experience, is_leader=False, languages=(), skills=())


def held(day: date, start: datetime, hours: int = 3) -> Held:
    return Held(9, start, start + timedelta(hours=hours), day, "Ward 2")


@pytest.mark.parametrize(
    ("shift", "who", "kind", "hard"),
    [
        ({"state": ShiftState.CANCELLED}, {}, "cancelled_shift", True),
        ({"ends_at": NOW, "starts_at": NOW - timedelta(hours=3)}, {}, "past", True),
        ({"taken": 2}, {}, "full", True),
        ({}, {"state": VolunteerState.LEFT}, "left", True),
        ({}, {"needed_paper_until": DAY - timedelta(days=1)}, "paper_needed", True),
        ({}, {"paper_until": DAY - timedelta(days=1)}, "paper_ended", False),
        ({}, {"state": VolunteerState.ON_BREAK}, "on_break", True),
        ({}, {"state": VolunteerState.ON_BREAK, "break_until": DAY}, "on_break", True),
        ({}, {"is_cleared": False}, "not_cleared", True),
        # Valid today, expired on the day of the shift.
        ({}, {"clearance_ends_on": DAY - timedelta(days=1)}, "clearance_expired", True),
        ({}, {"is_away": True}, "away", True),
        ({"needs_gender": Gender.MALE}, {}, "wrong_gender", True),
        ({}, {"kept_apart_from": ("Otto",)}, "kept_apart", True),
        ({}, {"held": (held(DAY, START + timedelta(hours=2)),)}, "overlap", True),
        ({}, {"gave_availability": True}, "outside_availability", False),
        ({}, {"held": (held(DAY, START - timedelta(hours=8)),)}, "short_rest", False),
        ({}, {"maximum_a_month": 0}, "over_maximum", False),
        ({}, {"preferred_a_month": 0}, "over_preferred", False),
        ({"wanted": 1, "needs_leader": True}, {}, "needs_leader", False),
        ({"wanted": 1, "needs_language": "cantonese"}, {}, "needs_language", False),
        ({"wanted": 1, "needs_skill": "massage"}, {}, "needs_skill", False),
        (
            {"wanted": 1, "pairs_trainees": True},
            {"experience": Experience.TRAINEE},
            "trainee_alone",
            False,
        ),
    ],
)
def test_objection_of_each_kind(
    shift: dict[str, object], who: dict[str, object], kind: str, hard: bool
) -> None:
    found = objections(replace(SHIFT, **shift), replace(VERA, **who), [], NOW)  # type: ignore[arg-type]
    assert [(one.kind, one.hard) for one in found] == [(kind, hard)]
    level = verdict(replace(SHIFT, **shift), replace(VERA, **who), [], NOW).level  # type: ignore[arg-type]
    assert level is (Level.NO if hard else Level.HINT)


def test_nothing_is_objected_to_someone_who_fits() -> None:
    assert objections(SHIFT, VERA, [member(2)], NOW) == []


def test_break_that_ends_before_the_shift_is_no_objection() -> None:
    back = replace(VERA, state=VolunteerState.ON_BREAK, break_until=DAY - timedelta(days=1))
    assert objections(SHIFT, back, [], NOW) == []


def test_a_needed_language_is_asked_of_the_last_place_only() -> None:
    shift = replace(SHIFT, needs_language="cantonese", wanted=3, taken=1)
    assert objections(shift, VERA, [member(2)], NOW) == []
    last = replace(shift, taken=2)
    assert [o.kind for o in objections(last, VERA, [member(2)], NOW)] == ["needs_language"]


@pytest.mark.parametrize("at", [START - timedelta(hours=3), SHIFT.ends_at])
def test_a_touching_shift_is_no_overlap(at: datetime) -> None:
    found = objections(SHIFT, replace(VERA, held=(held(DAY, at),)), [], NOW)
    assert [one.kind for one in found] == ["short_rest"]


MONDAY = held(date(2026, 11, 2), datetime(2026, 11, 2, 6, tzinfo=UTC))


@pytest.mark.parametrize(
    ("shift", "who"),
    [
        ({}, {"clearance_ends_on": DAY}),  # its last day counts
        ({}, {"held": (held(DAY, START - timedelta(hours=11)),)}),  # eight hours of rest
        ({}, {"maximum_a_month": 2, "held": (MONDAY,)}),
        ({}, {"preferred_a_month": 2, "held": (MONDAY,)}),
        ({"taken": 1}, {}),
        # Who is late can still be placed while the shift goes on.
        ({"starts_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=2)}, {}),
    ],
)
def test_what_just_fits_is_not_objected_to(
    shift: dict[str, object], who: dict[str, object]
) -> None:
    assert objections(replace(SHIFT, **shift), replace(VERA, **who), [], NOW) == []  # type: ignore[arg-type]


def test_trap_10_two_trainees_are_no_pair() -> None:
    team = [member(1, Experience.TRAINEE), member(2, Experience.TRAINEE)]
    shift = replace(SHIFT, pairs_trainees=True)
    assert [o.kind for o in composition(shift, team)] == ["trainee_alone"]
    assert composition(shift, [*team, member(3), member(4)]) == []


def test_ranking_puts_who_fits_before_who_hardly_does() -> None:
    shift = replace(SHIFT, needs_language="cantonese")
    people = [
        replace(VERA, id=1, name="Cannot", is_cleared=False),
        replace(VERA, id=2, name="Hint", gave_availability=True),
        replace(VERA, id=3, name="Plain"),
        replace(VERA, id=4, name="Knows", visits_here=3),
        replace(VERA, id=5, name="Speaks", languages=("cantonese",)),
        replace(VERA, id=6, name="Friend", visits_to_patient=2),
        replace(VERA, id=7, name="Free", is_available=True),
    ]
    ordered = sorted(people, key=lambda one: rank(shift, one, verdict(shift, one, [], NOW)))
    assert [one.name for one in ordered] == [
        "Friend",
        "Speaks",
        "Free",
        "Knows",
        "Plain",
        "Hint",
        "Cannot",
    ]


# --- the places of a shift ------------------------------------------------------------------------


def person(number: int, state: AssignmentState, *, is_covered: bool = False) -> Person:
    return Person(number, number, f"P{number}", state, is_covered=is_covered)


def shown(people: list[Person], *, wanted: int = 3, ends_at: datetime = SHIFT.ends_at) -> list[str]:
    taken = sum(one.state in HOLDING for one in people)
    found = slots(
        wanted=wanted,
        taken=taken,
        state=ShiftState.PLANNED,
        ends_at=ends_at,
        people=people,
        asked=0,
        now=NOW,
    )
    return [slot.state.value for slot in found]


def test_slots_of_the_drop_out_show_cover_and_open() -> None:
    people = [person(1, AssignmentState.CONFIRMED), person(2, AssignmentState.DECLINED)]
    assert shown(people) == ["confirmed", "cant", "cover", "open"]


def test_slots_of_a_covered_drop_out_do_not_show_them() -> None:
    people = [
        person(1, AssignmentState.DECLINED, is_covered=True),
        person(2, AssignmentState.DRAFT),
        person(3, AssignmentState.WAITING),
    ]
    assert shown(people) == ["draft", "waiting", "open"]


def test_slots_after_the_shift_are_done_and_nothing_is_open() -> None:
    people = [person(1, AssignmentState.CONFIRMED), person(2, AssignmentState.DECLINED)]
    assert shown(people, ends_at=NOW) == ["done"]


@given(
    st.lists(st.tuples(st.sampled_from(list(AssignmentState)), st.booleans()), max_size=6),
    st.integers(0, 4),
)
def test_slots_always_hold_every_person_and_every_gap(
    people: list[tuple[AssignmentState, bool]], extra: int
) -> None:
    made = [person(n, state, is_covered=covered) for n, (state, covered) in enumerate(people)]
    taken = sum(state in HOLDING for state, _ in people)
    wanted = max(taken + extra, 1)
    found = shown(made, wanted=wanted)
    gaps = found.count(Display.OPEN) + found.count(Display.COVER)
    assert gaps == wanted - taken
    assert len(found) - gaps - found.count(Display.CANT) == taken
