"""The people of one shift as its page prints them: places, answers, questions, whom they see."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hospice.core import clock
from hospice.shifts.models import Assignment, Offer, Shift, WeeklyShift
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries.cover import Asker
from hospice.shifts.rules.board import Slot, slots
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    Display,
    OfferState,
    ShiftState,
)
from hospice.shifts.views import wording
from hospice.volunteers.rules import Gender
from hospice.volunteers.words import language_label, skill_label
from hospice.web.pages import hours, listed, moment, short_day, zone_name

HOW: dict[AnsweredBy, Any] = {
    AnsweredBy.LINK: _l("link"),
    AnsweredBy.APP: _l("signed in"),
    AnsweredBy.COORDINATOR: _l("by phone"),
}
OFFERS: dict[OfferState, tuple[str, Any]] = {
    OfferState.OPEN: (Display.WAITING.value, _l("No answer yet")),
    OfferState.ACCEPTED: (Display.CONFIRMED.value, _l("Took the place")),
    OfferState.DECLINED: (Display.CANT.value, _l("Said no")),
    OfferState.FILLED: (Display.DONE.value, _l("Someone else was first")),
    OfferState.WITHDRAWN: (Display.DONE.value, _l("Taken back")),
}


_OFFER_ORDER = {state: number for number, state in enumerate(OFFERS)}


class Seat(NamedTuple):
    """One row of the people of a shift: someone on it, or a place to fill."""

    state: str
    name: str
    below: str
    assignment_id: int
    volunteer_id: int
    phone: str
    is_leader: bool
    asked: str
    answered: str
    reason: str
    in_out: str
    accepted: list[str]


class Asked(NamedTuple):
    """Someone who was asked to take a place: when and by whom, and what they said and when."""

    name: str
    state: str
    label: str
    asked: str
    answered: str


def seats(
    shift: Shift,
    on_it: Sequence[Assignment],
    now: datetime,
    *,
    times: Mapping[int, str],
) -> list[Seat]:
    """Return the rows of the people table: people, those who can't come, places to fill."""
    by_id = {one.id: one for one in on_it}
    shown = slots(
        wanted=shift.wanted,
        taken=shift.taken,
        state=shift.state,
        ends_at=shift.ends_at,
        people=queries.people_of(on_it),
        asked=0,
        now=now,
        is_paused=shift.paused_at is not None,
    )
    cant = [slot.name for slot in shown if slot.state is Display.CANT]
    made: list[Seat] = []
    number = shift.taken
    covers = 0
    for slot in shown:
        if slot.assignment_id is not None:
            made.append(_person(by_id[slot.assignment_id], slot, shift, times))
            continue
        number += 1
        below = ""
        if slot.state is Display.COVER and covers < len(cant):
            below = _("was %(name)s", name=cant[covers])
            covers += 1
        made.append(_gap(slot, _("Place %(number)s", number=number), below))
    return made


def gone(on_it: Sequence[Assignment], shown: Sequence[Seat]) -> list[str]:
    """Return the names of those who were on a shift and are no longer shown."""
    seen = {seat.assignment_id for seat in shown}
    return [one.volunteer.preferred_name for one in on_it if one.id not in seen]


def _person(one: Assignment, slot: Slot, shift: Shift, times: Mapping[int, str]) -> Seat:
    volunteer = one.volunteer
    zone = shift.place.timezone
    asked = _("Not told yet")
    if one.told_at is not None:
        how = _("email") if volunteer.email else _("phone")
        asked = _("%(day)s, %(how)s", day=_day(one.told_at, zone), how=how)
    answered = ""
    if one.answered_at is not None and one.answered_by is not None:
        answered = _("%(day)s, %(how)s", day=_day(one.answered_at, zone), how=HOW[one.answered_by])
    return Seat(
        slot.state.value,
        slot.name,
        "",
        one.id,
        one.volunteer_id,
        volunteer.phone,
        one.is_leader,
        asked,
        answered,
        one.reason if one.state is AssignmentState.DECLINED else "",
        times.get(one.id, ""),
        sorted({str(item["reason"]) for item in one.accepted if item.get("reason")}),
    )


