"""What needs the coordinator today, most urgent first."""

from flask import render_template
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.journal import queries as journal
from hospice.reminders import queries as reminders
from hospice.shifts.queries import undo
from hospice.today import queries
from hospice.today.views import bp
from hospice.visits.queries import staff as notes
from hospice.web.guard import requires
from hospice.web.pages import present_zone

SUNDAY = 6


@bp.get("/today")
@requires(Permission.SEE_TODAY)
def coordinator() -> str:
    """Show what needs doing, who is here, how full the Sundays are, and what was done."""
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    start, _end = clock.day_bounds(today, present_zone())
    beginning = queries.beginning()
    needs = {
        "drop_outs": queries.drop_outs(now),
        "thin": queries.thin_shifts(now),
        "worrying": notes.worrying_notes(),
        "unconfirmed": queries.unconfirmed(now),
        "phone": reminders.people_to_phone(now),
        "missing": notes.missing_notes(now, limit=6),
    }
    return render_template(
        "today/coordinator.html",
        today=today,
        now=now,
        soon=now + queries.COVER_WITHIN,
        needs=needs,
        count=sum(len(rows) for rows in needs.values()),
        places=queries.todays_places(today, now),
        fill=queries.fill(today, SUNDAY),
        beginning=beginning,
        done=journal.since(start, limit=8),
        steps={step.made_at: step for step in undo.steps(current_user, now)},
        heartbeat=reminders.heartbeat(now),
    )
