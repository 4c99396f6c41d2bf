"""Sentences of the roster: names of series and spans of days, its state in one line, verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, get_day_names
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hospice.core.errors import Objection
from hospice.shifts.rules.holidays import public_holidays
from hospice.shifts.rules.pattern import Part, Series
from hospice.shifts.rules.placing import Level, Verdict
from hospice.shifts.rules.roster import Rows, Show, Totals, View, total, week_of
from hospice.shifts.rules.states import Display
from hospice.shifts.words import STATE_LABELS, day_of, reason_words
from hospice.web.pages import locale_name, long_day, short_day, the_hospice, zone_name

VIEW_LABELS: dict[View, Any] = {
    View.SERIES: _l("Series"),
    View.WEEK: _l("Week"),
    View.MONTH: _l("Month"),
    View.LIST: _l("List"),
}
ROWS_LABELS: dict[Rows, Any] = {Rows.WARDS: _l("Wards"), Rows.VOLUNTEERS: _l("Volunteers")}
DISPLAYS: dict[Show, Display] = {
    Show.OPEN: Display.OPEN,
    Show.WAITING: Display.WAITING,
    Show.COVER: Display.COVER,
    Show.DRAFT: Display.DRAFT,
}
SHOW_LABELS: dict[Show, Any] = {
    Show.OPEN: _l("Open"),
    Show.WAITING: _l("Waiting"),
    Show.COVER: _l("Needs cover"),
    Show.DRAFT: _l("Not published"),
}


@dataclass(frozen=True)
class Words:
    """The words of the board in one language; looked up once, used for every place."""

    texts: Mapping[Display, str]
    said: Mapping[Display, str]  # as they stand after a name
    printed: Mapping[Display, str]  # the same on paper, in short
    where: str
    named: str
    placing: str
    open_place: str
    leader: str
    unreached: str
    paused: str
    count: str
    today_count: str
    today: str
    views: Mapping[View, str]
    rows: Mapping[Rows, str]
    shows: Mapping[Show, str]


def words() -> Words:
    """Return the words of the board in the present language."""
    return _words(locale_name())


@lru_cache(maxsize=8)
def _words(_locale: str) -> Words:
    return Words(
        texts={state: str(label) for state, label in STATE_LABELS.items()},
        said={
            Display.CONFIRMED: _("confirmed"),
            Display.WAITING: _("waiting for an answer"),
            Display.DRAFT: _("draft"),
            Display.CANT: _("can’t come"),
            Display.DONE: _("done"),
        },
        printed={
            Display.WAITING: _("waiting"),
            Display.DRAFT: _("draft"),
            Display.CANT: _("can’t come"),
            Display.DONE: _("done"),
        },
        where=_("%(what)s, %(place)s, %(day)s, %(starts)s to %(ends)s"),
        named=_("%(name)s, %(state)s"),
        placing=_("%(why)s. Place %(name)s here, %(place)s, %(day)s"),
        open_place=_("Open place"),
        leader=_("leader"),
        unreached=_("messages fail"),
        paused=_("Paused"),
        count=_("%(taken)s of %(wanted)s"),
        today_count=_("today, %(count)s"),
        today=_("today"),
        views={view: str(label) for view, label in VIEW_LABELS.items()},
        rows={rows: str(label) for rows, label in ROWS_LABELS.items()},
        shows={show: str(label) for show, label in SHOW_LABELS.items()},
    )


def sentences(*parts: str) -> str:
    """Return sentences one after the other; Chinese puts no space between them."""
    return ("" if locale_name() == "zh_Hans" else " ").join(part for part in parts if part)


# --- days and series ------------------------------------------------------------------------------


def weekday_name(weekday: int) -> str:
    """Return "Sunday" / "周日"."""
    return _weekday_name(weekday, locale_name())


@lru_cache(maxsize=16)
def _weekday_name(weekday: int, locale_name: str) -> str:
    locale = Locale.parse(locale_name)
    if locale.language == "zh":
        return get_day_names("abbreviated", locale=locale)[weekday]
    return get_day_names("wide", locale=locale)[weekday]


def short_weekday(day: date) -> str:
    """Return "Sun" / "周日"."""
    return format_date(day, "EEE", locale=Locale.parse(locale_name()))


def series_name(series: Series) -> str:
    """Return "Sunday afternoons" / "周日下午"."""
    return _series_name(series, locale_name())


@lru_cache(maxsize=256)
def _series_name(series: Series, _locale: str) -> str:
    patterns = {
        Part.MORNING: _("%(weekday)s mornings"),
        Part.AFTERNOON: _("%(weekday)s afternoons"),
        Part.EVENING: _("%(weekday)s evenings"),
        Part.NIGHT: _("%(weekday)s nights"),
    }
    return patterns[series.part] % {"weekday": weekday_name(series.weekday)}


def series_hours(series: Series) -> str:
    """Return "14:00–17:00"."""
    return f"{series.starts:%H:%M}–{series.ends:%H:%M}"


def month_name(day: date) -> str:
    """Return "November 2026" / "2026年11月"."""
    locale = locale_name()
    pattern = "y年M月" if locale == "zh_Hans" else "MMMM y"
    return format_date(day, pattern, locale=Locale.parse(locale))


def monday(day: date) -> str:
    """Return the Monday of a day's week: "23 Nov"."""
    return short_day(week_of(day)[0])


