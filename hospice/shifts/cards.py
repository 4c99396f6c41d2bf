"""What the roster puts on the pages of volunteers and patients: who comes, when and how often."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.patients.models import Patient
from hospice.patients.rules import has_died, is_visited
from hospice.patients.views import cards as patient_cards
from hospice.shifts.queries import people
from hospice.shifts.queries.next_visits import first_visits, next_visits
from hospice.shifts.rules.next_visits import NextVisit
from hospice.shifts.views import together
from hospice.shifts.views.pauses import standing_places
from hospice.volunteers import queries as volunteers
from hospice.volunteers.rules import days_off
from hospice.volunteers.views import cards
from hospice.volunteers.views.cards import Column, RowFacts
from hospice.volunteers.words import listed
from hospice.web.pages import clock_time, long_day, moment, present_zone

_SHIFTS_SHOWN = 3
_PATIENTS_SHOWN = 6


def register() -> None:
    """Put the cards on the pages of volunteers and patients, and the facts into their lists."""
    cards.put("next_shifts", Column.MAIN, _next_shifts)
    cards.put("standing", Column.SIDE, _standing)
    cards.put("known", Column.SIDE, _known)
    cards.put_row_facts("shifts", _row_facts)
    together.register()
    patient_cards.put("shifts.next_visits", Column.SIDE, _patient_next)
    patient_cards.put_next_visits("shifts", _first_visits)


def _next_shifts(volunteer_id: int, user: User, now: datetime) -> Markup:
    volunteer = volunteers.volunteer(volunteer_id)
    off = days_off(volunteer.state, volunteer.break_until, _today(now))
    return _draw(
        "next",
        assignments=people.next_shifts(volunteer_id, now, limit=_SHIFTS_SHOWN),
        volunteer=volunteer,
        held_off=people.count_held(volunteer_id, off, now) if off else 0,
    )


def _standing(volunteer_id: int, user: User, now: datetime) -> Markup:
    return _draw("standing", standing=standing_places(volunteer_id, _today(now)))


def _known(volunteer_id: int, user: User, now: datetime) -> Markup:
    if not user.may(Permission.SEE_PATIENTS):
        return Markup("")
    return _draw("known", known=people.patients_known(volunteer_id, now, limit=_PATIENTS_SHOWN))


def _row_facts(volunteer_ids: Sequence[int], user: User, now: datetime) -> dict[int, RowFacts]:
    first, last = _month(_today(now))
    counts = people.shifts_between(volunteer_ids, first, last)
    coming = people.next_shift_of(volunteer_ids, now)
    return {
        volunteer_id: RowFacts(
            counts.get(volunteer_id, 0), _when_and_where(coming.get(volunteer_id))
        )
        for volunteer_id in volunteer_ids
    }


def _when_and_where(shift: people.NextShift | None) -> str:
    if shift is None:
        return ""
    return Markup('<a href="{}">{}</a><span class="small">{}</span>').format(
        url_for("shifts.show", shift_id=shift.shift_id),
        moment(shift.starts_at, shift.zone),
        shift.place_name,
    )


def _draw(name: str, **values: object) -> Markup:
    return Markup(render_template(f"shifts/_volunteer_{name}.html", **values))  # noqa: S704


def _today(now: datetime) -> date:
    return clock.local(now, present_zone()).date()


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


# --- patients -------------------------------------------------------------------------------------


def _patient_next(patient: Patient, user: User, now: datetime) -> patient_cards.Card:
    if has_died(patient.state):  # the ward is still visited, this person is not
        return patient_cards.Card()
    visits = next_visits(patient, now)
    rests = not is_visited(patient.state)
    if rests:  # the ward's round goes past them; what is planned for them alone waits
        visits = [visit for visit in visits if not visit.is_round]
    if rests and not visits:
        return patient_cards.Card()
    html = render_template(
        "shifts/_patient_next.html",
        visits=visits,
        rests=rests,
        may_open=user.may(Permission.SEE_ROSTER),
    )
    said = _next_sentence(visits[0]) if visits and not rests else ""
    return patient_cards.Card(Markup(html), said)  # noqa: S704 - our own template has escaped it


def _next_sentence(visit: NextVisit) -> str:
    at = {"day": long_day(visit.day), "time": clock_time(visit.starts_at, visit.zone)}
    if visit.names:
        return str(_("Next visit %(day)s, %(time)s: %(names)s.", names=listed(visit.names), **at))
    return str(_("Next visit %(day)s, %(time)s: nobody yet.", **at))


def _first_visits(
    patients: Sequence[Patient], _user: User, now: datetime
) -> Mapping[int, Markup | str]:
    zones = {patient.id: patient.place.timezone for patient in patients}
    visited = [patient for patient in patients if is_visited(patient.state)]
    return {
        patient_id: moment(starts_at, zones[patient_id])
        for patient_id, starts_at in first_visits(visited, now).items()
    }
