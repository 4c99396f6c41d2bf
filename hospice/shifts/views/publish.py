"""The check page before publishing: who is told what, in their language, by which way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.places import queries as places
from hospice.places.models import Place
from hospice.reminders import letters
from hospice.reminders import queries as messages
from hospice.reminders.queries import wishes as asked
from hospice.reminders.rules import UNDO_WINDOW, Kind, Topic
from hospice.reminders.wishes.words import way_label
from hospice.reminders.wording import queries as wordings
from hospice.shifts import notices
from hospice.shifts.actions import publishing
from hospice.shifts.forms.board import Ask, back_arg
from hospice.shifts.queries import publishing as queries
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries.unpublished import Change
from hospice.shifts.rules.states import ToldKind
from hospice.shifts.rules.telling import heard_at
from hospice.shifts.views import bp, reaching, wording
from hospice.shifts.views.board import resolve
from hospice.shifts.views.shift import heading
from hospice.web.forms import number_arg, small_int
from hospice.web.guard import requires
from hospice.web.pages import hours, long_day, moment

KINDS = {
    ToldKind.NEW: (_l("New"), "plus", Kind.PUBLISHED),
    ToldKind.CHANGED: (_l("Changed"), "repeat", Kind.CHANGED),
    ToldKind.CANCELLED: (_l("Cancelled"), "cross", Kind.CANCELLED),
}
_MOST = 4000


class Line(NamedTuple):
    """One thing a person is told."""

    kind: str
    icon: str
    label: str
    what: str
    subject: str
    text: str


@dataclass
class Told:
    """One person and everything they are told."""

    volunteer_id: int
    name: str
    email: str
    phone: str
    lang: str
    by: str = ""  # the way that the messages go; empty: they are told by phone
    to: str = ""
    is_unwanted: bool = False  # they do not want it written
    failing: list[str] = field(default_factory=list)  # the ways that did not reach them last
    is_to_phone: bool = False  # all of them
    ids: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def value(self) -> str:
        """Return what the tick of this person sends."""
        return "-".join(str(one) for one in self.ids)


@bp.route("/roster/publish", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def publish() -> str | Response | tuple[str, int]:
    """Check who is told what, leave someone out, publish."""
    now = clock.now()
    shift_id = number_arg("shift")
    problem = ""
    if request.method == "POST":
        chosen = _chosen()
        if chosen:
            back = back_arg() or url_for("shifts.roster")
            with transaction():
                count = publishing.publish(chosen, by=current_user, now=now)
            if count:
                flash(_("Saved."), "undo")
            else:
                flash(_("Nothing was left to publish."), "done")
            return redirect(back)
        problem = _("Choose at least one person")
    if shift_id:
        shift = shift_queries.shift_for(current_user, shift_id)
        changes = queries.changes_of(shift_id, now)
        back, label = url_for("shifts.show", shift_id=shift_id), heading(shift)
        what = heading(shift)
    else:
        asked = resolve(Ask.read(), now)
        changes = queries.changes_in(asked.scope)
        back, label = asked.ask.address(url_for("shifts.roster")), _("Roster")
        what = _(
            "%(first)s to %(last)s", first=long_day(asked.days[0]), last=long_day(asked.days[-1])
        )
    people = _people(changes)
    count = len(changes)
    page = render_template(
        "shifts/publish.html",
        people=people,
        count=count,
        elsewhere=queries.count_all(now) - count,
        back=back,
        back_label=label,
        state_line=wording.sentences(_("%(words)s.", words=what), _summary(changes, people)),
        leave=_leave_words(changes, now),
        problem=problem,
    )
    return page, 422 if problem else 200


def _leave_words(changes: Sequence[Change], now: datetime) -> str:
    """Return when the messages leave: at once, or when the quiet hours are over."""
    soon = now + UNDO_WINDOW
    found = [
        (heard_at(now, shift.place.timezone, shift.starts_at), shift.place.timezone)
        for shift in (one.assignment.shift for one in changes)
    ]
    late = [(at, zone) for at, zone in found if at > soon]
    if not late:
        return _("Messages leave two minutes after you publish; until then you can undo.")
    when = moment(*min(late)).striptags()
    if len(late) == len(found):
        return _(
            "These are quiet hours: messages leave %(when)s. You can undo within two minutes.",
            when=when,
        )
    return _(
        "These are quiet hours: messages leave %(when)s, and two minutes after you publish only"
        " where the shift begins before. Until then you can undo.",
        when=when,
    )


def _chosen() -> list[int]:
    """Return the changes of the people who are ticked."""
    given = request.form.getlist("tell")[:_MOST]
    ids = [small_int(part) for value in given for part in value[:4000].split("-")[:200]]
    return [one for one in dict.fromkeys(ids) if one]


def _people(changes: Sequence[Change]) -> list[Told]:
    found: dict[int, Told] = {}
    by_id, book = _told_places(changes), wordings.book() if changes else {}
    for change in changes:
        row = change.assignment
        volunteer = row.volunteer
        told = found.get(volunteer.id)
        if told is None:
            told = found[volunteer.id] = Told(
                volunteer.id,
                volunteer.preferred_name,
                volunteer.email,
                volunteer.phone,
                "zh-Hans" if volunteer.locale == "zh_Hans" else "en",
            )
        told.ids.append(row.id)
        told.lines.append(_line(change, by_id.get(row.told_place_id or 0), book))
    _find_ways(found.values())
    return sorted(found.values(), key=lambda one: one.name)


def _find_ways(people: Collection[Told]) -> None:
    """Say by which way each person is told first."""
    wishes = messages.wishes_of(f"volunteer:{one.volunteer_id}" for one in people)
    channels = asked.offered() if any(one.ways for one in wishes.values()) else []
    failing = reaching.failing({one.volunteer_id: one.email for one in people})
    for one in people:
        wished = wishes[f"volunteer:{one.volunteer_id}"]
        one.is_unwanted = wished.is_silent or Topic.SHIFTS in wished.topics_off
        if one.is_unwanted:
            continue
        named = wished.ways_for(one.email)
        for way in named:
            label = way_label(way.channel, channels)
            if label:
                one.by, one.to = label, way.address
                break
        one.failing = failing.get(one.volunteer_id, [])
        one.is_to_phone = bool(one.failing) and len(one.failing) >= len(named)


def _told_places(changes: Sequence[Change]) -> dict[int, Place]:
    """Return the places where some volunteers were told to come, where these changed."""
    ids = {
        one.assignment.told_place_id
        for one in changes
        if one.assignment.told_place_id not in {None, one.assignment.shift.place_id}
    }
    return {place.id: place for place in places.places_to_choose(*ids)} if ids else {}


def _line(change: Change, told_place: Place | None, book: wordings.Book) -> Line:
    row, shift = change.assignment, change.assignment.shift
    label, icon, kind = KINDS[change.kind]
    facts = notices.facts_before(row, change.kind, told_place)
    letter = letters.preview(kind, facts, row.volunteer.locale, book=book)
    what = _(
        "%(place)s, %(day)s, %(hours)s",
        place=shift.place.name,
        day=long_day(shift.local_day),
        hours=hours(shift.starts_at, shift.ends_at, shift.place.timezone),
    )
    return Line(change.kind.value, icon, str(label), what, letter.subject, letter.text)


def _summary(changes: Sequence[Change], people: Sequence[Told]) -> str:
    """Return how many people are told, and how many of them by phone."""
    if not changes:
        return _("Everyone on these days knows of their shifts.")
    words = ngettext(
        "%(num)d person is told by message",
        "%(num)d people are told by message",
        sum(bool(one.by) for one in people),
    )
    without = sum(not one.by for one in people)
    if without:
        words = _(
            "%(first)s; %(second)s",
            first=words,
            second=ngettext(
                "%(num)d is told by phone",
                "%(num)d are told by phone",
                without,
            ),
        )
    return _("%(words)s.", words=words)
