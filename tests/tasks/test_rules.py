from datetime import date, timedelta

import pytest

from hospice.core.errors import Objection
from hospice.tasks import rules
from hospice.tasks.rules import Urgency

TODAY = date(2026, 11, 29)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("due_on", "is_done", "found"),
    [
        (TODAY - DAY, False, Urgency.OVERDUE),
        (TODAY, False, Urgency.TODAY),
        (TODAY + DAY, False, Urgency.LATER),
        (TODAY - DAY, True, Urgency.DONE),
    ],
)
def test_urgency(due_on: date, is_done: bool, found: Urgency) -> None:
    assert rules.urgency(due_on, TODAY, is_done=is_done) is found


def kinds(found: list[Objection]) -> list[tuple[str, str | None]]:
    return [(one.kind, one.field) for one in found]


def test_a_promise_is_not_closed_without_saying_what_was_done() -> None:
    close = rules.closing_objections
    assert kinds(close(is_promise=True, outcome=" \n")) == [("no_outcome", "outcome")]
    assert close(is_promise=True, outcome="Brought it.") == []
    assert close(is_promise=False, outcome="") == []
    assert kinds(close(is_promise=False, outcome="x" * 1001)) == [("outcome_too_long", "outcome")]


def test_a_task_says_something_and_not_too_much() -> None:
    assert kinds(rules.making_objections(" ")) == [("no_words", "words")]
    assert kinds(rules.making_objections("x" * 501)) == [("words_too_long", "words")]
    assert rules.making_objections("x" * 500) == []
