"""The form by which someone is taken off a family."""

from flask_babel import lazy_gettext as _l

from hospice.web.forms import Form, choice_field, required, text_field

CLOSE, KEEP = "close", "keep"


class TakeOffForm(Form):
    """Why someone no longer belongs to a family, and what becomes of their plan."""

    reason = text_field(
        _l("Why"),
        maximum=300,
        validators=[required(_l("Write why"))],
        hint=_l("Such as “She belongs to the other Mrs Wang” or “He asked us to”."),
    )
    plan = choice_field(
        _l("Their support plan"),
        [
            (CLOSE, _l("Close it: nothing more is done")),
            (KEEP, _l("Go on with it, as they wish")),
        ],
        as_radio=True,
        required_message=_l("Choose what becomes of the plan"),
    )

    @property
    def keeps_plan(self) -> bool:
        """Tell whether the plan goes on."""
        return self.plan is not None and self.plan.data == KEEP
