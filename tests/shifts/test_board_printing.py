import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.shifts.views.printing import short_name
from tests import builders
from tests.conftest import Browser
from tests.shifts.sundays import change, series, sunday, told

Open = Callable[[User | None], Browser]
S = AssignmentState


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Anna Reid", "Anna R."),
        ("Anna Maria Reid", "Anna M."),
        ("陈佳", "陈佳"),
        ("Vera", "Vera"),
        ("  Anna  Reid ", "Anna R."),
        ("李", "李"),
    ],
)
def test_names_on_paper_are_short(name: str, printed: str) -> None:
    assert short_name(name) == printed


def test_ward_roster_names_volunteers_shortly_and_no_patients(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=2, wanted=3)
    told(dates[0], builders.volunteer("Anna Reid"))
    told(dates[0], builders.volunteer("Deng Kai"), S.WAITING)
    told(dates[0], builders.volunteer("Zhao Min"), S.DECLINED)
    builders.shift(ward, sunday(1), patient_id=builders.patient("Mrs Wang", at=ward).id)
    page = browser(builders.cora()).get("/roster/print")
    assert "Anna R." in page
    assert "Anna Reid" not in page
    assert "Deng K. (waiting)" in page
    assert "Zhao" not in page
    assert "Mrs Wang" not in page
    assert "Printed by Cora Coates" in page
    assert "shred after use" in page


def test_sign_in_sheet_has_names_and_spare_rows(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    told(dates[0], builders.volunteer("Anna Reid"))
    told(dates[0], builders.volunteer("Zhao Min"), S.DECLINED)
    page = browser(builders.cora()).get(f"/shifts/{dates[0].id}/sign-in-sheet")
    assert "Anna Reid" in page
    assert "Zhao Min" not in page
    assert page.count("<tr>") == 1 + 1 + 5
    assert "021 5555 0161" in page


def test_export_is_a_table_that_runs_nothing(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("=Ward 1"), weeks=2)
    told(dates[0], builders.volunteer("=HYPERLINK(1)"), is_leader=True)
    told(dates[0], builders.volunteer("+陈佳"), S.WAITING)
    change(dates[1], state=ShiftState.CANCELLED)
    cora = browser(builders.cora())
    text = cora.get("/roster/export")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows[0] == ["Date", "Starts", "Ends", "Place", "State", "Volunteer", "Leader"]
    head = [str(sunday(1)), "14:00", "17:00", "'=Ward 1"]
    assert rows[1] == [*head, "Confirmed", "'=HYPERLINK(1)", "yes"]
    assert rows[2] == [*head, "Waiting", "'+陈佳", ""]
    assert rows[3][4] == "Cancelled"
    one = cora.get(f"/roster/export?shift={dates[1].id}")
    assert str(sunday(1)) not in one


def test_export_keeps_the_filters(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    builders.shift(ward, sunday(1) - timedelta(days=1), wanted=1)
    builders.shift(builders.place("Ward 2"), sunday(1), wanted=1)
    text = browser(builders.cora()).get(
        f"/roster/export?view=week&from={sunday(1)}&place={ward.id}"
    )
    assert ("Ward 1" in text, "Ward 2" in text) == (True, False)
