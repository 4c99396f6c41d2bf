"""How volunteers want to be written to: their own page, and the office's for them."""

from collections.abc import Sequence

from flask import url_for
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.reminders import queries as messages
from hospice.reminders.queries import wishes as asked
from hospice.reminders.rules import EMAIL, Topic, Wishes
from hospice.reminders.wishes.views import Answer, Whose, wishes_page
from hospice.reminders.wishes.words import way_label, wishes_lines
from hospice.volunteers import queries
from hospice.volunteers.models import Volunteer
from hospice.volunteers.views import bp
from hospice.web.guard import requires

TOPICS = (Topic.SHIFTS, Topic.REMINDERS, Topic.ASKED, Topic.NOTES, Topic.THANKS)


@bp.route("/me/messages", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def my_messages() -> Answer:
    """Say which messages one wants, when, and by which way first."""
    volunteer = queries.own(current_user)
    whose = _whose(volunteer, "volunteers/my_messages.html", url_for("volunteers.me"))
    return wishes_page(whose)


@bp.route("/volunteers/<int:volunteer_id>/messages", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def messages_of(volunteer_id: int) -> Answer:
    """Say the same for a volunteer, in their name."""
    volunteer = queries.volunteer(volunteer_id)
    done = url_for("volunteers.show", volunteer_id=volunteer_id)
    whose = _whose(volunteer, "volunteers/messages_of.html", done, is_own=False)
    return wishes_page(whose, volunteer=volunteer)


def wishes_of(volunteer_id: int) -> Wishes:
    """Return how a volunteer wants to be written to."""
    recipient = f"volunteer:{volunteer_id}"
    return messages.wishes_of([recipient])[recipient]


def card(volunteer: Volunteer) -> dict[str, object]:
    """Return what a volunteer's page says of it: the wishes, and the ways that failed."""
    channels = asked.offered()
    wishes = wishes_of(volunteer.id)
    failed = [
        one
        for one in asked.ways(f"volunteer:{volunteer.id}")
        # another address since then: that failure is over
        if one.failed_at and (one.channel != EMAIL or one.address == volunteer.email)
    ]
    return {
        "wishes": wishes,
        "lines": wishes_lines(wishes, channels),
        "failed": [(way_label(one.channel, channels), one) for one in failed],
    }


def silent_among(volunteer_ids: Sequence[int]) -> set[int]:
    """Return those of some volunteers who get no messages."""
    found = asked.silent(f"volunteer:{one}" for one in volunteer_ids)
    return {int(one.partition(":")[2]) for one in found}


def _whose(volunteer: Volunteer, template: str, done: str, *, is_own: bool = True) -> Whose:
    return Whose(
        recipient=f"volunteer:{volunteer.id}",
        name=volunteer.preferred_name,
        email=volunteer.email,
        topics=TOPICS,
        template=template,
        done=done,
        is_own=is_own,
    )
