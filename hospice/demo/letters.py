"""Letters of the made-up hospice: one ready to print, a draft, and some to write."""

import random
from datetime import timedelta
from typing import Any

from hospice.accounts.models import Hospice
from hospice.demo import families, followed
from hospice.demo.rows import Rows
from hospice.grief_support.letters.originals import Facts, first_text, original
from hospice.grief_support.models import (
    Death,
    FollowUp,
    Kin,
    Kinship,
    KinWish,
    Letter,
    SupportPlan,
)
from hospice.grief_support.rules.kin import Consent, Relation
from hospice.grief_support.rules.letters import LetterKind, Reader, VoicemailWish
from hospice.patients.models import Patient

_GRETA = 3
# Whom we know where to write to; two live together.
_ADDRESSES = {
    ("Zhou Min", "周敏"): ("14 Plane Tree Road, Shanghai 200031", "上海市徐汇区梧桐路14号，200031"),
    ("Tan Wei", "谭伟"): ("Flat 5, 88 Camphor Lane, Shanghai 200052", "上海市长宁区香樟弄88号5室"),
    ("Guo Jun", "郭君"): ("3 Osmanthus Court, Shanghai 200040", "上海市静安区桂花苑3号"),
}


def add(rows: Rows, seed: int) -> None:
    """Add addresses, wishes and letters; a chance of its own, so that nothing moves."""
    chance = random.Random(f"{seed}:letters")
    found = {}
    for name, address in _ADDRESSES.items():
        found[name[0]] = next(one for one in rows.of(Kin) if one["name"] == rows.say(*name))
        found[name[0]]["post_address"] = rows.say(*address)
    yue = _sister(rows, chance, found["Tan Wei"])
    for person in (found["Tan Wei"], yue):
        _wishes(rows, person, Consent.YES, VoicemailWish.NAMED)
    _wishes(rows, found["Guo Jun"], Consent.UNASKED, VoicemailWish.NONE)
    _letter(rows, found["Guo Jun"], "nine_months_letter", LetterKind.NINE_MONTHS, is_ready=True)
    _letter(rows, found["Zhou Min"], "six_months_letter", LetterKind.SIX_MONTHS, is_ready=False)


def _sister(rows: Rows, chance: random.Random, brother: dict[str, Any]) -> dict[str, Any]:
    """Add a sister at the same address, so that one letter can be for both."""
    link = next(one for one in rows.of(Kinship) if one["kin_id"] == brother["id"])
    death = next(one for one in rows.of(Death) if one["patient_id"] == link["patient_id"])
    made = families.add_person(
        rows, chance, "Tan Yue", "谭悦", post_address=brother["post_address"]
    )
    families.add_link(rows, made, link["patient_id"], Relation.DAUGHTER, ("Mum", "妈妈"))
    followed.add_plan(rows, chance, rows.of(Kinship)[-1], death, tier=1, keeps=False)
    return made


def _wishes(rows: Rows, kin: dict[str, Any], shares: Consent, voicemail: VoicemailWish) -> None:
    rows.add(
        KinWish,
        kin_id=kin["id"],
        shares_letters=shares,
        voicemail=voicemail,
        noted_at=rows.now - timedelta(days=30),
        noted_by_id=_GRETA,
        version=1,
    )


def _letter(rows: Rows, kin: dict[str, Any], key: str, kind: LetterKind, *, is_ready: bool) -> None:
    link = next(one for one in rows.of(Kinship) if one["kin_id"] == kin["id"])
    plan = next(one for one in rows.of(SupportPlan) if one["kinship_id"] == link["id"])
    row = next(o for o in rows.of(FollowUp) if o["plan_id"] == plan["id"] and o["key"] == key)
    patient = next(one for one in rows.of(Patient) if one["id"] == link["patient_id"])
    facts = Facts(
        readers=(Reader(kin["id"], kin["name"], name_for_patient=link["name_for_patient"]),),
        patient_name=patient["preferred_name"],
        patient_names=(),
        hospice=rows.of(Hospice)[0]["name"],
        phone=rows.of(Hospice)[0]["office_phone"],
        sender=rows.say("Meng Lan", "孟兰"),
    )
    rows.add(
        Letter,
        follow_up_id=row["id"],
        kind=kind,
        language=rows.locale,
        text=first_text(original(kind, rows.locale), facts, rows.locale),
        is_ready=is_ready,
        changed_at=rows.now - timedelta(days=1, hours=3),
        changed_by_id=_GRETA,
        printed_at=None,
        printed_by_id=None,
        version=1,
    )
