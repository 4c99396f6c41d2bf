"""The forms of a death: what we were told, who confirms it, who heard it, and a mistake."""

from flask import request
from flask_babel import lazy_gettext as _l

from hospice.grief_support.models import Death, Telling
from hospice.grief_support.rules.deaths import DeathFacts, Known, Pause, ToldHow
from hospice.grief_support.words.deaths import HOW_LABELS, KNOWN_LABELS, PAUSE_LABELS
from hospice.web.forms import (
    BooleanField,
    Form,
    VersionedForm,
    choice_field,
    clock_field,
    day_field,
    long_field,
    required,
    text_field,
)


class DeathForm(Form):
    """When somebody died, as far as anyone knows, and who told us."""

    known = choice_field(
        _l("What is known"),
        [(one.value, label) for one, label in KNOWN_LABELS.items()],
        as_radio=True,
        coerce=Known,
        required_message=_l("Choose what is known"),
    )
    died_on = day_field(
        _l("Day"),
        hint=_l("Only a day that somebody told us. A guess would set every date after it."),
    )
    died_at = clock_field(_l("Time"), hint=_l("As the clock showed it there."))
    told_by = text_field(
        _l("Who told us"),
        validators=[required(_l("Enter who told us"))],
        hint=_l("Name and role, such as “Nurse Hu, Ward 1”."),
    )
    told_how = choice_field(
        _l("How"),
        [(one.value, label) for one, label in HOW_LABELS.items()],
        as_radio=True,
        coerce=ToldHow,
        required_message=_l("Choose how we were told"),
    )

    def fill(self, death: Death) -> None:
        """Show what is written down."""
        self.died_on.data, self.died_at.data = death.died_on, death.died_at
        if death.died_on is None:
            self.known.data = Known.NOTHING
        else:
            self.known.data = Known.TIME if death.died_at else Known.DAY
        self.told_by.data, self.told_how.data = death.told_by, death.told_how

    def facts(self) -> DeathFacts:
        """Return what was typed; what is said to be unknown counts as unknown."""
        known = self.known.data
        return DeathFacts(
            known=known,
            died_on=None if known is Known.NOTHING else self.died_on.data,
            died_at=self.died_at.data if known is Known.TIME else None,
            told_by=self.told_by.data or "",
            told_how=self.told_how.data,
        )

    def typed(self) -> list[tuple[str, str]]:
        """Return what was sent, to be sent again from the page between."""
        return [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name in self and name != "csrf_token"
        ]


class CorrectForm(DeathForm, VersionedForm):
    """The same, and why it is corrected."""

    reason = text_field(
        _l("Why it is corrected"),
        maximum=300,
        validators=[required(_l("Write why it is corrected"))],
        hint=_l("Such as “The certificate says the 24th”."),
    )


class ConfirmForm(Form):
    """Who confirms it: the person who is signed in, or a named clinical source."""

    source_name = text_field(
        _l("Name of the doctor or nurse"),
        hint=_l("Leave it empty when you know it yourself."),
    )
    source_role = text_field(_l("Their role"), hint=_l("Such as “doctor on duty, Ward 1”."))


class TellForm(Form):
    """Who told a volunteer, how they took it, and whether they would like a pause."""

    told_by = text_field(_l("Who told them"))
    took_it = long_field(
        _l("How they took it"),
        rows=3,
        maximum=1000,
        hint=_l("Only coordinators read it."),
    )
    pause = choice_field(
        _l("Would they like a pause?"),
        [(one.value, label) for one, label in PAUSE_LABELS.items()],
        as_radio=True,
        coerce=Pause,
        required_message=_l("Choose yes, no or not asked"),
    )

    def fill(self, telling: Telling, name: str) -> None:
        """Show what is written down; `name` is whoever is signed in."""
        self.told_by.data = telling.told_by or name
        self.took_it.data, self.pause.data = telling.took_it, telling.pause


class UndoForm(Form):
    """Why a death is taken back."""

    reason = text_field(
        _l("What happened"),
        maximum=300,
        validators=[required(_l("Write what happened"))],
        hint=_l("Such as “It was the other Mrs Wang, in bed 7”."),
    )


class LossForm(Form):
    """A volunteer's own loss: the day is theirs to say or not."""

    happened_on = day_field(_l("Day"), hint=_l("Only if they wish to say. No reason is asked."))
    pauses = BooleanField(_l("Start a break now, until they say"))
