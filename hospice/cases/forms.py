"""The forms of what people say to us: for themselves, for staff, and for each step."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.accounts.models import User
from hospice.cases.actions import Said
from hospice.cases.rules import WORDS_MOST, CaseKind, CaseState, Channel
from hospice.cases.words import (
    ANSWER_LABELS,
    CHANNEL_LABELS,
    KIND_LABELS,
    STEP_HINTS,
    STEP_QUESTIONS,
)
from hospice.grief_support.models import Kin
from hospice.grief_support.rules.kin import KinWay
from hospice.volunteers.models import Volunteer
from hospice.web.forms import (
    BooleanField,
    Form,
    VersionedForm,
    choice_field,
    long_field,
    required,
    small_int,
    text_field,
)

_KINDS = [(one.value, label) for one, label in KIND_LABELS.items()]
_ANSWERS = [
    ("", _l("No, thank you")),
    *((way.value, words) for way, words in ANSWER_LABELS.items()),
]


class WordsForm(Form):
    """What somebody of a family leaves with us."""

    kind = choice_field(
        _l("What is it?"),
        _KINDS,
        as_radio=True,
        coerce=CaseKind,
        required_message=_l("Choose what it is"),
    )
    words = long_field(
        _l("In your own words"),
        maximum=WORDS_MOST,
        validators=[required(_l("Write it in your own words"))],
        rows=6,
    )
    answer = choice_field(
        _l("Would you like an answer?"), _ANSWERS, as_radio=True, coerce=lambda v: v or ""
    )

    def said(self, kin: Kin) -> Said:
        """Return what was written."""
        return Said(
            kind=self.kind.data,
            words=self.words.data or "",
            channel=Channel.PAGE,
            kin_id=kin.id,
            answer_way=_way(self.answer.data),
        )


class HeardForm(Form):
    """What somebody said to one of the team."""

    said_by = text_field(
        _l("Who said it"), hint=_l("A name, or how you would find them again. It may stay empty.")
    )
    kind = choice_field(
        lazy_pgettext("heard", "What is it?"),
        _KINDS,
        as_radio=True,
        coerce=CaseKind,
        required_message=_l("Choose what it is"),
    )
    channel = choice_field(
        _l("How did it reach you?"),
        [(one.value, CHANNEL_LABELS[one]) for one in Channel if one is not Channel.PAGE],
        as_radio=True,
        coerce=Channel,
        required_message=_l("Choose how it reached you"),
    )
    words = long_field(
        _l("Word for word"),
        maximum=WORDS_MOST,
        validators=[required(_l("Write what was said"))],
        hint=_l("As they said it. It cannot be changed afterwards."),
        rows=6,
    )
    answer = choice_field(
        _l("Would they like an answer?"), _ANSWERS, as_radio=True, coerce=lambda v: v or ""
    )

    def said(self, kin: Kin | None) -> Said:
        """Return what was written down."""
        return Said(
            kind=self.kind.data,
            words=self.words.data or "",
            channel=self.channel.data,
            kin_id=kin.id if kin else None,
            said_by="" if kin else self.said_by.data or "",
            answer_way=_way(self.answer.data),
        )


class AboutForm(VersionedForm):
    """Whom it is about, and who looks after it."""

    about_volunteer_id = choice_field(_l("A volunteer"), as_radio=True, coerce=small_int)
    about_user_id = choice_field(_l("Someone of the team"), coerce=small_int)
    owner_id = choice_field(_l("Who looks after it"), coerce=small_int)

    def offer(
        self,
        volunteers: Iterable[Volunteer],
        staff: Iterable[User],
        owners: Iterable[User],
    ) -> None:
        """Offer the people who may be chosen."""
        self.about_volunteer_id.choices = [
            (0, _l("No volunteer")),
            *((one.id, one.preferred_name) for one in volunteers),
        ]
        self.about_user_id.choices = [
            (0, _l("Nobody of the team")),
            *((one.id, one.name) for one in staff),
        ]
        self.owner_id.choices = [(0, _l("Nobody yet")), *((one.id, one.name) for one in owners)]


class StepForm(Form):
    """What is said on the way to the next stage."""

    words = long_field(_l("In your own words"), maximum=WORDS_MOST, rows=5)

    def __init__(self, wanted: CaseState, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words.label.text = STEP_QUESTIONS[wanted]
        self.words.description = STEP_HINTS[wanted]


class ReadForm(Form):
    """Whether there is something to look into."""

    looks_into = BooleanField(_l("There is something to look into"))


class ShareForm(VersionedForm):
    """The words in which thanks are passed on."""

    words = long_field(
        _l("What they will read"),
        maximum=WORDS_MOST,
        hint=_l("Leave out what is not for them, and names that they need not know."),
        rows=6,
    )


def _way(value: str | None) -> KinWay | None:
    return KinWay(value) if value in set(KinWay) else None
