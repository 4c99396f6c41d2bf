"""The team hears that words of harm are unread and that a day has come, and never what was said."""

from datetime import date, timedelta

from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.cases import actions, notices, queries
from hospice.cases.rules import CaseState
from hospice.core.db import db, transaction
from hospice.reminders.rules import Kind
from tests import builders
from tests.cases.test_cases import PRAISE, about, go, said
from tests.grief_support.families import greta

NOW = builders.NOW


def test_unread_words_of_harm_are_told_to_the_team_until_somebody_reads(either_app: Flask) -> None:
    cora, who = builders.cora(), greta()
    builders.ada()
    made = said(PRAISE)
    found = list(notices.due(NOW))
    assert {(one.kind, one.recipient) for one in found} == {
        (Kind.CASE_UNREAD, f"user:{cora.id}"),
        (Kind.CASE_UNREAD, f"user:{who.id}"),
    }
    assert "shouted" not in str(found)
    wanted = [(one.about, one.key) for one in found]
    assert set(notices.still_due_of(wanted, NOW)) == {one.key for one in found}
    with transaction():
        actions.read(queries.case_for(who, made.id), looks_into=False, by=who, now=NOW)
    assert list(notices.due(NOW)) == []
    assert notices.still_due_of(wanted, NOW) == {}


def test_a_day_is_told_to_its_owner_then_to_administrators_never_to_whom_it_is_about(
    either_app: Flask,
) -> None:
    cora, ada = builders.cora(), builders.ada()
    accused = builders.user("Carl Carer", Role.COORDINATOR)
    made = said()  # on a Wednesday: to be acknowledged by Monday 30 November
    about(made.id, cora, about_user_id=accused.id)
    day = NOW + timedelta(days=5)
    assert list(notices.due(day - timedelta(days=1))) == []
    assert [one.recipient for one in notices.due(day)] == [f"user:{cora.id}"], "nobody has it"
    with transaction():
        actions.take(queries.case_for(ada, made.id), by=ada, now=NOW)
    assert [one.recipient for one in notices.due(day)] == [f"user:{ada.id}"]
    about(made.id, cora, owner_id=cora.id)
    later = {one.recipient for one in notices.due(day + timedelta(days=1))}
    assert later == {f"user:{cora.id}", f"user:{ada.id}"}
    wanted = [(one.about, one.key) for one in notices.due(day)]
    go(made.id, cora, CaseState.ACKNOWLEDGED)
    assert notices.still_due_of(wanted, day) == {}
    assert queries.case_for(cora, made.id).answer_by == date(2026, 12, 25)


def test_where_the_owner_left_the_team_hears_of_the_day(app: Flask) -> None:
    cora, who = builders.cora(), greta()
    made = said()
    with transaction():
        actions.take(queries.case_for(who, made.id), by=who, now=NOW)
    day = NOW + timedelta(days=5)
    assert [one.recipient for one in notices.due(day)] == [f"user:{who.id}"]
    with transaction():
        db.session.get_one(User, who.id).is_enabled = False
    assert [one.recipient for one in notices.due(day)] == [f"user:{cora.id}"]
