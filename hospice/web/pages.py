"""What every page needs: language, time in words, navigation and the frame."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_date, get_timezone_location
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, get_locale, gettext, ngettext, pgettext
from flask_login import current_user
from markupsafe import Markup

from hospice.accounts import queries as accounts
from hospice.accounts.models import Hospice
from hospice.accounts.rules import (
    SEEN_EVERY,
    STAFF_IDLE,
    WARNED_BEFORE,
    Permission,
    Theme,
    is_kept_long,
)
from hospice.config import LOCALES
from hospice.core import clock
from hospice.web import errors, speaking
from hospice.web.assets import asset_url, icon
from hospice.web.guard import may_open

babel = Babel()

LANGUAGE_COOKIE = "lang"
SIZE_COOKIE = "size"
THEME_COOKIE = "theme"
LARGE_COOKIE = "large"
_HTML_LANG = {"en": "en", "zh_Hans": "zh-Hans"}


def init_app(app: Flask) -> None:
    """Give templates their filters and names, and errors their pages."""
    babel.init_app(app, default_locale="en", locale_selector=present_locale)
    speaking.init_app(app)
    app.jinja_env.filters.update(
        day=long_day,
        short_day=short_day,
        day_year=day_year,
        clock=clock_time,
        moment=moment,
        moment_year=moment_year,
        listed=listed,
        hours=hours,
        telephone=telephone,
    )
    app.jinja_env.globals.update(
        asset_url=asset_url,
        Permission=Permission,
        hospice=the_hospice,
        frame=frame,
        html_lang=html_lang,
        other_language_url=other_language_url,
        zone_name=zone_name,
        icon=icon,
        with_args=with_args,
        here=here,
        initials=initials,
        may_open=may_open,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    errors.init_app(app)
    app.after_request(_remember_language)


# --- language -----------------------------------------------------------------------------------


def present_locale() -> str:
    """Return the language of this page: chosen by link, by profile, by cookie, by browser."""
    if not has_request_context():
        return "en"
    chosen = request.args.get("lang", "")
    named = {"en": "en", "zh": "zh_Hans"}.get(chosen)
    if named:
        return named
    if forced := g.get("locale"):
        return str(forced)
    cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    if cookie in LOCALES:
        return cookie
    if current_user.is_authenticated:
        return str(current_user.locale)
    if best := request.accept_languages.best_match(["zh-CN", "zh-Hans", "zh", "en"], ""):
        return "zh_Hans" if best.startswith("zh") else "en"
    found = the_hospice()
    return found.locale if found else "en"


def locale_name() -> str:
    """Return the present language as the database keeps it: en or zh_Hans."""
    found = str(get_locale() or "en")
    return "zh_Hans" if found.startswith("zh") else "en"


def html_lang() -> str:
    """Return the present language as HTML writes it."""
    return _HTML_LANG[locale_name()]


def with_args(**changes: Any) -> str:
    """Return this page's address with some query values changed (None removes one)."""
    # `_external`, `_scheme` and their like are orders to url_for: never out of an address
    asked = {k: v for k, v in request.args.to_dict(flat=False).items() if not k.startswith("_")}
    args = {**asked, **(request.view_args or {})}
    for name, value in changes.items():
        if value is None:
            args.pop(name, None)
        else:
            args[name] = value
    if request.endpoint is None or request.method != "GET":
        return "?"
    return url_for(request.endpoint, **args)


def here() -> str | None:
    """Return this page's path and query, to come back to; None where it answers no GET."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def other_language_url() -> str:
    """Return this page in the other language, as an address relative to it.

    A page that is not there and one that is not yours read the same.
    """
    other = "en" if locale_name() == "zh_Hans" else "zh"
    kept = request.args.to_dict(flat=False) if request.method == "GET" else {}
    return "?" + urlencode({**kept, "lang": other}, doseq=True)


def _remember_language(response: Any) -> Any:
    chosen = {"en": "en", "zh": "zh_Hans"}.get(request.args.get("lang", ""))
    if chosen:
        keep_cookie(response, LANGUAGE_COOKIE, chosen)
    return response


def keep_cookie(response: Any, name: str, value: str) -> None:
    """Keep a choice about the look on this device for a year."""
    response.set_cookie(
        name,
        value,
        max_age=365 * 86400,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


# --- days and times in words ----------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _day(value: date, locale: str, form: str) -> str:
    if locale == "zh_Hans":
        patterns = {
            "long": "M月d日（EEE）",
            "short": "M月d日",
            "year": "y年M月d日（EEE）",
            "week": "EEE M月d日",
        }
    else:
        patterns = {
            "long": "EEEE d MMMM",
            "short": "d MMM",
            "year": "EEE d MMM y",
            "week": "EEE d MMM",
        }
    return format_date(value, patterns[form], locale=Locale.parse(locale))


def long_day(value: date, locale: str | None = None) -> str:
    """Return "Sunday 23 November" / "11月23日（周日）"."""
    return _day(value, locale or locale_name(), "long")


def short_day(value: date, *, week: bool = False) -> str:
    """Return "23 Nov", or "Sun 23 Nov" with the weekday."""
    return _day(value, locale_name(), "week" if week else "short")


def day_year(value: date) -> str:
    """Return "Sun 23 Nov 2025" / "2025年11月23日（周日）"."""
    return _day(value, locale_name(), "year")


def present_zone() -> str:
    """Return the hospice's zone."""
    found = the_hospice()
    return found.timezone if found else "UTC"


