"""The link in a message: it opens a page with two big buttons, and only the tap acts."""

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import refresh
from werkzeug.wrappers import Response

from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.actions import links
from hospice.shifts.forms.answer import ReasonForm
from hospice.shifts.queries import mine
from hospice.shifts.rules.mine import COMING, Answerer, Phase
from hospice.shifts.rules.states import AnsweredBy, AssignmentState
from hospice.shifts.views import bp
from hospice.shifts.views.answer import answer
from hospice.shifts.views.calendar import calendar_file
from hospice.shifts.views.refusals import refused_words
from hospice.web.guard import public
from hospice.web.pages import LANGUAGE_COOKIE

_LONGEST = 80
_OFF = {Phase.OFF, Phase.PAUSED, Phase.WISHED}


@bp.route("/r/<token>", methods=["GET", "POST"])
@public
def answer_by_link(token: str) -> Any:
    """Ask whether someone comes; a mail scanner that opens the link changes nothing."""
    who = _answerer(token)
    if who is None or not _is_open(who):
        return _ended(who)
    form = ReasonForm()
    if request.method == "POST":
        comes = {"yes": True, "no": False}.get(request.form.get("answer", ""))
        if comes is not None and form.validate():
            return _answered(token, who, form, comes=comes)
    template = "shifts/answer_done.html" if form.errors else "shifts/answer_by_link.html"
    page = render_template(template, token=token, **_facts(who), form=form)
    return page, 422 if request.method == "POST" else 200


@bp.get("/r/<token>/done")
@public
def answered_by_link(token: str) -> Any:
    """Say what was answered, with a file for the calendar, or room for a reason."""
    who = _answerer(token)
    if who is None or not _is_open(who):
        return _ended(who)
    return render_template(
        "shifts/answer_done.html", token=token, **_facts(who), form=ReasonForm(formdata=None)
    )


@bp.get("/r/<token>/calendar.ics")
@public
def calendar_by_link(token: str) -> Any:
    """Give the shift as a file for one's own calendar."""
    who = _answerer(token)
    if who is None or who.mine is None or not _is_open(who):
        return _ended(who)
    return calendar_file(who.mine, who.volunteer_id, clock.now())


def _answered(token: str, who: Answerer, form: ReasonForm, *, comes: bool) -> Response | Any:
    try:
        with transaction():
            answer(
                who.volunteer_id,
                who.shift_id,
                comes=comes,
                how=AnsweredBy.LINK,
                reason=form.reason.data or "",
            )
    except Missing:
        return _ended(None)  # taken off between opening and tapping
    except Refused as refusal:
        again = _answerer(token)
        if again is None or not _is_open(again):
            return _ended(again)
        words = refused_words(refusal.objections)
        page = render_template(
            "shifts/answer_by_link.html", token=token, **_facts(again), problem=words
        )
        return page, 422
    return redirect(url_for("shifts.answered_by_link", token=token))


def _answerer(token: str) -> Answerer | None:
    """Return whose link it is and speak their language; count a link that nobody has."""
    who = mine.answerer(token) if len(token) <= _LONGEST else None
    if who is not None:
        if LANGUAGE_COOKIE not in request.cookies:
            g.locale = who.locale
            refresh()
        return who
    address, now = request.remote_addr or "", clock.now()
    if links.is_throttled(address, now):
        abort(429)
    with transaction():
        links.count_unknown(address, now)
    return None


def _is_open(who: Answerer) -> bool:
    """Tell whether there is something to answer: until it starts, and while it takes place."""
    now = clock.now()
    return who.mine is not None and now < who.mine.starts_at and who.mine.phase(now) not in _OFF


def _facts(who: Answerer) -> dict[str, Any]:
    assert who.mine is not None  # noqa: S101 - _is_open was asked
    phase = who.mine.phase(clock.now())
    # Shortly before the start the app offers to check in; the link still asks the one thing.
    if who.mine.state in COMING:
        phase = Phase.ANSWER if who.mine.state is AssignmentState.WAITING else Phase.COMING
    return {"shift": who.mine, "phase": phase}


def _ended(who: Answerer | None) -> tuple[str, int]:
    """Say that a link has ended, and whom to call; a link nobody has looks the same."""
    is_off = who is not None and who.mine is not None and who.mine.phase(clock.now()) is Phase.OFF
    page = render_template(
        "shifts/answer_ended.html", is_off=is_off, shift=who.mine if who else None
    )
    return page, 404 if who is None else 410
