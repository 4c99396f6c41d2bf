"""Parsing and shape of the visit note, the reply to it, and the list's filters."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.visits.rules import COMFORT_MOST, Activity, Answers, Concern, Mood
from hospice.visits.words import ACTIVITY_LABELS, CONCERN_LABELS, MOOD_LABELS
from hospice.web.forms import (
    Form,
    HiddenField,
    chips_field,
    choice_field,
    clock_field,
    day_field,
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
    comfort = choice_field(_l("How comfortable were they?"), as_radio=True)
    comfort_words = text_field(_l("Comfort, in a few words"), maximum=_TOLD_MOST)
    quote = long_field(
        _l("Something they said"),
        maximum=_ANY_LENGTH,
        hint=_l("In their own words, as you remember them."),
        rows=2,
    )
    concern = choice_field(_l("Does someone need to know today?"), as_radio=True)
    told_whom = text_field(
        _l("Whom did you tell?"), maximum=_TOLD_MOST, hint=_l("For example: the nurse at the desk")
    )
    told_when = clock_field(_l("When?"))
    promise = long_field(
        _l("What did you promise?"),
        maximum=_ANY_LENGTH,
        hint=_l("For example: to bring the radio. The team keeps it as a task."),
        rows=2,
    )
    promise_on = day_field(_l("By which day?"))
    reflection = long_field(
        _l("Only for you"),
        maximum=_ANY_LENGTH,
        hint=_l("What this visit was for you. Nobody else can read this, not even the team."),
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.did.choices = [(one.value, ACTIVITY_LABELS[one]) for one in Activity]
        self.moods.choices = [(one.value, MOOD_LABELS[one]) for one in Mood]
        self.concern.choices = [(one.value, CONCERN_LABELS[one]) for one in Concern]
        self.comfort.choices = [
            *((str(step), str(step)) for step in range(COMFORT_MOST + 1)),
            ("", lazy_pgettext("comfort", "Not sure")),
        ]
        # Someone else's chips, or none: never a reason to refuse what was written beside them.
        self.did.data = [value for value in self.did.data or [] if value in set(Activity)]
        self.moods.data = [value for value in self.moods.data or [] if value in set(Mood)]
        for field in (self.concern, self.comfort):
            field.validate_choice = False
            if field.data not in {value for value, _label in field.choices}:
                field.data = None

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
            comfort=int(self.comfort.data) if self.comfort.data else None,
            comfort_words=(self.comfort_words.data or "")[:_TOLD_MOST],
            quote=(self.quote.data or "").strip(),
            concern=Concern(self.concern.data) if self.concern.data else None,
            told_whom=(self.told_whom.data or "")[:_TOLD_MOST],
            told_when=self.told_when.data,
            promise=(self.promise.data or "").strip(),
            promise_on=self.promise_on.data,
            reflection=(self.reflection.data or "").strip() if self.reflection else None,
        )


class ReplyForm(Form):
    """A few words back to the volunteer."""

    reply = long_field(
        _l("Reply to the volunteer"),
        validators=[required(_l("Write a few words first"))],
        rows=3,
    )


class AddendumForm(Form):
    """Words added to a note that was sent."""

    words = long_field(
        _l("Add to this note"),
        maximum=_ANY_LENGTH,
        hint=_l("What was written stays as it is. Your words stand below it, with your name."),
        rows=3,
    )


class StrikeForm(Form):
    """Why a note was entered in error."""

    reason = long_field(
        _l("What was wrong?"),
        hint=_l("For example: written about the wrong patient."),
        rows=2,
    )