def clock_time(value: time | datetime, zone: str | None = None) -> str:
    """Return "14:00" of a wall time, or of an instant as a zone shows it."""
    if isinstance(value, datetime):
        value = clock.local(value, zone or present_zone()).time()
    return f"{value.hour:02d}:{value.minute:02d}"


def hours(starts: datetime, ends: datetime, zone: str | None = None) -> str:
    """Return "14:00–17:00" of two instants."""
    return f"{clock_time(starts, zone)}–{clock_time(ends, zone)}"


def moment(value: datetime, zone: str | None = None) -> Markup:
    """Return an instant as a <time>: "Sun 23 Nov, 14:00"."""
    there = clock.local(value, zone or present_zone())
    words = f"{_day(there.date(), locale_name(), 'week')}, {clock_time(there.time())}"
    if locale_name() == "zh_Hans":
        words = f"{_day(there.date(), 'zh_Hans', 'long')}{clock_time(there.time())}"
    return Markup('<time datetime="{}">{}</time>').format(there.isoformat("T", "minutes"), words)


def moment_year(value: datetime, zone: str | None = None) -> Markup:
    """Return an instant as a <time>, with the year where it is not the present one."""
    there = clock.local(value, zone or present_zone())
    if there.year == clock.today(zone or present_zone()).year:
        return moment(value, zone)
    parts = day_year(there.date()), clock_time(there.time())
    words = "".join(parts) if locale_name() == "zh_Hans" else ", ".join(parts)
    return Markup('<time datetime="{}">{}</time>').format(there.isoformat("T", "minutes"), words)


@lru_cache(maxsize=256)
def _zone_city(zone: str, locale: str) -> str:
    return get_timezone_location(zone, locale=Locale.parse(locale), return_city=True)


def zone_name(zone: str | None = None) -> str:
    """Return "Shanghai time" / "上海时间" of a zone."""
    city = _zone_city(zone or present_zone(), locale_name())
    return str(gettext("%(city)s time", city=city))


# --- the frame ------------------------------------------------------------------------------------


# Where pages are in the navigation when not under their own blueprint; "" is nowhere.
_WITHIN = {"tasks": "visits", "grief_support": "patients", "grief_support.ties": "volunteers"}
_WITHIN |= dict.fromkeys(("grief_support.own_loss", "gatherings"), "volunteers")
_WITHIN |= dict.fromkeys(("gatherings.wish", "shifts.patient_state"), "patients")
_WITHIN |= dict.fromkeys(("today", "accounts.account", "reminders.my_wishes", "visits.hours"), "")


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    label: str
    endpoint: str
    icon: str = ""

    @property
    def is_here(self) -> bool:
        """Tell whether the present page belongs to this entry."""
        is_it = request.endpoint == self.endpoint
        if self.icon or request.path.startswith(("/me/", "/swaps/")):
            return is_it
        if request.path.startswith("/settings/"):  # whichever feature has settings of its own
            return self.endpoint == "accounts.settings"
        if request.path.startswith("/grief-support"):  # families and deaths stand under patients
            return self.endpoint.startswith("grief_support.")
        within = _WITHIN.get(request.endpoint or "", request.blueprint or "")
        return is_it or _WITHIN.get(within, within) == self.endpoint.partition(".")[0]


@dataclass(frozen=True)
class Frame:
    """How the page around the content looks for this person."""

    html_class: str
    theme: str
    is_phone: bool
    links: list[Link]
    size: int
    idle_after: int  # seconds without use after which the page warns; 0 where it need not


