"""Thanks on a volunteer's page."""

from datetime import datetime

from flask import render_template
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.cases import queries
from hospice.volunteers.views import cards as volunteer_cards
from hospice.volunteers.views.cards import Column

_SHOWN = 3


def register() -> None:
    """Put the card on the pages of volunteers."""
    volunteer_cards.put("cases.thanks", Column.SIDE, _thanks)


def _thanks(volunteer_id: int, user: User, _now: datetime) -> Markup:
    if not user.may(Permission.SEE_CASES):
        return Markup("")
    found = queries.thanks_for(volunteer_id, limit=_SHOWN)
    if not found:
        return Markup("")
    html = render_template("cases/_volunteer_thanks.html", thanks=found)
    return Markup(html)  # noqa: S704 - our own template has escaped it
