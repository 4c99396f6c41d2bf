"""The volunteer's optional reason."""

from flask_babel import lazy_gettext as _l

from hospice.web.forms import Form, long_field

REASON_MOST = 300  # as long as the column


class ReasonForm(Form):
    """Why someone cannot come, if they want to say."""

    reason = long_field(
        _l("Tell us why, if you like"),
        maximum=REASON_MOST,
        rows=2,
        hint=_l("You can leave this empty."),
    )
