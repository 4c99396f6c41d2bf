"""Labels of roles, languages and looks, words for refusals, and the sentences of the history."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from babel import Locale
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hospice.accounts.models import Hospice, SignIn, User
from hospice.accounts.rules import Role, Theme
from hospice.core.errors import Objection
from hospice.journal.rules import Field, Sentence
from hospice.web.pages import clock_time, locale_name

ROLE_LABELS: dict[Role, Any] = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.GRIEF_SUPPORT: _l("Grief support"),
    Role.LEADER: _l("Shift leader"),
    Role.VOLUNTEER: _l("Volunteer"),
    Role.AUDITOR: _l("Auditor"),
}

ROLE_HINTS: dict[Role, Any] = {
    Role.ADMINISTRATOR: _l("Everything a coordinator does, and these settings"),
    Role.COORDINATOR: _l("Plans the roster, keeps volunteers and patients"),
    Role.GRIEF_SUPPORT: _l("Follows bereaved families"),
    Role.LEADER: _l("Visits, and sees the whole roster"),
    Role.VOLUNTEER: _l("Sees their own shifts, on the phone"),
    Role.AUDITOR: _l("Reads everything, changes nothing"),
}

# Each language is named in itself, so that a person finds it whatever the page speaks.
LANGUAGES: tuple[tuple[str, str], ...] = (("en", "English"), ("zh_Hans", "中文"))

THEME_LABELS: dict[Theme, Any] = {
    Theme.SYSTEM: _l("As this device"),
    Theme.LIGHT: _l("Light"),
    Theme.DARK: _l("Dark"),
}

SIZE_LABELS: dict[int, Any] = {
    1: _l("A, normal text"),
    2: _l("A+, larger text"),
    3: _l("A++, largest text"),
}

LABELS: dict[str, Any] = {
    "name": _l("Name"),
    "timezone": _l("Time zone"),
    "locale": _l("Language"),
    "country": _l("Country"),
    "office_phone": _l("Telephone of the volunteer office"),
    "office_hours": _l("Office hours"),
    "email": _l("Email"),
    "role": _l("Role"),
    "seen_before_hours": _l("Hours before a shift"),
    "seen_after_hours": _l("Hours after a shift"),
    "check_in_before_minutes": _l("Check in: minutes before the shift"),
    "check_in_after_hours": _l("Check in and out: hours after the shift"),
    "asks_by_itself": _l("Ask others at once when someone can’t come"),
    "lone_volunteer_minutes": _l("Ask the volunteer after how many minutes"),
    "lone_leader_minutes": _l("Tell the shift leader after how many minutes"),
    "lone_on_call_minutes": _l("Tell the person on call after how many minutes"),
    "on_call_name": _l("Person on call"),
    "on_call_phone": _l("Telephone on call"),
    "on_call_email": _l("Email on call"),
}

_OBJECTIONS: dict[str, Any] = {
    "email_taken": _l("Someone signs in with this address already. Enter another one"),
    "hospice_exists": _l("There is a hospice already. Sign in instead"),
    "last_administrator": _l(
        "Nobody else administers. Make someone else an administrator first, then change this role"
    ),
    "yourself": _l("You cannot change your own role. Ask another administrator to do it"),
    "disabled": _l("This account is closed. Open it again first, then send a link"),
    "short": _l("Use at least 15 characters. Four or five words of your own are easy to remember"),
    "long": _l("Use at most 256 characters"),
    "common": _l(
        "This one is easy to guess. Choose words that do not belong together,"
        " without your name or address"
    ),
    "wrong_password": _l("This is not your present password. Check it and type it again"),
}


def objection_words(objection: Objection) -> str:
    """Return why something was refused."""
    if objection.kind == "stale":
        at = objection.facts.get("at")
        if at is None:
            return str(gettext("This was changed. Your version is below; choose which to keep"))
        return str(
            gettext(
                "This was changed at %(time)s. Your version is below; choose which to keep",
                time=clock_time(at),  # type: ignore[arg-type]
            )
        )
    if objection.kind == "help_order":
        return str(
            gettext(
                "Enter more than %(num)s: help is called step by step",
                num=objection.facts["minutes"],
            )
        )
    return str(_OBJECTIONS[objection.kind])


def role_label(role: str) -> str:
    """Return the word for a role."""
    return str(ROLE_LABELS[Role(role)])


def role_hint(role: str) -> str:
    """Return what a role is for."""
    return str(ROLE_HINTS[Role(role)])


def language_name(locale: str) -> str:
    """Return the name of a language, in itself."""
    return dict(LANGUAGES).get(locale, locale)


@lru_cache(maxsize=8)
def _territories(locale: str) -> dict[str, str]:
    named = Locale.parse(locale).territories
    unreal = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    return {
        code: name
        for code, name in named.items()
        if len(code) == 2 and code.isalpha() and code not in unreal
    }


def country_label(code: str) -> str:
    """Return the name of a country in the present language."""
    return _territories(locale_name()).get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Return the countries to choose from, and none."""
    found = sorted(_territories(locale_name()).items(), key=lambda item: item[1])
    return [("", str(gettext("None: no public holidays"))), *found]


