"""What a shift lacks after someone left is written down, also when two leave at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.journal.models import Entry
from hospice.places.models import Place
from hospice.shifts.actions import claiming, placing
from hospice.shifts.models import Assignment, Shift, Shortfall
from hospice.shifts.queries import composition
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.composition import MINIMUM, Lack, broken_by_exchange, caused
from hospice.shifts.rules.states import AnsweredBy
from hospice.volunteers.rules import Experience
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.conftest import make_app

ROUNDS = 200


@pytest.fixture
def ward(either_app: Flask) -> Place:
    return builders.place("Ward 1")


def on(shift: Shift, name: str, **values: object) -> Assignment:
    who = builders.volunteer(name, **values)
    return builders.assignment(shift, who, told_at=NOW - timedelta(days=3), told_times=1)


def leave(assignment_id: int) -> None:
    with transaction():
        placing.answer(
            queries.assignment(assignment_id), comes=False, how=AnsweredBy.APP, now=NOW, by=None
        )


def marked(shift: Shift) -> set[str]:
    db.session.rollback()
    return set(
        db.session.scalars(select(Shortfall.kind).where(Shortfall.shift_id == shift.id)).all()
    )


def shown(shift: Shift) -> set[str]:
    db.session.rollback()
    return {
        lack.kind
        for one in composition.short(NOW)
        if one.shift.id == shift.id
        for lack in one.lacks
    }


def test_every_further_withdrawal_is_said_again_but_no_old_lack_of_a_leader():
    few, none = Lack(MINIMUM, {"here": 1, "minimum": 2}), Lack(MINIMUM, {"here": 0, "minimum": 2})
    leader = Lack("needs_leader")
    assert caused([], [few]) == [few]
    assert caused([few, leader], [none, leader]) == [none]
    assert broken_by_exchange([few], [few, leader]) == [leader]


def test_a_shift_left_short_is_marked_until_someone_comes(ward: Place):
    shift = builders.shift(ward, minimum=2)
    first, _second = on(shift, "First"), on(shift, "Second")
    assert marked(shift) == set()
    leave(first.id)
    assert marked(shift) == shown(shift) == {MINIMUM}
    (entry,) = db.session.scalars(select(Entry).where(Entry.verb == "shift.short"))
    assert entry.facts["lacks"] == [{"kind": MINIMUM, "here": 1, "minimum": 2}]
    builders.assignment(shift, builders.volunteer("Third"))
    assert shown(shift) == set()
    assert marked(shift) == {MINIMUM}


def test_trap_10_a_leader_or_someone_experienced_who_leaves_is_missed(ward: Place):
    shift = builders.shift(ward, wanted=3, needs_leader=True)
    lena = on(shift, "Lena", is_leader=True)
    on(shift, "New", experience=Experience.TRAINEE)
    old = on(shift, "Old")
    leave(lena.id)
    assert shown(shift) == {"needs_leader"}
    leave(old.id)
    assert shown(shift) == {"needs_leader", "trainee_alone"}


def test_enough_people_are_no_reason_for_a_mark(ward: Place):
    shift = builders.shift(ward)
    first, _second = on(shift, "First"), on(shift, "Second")
    leave(first.id)
    assert marked(shift) == set()


def test_trap_10_two_who_leave_at_once_cannot_break_it_silently(
    either_app: Flask, ward: Place, tmp_path: Path
):
    """Each alone would leave enough people; together they do not, and the second one sees it."""
    pairs = []
    for number in range(ROUNDS):
        shift = builders.shift(ward, SUNDAY + timedelta(days=number), minimum=1)
        pairs.append((shift.id, *(on(shift, f"V{number}{side}").id for side in "ab")))
    url = either_app.config["SETTINGS"].database_url
    barrier = threading.Barrier(2)
    errors: list[BaseException] = []

    def run(side: int) -> Callable[[], None]:
        app = make_app(tmp_path, None if url.startswith("sqlite") else url)

        def work() -> None:
            with app.app_context():
                for pair in pairs:
                    barrier.wait(60)
                    try:
                        leave(pair[side])
                    except Refused:
                        pass
                    except BaseException as error:  # noqa: BLE001 - told by the test
                        errors.append(error)
                    finally:
                        db.session.rollback()
                db.session.remove()
                db.engine.dispose()

        return work

    threads = [threading.Thread(target=run(side)) for side in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    db.session.rollback()
    db.session.expire_all()
    taken = dict(db.session.execute(select(Shift.id, Shift.taken)).all())
    marks = set(db.session.scalars(select(Shortfall.shift_id).where(Shortfall.kind == MINIMUM)))
    assert [taken[pair[0]] for pair in pairs] == [0] * ROUNDS
    assert [pair[0] for pair in pairs if pair[0] not in marks] == []
    told = {
        one.facts["shift_id"]
        for one in db.session.scalars(select(Entry).where(Entry.verb == "shift.short"))
    }
    assert told == marks


def test_giving_back_a_place_that_someone_relied_on_is_written_down(ward: Place):
    shift = builders.shift(ward)
    first = on(shift, "First")
    otto = builders.volunteer("Otto", places=[ward])
    with transaction():
        claiming.claim(queries.shift(shift.id), otto.id, by=None, now=NOW, how=AnsweredBy.APP)
    leave(first.id)
    assert marked(shift) == set()
    with transaction():
        claiming.take_back(shift.id, otto.id, by=None, now=NOW + timedelta(minutes=1))
    assert marked(shift) == shown(shift) == {MINIMUM}


def test_giving_back_a_place_that_was_free_before_is_no_news(ward: Place):
    shift = builders.shift(ward)
    otto = builders.volunteer("Otto", places=[ward])
    with transaction():
        claiming.claim(queries.shift(shift.id), otto.id, by=None, now=NOW, how=AnsweredBy.APP)
    with transaction():
        claiming.take_back(shift.id, otto.id, by=None, now=NOW + timedelta(minutes=1))
    assert marked(shift) == set()
