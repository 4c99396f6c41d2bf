from collections.abc import Callable

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.shifts.actions import weekly
from hospice.shifts.models import Shift, WeeklyShift
from hospice.shifts.rules.states import Category
from tests import builders
from tests.conftest import Browser
from tests.shifts.test_weekly_views import one_field, typed

Open = Callable[[User | None], Browser]


def kinds() -> set[Category]:
    db.session.rollback()
    return {shift.category for shift in db.session.query(Shift)}


def test_what_hours_count_as_goes_from_the_weekly_shift_to_its_dates(browser: Open) -> None:
    ward = builders.place()
    cora = browser(builders.cora())
    cora.post("/weekly-shifts/new", typed(ward, category="administrative"))
    assert kinds() == {Category.ADMIN}
    pattern = db.session.query(WeeklyShift).one()
    page = cora.get(f"/weekly-shifts/{pattern.id}")
    assert "The hours count as" in page
    assert "Office work" in page
    change = one_field(category="not_counted", scope="all", place_id=str(ward.id))
    cora.post(f"/weekly-shifts/{pattern.id}/edit", {**change, "version": str(pattern.version)})
    assert kinds() == {Category.NOT_COUNTED}


def test_hours_are_time_with_patients_unless_somebody_says_otherwise(browser: Open) -> None:
    cora = browser(builders.cora())
    cora.post("/weekly-shifts/new", typed(builders.place()))
    assert kinds() == {Category.DIRECT}
    cora.post("/weekly-shifts/new", typed(builders.place(), category="fun"), status=422)


def test_what_a_date_says_for_itself_stays(browser: Open) -> None:
    pattern = builders.weekly_shift(builders.place())
    with transaction():
        weekly.generate(builders.real_now())
    first = db.session.query(Shift).order_by(Shift.id).first()
    assert first is not None
    with transaction():
        db.session.get_one(Shift, first.id).category = Category.GRIEF
    change = one_field(category="administrative", scope="all", place_id=str(pattern.place_id))
    browser(builders.cora()).post(
        f"/weekly-shifts/{pattern.id}/edit", {**change, "version": str(pattern.version)}
    )
    db.session.rollback()
    assert db.session.get_one(Shift, first.id).category is Category.GRIEF
    assert kinds() == {Category.GRIEF, Category.ADMIN}
