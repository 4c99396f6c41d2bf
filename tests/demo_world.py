"""The made-up hospice of the demo as ground for tests that walk the whole app."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule

from hospice import demo
from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.accounts.models import User
from hospice.accounts.rules import PERMISSIONS, Permission, PersonFacts, Role, TicketKind
from hospice.calendars import actions as calendars
from hospice.core.db import db, transaction
from hospice.grief_support.actions import family_pages
from hospice.grief_support.models import Kin
from hospice.shifts.actions import links
from hospice.shifts.models import Assignment, Offer, Shift, Swap, SwapAsk, WaitingPlace
from hospice.shifts.rules.states import (
    AssignmentState,
    ShiftState,
    SwapAskState,
    SwapState,
    WaitingState,
)
from hospice.volunteers.models import Away
from hospice.web.guard import needs
from tests.conftest import KEY, make_app, migrated_copy

# A Saturday at noon in Shanghai: names of patients show two days ahead, and Sunday has a gap.
NOW = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)

PEOPLE = {
    "administrator": "admin@example.org",
    "coordinator": "coordinator@example.org",
    "grief support": "grief@example.org",
    "auditor": "auditor@example.org",
    "leader": "leader@example.org",
    "volunteer": "lin.yue@example.org",
}
ROLES = {
    "administrator": Role.ADMINISTRATOR,
    "coordinator": Role.COORDINATOR,
    "grief support": Role.GRIEF_SUPPORT,
    "auditor": Role.AUDITOR,
    "leader": Role.LEADER,
    "volunteer": Role.VOLUNTEER,
}
# Only these two have a record as volunteers, which the volunteer's own pages ask for.
WITH_RECORD = {"leader", "volunteer"}


@dataclass
class World:
    """The demo of one language, ready to be walked."""

    app: Flask
    folder: Path
    ids: dict[str, Any] = field(default_factory=dict)
    mine: dict[str, dict[str, Any]] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def fill_in(self, arguments: dict[str, Any], who: str = "") -> dict[str, Any]:
        """Put real ids where an example names them."""
        known = {**self.ids, **self.mine.get(who, {})}
        return {
            name: known[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            for name, value in arguments.items()
        }

    def address(self, endpoint: str, arguments: dict[str, Any], who: str = "") -> str:
        """Return the address of an example."""
        with self.app.test_request_context():
            return self.app.url_for(endpoint, **self.fill_in(arguments, who))

    def client(self, who: str = "") -> FlaskClient:
        """Return a client of its own, signed in as somebody."""
        client = self.app.test_client()
        if who:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[who])
        return client

    def begin_anew(self, kept: Path) -> None:
        """Put the database back to a copy that was kept."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        path = self.folder / "alongside.sqlite3"
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        # Another file takes its place: written into, the old one would be read through what a
        # connection that is not collected yet still believes of it ("disk I/O error").
        fresh = path.with_name("fresh.sqlite3")
        shutil.copy(kept, fresh)
        fresh.replace(path)

    def keep(self) -> Path:
        """Keep a copy of the database as it is now."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        path = self.folder / "alongside.sqlite3"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = path.with_name("kept.sqlite3")
        shutil.copy(path, kept)
        return kept


def build(migrated: Path, folder: Path, locale: str = "en", **environ: str) -> World:
    """Fill a copy of the migrated database with the demo, and with what the demo lacks."""
    migrated_copy(migrated, folder)
    app = make_app(folder, LOCALE=locale, **environ)
    demo.create(app, 1, now=NOW)
    world = World(app, folder)
    with app.app_context():
        _stage(world)
        for who, email in PEOPLE.items():
            assert _user(email).role is ROLES[who]
            world.cookies[who] = sign_in(app, email)
        db.session.remove()
    return world


def sign_in(app: Flask, email: str) -> str:
    """Sign somebody in without the password's cost; return the session cookie's value."""
    user = _user(email)
    with transaction():
        token = accounts.sign_in(user, is_kept=False, device="test", now=NOW)
    client = app.test_client()
    # A cookie carries the second in which it was signed and is not believed before it. Filling the
    # demo takes a while: signed after that, it was no sign-in for walks that begin at noon again.
    with time_machine.travel(NOW, tick=False), client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value


def _user(email: str) -> User:
    found = account_queries.user_by_email(email)
    assert found is not None, email
    return found


def _one(sql: str, **values: Any) -> int:
    found = db.session.execute(text(sql), values).scalar()
    assert found is not None, f"the demo has none: {sql} {values}"
    return int(found)


def _stage(world: World) -> None:
    now = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
    ahead = "SELECT id FROM shift WHERE starts_at > :now AND {} ORDER BY starts_at, id LIMIT 1"
    person = "SELECT id FROM volunteer WHERE {} ORDER BY id LIMIT 1"
    ids = world.ids
    for who in sorted(WITH_RECORD):
        world.mine[who] = _mine(PEOPLE[who], now)
    for name, sql in {
        "gap": ahead.format("taken < wanted"),
        "full_shift": ahead.format("taken = wanted"),
        "home_shift": ahead.format("patient_id IS NOT NULL"),
        "far_shift": "SELECT id FROM shift WHERE starts_at > :now ORDER BY starts_at DESC LIMIT 1",
        "past_shift": "SELECT id FROM shift WHERE starts_at < :now ORDER BY starts_at DESC LIMIT 1",
        "waiting": "SELECT a.id FROM assignment a JOIN shift s ON s.id = a.shift_id"
        " WHERE a.state = 'waiting' AND s.starts_at > :now ORDER BY s.starts_at, a.id LIMIT 1",
        "declined": "SELECT id FROM assignment WHERE state = 'declined'",
        "swapped_shift": "SELECT a.shift_id FROM swap JOIN assignment a ON a.id = swap.assignment_id"
        " WHERE swap.state = 'open' ORDER BY swap.id LIMIT 1",
        "waited_shift": "SELECT shift_id FROM waiting_place WHERE state = 'offered' ORDER BY id",
        "wish": "SELECT id FROM claim WHERE state = 'asked' ORDER BY id LIMIT 1",
        "draft": "SELECT id FROM assignment WHERE state = 'draft' ORDER BY id LIMIT 1",
        "patient": "SELECT id FROM patient WHERE state = 'active' ORDER BY id LIMIT 1",
        "case": "SELECT id FROM feedback_case WHERE kind = 'concern'",
        "thanks_case": "SELECT id FROM feedback_case WHERE kind = 'thanks'",
        "paged_kin": "SELECT kin_id FROM family_page ORDER BY id DESC LIMIT 1",
        "held_patient": "SELECT id FROM patient WHERE state = 'on_hold'",
        "home_patient": "SELECT id FROM patient WHERE address != '' ORDER BY id LIMIT 1",
        "ward": "SELECT id FROM place WHERE kind = 'ward' ORDER BY id LIMIT 1",
        "home": "SELECT id FROM place WHERE kind = 'home' ORDER BY id LIMIT 1",
        "volunteer": person.format("state = 'active' AND user_id IS NULL"),
        "resting": person.format("state = 'on_break'"),
        "gone": person.format("state = 'left'"),
        "apart": "SELECT first_id FROM kept_apart",
        "tied": "SELECT volunteer_id FROM tie ORDER BY id LIMIT 1",
        "tie": "SELECT id FROM tie ORDER BY id LIMIT 1",
        "apart_other": "SELECT second_id FROM kept_apart",
        "away": "SELECT id FROM away ORDER BY id LIMIT 1",
        "away_volunteer": "SELECT volunteer_id FROM away ORDER BY id LIMIT 1",
        "told_volunteer": "SELECT record_id FROM journal_about WHERE record_kind = 'volunteer'",
        "weekly_shift": "SELECT id FROM weekly_shift ORDER BY id LIMIT 1",
        "home_weekly": "SELECT id FROM weekly_shift WHERE patient_id IS NOT NULL",
        "standing": "SELECT id FROM standing WHERE weekly_shift_id ="
        " (SELECT min(id) FROM weekly_shift) ORDER BY id LIMIT 1",
        "channel": "SELECT id FROM channel WHERE is_enabled ORDER BY id LIMIT 1",
        "paid_channel": "SELECT id FROM channel WHERE is_paid ORDER BY id LIMIT 1",
        "unclear_message": "SELECT id FROM message WHERE state = 'unclear' LIMIT 1",
        "failed_message": "SELECT id FROM message WHERE state = 'failed' ORDER BY id DESC LIMIT 1",
        "sent_message": "SELECT id FROM message WHERE state = 'sent' ORDER BY id DESC LIMIT 1",
        "paper": "SELECT min(id) FROM credential",
        "papered": "SELECT volunteer_id FROM credential ORDER BY id LIMIT 1",
        "wording": "SELECT min(id) FROM message_wording",
        "sent_note": "SELECT id FROM visit_note WHERE state = 'sent' ORDER BY id LIMIT 1",
        "read_note": "SELECT id FROM visit_note WHERE state = 'read' ORDER BY id DESC LIMIT 1",
        "promise_note": "SELECT id FROM visit_note WHERE promise != '' ORDER BY id LIMIT 1",
        "struck_note": "SELECT id FROM visit_note WHERE state = 'in_error' ORDER BY id LIMIT 1",
        "task": "SELECT id FROM task WHERE done_at IS NULL ORDER BY id LIMIT 1",
        "done_task": "SELECT id FROM task WHERE done_at IS NOT NULL ORDER BY id LIMIT 1",
        "came": "SELECT assignment_id FROM attendance WHERE came = 'yes' ORDER BY id DESC LIMIT 1",
        "shared": "SELECT id FROM wellbeing WHERE shared_at IS NOT NULL ORDER BY id LIMIT 1",
        "user": "SELECT id FROM user_account WHERE role = 'coordinator'",
        "kin": "SELECT kin_id FROM contact_stop ORDER BY id LIMIT 1",
        "off_kin": "SELECT kin_id FROM kinship WHERE ended_at IS NOT NULL",
        "off_patient": "SELECT patient_id FROM kinship WHERE ended_at IS NOT NULL",
        "abroad": "SELECT id FROM kin WHERE timezone = 'Europe/London'",
        "stop": "SELECT id FROM contact_stop ORDER BY id LIMIT 1",
        "died": "SELECT patient_id FROM death WHERE confirmed_at IS NULL",
        "death": "SELECT id FROM death WHERE confirmed_at IS NULL",
        "confirmed_death": "SELECT min(id) FROM death WHERE confirmed_at IS NOT NULL",
        "plan": "SELECT min(id) FROM support_plan",
        "flag": "SELECT min(id) FROM red_flag",
        "instrument": "SELECT max(id) FROM instrument",
        "screen": "SELECT min(id) FROM screen",
        "screened_plan": "SELECT plan_id FROM screen ORDER BY id LIMIT 1",
        "duty": "SELECT min(id) FROM duty_clinician",
        "gathering": "SELECT id FROM gathering WHERE kind = 'memorial' ORDER BY starts_at DESC LIMIT 1",
        "past_gathering": "SELECT id FROM gathering WHERE kind = 'memorial' ORDER BY starts_at LIMIT 1",
        "debrief": "SELECT id FROM gathering WHERE kind = 'sharing' AND closed_at IS NULL",
        "past_debrief": "SELECT id FROM gathering WHERE closed_at IS NOT NULL",
        "guest": "SELECT g.id FROM guest g JOIN follow_up f ON f.id = g.follow_up_id"
        " WHERE f.state = 'planned'",
        "remembered": "SELECT patient_id FROM death WHERE confirmed_at IS NOT NULL"
        " ORDER BY confirmed_at DESC LIMIT 1",
        "call": "SELECT min(id) FROM follow_up WHERE state = 'planned' AND way = 'call'",
        "letter": "SELECT min(id) FROM follow_up WHERE state = 'planned' AND way = 'letter'",
        "card": "SELECT min(id) FROM follow_up WHERE state = 'planned' AND way = 'card'",
        "draft_letter": "SELECT follow_up_id FROM letter WHERE NOT is_ready",
        "ready_letter": "SELECT id FROM letter WHERE is_ready",
        "sharer": "SELECT min(kin_id) FROM kin_wish WHERE shares_letters = 'yes'",
        "shared_letter": "SELECT min(f.id) FROM follow_up f JOIN support_plan p ON p.id = f.plan_id"
        " JOIN kinship k ON k.id = p.kinship_id JOIN kin_wish w ON w.kin_id = k.kin_id"
        " WHERE w.shares_letters = 'yes' AND f.way = 'letter' AND f.state = 'planned'",
        "done_call": "SELECT min(id) FROM follow_up WHERE state = 'done' AND way = 'call'",
        "telling": "SELECT id FROM telling WHERE told_at IS NULL ORDER BY id LIMIT 1",
        "loss": "SELECT id FROM loss WHERE patient_id IS NULL",
        "griever": "SELECT volunteer_id FROM loss WHERE patient_id IS NULL",
    }.items():
        ids[name] = _one(sql, now=now) if ":now" in sql else _one(sql)
    ids["door"] = db.session.scalars(text("SELECT code FROM door ORDER BY id LIMIT 1")).one()
    ids["led_shift"], ids["led_member"] = _led(world.mine["leader"]["mine_record"], now)
    ids["next_sunday"] = date(2026, 11, 29)
    with transaction():
        cancelled = db.session.get_one(Shift, ids["far_shift"])
        cancelled.state, cancelled.cancel_reason = ShiftState.CANCELLED, "The ward is painted."
        ids["cancelled_shift"] = cancelled.id
        # someone on a break who still holds a place, so that there is one to free
        db.session.add(
            Assignment(
                shift_id=ids["gap"],
                volunteer_id=ids["resting"],
                state=AssignmentState.CONFIRMED,
                placed_at=NOW,
                accepted=[],
            )
        )
        db.session.get_one(Shift, ids["gap"]).taken += 1
        by = _user(PEOPLE["administrator"])
        facts = PersonFacts("Nora Nash", "nora@example.org", Role.COORDINATOR, "en")
        invited, ticket = accounts.invite(facts, by=by, now=NOW, secret_key=KEY)
        ids["invited_user"] = invited.id
        ids["invitation"] = accounts.ticket_token(ticket, KEY)
        reset = accounts.issue_ticket(TicketKind.RESET, user=by, now=NOW, secret_key=KEY)
        ids["reset"] = accounts.ticket_token(reset, KEY)
    with transaction():
        mine = world.mine["volunteer"]
        ids["lin"], ids["lin_unwritten"] = mine["mine_record"], mine["mine_unwritten"]
        ids["answer"] = links.issue(mine["mine_next"], mine["mine_record"], NOW, secret=KEY)
        paged = db.session.get_one(Kin, ids["paged_kin"])
        paged.languages = ["english"]  # what the page speaks is what they speak
        greta = _user(PEOPLE["grief support"])
        ids["family_page"] = family_pages.make(paged, greets=True, by=greta, now=NOW)
        ids["feed"] = calendars.renew_own(
            mine["mine_record"], by=_user(PEOPLE["volunteer"]), now=NOW
        )
    for email in PEOPLE.values():
        sign_in(world.app, email)  # another device, so that "end the others" is there
    for who in WITH_RECORD:
        world.mine[who]["mine_other_sign_in"] = _one(
            "SELECT max(s.id) FROM sign_in s JOIN user_account u ON u.id = s.user_id"
            " WHERE u.email = :email",
            email=PEOPLE[who],
        )


def _led(record: int, now: str) -> tuple[int, int]:
    """Return a shift that somebody led, and someone else's place on it."""
    shift_id = _one(
        "SELECT a.shift_id FROM assignment a JOIN shift s ON s.id = a.shift_id"
        " WHERE a.volunteer_id = :record AND a.is_leader AND a.state = 'confirmed'"
        " AND s.ends_at < :now AND s.taken > 1 ORDER BY s.starts_at DESC LIMIT 1",
        record=record,
        now=now,
    )
    other = "SELECT id FROM assignment WHERE shift_id = :shift AND volunteer_id != :record"
    return shift_id, _one(other, shift=shift_id, record=record)


