"""A death and the thirteen months after it: reported, told by phone, confirmed, and a daughter
followed until her plan closes, while her father wishes to hear nothing.

Once in English at desk width, once in Chinese on a phone.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from hospice.accounts import actions as accounts
from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.grief_support.models import Death, FollowUp, SupportPlan
from hospice.grief_support.rules.kin import Relation
from hospice.grief_support.rules.plans import TO_DO, Way
from hospice.tasks.models import Task
from tests import builders
from tests.browser import Live, desk, phone
from tests.grief_support.families import greta, kinship
from tests.grief_support.stories import mrs_wang

# A Wednesday at noon in Shanghai, the day she died.
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
LAST_DAY = date(2027, 12, 25)  # thirteen months later
# Set to a folder to look at every page of the story.
PICTURES = os.environ.get("FLOW_PICTURES", "")


@dataclass
class Story:
    """One page in front of one person after the other, and the clock they all see."""

    live: Live
    page: Page
    traveller: Any
    locale: str
    shown: int = 0

    def asked(self, question: Callable[[], Any]) -> Any:
        """Ask the database something that a person would read off a page."""
        with self.live.app.app_context():
            found = question()
            db.session.remove()
        return found

    def go_on(self, day: date, hour: int = 10, minute: int = 0) -> None:
        """Let the time pass until a day, at an hour in Shanghai."""
        self.traveller.move_to(clock.instant(day, time(hour, minute), builders.ZONE))

    def sit_down(self, user_id: int) -> None:
        """Let someone else sign in at the same screen, now."""

        def begun() -> str:
            user = db.session.get_one(User, user_id)
            with transaction():
                return accounts.sign_in(user, is_kept=False, device="desk", now=clock.now())

        token = self.asked(begun)
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.live.app)
        assert serializer is not None
        session = {"_user_id": token, "_fresh": True, "csrf_token": secrets.token_hex(20)}
        self.page.context.clear_cookies()
        self.page.context.add_cookies(
            [
                {
                    "name": self.live.app.config["SESSION_COOKIE_NAME"],
                    "value": str(serializer.dumps(session)),
                    "url": self.live.url,
                }
            ]
        )

    def open(self, address: str, name: str = "") -> None:
        """Open a page, and keep a picture of it when somebody wants to look."""
        self.page.goto(address)
        self.look(name)

    def look(self, name: str) -> None:
        """Keep a picture of the page."""
        if PICTURES and name:
            self.shown += 1
            path = Path(PICTURES) / f"{self.locale}-{self.shown:02d}-{name}.png"
            self.page.screenshot(path=path, full_page=True)

    def press(self, where: str) -> None:
        """Press a button, and wait for what follows."""
        self.page.locator(where).first.click()
        self.page.wait_for_load_state()

    def choose(self, name: str, value: str) -> None:
        """Choose one answer, whatever it looks like."""
        answer = self.page.locator(f"input[name={name}][value='{value}']")
        self.page.locator("label", has=answer).click()
        expect(answer).to_be_checked()

    def save(self) -> None:
        """Press the one filled button of the page's main form."""
        self.press("main form[method=post] button.btn-primary")

    def says(self, *words: str) -> None:
        """See words on the page."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)

    def says_nothing_of(self, *words: str) -> None:
        """See that words are nowhere on the page."""
        for one in words:
            expect(self.page.locator("main")).not_to_contain_text(one)


@dataclass(frozen=True)
class People:
    """Who is in the story, by number."""

    patient: int
    daughter: int  # kinships
    husband: int
    cora: int
    greta: int


def begun(locale: str) -> People:
    """Mrs Wang at home: Vera comes on Sunday, Bo came often; a daughter and a husband."""
    builders.hospice(locale=locale)
    home = mrs_wang()
    daughter = kinship(home.patient, "陈丽", phone="130 5555 0173", search_text="陈丽 chenli")
    husband = kinship(home.patient, "陈光", phone="130 5555 0174", relation=Relation.HUSBAND)
    home.cora.locale = locale
    db.session.commit()
    return People(home.patient.id, daughter.id, husband.id, home.cora.id, greta(locale=locale).id)


@pytest.mark.parametrize(("locale", "opened"), [("en", desk), ("zh_Hans", phone)])
def test_from_the_death_to_the_last_letter(
    chromium: Browser, live: Live, locale: str, opened: Callable[..., Page]
) -> None:
    with time_machine.travel(NOON, tick=True) as traveller:
        with live.app.app_context():
            people = begun(locale)
            db.session.remove()
        story = Story(live, opened(chromium, live), traveller, locale)
        story.sit_down(people.cora)
        death_id = reported(story, people)
        told_by_phone(story, death_id)
        story.sit_down(people.greta)
        confirmed(story, death_id)
        daughter, husband = (plan_of(story, one) for one in (people.daughter, people.husband))
        wishes(story, daughter, husband)
        stopped(story, husband)
        called_another_time(story, daughter)
        promise_kept(story, daughter)
        followed(story, people, daughter)
        closed(story, people, daughter)


def reported(story: Story, people: People) -> int:
    """Write the death down; nothing happens before what follows was seen."""
    story.open(f"/patients/{people.patient}")
    story.press(f"a[href='/patients/{people.patient}/death']")
    story.choose("known", "time")
    story.page.fill("[name=died_on]", "2026-11-25")
    story.page.fill("[name=died_at]", "04:20")
    story.page.fill("[name=told_by]", "Nurse Hu")
    story.choose("told_how", "phone")
    story.look("report")
    story.save()
    story.says("Vera Vance", "Bo Berg", "陈丽")
    story.look("check")
    assert story.asked(lambda: db.session.scalars(select(Death)).all()) == []
    story.press("button[name=record]")
    story.says("Vera Vance", "Bo Berg")
    story.look("phone-list")
    return story.asked(lambda: db.session.scalars(select(Death.id)).one())


def told_by_phone(story: Story, death_id: int) -> None:
    """Tick off each of those to phone, with how they took it."""
    for name in ("Vera Vance", "Bo Berg"):
        story.open(f"/deaths/{death_id}")
        story.page.locator("ul.tasks li", has_text=name).locator("a.btn").click()
        story.page.fill("[name=took_it]", f"{name}: ❤")
        story.choose("pause", "no")
        story.save()
    expect(story.page.locator("ul.tasks .tag")).to_have_count(2)
    story.look("all-told")


def confirmed(story: Story, death_id: int) -> None:
    """A second person confirms it."""
    story.open(f"/deaths/{death_id}/confirm")
    story.save()
    story.open(f"/deaths/{death_id}", "confirmed")
    expect(story.page.locator("a[href^='/grief-support/plans/']")).to_have_count(2)


def plan_of(story: Story, kinship_id: int) -> int:
    """Return the plan of one of the family."""
    asked = select(SupportPlan.id).where(SupportPlan.kinship_id == kinship_id)
    return story.asked(lambda: db.session.scalars(asked).one())


def state(story: Story, plan_id: int) -> str:
    """Return where a plan stands."""
    return story.asked(lambda: db.session.get_one(SupportPlan, plan_id).state.value)


def taken(story: Story, plan_id: int, wanted: str, reason: str = "") -> None:
    """Take a plan a step further on its page."""
    story.open(f"/grief-support/plans/{plan_id}")
    if reason:
        story.page.fill("form[action$='/state'] [name=reason]", reason)
    story.press(f"button[name=state][value={wanted}]")
    assert state(story, plan_id) == wanted


def wishes(story: Story, daughter: int, husband: int) -> None:
    """The daughter wants a call each week; her father's plan stays as it is."""
    story.open(f"/grief-support/plans/{daughter}/edit")
    story.choose("tier", "2")
    story.page.fill("[name=basis]", "Alone with two children")
    story.page.fill("[name=kinds_and_frequency]", "每周一次电话 / A call each week")
    story.look("plan-edit")
    story.save()
    for plan_id in (daughter, husband):
        taken(story, plan_id, "offered")
    taken(story, daughter, "accepted")
    story.says("A call each week")
    story.look("plan")
    tiers = select(SupportPlan.tier).order_by(SupportPlan.id)
    assert sorted(story.asked(lambda: db.session.scalars(tiers).all())) == [1, 2]


