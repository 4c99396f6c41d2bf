from dataclasses import replace

import pytest

from hospice.patients.rules import (
    CHOOSABLE,
    DEAD,
    Address,
    Diagnosis,
    Massage,
    PatientCard,
    PatientFacts,
    PatientFilter,
    PatientState,
    by_bed,
    in_short,
    is_illness_unspoken,
    is_visited,
    objections,
)
from hospice.places.rules import PlaceKind

FACTS = PatientFacts(
    preferred_name="Mrs Wang",
    legal_name="",
    spoken_of=Address.HER,
    birth_year=1941,
    place_id=1,
    bed="3",
    address="",
    languages=[],
    hearing_and_sight="",
    likes="",
    may_do="",
    massage=Massage.YES,
    massage_areas=[],
    avoid="",
    condition="",
    diagnosis=Diagnosis.UNKNOWN,
)
CARD = PatientCard(
    id=1,
    name="Mrs Wang",
    place_name="Ward 1",
    place_kind=PlaceKind.WARD,
    place_phone="",
    bed="3",
    address="",
    spoken_of=Address.HER,
    languages=[],
    hearing_and_sight="",
    likes="",
    may_do="",
    massage=Massage.YES,
    massage_areas=[],
    avoid="",
    is_illness_unspoken=False,
)


def test_only_active_patients_are_visited() -> None:
    assert [state for state in PatientState if is_visited(state)] == [PatientState.ACTIVE]


def test_a_death_is_no_choice_in_a_list() -> None:
    assert not set(DEAD) & set(CHOOSABLE)
    assert set(CHOOSABLE) | set(DEAD) == set(PatientState)


def test_a_whole_record_has_no_objections() -> None:
    assert objections(FACTS, place_kind=PlaceKind.WARD, this_year=2026) == []


def test_a_patient_needs_a_place() -> None:
    (found,) = objections(FACTS, place_kind=None, this_year=2026)
    assert (found.kind, found.field, found.hard) == ("no_place", "place_id", True)


def test_a_home_needs_an_address() -> None:
    (found,) = objections(FACTS, place_kind=PlaceKind.HOME, this_year=2026)
    assert (found.kind, found.field) == ("no_address", "address")
    at_home = replace(FACTS, address="77 Plum Lane")
    assert objections(at_home, place_kind=PlaceKind.HOME, this_year=2026) == []


@pytest.mark.parametrize(
    ("year", "is_fine"), [(None, True), (1889, False), (1890, True), (2026, True), (2027, False)]
)
def test_nobody_is_born_later_than_this_year(year: int | None, is_fine: bool) -> None:
    found = objections(replace(FACTS, birth_year=year), place_kind=PlaceKind.WARD, this_year=2026)
    assert [one.field for one in found] == ([] if is_fine else ["birth_year"])


@pytest.mark.parametrize("diagnosis", Diagnosis)
def test_the_illness_is_unspoken_only_when_the_family_asked(diagnosis: Diagnosis) -> None:
    assert is_illness_unspoken(diagnosis) == (diagnosis is Diagnosis.FAMILY_ASKED_NOT)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("", ""),
        ("No food.", "No food."),
        ("Food.\nDrink.", "Food. …"),
        ("one two three four", "one two …"),
        ("一二三四五六七八九十一二", "一二三四五六七八九十 …"),
        ("onetwothreefour", "onetwothre …"),
    ],
)
def test_in_short_keeps_whole_words_of_the_first_line(text: str, short: str) -> None:
    assert in_short(text, 10) == short


def test_by_bed_counts_as_people_do() -> None:
    beds = ["10", "2", "", "2B", "2A", "bed 1"]
    cards = [replace(CARD, id=number, bed=bed) for number, bed in enumerate(beds)]
    assert [card.bed for card in by_bed(cards)] == ["", "2", "2A", "2B", "10", "bed 1"]


def test_a_filter_is_narrow_by_anything_but_the_state() -> None:
    assert not PatientFilter().is_narrowed
    assert not PatientFilter(state=None).is_narrowed
    assert PatientFilter(words="wang").is_narrowed
    assert PatientFilter(massage=Massage.NO).is_narrowed
