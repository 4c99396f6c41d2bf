"""Labels of volunteers, why something was refused, and the sentences of their history."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import get_day_names
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hospice.core.errors import Objection
from hospice.journal.words import Field
from hospice.volunteers.queries import ClearedPlace
from hospice.volunteers.rules import (
    CredentialKind,
    DayPart,
    Experience,
    Gender,
    Showing,
    VolunteerState,
)
from hospice.web.pages import clock_time, day_year, locale_name, short_day

LANGUAGE_LABELS: dict[str, Any] = {
    "mandarin": _l("Mandarin"),
    "shanghainese": _l("Shanghainese"),
    "cantonese": _l("Cantonese"),
    "english": _l("English"),
    "hokkien": _l("Hokkien"),
    "hakka": _l("Hakka"),
    "sichuanese": _l("Sichuanese"),
    "sign": _l("Sign language"),
}

SKILL_LABELS: dict[str, Any] = {
    "massage": _l("Hand massage"),
    "music": _l("Music"),
    "reading": _l("Reading aloud"),
    "calligraphy": _l("Calligraphy"),
    "haircut": _l("Hairdressing"),
    "vigil": _l("Vigils"),
    "life_story": _l("Writing down a life story"),
    "driving": _l("Driving"),
}

GENDER_LABELS: dict[Gender, Any] = {
    Gender.FEMALE: _l("Woman"),
    Gender.MALE: _l("Man"),
    Gender.OTHER: _l("Another word"),
    Gender.UNSAID: _l("Not said"),
}

EXPERIENCE_LABELS: dict[Experience, Any] = {
    Experience.TRAINEE: _l("New to visiting"),
    Experience.EXPERIENCED: _l("Experienced"),
}

PART_LABELS: dict[DayPart, Any] = {
    DayPart.MORNING: _l("Morning"),
    DayPart.AFTERNOON: _l("Afternoon"),
    DayPart.EVENING: _l("Evening"),
}

STATE_LABELS: dict[VolunteerState, Any] = {
    VolunteerState.ACTIVE: _l("Active"),
    VolunteerState.ON_BREAK: _l("On a break"),
    VolunteerState.LEFT: _l("Has left"),
}

SHOWING_LABELS: dict[Showing, Any] = {
    Showing.HERE: _l("Active and on a break"),
    Showing.ACTIVE: _l("Active"),
    Showing.ON_BREAK: _l("On a break"),
    Showing.LEFT: _l("Have left"),
    Showing.ALL: _l("Everyone"),
}

LOCALE_LABELS = {"en": "English", "zh_Hans": "中文"}


def listed(items: Iterable[Any]) -> str:
    """Return words in a row, as the present language parts them."""
    return ("、" if locale_name() == "zh_Hans" else ", ").join(str(item) for item in items)


def language_label(word: str) -> str:
    """Return the word for a language, also for one that somebody typed."""
    return str(LANGUAGE_LABELS[word]) if word in LANGUAGE_LABELS else _typed(word)


def skill_label(word: str) -> str:
    """Return the word for a skill, also for one that somebody typed."""
    return str(SKILL_LABELS[word]) if word in SKILL_LABELS else _typed(word)


def languages(words: Iterable[str]) -> str:
    """Return languages in a row."""
    return listed(language_label(word) for word in words)


def skills(words: Iterable[str]) -> str:
    """Return skills in a row."""
    return listed(skill_label(word) for word in words)


def gender_label(gender: str) -> str:
    """Return the word for a gender."""
    return str(GENDER_LABELS[Gender(gender)])


def experience_label(experience: str) -> str:
    """Return the word for how experienced someone is."""
    return str(EXPERIENCE_LABELS[Experience(experience)])


def part_label(part: str) -> str:
    """Return the word for a part of the day."""
    return str(PART_LABELS[DayPart(part)])


def showing_label(showing: str) -> str:
    """Return the word for which volunteers a list shows."""
    return str(SHOWING_LABELS[Showing(showing)])


def locale_label(locale: str) -> str:
    """Return the name of a language of the app, in that language."""
    return LOCALE_LABELS.get(locale, locale)


def weekday_label(weekday: int, *, short: bool = False) -> str:
    """Return the name of a weekday; Monday is 0."""
    return _weekdays(locale_name(), "abbreviated" if short else "wide")[weekday]


@lru_cache(maxsize=8)
def _weekdays(locale: str, width: str) -> list[str]:
    names = get_day_names(width, locale=Locale.parse(locale))  # type: ignore[arg-type]
    return [names[number] for number in range(7)]


def volunteer_state(state: str, until: date | None, today: date) -> str:
    """Return where a volunteer stands: "Active", "On a break until 3 January", "Has left"."""
    now = VolunteerState(state)
    if now is VolunteerState.ON_BREAK and until is not None:
        if until < today:
            return str(STATE_LABELS[VolunteerState.ACTIVE])
        return gettext("On a break until %(day)s", day=day_year(until))
    return str(STATE_LABELS[now])


def days_away(first: date, last: date) -> str:
    """Return "Sun 29 Nov 2026" or "29 Nov to 5 Dec 2026"."""
    if first == last:
        return day_year(first)
    if first.year != last.year:
        return gettext("%(first)s to %(last)s", first=day_year(first), last=day_year(last))
    return gettext(
        "%(first)s to %(last)s %(year)s",
        first=short_day(first),
        last=short_day(last),
        year=first.year,
    )


def month_wishes(preferred: int | None, maximum: int | None) -> str:
    """Return how many shifts a month someone likes and how many at most."""
    if preferred is None and maximum is None:
        return gettext("Nothing said")
    if maximum is None:
        return gettext("Likes %(preferred)s", preferred=preferred)
    if preferred is None:
        return gettext("At most %(maximum)s", maximum=maximum)
    return gettext("Likes %(preferred)s, at most %(maximum)s", preferred=preferred, maximum=maximum)


def clearance_note(cleared: ClearedPlace, today: date, *, with_distance: bool = True) -> str:
    """Return until when someone is cleared for a place and how far it is; may be empty."""
    found = []
    if cleared.expires_on is not None:
        day = day_year(cleared.expires_on)
        is_over = cleared.expires_on < today
        found.append(
            gettext("Ended %(day)s", day=day) if is_over else gettext("Until %(day)s", day=day)
        )
    if with_distance and cleared.distance_km is not None:
        found.append(gettext("%(km)s km from home", km=cleared.distance_km))
    return " · ".join(found)


PAPER_LABELS: dict[CredentialKind, Any] = {
    CredentialKind.TRAINING: _l("Training"),
    CredentialKind.BACKGROUND: _l("Background check"),
    CredentialKind.HEALTH: _l("Health check"),
    CredentialKind.OTHER: _l("Something else"),
}


def paper_label(kind: str, note: str = "") -> str:
    """Return what a paper is called: its own name where it has one."""
    label = str(PAPER_LABELS[CredentialKind(kind)])
    if not note:
        return label
    if kind == CredentialKind.OTHER:
        return note
    return gettext("%(paper)s: %(note)s", paper=label, note=note)


def is_paper_over(valid_until: date | None, today: date) -> bool:
    """Tell whether a paper has run out."""
    return valid_until is not None and valid_until < today


def paper_until(valid_until: date | None, today: date | None = None) -> str:
    """Return until when a paper holds."""
    if valid_until is None:
        return gettext("No end")
    day = day_year(valid_until)
    is_over = today is not None and valid_until < today
    return gettext("Ended %(day)s", day=day) if is_over else gettext("Until %(day)s", day=day)


def objection_words(objection: Objection) -> str:
    """Return why something about a volunteer was not saved."""
    facts = objection.facts
    words = _OBJECTIONS.get(objection.kind)
    if words is not None:
        return words(facts)
    return gettext("This could not be saved. Look at it again")


def _stale(facts: Mapping[str, Any]) -> str:
    if facts.get("at") is not None:
        return gettext(
            "This was changed at %(time)s. Your version is below; choose which to keep",
            time=clock_time(facts["at"]),
        )
    return gettext("This has just been changed. Your version is below; choose which to keep")


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "stale": _stale,
    "namesake": lambda facts: gettext(
        "%(name)s is written down already. If this is someone else, say so and save again",
        name=facts["name"],
    ),
    "too_many_words": lambda facts: gettext(
        "Enter at most %(most)s, the ones ticked above included", most=facts["most"]
    ),
    "long_word": lambda facts: gettext(
        "Use at most %(longest)s characters for each, with commas between them",
        longest=facts["longest"],
    ),
    "preferred_over_maximum": lambda facts: gettext(
        "Enter a number up to %(maximum)s, the most shifts a month", maximum=facts["maximum"]
    ),
    "ends_before": lambda facts: gettext(
        "The last day must not be before %(day)s", day=day_year(facts["day"])
    ),
    "away_over": lambda _facts: gettext("These days are over. Enter days from today on"),
    "away_long": lambda _facts: gettext("Enter at most two years; a break may be longer"),
    "away_known": lambda facts: gettext(
        "Away from %(days)s is written down already",
        days=days_away(facts["first"], facts["last"]),
    ),
    "break_over": lambda _facts: gettext("Enter today or a later day, or leave it empty"),
    "left": lambda _facts: gettext("This volunteer has left. Make them active first"),
    "same_person": lambda _facts: gettext("Choose someone else"),
    "no_email": lambda _facts: gettext("Enter an email address first; it is needed to sign in"),
    "email_taken": lambda facts: gettext(
        "%(name)s signs in with this address already. Use another address",
        name=facts.get("name") or gettext("Someone"),
    ),
    "no_paper_name": lambda _facts: gettext("Enter what it is called"),
    "signs_in_already": lambda _facts: gettext("This volunteer can sign in already"),
}


# --- the journal ----------------------------------------------------------------------------------


def _days(facts: Mapping[str, Any]) -> str:
    return days_away(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))


def _break(facts: Mapping[str, Any]) -> str:
    if facts.get("until"):
        return gettext(
            "noted a break until %(day)s", day=day_year(date.fromisoformat(facts["until"]))
        )
    return gettext("noted a break")


def _paper(facts: Mapping[str, Any]) -> str:
    ends_on = date.fromisoformat(facts["day"]) if facts.get("day") else None
    return gettext(
        "%(paper)s (%(until)s)",
        paper=paper_label(facts["kind"], facts["note"]),
        until=paper_until(ends_on),
    )


def _free(value: Iterable[Iterable[Any]]) -> str:
    return listed(
        gettext(
            "%(weekday)s %(part)s",
            weekday=weekday_label(weekday, short=True),
            part=part_label(part),
        )
        for weekday, part in value
    )


def _clearances(value: Iterable[Mapping[str, Any]]) -> str:
    return listed(_clearance(one) for one in value)


def _clearance(one: Mapping[str, Any]) -> str:
    if one.get("expires_on"):
        day = day_year(date.fromisoformat(one["expires_on"]))
        return gettext("%(place)s until %(day)s", place=one["place"], day=day)
    return str(one["place"])


VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "volunteer.added": lambda _facts: gettext("wrote down this volunteer"),
    "volunteer.break": _break,
    "volunteer.back": lambda _facts: gettext("made this volunteer active again"),
    "volunteer.left": lambda _facts: gettext("noted that this volunteer has left"),
    "volunteer.away": lambda facts: gettext("noted days away: %(days)s", days=_days(facts)),
    "volunteer.away_cancelled": lambda facts: gettext(
        "took back days away: %(days)s", days=_days(facts)
    ),
    "volunteer.paper_noted": lambda facts: gettext("noted %(paper)s", paper=_paper(facts)),
    "volunteer.paper_changed": lambda facts: gettext(
        "changed until when it holds: %(paper)s", paper=_paper(facts)
    ),
    "volunteer.paper_put_away": lambda facts: gettext(
        "took %(paper)s off the list", paper=_paper(facts)
    ),
    "volunteer.invited": lambda facts: gettext(
        "made a link to sign in for %(email)s", email=facts["email"]
    ),
    "volunteer.joined_user": lambda facts: gettext(
        "joined this record to the sign-in of %(name)s", name=facts["name"]
    ),
}

FIELDS: dict[str, Any] = {
    "volunteer.legal_name": _l("Legal name"),
    "volunteer.preferred_name": _l("Name they like to be called by"),
    "volunteer.phone": _l("Telephone"),
    "volunteer.email": _l("Email"),
    "volunteer.locale": Field(_l("Language of messages"), locale_label),
    "volunteer.gender": Field(_l("Gender"), gender_label),
    "volunteer.languages": Field(_l("Languages"), languages),
    "volunteer.skills": Field(_l("Can also"), skills),
    "volunteer.experience": Field(_l("Experience"), experience_label),
    "volunteer.is_leader": _l("May lead a shift"),
    "volunteer.preferred_a_month": _l("Shifts a month they like"),
    "volunteer.maximum_a_month": _l("Most shifts a month"),
    "volunteer.joined_on": _l("With us since"),
    "volunteer.restricted_notes": Field(_l("Restricted notes"), is_restricted=True),
    "volunteer.availability": Field(_l("Usually free"), _free),
    "volunteer.clearances": Field(_l("Cleared for"), _clearances),
    "volunteer.kept_apart": Field(_l("People not placed together"), is_restricted=True),
}


GLOBALS: dict[str, Callable[..., Any]] = {
    "clearance_note": clearance_note,
    "days_away": days_away,
    "experience_label": experience_label,
    "gender_label": gender_label,
    "is_paper_over": is_paper_over,
    "language_label": language_label,
    "language_words": languages,
    "listed": listed,
    "locale_label": locale_label,
    "month_wishes": month_wishes,
    "paper_label": paper_label,
    "paper_until": paper_until,
    "part_label": part_label,
    "showing_label": showing_label,
    "skill_label": skill_label,
    "skill_words": skills,
    "volunteer_state": volunteer_state,
    "weekday_label": weekday_label,
}

LOCALE_CHOICES = list(LOCALE_LABELS.items())


def _typed(word: str) -> str:
    return word[:1].upper() + word[1:]
