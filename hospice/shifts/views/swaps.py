"""Swaps on each side's own page: asking, answering, agreeing, taking back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.actions import swapping
from hospice.shifts.forms.swaps import SwapForm
from hospice.shifts.models import Swap, SwapAsk
from hospice.shifts.queries import mine, swaps
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import SwapAskState
from hospice.shifts.rules.swaps import can_answer
from hospice.shifts.views import bp
from hospice.shifts.views.refusals import refused_words
from hospice.web.guard import requires
from hospice.web.pages import long_day


@bp.route("/me/shifts/<int:shift_id>/swap", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def offer_swap(shift_id: int) -> Any:
    """Ask others to take a place of one's own; it stays one's own until someone does."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    place = mine.told_assignment(me, shift_id)
    if place.state not in COMING or place.shift.starts_at <= now:
        raise Missing
    there = swaps.open_swap_of(place.id)
    if there is not None:
        return redirect(url_for("shifts.swap", swap_id=there.id))
    fitting = swaps.who_could_take(place, now)
    place = swaps.place_of(place.id)
    form = SwapForm(fitting=[(one.volunteer_id, one.name) for one in fitting])
    if form.validate_on_submit():
        try:
            with transaction():
                place = mine.told_assignment(me, shift_id)
                swap_id = swapping.offer(place, to=form.to, by=current_user, now=now).id
        except Refused as refusal:
            form.object(refused_words(refusal.objections))
            place = swaps.place_of(mine.told_assignment(me, shift_id).id)
        else:
            flash(_("We ask them now. The place is yours until someone takes it."), "done")
            return redirect(url_for("shifts.swap", swap_id=swap_id))
    page = render_template(
        "shifts/swap_offer.html", shift=place.shift, form=form, has_people=bool(fitting)
    )
    return page, 422 if form.errors else 200


@bp.get("/me/swaps")
@requires(Permission.VOLUNTEER)
def my_swaps() -> str:
    """List the open swaps of one's own places, and those one is asked about."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    found = swaps.mine(me, now)
    return render_template(
        "shifts/swaps.html",
        given=[one for one in found if one.is_giver],
        asked=[one for one in found if not one.is_giver],
    )


@bp.get("/swaps/<int:swap_id>")
@requires(Permission.VOLUNTEER)
def swap(swap_id: int) -> str:
    """Show a swap to whoever gives the place, or to someone who was asked."""
    return _page(swap_id)


@bp.post("/swaps/<int:swap_id>/take-back")
@requires(Permission.VOLUNTEER)
def take_back_swap(swap_id: int) -> Response:
    """Keep the place after all."""
    me = mine.volunteer_id_of(current_user.id)
    try:
        with transaction():
            swapping.take_back(_mine(swap_id, me), by=current_user, now=clock.now())
    except Refused:
        flash(_("Someone has just taken it."), "problem")
        return redirect(url_for("shifts.swap", swap_id=swap_id))
    flash(_("The place stays yours."), "done")
    return redirect(url_for("today.my_shifts"))


@bp.post("/swaps/<int:swap_id>/answer")
@requires(Permission.VOLUNTEER)
def answer_swap(swap_id: int) -> Any:
    """Take the place, offer one of one's own for it, or say that it does not suit."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    answer = request.form.get("answer", "")
    in_return = request.form.get("in_return", "", type=str)
    try:
        with transaction():
            found = swaps.swap(swap_id)
            ask = swaps.ask(swap_id, me)
            shift_id, day = found.assignment.shift_id, found.assignment.shift.local_day
            giver = found.assignment.volunteer.preferred_name
            if answer == "no":
                swapping.decline(found, ask.volunteer_id, by=current_user, now=now)
            elif answer in {"yes", "return"}:
                wanted = _number(in_return) if answer == "return" else None
                swapping.accept(found, ask.volunteer_id, in_return=wanted, by=current_user, now=now)
    except Refused as refusal:
        return _page(swap_id, problem=refused_words(refusal.objections)), 422
    if answer == "yes":
        flash(_("Thank you. We will see you on %(day)s.", day=long_day(day)), "done")
        return redirect(url_for("today.my_shift", shift_id=shift_id))
    if answer == "return":
        flash(_("We ask %(name)s, and tell you when there is an answer.", name=giver), "done")
    elif answer == "no":
        flash(_("Thank you for telling us."), "done")
        return redirect(url_for("today.my_shifts"))
    return redirect(url_for("shifts.swap", swap_id=swap_id))


@bp.post("/swaps/<int:swap_id>/proposals/<int:volunteer_id>")
@requires(Permission.VOLUNTEER)
def answer_proposal(swap_id: int, volunteer_id: int) -> Any:
    """Say yes or no, as the giver, to the place that someone would give in return."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    answer = request.form.get("answer")
    try:
        with transaction():
            found = _mine(swap_id, me)
            swaps.ask(swap_id, volunteer_id)  # whoever was not asked is not there
            if answer == "yes":
                swapping.agree(found, volunteer_id, by=current_user, now=now)
            elif answer == "no":
                swapping.turn_down(found, volunteer_id, by=current_user, now=now)
    except Refused as refusal:
        return _page(swap_id, problem=refused_words(refusal.objections)), 422
    if answer == "yes":
        flash(_("The two shifts are swapped."), "done")
        return redirect(url_for("today.my_shifts"))
    return redirect(url_for("shifts.swap", swap_id=swap_id))


def _page(swap_id: int, *, problem: str = "") -> str:
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    found = swaps.swap(swap_id)
    given = found.assignment
    asks = swaps.asks_of(swap_id)
    is_mine = given.volunteer_id == me
    ask = next((one for one in asks if one.volunteer_id == me), None)
    if not is_mine and ask is None:
        raise Missing
    is_open = given.state in COMING and given.shift.starts_at > now
    can = is_open and can_answer(found.state, ask.state if ask else None)
    found = swaps.swap(swap_id)
    return render_template(
        "shifts/swap_mine.html" if is_mine else "shifts/swap_asked.html",
        swap=found,
        shift=found.assignment.shift,
        giver=found.assignment.volunteer.preferred_name,
        asks=asks,
        ask=ask,
        proposals=[one for one in asks if _is_proposal(one)],
        is_open=is_open and found.state == "open",
        can_answer=can,
        to_give=swaps.places_to_give(me, now, but=found.assignment.shift_id) if can else (),
        problem=problem,
    )


def _is_proposal(ask: SwapAsk) -> bool:
    return ask.state is SwapAskState.PROPOSED and ask.in_return is not None


def _mine(swap_id: int, volunteer_id: int) -> Swap:
    """Return a swap of one's own place; raise Missing."""
    found = swaps.swap(swap_id)
    if found.assignment.volunteer_id != volunteer_id:
        raise Missing
    return found


def _number(text: str) -> int:
    """Return an id that was sent; raise Missing for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Missing
    return int(text)
