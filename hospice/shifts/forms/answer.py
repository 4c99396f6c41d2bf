"""What a volunteer says who can't come: why, if they like, and who would come instead."""

from flask_babel import lazy_gettext as _l

from hospice.web.forms import Form, choice_field, long_field, small_int

REASON_MOST = 300  # as long as the column


class ReasonForm(Form):
    """Why someone cannot come, if they want to say."""

    reason = long_field(
        _l("Tell us why, if you like"),
        maximum=REASON_MOST,
        rows=2,
        hint=_l("You can leave this empty."),
    )


class SomeoneForm(Form):
    """Whom to ask, of the people who could come instead."""

    volunteer_id = choice_field(
        _l("Who has agreed to come?"),
        as_radio=True,
        coerce=small_int,
        hint=_l("We ask them, and they answer themselves."),
        required_message=_l("Choose who has agreed to come"),
    )
