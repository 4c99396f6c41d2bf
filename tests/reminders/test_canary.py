"""A whole hospice in which every word about patients and families is a canary: none gets out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import String, Table, cast, func, literal, select, update

from hospice import demo, jobs
from hospice.calendars import actions as calendars
from hospice.core import clock
from hospice.core.db import db, release, transaction
from hospice.places.models import Place
from hospice.reminders import letters
from hospice.reminders.models import Message
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import make_app, migrated_copy

CANARY = "Canary"
# What is known of patients and families, and what people wrote in confidence.
TOLD_IN_CONFIDENCE = {
    "patient": (
        "preferred_name legal_name bed address condition hearing_and_sight likes may_do avoid"
        " state_reason"
    ),
    "kin": "name called reach_words phone post_address safety_note notes",
    "kinship": "relation_words name_for_patient words_to_avoid ended_reason",
    "kept_apart": "reason",
    "tie": "words",
    "contact_stop": "topic asked_by reason",
    "key_day": "label",
    "death": "told_by source_name source_role reason_before undone_reason",
    "episode": "words",
    "telling": "told_by took_it",
    "support_plan": "state_reason basis goals worried_words kinds_and_frequency dates_agreed_words",
    "follow_up": "words purpose",
    "care_call": "words",
    "screen": "note scorer undone_reason",
    "red_flag": "words",
    "letter": "text",
    "feedback_case": "words said_by lesson shared_words",
    "case_step": "words",
    "guest": "quiet_note words",
    "memory": "words",
    "visit_note": "words comfort_words quote told_whom promise reply struck_reason",
    "note_addendum": "words",
    "debrief": "words follow_up",
    "wellbeing": "words",
    "reflection": "words",
    "task": "words outcome",
    "shift": "cancel_reason briefing",
    "weekly_shift": "briefing",
    "assignment": "reason",
    "away": "reason",
    "credential": "note",
    "volunteer": "restricted_notes",
}


def poison() -> int:
    """Replace every such word; return how many rows hold one."""
    changed = 0
    with transaction():
        for name, columns in TOLD_IN_CONFIDENCE.items():
            table: Table = db.metadata.tables[name]
            values = {
                column: literal(f"{CANARY}-{column}-") + cast(table.c.id, String)
                for column in columns.split()
            }
            changed += db.session.execute(update(table).values(values)).rowcount  # type: ignore[attr-defined]
    return changed


@pytest.mark.slow
def test_no_word_told_in_confidence_leaves(
    tmp_path: object, migrated: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    migrated_copy(migrated, tmp_path)  # type: ignore[arg-type]
    app: Flask = make_app(tmp_path)  # type: ignore[arg-type]
    now = clock.now()
    demo.create(app, 1, now=now)
    with app.app_context():
        assert poison() > 500
        last = db.session.scalar(select(func.max(Message.id))) or 0
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for day in (1, 3, 6):
            for hours in (-0.5, 1.1, 11):  # 07:30, 09:06 and 19:00 in Shanghai
                jobs.send_reminders(midnight + timedelta(days=day, hours=hours))
        release()
        new = db.session.scalars(select(Message).where(Message.id > last)).all()
        assert len({message.kind for message in new}) >= 6
        assert len(new) > 30
        said = []
        for message in new:
            kept = {c.name: getattr(message, c.name) for c in Message.__table__.columns}
            said.append(str(kept))
            for locale in ("en", "zh_Hans"):
                letter = letters.preview(message.kind, message.facts, locale)
                said += [letter.subject, letter.text, letter.html, letter.short]
        said += feeds(app)
        said.append(caplog.text)
        found = [
            text[max(0, at - 200) : at + 60] for text in said if (at := text.find(CANARY)) > -1
        ]
        assert found == []
        db.session.remove()
        db.engine.dispose()


def feeds(app: Flask) -> list[str]:
    """Every calendar that anybody may subscribe to."""
    admin, now = builders.ada(), clock.now()
    with transaction():
        tokens = [
            *(
                calendars.renew_own(one, by=admin, now=now)
                for one in db.session.scalars(select(Volunteer.id))
            ),
            *(
                calendars.renew_place(one, by=admin, now=now)
                for one in db.session.scalars(select(Place.id))
            ),
        ]
    db.session.remove()
    found = []
    for token in tokens:
        answer = app.test_client().get(f"/calendar/{token}.ics")
        if answer.status_code == 200:
            found.append(answer.get_data(as_text=True))
    assert sum("BEGIN:VEVENT" in text for text in found) > 10
    return found