def device_label(sign_in: SignIn) -> str:
    """Return what a sign-in's device is called."""
    return sign_in.device or str(gettext("Unknown device"))


def kept_hospice(hospice: Hospice, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is kept now and differs from what was typed, label by label."""
    return _kept(hospice, typed, HOSPICE_FIELDS | VISIT_FIELDS)


def kept_person(user: User, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is kept now and differs from what was typed, label by label."""
    return _kept(user, typed, PERSON_FIELDS)


def _kept(
    record: Hospice | User, typed: Mapping[str, Any], fields: Mapping[str, Field]
) -> list[tuple[str, str]]:
    return [
        (str(fields[name].label), _shown(fields[name], getattr(record, name)))
        for name, value in typed.items()
        if getattr(record, name) != value
    ]


def _shown(field: Field, value: Any) -> str:
    if field.words and value not in (None, ""):
        return str(field.words(value))
    return "" if value is None else str(value)


HOSPICE_FIELDS = {
    "name": Field(LABELS["name"]),
    "timezone": Field(LABELS["timezone"], lambda zone: zone.replace("_", " ")),
    "locale": Field(LABELS["locale"], language_name),
    "country": Field(LABELS["country"], country_label),
    "office_phone": Field(LABELS["office_phone"]),
    "office_hours": Field(LABELS["office_hours"]),
}
VISIT_FIELDS = {
    name: Field(LABELS[name], (lambda asks: gettext("yes") if asks else gettext("no")))
    if name == "asks_by_itself"
    else Field(LABELS[name])
    for name in (
        "seen_before_hours",
        "seen_after_hours",
        "check_in_before_minutes",
        "check_in_after_hours",
        "asks_by_itself",
        "lone_volunteer_minutes",
        "lone_leader_minutes",
        "lone_on_call_minutes",
        "on_call_name",
        "on_call_phone",
        "on_call_email",
    )
}
PERSON_FIELDS = {
    "name": Field(LABELS["name"]),
    "email": Field(LABELS["email"]),
    "role": Field(LABELS["role"], role_label),
    "locale": Field(LABELS["locale"], language_name),
}
FIELDS: dict[str, Any] = {
    **{f"hospice.{name}": field for name, field in (HOSPICE_FIELDS | VISIT_FIELDS).items()},
    **{f"user.{name}": field for name, field in PERSON_FIELDS.items()},
}


def _invited(facts: Mapping[str, Any]) -> str:
    return str(
        gettext(
            "invited %(name)s to sign in as %(role)s",
            name=facts["name"],
            role=role_label(facts["role"]),
        )
    )


def _link_sent(facts: Mapping[str, Any]) -> str:
    return str(gettext("made a new link for %(name)s", name=facts["name"]))


VERBS: dict[str, Sentence] = {
    "hospice.founded": lambda facts: str(gettext("opened %(name)s", name=facts["name"])),
    "user.invited": _invited,
    "user.link_sent": _link_sent,
    "user.password_changed": lambda _facts: str(gettext("chose a new password")),
    "user.enabled": lambda facts: str(
        gettext("opened the account of %(name)s again", name=facts["name"])
    ),
    "user.disabled": lambda facts: str(
        gettext("closed the account of %(name)s", name=facts["name"])
    ),
}

GLOBALS: dict[str, Callable[..., Any]] = {
    "country_label": country_label,
    "device_label": device_label,
    "language_name": language_name,
    "role_hint": role_hint,
    "role_label": role_label,
}