def _gap(slot: Slot, name: str, below: str) -> Seat:
    return Seat(slot.state.value, name, below, 0, 0, "", False, "", "", "", "", [])


def _day(moment: datetime, zone: str) -> str:
    return short_day(clock.local(moment, zone).date())


def offers(
    asked: Sequence[Offer], askers: Mapping[int, Asker], zone: str, now: datetime
) -> list[Asked]:
    """Return who was asked and by whom, who has not answered and who said what: open ones first."""
    made = []
    for one in sorted(asked, key=lambda one: (_OFFER_ORDER[one.state], one.asked_at, one.id)):
        state, label = OFFERS[one.state]
        told = one.answered_at is not None and one.state in {
            OfferState.ACCEPTED,
            OfferState.DECLINED,
        }
        made.append(
            Asked(
                one.volunteer.preferred_name,
                state,
                str(label),
                _(
                    "asked %(when)s, %(by)s",
                    when=moment(one.asked_at, zone).striptags(),
                    by=_asker(one, askers),
                ),
                moment(one.answered_at, zone).striptags() if told and one.answered_at else "",
            )
        )
    return made


def _asker(one: Offer, askers: Mapping[int, Asker]) -> str:
    """Return who asked; whoever was named may have been asked already."""
    by = askers.get(one.id)
    words = []
    if one.is_automatic:
        words.append(_("automatically"))
    if by is not None and by.asked_by:
        words.append(_("by %(name)s", name=by.asked_by))
    if by is not None and by.suggested_by:
        words.append(_("named by %(name)s", name=by.suggested_by))
    return listed(words or [_("by the team")])


def state_line(shift: Shift, rows: Sequence[Seat]) -> str:
    """Return the hours with their zone, how full the shift is, and what is missing."""
    zone = shift.place.timezone
    head = _(
        "%(hours)s %(zone)s.",
        hours=hours(shift.starts_at, shift.ends_at, zone),
        zone=zone_name(zone),
    )
    if shift.state is ShiftState.CANCELLED:
        off = _("Cancelled: %(reason)s", reason=shift.cancel_reason or "–")
        return wording.sentences(head, off)
    words = ngettext(
        "%(num)d of %(wanted)s places is filled",
        "%(num)d of %(wanted)s places are filled",
        shift.taken,
        wanted=shift.wanted,
    )
    cover = sum(row.state == Display.COVER for row in rows)
    if cover:
        words = _(
            "%(first)s; %(second)s",
            first=words,
            second=ngettext("%(num)d needs cover", "%(num)d need cover", cover),
        )
    return wording.sentences(head, _("%(words)s.", words=words))


def needs(shift: Shift | WeeklyShift) -> str:
    """Return how many people a shift wants, and what it asks of them."""
    parts = [str(shift.wanted)]
    if shift.minimum < shift.wanted:
        parts.append(_("at least %(minimum)s", minimum=shift.minimum))
    if shift.needs_leader:
        parts.append(_("one who leads"))
    if shift.needs_language:
        parts.append(
            _("one who speaks %(language)s", language=language_label(shift.needs_language))
        )
    if shift.needs_skill:
        parts.append(_("one with this skill: %(skill)s", skill=skill_label(shift.needs_skill)))
    if shift.needs_gender is Gender.FEMALE:
        parts.append(_("women"))
    if shift.needs_gender is Gender.MALE:
        parts.append(_("men"))
    if shift.needs_approval:
        parts.append(_("we say yes to each"))
    return listed(parts)


def seen(named: Iterable[Any]) -> str:
    """Return whom someone sees, with their beds; those of one name are told apart by it."""
    return listed(
        _("%(name)s (bed %(bed)s)", name=one.preferred_name, bed=one.bed)
        if one.bed
        else one.preferred_name
        for one in named
    )
