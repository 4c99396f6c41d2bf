"""Parsing and shape of the visit note, the reply to it, and the list's filters."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.visits.rules import Activity, Answers, Mood
from hospice.visits.words import ACTIVITY_LABELS, MOOD_LABELS
from hospice.web.forms import (
    Form,
    HiddenField,
    chips_field,
    choice_field,
    clock_field,
    long_field,
    required,
    text_field,
)

_TOLD_MOST = 200
_ANY_LENGTH = 2**31


class NoteForm(Form):
    """What a volunteer writes after a visit; chips alone make a complete note."""

    uuid = HiddenField()
    seen = HiddenField()
    arrived = clock_field(_l("Arrived"))
    left = clock_field(lazy_pgettext("visit", "Left"))
    did = chips_field(_l("What did you do?"))
    moods = chips_field(_l("How were they?"))
    words = long_field(
        _l("Anything the team should know?"),
        # The rule says how long a sent note may be; here only what no draft could hold is kept out.
        maximum=_ANY_LENGTH,
        hint=_l("Write what you saw, heard and did. You can leave this empty."),
    )
    nurse = choice_field(_l("Does a nurse need to know today?"), as_radio=True)
    told_whom = text_field(
        _l("Whom did you tell, and when?"),
        maximum=_TOLD_MOST,
        hint=_l("For example: the nurse at the desk, 16:40"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.did.choices = [(one.value, ACTIVITY_LABELS[one]) for one in Activity]
        self.moods.choices = [(one.value, MOOD_LABELS[one]) for one in Mood]
        self.nurse.choices = [
            ("no", lazy_pgettext("nurse", "No")),
            ("yes", lazy_pgettext("nurse", "Yes")),
        ]
        # Someone else's chips, or none: never a reason to refuse what was written beside them.
        self.did.data = [value for value in self.did.data or [] if value in set(Activity)]
        self.moods.data = [value for value in self.moods.data or [] if value in set(Mood)]
        self.nurse.validate_choice = False
        if self.nurse.data not in {"yes", "no"}:
            self.nurse.data = None

    @property
    def page_id(self) -> str:
        """Return the UUID that the page was opened with; a new one when it says nothing useful."""
        try:
            return str(UUID(self.uuid.data or ""))
        except ValueError:
            return str(uuid4())

    @property
    def seen_at(self) -> datetime | None:
        """Return when the note was last saved as far as the page knows."""
        try:
            value = datetime.fromisoformat((self.seen.data or "")[:40])
        except ValueError:
            return None
        return value if value.tzinfo is not None else None

    @property
    def answers(self) -> Answers:
        """Return what the form says."""
        return Answers(
            arrived=self.arrived.data,
            left=self.left.data,
            did=tuple(Activity(value) for value in self.did.data),
            moods=tuple(Mood(value) for value in self.moods.data),
            words=self.words.data or "",
            nurse_needed={"yes": True, "no": False}.get(self.nurse.data or ""),
            told_whom=(self.told_whom.data or "")[:_TOLD_MOST],
        )


class ReplyForm(Form):
    """A few words back to the volunteer."""

    reply = long_field(
        _l("Reply to the volunteer"),
        validators=[required(_l("Write a few words first"))],
        rows=3,
    )