def the_hospice() -> Hospice | None:
    """Return the hospice, once a request."""
    if "hospice" not in g:
        g.hospice = accounts.hospice()
    found: Hospice | None = g.hospice
    return found


def frame() -> Frame:
    """Return the frame of the present page."""
    user = current_user
    size = _cookie_number(SIZE_COOKIE, 1, 3)
    theme = request.cookies.get(THEME_COOKIE, "")
    is_phone = True
    links: list[Link] = []
    large = request.cookies.get(LARGE_COOKIE) == "1"
    if g.get("is_blank"):  # kept on the phone for anybody: the same for every role
        links = _volunteer_links()
    if user.is_authenticated:
        if LARGE_COOKIE not in request.cookies:
            large = user.large_mode
        if SIZE_COOKIE not in request.cookies:
            size = user.text_size
        if THEME_COOKIE not in request.cookies:
            theme = user.theme
    if user.is_authenticated and not g.get("is_blank"):
        is_phone = not user.may(Permission.SEE_PLACES)
        links = _volunteer_links() if is_phone else _staff_links()
    classes = ["volunteer"] if is_phone else []
    if size > 1:
        classes.append(f"size-{size}")
    if large:
        classes.append("large")
    return Frame(
        html_class=" ".join(classes),
        theme=theme if theme in {Theme.LIGHT, Theme.DARK} else "",
        is_phone=is_phone,
        links=links,
        size=size,
        idle_after=_idle_after(),
    )


def _idle_after() -> int:
    sign_in = g.get("sign_in")
    if sign_in is None or not current_user.is_authenticated or g.get("is_blank"):
        return 0
    if sign_in.is_kept and is_kept_long(current_user.role):
        return 0
    return int((STAFF_IDLE - SEEN_EVERY - WARNED_BEFORE).total_seconds())


def _cookie_number(name: str, low: int, high: int) -> int:
    value = request.cookies.get(name, "")
    is_number = value.isascii() and value.isdigit() and low <= int(value[:3]) <= high
    return int(value) if is_number else low


def _volunteer_links() -> list[Link]:
    return [
        Link(gettext("My shifts"), "today.my_shifts", "calendar"),
        Link(gettext("Open shifts"), "shifts.open_shifts", "calplus"),
        Link(gettext("Notes"), "visits.my_notes", "note"),
        Link(gettext("Me"), "volunteers.me", "person"),
    ]


def _staff_links() -> list[Link]:
    every = [
        (Permission.SEE_TODAY, Link(gettext("Today"), "today.coordinator")),
        (Permission.SEE_ROSTER, Link(gettext("Roster"), "shifts.roster")),
        (Permission.SEE_VOLUNTEERS, Link(gettext("Volunteers"), "volunteers.index")),
        (Permission.SEE_PATIENTS, Link(gettext("Patients"), "patients.index")),
        (Permission.SEE_NOTES, Link(gettext("Notes"), "visits.index")),
        (Permission.SEE_GRIEF, Link(gettext("Calls"), "grief_support.calls")),
        (Permission.SEE_CASES, Link(gettext("Cases"), "cases.index")),
        (Permission.SEE_PLACES, Link(gettext("Places"), "places.index")),
        (Permission.SEE_MESSAGES, Link(gettext("Messages"), "reminders.index")),
        (Permission.EDIT_SETTINGS, Link(gettext("Settings"), "accounts.settings")),
    ]
    links = [link for permission, link in every if current_user.may(permission)]
    if not current_user.may(Permission.SEE_TODAY) and current_user.may(Permission.VOLUNTEER):
        # A leader visits first of all; others who visit now and then find the rest from there.
        own = _volunteer_links()
        links[:0] = own if is_kept_long(current_user.role) else own[:1]
    if current_user.may(Permission.SEE_JOURNAL) and not current_user.may(Permission.EDIT_PATIENTS):
        links.append(Link(gettext("Changes"), "journal.changes"))
    return links


def listed(words: Iterable[str]) -> str:
    """Return names in a row: "A, B, C" / "A、B、C"."""
    return ("、" if locale_name() == "zh_Hans" else ", ").join(words)


def telephone(number: str) -> str:
    """Return a number as a `tel:` link wants it."""
    return "".join(c for c in number if c in "+0123456789#*,;")


def initials(name: str) -> str:
    """Return one or two letters that stand for a name; the last two characters of a Chinese one."""
    words = name.split()
    if not words:
        return "–"
    if any("\u4e00" <= character <= "\u9fff" for character in name):
        return words[-1][-2:]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


__all__ = ["gettext", "init_app", "ngettext", "pgettext", "the_hospice"]