def call(story: Story, plan_id: int, key: str) -> int:
    """Return the number of a follow-up."""
    asked = select(FollowUp.id).where(FollowUp.plan_id == plan_id, FollowUp.key == key)
    return story.asked(lambda: db.session.scalars(asked).one())


def call_state(story: Story, number: int) -> str:
    """Return where a follow-up stands."""
    found: str = story.asked(lambda: db.session.get_one(FollowUp, number).state.value)
    return found


def stopped(story: Story, husband: int) -> None:
    """He asks us not to call again: he is in no list any more, and she still is."""
    story.go_on(date(2026, 11, 27))
    story.sit_down(story.asked(greta_id))
    story.open("/grief-support", "queue")
    story.says("陈光", "陈丽")
    story.open(f"/grief-support/calls/{call(story, husband, 'condolence')}", "call")
    story.press("a[href$='/stop']")
    story.page.fill("[name=words]", "Please don't contact me. 请不要再联系我。")
    story.press("main form[method=post] button[type=submit]")
    assert state(story, husband) == "declined"
    for tab in ("now", "week", "overdue"):
        story.open(f"/grief-support?show={tab}")
        story.says_nothing_of("陈光")
    story.open("/grief-support")
    story.says("陈丽")


def greta_id() -> int:
    """Return who supports the grieving."""
    return db.session.scalars(select(User.id).where(User.name == "Greta Grey")).one()


