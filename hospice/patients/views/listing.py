"""The list of patients."""

from enum import StrEnum
from typing import TypeVar

from flask import render_template, request
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.patients import queries
from hospice.patients.rules import Massage, PatientFilter, PatientState
from hospice.patients.views import bp, cards
from hospice.places import queries as places
from hospice.places.rules import Showing
from hospice.volunteers.rules import LANGUAGES
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import PER_PAGE, Page, offset

Choice = TypeVar("Choice", bound=StrEnum)

ALL = "all"


@bp.get("/patients")
@requires(Permission.SEE_PATIENTS)
def index() -> str:
    """List the patients that the address asks for."""
    asked = _asked()
    number = number_arg("page", 1, low=1)
    rows = queries.listed(asked, limit=PER_PAGE, offset=offset(number))
    return render_template(
        "patients/index.html",
        page=Page(rows, number, queries.how_many(asked)),
        next_visits=cards.next_visits([row.patient for row in rows], current_user, clock.now()),
        asked=asked,
        places=places.places(Showing.ALL),
        states=list(PatientState),
        languages=LANGUAGES,
        massages=list(Massage),
    )


def _asked() -> PatientFilter:
    state = request.args.get("state", "")
    return PatientFilter(
        words=text_arg("q"),
        place_id=number_arg("place") or None,
        state=None if state == ALL else _one(PatientState, state) or PatientState.ACTIVE,
        language=text_arg("language", 40),
        massage=_one(Massage, request.args.get("massage", "")),
    )


def _one(kind: type[Choice], value: str) -> Choice | None:
    return kind(value) if value in set(kind) else None
