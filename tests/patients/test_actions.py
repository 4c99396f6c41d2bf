from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.patients import actions, queries
from hospice.patients.models import Patient
from hospice.patients.rules import (
    CHOOSABLE,
    Address,
    Diagnosis,
    Massage,
    PatientFacts,
    PatientState,
)
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from tests import builders
from tests.builders import NOW

TODAY = date(2026, 11, 25)


def _facts(place: Place, **values: object) -> PatientFacts:
    plain = PatientFacts(
        preferred_name="王阿姨",
        legal_name="王秀英",
        spoken_of=Address.HER,
        birth_year=1941,
        place_id=place.id,
        bed="3",
        address="",
        languages=["shanghainese", "mandarin"],
        hearing_and_sight="Right ear.",
        likes="Yue opera.",
        may_do="Read.",
        massage=Massage.YES,
        massage_areas=["hands"],
        avoid="Food and drink.",
        condition="Lives with something.",
        diagnosis=Diagnosis.FAMILY_ASKED_NOT,
    )
    return replace(plain, **values)  # type: ignore[arg-type]


def _create(facts: PatientFacts, *, another_than: tuple[int, ...] = ()) -> Patient:
    with transaction():
        made = actions.create(facts, by=None, now=NOW, today=TODAY, another_than=another_than)
    return queries.patient(made.id)


def _change(patient: Patient, facts: PatientFacts, **values: object) -> None:
    seen = values.pop("seen_version", patient.version)
    with transaction():
        actions.change(
            queries.patient(patient.id),
            facts,
            seen_version=seen,  # type: ignore[arg-type]
            by=None,
            now=NOW,
            today=TODAY,
            **values,  # type: ignore[arg-type]
        )


def test_create_keeps_every_word(either_app: Flask) -> None:
    facts = _facts(builders.place())
    made = _create(facts)
    assert {name: getattr(made, name) for name in asdict(facts)} == asdict(facts)
    assert made.state is PatientState.ACTIVE
    assert "wangayi" in made.search_key
    assert "wxy" in made.search_key
    assert "Lives" not in made.search_key
    assert [entry.verb for entry in journal.history("patient", made.id)] == ["patient.added"]


def test_create_refuses_a_place_that_is_not_there_or_closed(app: Flask) -> None:
    closed = builders.place(is_open=False)
    for place_id in (closed.id, 999, 0):
        with pytest.raises(Refused) as refusal:
            _create(replace(_facts(closed), place_id=place_id))
        assert [one.kind for one in refusal.value.objections] == ["no_place"]


def test_create_says_everything_that_is_wrong_at_once(app: Flask) -> None:
    home = builders.place(kind=PlaceKind.HOME)
    with pytest.raises(Refused) as refusal:
        _create(_facts(home, birth_year=2027, languages=["x" * 41]))
    assert {one.field for one in refusal.value.objections} == {
        "address",
        "birth_year",
        "other_languages",
    }


def test_create_asks_about_someone_of_the_same_name(either_app: Flask) -> None:
    ward = builders.place()
    first = _create(_facts(ward))
    with pytest.raises(Refused) as refusal:
        _create(_facts(ward, bed="7"))
    (objection,) = refusal.value.objections
    assert (objection.kind, objection.hard, objection.facts) == (
        "namesake",
        False,
        {"ids": [first.id]},
    )
    second = _create(_facts(ward, bed="7"), another_than=(first.id,))
    (entry,) = journal.history("patient", second.id)
    assert entry.facts["another_than"] == [first.id]


def test_create_asks_again_about_a_namesake_who_came_meanwhile(app: Flask) -> None:
    ward = builders.place()
    first = _create(_facts(ward))
    second = _create(_facts(ward, bed="7"), another_than=(first.id,))
    with pytest.raises(Refused):
        _create(_facts(ward, bed="9"), another_than=(first.id,))
    _create(_facts(ward, bed="9"), another_than=(first.id, second.id))


def test_same_name_elsewhere_is_nobodys_business(app: Flask) -> None:
    _create(_facts(builders.place()))
    _create(_facts(builders.place()))


def test_change_journals_places_by_name(app: Flask) -> None:
    one, two = builders.place("Ward 1"), builders.place("Ward 2", second_name="")
    made = _create(_facts(one))
    _change(made, _facts(two, bed="5"))
    entry = journal.history("patient", made.id)[0]
    assert entry.facts["changed"] == {"bed": ["3", "5"], "place": ["Ward 1 · Garden", "Ward 2"]}


