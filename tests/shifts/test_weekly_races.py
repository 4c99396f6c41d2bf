"""Several people and processes at once, on real databases."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.places.models import Place
from hospice.shifts.actions import editing, placing, weekly
from hospice.shifts.models import Assignment, Shift, WeeklyShift
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.states import HOLDING
from hospice.shifts.rules.terms import Terms
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.conftest import make_app

WEEK = timedelta(days=7)


def at_once(app: Flask, folder: Path, *runs: Callable[[], object]) -> list[object]:
    """Run functions in threads with engines of their own; return what each gave or refused."""
    url = app.config["SETTINGS"].database_url
    barrier = threading.Barrier(len(runs))
    found: list[object] = [None] * len(runs)

    apps = [make_app(folder, None if url.startswith("sqlite") else url) for _ in runs]

    def run(number: int, work: Callable[[], object]) -> None:
        with apps[number].app_context():
            barrier.wait(60)
            try:
                with transaction():
                    found[number] = work() and True
            except Refused as refusal:
                found[number] = refusal.objections[0].kind
            except BaseException as error:  # noqa: BLE001 - told by the test
                found[number] = error
            finally:
                db.session.remove()
                db.engine.dispose()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    db.session.expire_all()
    return found


def a_series(wanted: int = 2) -> tuple[Place, WeeklyShift]:
    ward = builders.place()
    pattern = builders.weekly_shift(ward, wanted=wanted)
    with transaction():
        weekly.generate(NOW)
    return ward, pattern


def dates() -> list[Shift]:
    return list(db.session.scalars(select(Shift).order_by(Shift.starts_at)))


def assert_whole() -> None:
    held = Counter(
        one.shift_id for one in db.session.scalars(select(Assignment)) if one.state in HOLDING
    )
    keys = [(one.weekly_shift_id, one.occurrence_on) for one in dates()]
    assert len(keys) == len(set(keys))
    for one in dates():
        assert one.taken == held[one.id] <= one.wanted


def test_fewer_wanted_while_places_are_taken(either_app: Flask, tmp_path: Path):
    ward, pattern = a_series(wanted=3)
    people = [builders.volunteer(f"V{n}", places=[ward]).id for n in range(3)]
    shift_id, pattern_id = dates()[0].id, pattern.id
    terms = replace(terms_of(pattern), minimum=1, wanted=1)

    def place(volunteer_id: int) -> Callable[[], object]:
        return lambda: placing.assign(
            shift_queries.shift(shift_id), volunteer_id, by=None, now=NOW, accepting="agreed"
        )

    found = at_once(
        either_app,
        tmp_path,
        lambda: weekly.change_all(pattern_id, terms=terms, seen_version=None, by=None, now=NOW),
        *(place(one) for one in people),
    )
    assert all(one in {True, "full", "wanted_below_taken"} for one in found), found
    assert_whole()


def test_a_change_while_dates_are_made(either_app: Flask, tmp_path: Path):
    _ward, pattern = a_series()
    pattern_id, terms = pattern.id, replace(terms_of(pattern), starts=time(15))
    later = NOW + 3 * WEEK
    found = at_once(
        either_app,
        tmp_path,
        lambda: weekly.generate(later) + 1,
        lambda: weekly.change_all(
            pattern_id, terms=terms, days=1, seen_version=None, by=None, now=NOW
        ),
        lambda: weekly.generate(later) + 1,
        lambda: weekly.change_following(
            pattern_id,
            occurrence_on=SUNDAY + 5 * WEEK,
            terms=terms,
            days=-1,
            seen_version=None,
            by=None,
            now=NOW,
        ),
    )
    assert not [one for one in found if isinstance(one, BaseException)], found
    with transaction():
        weekly.generate(later)
    assert_whole()
    days = sorted(one.local_day for one in dates())
    assert all(b - a >= timedelta(days=5) for a, b in pairwise(days))
    assert len(days) == 29


def test_two_editors_at_the_same_moment(either_app: Flask, tmp_path: Path):
    _ward, pattern = a_series()
    shift = dates()[0]
    pattern_id, shift_id, seen = pattern.id, shift.id, shift.version
    terms = terms_of(pattern)

    def change(wanted: int) -> Callable[[], object]:
        return lambda: weekly.change_all(
            pattern_id, terms=replace(terms, wanted=wanted), seen_version=1, by=None, now=NOW
        )

    found = at_once(either_app, tmp_path, *(change(wanted) for wanted in (3, 4, 5, 6)))
    assert sorted(map(str, found)) == ["True", "stale", "stale", "stale"]
    seen = db.session.get_one(Shift, shift_id, populate_existing=True).version

    def edit(words: str) -> Callable[[], object]:
        return lambda: editing.change_one(
            shift_id,
            replace(terms, wanted=9, briefing=words),
            SUNDAY,
            seen_version=seen,
            by=None,
            now=NOW,
        )

    found = at_once(either_app, tmp_path, *(edit(words) for words in "abcd"))
    assert sorted(map(str, found)) == ["True", "stale", "stale", "stale"]


def test_the_same_form_sent_several_times_at_once(either_app: Flask, tmp_path: Path):
    ward_id = builders.place().id
    terms = Terms(place_id=ward_id, starts=time(14), ends=time(17))

    def plan() -> object:
        return weekly.create(
            terms, place_ids=[ward_id], weekday=6, starts_on=SUNDAY, ends_on=None, by=None, now=NOW
        )

    def plan_single() -> object:
        return editing.create_single(terms, SUNDAY + timedelta(days=2), by=None, now=NOW)

    found = at_once(either_app, tmp_path, *([plan] * 4))
    assert sorted(map(str, found)) == ["True", "already_weekly", "already_weekly", "already_weekly"]
    found = at_once(either_app, tmp_path, *([plan_single] * 4))
    assert sorted(map(str, found)) == ["True", "already_there", "already_there", "already_there"]
    assert_whole()
