"""The note that is never lost: no signal, a killed tab, a sign-in that ended, a phone that is shared."""

import random
import re
import time
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Live
from tests.flows.cutting import Cut, Line, line_to
from tests.flows.offline_ground import CACHED, PATIENT, Phone, lay, sent, signed_out_at_server

WORDS = "She asked for the window open.\n\n她想开窗，听了两首歌。🌿\n  “Quotes” & <tags>, 100 %"
ROUND = re.compile(rb"POST /me/shifts/\d+/note")
TOKEN = re.compile(rb"GET /me/form-token")
DRAFT = re.compile(rb"POST /visit-notes/")
ANY = re.compile(rb"(POST|GET) /(me/shifts/\d+/note\?patient|me/form-token|visit-notes)")


@pytest.fixture
def line(live: Live) -> Iterator[Line]:
    with line_to(live.url) as made:
        yield made


def test_a_note_survives_the_corridor(chromium: Browser, live: Live, line: Line) -> None:
    """No signal, offline start, tab killed, reopened, signed out meanwhile, signal, signed in."""
    ground = lay(live, 1)
    phone = Phone(chromium, ground, line)
    phone.be(ground.vera)
    phone.prepare()

    line.is_up = False
    phone.open("/me")
    expect(phone.page.locator("h1")).to_have_text("No signal")
    phone.page.get_by_role("link", name="Write note").click()
    expect(phone.page.locator("[name=arrived]")).not_to_have_value("")
    phone.page.locator("label", has=phone.page.locator("[name=whom][value=round]")).click()
    phone.write(WORDS)
    time.sleep(0.5)  # the contract: on the phone within half a second
    phone.kill_tab()

    phone.open(f"/me/shifts/{ground.shifts[0]}/note")
    expect(phone.page.locator("[name=words]")).to_have_value(WORDS)
    expect(phone.page.locator("[name=whom][value=round]")).to_be_checked()
    phone.press_send()
    expect(phone.page.locator("[data-sync]")).to_have_text(
        re.compile(r"^Saved on this phone \d\d:\d\d\. No signal\. It will send by itself$")
    )
    phone.open("/me")
    expect(phone.page.locator("[data-outbox] a")).to_have_text(re.compile("1 note is on this"))

    next_sign_in = signed_out_at_server(live.app, ground.email)
    phone.page.locator("[data-outbox] a").click()
    phone.page.get_by_role("link", name="Open it").click()
    expect(phone.page.locator("[name=words]")).to_have_value(WORDS)
    line.mend()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.page.locator("[data-sync]")).to_have_text(
        "Sign in to send. Your note is safe on this phone"
    )
    assert sent(live.app) == {}

    phone.open("/me")
    assert "/sign-in" in phone.page.url
    phone.be(next_sign_in)
    phone.open("/me")
    phone.until(lambda: not phone.kept()["notes"])
    assert sent(live.app) == {ground.shifts[0]: [WORDS]}
    expect(phone.page.locator("[data-outbox]")).to_contain_text("Sent to the team")


def test_it_can_be_put_on_the_home_screen(chromium: Browser, live: Live, line: Line) -> None:
    phone = Phone(chromium, ground := lay(live, 1), line)
    phone.be(ground.vera)
    phone.prepare()
    devtools = phone.context.new_cdp_session(phone.page)
    told = devtools.send("Page.getAppManifest")
    assert told["errors"] == []
    assert told["url"].startswith(f"{line.url}/manifest.webmanifest")
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )


def test_without_javascript_the_server_keeps_the_draft(chromium: Browser, live: Live) -> None:
    ground = lay(live, 1)
    with line_to(live.url) as line:
        phone = Phone(chromium, ground, line, java_script_enabled=False)
        phone.be(ground.vera)
        phone.open(f"/me/shifts/{ground.shifts[0]}/note")
        phone.write(WORDS)
        phone.page.locator("button[name=do][value=later]").click()
        phone.page.wait_for_url("**/me")
        assert sent(live.app) == {}
        phone.open(f"/me/shifts/{ground.shifts[0]}/note")
        expect(phone.page.locator("[name=words]")).to_have_value(WORDS)
        phone.press_send()
        phone.page.wait_for_url("**/me")
        expect(phone.page.locator(".notice")).to_contain_text("Sent to the team")
        phone.open("/account")
        phone.page.locator("[data-sign-out] button").click()
        phone.page.wait_for_url("**/sign-in*")
    assert sent(live.app) == {ground.shifts[0]: [WORDS]}


