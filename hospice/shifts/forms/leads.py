"""What is typed about when people hear of the dates of a weekly shift."""

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.shifts.rules.telling import LONGEST_LEAD, USUAL_LEADS, Leads
from hospice.web.forms import Form, VersionedForm, clock_field, number_field

_REQUIRED = _l("Enter how many days before; 0 means not at all")


def _days_field(label: Any, **values: Any) -> Any:
    return number_field(label, low=0, high=LONGEST_LEAD, hint=_l("0 means not at all."), **values)


ASK_LABEL = _l("Ask again whoever has not answered: days before")
REMIND_LABEL = _l("Remind everyone: days before")


class LeadsForm(VersionedForm):
    """How long before a shift its people are asked and reminded."""

    ask_days = _days_field(ASK_LABEL, required_message=_REQUIRED)
    remind_days = _days_field(REMIND_LABEL, required_message=_REQUIRED)
    morning_at = clock_field(
        _l("On the day itself, at"),
        hint=_l("Empty means not at all. For an early shift it goes out in good time by itself."),
    )

    def leads(self) -> Leads:
        """Return what was typed; the form is valid."""
        return Leads(
            ask_days=self.ask_days.data or 0,
            remind_days=self.remind_days.data or 0,
            morning_at=_whole(self.morning_at.data),
        )


class NewLeadsForm(Form):
    """The same where a weekly shift is planned; what is not said is as usual."""

    ask_days = _days_field(ASK_LABEL)
    remind_days = _days_field(REMIND_LABEL)
    morning_at = clock_field(
        _l("On the day itself, at"),
        hint=_l("Empty means not at all. For an early shift it goes out in good time by itself."),
    )

    def show_usual(self) -> None:
        """Show what is usual."""
        self.ask_days.data, self.remind_days.data = USUAL_LEADS.ask_days, USUAL_LEADS.remind_days
        self.morning_at.data = USUAL_LEADS.morning_at

    def leads(self) -> Leads:
        """Return what was typed; the form is valid."""
        ask, remind = self.ask_days.data, self.remind_days.data
        at = _whole(self.morning_at.data) if self.morning_at.raw_data else USUAL_LEADS.morning_at
        return Leads(
            ask_days=USUAL_LEADS.ask_days if ask is None else ask,
            remind_days=USUAL_LEADS.remind_days if remind is None else remind,
            morning_at=at,
        )


def _whole(at: time | None) -> time | None:
    return at.replace(second=0, microsecond=0) if at else None
