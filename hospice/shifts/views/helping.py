"""After "I can't come": what can help, each of it a wish and none of it a duty."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.actions import cover
from hospice.shifts.forms.answer import SomeoneForm
from hospice.shifts.queries import cover as queries
from hospice.shifts.queries import mine
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules.mine import MyShift, Phase
from hospice.shifts.views import bp
from hospice.shifts.views.claiming import fitting
from hospice.shifts.views.refusals import refused_words
from hospice.web.guard import requires

# Three days to choose from; the whole list is one tap further.
_DAYS = 3
_NAMES = 60
_OF_THE_SHIFT = {"past", "full", "cancelled_shift", "named_enough", "changed_meanwhile"}


@bp.get("/me/shifts/<int:shift_id>/what-helps")
@requires(Permission.VOLUNTEER)
def what_helps(shift_id: int) -> Any:
    """Thank them, and offer another day, someone who agreed, or to leave it to the office."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    shift = _declined(me, shift_id)
    if shift is None:
        return redirect(url_for("today.my_shift", shift_id=shift_id))
    others = [one for one in fitting(me, now) if one.shift.id != shift_id]
    return render_template(
        "shifts/what_helps.html",
        shift=shift,
        days=others[:_DAYS],
        has_more=len(others) > _DAYS,
    )


@bp.route("/me/shifts/<int:shift_id>/someone", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def name_someone(shift_id: int) -> Any:
    """Say who has agreed to come; the question goes to them."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    shift = _declined(me, shift_id)
    if shift is None:
        return redirect(url_for("today.my_shift", shift_id=shift_id))
    form, problem = SomeoneForm(), ""
    # A friend may have been asked already, without knowing that their name was given.
    found = queries.willing(shift_queries.shift(shift_id), now, with_asked=True)
    people = sorted(found, key=lambda one: one.name)
    form.volunteer_id.choices = [(one.volunteer_id, one.name) for one in people[:_NAMES]]
    if form.validate_on_submit():
        chosen = form.volunteer_id.data
        name = next(one.name for one in people if one.volunteer_id == chosen)
        try:
            with transaction():
                one = mine.told_assignment(me, shift_id)
                cover.suggest(one, chosen, by=current_user, now=now)
        except Refused as refusal:
            problem = _why_not(refusal)
        else:
            flash(_("We ask %(name)s. They answer themselves.", name=name), "done")
            return redirect(url_for("shifts.what_helps", shift_id=shift_id))
    page = render_template(
        "shifts/name_someone.html", shift=shift, form=form, problem=problem, people=people
    )
    return page, 422 if form.errors or problem else 200


def _why_not(refusal: Refused) -> str:
    """Return why nobody is asked; what stands against someone else is not told."""
    if refusal.objections[0].kind in _OF_THE_SHIFT:
        return refused_words(refusal.objections)
    return _("We can’t ask them for this shift. Call us, and we will look at it.")


def _declined(volunteer_id: int, shift_id: int) -> MyShift | None:
    """Return the shift that they can't come to; None when that is over or taken back."""
    found = mine.my_shift(volunteer_id, shift_id)
    if found.assignment_id is None:
        raise Missing
    return found if found.phase(clock.now()) is Phase.CANT else None