def test_the_phone_keeps_no_names(chromium: Browser, live: Live, line: Line) -> None:
    """Neither in the cache nor in its store, after every page that names someone was open."""
    ground = lay(live, 2, named=True)
    phone = Phone(chromium, ground, line)
    phone.be(ground.vera)
    phone.prepare()
    about = f"/me/shifts/{ground.shifts[0]}/note"
    phone.open(f"{about}?about=all")
    phone.page.get_by_role("link", name=PATIENT).click()
    expect(phone.page.locator("main")).to_contain_text(PATIENT)
    phone.write("A quiet hour.")
    phone.until(lambda: phone.kept_words() == ["A quiet hour."])
    phone.open("/me")
    cached = phone.page.evaluate(CACHED)
    assert {path for path, _ in cached if not path.startswith("/assets/")} == {
        "/offline",
        "/offline/note",
    }
    everything = repr(phone.kept()) + repr(cached)
    assert "A quiet hour." in everything
    for name in ("Canary", "Quillfeather", "Vera", "Vance", ground.vera):
        assert name not in everything
    assert "'mark': 'CQ'" in everything


def test_leaving_with_a_note_asks_first_and_another_person_sees_nothing(
    chromium: Browser, live: Live, line: Line
) -> None:
    ground = lay(live, 1)
    phone = Phone(chromium, ground, line)
    phone.be(ground.vera)
    phone.prepare()
    phone.open(f"/me/shifts/{ground.shifts[0]}/note")
    phone.write(WORDS)
    line.is_up = False
    phone.press_send()
    expect(phone.page.locator("[data-sync]")).to_contain_text("No signal")

    line.mend()
    line.blocked = ROUND
    phone.open("/account")
    phone.page.locator("[data-sign-out] button").click()
    phone.page.wait_for_url("**/me/outbox?leaving=yes")
    expect(phone.page.locator("main")).to_contain_text("Sign out before these are sent?")
    phone.page.get_by_role("button", name="Sign out all the same").click()
    phone.page.wait_for_url("**/sign-in*")
    facts = {one["name"] for one in phone.kept()["facts"]}
    assert not facts & {"cards", "account"}

    line.mend()
    phone.be(ground.otto)
    for address in ("/me", "/me/outbox", f"/me/shifts/{ground.shifts[0]}/note"):
        phone.open(address)
        time.sleep(0.3)
        assert "window open" not in phone.page.content()
        if phone.page.locator("[name=words]").count():
            expect(phone.page.locator("[name=words]")).to_have_value("")
        expect(phone.page.locator("[data-outbox] a")).to_be_hidden()
    assert sent(live.app) == {}

    phone.be(signed_out_at_server(live.app, ground.email))
    phone.open("/me")
    phone.until(lambda: not phone.kept()["notes"])
    assert sent(live.app) == {ground.shifts[0]: [WORDS]}
    phone.open("/account")
    phone.page.locator("[data-sign-out] button").click()
    phone.page.wait_for_url("**/sign-in*")
    assert phone.kept()["notes"] == []


def test_a_browser_that_keeps_nothing_any_more_still_signs_out(
    chromium: Browser, live: Live, line: Line
) -> None:
    ground = lay(live, 1)
    phone = Phone(chromium, ground, line)
    phone.be(ground.vera)
    phone.prepare()
    phone.open("/account")
    phone.page.evaluate(
        "() => { IDBDatabase.prototype.transaction = () => { throw new Error('gone'); }; }"
    )
    phone.page.locator("[data-sign-out] button").click()
    phone.page.wait_for_url("**/sign-in*", timeout=8000)


# --- a hundred cuts -------------------------------------------------------------------------------

CUTS = 100
NOT_YET, HALF_ASKED, HANDLED, HALF_ANSWERED, GONE = "not yet", "half", "handled", "answer", "gone"