def _handing_over(record: int, now: str) -> dict[str, Any]:
    """Let somebody wait for a full shift, offer one swap and be asked about another."""
    theirs = "SELECT 1 FROM assignment a WHERE a.shift_id = s.id AND a.volunteer_id = :record"
    waits = "SELECT 1 FROM waiting_place w WHERE w.shift_id = s.id AND w.volunteer_id = :record"
    full = _one(
        "SELECT s.id FROM shift s WHERE s.starts_at > :now AND taken = wanted AND state = 'planned'"
        f" AND NOT EXISTS ({theirs}) AND NOT EXISTS ({waits}) ORDER BY s.starts_at, s.id LIMIT 1",
        now=now,
        record=record,
    )
    db.session.add(
        WaitingPlace(shift_id=full, volunteer_id=record, state=WaitingState.WAITING, joined_at=NOW)
    )
    place = (
        "SELECT a.id FROM assignment a JOIN shift s ON s.id = a.shift_id WHERE a.state ="
        " 'confirmed' AND s.starts_at > :now AND a.volunteer_id {} :record AND NOT EXISTS"
        " (SELECT 1 FROM swap w WHERE w.assignment_id = a.id) ORDER BY s.starts_at DESC LIMIT 1"
    )
    made = {}
    for name, whose in (("mine_swap", "="), ("mine_asked_swap", "!=")):
        swap = Swap(
            assignment_id=_one(place.format(whose), now=now, record=record),
            state=SwapState.OPEN,
            is_for_all=True,
            made_at=NOW,
        )
        db.session.add(swap)
        db.session.flush()
        asked = record if whose == "!=" else 20
        db.session.add(SwapAsk(swap_id=swap.id, volunteer_id=asked, state=SwapAskState.ASKED))
        made[name] = swap.id
    return {"mine_waiting": full, **made}


