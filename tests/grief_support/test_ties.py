"""Volunteers who know a patient or a family in their own lives are asked before anyone decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import calls, plans, ties
from hospice.grief_support.actions.plans import PlanFacts
from hospice.grief_support.queries import calls as call_queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.queries import ties as queries
from hospice.journal import queries as journal
from hospice.patients import queries as patients
from hospice.patients.models import Patient, Tie
from hospice.patients.rules import TieKind
from hospice.places.rules import PlaceKind
from hospice.shifts.actions import placing
from hospice.shifts.models import Shift
from hospice.shifts.queries import candidates
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules.states import AnsweredBy
from hospice.volunteers import queries as volunteers
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.conftest import Browser
from tests.grief_support.families import confirmed, follow_up, greta, kinship, opened

Open = Callable[[User | None], Browser]


def known(who: Volunteer, whom: Patient, kind: TieKind, by: User) -> int:
    with transaction():
        return ties.note(
            volunteers.volunteer(who.id), patients.patient(whom.id), kind, "", by=by, now=NOW
        ).id


def against(who: Volunteer, on: Shift) -> list[str]:
    """Return what speaks against placing someone; each way of asking says the same."""
    shift = shift_queries.shift(on.id)
    found = candidates.verdicts_for(who.id, [shift], NOW)[on.id].soft
    (listed,) = (
        one.verdict.soft
        for one in candidates.people_who_fit(shift, NOW)
        if one.volunteer_id == who.id
    )
    assert found == listed
    assert all(not one.facts for one in found if one.kind == "knows_privately")
    return [one.kind for one in found]


def refused(run: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as error, transaction():
        run()
    return [one.kind for one in error.value.objections]


def test_trap_08_relatives_neighbours_and_former_families_are_asked_first(
    either_app: Flask,
) -> None:
    """Whom a volunteer knows privately, they are not sent to by chance."""
    cora, home = builders.cora(), builders.place("Home visits", kind=PlaceKind.HOME)
    ward = builders.place("Ward 1")
    wang = builders.patient("Mrs Wang", at=home, address="12 Willow Road", bed="")
    zhu = builders.patient("Mr Zhu", at=home, address="3 Elm Road", bed="")
    vera = builders.volunteer("Vera Vance", places=[home, ward])
    to_wang = builders.shift(home, SUNDAY, patient_id=wang.id)
    to_zhu = builders.shift(home, SUNDAY + timedelta(days=1), patient_id=zhu.id)
    on_ward = builders.shift(ward, SUNDAY + timedelta(days=2))
    for kind in TieKind:
        tie_id = known(vera, wang, kind, cora)
        assert against(vera, to_wang) == ["knows_privately"], kind
        if kind is not TieKind.FORMER_FAMILY:
            with transaction():
                ties.end(queries.tie(vera.id, tie_id), by=cora, now=NOW)
            assert against(vera, to_wang) == []
    assert against(vera, to_zhu) == []
    assert against(vera, on_ward) == []
    place = {"by": cora, "now": NOW}
    assert refused(
        lambda: placing.assign(shift_queries.shift(to_wang.id), vera.id, **place)  # type: ignore[arg-type]
    ) == ["knows_privately"]
    assert refused(
        lambda: placing.claim(
            shift_queries.shift(to_wang.id), vera.id, now=NOW, by=None, how=AnsweredBy.APP
        )
    ) == ["knows_privately"]
    with transaction():
        made = placing.assign(
            shift_queries.shift(to_wang.id), vera.id, accepting="The family asked", by=cora, now=NOW
        )
        assert made.accepted[0]["reason"] == "The family asked"
    # In a ward it is whoever lies there, for as long as they do.
    with transaction():
        moved = patients.patient(wang.id)
        moved.place_id, moved.address, moved.bed = ward.id, "", "4"
    assert against(vera, on_ward) == ["knows_privately"]
    assert "volunteer.tie" in {one.verb for one in journal.history("volunteer", vera.id)}
    assert all("Wang" not in str(one.facts) for one in journal.history("volunteer", vera.id)[-1:])
    with transaction():
        ties.end(queries.tie(vera.id, tie_id), by=cora, now=NOW)
    assert against(vera, on_ward) == []


def test_trap_08_grief_calls_of_a_family_they_know(either_app: Flask) -> None:
    """Whoever supports the grieving and knows the family does not follow them by chance."""
    patient, cora, grief = builders.patient(), builders.cora(), greta()
    builders.volunteer("Greta Grey", user_id=grief.id)
    link, other = kinship(patient), kinship(builders.patient("Mr Zhu"), "Zhu Min")
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    (who,) = db.session.scalars(select(Volunteer)).all()
    known(who, patient, TieKind.FORMER_FAMILY, cora)
    row = follow_up(plan, "condolence")

    def give(accepting: str = "") -> None:
        found = plan_queries.plan_for(cora, plan.id)
        plans.change(
            found,
            PlanFacts(1, "", "", "", grief.id, None),
            seen_version=found.version,
            by=cora,
            now=NOW,
            accepting=accepting,
        )

    def call(accepting: str = "") -> None:
        found = call_queries.follow_up_for(cora, row.id)
        days: dict[str, Any] = {"opens_on": found.opens_on, "due_on": found.due_on}
        calls.move(found, **days, assignee_id=grief.id, by=cora, now=NOW, accepting=accepting)

    assert refused(give) == ["knows_family"]
    assert refused(call) == ["knows_family"]
    for do in (give, call):
        with transaction():
            do("Nobody else speaks Hakka")
    told = [one.facts.get("accepted") for one in journal.history("support_plan", plan.id)]
    assert [{"kind": "knows_family", "reason": "Nobody else speaks Hakka"}] in told
    assert plan_queries.plan_for(cora, plan.id).owner_id == grief.id
    assert not queries.knows_family(grief.id, other.patient_id)


def test_trap_08_a_telephone_number_hints_and_decides_nothing(app: Flask) -> None:
    patient = builders.patient()
    link = kinship(patient, "Chen Li", search_text="chen li 13055550173")
    vera = builders.volunteer("Vera Vance", phone="+86 130 5555 0173")
    nobody = builders.volunteer("Bo Berg", phone="0173")
    assert [one.id for one in queries.same_telephone(vera)] == [link.id]
    assert queries.same_telephone(nobody) == []
    assert db.session.scalars(select(Tie)).all() == []
    known(vera, patient, TieKind.RELATIVE, builders.cora())
    assert queries.same_telephone(vera) == []


def test_coordinators_write_down_whom_a_volunteer_knows(app: Flask, browser: Open) -> None:
    cora, wang = builders.cora(), builders.patient("Mrs Wang", bed="4")
    vera = builders.volunteer("Vera Vance")
    page, address = browser(cora), f"/volunteers/{vera.id}/ties"
    assert "Choose how they know each other" in page.post(
        address, {"patient_id": str(wang.id)}, status=422
    )
    typed = {"patient_id": str(wang.id), "kind": "relative", "words": "Her aunt"}
    page.post(address, typed)
    assert "written down already" in page.post(address, typed, status=422)
    assert "Her aunt" in page.get(f"/volunteers/{vera.id}")
    (made,) = db.session.scalars(select(Tie)).all()
    other = builders.volunteer("Bo Berg")
    page.post(f"/volunteers/{other.id}/ties/{made.id}/end", status=404)
    page.post(f"{address}/{made.id}/end")
    assert "Her aunt" not in page.get(address)
    browser(greta()).get(address, status=404)
