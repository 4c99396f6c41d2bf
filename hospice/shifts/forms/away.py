"""The form of days away."""

from flask_babel import lazy_gettext as _l

from hospice.volunteers.rules import Span
from hospice.web.forms import Form, HiddenField, clean, day_field, text_field


class AwayForm(Form):
    """From when to when a volunteer cannot come."""

    starts_on = day_field(_l("First day away"), required_message=_l("Enter the first day"))
    ends_on = day_field(
        _l("Last day away"),
        required_message=_l("Enter the last day"),
        hint=_l("The same day again, if it is only one."),
    )
    reason = text_field(_l("Reason"), maximum=200, hint=_l("It may stay empty."))
    # The shifts whose places are freed, as the page before showed them.
    seen = HiddenField(filters=[clean])

    @property
    def span(self) -> Span:
        """Return the days that were typed; call it on a valid form."""
        return Span(self.starts_on.data, self.ends_on.data)

    def has_seen(self, shift_ids: list[int]) -> bool:
        """Tell whether the page before showed every one of these shifts."""
        seen = (self.seen.data or "").split(",")
        return {str(shift_id) for shift_id in shift_ids} <= set(seen)
