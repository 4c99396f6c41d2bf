"""Papers and trainings: written down, said before they run out, and counted when placing."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask

from hospice.core.db import db, transaction
from hospice.reminders import actions as messages
from hospice.shifts.models import Shift
from hospice.shifts.queries import standing
from hospice.shifts.queries.candidates import people_who_fit, verdicts_for
from hospice.tasks import notices as task_notices
from hospice.tasks.models import Task
from hospice.volunteers import notices, queries
from hospice.volunteers.models import Credential
from hospice.volunteers.queries import credentials
from hospice.volunteers.rules import CredentialKind, VolunteerState
from tests import builders
from tests.reminders.test_views import Open
from tests.shifts.due import at, change

NOW = builders.NOW


def paper(volunteer_id: int, until: date | None, **values: Any) -> Credential:
    """A health check."""
    return builders.save(
        Credential(
            **{
                "volunteer_id": volunteer_id,
                "kind": CredentialKind.HEALTH,
                "valid_until": until,
                "noted_at": NOW,
                **values,
            }
        )
    )


def keys(source: Any, now: datetime) -> list[str]:
    """What is due, by its key, and from then on said."""
    found = list(source.due(now))
    with transaction():
        messages.queue(found, now)
    return [one.key for one in found]


def test_each_warning_comes_once_and_a_newer_paper_silences_it(either_app: Flask) -> None:
    vera, gone = builders.volunteer("Vera"), builders.volunteer("Gone", state=VolunteerState.LEFT)
    one = paper(vera.id, date(2026, 12, 24))
    paper(gone.id, date(2026, 12, 24))
    paper(vera.id, None)
    paper(vera.id, date(2026, 12, 24), ended_at=NOW)
    assert keys(notices, at(24, 8, 59)) == []
    assert keys(notices, at(24, 9)) == [f"paper:{one.id}:20261224:30"]
    assert keys(notices, at(24, 9, 1)) == []
    about = (f"credential:{one.id}", f"paper:{one.id}:20261224:30")
    assert list(notices.still_due_of([about], at(25, 9))) == [about[1]]
    assert notices.still_due_of([about], at(28, 9)) == {}  # of no use any more
    change(one, valid_until=date(2027, 12, 24))
    assert notices.still_due_of([about], at(25, 9)) == {}
    assert credentials.running_out(date(2026, 12, 1)) == 0


def test_a_task_is_said_on_its_day_and_anew_when_it_is_put_off(either_app: Flask) -> None:
    cora = builders.cora()
    task = builders.save(
        Task(words="Bring the radio", due_on=date(2026, 11, 24), owner_id=cora.id, made_at=NOW)
    )
    assert keys(task_notices, at(24, 4)) == []
    (key,) = keys(task_notices, at(24, 5))
    assert keys(task_notices, at(25, 5)) == []
    about = (f"task:{task.id}", key)
    assert list(task_notices.still_due_of([about], at(24, 9))) == [key]
    change(task, due_on=date(2026, 11, 26))
    assert task_notices.still_due_of([about], at(24, 9)) == {}
    assert keys(task_notices, at(26, 9)) == [f"task:{task.id}:20261126:{cora.id}"]
    change(task, done_at=NOW)
    assert keys(task_notices, at(26, 10)) == []


def test_what_has_run_out_counts_when_placing(app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward)
    vera = builders.volunteer("Vera", places=[ward])
    otto = builders.volunteer("Otto", places=[ward])
    before = shift.local_day - timedelta(days=1)
    paper(vera.id, before, is_required=True)
    paper(otto.id, before)
    paper(otto.id, shift.local_day, is_required=True)
    shift = db.session.get_one(Shift, shift.id)
    db.session.refresh(shift, ["place"])
    fit = {one.name: [o.kind for o in one.verdict.objections] for one in people_who_fit(shift, NOW)}
    assert fit == {"Otto": ["paper_ended"], "Vera": ["paper_needed"]}
    found = verdicts_for(vera.id, [shift], NOW)[shift.id]
    assert [(one.kind, one.hard) for one in found.objections] == [("paper_needed", True)]
    known = standing.people([queries.volunteer(vera.id)], shift.local_day, shift.local_day)
    assert known.papers == {(vera.id, True): before}


def test_papers_are_written_down_changed_and_put_away(app: Flask, browser: Open) -> None:
    user, vera = builders.vera()
    otto = builders.volunteer("Otto")
    cora = browser(builders.cora())
    url = f"/volunteers/{vera.id}/papers"
    page = cora.post(url, {"kind": "other", "note": "", "valid_until": "2026-13-01"}, status=422)
    assert "Enter a date that exists" in page
    page = cora.post(url, {"kind": "other", "note": ""}, status=422)
    assert "Enter what it is called" in page
    cora.post(url, {"kind": "training", "valid_until": "2020-01-31", "is_required": "y"})
    one = db.session.query(Credential).one()
    assert (one.valid_until, one.is_required) == (date(2020, 1, 31), True)
    assert f"{vera.preferred_name}: Training" in cora.get("/today")
    assert "Ended Fri 31 Jan 2020" in browser(user).get("/me/profile")
    page = cora.get(f"/volunteers/{vera.id}")
    assert "Ended Fri 31 Jan 2020" in page
    assert "noted Training" in page
    typed = {"kind": "training", "note": "Listening", "valid_until": "2031-01-31"}
    cora.post(f"{url}/{one.id}", {**typed, "version": "1"})
    page = cora.post(f"{url}/{one.id}", {**typed, "note": "Other", "version": "1"}, status=422)
    assert "Someone else changed this while you were writing" in page
    cora.get(f"/volunteers/{otto.id}/papers/{one.id}", status=404)
    assert "Training: Listening" in cora.get(url)
    cora.post(f"{url}/{one.id}/put-away")
    assert "None written down yet" in cora.get(f"/volunteers/{vera.id}")
    cora.get(f"{url}/{one.id}", status=404)
