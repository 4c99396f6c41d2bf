"""Words for calendars in the journal."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "calendar.made": lambda _facts: _("made a new calendar address"),
    "calendar.ended": lambda _facts: _("ended a calendar address"),
}
