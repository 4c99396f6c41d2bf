"""Whatever is sent to any address: a clear message, nothing typed is lost, never a crash.

The walk takes each form as the page shows it, spoils it, and sends it as the person who may.
"""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import text
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from hospice.core.db import db
from hospice.web.forms import clean, clean_line
from hospice.web.guard import needs
from tests import demo_world
from tests.demo_pages import NO_PAGES, PAGES
from tests.demo_world import NOW, World
from tests.house.forms_sent import FORMS
from tests.house.forms_shown import Shown, read

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
TEXTS = {
    "emoji": "👵🏽🌸🫶🏿 王奶奶",
    "script": SCRIPT,
    "template": "{{ 7*7 }}{% raw %}%(name)s %s {0}",
    "nul": "a\x00b\x07c",
    "turned": "\u202eabc\u2066 \ufeff\u200b",
    "lines": "one\r\ntwo\rthree\u2028four",
    "long": "x" * 10_000,
}
DAYS = ["2026-02-30", "9999-99-99", "0000-00-00", "10000-01-01", "tomorrow", "0001-01-01"]
TIMES = ["25:99", "24:00", "-1:00", "noon", "１４:００"]
NUMBERS = ["-1", "99999999999999999999", "1e9", "NaN", "１２", "1.5", "0x10", "²", "-2147483649"]
QUERIES = [
    "",
    "-1",
    "0",
    "99999999999999999999999",
    "999999999",
    "2026-02-30",
    "0001-01-01",
    "1900-01-01",
    "2200-12-31",
    "9999-12-31",
    "nonsense",
    "²",
    "%",
    "a\x00b",
    "\u202e😀" * 100,
    "'; DROP TABLE shift; --",
    "../../etc/passwd",
    SCRIPT,
]


