"""Every page that each person may open, in a real browser: nothing broken, nothing left out.

In English and Chinese, light and dark, at desk width and on small phones with the largest text.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from axe_playwright_python.base import AXE_SCRIPT
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from waitress import create_server

from hospice.accounts import actions as accounts
from hospice.core.db import db, transaction
from tests import demo_world
from tests.browser import set_clock
from tests.conftest import KEY, make_app, migrated_copy
from tests.demo_pages import NO_PAGES, PAGES
from tests.demo_world import NOW, PEOPLE, World

LOOK = (Path(__file__).parent / "look.js").read_text()
ROOT = Path(__file__).resolve().parents[2]
# Asked in the page, which gives back only what is told: the whole answer is a megabyte.
ASK_AXE = """async (classes) => {
  const html = document.documentElement, before = html.className;
  html.classList.add(...classes);
  const options = {resultTypes: ["violations"], iframes: false, selectors: false};
  const {violations} = await axe.run(options);
  html.className = before;
  return violations.filter(({impact}) => impact === "serious" || impact === "critical").flatMap(
    ({id, nodes}) => nodes.slice(0, 3).map((node) => [id, node.html, node.failureSummary]));
}"""
IS_WIDE = """(ways) => {
  const html = document.documentElement, before = html.className, found = [];
  for (const classes of ways) {
    html.classList.remove("size-2", "size-3", "large");
    html.classList.add(...classes);
    const room = html.clientWidth, over = html.scrollWidth - room;
    const who = over > 0 ? [...document.querySelectorAll("body *")].filter(
      (el) => el.getBoundingClientRect().right > room + 1
        && el.checkVisibility()).slice(0, 2).map((el) => el.outerHTML.slice(0, 100)) : [];
    html.className = before;
    if (over > 0) found.push(`${classes.join(" ")} by ${over} px: ${who.join(" | ")}`);
  }
  return found;
}"""
NOTES_BREAKAGE = """
window.__broken = [];
addEventListener("securitypolicyviolation", (e) => __broken.push(
  `CSP ${e.violatedDirective}: ${e.blockedURI} ${e.sourceFile || ""}`));
addEventListener("error", (e) => __broken.push(`error: ${e.message || e.target.outerHTML}`), true);
addEventListener("unhandledrejection", (e) => __broken.push(`rejection: ${e.reason}`));
"""
DESK, PHONE, SMALL = ({"width": w, "height": h} for w, h in ((1280, 900), (390, 844), (320, 640)))
LANGS = {"en": "en", "zh_Hans": "zh-Hans"}

# What is not 200 by design: a link that nobody has, and one that has ended.
ANSWERS = {
    ("accounts.accept_invitation", "nobody-has-this"): 410,
    ("attendance.door", "nobody-has-this"): 404,
    ("cases.words_by_link", "nobody-has-this"): 404,
    ("grief_support.family_page", "nobody-has-this"): 404,
    ("shifts.answer_by_link", "nobody-has-this"): 404,
}
# Ways on instead of a page: signed in already, or with a page of their own for the same.
LEADS_ON = {("accounts.sign_in", who) for who in PEOPLE}
LEADS_ON |= {("reminders.my_wishes", who) for who in ("leader", "volunteer")}
# Pages that greet the person in their h1, say there what is done to what, or keep a patient's name out of the title.
TITLES_OF_THEIR_OWN = {
    "accounts.account",
    "accounts.first_run",
    "shifts.cant_come",
    "shifts.edit",
    "shifts.edit_weekly",
    "shifts.end_weekly",
    "today.coordinator",
    "today.my_shifts",
    "visits.missing",
    "visits.show",
    "volunteers.me",
}
# Languages are called by their own name where one chooses among them.
OWN_NAMES = {"English"}
MOST_USED = {
    "today.coordinator",
    "shifts.roster",
    "shifts.show",
    "volunteers.index",
    "patients.show",
    "today.my_shifts",
    "today.my_shift",
    "visits.write",
    "shifts.open_shifts",
    "accounts.sign_in",
}


class Site:
    """The demo behind a real server."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url


