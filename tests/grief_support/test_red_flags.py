"""Somebody may be in danger: a clinician hears of it within the hour, and then whoever is next."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from hospice import jobs
from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.grief_support import notices
from hospice.grief_support.actions import red_flags as actions
from hospice.grief_support.models import DutyClinician, RedFlag, SupportPlan
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.queries import red_flags as queries
from hospice.grief_support.rules.red_flags import Hours, Reached, Sign, waves
from hospice.journal.models import Entry
from hospice.reminders.models import Message
from hospice.reminders.rules import MessageState
from hospice.tasks.models import Task
from tests import builders
from tests.conftest import Browser, MailServer
from tests.grief_support import families
from tests.reminders.conftest import use
from tests.reminders.servers import text_of
from tests.shifts.test_weekly_races import at_once

Open = Callable[[User | None], Browser]
# Three at night in Shanghai: inside everybody's quiet hours.
NIGHT = builders.NOW.replace(hour=19, minute=0)
MINUTE = timedelta(minutes=1)


class Story:
    """Chen Li grieves; Greta follows her, Cora coordinates, Ada administers, Ling raises it."""

    def __init__(self) -> None:
        self.cora = builders.cora()
        self.greta = families.greta()
        self.ada = builders.user("Ada Admin", Role.ADMINISTRATOR)
        self.ling = builders.user("Ling Lu", Role.GRIEF_SUPPORT)
        patient = builders.patient(preferred_name="Canary-Wang")
        self.link = families.kinship(patient, "Canary-Li")
        families.confirmed(patient, by=self.cora)
        self.plan = families.opened(self.link.id, self.cora)
        with transaction():
            plan_queries.plan_for(self.cora, self.plan.id).owner_id = self.greta.id
            db.session.query(Task).delete()  # the office's own tasks are not the question here

    def on_duty(self, **values: Any) -> DutyClinician:
        return builders.save(
            DutyClinician(
                **{
                    "name": "Dr Shen",
                    "phone": "021 5555 0188",
                    "email": "shen@example.org",
                    "days": [],
                    "created_at": builders.NOW,
                    **values,
                }
            )
        )

    def raised(self, *signs: Sign, words: str = "", now: datetime = NIGHT) -> RedFlag:
        with transaction():
            return actions.raise_flag(
                plan_queries.plan_for(self.ling, self.plan.id, locking=True),
                signs or (Sign.WANTS_TO_DIE,),
                words,
                task_words="Call them",
                by=self.ling,
                now=now,
                today=now.date(),
            )

    def taken(self, flag: RedFlag, *, now: datetime, name: str = "") -> bool:
        with transaction():
            found = queries.flag_for(self.greta, flag.id, locking=True)
            return actions.take(found, name, by=self.greta, now=now)


def alarms_to() -> list[str]:
    """To whom alarms have left so far, in their order."""
    rows = db.session.query(Message).filter_by(kind="red_flag", state=MessageState.SENT)
    return [row.recipient for row in rows.order_by(Message.id)]


def test_it_reaches_a_clinician_the_same_hour_at_night_and_then_the_next_each_once(
    either_app: Flask, mail_server: MailServer
) -> None:
    use(either_app, mail_server.url)
    story = Story()
    doctor = story.on_duty()
    with transaction():
        db.session.get_one(Hospice, 1).on_call_phone = "021 5555 0100"
    flag = story.raised(Sign.WANTS_TO_DIE, Sign.CHILD_ALONE, words="Canary-words")
    reached: dict[str, int] = {}
    for minute in (0, 1, 14, 15, 16, 29, 30, 31, 60):
        jobs.send_reminders(NIGHT + minute * MINUTE)
        for one in alarms_to():
            reached.setdefault(one, minute)
    assert reached == {
        f"clinician:{doctor.id}": 0,
        f"user:{story.greta.id}": 0,
        f"user:{story.cora.id}": 15,
        f"user:{story.ada.id}": 30,
    }, "Ling raised it and knows"
    assert len(alarms_to()) == 4, "each once"
    texts = [" ".join(text_of(mail).split()) for mail in mail_server.mails]
    assert len(texts) == 4
    assert not any("Canary" in text for text in texts), "the message names nobody"
    assert all(f"/grief-support/red-flags/{flag.id}" in text for text in texts)
    assert sum("nobody has it yet" in text for text in texts) == 2
    assert all("cannot open the page, call 021 5555 0100." in text for text in texts)


def test_nobody_hears_of_it_any_more_once_somebody_has_it(
    either_app: Flask, mail_server: MailServer
) -> None:
    use(either_app, mail_server.url)
    story = Story()
    story.on_duty()
    flag = story.raised()
    jobs.send_reminders(NIGHT)
    first = alarms_to()
    assert len(first) == 2
    queued = [(one.about, one.key) for one in notices.due(NIGHT + 31 * MINUTE)]
    assert len(queued) == 2
    assert story.taken(flag, name="Dr Shen", now=NIGHT + 14 * MINUTE)
    assert not story.taken(flag, now=NIGHT + 14 * MINUTE), "the first one stays"
    assert notices.still_due_of(queued, NIGHT + 31 * MINUTE) == {}
    for minute in (15, 30, 45):
        jobs.send_reminders(NIGHT + minute * MINUTE)
    assert alarms_to() == first
    assert queries.loud() == []
    # heard again later: it rings anew, and makes no second task
    story.raised(Sign.VIOLENCE, now=NIGHT + 50 * MINUTE)
    jobs.send_reminders(NIGHT + 51 * MINUTE)
    assert len(alarms_to()) == 4
    assert db.session.query(Task).count() == 1


def test_without_anyone_on_duty_the_person_on_call_and_without_one_the_office_at_once(
    app: Flask,
) -> None:
    story = Story()
    story.on_duty(starts=time(9), ends=time(17))  # it is three at night
    story.on_duty(name="Gone", retired_at=builders.NOW)
    with transaction():
        plan_queries.plan_for(story.cora, story.plan.id).owner_id = None
        hospice = db.session.get_one(Hospice, 1)
        hospice.on_call_name, hospice.on_call_phone = "Night desk", "021 5555 0100"
        hospice.on_call_email = "night@example.org"
    story.raised()
    assert [one.recipient for one in notices.due(NIGHT)] == ["on_call"]
    duty = queries.on_duty(NIGHT)
    assert duty is not None
    assert (duty.name, duty.phone) == ("Night desk", "021 5555 0100")
    assert len(list(notices.due(NIGHT + 30 * MINUTE))) == 3
    # whoever cannot open the page rings the person on call, who rings the office
    phones = {one.recipient: one.facts["phone"] for one in notices.due(NIGHT + 30 * MINUTE)}
    assert phones.pop("on_call") == db.session.get_one(Hospice, 1).office_phone
    assert set(phones.values()) == {"021 5555 0100"}
    with transaction():
        db.session.get_one(Hospice, 1).on_call_email = ""
    at_once = [one.recipient for one in notices.due(NIGHT)]
    assert at_once == [f"user:{story.cora.id}"], "nobody waits for nobody"
    with transaction():
        db.session.get_one(Hospice, 1).on_call_phone = ""
    assert queries.on_duty(NIGHT) is None


def test_a_second_sign_before_anyone_has_it_adds_to_the_first(app: Flask) -> None:
    story = Story()
    flag = story.raised(Sign.NOT_EATING, words="Nothing since Friday")
    again = story.raised(Sign.VIOLENCE, words="Nothing since Friday", now=NIGHT + MINUTE)
    assert again.id == flag.id
    db.session.refresh(flag)
    assert flag.signs == ["not_eating", "violence"]
    assert flag.words == "Nothing since Friday"
    assert flag.raised_at == NIGHT
    # hours later everybody was told and nobody has it: what is heard then must ring again
    later = NIGHT + timedelta(hours=13)
    anew = story.raised(Sign.WANTS_TO_DIE, now=later)
    assert anew.id != flag.id
    assert [one.about for one in notices.due(later)] == [f"red_flag:{anew.id}"]


def test_what_is_heard_while_somebody_takes_it_is_never_added_unseen(
    either_app: Flask, tmp_path: Path
) -> None:
    story = Story()
    flag_id, plan_id = story.raised(Sign.NOT_EATING).id, story.plan.id
    greta_id, ling_id = story.greta.id, story.ling.id
    db.session.rollback()

    def take() -> object:
        by = db.session.get_one(User, greta_id)
        found = queries.flag_for(by, flag_id, locking=True)
        return actions.take(found, by=by, now=NIGHT)

    def more() -> object:
        by = db.session.get_one(User, ling_id)
        plan = plan_queries.plan_for(by, plan_id, locking=True)
        signs = [Sign.VIOLENCE]
        return actions.raise_flag(
            plan, signs, "", task_words="", by=by, now=NIGHT, today=NIGHT.date()
        )

    assert at_once(either_app, tmp_path, take, more) == [True, True]
    verbs = ("red_flag.taken", "red_flag.added")
    done = db.session.query(Entry.verb).filter(Entry.verb.in_(verbs)).order_by(Entry.id)
    rings = [one.about for one in notices.due(NIGHT + MINUTE)]
    assert [row.verb for row in done] == ["red_flag.added", "red_flag.taken"] or rings


def test_two_taps_raise_it_and_one_takes_it(app: Flask, browser: Open) -> None:
    story = Story()
    story.on_duty()
    with time_machine.travel(NIGHT, tick=False):
        desk, colleague = browser(story.ling), browser(story.greta)
        row = families.follow_up(story.plan, "condolence")
        form = f"/grief-support/plans/{story.plan.id}/worried"
        card = desk.get(f"/grief-support/calls/{row.id}")
        assert form in card  # the first tap
        assert "tel:02155550188" in card
        assert 'name="sign" value="wants_to_die"' in desk.get(form)  # the second
        desk.post(form, {"sign": "other", "words": " "}, status=422)
        desk.post(form, {"sign": "nonsense"}, status=422)
        where = desk.post(form, {"sign": "wants_to_die"})
        flag = db.session.query(RedFlag).one()
        assert where == f"/grief-support/red-flags/{flag.id}"
        shown = desk.get(where)
        assert "tel:02155550188" in shown
        assert "I have it" in shown
        assert 'name="signs" value="violence"' in shown
        assert 'name="signs" value="wants_to_die"' not in shown, "heard already"
        assert "The first messages leave within a minute." in shown
        jobs.send_reminders(NIGHT)  # without a mail server they wait, and the page shows it
        assert "Waiting to leave" in desk.get(where)
        loud = "Canary-Li may be in danger, and nobody has it yet"
        assert loud in colleague.get("/grief-support")
        assert loud in browser(story.cora).get("/today")
        colleague.post(f"{where}/take")
        assert "Greta Grey has it" in desk.get(where)
        assert loud not in browser(story.cora).get("/today")
        # what it was about is for those who see restricted notes; that it was, for all
        assert "Talks of wanting to die" not in desk.get(f"/grief-support/plans/{story.plan.id}")
        after = f"/grief-support/plans/{story.plan.id}/looked-after"
        colleague.post(after, {"words": "Talked for an hour; her brother is with her."})
        assert families.plan_of(story.link.id, story.cora).worried_at is None


def test_without_a_sign_a_counsellor_is_asked_today_and_nobody_is_woken(
    app: Flask, browser: Open
) -> None:
    story = Story()
    where = f"/grief-support/plans/{story.plan.id}/worried"
    browser(story.ling).post(where, {"words": "Sounded low"})
    assert db.session.query(RedFlag).count() == 0
    assert db.session.query(Task).count() == 1
    browser(story.ling).post(where, {"words": "Did not open the door"})
    assert db.session.query(Task).count() == 1
    words = db.session.get_one(SupportPlan, story.plan.id).worried_words
    assert words == "Sounded low\nDid not open the door", "nothing that was said is lost"


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.LEADER, Role.AUDITOR])
def test_only_who_keeps_grief_support_takes_an_alarm(app: Flask, browser: Open, role: Role) -> None:
    story = Story()
    flag = story.raised()
    other = browser(builders.user("Otto Other", role))
    for path in ("take", "taken-by", "add"):
        other.post(f"/grief-support/red-flags/{flag.id}/{path}", {"name": "Otto"}, status=404)
    seen = 200 if role is Role.AUDITOR else 404
    other.get(f"/grief-support/red-flags/{flag.id}", status=seen)
    assert db.session.get_one(RedFlag, flag.id).taken_at is None


def test_who_is_on_duty_is_set_by_administrators(app: Flask, browser: Open) -> None:
    story = Story()
    desk = browser(story.ada)
    new = "/settings/grief-support/on-duty/new"
    typed = {"name": "Dr Shen", "phone": "021 5555 0188", "account": "0", "days": ["4", "5"]}
    page = desk.post(new, {**typed, "starts": "18:00"}, status=422)
    assert "Enter both times, or neither" in page
    assert "Enter an email address, or choose their account" in page
    desk.post(new, {**typed, "starts": "18:00", "ends": "08:00", "account": str(story.greta.id)})
    one = db.session.query(DutyClinician).one()
    assert "Fri, Sat, 18:00–08:00" in desk.get("/settings/grief-support/on-duty")
    edit = f"/settings/grief-support/on-duty/{one.id}"
    kept = {**typed, "account": str(story.greta.id), "version": str(one.version)}
    desk.post(edit, {**kept, "phone": "021 5555 0199"})
    conflict = desk.post(edit, kept, status=422)
    assert "021 5555 0199" in conflict, "what the other one saved is shown"
    desk.post(f"{edit}/end")
    assert list(queries.clinicians()) == []
    desk.post(f"{edit}/end")
    assert len(queries.clinicians()) == 1
    browser(story.cora).get("/settings/grief-support/on-duty", status=404)


@pytest.mark.parametrize(
    ("hours", "local", "holds"),
    [
        (Hours(), "2026-11-25T03:00", True),
        (Hours((2,)), "2026-11-25T03:00", True),  # a Wednesday
        (Hours((3,)), "2026-11-25T03:00", False),
        (Hours((), time(9), time(17)), "2026-11-25T09:00", True),
        (Hours((), time(9), time(17)), "2026-11-25T17:00", False),
        (Hours((1,), time(18), time(8)), "2026-11-25T07:59", True),  # of Tuesday evening
        (Hours((1,), time(18), time(8)), "2026-11-25T18:00", False),
        (Hours((2,), time(18), time(8)), "2026-11-25T07:59", False),
        (Hours((6,), time(18), time(8)), "2026-11-30T01:00", True),  # Sunday into Monday
    ],
)
def test_duty_goes_on_into_the_next_morning(hours: Hours, local: str, holds: bool) -> None:
    day, at = datetime.fromisoformat(local).date(), time.fromisoformat(local[11:])
    there = clock.local(clock.instant(day, at, "Asia/Shanghai"), "Asia/Shanghai")
    assert hours.holds(there) is holds


def test_each_hears_of_it_once_and_sooner_where_nobody_stands_before() -> None:
    ann, bob, cid = (Reached(f"user:{name}", name, f"{name}@x.org", "en") for name in "abc")
    quarter, half = timedelta(minutes=15), timedelta(minutes=30)
    assert waves([[ann], [bob, ann], [cid, bob]]) == [
        (timedelta(0), ann),
        (quarter, bob),
        (half, cid),
    ]
    assert waves([[], [ann], [ann, bob]]) == [(timedelta(0), ann), (quarter, bob)]
    assert waves([[], [], []]) == []
    night = Reached("on_call", "Night desk", "A@x.org", "en")
    assert waves([[ann], [night], []]) == [(timedelta(0), ann)], "one address, one message"
