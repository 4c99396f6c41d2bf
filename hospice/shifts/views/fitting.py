"""“People who fit”: the candidates for one shift, ranked, with reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hospice.core.errors import Missing
from hospice.reminders.queries import wishes as messages
from hospice.shifts.actions.asking import MOST
from hospice.shifts.models import Shift
from hospice.shifts.queries import candidates
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries.candidates import Candidate
from hospice.shifts.rules.placing import Level
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.views import wording
from hospice.shifts.words import objection_words
from hospice.web.pages import short_day

# A list longer than this is searched, not read.
SEARCHED = 12
SHOWN = 30


class Fit(NamedTuple):
    """One candidate as the panel prints it."""

    volunteer_id: int
    name: str
    level: str
    icon: str
    first: str
    detail: str
    note: str
    may_be_asked: bool


@dataclass(frozen=True)
class Panel:
    """The panel of one shift, ready to print."""

    shift_id: int
    where: str
    people: list[Fit]
    words: str
    has_search: bool
    is_full: bool
    most: int = MOST


_ICONS = {Level.OK: "check", Level.HINT: "alert", Level.NO: "cross"}


def panel(shift_id: int, now: datetime, *, words: str = "") -> Panel | None:
    """Return the panel of a shift; None when there is no such shift to fill."""
    if not shift_id:
        return None
    try:
        shift = shift_queries.shift_for(current_user, shift_id)
    except Missing:
        return None
    if shift.state is ShiftState.CANCELLED or shift.ends_at <= now:
        return None
    return panel_of(shift, now, words=words)


def panel_of(shift: Shift, now: datetime, *, words: str = "") -> Panel:
    """Return the panel of a loaded shift."""
    is_full = shift.taken >= shift.wanted
    found = [] if is_full else candidates.people_who_fit(shift, now, words=words, limit=SHOWN)
    unasked = messages.unasked(one.volunteer_id for one in found) if found else {}
    return Panel(
        shift_id=shift.id,
        where=where(shift),
        people=[_fit(one, unasked) for one in found],
        words=words,
        has_search=bool(words) or len(found) > SEARCHED,
        is_full=is_full,
    )


def where(shift: Shift) -> str:
    """Return "Ward 2, Sun 30 Nov: 2 to fill"."""
    day = short_day(shift.local_day, week=True)
    missing = shift.wanted - shift.taken
    if missing <= 0:
        return _("%(place)s, %(day)s: every place is filled", place=shift.place.name, day=day)
    return ngettext(
        "%(place)s, %(day)s: %(num)d to fill",
        "%(place)s, %(day)s: %(num)d to fill",
        missing,
        place=shift.place.name,
        day=day,
    )


def _fit(one: Candidate, unasked: Collection[int]) -> Fit:
    verdict = one.verdict
    if verdict.level is Level.OK:
        first, detail = wording.why(verdict)
    else:
        first = wording.sentences(*(objection_words(one) for one in verdict.objections))
        detail = "" if verdict.level is Level.NO else wording.sentences(*wording.why(verdict))
    note = ""
    if one.said_no:
        note = _("Said no to this shift.")
    elif one.is_asked:
        note = _("Asked, no answer yet.")
    elif one.volunteer_id in unasked:
        note = _("Better asked by phone: wants no such messages.")
    return Fit(
        one.volunteer_id,
        one.name,
        verdict.level.value,
        _ICONS[verdict.level],
        first,
        detail,
        note,
        verdict.level is not Level.NO and not one.is_asked,
    )
