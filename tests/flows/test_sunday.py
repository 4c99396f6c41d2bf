"""The whole Sunday, from an empty database to a note in the coordinator's hands.

Once in English at desk width, once in Chinese on a phone, once without JavaScript.
"""

import re
from datetime import UTC, datetime, time, timedelta
from email.message import Message as Mail

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from hospice.core import clock
from hospice.core.db import db
from hospice.shifts.models import Assignment, Shift
from hospice.visits.models import VisitNote
from tests.browser import Live, desk, phone

ZONE = "Asia/Shanghai"
PASSWORD = "under the persimmon tree"
WORDS = "She asked for the window open. 她想开窗。"
# A Wednesday at noon in Shanghai; the story's Sunday is four days later.
WEDNESDAY = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
AFTER_VISIT = datetime(2026, 11, 29, 9, 10, tzinfo=UTC)


def send(page: Page) -> None:
    """Press the one filled button of the page's main form."""
    page.locator("main form[method=post] button.btn-primary").first.click()
    page.wait_for_load_state()


def choose(page: Page, name: str, value: str) -> None:
    """Choose one answer of a radio or a checkbox, whatever it looks like."""
    answer = page.locator(f"input[name={name}][value='{value}']")
    page.locator("label", has=answer).click()
    expect(answer).to_be_checked()


def begin(page: Page, live: Live, locale: str) -> None:
    """Found the hospice from the printed link; land on Today."""
    page.goto(live.first_run_link())
    page.fill(
        "[name=hospice_name]", "桂园安宁疗护中心" if locale == "zh_Hans" else "Osmanthus House"
    )
    page.select_option("[name=timezone]", ZONE)
    choose(page, "locale", locale)
    page.fill("[name=name]", "Cora Coates")
    page.fill("[name=email]", "cora@example.org")
    page.fill("[name=password]", PASSWORD)
    send(page)
    page.goto("/")
    assert page.url.endswith("/today"), page.url


def add_place(page: Page) -> None:
    page.goto("/places/new")
    page.fill("[name=name]", "Ward 1")
    page.fill("[name=phone]", "021 5555 0161")
    page.fill("[name=directions]", "Second floor, ring at the side gate.")
    send(page)


def add_weekly_shift(page: Page) -> None:
    page.goto("/weekly-shifts/new")
    page.select_option("select[name=weekday]", "6")
    page.fill("[name=starts]", "14:00")
    page.fill("[name=ends]", "17:00")
    ward = page.locator("input[name=places]").first
    if not ward.is_checked():
        page.locator("label", has=ward).click()
    expect(ward).to_be_checked()
    page.fill("[name=minimum]", "1")
    page.fill("[name=wanted]", "2")
    send(page)


def add_volunteer(page: Page, name: str, email: str, locale: str) -> str:
    """Add a volunteer cleared for the ward; return the address of their page."""
    page.goto("/volunteers/new")
    page.fill("[name=legal_name]", name)
    page.fill("[name=preferred_name]", name)
    page.fill("[name=phone]", "130 5555 0100")
    page.fill("[name=email]", email)
    if page.locator("select[name=locale]").count():
        page.select_option("select[name=locale]", locale)
    else:
        choose(page, "locale", locale)
    if page.locator("select[name=experience]").count():
        page.select_option("select[name=experience]", "experienced")
    else:
        choose(page, "experience", "experienced")
    page.locator("input[name^=cleared_]").first.check()
    send(page)
    assert re.search(r"/volunteers/\d+$", page.url), page.url
    return page.url


def fill_sunday(page: Page) -> None:
    """Fill the two places of next Sunday from the people who fit: Vera, and who comes first."""
    for name in ("Vera", ""):
        page.goto("/roster")
        page.locator("a.place.s-open:visible, .gaps a:visible:has(.s-open)").first.click()
        page.wait_for_load_state()
        page.locator(".fits li", has_text=name).locator("button[name=place]").first.click()
        page.wait_for_load_state()


def publish(page: Page) -> None:
    page.goto("/roster")
    page.locator(".page-head .btn-primary").first.click()
    page.wait_for_load_state()
    assert "/roster/publish" in page.url
    expect(page.locator("main")).to_contain_text("Vera")
    page.locator("main button.btn-primary[type=submit]").first.click()
    page.wait_for_load_state()


def letter(live: Live, to: str) -> str:
    """Return the text of the first mail to someone that holds an answer link."""
    for mail in live.mail.mails:
        text = body(mail)
        if to in mail["To"] and "/r/" in text:
            return text
    raise AssertionError(f"no mail to {to}: {[m['To'] for m in live.mail.mails]}")


def body(mail: Mail) -> str:
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    raise AssertionError("no plain text")


