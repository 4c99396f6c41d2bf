"""What needs the coordinator today, most urgent first."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.attendance.queries import afterwards, lone
from hospice.attendance.queries import presence as attendance
from hospice.attendance.rules import LATE_OUT
from hospice.cases import queries as cases
from hospice.core import clock
from hospice.gatherings.queries import gatherings
from hospice.grief_support.queries import deaths, red_flags, report_plans
from hospice.journal import queries as journal
from hospice.reminders import queries as reminders
from hospice.reminders.queries import standstill
from hospice.shifts.queries import claims, composition, undo, unpublished
from hospice.shifts.queries.holidays import HolidayInfo, undecided
from hospice.tasks.queries import due_tasks
from hospice.today import queries
from hospice.today.views import bp
from hospice.visits.queries import missing
from hospice.visits.queries import staff as notes
from hospice.volunteers.queries import credentials
from hospice.web.guard import requires
from hospice.web.pages import present_zone

SUNDAY = 6
# A draft this near has to reach its volunteer; later ones may still be thought over.
PUBLISHED_SOON = timedelta(days=14)
# Public holidays are decided about six weeks ahead, before people are asked.
DECIDED_SOON = timedelta(days=42)


@bp.get("/today")
@requires(Permission.SEE_TODAY)
def coordinator() -> str:
    """Show what needs doing, who is here, how full the Sundays are, and what was done."""
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    start, _end = clock.day_bounds(today, present_zone())
    beginning = queries.beginning()
    may_plan = current_user.may(Permission.PLAN_ROSTER)
    needs: dict[str, Sequence[object]] = {
        "alarms": red_flags.loud() if current_user.may(Permission.SEE_GRIEF) else [],
        "cases": cases.needing(current_user, today),
        "drop_outs": queries.drop_outs(now),
        "thin": queries.thin_shifts(now),
        "claims": claims.waiting_claims(now, limit=6) if may_plan else [],
        "lone": lone.overdue(now),
        "deaths": deaths.open_deaths() if current_user.may(Permission.SEE_GRIEF) else [],
        "talks": afterwards.wishes_to_talk() if current_user.may(Permission.SEE_RESTRICTED) else [],
        "short": composition.short(now, is_cover=False),
        "worrying": notes.worrying_notes(),
        "unconfirmed": queries.unconfirmed(now),
        "phone": reminders.people_to_phone(now),
        "tasks": due_tasks(today),
        "papers": credentials.soonest(today)
        if current_user.may(Permission.EDIT_VOLUNTEERS)
        else [],
        "missing": missing.missing_notes(now, limit=6),
        "debriefs": gatherings.unclosed(now) if current_user.may(Permission.KEEP_GRIEF) else [],
        "holidays": _near(undecided(today, now), today),
    }
    changes = unpublished.count(unpublished.within(today, today + PUBLISHED_SOON, now))
    open_came = attendance.open_count(now) if may_plan else 0
    drafts = (
        report_plans.drafts(1) if current_user.may(Permission.SEE_GRIEF) else report_plans.Drafts()
    )
    shown_day = queries.next_day(today)
    return render_template(
        "today/coordinator.html",
        today=today,
        now=now,
        soon=now + queries.COVER_WITHIN,
        needs=needs,
        count=sum(len(rows) for rows in needs.values())
        + bool(changes)
        + bool(open_came)
        + bool(drafts.count),
        open_came=open_came,
        drafts=drafts,
        may_plan=may_plan,
        late_out=now - LATE_OUT,
        changes=changes,
        shown_day=shown_day,
        places=queries.places_on(shown_day, now) if shown_day else [],
        fill=queries.fill(today, SUNDAY),
        beginning=beginning,
        done=journal.since(start, limit=8),
        steps={step.made_at: step for step in undo.steps(current_user, now)},
        heartbeat=reminders.heartbeat(now),
        gaps=standstill.gaps(now),
    )


def _near(holidays: Sequence[HolidayInfo], today: date) -> Sequence[HolidayInfo]:
    if not current_user.may(Permission.PLAN_ROSTER):
        return []
    return [one for one in holidays if one.day <= today + DECIDED_SOON]
