"""The forms of a call: what was said and promised, when to call again, and what to change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.accounts.models import User
from hospice.core import clock
from hospice.grief_support.rules.plans import Outcome
from hospice.grief_support.words.labels import OUTCOME_LABELS
from hospice.web.forms import (
    Form,
    VersionedForm,
    choice_field,
    clock_field,
    day_field,
    long_field,
    number_field,
    required,
    small_int,
    text_field,
)

_LONG = 4_000
_PROMISE = 500


class TalkedForm(Form):
    """Three short questions after a talk."""

    words = long_field(
        _l("How are they?"),
        maximum=_LONG,
        hint=_l("What they said, in a few words. No interpretation."),
        rows=4,
    )
    promise = long_field(
        _l("Did you promise anything?"),
        maximum=_PROMISE,
        hint=_l("It becomes a task of yours that closes only with what was done."),
        rows=2,
    )
    promise_on = day_field(_l("By which day?"))
    minutes = number_field(_l("How many minutes?"), low=0, high=600)


class NotNowForm(Form):
    """The time that they named."""

    day = day_field(_l("Which day suits them?"), required_message=_l("Choose the day"))
    time = clock_field(_l("At what time, where they live?"), required_message=_l("Enter the time"))
    words = long_field(_l("Anything to remember"), maximum=_LONG, rows=2)

    def moment(self, zone: str) -> datetime:
        """Return the time that they named, where they live."""
        return clock.instant(self.day.data, self.time.data, zone)


class NoAnswerForm(Form):
    """What happened when nobody answered."""

    outcome = choice_field(
        _l("What happened?"),
        [
            (one.value, OUTCOME_LABELS[one])
            for one in (Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE, Outcome.WRONG_NUMBER)
        ],
        as_radio=True,
        coerce=Outcome,
        required_message=_l("Choose what happened"),
    )


class StopForm(Form):
    """What they said when they asked us not to call again."""

    words = long_field(_l("What they said, if anything"), maximum=300, rows=2)


class LookedAfterForm(Form):
    """What a counsellor did."""

    words = long_field(
        _l("What was done?"), maximum=_PROMISE, validators=[required(_l("Write what was done"))]
    )


class ChangeForm(VersionedForm):
    """Another day or another caller for a follow-up."""

    opens_on = day_field(_l("From"), required_message=_l("Choose the first day"))
    due_on = day_field(_l("Until"), required_message=_l("Choose the last day"))
    assignee = choice_field(_l("Who does it"), coerce=small_int)
    accepting = text_field(_l("Why they do it all the same"), maximum=300)

    def __init__(self, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.assignee.choices = [
            (0, _l("Whoever follows them")),
            *((person.id, person.name) for person in people),
        ]
        kept = kwargs.get("obj")
        if kept is not None and not self.assignee.raw_data:
            self.assignee.data = kept.assignee_id or 0  # `obj.assignee` is a person, not an id


class SkipForm(Form):
    """Why a follow-up is left out."""

    reason = long_field(_l("Why is it left out?"), maximum=300, rows=2)