def test_change_of_nothing_leaves_no_trace(app: Flask) -> None:
    made = _create(_facts(builders.place()))
    _change(made, _facts(made.place))
    assert queries.patient(made.id).version == 1
    assert journal.history_length("patient", made.id) == 1


def test_change_of_the_name_is_found_by_the_new_one(app: Flask) -> None:
    made = _create(_facts(builders.place()))
    _change(made, _facts(made.place, preferred_name="李老师"))
    found = queries.patient(made.id)
    assert found.sort_key == "li lao shi"
    assert "lls" in found.search_key


def test_change_refuses_a_stale_edit_and_says_when(app: Flask) -> None:
    ward = builders.place()
    made = _create(_facts(ward))
    _change(made, _facts(ward, bed="4"))
    with pytest.raises(Refused) as refusal:
        _change(made, _facts(ward, bed="5"), seen_version=1)
    (objection,) = refusal.value.objections
    assert (objection.kind, objection.facts) == ("stale", {"at": NOW})
    assert queries.patient(made.id).bed == "4"


def test_change_refuses_when_someone_saves_in_between(either_app: Flask) -> None:
    made = _create(_facts(builders.place()))
    with transaction():
        loaded = queries.patient(made.id)
        db.session.execute(
            update(Patient).where(Patient.id == made.id).values(version=2),
            execution_options={"synchronize_session": False},
        )
        with pytest.raises(Refused) as refusal:
            actions.change(
                loaded, _facts(loaded.place, bed="4"), seen_version=1, by=None, now=NOW, today=TODAY
            )
        db.session.rollback()
    assert refusal.value.objections[0].kind == "stale"


def test_change_asks_about_namesakes_only_when_the_name_or_ward_is_new(app: Flask) -> None:
    one, two = builders.place(), builders.place()
    here = _create(_facts(one))
    other = _create(_facts(two))
    with pytest.raises(Refused):
        _change(other, _facts(one))
    _change(other, _facts(one), another_than=(here.id,))
    _change(queries.patient(other.id), _facts(one, bed="8"))
    assert queries.patient(other.id).bed == "8"


def test_change_keeps_a_place_that_was_closed(app: Flask) -> None:
    ward = builders.place()
    made = _create(_facts(ward))
    with transaction():
        queries.patient(made.id).place.is_open = False
    _change(made, _facts(ward, bed="4"))
    assert queries.patient(made.id).bed == "4"


@pytest.mark.parametrize("state", CHOOSABLE)
def test_change_state_is_written_down_with_its_reason(app: Flask, state: PatientState) -> None:
    made = _create(_facts(builders.place()))
    with transaction():
        actions.change_state(made, state, reason="Until Friday", by=None, now=NOW)
    found = queries.patient(made.id)
    assert (found.state, found.state_reason) == (state, "Until Friday")
    entry = journal.history("patient", made.id)[0]
    assert entry.verb == "patient.state_changed"
    assert entry.facts == {"old": "active", "new": state.value, "reason": "Until Friday"}


def test_change_state_twice_is_written_down_once(app: Flask) -> None:
    made = _create(_facts(builders.place()))
    for _ in range(2):
        with transaction():
            patient = queries.patient(made.id)
            actions.change_state(patient, PatientState.ON_HOLD, reason="", by=None, now=NOW)
    assert journal.history_length("patient", made.id) == 2


def test_a_death_is_neither_recorded_nor_undone_here(app: Flask) -> None:
    made = _create(_facts(builders.place()))
    with pytest.raises(Refused), transaction():
        actions.change_state(made, PatientState.DIED, reason="", by=None, now=NOW)
    died = builders.patient(state=PatientState.DIED)
    with pytest.raises(Refused), transaction():
        actions.change_state(died, PatientState.ACTIVE, reason="", by=None, now=NOW)


def test_note_opened_says_who_and_when(app: Flask) -> None:
    made = _create(_facts(builders.place()))
    account, _ = builders.vera()
    with transaction():
        actions.note_opened(made.id, by=account, now=NOW + timedelta(hours=1))
    entry = journal.history("patient", made.id)[0]
    assert (entry.verb, entry.user_id, entry.facts) == ("patient.opened", account.id, {})
