"""The forms of an alarm: what was heard, who has it, and who is on duty."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.accounts.models import User
from hospice.grief_support.actions.red_flags import DutyFacts
from hospice.grief_support.models import DutyClinician
from hospice.grief_support.rules.red_flags import Hours, Sign
from hospice.grief_support.words.red_flags import SIGN_LABELS
from hospice.volunteers.words import weekday_label
from hospice.web.forms import (
    Form,
    VersionedForm,
    chips_field,
    choice_field,
    clock_field,
    email_field,
    long_field,
    phone_field,
    required,
    small_int,
    text_field,
)

_WORDS = 500


class AlarmForm(Form):
    """What somebody is worried about: each sign is a button of its own, so that two taps do."""

    words = long_field(
        _l("What they said or did"),
        maximum=_WORDS,
        hint=_l("In their words, if you can. You can add it after the alarm as well."),
        rows=2,
    )
    sign = choice_field(
        _l("What worries you?"),
        [("", ""), *((sign.value, label) for sign, label in SIGN_LABELS.items())],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"sign": "", **kwargs})

    @property
    def signs(self) -> list[Sign]:
        """Return the sign that was pressed; none where a counsellor is asked for today."""
        return [Sign(self.sign.data)] if self.sign.data else []


class MoreForm(Form):
    """What was heard since."""

    signs = chips_field(
        _l("What else?"),
        [(sign.value, label) for sign, label in SIGN_LABELS.items() if sign is not Sign.OTHER],
        coerce=Sign,
    )
    words = long_field(_l("What they said or did"), maximum=_WORDS, rows=2)


class TakeForm(Form):
    """Who has it, where that is somebody else."""

    name = text_field(_l("Their name"), validators=[required(_l("Enter their name"))])


class DutyForm(VersionedForm):
    """A clinician, how they are reached, and when they are on duty."""

    name = text_field(_l("Name"), validators=[required(_l("Enter the name"))])
    phone = phone_field(
        _l("Telephone"),
        validators=[required(_l("Enter the telephone number"))],
        hint=_l("Shown large to whoever is worried, to call at once."),
    )
    account = choice_field(
        _l("Their account"),
        coerce=small_int,
        hint=_l("With an account they are told in the ways they chose for themselves."),
    )
    email = email_field(
        _l("Email"),
        hint=_l("Without an account they cannot open the page. They hear that they must call us."),
    )
    days = chips_field(
        _l("Days on duty"), coerce=small_int, hint=_l("None chosen means every day.")
    )
    starts = clock_field(_l("From"), hint=_l("Leave both empty for day and night."))
    ends = clock_field(_l("Until"), hint=_l("A time before the first one means the next morning."))

    def __init__(self, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.account.choices = [
            (0, _l("No account")),
            *((person.id, person.name) for person in people),
        ]
        self.days.choices = [(day, weekday_label(day, short=True)) for day in range(7)]

    def show(self, kept: DutyClinician) -> None:
        """Fill in what is kept."""
        self.account.data = kept.user_id or 0
        self.days.data = list(kept.days)

    def facts(self) -> DutyFacts:
        """Return what was typed."""
        return DutyFacts(
            name=self.name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            user_id=self.account.data or None,
            hours=Hours(tuple(self.days.data or ()), self.starts.data, self.ends.data),
        )