# --- the world ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def same_hour() -> Iterator[None]:
    """Let the clock stand still: two answers to the same thing are the same to the second."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        made = demo_world.build(migrated, tmp_path_factory.mktemp("bad"))
    made.app.config["WTF_CSRF_ENABLED"] = False  # tests of CSRF stand elsewhere
    for name, value in made.mine["leader"].items():
        made.ids[name.replace("mine_", "leader_")] = value
    made.keep()
    yield made
    with made.app.app_context():
        db.engine.dispose()


class Sender:
    """Sends one form in every way, and notes what was wrong with the answers."""

    def __init__(self, world: World, endpoint: str) -> None:
        self.world, self.endpoint, self.sent = world, endpoint, FORMS[endpoint]
        self.kept = world.folder / "kept.sqlite3"
        self.address = world.address(endpoint, self.sent.arguments, self.sent.who)
        self.problems: list[str] = []
        self.answers: list[int] = []
        self.form = self._form()

    def _form(self) -> Shown:
        self.world.begin_anew(self.kept)
        if self.sent.page is None:
            return Shown(self.address)
        page_address = self.world.address(*self.sent.page, self.sent.who)
        page = self.world.client(self.sent.who).get(page_address)
        assert page.status_code == 200, f"{page_address} answers {page.status_code}"
        path = self.address.partition("?")[0]
        for form in read(page.get_data(as_text=True)).forms:
            action = (form.action or page_address).partition("?")[0]
            if action == path:
                return form
        raise AssertionError(f"{page_address} has no form that is sent to {path}")

    def send(self, case: str, data: Any = None, **kwargs: Any) -> Any:
        """Send, check what holds for every answer, and put the database back."""
        address = kwargs.pop("address", self.address)
        is_kept = kwargs.pop("is_kept", False)
        client = self.world.client(self.sent.who)
        try:
            answer = client.post(address, data=data, **kwargs)
            page = answer.get_data(as_text=True)
            if 300 <= answer.status_code < 400:
                page += client.get(answer.headers["Location"]).get_data(as_text=True)
        except Exception as error:  # noqa: BLE001 - every kind of crash is a finding
            self.problems.append(f"{case}: {type(error).__name__}: {str(error)[:300]}")
            self.world.begin_anew(self.kept)
            return None
        self.answers.append(answer.status_code)
        if answer.status_code >= 500 or "Traceback" in page:
            self.problems.append(f"{case}: {answer.status_code}")
        for raw in ("<script>alert", "<img src=x"):
            if raw in page:
                at = page.index(raw)
                self.problems.append(f"{case}: unescaped {page[max(0, at - 80) : at + 40]!r}")
        if answer.status_code == 422 and answer.mimetype == "text/html":
            self._check_refusal(case, page, data)
        if not is_kept and (answer.status_code < 400 or not self.sent.who):
            self.world.begin_anew(self.kept)
        return answer

    def _check_refusal(self, case: str, page: str, data: Any) -> None:
        typed_into = self.form.named(*TEXT, "email", "tel", "number", "date", "time", "checkbox")
        if not typed_into:
            return  # a page of buttons: only a hand-made request gets this far
        seen = read(page)
        if not seen.title.startswith("Error:"):
            self.problems.append(f"{case}: title {seen.title!r}")
        if not seen.has_summary:
            self.problems.append(f"{case}: no summary of errors")
        if not isinstance(data, MultiDict):
            return
        shown = MultiDict(
            (box.name, box.value) for form in seen.forms for box in form.boxes if box.is_sent
        )
        for name in self.form.named("text", "textarea", "email", "tel", "number", "date", "time"):
            typed = data.get(name, "")
            if not typed or len(data.getlist(name)) > 1:
                continue
            wanted = {self._plain(one) for one in (clean(typed), clean_line(typed), typed)}
            if not any(self._plain(one) in wanted for one in shown.getlist(name)):
                self.problems.append(
                    f"{case}: {name} lost {typed[:40]!r}, shows {shown.get(name, '')[:40]!r}"
                )

    @staticmethod
    def _plain(value: str) -> str:
        return value.replace("\r\n", "\n").strip()

    def with_values(self, kinds: tuple[str, ...], value: str) -> MultiDict[str, str] | None:
        """Return the form with all fields of some kinds changed; None if it has none."""
        # `q` is the search that the page answers; without its answer there is no form to spoil
        names = [name for name in self.form.named(*kinds) if name != "q"]
        if not names:
            return None
        data = self.form.values()
        for name in names:
            data.setlist(name, [value])
        return data


TEXT = ("text", "textarea", "search")
ANY = (*TEXT, "email", "tel", "number", "date", "time", "hidden", "select", "password")
CHOICE = ("radio", "checkbox", "select", "hidden", "button")


def all_cases(sender: Sender) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every way to spoil a form: (name, data, options of the client)."""
    names = list(dict.fromkeys(box.name for box in sender.form.boxes)) or ["reason", "do", "answer"]
    yield "nothing", {}, {}
    for case, value in TEXTS.items():
        if (data := sender.with_values(TEXT, value)) is not None:
            yield f"text {case}", data, {}
        if (data := sender.with_values(ANY, value)) is not None:
            yield f"every field {case}", data, {}
        if (data := sender.with_values(CHOICE, value)) is not None and case != "long":
            yield f"choices {case}", data, {}
    first = next(iter(sender.form.named(*TEXT, "email", "password")), names[0])
    million = sender.form.values()
    million.setlist(first, ["y" * 1_000_000])
    yield "a million", million, {}
    for kind, values in (("date", DAYS), ("time", TIMES), ("number", NUMBERS)):
        for value in values:
            if (data := sender.with_values((kind,), value)) is not None:
                yield f"{kind} {value}", data, {}
    for value in ("-1", "0", "99999999999999999999", "nonsense", "²"):
        if (data := sender.with_values(CHOICE, value)) is not None:
            yield f"choices {value}", data, {}
    for kind, late, early in (("date", "2027-05-02", "2027-05-01"), ("time", "17:00", "09:00")):
        pair = sender.form.named(kind)
        if len(pair) > 1:
            data = sender.form.values()
            for name in pair:
                data.setlist(name, [late if name == pair[0] else early])
            yield f"{kind} end before start", data, {}
    twice = MultiDict((name, value) for name in names for value in ("1", "2", "zwei") * 3)
    yield "everything thrice", twice, {}
    yield "lists", MultiDict((f"{name}[]", "1") for name in names), {}
    yield "many", MultiDict((names[0], str(number)) for number in range(3000)), {}
    files = {name: (BytesIO(b"\x00\xff"), "a\x00.png") for name in names}
    yield "files", files, {"content_type": "multipart/form-data"}
    yield (
        "not utf-8",
        b"&".join(n.encode() + b"=%ff%fe\xff" for n in names),
        {"content_type": "application/x-www-form-urlencoded"},
    )
    yield (
        "torn",
        b"--x\r\nContent-Disposition: form-data",
        {"content_type": "multipart/form-data; boundary=x"},
    )
    for case, body in {
        "surrogates": "{{{}}}".format(", ".join(f'"{name}": "\\ud800x"' for name in names)),
        "numbers": json.dumps(dict.fromkeys(names, 1)),
        "nested": json.dumps({key: [{"a": [1]}, None] for key in names}),
        "nulls": json.dumps(dict.fromkeys(names, None)),
        "list": "[1, 2]",
        "word": '"word"',
        "torn": '{"a": ',
        "nan": "NaN",
    }.items():
        yield f"JSON {case}", body, {"content_type": "application/json"}


