import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.tasks import actions
from hospice.tasks.models import Task
from tests import builders
from tests.conftest import Browser, Statements

Open = Callable[[User | None], Browser]
DAY = timedelta(days=1)


def today() -> date:
    return clock.today("Asia/Shanghai")


def made(words: str = "Bring the radio.", **values: object) -> int:
    with transaction():
        facts = {"due_on": today(), "about": None, "by": None, "now": clock.now(), **values}
        return actions.make(words, **facts).id  # type: ignore[arg-type]


def fresh(task_id: int) -> Task:
    db.session.rollback()
    return db.session.get_one(Task, task_id)


def test_a_task_is_made_listed_and_closed(app: Flask, browser: Open) -> None:
    cora = builders.cora()
    desk = browser(cora)
    sent = {"words": "Thank <b>the</b> ward. 谢谢", "due_on": str(today()), "owner": str(cora.id)}
    assert desk.post("/tasks/new", sent) == "/tasks"
    page = desk.get("/tasks?whose=mine")
    assert "Thank &lt;b&gt;the&lt;/b&gt; ward. 谢谢" in page
    assert "1 task to do, 1 of them due." in page
    (task_id,) = {int(one) for one in re.findall(r'href="/tasks/(\d+)"', page)}
    assert "Thank &lt;b&gt;the" in desk.get("/today")
    assert desk.post(f"/tasks/{task_id}/close", {"outcome": ""}) == "/tasks"
    assert "Nothing to do." in desk.get("/tasks")
    assert "Thank &lt;b&gt;the" in desk.get("/tasks?show=done")
    assert "Thank &lt;b&gt;the" not in desk.get("/today")
    assert desk.post(f"/tasks/{task_id}/reopen") == f"/tasks/{task_id}"
    assert fresh(task_id).done_at is None


def test_a_promise_asks_what_was_done_and_keeps_nothing_typed_from_view(
    app: Flask, browser: Open
) -> None:
    desk = browser(builders.cora())
    wang = builders.patient("Mrs Wang")
    task_id = made(is_promise=True, patient_id=wang.id)
    page = desk.post(f"/tasks/{task_id}/close", {"outcome": ""}, status=422)
    assert "This was promised to someone. Write what was done" in page
    assert "<title>Error: Task" in page
    assert 'href="#outcome"' in page
    long = "x" * 1001
    page = desk.post(f"/tasks/{task_id}/close", {"outcome": long}, status=422)
    assert long in page
    assert "Bring the radio." in desk.get(f"/patients/{wang.id}")
    assert desk.post(f"/tasks/{task_id}/close", {"outcome": "It plays."}) == "/tasks"
    assert "It plays." in desk.get(f"/tasks/{task_id}")
    assert "Bring the radio." not in desk.get(f"/patients/{wang.id}")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"words": "", "due_on": "2026-12-01"}, "Write what is to be done"),
        ({"words": "x", "due_on": ""}, "Choose the day"),
        ({"words": "x", "due_on": "31/02"}, "Enter a date that exists"),
        ({"words": "x" * 501, "due_on": "2026-12-01"}, "Use at most 500 characters"),
        ({"words": "x", "due_on": "2026-12-01", "owner": "99"}, "Choose from what is offered"),
    ],
)
def test_what_is_missing_stands_beside_its_field(
    app: Flask, browser: Open, sent: dict[str, str], words: str
) -> None:
    desk = browser(builders.cora())
    page = desk.post("/tasks/new", {"owner": "0", **sent}, status=422)
    assert words in page
    assert sent["words"] in page


def test_a_task_is_changed_and_its_history_says_so(app: Flask, browser: Open) -> None:
    desk = browser(builders.cora())
    task_id = made()
    assert 'value="' + str(today()) in desk.get(f"/tasks/{task_id}/edit")
    sent = {"words": "Bring two radios.", "due_on": str(today() + DAY), "owner": "0"}
    assert desk.post(f"/tasks/{task_id}/edit", sent) == f"/tasks/{task_id}"
    assert fresh(task_id).words == "Bring two radios."
    assert "what is to be done: from “Bring the radio.” to “Bring two radios.”" in desk.get(
        f"/tasks/{task_id}"
    )


def test_an_auditor_reads_and_a_volunteer_finds_nothing(app: Flask, browser: Open) -> None:
    task_id = made()
    auditor = browser(builders.user("Ren Hui", Role.AUDITOR))
    assert "It is done" not in auditor.get(f"/tasks/{task_id}")
    auditor.get("/tasks/new", status=404)
    auditor.post(f"/tasks/{task_id}/close", {"outcome": "x"}, status=404)
    for person in (builders.otto(), builders.user("Lena Leads", Role.LEADER)):
        outsider = browser(person)
        for url in ("/tasks", f"/tasks/{task_id}", "/tasks/999"):
            outsider.get(url, status=404)
    assert fresh(task_id).done_at is None


def test_the_list_asks_as_often_for_one_task_as_for_many(
    app: Flask, browser: Open, statements: Statements
) -> None:
    desk = browser(builders.cora())

    def count() -> int:
        desk.get("/tasks")
        statements.seen.clear()
        desk.get("/tasks")
        return len(statements)

    made()
    once = count()
    for number in range(25):
        made(f"Task {number}", patient_id=builders.patient(f"Mrs {number}").id)
    assert count() == once <= 8
