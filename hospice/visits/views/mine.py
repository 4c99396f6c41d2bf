"""A volunteer's own notes."""

from flask import render_template
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.shifts.queries.patients import patients_for
from hospice.visits import queries
from hospice.visits.queries.mine import sent_count, sent_notes
from hospice.visits.views import bp
from hospice.web.forms import number_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset

_PER_PAGE = 20


@bp.get("/me/notes")
@requires(Permission.VOLUNTEER)
def my_notes() -> str:
    """List the notes to finish, and those that were sent with what the team replied."""
    me, now = volunteer_id_of(current_user.id), clock.now()
    number = number_arg("page", 1, low=1)
    sent = sent_notes(me, limit=_PER_PAGE, offset=offset(number, _PER_PAGE))
    return render_template(
        "visits/my_notes.html",
        seen={card.id for card in patients_for(current_user, now)},
        to_finish=queries.to_finish(me, now) if number == 1 else [],
        page=Page(sent, number, sent_count(me), _PER_PAGE),
    )
