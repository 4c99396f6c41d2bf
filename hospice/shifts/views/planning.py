"""Words and forms that the pages of weekly shifts, single ones and holidays share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hospice.core.errors import Objection
from hospice.journal import queries as journal
from hospice.patients import queries as patient_queries
from hospice.patients.models import Patient
from hospice.places import queries as places
from hospice.places.models import Place
from hospice.shifts.actions.changing import Changed
from hospice.shifts.forms.weekly import TermsForm
from hospice.shifts.models import Shift, WeeklyShift
from hospice.shifts.queries.clashes import Clash
from hospice.shifts.queries.holidays import HolidayInfo
from hospice.shifts.rules.pattern import is_overnight
from hospice.shifts.rules.terms import Terms, numbers_objections
from hospice.shifts.views import wording
from hospice.shifts.words import FIELDS
from hospice.shifts.words import objection_words as roster_words
from hospice.web.forms import Form
from hospice.web.pages import clock_time, day_year, listed, locale_name, short_day

_DAYS_NAMED = 6
_CLASHES_NAMED = 4


# --- why not --------------------------------------------------------------------------------------


def objection_words(objection: Objection) -> str:
    """Return why a shift cannot be planned so; said beside a field, without a stop."""
    words = _OBJECTIONS.get(objection.kind)
    return words(objection.facts) if words else roster_words(objection)


def _stale(facts: Mapping[str, Any]) -> str:
    if facts.get("at") is not None:
        return _(
            "This was changed at %(time)s. Your version is below; choose which to keep",
            time=clock_time(facts["at"]),
        )
    return _("This has just been changed. Your version is below; choose which to keep")


def _too_few(facts: Mapping[str, Any]) -> str:
    days = facts["days"]
    return ngettext(
        "%(taken)s people are on %(days)s. Take someone off first, or want more",
        "Up to %(taken)s people are on %(days)s. Take someone off first, or want more",
        len(days),
        taken=facts["taken"],
        days=days_named(days),
    )


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "stale": _stale,
    "end_before_start": lambda facts: _(
        "End time must be after %(time)s", time=clock_time(facts["starts"])
    ),
    "minimum_above_wanted": lambda facts: _(
        "Enter a number up to %(wanted)s, the people wanted", wanted=facts["wanted"]
    ),
    "wanted_below_taken": _too_few,
    "patient_not_visited": lambda _facts: _("This patient is not visited now. Choose someone else"),
    "patient_elsewhere": lambda _facts: _("This patient is somewhere else. Choose the same place"),
    "one_place_for_patient": lambda _facts: _("For one patient, choose one place"),
    "already_weekly": lambda facts: _(
        "%(place)s has a weekly shift at this time already. Change that one", place=facts["place"]
    ),
    "already_there": lambda facts: _(
        "%(place)s has a shift at this time already. Change that one", place=facts["place"]
    ),
    "no_such_day": lambda facts: _(
        "There is no %(weekday)s between these days", weekday=wording.weekday_name(facts["weekday"])
    ),
    "no_from_day": lambda _facts: _("Enter the day from which it changes"),
    "day_passed": lambda _facts: _("This day has passed. Enter today or a later day"),
    "time_passed": lambda _facts: _("This time has passed. Enter a time that is still to come"),
    "same_day": lambda _facts: _("The reminder of that day asks already. Choose another day, or 0"),
    "ended_before": lambda facts: _(
        "It ends on %(day)s. Enter an earlier day", day=day_year(facts["on"])
    ),
    "too_far": lambda _facts: _("To move it by a week or more, choose “Only this one”"),
    "followed": lambda _facts: _("Another weekly shift goes on from there. Change that one"),
    "ends_before_start": lambda facts: _(
        "The last day must not be before %(day)s", day=day_year(facts["day"])
    ),
    "already_standing": lambda facts: _(
        "%(name)s is a standing volunteer here at that time already", name=facts["who"]
    ),
    "said_no": lambda _facts: _("Can’t come that day."),
}


def stale_at(objections: Sequence[Objection], kind: str, record_id: int) -> list[Objection]:
    """Return objections with the time at which someone else saved, where one is that they did."""
    if not is_stale(objections):
        return list(objections)
    last = journal.history(kind, record_id, limit=1)
    return [Objection("stale", facts={"at": last[0].happened_at} if last else {})]


def is_stale(objections: Sequence[Objection]) -> bool:
    """Tell whether someone else saved first."""
    return any(objection.kind == "stale" for objection in objections)


def kept_now(kept: Terms, typed: Terms, **more: tuple[Any, Any]) -> list[tuple[str, str]]:
    """Return what is kept now where it differs from what was typed, with its labels.

    `more` are other fields: (kept, typed).
    """
    pairs = {**more, **{n: (v, asdict(typed)[n]) for n, v in asdict(kept).items()}}
    return [
        (_label(name), _value(name, now)) for name, (now, wanted) in pairs.items() if now != wanted
    ]


def _label(name: str) -> str:
    field = FIELDS[f"shift.{name.removesuffix('_id')}"]
    return str(getattr(field, "label", field))


def _value(name: str, value: Any) -> str:
    if name == "place_id":
        return places.place(value).full_name
    if name == "patient_id":
        return patient_queries.patient(value).preferred_name if value else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime) or value is None or value == "":
        return ""
    if isinstance(value, date):
        return day_year(value)
    words = getattr(FIELDS[f"shift.{name}"], "words", None)
    if words:
        return str(words(value))
    return clock_time(value) if name in {"starts", "ends"} else str(value)


# --- what is said ---------------------------------------------------------------------------------


def days_named(days: Sequence[date]) -> str:
    """Return days in a row; of many only the first."""
    named = [short_day(day) for day in sorted(days)[:_DAYS_NAMED]]
    more = len(days) - len(named)
    if more > 0:
        named.append(ngettext("%(num)d more", "%(num)d more", more))
    return listed(named)


def times(starts: Any, ends: Any) -> str:
    """Return "14:00–17:00", and that a night ends on the next day."""
    hours = f"{clock_time(starts)}–{clock_time(ends)}"
    return _("%(hours)s the next day", hours=hours) if is_overnight(starts, ends) else hours


def outcome(changed: Changed | None) -> str:
    """Return what a change came to, in one or two sentences."""
    if changed is None or not changed.dates:
        said = [_("Saved.")]
    else:
        said = [
            ngettext("Saved. %(num)d date changed.", "Saved. %(num)d dates changed.", changed.dates)
        ]
    if changed and changed.stayed:
        said.append(
            _("%(days)s stays as it was: the new time has passed.", days=days_named(changed.stayed))
        )
    if changed and changed.told:
        said.append(
            ngettext(
                "%(num)d place belongs to someone who was told otherwise; publish to tell them.",
                "%(num)d places belong to people who were told otherwise; publish to tell them.",
                changed.told,
            )
        )
    if changed and changed.clashes:
        said.append(_("Look again: %(people)s.", people=_clashes(changed.clashes)))
    return wording.sentences(*said)


def _clashes(clashes: Sequence[Clash]) -> str:
    named = [
        _(
            "%(name)s on %(day)s (%(why)s)",
            name=clash.name,
            day=short_day(clash.day),
            why=roster_words(clash.objection).rstrip(".。"),
        )
        for clash in clashes[:_CLASHES_NAMED]
    ]
    more = len(clashes) - len(named)
    if more > 0:
        named.append(ngettext("%(num)d more", "%(num)d more", more))
    return listed(named)


def holiday_name(info: HolidayInfo) -> str:
    """Return the name of a public holiday, also on the days off around it."""
    name = info.name(locale_name())
    return _("%(name)s holidays", name=name) if info.is_extra else name


# --- what forms offer -----------------------------------------------------------------------------


def patients_to_choose(kept: WeeklyShift | Shift | None = None) -> list[Patient]:
    """Return the patients who are visited, and the one chosen before."""
    found = list(patient_queries.visited_patients())
    if kept and kept.patient_id and kept.patient_id not in {one.id for one in found}:
        found.append(patient_queries.patient(kept.patient_id))
    return found


def places_to_choose(kept: WeeklyShift | Shift | None = None) -> Sequence[Place]:
    """Return the open places, and the one chosen before."""
    return places.places_to_choose(kept.place_id if kept else None)


def place_of_patient(patient_id: int) -> int:
    """Return where a patient is, of those a form offered; 0 for nobody."""
    return patient_queries.patient(patient_id).place_id if patient_id else 0


def is_whole(form: TermsForm) -> bool:
    """Tell whether a form was sent and every field is filled as it should be.

    When it is not, what else can be known to be wrong is said at once: nobody should send a form
    twice to hear of the second mistake.
    """
    if form.validate_on_submit():
        return True
    if form.is_submitted():
        numbers = (form.starts.data, form.ends.data, form.minimum.data, form.wanted.data)
        object_to(form, numbers_objections(*numbers))
    return False


def object_to(form: Form, objections: Sequence[Objection]) -> None:
    """Put refused reasons beside their fields."""
    form.object_to(objections, objection_words)
