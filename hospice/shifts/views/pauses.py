"""Standing places with their pauses, as the volunteer's page and their own page print them."""

from datetime import date
from typing import NamedTuple

from hospice.shifts.models import Standing, WeeklyShift
from hospice.shifts.queries import people
from hospice.shifts.rules.pauses import pause_of
from hospice.shifts.words import CADENCE_LABELS
from hospice.volunteers import queries as volunteers
from hospice.volunteers.rules import Span


class StandingPlace(NamedTuple):
    """A standing place in words, and the days away that pause it next."""

    place: Standing
    weekly: WeeklyShift
    cadence: str
    pause: Span | None
    is_paused: bool  # these days already


def standing_places(volunteer_id: int, today: date) -> list[StandingPlace]:
    """Return the standing places of a volunteer; two statements."""
    spans = [Span(one.starts_on, one.ends_on) for one in volunteers.aways(volunteer_id, today)]
    found = []
    for place, weekly in people.standing_of(volunteer_id, today):
        pause = pause_of(weekly.weekday, place.cadence, place.starts_on, spans, today)
        is_paused = pause is not None and pause.starts_on <= today
        label = str(CADENCE_LABELS[place.cadence])
        found.append(StandingPlace(place, weekly, label, pause, is_paused))
    return found
