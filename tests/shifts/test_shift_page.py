import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.shifts.models import Assignment, AssignmentPatient, Offer, Shift
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, OfferState, ShiftState
from hospice.shifts.views import cards
from hospice.shifts.views.cards import Column
from tests import builders
from tests.conftest import Browser, Statements
from tests.shifts.sundays import change, fresh, now, series, sunday, told

Open = Callable[[User | None], Browser]
S = AssignmentState


def table(page: str) -> list[list[str]]:
    """Return the rows of the people table as words."""
    page = re.sub(r'<span class="folds-label">[^<]*</span>', "", page)
    body = page[page.index("<tbody") : page.index("</tbody>")]
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    ]


def test_page_says_who_is_on_it_and_what_is_missing(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 2", second_name="River")
    _weekly, dates = series(ward, weeks=1, wanted=3)
    answered: dict[str, Any] = {"answered_at": now(), "answered_by": AnsweredBy.LINK}
    told(dates[0], builders.volunteer("Gao Fang"), is_leader=True, **answered)
    told(dates[0], builders.volunteer("Zhao Min"), S.DECLINED, reason="Family visit.", **answered)
    page = browser(builders.cora()).get(f"/shifts/{dates[0].id}")
    day = sunday(1)
    assert f"<h1>Ward 2 · River, Sunday {day.day} {day:%B}</h1>" in page
    assert "14:00–17:00 Shanghai time. 1 of 3 places is filled; 1 needs cover." in page
    rows = table(page)
    assert [row[:2] for row in rows] == [
        ["Gao Fang leads", "Confirmed"],
        ["Zhao Min", "Can’t come “Family visit.”"],
        ["Place 2 was Zhao Min", "Needs cover"],
        ["Place 3", "Open"],
    ]
    assert rows[0][2].endswith(", email")
    assert rows[0][3].endswith(", link")
    assert page[: page.index("</main>")].count('class="btn btn-primary"') == 1
    assert "Find cover" in page


def test_draft_is_not_told_and_the_button_publishes(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1, wanted=1)
    builders.assignment(dates[0], builders.volunteer("Vera Vance"), S.DRAFT)
    page = browser(builders.cora()).get(f"/shifts/{dates[0].id}")
    assert table(page)[0][:3] == ["Vera Vance", "Draft", "Not told yet"]
    assert "Publish 1 change" in page


def test_answer_by_phone_is_written_down(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance"), S.WAITING)
    cora = browser(builders.cora())
    path = f"/assignments/{row.id}"
    assert "They will come" in cora.get(path)
    assert "Choose whether they come" in cora.post(f"{path}/answer", {}, status=422)
    typed = {"answer": "no", "reason": "x" * 301}
    assert "x" * 301 in cora.post(f"{path}/answer", typed, status=422)
    cora.post(f"{path}/answer", {"answer": "yes"})
    page = cora.get(f"/shifts/{dates[0].id}")
    assert "Vera Vance is confirmed for Ward 1" in page
    assert table(page)[0][3].endswith(", by phone")
    cora.post(f"{path}/answer", {"answer": "no", "reason": "Family visit."})
    assert fresh(dates[0]).taken == 0
    assert "“Family visit.”" in cora.get(f"/shifts/{dates[0].id}")


def test_yes_after_all_needs_a_free_place(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1, wanted=1)
    row = told(dates[0], builders.volunteer("Vera Vance", places=[ward]), S.DECLINED)
    told(dates[0], builders.volunteer("Will Wood"))
    page = browser(builders.cora()).post(
        f"/assignments/{row.id}/answer", {"answer": "yes"}, status=422
    )
    assert "Every place is taken." in page


def test_replace_takes_off_and_looks_for_another(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance"))
    cora = browser(builders.cora())
    there = cora.post(f"/assignments/{row.id}/remove", {"then": "replace"})
    assert there == f"/shifts/{dates[0].id}/assign"
    assert fresh(row).state is S.REMOVED
    cora.get(f"/assignments/{row.id}", status=404)
    cora.post(f"/assignments/{row.id}/remove", status=404)


def test_leader_is_one(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    first = told(dates[0], builders.volunteer("Vera Vance"), is_leader=True)
    second = told(dates[0], builders.volunteer("Will Wood"))
    cora = browser(builders.cora())
    cora.post(f"/assignments/{second.id}/lead")
    assert (fresh(first).is_leader, fresh(second).is_leader) == (False, True)
    assert "Will Wood leads Ward 1" in cora.get(f"/shifts/{dates[0].id}")


def test_patients_are_named_for_a_volunteer(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance"))
    wang = builders.patient("Mrs Wang", at=ward, bed="3")
    builders.patient("Mr Zhu", at=ward, bed="6")
    elsewhere = builders.patient("Mr Elsewhere")
    cora = browser(builders.cora())
    form = cora.get(f"/assignments/{row.id}/patients")
    assert "Mrs Wang, bed 3" in form
    assert "Elsewhere" not in form
    cora.post(f"/assignments/{row.id}/patients", {"patients": str(wang.id)})
    db.session.rollback()
    assert db.session.scalars(select(AssignmentPatient.patient_id)).all() == [wang.id]
    page = cora.get(f"/shifts/{dates[0].id}")
    assert "Mrs Wang (bed 3)" in page
    assert "Mr Zhu" not in page
    for value in (str(elsewhere.id), "x", "9" * 30):
        cora.post(f"/assignments/{row.id}/patients", {"patients": value}, status=422)
    cora.post(f"/assignments/{row.id}/patients", {})
    db.session.rollback()
    assert db.session.scalars(select(AssignmentPatient.patient_id)).all() == []


def test_leader_sees_no_patients_and_no_buttons(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance", phone="130 5555 0177"))
    told(dates[0], builders.volunteer("Will"), S.DECLINED, reason="Mrs Wang knows me.")
    builders.patient("Mrs Wang", at=ward)
    lee = browser(builders.user("Lee Lind", Role.LEADER))
    page = lee.get(f"/shifts/{dates[0].id}")
    assert "Vera Vance" in page
    assert "Mrs Wang" not in page
    assert "130 5555 0177" not in page
    assert "<form" not in page[page.index("<main") : page.index("</main>")]
    lee.get(f"/assignments/{row.id}", status=404)
    for verb in ("answer", "remove", "lead", "patients"):
        lee.post(f"/assignments/{row.id}/{verb}", {"answer": "no"}, status=404)


def test_shift_is_cancelled_with_a_reason_and_reopened(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance"))
    cora = browser(builders.cora())
    path = f"/shifts/{dates[0].id}"
    assert "1 person is on it." in cora.get(f"{path}/cancel")
    assert "Enter the reason" in cora.post(f"{path}/cancel", {"reason": " "}, status=422)
    cora.post(f"{path}/cancel", {"reason": "The ward is painted."})
    page = cora.get(path)
    assert "Cancelled: The ward is painted." in page
    assert fresh(row).state is S.CANCELLED
    assert "Let it take place" in page
    cora.post(f"{path}/reopen")
    assert fresh(dates[0]).state is ShiftState.PLANNED


def test_over_shift_can_only_be_read(app: Flask, browser: Open) -> None:
    shift = builders.shift(builders.place("Ward 1"), sunday(-1))
    row = told(shift, builders.volunteer("Vera Vance"))
    cora = browser(builders.cora())
    page = cora.get(f"/shifts/{shift.id}")
    assert table(page)[0][1] == "Done"
    assert "Cancel this shift" not in page
    assert "This shift is over." in cora.get(f"/assignments/{row.id}")
    assert "This shift is over." in cora.post(
        f"/assignments/{row.id}/answer", {"answer": "no"}, status=422
    )
    cora.post(f"/shifts/{shift.id}/cancel", {"reason": "Late"}, status=422)


def test_asked_people_and_their_answers_are_listed(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    for name, state in (("Vera", OfferState.OPEN), ("Will", OfferState.DECLINED)):
        builders.save(
            Offer(
                shift_id=dates[0].id,
                volunteer_id=builders.volunteer(name).id,
                state=state,
                asked_at=now(),
                accepted=[],
            )
        )
    page = browser(builders.cora()).get(f"/shifts/{dates[0].id}")
    assert ("No answer yet" in page, "Said no" in page) == (True, True)


def test_home_visit_names_its_patient(app: Flask, browser: Open) -> None:
    home = builders.place("Home visits")
    wang = builders.patient("Mrs Wang", at=home)
    shift = builders.shift(home, sunday(1), patient_id=wang.id)
    told(shift, builders.volunteer("Vera Vance"))
    page = browser(builders.cora()).get(f"/shifts/{shift.id}")
    assert "Everyone on this shift visits" in page
    assert f"/patients/{wang.id}" in page
    assert "view=week" in page  # it belongs to no series


def test_features_to_the_right_bring_cards_and_times(
    app: Flask, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance"))

    def draw(shift: Shift, _user: User, _now: datetime) -> Markup:
        return Markup("<p>A card for {}</p>").format(shift.id)

    monkeypatch.setattr(cards, "_cards", {"test": (Column.SIDE, draw)})
    monkeypatch.setattr(cards, "_times", {"test": lambda _ids: {row.id: "13:58 – 17:02"}})
    page = browser(builders.cora()).get(f"/shifts/{dates[0].id}")
    assert f"A card for {dates[0].id}" in page
    assert table(page)[0][4] == "13:58 – 17:02"


def test_statements_do_not_grow_with_the_people(
    app: Flask, browser: Open, statements: Statements
) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1, wanted=40)
    cora = browser(builders.cora())
    path = f"/shifts/{dates[0].id}"

    def count() -> int:
        statements.seen.clear()
        cora.get(path)
        return len(statements)

    told(dates[0], builders.volunteer("Vera 0"))
    count()
    one = count()
    for number in range(1, 30):
        told(dates[0], builders.volunteer(f"Vera {number}"))
    assert count() == one


@pytest.mark.parametrize("number", ["0", "99999", "2147483647", "99999999999999999999"])
def test_unknown_numbers_are_not_found(app: Flask, browser: Open, number: str) -> None:
    cora = browser(builders.cora())
    for path in (
        f"/shifts/{number}",
        f"/shifts/{number}/assign",
        f"/shifts/{number}/cancel",
        f"/shifts/{number}/sign-in-sheet",
        f"/assignments/{number}",
        f"/assignments/{number}/patients",
    ):
        cora.get(path, status=404)
    for path in (f"/assignments/{number}/remove", f"/shifts/{number}/reopen"):
        cora.post(path, status=404)


def test_changed_meanwhile_is_said(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance"), S.WAITING)
    change(row, state=S.DECLINED)
    cora = browser(builders.cora())
    page = cora.post(f"/assignments/{row.id}/lead", status=422)
    assert "No longer on this shift." in page
    assert db.session.get(Assignment, row.id)
    assert dates[0].starts_at - now() > timedelta(0)