def _mine(email: str, now: str) -> dict[str, Any]:
    record = _one(
        "SELECT v.id FROM volunteer v JOIN user_account u ON u.id = v.user_id"
        " WHERE u.email = :email",
        email=email,
    )
    own = (
        "SELECT s.id FROM shift s JOIN assignment a ON a.shift_id = s.id"
        " WHERE a.volunteer_id = :record AND a.state IN ('confirmed', 'waiting') AND {} LIMIT 1"
    )
    noted = "EXISTS (SELECT 1 FROM visit_note n WHERE n.assignment_id = a.id)"
    past = "s.ends_at < :now AND {} ORDER BY s.starts_at DESC"
    # A visit of the past is only still to be written about when nobody did.
    with transaction():
        db.session.execute(
            text(
                "DELETE FROM visit_note WHERE shift_id = (SELECT max(s.id) FROM shift s"
                " JOIN assignment a ON a.shift_id = s.id WHERE a.volunteer_id = :record"
                " AND s.ends_at < :now AND s.starts_at = (SELECT max(s2.starts_at) FROM shift s2"
                " JOIN assignment a2 ON a2.shift_id = s2.id WHERE a2.volunteer_id = :record"
                " AND s2.ends_at < :now)) AND volunteer_id = :record"
            ),
            {"record": record, "now": now},
        )
        away = Away(
            volunteer_id=record,
            starts_on=NOW.date() + timedelta(days=90),
            ends_on=NOW.date() + timedelta(days=95),
            reason="",
            entered_at=NOW,
        )
        db.session.add(away)
        offered = _one(
            "SELECT id FROM shift s WHERE s.starts_at > :now AND taken < wanted AND NOT EXISTS"
            " (SELECT 1 FROM assignment a WHERE a.shift_id = s.id AND a.volunteer_id = :record)"
            " ORDER BY starts_at, id LIMIT 1",
            now=now,
            record=record,
        )
        db.session.add(Offer(shift_id=offered, volunteer_id=record, asked_at=NOW, accepted=[]))
        db.session.flush()
        return {
            **_handing_over(record, now),
            "mine_record": record,
            "mine_declined": _said_no(record, now),
            "mine_away": away.id,
            "mine_offered": offered,
            "mine_next": _one(
                own.format("s.starts_at > :now ORDER BY s.starts_at"), record=record, now=now
            ),
            "mine_past": _one(own.format(past.format("1 = 1")), record=record, now=now),
            "mine_unwritten": _one(own.format(past.format(f"NOT {noted}")), record=record, now=now),
            "mine_written": _one(own.format(past.format(noted)), record=record, now=now),
            "mine_subject": db.session.execute(
                text(
                    "SELECT coalesce(CAST(patient_id AS TEXT), 'round') FROM visit_note"
                    " WHERE volunteer_id = :record AND shift_id = :shift LIMIT 1"
                ),
                {
                    "record": record,
                    "shift": _one(own.format(past.format(noted)), record=record, now=now),
                },
            ).scalar_one(),
            "mine_led": _led(record, now)[0],
            "mine_guest": _one("SELECT max(id) FROM guest WHERE volunteer_id = :r", r=record),
            "mine_patient": _one(
                "SELECT ap.patient_id FROM assignment_patient ap"
                " JOIN assignment a ON a.id = ap.assignment_id JOIN shift s ON s.id = a.shift_id"
                " WHERE a.volunteer_id = :record AND s.starts_at > :now ORDER BY s.starts_at",
                record=record,
                now=now,
            ),
        }


