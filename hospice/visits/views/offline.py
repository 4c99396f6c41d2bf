"""The pages that open without signal: blank, the same for everybody, and kept on the phone."""

from flask import render_template

from hospice.core import clock
from hospice.shifts.rules.states import AssignmentState
from hospice.visits.forms import NoteForm
from hospice.visits.rules import Visit
from hospice.visits.views import bp
from hospice.web.guard import public
from hospice.web.offline import draw_blank
from hospice.web.pages import present_zone


@bp.get("/offline")
@public
def offline() -> str:
    """Show the shifts and notes that the phone keeps; the phone itself fills them in."""
    draw_blank()
    return render_template("visits/offline.html")


@bp.get("/offline/note")
@public
def offline_note() -> str:
    """Show an empty visit note; the phone fills in which visit it is about."""
    draw_blank()
    now = clock.now()
    nowhere = Visit(
        assignment_id=0,
        shift_id=0,
        volunteer_id=0,
        state=AssignmentState.CONFIRMED,
        starts_at=now,
        ends_at=now,
        place_name="",
        phone="",
        zone=present_zone(),
        is_home=False,
    )
    form = NoteForm(formdata=None)
    return render_template("visits/offline_note.html", form=form, visit=nowhere)
