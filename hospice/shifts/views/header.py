"""The head of the roster: title, state in one line, counters, stepper, menus, buttons."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hospice.shifts.forms.board import Ask
from hospice.shifts.queries import board as queries
from hospice.shifts.queries import roster as around
from hospice.shifts.queries.board import Scope
from hospice.shifts.queries.totals import Summary
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.roster import Rows, Show, View, earlier, later, total
from hospice.shifts.views import wording
from hospice.shifts.words import STATE_ICONS

_READABLE = 60
_ANY_PLACE = 2**31 - 1  # stands for a number in an address


class Asked(Protocol):
    """What the head needs to know of a request."""

    ask: Ask
    now: datetime
    today: date
    zone: str
    series: Series | None
    first: date
    days: tuple[date, ...]
    scope: Scope


class Choice(NamedTuple):
    """A link that chooses something."""

    label: str
    url: str
    is_chosen: bool


class Counter(NamedTuple):
    """A number that is also a filter."""

    state: str
    icon: str
    number: int
    label: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Head:
    """The head of a page of the roster, ready to print."""

    title: str
    state_line: str
    caption: str
    corner: str
    counters: list[Counter]
    span: str
    earlier: Choice
    later: Choice
    today: str
    view_label: str
    views: list[Choice]
    series: list[Choice]
    rows: list[Choice]
    places: list[Choice]
    publish: Choice | None
    copy: Choice | None
    others: Choice | None
    plain_url: str
    back: str
    list_url: str
    print_url: str
    export_url: str
    is_filtered: bool


def head(asked: Any, summary: Summary, *, may_plan: bool) -> Head:
    """Return the head of a page of the roster."""
    ask: Ask = asked.ask
    path = url_for("shifts.roster")
    words = wording.words()
    plain = {"page": 1, "fill": 0, "hold": 0, "words": ""}

    def to(**changes: Any) -> str:
        return ask.address(path, **{**plain, **changes})

    days = [summary.days[day] for day in asked.days if day in summary.days]
    name = wording.title(ask.view, asked.series, asked.days, asked.first)
    is_wards = ask.rows is Rows.WARDS
    return Head(
        title=name,
        state_line=wording.state_line(days, series=asked.series, days=asked.days, zone=asked.zone),
        caption=wording.caption(name, asked.days, is_wards=is_wards),
        corner=_("Ward") if is_wards else _("Volunteer"),
        counters=[
            Counter(
                show.value,
                STATE_ICONS[wording.DISPLAYS[show]],
                total(days, show),
                label,
                to(show=None if ask.show is show else show),
                ask.show is show,
            )
            for show, label in words.shows.items()
        ],
        span=wording.span(asked.days[0], asked.days[-1]),
        earlier=Choice(
            wording.step(ask.view, asked.series, is_later=False),
            to(first=earlier(ask.view, asked.first, ask.length)),
            False,
        ),
        later=Choice(
            wording.step(ask.view, asked.series, is_later=True),
            to(first=later(ask.view, asked.first, ask.length)),
            False,
        ),
        today=to(first=None) if ask.first is not None else "",
        view_label=words.views[ask.view],
        views=[
            Choice(label, to(view=view), ask.view is view) for view, label in words.views.items()
        ],
        series=[
            Choice(
                f"{wording.series_name(one)}, {wording.series_hours(one)}",
                to(view=View.SERIES, series=one),
                asked.series == one,
            )
            for one in asked.choices
        ],
        rows=[Choice(label, to(rows=rows), ask.rows is rows) for rows, label in words.rows.items()]
        if ask.view in {View.SERIES, View.WEEK}
        else [],
        places=_places(ask, summary, to),
        publish=_publish(asked, sum(day.changes for day in days)) if may_plan else None,
        copy=_copy(asked) if may_plan else None,
        others=_others(asked, summary.others, to),
        plain_url=to(show=None, place_id=0),
        back=ask.address(path, fill=0, hold=0, words=""),
        list_url=to(view=View.LIST, first=asked.days[0], show=Show.OPEN),
        print_url=ask.address(url_for("shifts.print_roster"), **plain),
        export_url=ask.address(url_for("shifts.export"), **plain),
        is_filtered=bool(ask.show or ask.place_id),
    )


def _places(ask: Ask, summary: Summary, to: Any) -> list[Choice]:
    """Offer the places when not all of them are on the page, and not too many to read."""
    if not ask.place_id and not queries.PLACES_A_PAGE < summary.places <= _READABLE:
        return []
    # One address serves them all: only the number of the place differs.
    start, _any, end = to(place_id=_ANY_PLACE).partition(str(_ANY_PLACE))
    return [
        Choice(row.name, f"{start}{row.id}{end}", row.id == ask.place_id)
        for row in around.place_names()
    ]


def _publish(asked: Asked, changes: int) -> Choice | None:
    if not changes:
        return None
    label = ngettext("Publish %(num)d change", "Publish %(num)d changes", changes)
    address = asked.ask.address(
        url_for("shifts.publish"), page=1, fill=0, hold=0, words="", show=None, rows=Rows.WARDS
    )
    return Choice(label, address, False)


def _copy(asked: Asked) -> Choice | None:
    """Offer to copy the last day of a series to its next one."""
    if asked.series is None:
        return None
    label = _("Copy last %(weekday)s", weekday=wording.weekday_name(asked.series.weekday))
    return Choice(label, url_for("shifts.copy", series=asked.series.slug), False)


def _others(asked: Asked, count: int, to: Any) -> Choice | None:
    if not count:
        return None
    label = ngettext(
        "%(num)d other shift on these days", "%(num)d other shifts on these days", count
    )
    return Choice(label, to(view=View.WEEK, first=asked.days[0], show=None), False)


__all__ = ["Head", "Show", "head"]