@contextmanager
def serving(world: World) -> Iterator[Site]:
    server = create_server(world.app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with closing(server):
        yield Site(world, f"http://127.0.0.1:{server.effective_port}")
        server.task_dispatcher.shutdown()  # see tests/browser.py, live


@pytest.fixture(scope="module")
def fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(autouse=True)
def same_hour(fixed_day: None) -> Iterator[None]:
    """Begin each test at noon: on a busy machine links ended while others were walking."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def sites(
    fixed_day: None, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Site]]:
    """The demo in English and the demo in Chinese, each filled once."""
    made: dict[str, Site] = {}
    with (
        serving(demo_world.build(migrated, tmp_path_factory.mktemp("en"), "en")) as english,
        serving(demo_world.build(migrated, tmp_path_factory.mktemp("zh"), "zh_Hans")) as chinese,
    ):
        made = {"en": english, "zh_Hans": chinese}
        yield made
        for site in made.values():
            with site.world.app.app_context():
                db.engine.dispose()


# --- looking at a page ----------------------------------------------------------------------------


@cache
def untranslated() -> tuple[frozenset[str], "re.Pattern[str]"]:
    """Return the English words that Chinese pages must not say, whole and with gaps."""
    path = ROOT / "hospice/translations/zh_Hans/LC_MESSAGES/messages.po"
    with path.open("rb") as source:
        catalog = read_po(source, locale="zh_Hans")
    whole, gaps = set(), set()
    for message in catalog:
        if not message.id:
            continue
        told = message.string
        one = str(told[0] if isinstance(told, tuple | list) else told)
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        pairs = [(str(msgid), one) for msgid in ids]
        for msgid, msgstr in pairs:
            plain = re.sub(r"<[^>]+>", "", re.sub(r"\s+", " ", msgid)).strip()
            if msgid == msgstr or not re.search("[A-Za-z]{2}", plain):
                continue
            if "%(" not in plain:
                whole.add(plain)
                continue
            literal = re.sub(r"%\(\w+\)[sd]", "", plain)
            if len(re.findall("[A-Za-z]{3,}", literal)) > 1:
                parts = re.split(r"%\(\w+\)[sd]", plain)
                gaps.add(".+?".join(re.escape(part) for part in parts))
    return frozenset(whole), re.compile("|".join(sorted(gaps)) or "(?!)")


def english_in(spoken: list[str]) -> list[str]:
    """Return what a Chinese page says in English though the catalogue has it in Chinese."""
    whole, gaps = untranslated()
    told = [line for line in spoken if re.search("[A-Za-z]{2}", line) and line not in OWN_NAMES]
    return [
        line
        for line in told
        # an English sentence that went past gettext shows as a run of small words
        if line in whole or gaps.fullmatch(line) or re.search(r"(?:\b[a-z]{2,} ){3}", line)
    ]


class Visitor:
    """One person's browser on one site, and what was wrong with what they saw."""

    def __init__(self, chromium: Browser, site: Site, who: str, locale: str, theme: str) -> None:
        self.site, self.who, self.locale = site, who, locale
        self.is_phone = who in {"", "volunteer"}
        self.problems: list[str] = []
        self.context: BrowserContext = chromium.new_context(
            viewport=PHONE if self.is_phone else DESK,  # type: ignore[arg-type]
            base_url=site.url,
            color_scheme="dark" if theme == "system dark" else "light",
            reduced_motion="reduce",
        )
        cookies = {"lang": locale, "theme": theme if theme in {"light", "dark"} else ""}
        if who:
            cookies[site.world.app.config["SESSION_COOKIE_NAME"]] = site.world.cookies[who]
        self.context.add_cookies(
            [{"name": n, "value": v, "url": site.url} for n, v in cookies.items() if v]
        )
        set_clock(self.context)
        self.context.add_init_script(NOTES_BREAKAGE)
        self.context.add_init_script(AXE_SCRIPT)
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))
        self.page.on("request", self._see_request)

    def _note(self, problem: str) -> None:
        self.problems.append(f"{self.page.url.removeprefix(self.site.url)}  {problem}")

    def _hear(self, message: ConsoleMessage) -> None:
        # a status of 404, 410 or 422 is told to the console too; those are asserted elsewhere
        if message.type == "error" and "status of 4" not in message.text:
            self._note(f"console: {message.text}")

    def _see_request(self, request: Any) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self._note(f"asks elsewhere: {request.url}")

    def open(self, address: str, *, status: int = 200) -> None:
        answer = self.page.goto(address, wait_until="load")
        assert answer is not None
        if answer.status != status:
            self._note(f"{address} answers {answer.status}, not {status}")
        # Who is not signed in sees a page without a fault each time: the one to sign in on.
        if urlsplit(self.page.url).path != urlsplit(address).path:
            self._note(f"{address} leads elsewhere")

    def look(self, *, axe: bool, endpoint: str = "") -> None:
        """Look at the page that is open."""
        floor = 44 if self.is_phone else 24
        seen = self.page.evaluate(LOOK, {"floor": floor, "rules": {"lang": LANGS[self.locale]}})
        for problem in [*seen["found"], *seen["broken"]]:
            self._note(problem)
        name = "在身边" if self.locale == "zh_Hans" else "Alongside"
        title = re.sub(r"^(Error:|错误：)\s*", "", seen["title"]).removesuffix(f" – {name}")
        if not seen["title"].endswith(f" – {name}") or not title:
            self._note(f"title: {seen['title']!r}")
        elif endpoint not in TITLES_OF_THEIR_OWN and not (
            seen["heading"] in title or title[:6] in seen["heading"]
        ):
            self._note(f"title {seen['title']!r} over h1 {seen['heading']!r}")
        if self.locale == "zh_Hans":
            for line in english_in([*seen["spoken"], title]):
                self._note(f"English on a Chinese page: {line!r}")
        if axe:
            self._ask_axe()
        if axe and self.is_phone and self.locale == "zh_Hans":  # volunteers, in large mode too
            self._ask_axe("large")
        self._look_narrow()

    def _ask_axe(self, *classes: str) -> None:
        for name, html, why in self.page.evaluate(ASK_AXE, classes):
            where = f" in {' '.join(classes)} mode" if classes else ""
            self._note(f"axe {name}{where}: {html[:140]} {why.replace(chr(10), ' ')[:200]}")

    def _look_narrow(self) -> None:
        """Nothing scrolls sideways: on a phone, on a small one with large text, in large mode."""
        ways: list[tuple[Any, list[list[str]]]] = [(PHONE, [[]])]
        if self.is_phone:
            ways = [(PHONE, [[], ["large"]]), (SMALL, [["size-3"], ["large", "size-3"]])]
        before = self.page.viewport_size
        for size, classes in ways:
            if self.page.viewport_size != size:
                self.page.set_viewport_size(size)
            for wide in self.page.evaluate(IS_WIDE, classes):
                self._note(f"scrolls sideways at {size['width']} {wide}")
        if self.page.viewport_size != before:
            self.page.set_viewport_size(before or DESK)  # type: ignore[arg-type]