def random_cut(dice: random.Random, line: Line) -> tuple[str, Cut | None]:
    """Return where the line breaks this time: before, while or after the server hears of it."""
    kind = dice.choice([NOT_YET, HALF_ASKED, HANDLED, HANDLED, HALF_ANSWERED, HALF_ANSWERED, GONE])
    if kind == GONE:
        return kind, None
    at = dice.choice([ROUND, ROUND, ROUND, DRAFT, ANY])
    cut = Cut(at=at, stays_down=dice.random() < 0.5)
    if kind == NOT_YET:
        cut.request = 0
    elif kind == HALF_ASKED:
        cut.request = dice.uniform(0.05, 0.999)
    elif kind == HALF_ANSWERED:
        cut.answer = dice.uniform(0.02, 0.999)
    return kind, cut


def random_words(dice: random.Random, number: int) -> str:
    parts = [
        "她笑了。",
        "两首歌 🎵",
        "tea & <b>cake</b>",
        "“home”",
        "\n",
        "\n\n",
        "100 %",
        "é ñ ß",
        "👩‍👧",
    ]
    return f"Note {number}: " + " ".join(dice.choices(parts, k=dice.randint(1, 12))) + " end"


def test_a_hundred_cuts_lose_and_double_nothing(chromium: Browser, live: Live, line: Line) -> None:
    dice = random.Random(31)
    ground = lay(live, CUTS)
    phone = Phone(chromium, ground, line)
    phone.be(ground.vera)
    phone.prepare()
    expected: dict[int, list[str]] = {}
    seen_by_other: list[str] = []
    pending = 0
    kinds: dict[str, int] = {}
    for number, shift_id in enumerate(ground.shifts):
        words = random_words(dice, number)
        starts_offline = number >= CUTS - 40 and dice.random() < 0.3  # the phone has their cards
        line.is_up = not starts_offline
        phone.open_form(shift_id)
        kind, cut = (GONE, None) if starts_offline else random_cut(dice, line)
        kinds[kind] = kinds.get(kind, 0) + 1
        if starts_offline:
            phone.page.evaluate("document.querySelector('[name=whom][value=round]').click()")
        before_typing = dice.random() < 0.3
        if before_typing:
            line.cut = cut
        phone.write_at_once(words)
        expected[shift_id] = [words]
        if dice.random() < 0.3:
            time.sleep(dice.uniform(0, 0.9))  # the draft goes, or is cut
        if kind == GONE:
            line.is_up = False
        elif not before_typing:
            line.cut = cut
        if dice.random() < 0.25 and before_typing:
            time.sleep(0.5)
            phone.kill_tab()  # never sent: found again where it was left
            line.mend()
            phone.open(f"/me/shifts/{shift_id}/note")
            expect(phone.page.locator("[name=words]")).to_have_value(words)
        phone.page.evaluate("document.querySelector('button[value=send]').click()")
        end = time.monotonic() + dice.uniform(0.05, 0.4)
        while time.monotonic() < end and "/note" in phone.page.url:
            time.sleep(0.02)
        if dice.random() < 0.25:
            phone.until(partial(is_safe, phone, live, words))
            phone.kill_tab()
        if number % 10 == 3:
            pending += see_as_another(phone, ground.otto, words, seen_by_other)
            phone.be(ground.vera)
            phone.open("/me")
            phone.until(phone.has_cards)
        line.mend()
        if number % 5 == 4 or number == CUTS - 1:
            phone.open("/me")
            phone.until(lambda: not phone.kept()["notes"], 45)  # a second try comes after 15 s
    print(kinds, f"{line.cuts} cuts, {pending} seen while one waited")
    found = sent(live.app)
    lost = {shift_id for shift_id in expected if shift_id not in found}
    doubled = {shift_id for shift_id, several in found.items() if len(several) > 1}
    assert (lost, doubled, seen_by_other) == (set(), set(), [])
    assert found == expected
    assert pending > 2
    assert line.cuts > CUTS // 3


def is_safe(phone: Phone, live: Live, words: str) -> bool:
    """Tell whether a note is on the phone or with the team."""
    return words in phone.kept_words() or any(words in one for one in sent(live.app).values())


def see_as_another(phone: Phone, cookie: str, words: str, seen: list[str]) -> int:
    """Sign in as Otto on the same phone; note what he sees of hers. Tells whether one waited."""
    phone.line.mend()
    phone.be(cookie)
    phone.open("/me/outbox")
    waits = int(words in phone.kept_words())
    time.sleep(0.2)
    content = phone.page.content()
    is_counted = phone.page.locator("[data-outbox] a").is_visible()
    if is_counted or words.split(":", maxsplit=1)[0] + ":" in content:
        seen.append(words)
    return waits
