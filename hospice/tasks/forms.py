"""Parsing and shape of a task, and of closing one."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.accounts.models import User
from hospice.tasks.rules import OUTCOME_MOST, WORDS_MOST
from hospice.web.forms import Form, choice_field, day_field, long_field, required, small_int


class TaskForm(Form):
    """What is to be done, by which day, and who does it."""

    words = long_field(
        _l("What is to be done"),
        maximum=WORDS_MOST,
        validators=[required(_l("Write what is to be done"))],
        rows=3,
    )
    due_on = day_field(_l("By which day?"), required_message=_l("Choose the day"))
    owner = choice_field(_l("Who does it"), coerce=small_int)

    def __init__(self, owners: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner.choices = [
            (0, _l("Anyone of the team")),
            *((person.id, person.name) for person in owners),
        ]


class CloseForm(Form):
    """What was done."""

    outcome = long_field(_l("What was done?"), maximum=OUTCOME_MOST, rows=3)