def walk(visitor: Visitor, *, axe: bool, only: set[str] | None = None) -> int:
    """Open every page that the person may open; return how many they were."""
    world, who, count = visitor.site.world, visitor.who, 0
    for rule in demo_world.rules(world.app, "GET"):
        endpoint = rule.endpoint
        if endpoint in NO_PAGES or (only is not None and endpoint not in only):
            continue
        if not demo_world.may_open(world.app, endpoint, who) or (endpoint, who) in LEADS_ON:
            continue
        for arguments in PAGES[endpoint]:
            address = world.address(endpoint, arguments, who)
            visitor.open(address, status=ANSWERS.get((endpoint, arguments.get("token", "")), 200))
            visitor.look(axe=axe, endpoint=endpoint)
            count += 1
    return count


# --- the tests ------------------------------------------------------------------------------------


def test_every_address_has_an_example(sites: dict[str, Site]) -> None:
    endpoints = {rule.endpoint for rule in demo_world.rules(sites["en"].world.app, "GET")}
    known = {*PAGES, *NO_PAGES}
    assert sorted(endpoints - known) == [], "give these an example in tests/demo_pages.py"
    assert sorted(known - endpoints) == [], "these are gone; so may their examples be"


# Who looks at everything in which language and theme, with axe on each page or without. What two
# people see alike is looked at with axe for one of them.
WALKS = [
    ("coordinator", "en", "light", True),
    ("coordinator", "zh_Hans", "dark", True),
    ("volunteer", "en", "light", True),
    ("volunteer", "zh_Hans", "dark", True),
    ("", "en", "light", True),
    ("", "zh_Hans", "dark", True),
    ("grief support", "en", "light", True),
    ("grief support", "zh_Hans", "dark", False),
    ("leader", "en", "light", True),
    # In Chinese these two see what the coordinator and the volunteer see.
    ("auditor", "en", "light", False),
]


@pytest.mark.slow
@pytest.mark.parametrize(("who", "locale", "theme", "axe"), WALKS)
def test_nothing_is_wrong_with_any_page(
    chromium: Browser, sites: dict[str, Site], who: str, locale: str, theme: str, axe: bool
) -> None:
    visitor = Visitor(chromium, sites[locale], who, locale, theme)
    with closing(visitor.context):
        count = walk(visitor, axe=axe)
    print(f"{count} pages")
    assert count > 5
    assert visitor.problems == [], "\n" + "\n".join(visitor.problems)


