from datetime import UTC, date, datetime, time, timedelta

import pytest

from hospice.grief_support.rules.deaths import (
    Basis,
    Close,
    DeathFacts,
    Known,
    ToldHow,
    confirm_objections,
    in_order,
    is_in_the_night,
    knew_well,
    spared_until,
    when_objections,
)
from tests.builders import NOW, ZONE

TODAY = date(2026, 11, 25)


def told(known: Known, day: date | None = None, at: time | None = None) -> DeathFacts:
    return DeathFacts(known, day, at, "Nurse Hu", ToldHow.PHONE)


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        (told(Known.NOTHING), []),
        (told(Known.DAY, TODAY), []),
        (told(Known.TIME, TODAY, time(12, 0)), []),  # this very minute in Shanghai
        (told(Known.TIME, TODAY, time(12, 1)), ["future"]),
        (told(Known.DAY), ["no_day"]),
        (told(Known.TIME, TODAY), ["no_time"]),
        (told(Known.DAY, TODAY + timedelta(days=1)), ["future"]),
        (told(Known.DAY, TODAY - timedelta(days=60)), []),
        (told(Known.DAY, TODAY - timedelta(days=61)), ["long_ago"]),
    ],
)
def test_when_somebody_died(facts: DeathFacts, kinds: list[str]):
    assert [one.kind for one in when_objections(facts, NOW, ZONE)] == kinds


@pytest.mark.parametrize(
    ("visits", "last_on", "knew"),
    [
        (0, None, False),
        (1, TODAY - timedelta(days=60), True),
        (1, TODAY - timedelta(days=61), False),
        (2, TODAY - timedelta(days=300), False),
        (3, TODAY - timedelta(days=300), True),
    ],
)
def test_who_knew_the_patient_well(visits: int, last_on: date | None, knew: bool):
    assert knew_well(visits, last_on, TODAY) is knew


def test_whoever_comes_next_is_phoned_first_then_whoever_knew_them_best():
    soon = datetime(2026, 11, 26, 6, tzinfo=UTC)
    people = [
        Close(1, "Ann", "", visits=3),
        Close(2, "Bo", "", visits=9),
        Close(3, "Cy", "", next_at=soon + timedelta(days=7)),
        Close(4, "Di", "", next_at=soon),
    ]
    assert [one.name for one in in_order(people)] == ["Di", "Cy", "Bo", "Ann"]
    assert [one.basis for one in in_order(people)] == [Basis.COMING] * 2 + [Basis.KNEW] * 2


@pytest.mark.parametrize(
    ("is_same", "name", "role", "kinds"),
    [
        (True, "", "", ["second_person"]),
        (True, "Doctor Jiang", "", ["no_role"]),
        (True, "Doctor Jiang", "on duty", []),
        (False, "", "", []),
    ],
)
def test_one_person_alone_does_not_confirm(is_same: bool, name: str, role: str, kinds: list[str]):
    found = confirm_objections(is_same_person=is_same, source_name=name, source_role=role)
    assert [one.kind for one in found] == kinds


def test_how_long_a_volunteer_is_spared():
    assert spared_until(TODAY, TODAY, is_own=False) == TODAY + timedelta(days=14)
    assert spared_until(None, TODAY, is_own=True) == TODAY + timedelta(days=365)
    assert spared_until(date(2026, 6, 1), TODAY, is_own=True) == date(2027, 6, 1)


def test_some_families_count_a_late_evening_as_the_next_day():
    assert [is_in_the_night(at) for at in (None, time(22, 59), time(23))] == [False, False, True]
