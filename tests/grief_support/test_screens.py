"""Screens: scored by nobody but grief support, in time, and never deciding anything by themselves."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import screens as actions
from hospice.grief_support.actions.screens import ScreenFacts
from hospice.grief_support.models import Instrument, Screen, SupportPlan
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.queries import screens as queries
from hospice.grief_support.rules.plans import Span
from hospice.grief_support.rules.screens import (
    Band,
    Direction,
    InstrumentFacts,
    Scale,
    band_of,
    instrument_objections,
    usable_from,
)
from tests import builders
from tests.conftest import Browser
from tests.grief_support import families

Open = Callable[[User | None], Browser]
DIED = families.DIED  # 20 November 2026
UP = Scale(10, 50, Direction.HIGHER, cut_off=30, medium_from=20)
DOWN = Scale(0, 10, Direction.LOWER, cut_off=3, medium_from=6)


def instrument(**values: Any) -> Instrument:
    """PG-13-R, of which no question is kept."""
    return builders.save(
        Instrument(
            **{
                "name": "PG-13-R",
                "edition": "2020",
                "licence": "By permission, for Dr Shen",
                "lowest": 10,
                "highest": 50,
                "direction": Direction.HIGHER,
                "cut_off": 30,
                "earliest_months": 12,
                "created_at": builders.NOW,
                **values,
            }
        )
    )


class Story:
    """Chen Li grieves since 20 November 2026; Greta follows her."""

    def __init__(self) -> None:
        self.cora, self.greta = builders.cora(), families.greta()
        patient = builders.patient()
        self.link = families.kinship(patient)
        families.confirmed(patient, by=self.cora)
        self.plan = families.opened(self.link.id, self.cora)

    def screened(self, by: User, on: date, today: date | None = None, **values: Any) -> Screen:
        facts = {
            "instrument_id": None,
            "score": None,
            "band": Band.HIGH,
            "note": "",
            "scorer_id": self.greta.id,
            "scorer": "",
            **values,
        }
        with transaction():
            return actions.record(
                plan_queries.plan_for(self.cora, self.plan.id, locking=True),
                ScreenFacts(screened_on=on, **facts),
                by=by,
                now=builders.NOW,
                today=today or on,
            )

    def refused(self, **values: Any) -> list[str]:
        with pytest.raises(Refused) as refusal:
            self.screened(self.greta, values.pop("on", DIED + timedelta(days=30)), **values)
        return [one.kind for one in refusal.value.objections]


@pytest.mark.parametrize(
    ("scale", "score", "band"),
    [
        (UP, 10, Band.LOW),
        (UP, 19, Band.LOW),
        (UP, 20, Band.MEDIUM),
        (UP, 29, Band.MEDIUM),
        (UP, 30, Band.HIGH),
        (UP, 50, Band.HIGH),
        (DOWN, 7, Band.LOW),
        (DOWN, 6, Band.MEDIUM),
        (DOWN, 3, Band.HIGH),
        (DOWN, 0, Band.HIGH),
        (Scale(10, 50, Direction.HIGHER, cut_off=30), 29, Band.LOW),
    ],
)
def test_a_score_falls_into_one_band(scale: Scale, score: int, band: Band) -> None:
    assert band_of(scale, score) is band


@pytest.mark.parametrize(
    ("scale", "objections"),
    [
        (UP, []),
        (DOWN, []),
        (Scale(50, 10, Direction.HIGHER, 30), ["no_range"]),
        (Scale(10, 50, Direction.HIGHER, 51), ["outside"]),
        (Scale(10, 50, Direction.HIGHER, 30, 30), ["medium_after_high"]),
        (Scale(0, 10, Direction.LOWER, 6, 3), ["medium_after_high"]),
    ],
)
def test_an_instrument_says_how_it_is_read(scale: Scale, objections: list[str]) -> None:
    facts = InstrumentFacts("PG-13-R", "", "By permission", "", scale, Span())
    assert [one.kind for one in instrument_objections(facts)] == objections


def test_an_instrument_without_a_licence_is_none() -> None:
    facts = InstrumentFacts("BRAT", "", " ", "", UP, Span())
    assert [one.kind for one in instrument_objections(facts)] == ["no_licence"]


def test_twelve_months_are_twelve_months_in_a_leap_year_too() -> None:
    assert usable_from(date(2027, 3, 1), Span(12)) == date(2028, 3, 1)
    assert usable_from(date(2028, 2, 29), Span(12)) == date(2029, 2, 28)
    assert usable_from(None, Span(12)) is None, "without the day of death nobody knows"


def test_too_early_says_from_when_and_other_things_are_refused_too(app: Flask) -> None:
    story, pg = Story(), instrument()
    early: dict[str, Any] = {"instrument_id": pg.id, "score": 31, "band": None}
    with pytest.raises(Refused) as refusal:
        story.screened(story.greta, date(2027, 11, 19), **early)
    (objection,) = refusal.value.objections
    assert (objection.kind, objection.facts["from"]) == ("too_early", date(2027, 11, 20))
    made = story.screened(story.greta, date(2027, 11, 20), **early)
    assert (made.score, made.band, made.scorer) == (31, Band.HIGH, "Greta Grey")
    late = {"on": date(2027, 12, 1), "instrument_id": pg.id}
    assert story.refused(**late, score=51) == ["outside"]
    assert story.refused(**late, score=None) == ["no_score"]
    assert story.refused(band=None) == ["no_band"]
    assert story.refused(today=DIED) == ["in_future"]
    assert story.refused(scorer_id=None) == ["no_scorer"]
    with transaction():
        actions.retire(queries.instrument(pg.id), by=story.cora, now=builders.NOW)
    assert story.refused(**late, score=31) == ["retired"]
    assert db.session.get_one(SupportPlan, story.plan.id).tier == 1, "a screen changes no tier"


def test_volunteers_never_score(app: Flask, browser: Open) -> None:
    story = Story()
    vera, otto = builders.user("Vera", Role.VOLUNTEER), builders.user("Otto", Role.LEADER)
    assert {one.id for one in queries.scorers()} == {story.cora.id, story.greta.id}
    assert story.refused(scorer_id=vera.id) == ["may_not_score"]
    for user in (vera, otto):
        with pytest.raises(Missing):
            story.screened(user, DIED)
        new = f"/grief-support/plans/{story.plan.id}/screens/new"
        browser(user).get(new, status=404)
        browser(user).post(new, {"band": "low"}, status=404)
    sent = {"instrument": "0", "screened_on": "2026-11-25", "band": "low", "scored_by": vera.id}
    with time_machine.travel(builders.NOW, tick=False):
        page = browser(story.greta).post(new, sent, status=422)
    assert "Choose from what is offered" in page
    assert db.session.query(Screen).count() == 0


def test_assessed_by_a_call_or_by_a_screen_whichever_was_first(either_app: Flask) -> None:
    story = Story()
    ids = [story.plan.id]
    assert queries.assessed_on(ids) == {}
    assert queries.assessed_on([]) == {}
    later = story.screened(story.greta, DIED + timedelta(days=30))
    assert queries.assessed_on(ids) == {story.plan.id: DIED + timedelta(days=30)}
    with transaction():
        db.session.get_one(SupportPlan, story.plan.id).assessed_on = DIED + timedelta(days=25)
    assert queries.assessed_on(ids) == {story.plan.id: DIED + timedelta(days=25)}
    sooner = story.screened(story.greta, DIED + timedelta(days=20))
    assert queries.assessed_on(ids) == {story.plan.id: DIED + timedelta(days=20)}
    with transaction():
        plan = plan_queries.plan_for(story.cora, story.plan.id, locking=True)
        for one in (sooner, later):
            found = queries.screen_of(story.plan.id, one.id)
            actions.take_back(plan, found, "Another person’s", by=story.greta, now=builders.NOW)
    assert queries.assessed_on(ids) == {story.plan.id: DIED + timedelta(days=25)}


def test_a_screen_suggests_a_tier_and_a_person_chooses(app: Flask, browser: Open) -> None:
    story = Story()
    where = f"/grief-support/plans/{story.plan.id}"
    with time_machine.travel(builders.NOW, tick=False):
        desk = browser(story.greta)
        assert f'value="{story.greta.id}"' in desk.get(f"{where}/screens/new")
        sent = {"instrument": "0", "screened_on": "2026-11-25", "band": "high"}
        sent |= {"scored_by": str(story.greta.id), "note": "After the first call"}
        desk.post(f"{where}/screens/new", sent)
        screen = db.session.query(Screen).one()
        page = desk.get(where)
        basis = "First impression: high, Wed 25 November 2026, by Greta Grey."
        assert "It suggests tier 3 – with a clinician." in page
        with transaction():
            db.session.get_one(SupportPlan, story.plan.id).owner_id = story.cora.id
        form = desk.get(f"{where}/edit?screen={screen.id}")
        assert f'<option selected value="{story.cora.id}">' in form, "they keep who follows them"
        assert 'value="3" checked' in form
        assert basis.partition(",")[0] in form
        assert 'value="1" checked' in desk.get(f"{where}/edit?screen=99")
        assert db.session.get_one(SupportPlan, story.plan.id).tier == 1
        back = f"{where}/screens/{screen.id}/take-back"
        desk.post(back, {"reason": ""}, status=422)
        desk.post(back, {"reason": "Another person’s"})
        assert "Taken back: Another person’s" in desk.get(where)
        browser(story.cora).get(
            f"/grief-support/plans/999/screens/{screen.id}/take-back", status=404
        )


def test_how_an_instrument_is_scored_stays_once_somebody_was(app: Flask, browser: Open) -> None:
    story = Story()
    ada = builders.user("Ada Admin", Role.ADMINISTRATOR)
    desk = browser(ada)
    new = "/settings/grief-support/instruments/new"
    typed = {
        "name": "Grief check",
        "lowest": "0",
        "highest": "40",
        "direction": "higher",
        "cut_off": "26",
        "earliest_months": "0",
        "earliest_days": "0",
        "language": "",
    }
    page = desk.post(new, typed, status=422)
    assert "Write who may use it, and by whose permission" in page
    desk.post(new, {**typed, "licence": "Our own"})
    one = db.session.query(Instrument).one()
    edit = f"/settings/grief-support/instruments/{one.id}"
    kept = {**typed, "licence": "Our own, for all", "version": "1"}
    desk.post(edit, {**kept, "cut_off": "25"})
    assert "Our own, for all" in desk.post(edit, {**kept, "licence": "Mine"}, status=422)
    story.screened(story.greta, DIED, instrument_id=one.id, score=30)
    page = desk.post(edit, {**kept, "cut_off": "20", "version": "2"}, status=422)
    assert "how it is scored stays" in page
    desk.post(edit, {**kept, "cut_off": "25", "name": "Grief check, our own", "version": "2"})
    desk.post(f"{edit}/retire")
    assert list(queries.instruments()) == []
    assert "Grief check, our own" in desk.get("/settings/grief-support/instruments")
    browser(story.cora).get("/settings/grief-support/instruments", status=404)
