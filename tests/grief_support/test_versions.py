"""Of two who change one record at once, the second is shown what the first wrote."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.grief_support.models import Death, FollowUp, SupportPlan
from tests import builders
from tests.conftest import Browser
from tests.grief_support import families

Open = Callable[[User | None], Browser]
CORRECTION = {
    "known": "day",
    "died_on": "2026-11-19",
    "told_by": "Nurse Hu",
    "told_how": "phone",
    "reason": "The certificate",
}
KEPT = {
    "kinds": ["anniversary", "qingming"],
    "counting": "inclusive",
    "calendar": "gregorian",
    "agreed_words": "Ms Chen, by phone",
}
MOVED = {"opens_on": "2026-12-01", "due_on": "2026-12-09", "assignee": "0"}


def ids() -> dict[str, int]:
    patient = builders.patient()
    link = families.kinship(patient)
    death = families.confirmed(patient)
    plan = families.plan_of(link.id, builders.cora())
    follow_up = db.session.scalars(select(FollowUp).where(FollowUp.plan_id == plan.id)).first()
    assert follow_up is not None
    return {"death": death.id, "plan": plan.id, "follow_up": follow_up.id}


@pytest.mark.parametrize(
    ("where", "sent", "field", "theirs", "table"),
    [
        ("/deaths/{death}/correct", CORRECTION, "told_by", "Doctor Ma", Death),
        ("/grief-support/plans/{plan}/days", KEPT, "agreed_words", "Mr Chen", SupportPlan),
        ("/grief-support/calls/{follow_up}/change", MOVED, "due_on", "2026-12-10", FollowUp),
    ],
)
def test_the_second_sees_what_the_first_wrote(
    app: Flask,
    browser: Open,
    where: str,
    sent: dict[str, object],
    field: str,
    theirs: str,
    table: type[Death] | type[SupportPlan] | type[FollowUp],
) -> None:
    found = ids()
    desk = browser(builders.user("Ada", Role.ADMINISTRATOR))
    url = where.format(**found)
    version = versions(desk.get(url))
    desk.post(url, {**sent, field: theirs, "version": version})
    page = desk.post(url, {**sent, "version": version}, status=422)
    assert "Someone else changed this while you were writing" in page
    assert ("10 Dec 2026" if field == "due_on" else theirs) in page
    assert str(sent[field]) in page  # what was typed is not lost
    desk.post(url, {**sent, "version": versions(page)})  # having read it, they decide
    db.session.expire_all()
    row = db.session.get_one(table, next(found[one] for one in found if f"{{{one}}}" in where))
    written = {"agreed_words": "dates_agreed_words"}.get(field, field)
    assert str(getattr(row, written)) == sent[field]


def versions(page: str) -> str:
    """Return the version that a form carries."""
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]
