"""A made-up shift, to show the words of a message with."""

from datetime import date, time, timedelta

from flask_babel import force_locale, gettext

from hospice.core import clock
from hospice.reminders import letters
from hospice.reminders.letters import Letter
from hospice.reminders.wording.rules import Case, Words, Written

_SUNDAY = 6
_STARTS, _ENDS = time(14), time(17)


def tried(written: Written, words: Words, *, name: str, today: date, zone: str) -> Letter:
    """Return a letter in some words that need not be saved."""
    facts = sample(written, name=name, today=today, zone=zone)
    return letters.preview(written.kind, facts, written.language, trying={written.medium: words})


def sample(written: Written, *, name: str, today: date, zone: str) -> dict[str, object]:
    """Return facts of the next Sunday but one, so that every placeholder has something to say."""
    sunday = today + timedelta(days=(_SUNDAY - today.weekday()) % 7 + 7)
    with force_locale(written.language):
        place, other = gettext("Ward 1"), gettext("Ward 2")
        who = gettext("Anna")
    return {
        "name": name,
        "who": who,
        "named_by": who if written.case is Case.NAMED else "",
        "is_answered": written.case is Case.ANSWERED,
        "ward_phone": "" if written.case is Case.NO_PHONE else "021 5555 0161",
        "answer_by": clock.instant(sunday - timedelta(days=2), time(12), zone).isoformat(),
        "expires_at": clock.instant(sunday - timedelta(days=2), time(12), zone).isoformat(),
        "lacks": ["minimum", "needs_leader"],
        "day": sunday.isoformat(),
        "is_promise": written.case is Case.PROMISE,
        "is_needed": written.case is Case.NEEDED,
        "hours": 200 if written.case is Case.HOURS else 0,
        "is_waiting": written.case is Case.UNTAKEN,
        "phone": "021 5555 0161",
        "paper": "health",
        "lines": [
            {"kind": "comes", "taken": 2, "wanted": 3, **_shift(sunday, place, zone)},
            {"kind": "open", "count": 3, "shifts": 2, "first": sunday.isoformat()},
            {"kind": "unanswered", "count": 1},
        ],
        "was": _shift(sunday, place, zone, before=timedelta(hours=1)),
        "other": _shift(sunday + timedelta(days=7), other, zone),
        **_shift(sunday, place, zone),
    }


def _shift(
    day: date, place: str, zone: str, *, before: timedelta = timedelta()
) -> dict[str, object]:
    return {
        "starts_at": (clock.instant(day, _STARTS, zone) - before).isoformat(),
        "ends_at": (clock.instant(day, _ENDS, zone) - before).isoformat(),
        "zone": zone,
        "place": place,
    }