def called_another_time(story: Story, daughter: int) -> None:
    """“Not now” keeps the time she named; until then nobody calls."""
    number = call(story, daughter, "condolence")
    story.open(f"/grief-support/calls/{number}/not-now")
    story.page.fill("[name=day]", "2026-11-28")
    story.page.fill("[name=time]", "16:30")
    story.page.fill("[name=words]", "She is at the funeral parlour")
    story.look("not-now")
    story.save()
    story.open("/grief-support", "nobody-now")
    expect(story.page.locator("main a.btn[href^='/grief-support/calls/']")).to_have_count(0)
    story.open("/grief-support?show=callback", "callback")
    story.says("陈丽", "16:30")
    assert call_state(story, number) == "callback"


def promise_kept(story: Story, daughter: int) -> None:
    """At the time she named we talk; what was promised closes with what was done."""
    story.go_on(date(2026, 11, 28), 16, 35)
    story.sit_down(story.asked(greta_id))
    story.open("/grief-support")
    story.says("陈丽")
    story.open(f"/grief-support/calls/{call(story, daughter, 'condolence')}")
    story.press("a[href$='/talked']")
    story.page.fill("[name=words]", "She sleeps a little")
    story.page.fill("[name=promise]", "Send the photograph 寄照片")
    story.page.fill("[name=promise_on]", "2026-12-01")
    story.page.fill("[name=minutes]", "18")
    story.look("talked")
    story.save()
    assert state(story, daughter) == "active"
    task_id = story.asked(lambda: db.session.scalars(select(Task.id)).one())
    story.open(f"/tasks/{task_id}")
    story.save()  # nothing was done yet: it stays open
    assert story.asked(lambda: db.session.get_one(Task, task_id).done_at) is None
    story.page.fill("[name=outcome]", "Posted on Monday, with a card")
    story.save()
    story.open(f"/grief-support/plans/{daughter}", "promise-kept")
    story.says("Send the photograph", "She sleeps a little")
    done = story.asked(lambda: db.session.get_one(Task, task_id))
    assert (done.is_promise, done.outcome) == (True, "Posted on Monday, with a card")


def followed(story: Story, people: People, daughter: int) -> None:
    """Everything that is planned for her, on the first day on which it may be done."""
    asked = (
        select(FollowUp.id, FollowUp.opens_on, FollowUp.way)
        .where(FollowUp.plan_id == daughter, FollowUp.state.in_(TO_DO))
        .order_by(FollowUp.opens_on, FollowUp.id)
    )
    rows = [tuple(row) for row in story.asked(lambda: db.session.execute(asked).all())]
    assert rows[-1][1] > date(2027, 12, 1)
    day = date(2026, 11, 28)
    for number, opens_on, way in rows:
        if opens_on > day:
            day = opens_on
            story.go_on(day, 15)
            story.sit_down(people.greta)
        address = f"/grief-support/calls/{number}"
        if way is Way.CALL:
            story.open(f"{address}/talked")
            story.save()
        else:
            story.open(address)
            story.press(f"form[action='{address}/sent'] button, a[href='{address}/talked']")
            if story.page.url.endswith("/talked"):
                story.save()
        assert call_state(story, number) == "done", number
    story.open("/grief-support?show=overdue")
    story.says_nothing_of("陈丽", "陈光")


def closed(story: Story, people: People, daughter: int) -> None:
    """After thirteen months it closes, with a reason; his stays declined."""
    story.go_on(LAST_DAY, 15)
    story.sit_down(people.greta)
    taken(story, daughter, "closing")
    story.press("button[name=state][value=closed]")
    assert state(story, daughter) == "closing"  # not without a word why
    taken(story, daughter, "closed", "Thirteen months; she thanked everyone 已满十三个月")
    story.look("closed")
    story.open("/grief-support/plans?show=over", "plans-over")
    story.says("陈丽", "陈光")
    asked = select(SupportPlan.ended_at).where(SupportPlan.id == daughter)
    ended = story.asked(lambda: db.session.scalars(asked).one())
    assert ended is not None
    assert ended - NOON > timedelta(days=394)
