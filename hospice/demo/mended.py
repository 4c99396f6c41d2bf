"""What was put right in the demo: someone who was written down with the wrong family."""

from datetime import timedelta

from hospice.demo.rows import Rows
from hospice.grief_support.models import Kin, Kinship
from hospice.grief_support.rules.kin import Relation
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState

GRETA = 3


def add(rows: Rows) -> None:
    """Take the last of the people of families off one that was never theirs."""
    people = {one["kin_id"] for one in rows.of(Kinship)}
    person = max(one["id"] for one in rows.of(Kin) if one["id"] in people)
    patient = next(
        one["id"]
        for one in rows.of(Patient)
        if one["state"] is PatientState.ACTIVE and one["address"]
    )
    rows.add(
        Kinship,
        patient_id=patient,
        kin_id=person,
        relation=Relation.OTHER,
        relation_words="",
        is_decision_maker=False,
        is_carer=False,
        is_key_contact=False,
        name_for_patient="",
        words_to_avoid="",
        created_at=rows.now - timedelta(days=30),
        ended_at=rows.now - timedelta(days=29),
        ended_by_id=GRETA,
        ended_reason=rows.say("She belongs to another family.", "她是另一家的亲人，记错了。"),
    )