def span(first: date, last: date) -> str:
    """Return "23 Nov – 28 Dec"."""
    if first == last:
        return short_day(first, week=True)
    return _("%(first)s – %(last)s", first=short_day(first), last=short_day(last))


def title(view: View, series: Series | None, days: Sequence[date], middle: date) -> str:
    """Return the heading of a page of the roster."""
    if view is View.SERIES and series is not None:
        return series_name(series)
    if view is View.MONTH:
        return month_name(middle)
    if view is View.WEEK:
        return _("Week of %(day)s", day=short_day(days[0]))
    if len(days) == 1:
        return long_day(days[0])
    return _("Shifts")


def caption(name: str, days: Sequence[date], *, is_wards: bool) -> str:
    """Return what the table is, for those who hear it."""
    facts = {"name": name, "first": long_day(days[0]), "last": long_day(days[-1])}
    if is_wards:
        return _("%(name)s, %(first)s to %(last)s, places by ward", **facts)
    return _("%(name)s, %(first)s to %(last)s, places by volunteer", **facts)


def step(view: View, series: Series | None, *, is_later: bool) -> str:
    """Return where an arrow of the stepper leads."""
    if view is View.SERIES and series is not None:
        weekday = weekday_name(series.weekday)
        if is_later:
            return _("Later %(weekday)ss", weekday=weekday)
        return _("Earlier %(weekday)ss", weekday=weekday)
    return _("Later") if is_later else _("Earlier")


def holidays(days: Sequence[date]) -> dict[date, str]:
    """Return the public holidays among some days, by name."""
    here = the_hospice()
    if here is None or not here.country:
        return {}
    is_chinese = locale_name() == "zh_Hans"
    found = {}
    for year in {day.year for day in days}:
        known = public_holidays(here.country, year)
        for day in days:
            if day in known:
                found[day] = known[day].name_zh if is_chinese else known[day].name_en
    return found


# --- the state in one line ------------------------------------------------------------------------


def state_line(
    totals: Sequence[Totals], *, series: Series | None, days: Sequence[date], zone: str
) -> str:
    """Return what is open and what needs cover, with numbers and the zone."""
    open_places = total(totals, Show.OPEN)
    covers = [day for day in totals if day.cover]
    if series is not None:
        head = _("%(hours)s %(zone)s.", hours=series_hours(series), zone=zone_name(zone))
        weekday = weekday_name(series.weekday)
        if open_places:
            words = ngettext(
                "%(num)d place open over %(count)s %(weekday)ss",
                "%(num)d places open over %(count)s %(weekday)ss",
                open_places,
                count=len(days),
                weekday=weekday,
            )
        else:
            words = _("No place open over %(count)s %(weekday)ss", count=len(days), weekday=weekday)
    else:
        head = _("Times are %(zone)s.", zone=zone_name(zone))
        if open_places:
            words = ngettext("%(num)d place open", "%(num)d places open", open_places)
        elif totals:
            words = _("No place open")
        else:
            words = _("No shifts on these days")
    if covers:
        words = _("%(first)s; %(second)s", first=words, second=_covers(covers))
    return sentences(head, _("%(words)s.", words=words))


