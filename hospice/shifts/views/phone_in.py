"""On the phone with a volunteer: everything on one screen, written down on their behalf."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.actions import asking, claiming, placing, swapping, waiting
from hospice.shifts.forms.board import AnswerForm
from hospice.shifts.queries import candidates, mine, swaps
from hospice.shifts.queries import phone_in as queries
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries import undo as undo_queries
from hospice.shifts.queries import waiting as lines
from hospice.shifts.rules.states import AnsweredBy
from hospice.shifts.rules.waiting import bars
from hospice.shifts.views import bp
from hospice.shifts.views.claiming import fitting
from hospice.shifts.words import objection_words
from hospice.volunteers import queries as volunteers
from hospice.web.forms import small_int
from hospice.web.guard import requires

_SHOWN = 6
_FULL_SHOWN = 3
_WRITE = "visits.write_for"
HOW = AnsweredBy.COORDINATOR


@bp.route("/volunteers/<int:volunteer_id>/on-the-phone", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER, Permission.SEE_VOLUNTEERS)
def on_the_phone(volunteer_id: int) -> Any:
    """Write down what a volunteer says on the phone, and show what may come up."""
    volunteers.volunteer(volunteer_id)  # raises Missing
    if request.method == "GET":
        return _page(volunteer_id)
    form = AnswerForm()
    what = request.form.get("do", "")
    act = _ACTS.get(what)
    if act is None:
        return _page(volunteer_id, form, [_("Choose what to write down")]), 422
    if not form.validate():
        return _page(volunteer_id, form), 422
    try:
        with transaction():
            act(volunteer_id, form.reason.data or "", current_user, clock.now())
    except Refused as refusal:
        return _page(volunteer_id, form, [objection_words(o) for o in refusal.objections]), 422
    flash(str(_SAID.get(what, _l("Written down."))), "undo" if what in _UNDONE else "done")
    return redirect(url_for("shifts.on_the_phone", volunteer_id=volunteer_id))


def _page(volunteer_id: int, form: AnswerForm | None = None, problems: Any = ()) -> str:
    now = clock.now()
    touched = _shift_id() if form is not None else 0
    shown = []
    for one in queries.coming(volunteer_id, now):
        its_form = form if form and one.assignment.shift_id == touched else None
        its_form = its_form or AnswerForm(formdata=None)
        its_form.reason.id = f"reason-{one.assignment.shift_id}"
        shown.append((one.assignment, one.swap_id, its_form))
    return render_template(
        "shifts/phone_in.html",
        volunteer=volunteers.volunteer(volunteer_id),
        form=form or AnswerForm(formdata=None),
        problems=problems,
        touched=touched,
        now=now,
        coming=shown,
        questions=queries.questions(volunteer_id, now),
        wishes=queries.wishes(volunteer_id, now),
        lines=lines.lines_of(volunteer_id, now),
        swaps=[one for one in swaps.mine(volunteer_id, now) if not one.is_giver],
        open=fitting(volunteer_id, now)[:_SHOWN],
        full=_full(volunteer_id, now),
        ended=queries.ended(volunteer_id, now),
        may_write=_WRITE in current_app.view_functions,
        steps=undo_queries.steps(current_user, now),
    )


def _full(volunteer_id: int, now: datetime) -> list[Any]:
    """Return the full shifts whose waiting list they could join."""
    shifts = lines.full_shifts(volunteer_id, now)
    verdicts = candidates.verdicts_for(volunteer_id, shifts, now)
    return [one for one in shifts if not bars(verdicts[one.id].objections)][:_FULL_SHOWN]


def _shift_id() -> int:
    return small_int(request.form.get("shift_id"))


def _swap(volunteer_id: int) -> Any:
    """Return the swap that the form names, of this volunteer's own place or asked of them."""
    return swaps.swap(small_int(request.form.get("swap_id")))


# --- what can be written down ---------------------------------------------------------------------


def _come(volunteer_id: int, reason: str, by: User, now: datetime) -> None:
    one = queries.place(volunteer_id, _shift_id())
    placing.answer(one, comes=True, how=HOW, now=now, by=by, reason=reason)


def _cant(volunteer_id: int, reason: str, by: User, now: datetime) -> None:
    one = queries.place(volunteer_id, _shift_id())
    placing.answer(one, comes=False, how=HOW, now=now, by=by, reason=reason)


def _yes(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    offer = mine.asked_offer(volunteer_id, _shift_id())
    asking.answer_offer(offer, comes=True, how=HOW, now=now, by=by)


def _no(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    offer = mine.asked_offer(volunteer_id, _shift_id())
    asking.answer_offer(offer, comes=False, how=HOW, now=now, by=by)


def _claim(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    shift = shift_queries.shift(_shift_id())
    claiming.claim(shift, volunteer_id, by=by, now=now, how=HOW)


def _unwish(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    claiming.take_back(_shift_id(), volunteer_id, by=by, now=now)


def _offer_swap(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    swapping.offer(queries.place(volunteer_id, _shift_id()), to=None, by=by, now=now, how=HOW)


def _keep(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    swap = _swap(volunteer_id)
    if swap.assignment.volunteer_id != volunteer_id:
        raise Missing
    swapping.take_back(swap, by=by, now=now)


def _take_swap(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    swapping.accept(_swap(volunteer_id), volunteer_id, in_return=None, by=by, now=now, how=HOW)


def _pass_swap(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    swapping.decline(_swap(volunteer_id), volunteer_id, by=by, now=now)


def _join(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    waiting.join(shift_queries.shift(_shift_id()), volunteer_id, by=by, now=now, how=HOW)


def _leave(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    waiting.leave(lines.entry(volunteer_id, _shift_id()), by=by, now=now, how=HOW)


def _accept(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    waiting.accept(lines.entry(volunteer_id, _shift_id()), by=by, now=now, how=HOW)


def _decline(volunteer_id: int, _reason: str, by: User, now: datetime) -> None:
    waiting.decline(lines.entry(volunteer_id, _shift_id()), by=by, now=now, how=HOW)


_ACTS: dict[str, Callable[[int, str, User, datetime], None]] = {
    "come": _come,
    "cant": _cant,
    "yes": _yes,
    "no": _no,
    "claim": _claim,
    "unwish": _unwish,
    "swap": _offer_swap,
    "keep": _keep,
    "take": _take_swap,
    "pass": _pass_swap,
    "join": _join,
    "leave": _leave,
    "accept": _accept,
    "decline": _decline,
}
# These have a step on the board that can be undone.
_UNDONE = {"come", "cant"}
_SAID: dict[str, Any] = {
    "yes": _l("Written down: they take the place."),
    "no": _l("Written down: not this time."),
    "claim": _l("Written down: they take the place."),
    "unwish": _l("Written down: they no longer ask for it."),
    "swap": _l("Offered to everyone who fits. It stays theirs until someone takes it."),
    "keep": _l("Taken back: they keep the place."),
    "take": _l("Written down: they take the place."),
    "pass": _l("Written down: not this time."),
    "join": _l("They are on the waiting list."),
    "leave": _l("They are no longer on the waiting list."),
    "accept": _l("Written down: they take the place."),
    "decline": _l("Written down: not this time."),
}
