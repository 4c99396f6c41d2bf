"""What waits on a volunteer's phone, and what the phone asks the server for."""

from flask import Response, jsonify, render_template
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.shifts.rules.mine import MyShift
from hospice.visits.queries.phone import at_home, shifts_to_keep
from hospice.visits.rules import ASKED_FOR
from hospice.visits.views import bp
from hospice.web.forms import text_arg
from hospice.web.guard import requires
from hospice.web.offline import account_tag
from hospice.web.pages import clock_time, hours, long_day, telephone


@bp.get("/me/outbox")
@requires(Permission.VOLUNTEER)
def outbox() -> str:
    """List the notes that wait on this phone; the phone itself fills them in."""
    return render_template("visits/outbox.html", is_leaving=bool(text_arg("leaving")))


@bp.get("/me/form-token")
@requires(Permission.VOLUNTEER)
def form_token() -> Response:
    """Give a fresh token for a form, and say whose it is."""
    return jsonify(token=generate_csrf(), account=account_tag())


@bp.get("/me/phone-cards")
@requires(Permission.VOLUNTEER)
def phone_cards() -> Response:
    """Give the phone what it keeps of the next seven days: times and places, and no patient."""
    shifts = shifts_to_keep(volunteer_id_of(current_user.id), clock.now())
    homes = at_home([shift.shift_id for shift in shifts])
    cards = [_card(shift, is_home=shift.shift_id in homes) for shift in shifts]
    return jsonify(account=account_tag(), cards=cards)


def _card(shift: MyShift, *, is_home: bool) -> dict[str, object]:
    day = long_day(shift.day)
    return {
        "shift": shift.shift_id,
        "day": day,
        "hours": hours(shift.starts_at, shift.ends_at, shift.zone),
        "place": shift.place_name,
        "where": _("%(day)s, %(place)s.", day=day, place=shift.place_name),
        "phone": shift.phone,
        "dial": telephone(shift.phone),
        "isHome": is_home,
        "arrived": clock_time(shift.starts_at, shift.zone),
        "left": clock_time(shift.ends_at, shift.zone),
        "startsAt": round(shift.starts_at.timestamp() * 1000),
        "until": round((shift.ends_at + ASKED_FOR).timestamp() * 1000),
        "isNoted": shift.is_noted,
    }