def _covers(covers: Sequence[Totals]) -> str:
    count = sum(day.cover for day in covers)
    if len(covers) == 1:
        return ngettext(
            "%(num)d needs cover on %(day)s",
            "%(num)d need cover on %(day)s",
            count,
            day=_full_day(covers[0].day),
        )
    return ngettext("%(num)d needs cover", "%(num)d need cover", count)


def _full_day(day: date) -> str:
    locale = locale_name()
    return format_date(
        day, "M月d日" if locale == "zh_Hans" else "d MMMM", locale=Locale.parse(locale)
    )


# --- verdicts -------------------------------------------------------------------------------------

_SHORT: dict[str, Any] = {
    "full": _l("Full"),
    "cancelled_shift": _l("Cancelled"),
    "paused": _l("Paused"),
    "own_loss": _l("Has lost someone close"),
    "patient_died": _l("Their patient died"),
    "knows_privately": _l("Knows someone here"),
    "past": _l("Over"),
    "already_here": _l("Already here"),
    "left": _l("No longer volunteers"),
    "away": _l("Away"),
    "on_break": _l("On a break"),
    "outside_availability": _l("Not usually free"),
    "short_rest": _l("Short rest"),
    "needs_leader": _l("No leader then"),
    "trainee_alone": _l("New, alone"),
    "wrong_gender": _l("Asks for another gender"),
    "kept_apart": _l("Not paired with someone here"),
}


def verdict_in_short(verdict: Verdict) -> str:
    """Return a verdict in the few words that fit a cell."""
    if verdict.level is not Level.OK:
        return _objection_in_short(verdict.objections[0])
    reasons = {reason.kind: reason for reason in verdict.reasons}
    parts = [_("Free") if "free" in reasons else _("Can come")]
    if "distance" in reasons:
        parts.append(_("%(km)s km", km=reasons["distance"].facts["km"]))
    elif "knows_place" in reasons:
        parts.append(_("knows it"))
    return _(", ").join(parts)


def _objection_in_short(objection: Objection) -> str:
    facts: dict[str, Any] = objection.facts
    if objection.kind in _SHORT:
        return str(_SHORT[objection.kind])
    makers: dict[str, Callable[[], str]] = {
        "not_cleared": lambda: _("Not cleared"),
        "clearance_expired": lambda: _("Clearance ends %(day)s", day=day_of(facts["on"])),
        "paper_needed": lambda: _("Paper ends %(day)s", day=day_of(facts["on"])),
        "paper_ended": lambda: _("Paper ends %(day)s", day=day_of(facts["on"])),
        "overlap": lambda: _("With %(place)s", place=facts["place"]),
        "over_maximum": lambda: _nth(int(facts["count"])),
        "over_preferred": lambda: _nth(int(facts["count"])),
        "needs_language": lambda: _("Another language"),
        "needs_skill": lambda: _("Skill missing"),
    }
    maker = makers.get(objection.kind)
    return maker() if maker else _("Not possible")


def _nth(count: int) -> str:
    if count == 1:
        return _("1st this month")
    if count == 2:
        return _("2nd this month")
    if count == 3:
        return _("3rd this month")
    return _("%(count)sth this month", count=count)


def why(verdict: Verdict) -> tuple[str, str]:
    """Return what speaks first for a candidate, and the rest as detail; sentences."""
    first = [reason_words(one) for one in verdict.reasons if one.kind in _FIRST] or [_("Can come")]
    rest = [reason_words(one) for one in verdict.reasons if one.kind not in _FIRST]
    stop = _("%(words)s.")
    return (
        sentences(*(stop % {"words": words} for words in first)),
        stop % {"words": _("; ").join(rest)} if rest else "",
    )


_FIRST = {"free", "knows_patient", "knows_place"}
