"""What the page of a shift says about its people together: what they lack, who waits, who swaps."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.shifts.models import Shift, Swap, SwapAsk
from hospice.shifts.queries import composition, swaps, waiting
from hospice.shifts.queries.shifts import facts_of
from hospice.shifts.rules.composition import MINIMUM, shortfalls
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import ShiftState, SwapAskState, SwapState
from hospice.shifts.views import cards
from hospice.shifts.views.cards import Column
from hospice.shifts.words import lack_words
from hospice.web.pages import listed, moment


class Row(NamedTuple):
    """One swap as the office sees it."""

    words: str
    state: str
    label: str
    below: str


def register() -> None:
    """Put the cards on the page of a shift."""
    cards.put("shifts.lacks", Column.SIDE, _lacks)
    cards.put("shifts.waiting", Column.MAIN, _waiting)
    cards.put("shifts.swaps", Column.MAIN, _swaps)


def _lacks(shift: Shift, user: User, now: datetime) -> Markup:
    """Return what the people of a shift to come lack; empty places stand in its table already."""
    if shift.starts_at <= now or shift.state is ShiftState.CANCELLED:
        return Markup("")
    found = shortfalls(facts_of(shift), shift.minimum, composition.team(shift.id))
    lacks = [lack_words(one.kind, one.facts) for one in found if one.kind != MINIMUM or shift.taken]
    return _draw("lacks", lacks=lacks) if lacks else Markup("")


def _waiting(shift: Shift, user: User, now: datetime) -> Markup:
    """Return the waiting list in order."""
    if shift.starts_at <= now or not user.may(Permission.SEE_VOLUNTEERS):
        return Markup("")
    line = waiting.waiting_on(shift.id)
    zone = shift.place.timezone
    rows = [
        (
            one.volunteer_id,
            one.volunteer.preferred_name,
            _("Kept until %(until)s", until=moment(one.answer_by, zone).striptags())
            if one.answer_by
            else "",
            moment(one.joined_at, zone),
        )
        for one in line
    ]
    return _draw("line", line=rows) if rows else Markup("")


def _swaps(shift: Shift, user: User, now: datetime) -> Markup:
    """Return the swaps of the shift's places and who was asked."""
    if not user.may(Permission.SEE_VOLUNTEERS):
        return Markup("")
    rows = [_row(swap, asks, shift.place.timezone) for swap, asks in swaps.swaps_on(shift.id)]
    return _draw("swaps", swaps=rows) if rows else Markup("")


def _row(swap: Swap, asks: Sequence[SwapAsk], zone: str) -> Row:
    name = swap.assignment.volunteer.preferred_name
    took = next((one for one in asks if one.state is SwapAskState.TOOK), None)
    if swap.state is SwapState.DONE and took is not None:
        words = _("%(taker)s instead of %(name)s", taker=took.volunteer.preferred_name, name=name)
        return Row(words, "confirmed", _("Swapped"), moment(swap.settled_at or swap.made_at, zone))
    if swap.state is not SwapState.OPEN or swap.assignment.state not in COMING:
        return Row(name, "done", _("Ended"), moment(swap.made_at, zone))
    unanswered = [one for one in asks if one.state is SwapAskState.ASKED]
    no = [one.volunteer.preferred_name for one in asks if one.state is SwapAskState.DECLINED]
    would = [one.volunteer.preferred_name for one in asks if one.state is SwapAskState.PROPOSED]
    below = [
        _("Asked %(when)s.", when=moment(swap.made_at, zone).striptags()),
        ngettext("%(num)d has not answered.", "%(num)d have not answered.", len(unanswered)),
    ]
    if would:
        below.append(_("Would swap: %(names)s.", names=listed(would)))
    if no:
        below.append(_("Said no: %(names)s.", names=listed(no)))
    return Row(name, "waiting", _("Would swap"), " ".join(below))


def _draw(name: str, **values: object) -> Markup:
    return Markup(render_template(f"shifts/_shift_{name}.html", **values))  # noqa: S704
