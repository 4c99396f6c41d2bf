"""What is typed about coming and going, and after a shift."""

from flask_babel import lazy_gettext as _l

from hospice.attendance.rules import REASON_MOST, WORDS_MOST, Came, Feeling
from hospice.attendance.words import FEELING_LABELS
from hospice.web.forms import (
    BooleanField,
    Form,
    VersionedForm,
    chips_field,
    choice_field,
    clock_field,
    day_field,
    long_field,
    small_int,
    text_field,
)


class TimesForm(VersionedForm):
    """Whether someone came, and from when to when; as a coordinator says it."""

    came = choice_field(
        _l("Did they come?"),
        [
            (Came.YES.value, _l("Came")),
            (Came.NO.value, _l("Did not come")),
            (Came.EXCUSED.value, _l("Did not come, and told us")),
        ],
        as_radio=True,
        coerce=Came,
        required_message=_l("Choose whether they came"),
    )
    arrived = clock_field(_l("Arrived"))
    left = clock_field(_l("Left"))
    reason = text_field(
        _l("Why it is changed"),
        maximum=REASON_MOST,
        hint=_l("Only needed when something that stands here already is changed."),
    )


class MyTimesForm(TimesForm):
    """The same, as volunteers say it of themselves."""

    came = choice_field(
        _l("Were you there?"),
        [(Came.YES.value, _l("Yes, I was there")), (Came.EXCUSED.value, _l("No, I was not"))],
        as_radio=True,
        coerce=Came,
        required_message=_l("Choose whether you were there"),
    )


class DebriefForm(VersionedForm):
    """What a shift's people say together afterwards."""

    came = chips_field(_l("Who was there?"), coerce=small_int)
    words = long_field(
        _l("How is the team?"),
        maximum=WORDS_MOST,
        rows=5,
        hint=_l("What went well, what was hard. Leave out what patients said in confidence."),
    )
    follow_up = text_field(
        _l("What should be followed up?"),
        maximum=REASON_MOST,
        hint=_l("It becomes a task for the office. May stay empty."),
    )
    follow_up_on = day_field(_l("By which day"))


class FeelingForm(Form):
    """How a volunteer is after a shift."""

    feeling = choice_field(
        _l("How are you after this shift?"),
        [(one.value, label) for one, label in FEELING_LABELS.items()],
        as_radio=True,
        coerce=Feeling,
        required_message=_l("Choose how you are"),
    )
    words = long_field(_l("Would you like to say more?"), maximum=WORDS_MOST, rows=4)
    share = BooleanField(
        _l("Share this with the coordinator"),
        description=_l("Without the tick nobody but you can read it."),
    )


__all__ = ["DebriefForm", "FeelingForm", "MyTimesForm", "TimesForm"]