def _said_no(record: int, now: str) -> int:
    """Let them say that they can't come to an afternoon that others could take."""
    shift_id = _one(
        "SELECT id FROM shift WHERE weekly_shift_id IS NULL AND starts_at > :now"
        " ORDER BY starts_at, id LIMIT 1",
        now=now,
    )
    shift = db.session.get_one(Shift, shift_id)
    db.session.add(
        Assignment(
            shift_id=shift_id,
            volunteer_id=record,
            state=AssignmentState.DECLINED,
            placed_at=NOW,
            accepted=[],
            answered_at=NOW,
            told_at=NOW,
            told_times=1,
            told_starts_at=shift.starts_at,
            told_ends_at=shift.ends_at,
            told_place_id=shift.place_id,
        )
    )
    return shift_id


# --- the walk -------------------------------------------------------------------------------------


def rules(app: Flask, method: str) -> list[Rule]:
    """Return every address pattern that answers a method, in a steady order."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return sorted(found, key=lambda rule: (rule.endpoint, rule.rule))


def may_open(app: Flask, endpoint: str, who: str) -> bool:
    """Tell whether somebody (nobody: "") is let in by the guard and by having a record."""
    needed = needs(app, endpoint)
    if needed is None:
        return False
    if not who:
        return not needed
    if Permission.VOLUNTEER in needed and who not in WITH_RECORD:
        return False
    return needed <= PERMISSIONS[ROLES[who]]


__all__ = ["NOW", "PEOPLE", "World", "build", "may_open", "rules"]