def test_every_form_has_an_example(world: World) -> None:
    endpoints = {rule.endpoint for rule in demo_world.rules(world.app, "POST")}
    assert sorted(endpoints - set(FORMS)) == [], "say above who sends these, and from which page"
    assert sorted(set(FORMS) - endpoints) == [], "these are gone; so may their examples be"


@pytest.mark.parametrize("endpoint", sorted(FORMS))
def test_bad_input_is_answered_kindly(world: World, endpoint: str) -> None:
    sender = Sender(world, endpoint)
    for case, data, options in all_cases(sender):
        sender.send(case, data, **options)
    assert len(sender.answers) > 10
    assert sender.problems == [], "\n" + "\n".join(sender.problems)


@pytest.mark.parametrize("endpoint", sorted(FORMS))
def test_ids_of_nobody_and_of_others_are_not_there(world: World, endpoint: str) -> None:
    sender = Sender(world, endpoint)
    data = sender.form.values()
    numbers = [name for name in sender.sent.arguments if name.endswith("_id") and name != "page_id"]
    for name in numbers:
        for wrong in (0, 999_999, 2**31 - 1, 2**31, 2**63, 10**30):
            url = sender.world.address(endpoint, sender.sent.arguments, sender.sent.who)
            real = str(sender.world.fill_in(sender.sent.arguments, sender.sent.who)[name])
            spoilt = re.sub(rf"/{real}(?=/|$|\?)", f"/{wrong}", url)
            answer = sender.send(f"{name}={wrong}", data, address=spoilt)
            # an id that no column holds is no address at all; where GET has its own, that is 405
            if answer is not None and answer.status_code not in {404, 405}:
                sender.problems.append(f"{spoilt} answers {answer.status_code}")
    if sender.sent.not_mine is not None:
        address = sender.world.address(endpoint, sender.sent.not_mine, sender.sent.who)
        answer = sender.send("someone else's", data, address=address)
        if answer is not None and answer.status_code != 404:
            sender.problems.append(f"{address}, someone else's, answers {answer.status_code}")
    # the guard answers strangers and those who may not before the form is read
    if needs(world.app, endpoint):
        for who in ("", "auditor", "volunteer"):
            if who and demo_world.may_open(world.app, endpoint, who):
                continue
            code = world.client(who).post(sender.address, data=data).status_code
            if code not in ({302} if not who else {404}):
                sender.problems.append(f"{who or 'a stranger'} gets {code}")
    assert sender.problems == [], "\n" + "\n".join(sender.problems)


# --- fields that the form does not have -----------------------------------------------------------

_CHANCE = {"token_hash", "salt", "uuid", "password_hash", "key_hash", "key", "code"}


