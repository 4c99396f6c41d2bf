"""Pages on which people, and the office for them, say how they want to be written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.models import User
from hospice.accounts.rules import Permission, Role
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.reminders import queries
from hospice.reminders.actions.wishes import say_wishes
from hospice.reminders.queries import wishes as asked
from hospice.reminders.rules import Topic
from hospice.reminders.views import bp
from hospice.reminders.wishes.forms import wishes_form
from hospice.reminders.wishes.words import objection_words, wishes_lines
from hospice.web.guard import requires
from hospice.web.pages import present_zone

# What staff are written to about, by what they may do.
STAFF_TOPICS = (
    (Permission.PLAN_ROSTER, (Topic.OFFICE, Topic.SUMMARIES)),
    (Permission.KEEP_TASKS, (Topic.TASKS,)),
)

Answer = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Whose:
    """Whose wishes a page is about."""

    recipient: str
    name: str
    email: str
    topics: Sequence[Topic]
    template: str
    done: str  # where to go on
    is_own: bool = True
    is_staff: bool = False


def wishes_page(whose: Whose, **more: Any) -> Answer:
    """Show what someone wishes, move a way up or down, or save."""
    channels = asked.offered()
    kept = asked.said(whose.recipient)
    present = queries.wishes_of([whose.recipient])[whose.recipient]
    form = wishes_form(
        present,
        whose.topics,
        channels,
        version=kept.version if kept else 0,
        zone=present_zone(),
    )
    theirs: list[tuple[str, str]] = []
    if form.is_moving:
        form.move()
    elif form.validate_on_submit():
        try:
            with transaction():
                say_wishes(
                    whose.recipient,
                    form.wishes(whose.topics),
                    offered=[one.way for one in channels],
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
            kept = asked.said(whose.recipient)
            form.version.data = str(kept.version if kept else 0)
            now_kept = queries.wishes_of([whose.recipient])[whose.recipient]
            channels = asked.offered()
            form.channels = channels
            theirs = wishes_lines(now_kept, channels, whole=True)
        else:
            flash(_("Saved. Thank you.") if whose.is_own else _("Saved."), "done")
            return redirect(whose.done)
    page = render_template(
        whose.template,
        form=form,
        whose=whose,
        channels=channels,
        failed={one.channel: one for one in asked.ways(whose.recipient) if one.failed_at},
        theirs=theirs,
        **more,
    )
    return page, 422 if form.errors else 200


@bp.route("/account/messages", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def my_wishes() -> Answer:
    """Say which messages one wants, as someone of the office; volunteers have a page of theirs."""
    if current_user.role in {Role.VOLUNTEER, Role.LEADER}:
        return redirect(url_for("volunteers.my_messages"))
    topics = _topics_of(current_user)
    if not topics:
        if request.method == "POST":
            raise Missing
        return render_template("reminders/no_wishes.html")
    return wishes_page(
        Whose(
            recipient=f"user:{current_user.id}",
            name=current_user.name,
            email=current_user.email,
            topics=topics,
            template="reminders/my_wishes.html",
            done=url_for("accounts.account"),
            is_staff=True,
        )
    )


def _topics_of(user: User) -> list[Topic]:
    """Return what someone of the office is written to about."""
    return [topic for needed, topics in STAFF_TOPICS if user.may(needed) for topic in topics]
