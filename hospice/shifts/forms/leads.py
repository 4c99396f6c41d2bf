"""What is typed about when people hear of the dates of a weekly shift."""

from flask_babel import lazy_gettext as _l

from hospice.shifts.rules.telling import LONGEST_LEAD, Leads
from hospice.web.forms import VersionedForm, clock_field, number_field


class LeadsForm(VersionedForm):
    """How long before a shift its people are asked and reminded."""

    ask_days = number_field(
        _l("Ask again whoever has not answered: days before"),
        low=0,
        high=LONGEST_LEAD,
        required_message=_l("Enter how many days before; 0 means not at all"),
        hint=_l("0 means not at all."),
    )
    remind_days = number_field(
        _l("Remind everyone: days before"),
        low=0,
        high=LONGEST_LEAD,
        required_message=_l("Enter how many days before; 0 means not at all"),
        hint=_l("0 means not at all."),
    )
    morning_at = clock_field(
        _l("On the day itself, at"),
        hint=_l("Empty means not at all. For an early shift it goes out in good time by itself."),
    )

    def leads(self) -> Leads:
        """Return what was typed; the form is valid."""
        at = self.morning_at.data
        return Leads(
            ask_days=self.ask_days.data or 0,
            remind_days=self.remind_days.data or 0,
            morning_at=at.replace(second=0, microsecond=0) if at else None,
        )