def states(app: Flask) -> list[str]:
    """Return the states of everyone who was told."""
    with app.app_context():
        rows = db.session.scalars(
            select(Assignment.state).join(Shift).order_by(Shift.starts_at, Assignment.id)
        ).all()
        db.session.remove()
    return [row.value for row in rows if row.value != "draft"]


@pytest.mark.parametrize("way", ["desk", "phone-zh", "no-javascript"])
def test_the_whole_sunday(chromium: Browser, live: Live, way: str) -> None:
    locale = "zh_Hans" if way == "phone-zh" else "en"
    size = phone if way == "phone-zh" else desk
    options: dict[str, object] = {
        "locale": "zh-CN" if locale == "zh_Hans" else "en-GB",
        "java_script_enabled": way != "no-javascript",
    }
    with time_machine.travel(WEDNESDAY, tick=True) as traveller:
        cora = size(chromium, live, **options)
        begin(cora, live, locale)
        add_place(cora)
        add_weekly_shift(cora)
        add_volunteer(cora, "Paul Penn", "paul@example.org", locale)
        add_volunteer(cora, "Nora Nash", "nora@example.org", locale)
        vera_page = add_volunteer(cora, "Vera Vance", "vera@example.org", locale)
        cora.goto(vera_page)
        cora.locator("form[action$='/invite'] button").click()
        invitation = cora.locator("#link").input_value()
        assert invitation.startswith(live.url)
        fill_sunday(cora)
        check_sunday(live)
        publish(cora)

        # Nothing leaves within the two minutes in which a publish can be taken back.
        live.tick(clock.now() + timedelta(minutes=1))
        assert not any("/r/" in body(mail) for mail in live.mail.mails)
        live.tick(clock.now() + timedelta(minutes=3))
        text = letter(live, "vera@example.org")
        assert ("11月29日" if locale == "zh_Hans" else "Sunday 29 November") in text
        link = re.search(r"http://\S+/r/\S+", text)
        assert link

        # Vera confirms from the mail: opening the link changes nothing, the tap does.
        vera = phone(chromium, live, **options)
        vera.goto(link.group().rstrip(".。"))
        assert "confirmed" not in states(live.app)
        vera.locator("button[name=answer][value=yes]").click()
        vera.wait_for_load_state()
        assert states(live.app).count("confirmed") == 1

        # She chooses a password from the invitation, and sees her shift.
        vera.goto(invitation)
        vera.fill("[name=password]", PASSWORD)
        send(vera)
        vera.goto("/me")
        expect(vera.locator(".shift-card")).to_contain_text("14:00–17:00")

        # Sunday, ten minutes after the visit.
        traveller.move_to(AFTER_VISIT)
        vera.goto("/me")
        vera.locator("main a[href$='/note']").first.click()
        vera.wait_for_url("**/note")
        # Four days later names and notes want a fresh sign-in, even on a phone that stays in.
        vera.locator("main a[href*='/sign-in']").click()
        sign_in(vera, "vera@example.org")
        expect(vera.locator("[name=words]")).to_be_visible()
        choose(vera, "did", "company")
        choose(vera, "moods", "calm")
        vera.fill("[name=words]", WORDS)
        choose(vera, "concern", "urgent")
        vera.fill("[name=told_whom]", "Nurse Xie")
        vera.fill("[name=told_when]", "17:05")
        vera.locator("button[name=do][value=send]").click()
        vera.wait_for_load_state()

        # The coordinator reads it: the worrying one comes first.
        cora.goto("/visit-notes")
        if "/sign-in" in cora.url:
            sign_in(cora, "cora@example.org")
        cora.goto("/visit-notes")
        expect(cora.locator("main")).to_contain_text("She asked for the window open.")
        cora.locator("main a[href*='/visit-notes/']:not([href*='missing'])").first.click()
        cora.wait_for_load_state()
        expect(cora.locator("main")).to_contain_text(WORDS)
        expect(cora.locator("main")).to_contain_text(re.compile("Nurse Xie[,，] ?17:05"))
        cora.locator("form[action$='/read'] button").click()
        cora.wait_for_load_state()
        with live.app.app_context():
            note = db.session.scalars(select(VisitNote)).one()
            assert note.state.value == "read"
            assert note.words == WORDS
            db.session.remove()


def check_sunday(live: Live) -> None:
    """The first shift is next Sunday at two by the ward's clock, and full."""
    with live.app.app_context():
        first = db.session.scalars(select(Shift).order_by(Shift.starts_at).limit(1)).one()
        assert first.local_day.isoformat() == "2026-11-29"
        assert clock.local(first.starts_at, ZONE).time() == time(14)
        assert first.taken == 2
        db.session.remove()


def sign_in(page: Page, email: str) -> None:
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    send(page)
