"""Labels of tasks, what keeps one from being closed, and the sentences of their history."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from hospice.core.errors import Objection
from hospice.tasks.rules import Urgency

URGENCY_LABELS: dict[Urgency, Any] = {
    Urgency.OVERDUE: _l("Overdue"),
    Urgency.TODAY: lazy_pgettext("task", "Today"),
    Urgency.LATER: _l("To do"),
    Urgency.DONE: lazy_pgettext("task", "Done"),
}


def urgency_word(value: Urgency) -> str:
    """Return the word for how soon a task wants to be done."""
    return str(URGENCY_LABELS[value])


def tasks_state(count: int, due: int) -> str:
    """Return how many tasks there are to do: "3 tasks to do, 1 of them due."."""
    if not count:
        return _("Nothing to do.")
    if not due:
        return ngettext("%(num)d task to do.", "%(num)d tasks to do.", count)
    return ngettext(
        "%(num)d task to do, %(due)d of them due.",
        "%(num)d tasks to do, %(due)d of them due.",
        count,
        due=due,
    )


def task_objection_words(objection: Objection) -> str:
    """Return what keeps a task from being made or closed."""
    return _objections[objection.kind](objection.facts)


_objections: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "no_words": lambda _facts: _("Write what is to be done"),
    "words_too_long": lambda facts: _("Use at most %(max)d characters", max=facts["most"]),
    "no_outcome": lambda _facts: _("This was promised to someone. Write what was done"),
    "outcome_too_long": lambda facts: _("Use at most %(max)d characters", max=facts["most"]),
}

VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "task.made": lambda _facts: _("made a task"),
    "task.promised": lambda _facts: _("made a promise, kept as a task"),
    "task.given": lambda _facts: _("gave the task to someone else"),
    "task.closed": lambda _facts: _("closed the task"),
    "task.reopened": lambda _facts: _("opened the task again"),
}

FIELDS: dict[str, Any] = {
    "task.words": _l("What is to be done"),
    "task.due_on": _l("By which day?"),
}

GLOBALS: dict[str, Callable[..., Any]] = {
    "tasks_state": tasks_state,
    "urgency_word": urgency_word,
}
