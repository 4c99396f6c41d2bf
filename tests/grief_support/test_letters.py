"""Letters are written, held back, printed and posted; whoever does not want one never gets it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support import notices
from hospice.grief_support.actions import kin, plans
from hospice.grief_support.actions import letters as actions
from hospice.grief_support.actions.letters import Written
from hospice.grief_support.actions.plans import Customs
from hospice.grief_support.models import (
    CareCall,
    Estranged,
    FollowUp,
    Kinship,
    KinWish,
    Letter,
    LetterAlso,
    WayOf,
)
from hospice.grief_support.queries import letters as queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.dates import DateKind
from hospice.grief_support.rules.family_pages import PageTopic
from hospice.grief_support.rules.kin import Consent, KinWay, StopFacts, StopScope
from hospice.grief_support.rules.letters import LetterKind, VoicemailWish
from hospice.grief_support.rules.plans import FollowUpState, Outcome
from hospice.patients.models import Patient
from tests import builders
from tests.conftest import Browser, Statements
from tests.grief_support.families import confirmed, follow_up, greta, kinship, opened

NOW = builders.NOW  # Wednesday 25 November 2026, noon in Shanghai
TODAY = date(2026, 11, 25)
HOME = "12 Willow Road, Shanghai 200031"
TEXT = "Dear Chen Li,\n\nWe are thinking of you.\n\nGreta"
Open = Callable[[User | None], Browser]


def bereaved(*links: Kinship, patient: Patient, by: User) -> list[FollowUp]:
    """Return the letters of three months of some of a family, as if they were due now."""
    confirmed(patient, by=by)
    rows = [follow_up(opened(link.id, by), "three_months_letter").id for link in links]
    with transaction():
        for row_id in rows:
            row = db.session.get_one(FollowUp, row_id)
            row.opens_on, row.due_on = TODAY - timedelta(days=2), TODAY + timedelta(days=5)
    return [db.session.get_one(FollowUp, row_id) for row_id in rows]


def named(link: Kinship, words: str) -> None:
    with transaction():
        db.session.get_one(Kinship, link.id).name_for_patient = words


def write(
    row: FollowUp, by: User, text: str = TEXT, seen: int | None = None, **values: Any
) -> Letter:
    with transaction():
        sheet = queries.sheet_for(by, row.id, TODAY)
        if seen is None:
            seen = sheet.letter.version if sheet.letter else 0
        written = Written(text, "en", **{"is_ready": True, **values})
        made = actions.write(sheet, written, seen_version=seen, by=by, now=NOW, today=TODAY)
        return db.session.get_one(Letter, made.id)


def print_it(letter: Letter, by: User) -> None:
    with transaction():
        found = queries.ready(by, {letter.id}, TODAY)
        queries.lock(found)
        actions.printed(found, by=by, now=NOW, today=TODAY)


def post_it(letter: Letter, by: User) -> None:
    with transaction():
        found = queries.ready(by, {letter.id}, TODAY)
        assert actions.post(found, despite_quiet=False, by=by, now=NOW, today=TODAY) == 1


def refused(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.kind for one in error.value.objections]


def shares(link: Kinship, consent: Consent = Consent.YES) -> None:
    wish = KinWish(
        kin_id=link.kin_id,
        shares_letters=consent,
        voicemail=VoicemailWish.UNASKED,
        noted_at=NOW,
    )
    builders.save(wish)


def test_a_letter_is_written_printed_and_posted_and_the_plan_says_so(
    either_app: Flask,
) -> None:
    patient, by = builders.patient(), greta()
    (row,) = bereaved(kinship(patient, post_address=HOME), patient=patient, by=by)
    (sheet,) = queries.due(TODAY)
    assert (sheet.follow_up.id, sheet.letter, sheet.kind) == (
        row.id,
        None,
        LetterKind.THREE_MONTHS,
    )
    letter = write(row, by)
    print_it(letter, by)
    post_it(letter, by)
    db.session.rollback()
    assert db.session.get_one(FollowUp, row.id).state is FollowUpState.DONE
    call = db.session.query(CareCall).one()
    assert (call.outcome, call.by_id, call.tried_at) == (Outcome.SENT, by.id, NOW)
    assert db.session.get_one(Letter, letter.id).printed_at == NOW
    assert queries.due(TODAY) == []
    assert queries.ready(by, {letter.id}, TODAY) == [], "it is posted once"


def test_trap_02_every_letter_and_message_goes_to_somebody_who_lives(
    app: Flask, browser: Open
) -> None:
    # mother and daughter shared a telephone; it rings for the daughter, and letters are for her
    patient, by = builders.patient("Mrs Wang", legal_name="王秀英"), greta()
    link = kinship(patient, "Chen Li", post_address=HOME, phone="130 5555 0199")
    namesake = kinship(patient, "王秀英", post_address="9 Elm Road")
    row, other = bereaved(link, namesake, patient=patient, by=by)
    letter = write(row, by)
    desk = browser(by)
    page = pdf(desk, f"/grief-support/letters/{letter.id}/pdf")
    assert "Chen Li" in page
    assert "王秀英" not in page
    with pytest.raises(Refused) as error:
        write(other, by)
    assert refused(error) == ["name_of_patient"]
    shown = desk.get("/grief-support/letters")
    assert "王秀英" in shown, "it is seen, with what to do"
    with transaction():
        for one in (row, other):
            db.session.get_one(FollowUp, one.id).assignee_id = by.id
    said = list(notices.due(NOW + timedelta(days=3)))
    assert {(one.recipient, one.address) for one in said} == {(f"user:{by.id}", by.email)}
    assert len(said) == 2
    for notice in said:
        assert "0199" not in str(notice.facts)
        assert "Wang" not in str(notice.facts)
    for sheet in queries.due(TODAY):
        assert {reader.kin_id for reader in sheet.readers} <= {link.kin_id, namesake.kin_id}


def test_trap_07_household_letter_needs_every_consent(app: Flask) -> None:
    patient, by = builders.patient(), greta()
    li, guang = (kinship(patient, name, post_address=HOME) for name in ("Chen Li", "Chen Guang"))
    first, second = bereaved(li, guang, patient=patient, by=by)
    shares(li)
    with pytest.raises(Refused) as error:  # he was never asked
        write(first, by, also=frozenset({second.id}))
    assert refused(error) == ["not_shared"]
    assert db.session.query(LetterAlso).count() == 0
    shares(guang)
    letter = write(first, by, also=frozenset({second.id}))
    (sheet,) = queries.due(TODAY)
    assert [one.name for one in sheet.readers] == ["Chen Li", "Chen Guang"]
    # what he agreed to, he may take back at any time: it is not printed
    with transaction():
        db.session.get_one(KinWish, guang.kin_id).shares_letters = Consent.NO
    with pytest.raises(Refused) as error:
        print_it(letter, by)
    assert refused(error) == ["held"]
    with transaction():
        db.session.get_one(KinWish, guang.kin_id).shares_letters = Consent.YES
        small, large = sorted((li.kin_id, guang.kin_id))
        db.session.add(Estranged(first_id=small, second_id=large))
    with pytest.raises(Refused):
        post_it(letter, by)
    with transaction():
        db.session.query(Estranged).delete()
    post_it(letter, by)
    db.session.rollback()
    states = [db.session.get_one(FollowUp, one.id).state for one in (first, second)]
    assert states == [FollowUpState.DONE, FollowUpState.DONE], "one letter, written down for both"


def test_trap_07_one_wants_no_letters_and_it_holds_for_that_one_only(app: Flask) -> None:
    patient, by = builders.patient(), greta()
    links = [kinship(patient, name, post_address=HOME) for name in ("Chen Li", "Chen Guang", "Bo")]
    rows = bereaved(*links, patient=patient, by=by)
    letters = [write(row, by) for row in rows]
    with transaction():
        no_post = StopFacts(StopScope.WAY, way=KinWay.LETTER)
        kin.stop(links[0], no_post, by=by, now=NOW, today=TODAY)
        refusal = WayOf(kin_id=links[1].kin_id, way=KinWay.LETTER, rank=1, consent=Consent.NO)
        db.session.add(refusal)
    assert [sheet.follow_up.id for sheet in queries.due(TODAY)] == [rows[2].id]
    chosen = queries.ready(by, {one.id for one in letters}, TODAY)
    assert [sheet.follow_up.id for sheet in chosen] == [rows[2].id]


def test_a_word_to_avoid_holds_a_letter_back_until_it_is_said_differently(
    app: Flask, browser: Open
) -> None:
    patient, by = builders.patient(), greta()
    link = kinship(patient, post_address=HOME)
    (row,) = bereaved(link, patient=patient, by=by)
    letter = write(row, by, "Dear Chen Li,\n\nGod bless you.")
    with transaction():
        db.session.get_one(Kinship, link.id).words_to_avoid = "Anything religious"
    desk = browser(by)
    desk.post("/grief-support/letters/print", {"letter": str(letter.id)}, status=422)
    assert desk.get(f"/grief-support/letters/{letter.id}/pdf", status=302)
    page = desk.get("/grief-support/letters")
    assert "asked us to avoid" in page
    address = f"/grief-support/calls/{row.id}/letter"
    typed = {"language": "en", "version": "1", "ready": "1"}
    again = desk.post(address, {**typed, "text": "Dear Chen Li,\n\nHeaven."}, status=422)
    assert "heaven" in again
    assert "Heaven." in again, "nothing typed is lost"
    desk.post(address, {**typed, "text": TEXT})
    assert "Chen Li" in pdf(desk, "/grief-support/letters/print", {"letter": str(letter.id)})


def test_trap_07_who_wants_nothing_religious_gets_no_such_word_and_others_do(app: Flask) -> None:
    patient, by = builders.patient(), greta()
    links = [kinship(patient, name, post_address=HOME) for name in ("Chen Li", "Chen Guang")]
    rows = bereaved(*links, patient=patient, by=by)
    with transaction():
        for topic in PageTopic:  # as their own page keeps it
            plain = StopFacts(StopScope.TOPIC, topic=topic)
            kin.stop(links[0], plain, by=by, now=NOW, today=TODAY)
    words = "We think of you on these days.\n\nYou are in our prayers."
    with pytest.raises(Refused) as error:
        write(rows[0], by, words)
    assert [one.facts["words"] for one in error.value.objections] == [["pray"]]
    write(rows[1], by, words)


def test_nothing_is_posted_to_arrive_on_a_quiet_day_unless_a_person_says_so(
    app: Flask, browser: Open
) -> None:
    patient, by = builders.patient(), greta()
    link = kinship(patient, post_address=HOME)
    (row,) = bereaved(link, patient=patient, by=by)
    soon = TODAY + timedelta(days=2)
    with transaction():
        plan = plan_queries.plan_for(by, row.plan_id)
        customs = Customs(
            frozenset({DateKind.BIRTHDAY}), birth_month=soon.month, birth_day=soon.day
        )
        plans.keep_days(plan, customs, by=by, now=NOW)
    letter = write(row, by)
    desk = browser(by)
    assert "Quiet day near" in desk.get("/grief-support/letters")
    chosen = {"letter": str(letter.id)}
    assert "a day that they keep quiet" in desk.post(
        "/grief-support/letters/posted", chosen, status=422
    )
    desk.post("/grief-support/letters/posted", {**chosen, "despite_quiet": "y"})
    assert db.session.get_one(FollowUp, row.id).state is FollowUpState.DONE


def test_also_a_child_is_written_to_through_the_guardian(app: Flask, browser: Open) -> None:
    patient, by = builders.patient(), greta()
    mother = kinship(patient, "Chen Li", post_address=HOME, languages=["english"])
    child = kinship(patient, "Chen Bo", is_minor=True, guardian_id=mother.kin_id)
    named(child, "Grandma")
    alone = kinship(patient, "Chen Xin", is_minor=True, post_address=HOME)
    row, orphan = bereaved(child, alone, patient=patient, by=by)
    listed = [sheet.follow_up.id for sheet in queries.due(TODAY)]
    assert row.id in listed
    assert orphan.id not in listed, "nobody writes to a child alone"
    with pytest.raises(Refused):
        write(orphan, by)
    page = browser(by).get(f"/grief-support/calls/{row.id}/letter")
    assert "for Chen Bo" in page
    assert "Dear Chen Li and Chen Bo," in page
    assert "since Mrs Wang died" in page, "not “your grandma” to the child’s mother"
    assert HOME.partition(",")[0] in page, "the guardian's address"


def test_whoever_has_no_address_is_listed_apart(app: Flask, browser: Open) -> None:
    patient, by = builders.patient(), greta()
    (row,) = bereaved(kinship(patient), patient=patient, by=by)
    page = browser(by).get("/grief-support/letters")
    assert "Cannot be addressed" in page
    with pytest.raises(Refused) as error:
        write(row, by)
    assert refused(error) == ["no_address"]
    write(row, by, is_ready=False)  # a draft may wait for it


def test_the_second_writer_sees_what_the_first_wrote(app: Flask) -> None:
    patient, by = builders.patient(), greta()
    (row,) = bereaved(kinship(patient, post_address=HOME), patient=patient, by=by)
    write(row, by)
    with pytest.raises(Refused) as error:
        write(row, by, "Mine", seen=0)
    assert refused(error) == ["stale"]


def test_wishes_are_kept_and_a_machine_hears_what_they_allow(app: Flask, browser: Open) -> None:
    patient, by = builders.patient(), greta()
    link = kinship(patient, languages=["english"])
    confirmed(patient, by=by)
    row = follow_up(opened(link.id, by), "condolence")
    desk = browser(by)
    address, wishes = f"/grief-support/calls/{row.id}/no-answer", f"/family/{link.kin_id}/wishes"
    name = "Osmanthus House Hospice"
    assert "This is Greta Grey. Nothing is urgent." in desk.get(address)
    assert f"from {name}" not in desk.get(address)
    said = {"shares": "yes", "voicemail": "named", "version": "0"}
    desk.post(wishes, said)
    assert f"This is Greta Grey from {name}." in desk.get(address)
    stale = desk.post(wishes, {**said, "voicemail": "unnamed"}, status=422)
    assert "Someone else changed this" in stale
    desk.post(wishes, {**said, "voicemail": "none", "version": "1"})
    assert "want no message on a machine" in desk.get(address)
    assert "No message at all" in desk.get(f"/family/{link.kin_id}")


def test_own_words_begin_the_next_letter_and_can_be_taken_back(app: Flask, browser: Open) -> None:
    patient, by = builders.patient(), greta()
    link = kinship(patient, post_address=HOME, languages=["mandarin"])
    (row,) = bereaved(link, patient=patient, by=by)
    desk, address = browser(builders.ada()), "/settings/letters/three_months/zh"
    letter = f"/grief-support/calls/{row.id}/letter"
    assert "大约三个月" in browser(by).get(letter)
    wrong = desk.post(address, {"text": "{nobody}", "version": "0"}, status=422)
    assert "{nobody} stands for nothing here" in wrong
    assert "{nobody}" in wrong
    desk.post(address, {"text": "｛name｝，您好。", "version": "0"})
    assert "Chen Li，您好。" in browser(by).get(letter)
    desk.post(f"{address}/original")
    assert "大约三个月" in browser(by).get(letter)


def test_the_list_asks_as_often_for_one_as_for_many(
    app: Flask, browser: Open, statements: Statements
) -> None:
    patient, by = builders.patient(), greta()
    links = [kinship(patient, f"Kin {number}", post_address=HOME) for number in range(7)]
    rows = bereaved(*links, patient=patient, by=by)
    desk = browser(by)
    counts = []
    desk.get("/grief-support/letters")  # the first visit writes down that somebody is here
    for some in (rows[:1], rows[1:]):
        for row in some:
            write(row, by)
        statements.seen.clear()
        desk.get("/grief-support/letters")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_only_grief_support_sees_letters(app: Flask, browser: Open) -> None:
    patient, by = builders.patient(), greta()
    (row,) = bereaved(kinship(patient, post_address=HOME), patient=patient, by=by)
    letter = write(row, by)
    vera = browser(builders.vera()[0])
    for path in (
        "/grief-support/letters",
        f"/grief-support/letters/{letter.id}/pdf",
        f"/grief-support/calls/{row.id}/letter",
    ):
        vera.get(path, status=404)


def pdf(desk: Browser, address: str, data: Any = None) -> str:
    """Open a PDF, or send the form that makes it, and return its text."""
    answer = desk.client.open(address, method="POST" if data else "GET", data=data or {})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.status_code
    document = pypdfium2.PdfDocument(answer.get_data())
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    db.session.rollback()
    return text