@pytest.mark.parametrize(("locale", "theme"), [("en", "light"), ("zh_Hans", "dark")])
def test_nothing_is_wrong_with_what_administrators_alone_see(
    chromium: Browser, sites: dict[str, Site], locale: str, theme: str
) -> None:
    world = sites[locale].world
    alone = {
        name
        for name in PAGES
        if demo_world.may_open(world.app, name, "administrator")
        and not demo_world.may_open(world.app, name, "coordinator")
    }
    visitor = Visitor(chromium, sites[locale], "administrator", locale, theme)
    with closing(visitor.context):
        assert walk(visitor, axe=True, only=alone) > 3
    assert visitor.problems == [], "\n" + "\n".join(visitor.problems)


@pytest.mark.parametrize(("locale", "theme"), [("en", "system dark"), ("zh_Hans", "light")])
@pytest.mark.parametrize("who", ["coordinator", "volunteer", ""])
def test_most_used_pages_in_the_other_light(
    chromium: Browser, sites: dict[str, Site], who: str, locale: str, theme: str
) -> None:
    visitor = Visitor(chromium, sites[locale], who, locale, theme)
    with closing(visitor.context):
        assert walk(visitor, axe=True, only=MOST_USED) > 0
    assert visitor.problems == [], "\n" + "\n".join(visitor.problems)


def test_administrators_may_open_every_page(sites: dict[str, Site]) -> None:
    world = sites["en"].world
    client = world.client("administrator")
    for rule in demo_world.rules(world.app, "GET"):
        if rule.endpoint in NO_PAGES or (rule.endpoint, "administrator") in LEADS_ON:
            continue
        if not demo_world.may_open(world.app, rule.endpoint, "administrator"):
            continue
        for arguments in PAGES[rule.endpoint]:
            address = world.address(rule.endpoint, arguments)
            expected = ANSWERS.get((rule.endpoint, arguments.get("token", "")), 200)
            assert client.get(address).status_code == expected, address


@pytest.mark.parametrize(("locale", "theme"), [("en", "light"), ("zh_Hans", "dark")])
def test_forms_that_were_refused_and_errors_look_right(
    chromium: Browser, sites: dict[str, Site], locale: str, theme: str
) -> None:
    """The error summary takes the focus and stands on top; the title says so first."""
    site = sites[locale]
    prefix = {"en": "Error:", "zh_Hans": "错误"}[locale]
    for who, forms in {
        "administrator": ["accounts.invite", "places.new", "patients.new", "volunteers.new"],
        "": ["accounts.sign_in", "accounts.ask_reset", "accounts.accept_invitation"],
        "volunteer": ["shifts.my_away", "accounts.change_password"],
    }.items():
        visitor = Visitor(chromium, site, who, locale, theme)
        with closing(visitor.context):
            page = visitor.page
            for endpoint in forms:
                visitor.open(site.world.address(endpoint, PAGES[endpoint][0], who))
                page.locator("main form[method=post] button.btn-primary").first.click()
                page.wait_for_load_state()
                if not page.title().startswith(prefix):
                    visitor._note(f"title after a refusal: {page.title()!r}")
                if not page.evaluate("document.activeElement.matches('.error-summary')"):
                    visitor._note("the error summary has not the focus")
                visitor.look(axe=True, endpoint=endpoint)
            visitor.open("/nothing-of-ours", status=404)
            visitor.look(axe=True)
        assert visitor.problems == [], "\n" + "\n".join(visitor.problems)


def test_first_run_looks_right(
    chromium: Browser, migrated: Path, tmp_path: Path, fixed_day: None
) -> None:
    migrated_copy(migrated, tmp_path)
    world = World(make_app(tmp_path), tmp_path)
    with world.app.app_context():
        with transaction():
            link = accounts.first_run_link("", NOW, secret_key=KEY)
        db.session.remove()
    assert link is not None
    with serving(world) as site:
        for locale, theme in (("en", "light"), ("zh_Hans", "dark")):
            visitor = Visitor(chromium, site, "", locale, theme)
            with closing(visitor.context):
                for address in ("/first-run", link):
                    visitor.open(address)
                    visitor.look(axe=True, endpoint="accounts.first_run")
            assert visitor.problems == [], "\n" + "\n".join(visitor.problems)
    with world.app.app_context():
        db.engine.dispose()
