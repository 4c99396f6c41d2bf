from datetime import date, timedelta

import pytest
from flask import Flask

from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal.queries import history
from hospice.tasks import actions, queries
from hospice.tasks.models import Task
from hospice.tasks.rules import Progress, TaskFilter
from tests import builders
from tests.builders import NOW

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def made(words: str = "Bring the radio.", due_on: date = TODAY, **values: object) -> Task:
    with transaction():
        return actions.make(
            words,
            **{"due_on": due_on, "about": None, "by": None, "now": NOW, **values},  # type: ignore[arg-type]
        )


def test_a_task_keeps_where_it_came_from_and_is_told_there(either_app: Flask) -> None:
    cora, wang = builders.cora(), builders.patient()
    task = made(about=("shift", 12), patient_id=wang.id, is_promise=True, by=cora)
    assert (task.about_kind, task.about_id, task.made_by_id) == ("shift", 12, cora.id)
    for kind, record_id in (("task", task.id), ("shift", 12), ("patient", wang.id)):
        assert [one.verb for one in history(kind, record_id)] == ["task.promised"]
    assert [one.id for one in queries.tasks_from("shift", 12)] == [task.id]
    assert [one.id for one in queries.tasks_on_patient(wang.id)] == [task.id]


def test_a_promise_is_closed_once_and_with_an_outcome(either_app: Flask) -> None:
    cora, ada = builders.cora(), builders.ada()
    task = made(is_promise=True)
    with pytest.raises(Refused), transaction():
        actions.close(queries.task_for(cora, task.id), outcome=" ", by=cora, now=NOW)
    assert queries.task_for(cora, task.id).done_at is None
    for who in (cora, ada):  # the second tap changes nothing
        with transaction():
            found = queries.task_for(who, task.id, locking=True)
            actions.close(found, outcome=f"Done by {who.name}", by=who, now=NOW)
    closed = queries.task_for(cora, task.id)
    assert (closed.done_by_id, closed.outcome) == (cora.id, "Done by Cora Coates")
    assert [one.verb for one in history("task", task.id)] == ["task.closed", "task.promised"]
    with transaction():
        actions.reopen(queries.task_for(cora, task.id), by=ada, now=NOW)
    assert queries.task_for(cora, task.id).done_at is None


def test_a_task_is_given_another_day_and_owner_while_it_is_open(either_app: Flask) -> None:
    cora = builders.cora()
    task = made()
    with transaction():
        actions.change(
            queries.task_for(cora, task.id),
            words="Bring the radio and a cable.",
            due_on=TODAY + DAY,
            owner_id=cora.id,
            by=cora,
            now=NOW,
        )
    found = queries.task_for(cora, task.id)
    assert (found.words, found.due_on, found.owner_id) == (
        "Bring the radio and a cable.",
        TODAY + DAY,
        cora.id,
    )
    assert history("task", task.id)[0].facts["changed"]["due_on"] == ["2026-11-24", "2026-11-25"]
    with transaction():
        actions.close(found, outcome="", by=cora, now=NOW)
    with transaction():
        actions.change(
            queries.task_for(cora, task.id),
            words="x",
            due_on=TODAY,
            owner_id=None,
            by=cora,
            now=NOW,
        )
    assert queries.task_for(cora, task.id).words == "Bring the radio and a cable."


def test_the_list_is_by_day_and_today_names_what_is_due(either_app: Flask) -> None:
    cora, ada = builders.cora(), builders.ada()
    later = made("later", TODAY + DAY, owner_id=cora.id)
    overdue = made("overdue", TODAY - DAY, owner_id=ada.id)
    today = made("today", TODAY)
    done = made("done", TODAY - 2 * DAY)
    with transaction():
        actions.close(queries.task_for(cora, done.id), outcome="", by=cora, now=NOW)

    def listed(by: TaskFilter) -> list[int]:
        assert queries.task_count(by) == len(queries.tasks(by))
        return [one.id for one in queries.tasks(by)]

    assert listed(TaskFilter()) == [overdue.id, today.id, later.id]
    assert listed(TaskFilter(owner_id=cora.id)) == [later.id]
    assert listed(TaskFilter(progress=Progress.DONE)) == [done.id]
    assert [one.id for one in queries.due_tasks(TODAY)] == [overdue.id, today.id]
    totals = queries.totals(TODAY)
    assert (totals.open, totals.due) == (3, 2)


def test_who_may_not_see_tasks_finds_none(either_app: Flask) -> None:
    account, _vera = builders.vera()
    task = made()
    with pytest.raises(Missing):
        queries.task_for(account, task.id)
    assert {one.name for one in queries.possible_owners()} == set()
    cora, gone = builders.cora(), builders.ada(is_enabled=False)
    db.session.rollback()
    assert [one.id for one in queries.possible_owners()] == [cora.id]
    assert {one.id for one in queries.possible_owners(gone.id)} == {cora.id, gone.id}
