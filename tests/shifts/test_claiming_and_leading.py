"""Taking an open place, who leads, and which gap the next person fills, on both databases."""

from datetime import timedelta

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.places.models import Place
from hospice.shifts.actions import patients as whom
from hospice.shifts.actions import placing
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, ToldKind
from tests import builders
from tests.builders import NOW


@pytest.fixture
def ward(either_app: Flask) -> Place:
    return builders.place("Ward 1")


@pytest.fixture
def cora(either_app: Flask) -> User:
    return builders.cora()


def test_who_takes_an_open_place_is_told_and_has_answered(ward: Place) -> None:
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    with transaction():
        made = placing.claim(
            queries.shift(shift.id), vera.id, now=NOW, by=None, how=AnsweredBy.LINK
        )
        kept = made.state, made.answered_by, made.answered_at, made.told_kind, made.told_at
    assert kept == (AssignmentState.CONFIRMED, AnsweredBy.LINK, NOW, ToldKind.NEW, NOW)


def test_a_shift_that_has_begun_cannot_be_taken(ward: Place) -> None:
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    begun = shift.starts_at + timedelta(minutes=1)
    with pytest.raises(Refused) as refused, transaction():
        placing.claim(queries.shift(shift.id), vera.id, now=begun, by=None, how=AnsweredBy.APP)
    assert [one.kind for one in refused.value.objections] == ["past"]


def test_a_gap_is_filled_by_one_person_only(ward: Place, cora: User) -> None:
    shift = builders.shift(ward, wanted=2)
    gone = builders.assignment(
        shift,
        builders.volunteer("Gone", places=[ward]),
        AssignmentState.DECLINED,
        told_at=NOW,
        told_kind=ToldKind.NEW,
    )
    placed = []
    for name in ("First", "Second"):
        who = builders.volunteer(name, places=[ward])
        with transaction():
            made = placing.assign(queries.shift(shift.id), who.id, by=cora, now=NOW)
            placed.append(made.id)
    assert queries.assignment(gone.id).covered_by_id == placed[0]


def test_a_shift_has_one_leader(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    one = builders.assignment(shift, builders.volunteer("One"), is_leader=True)
    two = builders.assignment(shift, builders.volunteer("Two"))
    with transaction():
        placing.lead(queries.assignment(two.id), by=cora, now=NOW)
    assert not queries.assignment(one.id).is_leader
    assert queries.assignment(two.id).is_leader


def test_only_patients_of_the_place_can_be_seen(ward: Place, cora: User) -> None:
    mine = builders.assignment(builders.shift(ward), builders.volunteer(places=[ward]))
    elsewhere = builders.patient("Mr Li", at=builders.place("Ward 2"))
    with pytest.raises(Missing), transaction():
        whom.set_patients(queries.assignment(mine.id), [elsewhere.id], by=cora, now=NOW)
