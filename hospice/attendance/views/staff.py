"""What the coordinator knows and asks about who came."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.attendance.forms import TimesForm
from hospice.attendance.queries import presence as queries
from hospice.attendance.rules import How
from hospice.attendance.views import bp
from hospice.attendance.views.own import saved, tap_for
from hospice.core import clock
from hospice.web.forms import number_arg
from hospice.web.guard import requires
from hospice.web.lists import PER_PAGE, Page, offset


@bp.get("/attendance")
@requires(Permission.PLAN_ROSTER)
def index() -> str:
    """List the shifts that are over and where nobody said who came."""
    now = clock.now()
    number = number_arg("page", 1, low=1, high=1000)
    rows = queries.still_open(now, limit=PER_PAGE, offset=offset(number))
    is_all = number == 1 and len(rows) < PER_PAGE
    total = len(rows) if is_all else queries.open_count(now)
    return render_template("attendance/index.html", page=Page(rows, number, total))


@bp.route("/attendance/<int:assignment_id>", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def record(assignment_id: int) -> tuple[str, int] | Response:
    """Write down whether and when someone came, or correct it."""
    now = clock.now()
    one = queries.member(assignment_id)
    form = TimesForm()
    back = _back(one.place.shift_id)
    if saved(form, one, How.COORDINATOR, now):
        flash(_("Saved."), "done")
        return redirect(back)
    page = render_template("attendance/record.html", form=form, one=one, back=back)
    return page, 422 if form.errors else 200


@bp.post("/attendance/<int:assignment_id>/check-in")
@requires(Permission.PLAN_ROSTER)
def check_in_for(assignment_id: int) -> Response:
    """Say that someone is there."""
    return _tap(assignment_id, comes=True)


@bp.post("/attendance/<int:assignment_id>/check-out")
@requires(Permission.PLAN_ROSTER)
def check_out_for(assignment_id: int) -> Response:
    """Say that someone has left and all is well."""
    return _tap(assignment_id, comes=False)


def _tap(assignment_id: int, *, comes: bool) -> Response:
    one = queries.member(assignment_id)
    tap_for(assignment_id, None, comes=comes, how=How.COORDINATOR)
    return redirect(_back(one.place.shift_id))


def _back(shift_id: int) -> str:
    """Return to the page on which the button stood."""
    places = {"list": url_for("attendance.index"), "today": url_for("today.coordinator")}
    asked = request.values.get("at", "")
    return places.get(asked) or url_for("shifts.show", shift_id=shift_id)
