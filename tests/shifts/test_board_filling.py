import re
from collections.abc import Callable
from datetime import time

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.journal.models import Entry
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.queries import roster, shifts
from hospice.shifts.queries.board import Scope
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.states import AssignmentState, OfferState, ShiftState
from hospice.volunteers.models import Availability
from hospice.volunteers.rules import DayPart, VolunteerState
from tests import builders
from tests.conftest import Browser, Statements
from tests.shifts.sundays import change, fresh, now, series, sunday, told

Open = Callable[[User | None], Browser]
S = AssignmentState


def on(shift: Shift) -> dict[str, AssignmentState]:
    """Return who is or was on a shift, by volunteer's id as text."""
    db.session.rollback()
    rows = db.session.execute(
        select(Assignment.volunteer_id, Assignment.state).where(Assignment.shift_id == shift.id)
    )
    return {str(volunteer_id): state for volunteer_id, state in rows}


def not_usually_free(volunteer_id: int) -> None:
    """Say that someone is free on Wednesday mornings alone."""
    builders.save(Availability(volunteer_id=volunteer_id, weekday=2, part=DayPart.MORNING))


def test_panel_ranks_with_reasons_and_hard_ones_have_no_button(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    free = builders.volunteer("Vera Vance", places=[ward])
    hinted = builders.volunteer("Will Wood", places=[ward])
    barred = builders.volunteer(
        "Ann Away", places=[ward], state=VolunteerState.ON_BREAK, break_until=sunday(9)
    )
    builders.volunteer("Otto Olsen")  # cleared nowhere
    not_usually_free(hinted.id)
    page = browser(builders.cora()).get(f"/roster?fill={dates[0].id}")
    panel = page[page.index('id="fit"') :]
    names = re.findall(r'class="name">(?:<label[^>]*>)?([^<]+)<', panel)
    assert names == ["Vera Vance", "Will Wood", "Ann Away"]
    assert f'name="place" value="{free.id}"' in panel
    assert f"volunteer={hinted.id}" in panel  # leads to the page that asks for a reason
    assert "Not usually free at this time." in panel
    assert f'value="{barred.id}"' not in panel
    assert "Cannot be placed: On a break" in panel.replace("\n", " ")


def test_placing_makes_a_draft_and_goes_on_to_the_next_gap(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=2, wanted=1)
    vera = builders.volunteer("Vera Vance", places=[ward])
    cora = browser(builders.cora())
    back = cora.post(
        f"/shifts/{dates[0].id}/assign",
        {"place": vera.id, "back": "/roster?series=sun-1400-1700"},
    )
    assert back == "/roster?series=sun-1400-1700"
    assert on(dates[0]) == {str(vera.id): S.DRAFT}
    page = cora.get(back)
    assert "Vera Vance was placed in Ward 1 on" in page
    assert "It is a draft until you publish." in page
    assert re.search(rf'id="place-{dates[1].id}"[^>]* autofocus', page)
    again = cora.get(back)
    assert ("autofocus" in again, 'class="notice"' in again) == (False, False)


def test_next_gap_is_behind_then_before_then_on_another_sunday(either_app: Flask) -> None:
    wards = [builders.place(f"Ward {number}", position=number) for number in range(11)]
    rows = [series(ward, weeks=1 if ward.position else 2, wanted=1)[1] for ward in wards]
    for row in rows[1:10]:
        change(row[0], taken=1)
    days = (sunday(1), sunday(2))

    def behind(number: int, *, near: bool) -> int | None:
        spans = tuple(clock.span(day, time(14), time(17), builders.ZONE) for day in days)
        scope = Scope(days[:1] if near else days, now(), Series(6, time(14), time(17)), spans)
        return roster.next_gap(scope, shifts.shift(rows[number][0].id), near=near)

    last = rows[10][0]
    assert behind(2, near=True) == last.id
    assert behind(1, near=True) is None  # too many places away: then all are read
    assert behind(1, near=False) == last.id
    assert behind(10, near=False) == rows[0][0].id
    change(last, taken=1)
    change(rows[0][0], taken=1)
    assert behind(1, near=False) == rows[0][1].id


def test_shift_with_more_places_keeps_the_focus(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=2, wanted=2)
    vera = builders.volunteer(places=[ward])
    cora = browser(builders.cora())
    back = cora.post(f"/shifts/{dates[0].id}/assign", {"place": vera.id})
    assert re.search(rf'id="place-{dates[0].id}"[^>]* autofocus', cora.get(back))


def test_undo_takes_the_placing_back(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    vera = builders.volunteer(places=[ward])
    cora = browser(builders.cora())
    page = cora.get(cora.post(f"/shifts/{dates[0].id}/assign", {"place": vera.id}))
    step = re.findall(r'name="step" value="(\d+)"', page)
    assert len(step) == 2  # in the notice and in the list of steps
    assert cora.post("/roster/undo", {"step": step[0], "back": "/roster"}) == "/roster"
    assert on(dates[0]) == {str(vera.id): S.REMOVED}
    assert fresh(dates[0]).taken == 0
    assert "Undone." in cora.get("/roster")
    cora.post("/roster/undo", {"step": step[0]})
    assert "can no longer be undone" in cora.get("/roster")


def test_nobody_undoes_the_step_of_another(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    vera = builders.volunteer(places=[ward])
    cora = browser(builders.cora())
    page = cora.get(cora.post(f"/shifts/{dates[0].id}/assign", {"place": vera.id}))
    step = re.findall(r'name="step" value="(\d+)"', page)[0]
    dora = browser(builders.user("Dora Dean"))
    dora.post("/roster/undo", {"step": step})
    assert "can no longer be undone" in dora.get("/roster")
    assert on(dates[0]) == {str(vera.id): S.DRAFT}


def test_hint_asks_for_a_reason_and_keeps_it(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    will = builders.volunteer("Will Wood", places=[ward])
    not_usually_free(will.id)
    cora = browser(builders.cora())
    path = f"/shifts/{dates[0].id}/assign"
    step = cora.get(f"{path}?volunteer={will.id}&back=/roster")
    assert "Not usually free at this time." in step
    assert "There is a problem" not in step
    empty = cora.post(path, {"place": will.id, "reason": "  ", "back": "/roster"}, status=422)
    assert "Enter the reason; it is kept with this place" in empty
    assert "<title>Error: " in empty
    long = cora.post(path, {"place": will.id, "reason": "x" * 301}, status=422)
    assert "x" * 301 in long  # nothing typed is lost
    assert on(dates[0]) == {}
    cora.post(path, {"place": will.id, "reason": "He offered.", "back": "/roster"})
    db.session.rollback()
    kept = db.session.scalar(select(Assignment.accepted))
    assert kept is not None
    assert [(one["kind"], one["reason"]) for one in kept] == [
        ("outside_availability", "He offered.")
    ]
    assert "Placed all the same: He offered." in cora.get(f"/shifts/{dates[0].id}")


def test_lost_last_place_shows_what_is_still_open(app: Flask, browser: Open) -> None:
    ward, other = builders.place("Ward 1"), builders.place("Ward 2")
    _weekly, dates = series(ward, weeks=1, wanted=1)
    _weekly, others = series(other, weeks=1, wanted=1)
    vera = builders.volunteer("Vera Vance", places=[ward])
    cora = browser(builders.cora())
    told(dates[0], builders.volunteer("Will Wood"))  # a moment ago
    page = cora.post(f"/shifts/{dates[0].id}/assign", {"place": vera.id}, status=422)
    assert "Someone has just taken this place" in page
    assert f"/shifts/{others[0].id}/assign" in page
    assert str(vera.id) not in on(dates[0])


def test_hard_objection_is_told_in_words(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    will = builders.volunteer("Will Wood")  # not cleared
    page = browser(builders.cora()).post(
        f"/shifts/{dates[0].id}/assign", {"place": will.id, "reason": "Please"}, status=422
    )
    assert "Not cleared for Ward 1." in page
    assert on(dates[0]) == {}


@pytest.mark.parametrize("place", ["", "0", "-1", "99999", "x" * 5000, "１", "\x00", "1;2"])
def test_nobody_to_place_is_not_found(app: Flask, browser: Open, place: str) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    browser(builders.cora()).post(f"/shifts/{dates[0].id}/assign", {"place": place}, status=404)


def test_back_never_leaves_the_app(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1, wanted=9)
    cora = browser(builders.cora())
    for number, back in enumerate(["//evil.example", "https://evil.example/", "/\\evil", "x"]):
        vera = builders.volunteer(f"Vera {number}", places=[ward])
        url = cora.post(f"/shifts/{dates[0].id}/assign", {"place": vera.id, "back": back})
        assert url == "/roster?series=sun-1400-1700"


def test_several_are_asked_at_once(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    people = [builders.volunteer(f"Vera {number}", places=[ward]) for number in range(6)]
    cora = browser(builders.cora())
    path = f"/shifts/{dates[0].id}/assign"
    many = {"ask_all": "1", "ask": [one.id for one in people]}
    page = cora.post(path, many, status=422)
    assert "Ask at most 5 people at once." in page
    assert page.count(" checked") == 6  # the ticks are kept
    assert "Choose at least one person." in cora.post(path, {"ask_all": "1"}, status=422)
    back = cora.post(path, {"ask_all": "1", "ask": [one.id for one in people[:2]]})
    assert "2 people were asked. The first yes gets the place." in cora.get(back)
    db.session.rollback()
    assert {one.state for one in db.session.scalars(select(Offer))} == {OfferState.OPEN}
    assert "Asked, no answer yet." in cora.get(f"/roster?fill={dates[0].id}")


def test_asking_against_a_hint_needs_a_reason(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    will = builders.volunteer("Will Wood", places=[ward])
    not_usually_free(will.id)
    cora = browser(builders.cora())
    path = f"/shifts/{dates[0].id}/assign"
    step = cora.post(path, {"ask_all": "1", "ask": will.id}, status=422)
    assert "Will Wood: Not usually free at this time." in step
    assert f'name="ask" value="{will.id}"' in step
    cora.post(path, {"ask_all": "1", "ask": will.id, "reason": "Nobody else is free."})
    db.session.rollback()
    assert db.session.scalar(select(Offer.volunteer_id)) == will.id


def test_picked_up_every_cell_shows_a_verdict(app: Flask, browser: Open) -> None:
    ward, other = builders.place("Ward 1"), builders.place("Ward 2")
    _weekly, dates = series(ward, weeks=2, wanted=1)
    series(other, weeks=2, wanted=1)
    vera = builders.volunteer("Vera Vance", places=[ward])
    told(dates[1], builders.volunteer("Will Wood"))
    page = browser(builders.cora()).get(f"/roster?hold={vera.id}")
    table = page[page.index('<table class="board') : page.index("</table>")]
    assert "Placing Vera Vance." in page
    assert table.count("v-ok") == 1
    assert table.count("v-no") == 3
    assert f'formaction="/shifts/{dates[0].id}/assign"' in table
    assert "Not cleared" in table
    assert "Full" in table
    assert "Will Wood" in table
    assert 'class="place' not in table


def test_search_in_the_panel_finds_by_name(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    for name in ("Vera Vance", "Will Wood"):
        builders.volunteer(name, places=[ward])
    cora = browser(builders.cora())
    page = cora.get(f"/roster?fill={dates[0].id}&q=wood")
    panel = page[page.index('id="fit"') :]
    assert ("Will Wood" in panel, "Vera Vance" in panel) == (True, False)
    assert "Nobody of this name" in cora.get(f"/roster?fill={dates[0].id}&q=zzz")


def test_own_page_of_the_panel_needs_no_board(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    shift = builders.shift(ward, sunday(1))
    builders.volunteer("Vera Vance", places=[ward])
    cora = browser(builders.cora())
    page = cora.get(f"/shifts/{shift.id}/assign")
    assert "Vera Vance" in page
    assert "Ward 1" in page
    change(shift, state=ShiftState.CANCELLED)
    assert "Nobody can be placed." in cora.get(f"/shifts/{shift.id}/assign")
    cora.get("/shifts/999999/assign", status=404)


def test_placing_stays_within_its_statements(
    app: Flask, browser: Open, statements: Statements
) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=3, wanted=2)
    first, second = (builders.volunteer(name, places=[ward]).id for name in ("Vera", "Will"))
    cora = browser(builders.cora())
    path = f"/shifts/{dates[0].id}/assign"
    cora.post(path, {"place": first, "back": "/roster"})
    statements.seen.clear()
    cora.post(path, {"place": second, "back": "/roster"})
    assert len(statements) <= 14, "\n".join(one[:90] for one in statements.seen)


def test_form_without_its_token_is_refused(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    vera = builders.volunteer(places=[ward])
    cora = browser(builders.cora())
    app.config["WTF_CSRF_ENABLED"] = True
    cora.post(f"/shifts/{dates[0].id}/assign", {"place": vera.id}, status=400)
    app.config["WTF_CSRF_ENABLED"] = False
    assert on(dates[0]) == {}
    db.session.rollback()
    assert db.session.scalar(select(Entry.id)) is None