def contents(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, without what comes from chance."""
    with world.app.app_context():
        found = {}
        for table in db.metadata.sorted_tables:
            names = [column.name for column in table.columns if column.name not in _CHANCE]
            rows = db.session.execute(text(f"SELECT {', '.join(names)} FROM {table.name}")).all()
            found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
        db.session.remove()
        return found


# Fields that a form has but does not always show, and why they are taken all the same.
AT_TIMES = {"grief_support.add_to_flag": {"signs"}}  # ticked in the moment when somebody took it


def columns() -> list[str]:
    return sorted({column.name for table in db.metadata.sorted_tables for column in table.columns})


@pytest.mark.parametrize("endpoint", sorted(name for name, sent in FORMS.items() if sent.page))
def test_fields_that_a_form_lacks_change_nothing(world: World, endpoint: str) -> None:
    sender = Sender(world, endpoint)
    data = sender.form.values()
    for name in sender.form.named("text", "textarea"):
        if not data.get(name):
            data.setlist(name, ["Something"])
    world.begin_anew(sender.kept)  # opening a note is itself kept
    sender.send("as it is", data, is_kept=True)
    plain = contents(world)
    world.begin_anew(sender.kept)
    shown = {box.name for box in sender.form.boxes} | AT_TIMES.get(endpoint, set())
    more = data.copy()
    for name in columns():
        if name not in shown:
            more.add(name, "1")
    # what the view itself reads besides: these are its own words, not columns
    sender.send("with more", more, is_kept=True)
    after = contents(world)
    world.begin_anew(sender.kept)
    for table, rows in plain.items():
        different = [row for row in after[table] if row not in rows][:3]
        if different:
            sender.problems.append(f"{table}: {different}")
    assert sender.problems == [], "\n" + "\n".join(sender.problems)


# --- two people edit one record -------------------------------------------------------------------

# Ending has a day and a reason and no text of its own that another could have changed.
NOTHING_TO_COMPARE = ["shifts.end_weekly"]
# What these compare are times and days, which no words can stand for: tests/attendance tries them.
TIMES_COMPARED = [
    "attendance.debrief",
    "attendance.my_debrief",
    "attendance.my_times",
    "attendance.record",
]
# What these compare are hours, ticks and telephone numbers: tests/reminders tries them.
WISHES_COMPARED = ["reminders.my_wishes", "volunteers.messages_of", "volunteers.my_messages"]
# These say it in their own words or compare what is no text; each is tried beside its own pages,
# in tests/channels, grief_support, reminders, shifts and volunteers.
TRIED_ELSEWHERE = [
    "channels.edit",
    "channels.new",
    "cases.about",
    "cases.share",
    "grief_support.add_kin",
    "grief_support.change_follow_up",
    "grief_support.new_duty",
    "grief_support.new_instrument",
    "grief_support.edit_kin",
    "grief_support.family_page",
    "grief_support.plan_days",
    "grief_support.kin_wishes",
    "reminders.wording",
    "shifts.change_leads",
    "volunteers.change_paper",
]
# "This and following" starts a pattern of its own: what the first wrote stands there.
WRITES_ELSEWHERE = {"shifts.edit_weekly"}
VERSIONED = [
    "accounts.edit_person",
    "accounts.settings",
    "accounts.visit_settings",
    "gatherings.edit",
    "gatherings.edit_debrief",
    "gatherings.settings",
    "grief_support.edit_duty",
    "grief_support.edit_instrument",
    "grief_support.correct_death",
    "grief_support.edit_plan",
    "grief_support.letter_words",
    "grief_support.write_letter",
    "patients.edit",
    "places.edit",
    "shifts.edit",
    "shifts.edit_weekly",
    "volunteers.edit",
    "volunteers.my_availability",
    "volunteers.my_details",
]


def test_every_form_with_a_version_is_tried(world: World) -> None:
    found = [
        endpoint
        for endpoint, sent in sorted(FORMS.items())
        if sent.page and "version" in Sender(world, endpoint).form.named("hidden")
    ]
    assert sorted(found) == sorted(
        [
            *VERSIONED,
            *NOTHING_TO_COMPARE,
            *TIMES_COMPARED,
            *WISHES_COMPARED,
            *TRIED_ELSEWHERE,
        ]
    )


@pytest.mark.parametrize("endpoint", VERSIONED)
def test_the_second_of_two_editors_loses_nothing(world: World, endpoint: str) -> None:
    sender = Sender(world, endpoint)
    first, second = sender.form.values(), sender.form.values()
    names = [name for name in sender.form.named("text", "textarea") if "timezone" not in name]
    ticks = [box for box in sender.form.boxes if box.kind == "checkbox" and not box.is_sent]
    for data, words in ((first, "First words"), (second, "Second words")):
        for name in names:
            data.setlist(name, [words])
    if not names:
        first.add(ticks[0].name, ticks[0].value)
        second.add(ticks[1].name, ticks[1].value)
    answer = sender.send("the first editor", first, is_kept=True)
    assert answer is not None
    assert answer.status_code == 302, sender.problems
    again = sender.send("the second editor", second, is_kept=True)
    world.begin_anew(sender.kept)
    assert again is not None
    assert again.status_code == 422, sender.problems
    page = again.get_data(as_text=True)
    assert "Someone else changed this" in page
    assert "Second words" in page or not names
    assert "First words" in page or not names or endpoint in WRITES_ELSEWHERE
    assert sender.problems == [], "\n" + "\n".join(sender.problems)


# --- the query string -----------------------------------------------------------------------------


def asked_names(feature: str) -> list[str]:
    """Return the names that a feature's pages read from the address."""
    reading = re.compile(
        r"""(?:_arg|_member|_one|args\.get|args\.getlist|values\.get|values\.getlist)"""
        r"""\([^"\n]{0,30}"(\w+)\""""
    )
    files = [*(ROOT / "hospice" / feature).rglob("*.py"), *(ROOT / "hospice/web").glob("*.py")]
    return sorted({name for path in files for name in reading.findall(path.read_text())})


def listening(heard: set[str]) -> type[ImmutableMultiDict[str, str]]:
    """Return a kind of query that notes which of its names somebody looks at."""

    class Listening(ImmutableMultiDict[str, str]):
        def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
            heard.add(key)
            return super().get(key, *args, **kwargs)

        def getlist(self, key: Any, *args: Any, **kwargs: Any) -> Any:
            heard.add(key)
            return super().getlist(key, *args, **kwargs)

        def __getitem__(self, key: Any) -> Any:
            heard.add(key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            heard.add(str(key))
            return super().__contains__(key)

        def __iter__(self) -> Iterator[str]:
            heard.update(self.keys())
            return super().__iter__()

        def items(self, *args: Any, **kwargs: Any) -> Any:
            heard.update(self.keys())
            return super().items(*args, **kwargs)

        def to_dict(self, flat: Any = True) -> Any:  # carried on as it is, whatever it is
            return MultiDict(dict.items(self)).to_dict(flat)

        def lists(self) -> Any:
            heard.update(self.keys())
            return super().lists()

    return Listening


def test_names_in_addresses_are_found() -> None:
    assert {"from", "view", "fill", "page", "lang"} <= set(asked_names("shifts"))


@pytest.mark.parametrize("endpoint", sorted({**PAGES, **NO_PAGES}))
def test_nonsense_in_the_address_never_breaks_a_page(
    world: World, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = next(
        (
            one
            for one in ("administrator", "volunteer", "auditor", "")
            if demo_world.may_open(world.app, endpoint, one)
        ),
        "",
    )
    example = {**PAGES, **NO_PAGES}[endpoint][0]
    address = world.address(endpoint, example, who).partition("?")[0]
    names = asked_names(endpoint.partition(".")[0])
    client, problems = world.client(who), []
    world.begin_anew(world.folder / "kept.sqlite3")
    heard: set[str] = set()
    monkeypatch.setattr(world.app.request_class, "parameter_storage_class", listening(heard))

    def queries() -> Iterator[dict[str, Any]]:
        yield {}
        yield from (dict.fromkeys(names, value) for value in QUERIES)
        yield {name: ["1", "x", "2"] for name in names}
        for name in sorted(heard & set(names)):  # alone; what was never looked at changes nothing
            yield from ({name: value} for value in ("999999999", "9999-12-31"))

    for asked in queries():
        try:
            answer = client.get(address, query_string=asked)
        except Exception as error:  # noqa: BLE001 - every kind of crash is a finding
            problems.append(f"{asked}: {type(error).__name__}: {str(error)[:200]}")
            continue
        if answer.status_code >= 500 and endpoint != "health.ready":
            problems.append(f"{asked}: {answer.status_code}")
        page = answer.get_data()  # a PDF is no text
        if answer.mimetype == "text/html" and (b"<script>alert" in page or b"<img src=x" in page):
            problems.append(f"{asked}: unescaped")
    assert problems == [], "\n" + "\n".join(problems)
