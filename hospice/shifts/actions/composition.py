"""Writing down what a shift lacks after someone left it, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.journal import actions as journal
from hospice.shifts.models import Shift, Shortfall
from hospice.shifts.queries import composition as queries
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules import composition as rules
from hospice.shifts.rules.composition import Lack
from hospice.volunteers.models import Volunteer


def recheck(shift: Shift, gone: Volunteer, *, by: User | None, now: datetime) -> Sequence[Lack]:
    """Look again at the people of a shift that a volunteer has just left; `place` is loaded.

    Freeing the place holds the shift's row: of two who leave at once, the second sees that the
    first has left. What is short now is kept, stands in the journal, and coordinators are told.
    """
    facts = shift_queries.facts_of(shift)
    team = queries.team(shift.id)
    after = rules.shortfalls(facts, shift.minimum, team)
    before = rules.shortfalls(facts, shift.minimum, [*team, shift_queries.member(gone)])
    caused = rules.caused(before, after)
    if not caused:
        return caused
    known = {one.kind: one for one in queries.marks(shift.id)}
    for lack in caused:
        mark = known.get(lack.kind)
        if mark is None:
            db.session.add(Shortfall(shift_id=shift.id, kind=lack.kind, since=now))
        else:
            mark.since = now
    db.session.flush()
    journal.record(
        "shift.short",
        about=[("shift", shift.id)],
        by=None,
        now=now,
        name=gone.preferred_name,
        lacks=[{"kind": lack.kind, **lack.facts} for lack in caused],
        place=shift.place.name,
        day=shift.local_day.isoformat(),
        shift_id=shift.id,
    )
    return caused
