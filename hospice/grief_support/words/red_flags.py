"""Labels of alarms and of duty, and the sentences of their history."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.core.errors import Objection
from hospice.grief_support.models import DutyClinician
from hospice.grief_support.rules.red_flags import Sign
from hospice.journal.words import Field, Sentence
from hospice.volunteers.words import weekday_label
from hospice.web.pages import clock_time, locale_name

SIGN_LABELS: dict[Sign, Any] = {
    Sign.WANTS_TO_DIE: _l("Talks of wanting to die"),
    Sign.NOT_EATING: _l("Does not eat or sleep"),
    Sign.CHILD_ALONE: _l("A child is alone"),
    Sign.VIOLENCE: _l("Violence, or fear of it"),
    Sign.SUBSTANCES: _l("Alcohol, drugs or too many tablets"),
    Sign.OTHER: _l("Something else that cannot wait"),
}


def sign_words(signs: Sequence[str]) -> list[str]:
    """Return what was seen or heard, each as a short sentence."""
    return [str(SIGN_LABELS[Sign(one)]) for one in signs]


def duty_words(one: DutyClinician) -> str:
    """Return when somebody is on duty: "Mon, Tue, 18:00–08:00", "Every day, day and night"."""
    comma = "、" if locale_name() == "zh_Hans" else ", "
    days = comma.join(weekday_label(day, short=True) for day in sorted(one.days)) or _("Every day")
    if one.starts is None or one.ends is None or one.starts == one.ends:
        return _("%(days)s, day and night", days=days)
    return _(
        "%(days)s, %(starts)s–%(ends)s",
        days=days,
        starts=clock_time(one.starts),
        ends=clock_time(one.ends),
    )


def flag_objection_words(objection: Objection) -> str:
    """Return what keeps an alarm, or a duty, from being written down."""
    return str(_OBJECTIONS[objection.kind])


_OBJECTIONS: dict[str, Any] = {
    "no_worry": _l("Write what worries you"),
    "no_outcome": _l("Write what was done"),
    "no_name": _l("Enter the name"),
    "no_phone": _l("Enter the telephone number"),
    "no_way_to_tell": _l("Enter an email address, or choose their account"),
    "half_hours": _l("Enter both times, or neither"),
    "stale": _l("Someone else changed this while you were writing"),
}


def _taken(facts: Mapping[str, Any]) -> str:
    return _("wrote down that %(name)s has it", name=facts["name"])


VERBS: dict[str, Sentence] = {
    "red_flag.raised": lambda _facts: _("raised an alarm: somebody may be in danger"),
    "red_flag.added": lambda _facts: _("added to an alarm"),
    "red_flag.taken": _taken,
    "hospice.duty_added": lambda facts: _("put %(name)s on duty for grief support", **facts),
    "hospice.duty_changed": lambda facts: _("changed when %(name)s is on duty", **facts),
    "hospice.duty_ended": lambda facts: _("took %(name)s off duty for grief support", **facts),
}
FIELDS: dict[str, Field] = {
    "red_flag.signs": Field(
        lazy_pgettext("alarm", "What was heard"),
        lambda value: (_("; ")).join(sign_words(value)),
        is_restricted=True,
    ),
    "red_flag.words": Field(_l("What they said or did"), is_restricted=True),
}
GLOBALS: dict[str, Callable[..., Any]] = {"duty_words": duty_words, "sign_words": sign_words}
