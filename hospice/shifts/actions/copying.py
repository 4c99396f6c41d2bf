"""Copying the people of one day's shifts to another day, as drafts, after a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hospice.accounts.models import User
from hospice.core.errors import Objection, Refused
from hospice.shifts.actions import placing
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import Shift
from hospice.shifts.queries import copying as queries
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules.placing import Level, Verdict

COPIED = "copied"


@dataclass(frozen=True)
class Difference:
    """Someone who was there and is not yet placed: may they be, and why (not)."""

    shift: Shift
    volunteer_id: int
    name: str
    is_leader: bool
    verdict: Verdict

    @property
    def is_copied(self) -> bool:
        """Tell whether a copy places them: hard objections and full shifts leave them out."""
        return self.verdict.level is not Level.NO


def differences(pairs: Sequence[tuple[int, Shift]], now: datetime) -> list[Difference]:
    """Return who would be copied; `pairs` are (shift to copy from, shift to copy to).

    A constant number of statements for each pair. Places are given in order, so that the list
    never promises more people than a shift has room for.
    """
    found = []
    for source_id, target in pairs:
        facts = shift_queries.facts_of(target)
        here = shift_queries.assignments_on(target.id)
        team = shift_queries.team_of(here)
        known = {one.volunteer_id for one in here}
        room = target.wanted - target.taken
        for one in queries.held_on(source_id):
            if one.volunteer_id in known:
                continue  # already placed, or known not to come
            verdict = queries.verdict(facts, target, one.volunteer_id, team, now)
            if verdict.level is not Level.NO:
                if room <= 0:
                    verdict = Verdict(Level.NO, (Objection("full"),))
                else:
                    room -= 1
                    team = [*team, shift_queries.member(one.volunteer)]
            found.append(
                Difference(
                    target, one.volunteer_id, one.volunteer.preferred_name, one.is_leader, verdict
                )
            )
    return found


def copy(
    chosen: Sequence[tuple[Shift, int]], *, reason: str, by: User, now: datetime
) -> tuple[int, list[Objection]]:
    """Place the chosen (shift, volunteer) pairs as drafts in one step that can be undone.

    Soft objections are passed with `reason`. Return how many were placed, and what stopped the
    others since the preview was shown.
    """
    watch = Watch()
    stopped: list[Objection] = []
    placed = 0
    days: set[date] = set()
    for shift, volunteer_id in chosen:
        try:
            placing.assign(shift, volunteer_id, by=by, now=now, accepting=reason, watch=watch)
        except Refused as refusal:
            stopped += refusal.objections
        else:
            placed += 1
            days.add(shift.local_day)
    if placed:
        watch.keep(
            COPIED, by=by, now=now, count=placed, days=sorted(day.isoformat() for day in days)
        )
    return placed, stopped
