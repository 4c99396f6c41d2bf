"""The families of the made-up hospice, and what each of them agrees to."""

import random
from datetime import time, timedelta
from typing import Any

from hospice.core import names
from hospice.demo.rows import ZONE, Rows
from hospice.grief_support.models import ContactStop, Estranged, Kin, Kinship, WayOf
from hospice.grief_support.rules.kin import Consent, KinWay, Relation, StopScope

GRETA = 3

# (English, Chinese, relation, how they call the patient, patient, roles, phone)
_FAMILIES: tuple[tuple[str, str, Relation, tuple[str, str], int, str], ...] = (
    ("Chen Li", "陈丽", Relation.DAUGHTER, ("Mum", "妈妈"), 1, "is_key_contact"),
    ("Chen Guang", "陈光", Relation.HUSBAND, ("Xiuying", "秀英"), 1, "is_carer"),
    ("Zhu Min", "朱敏", Relation.SON, ("Dad", "爸爸"), 2, "is_key_contact"),
    ("Shi Hong", "施红", Relation.SISTER, ("My sister", "姐姐"), 3, "is_key_contact"),
    ("Gu Yan", "顾燕", Relation.WIFE, ("My husband", "老顾"), 4, "is_decision_maker"),
    ("Liang Jun", "梁军", Relation.SON, ("Dad", "爸爸"), 6, "is_decision_maker"),
    ("Tao Xin", "陶欣", Relation.DAUGHTER, ("Dad", "爸爸"), 8, "is_key_contact"),
)


def add(rows: Rows, chance: random.Random) -> None:
    """Add the families of people who live."""
    for english, chinese, relation, called, patient_id, role in _FAMILIES:
        person = add_person(rows, chance, english, chinese)
        add_link(rows, person, patient_id, relation, called, role)
    _letters_only(rows)


def add_person(
    rows: Rows, chance: random.Random, english: str, chinese: str, **values: Any
) -> dict[str, Any]:
    """Add someone of a family, with the ways to reach them."""
    name = rows.say(english, chinese)
    phone = f"131 5555 {1000 + len(rows.of(Kin)) * 37:04d}"
    evening = chance.random() < 0.6
    made = rows.add(
        Kin,
        **{
            "name": name,
            "called": "",
            "search_text": names.search_key(name, chinese, english, phone=phone),
            "sort_key": names.sort_key(name),
            "languages": ["mandarin"],
            "timezone": ZONE,
            "reach_days": [5, 6] if chance.random() < 0.3 else [],
            "reach_from": time(18) if evening else None,
            "reach_until": time(20) if evening else None,
            "reach_words": "",
            "phone": phone,
            "email": "",
            "post_address": "",
            "is_minor": False,
            "guardian_id": None,
            "safety_note": "",
            "notes": "",
            "created_at": rows.now - timedelta(days=40),
            "version": 1,
            **values,
        },
    )
    ways = [KinWay.CALL, KinWay.WECHAT, KinWay.LETTER, KinWay.TEXT, KinWay.EMAIL, KinWay.VISIT]
    for rank, way in enumerate(ways, start=1):
        agrees = Consent.YES if rank < 3 and not made["is_minor"] else Consent.UNASKED
        _way(rows, made["id"], way, rank, agrees)
    return made


def _way(rows: Rows, kin_id: int, way: KinWay, rank: int, consent: Consent) -> None:
    is_noted = consent is not Consent.UNASKED
    rows.add(
        WayOf,
        kin_id=kin_id,
        way=way,
        rank=rank,
        consent=consent,
        noted_by_id=GRETA if is_noted else None,
        noted_at=rows.now - timedelta(days=38) if is_noted else None,
    )


def add_link(
    rows: Rows,
    person: dict[str, Any],
    patient_id: int,
    relation: Relation,
    called: tuple[str, str],
    role: str = "",
    *,
    avoid: str = "",
) -> None:
    """Say what someone is to a patient."""
    rows.add(
        Kinship,
        patient_id=patient_id,
        kin_id=person["id"],
        relation=relation,
        relation_words="",
        is_decision_maker=role == "is_decision_maker",
        is_carer=role == "is_carer",
        is_key_contact=role == "is_key_contact",
        name_for_patient=rows.say(*called),
        words_to_avoid=avoid,
        created_at=rows.now - timedelta(days=40),
    )


def _letters_only(rows: Rows) -> None:
    """Let Chen Guang, who lives with his daughter, ask for letters and no calls."""
    kin_id = 2
    for one in rows.of(WayOf):
        if one["kin_id"] == kin_id:
            is_letter = one["way"] is KinWay.LETTER
            one["consent"] = Consent.YES if is_letter else Consent.UNASKED
            one["noted_by_id"] = GRETA if is_letter else None
            one["noted_at"] = rows.now - timedelta(days=38) if is_letter else None
            one["rank"] = 1 if is_letter else one["rank"] + (one["rank"] < 3)
    _stop(
        rows,
        kin_id,
        StopScope.WAY,
        way=KinWay.CALL,
        reason=rows.say("His hearing is poor; he likes to read.", "他听力不好，喜欢看信。"),
    )


def _stop(
    rows: Rows,
    kin_id: int,
    scope: StopScope,
    *,
    way: KinWay | None = None,
    topic: str = "",
    reason: str = "",
) -> None:
    rows.add(
        ContactStop,
        kin_id=kin_id,
        scope=scope,
        way=way,
        topic=topic,
        until=None,
        asked_by="",
        reason=reason,
        set_by_id=GRETA,
        set_at=rows.now - timedelta(days=20),
        lifted_by_id=None,
        lifted_at=None,
    )


def of_qi(rows: Rows, chance: random.Random, patient_id: int) -> None:
    """Add the family of Mr Qi: a son abroad, a child, and two who do not speak."""
    wife = add_person(rows, chance, "Yu Fang", "俞芳", called=rows.say("Mrs Yu", "俞阿姨"))
    daughter = add_person(rows, chance, "Qi Ning", "齐宁")
    son = add_person(
        rows,
        chance,
        "Qi Wei",
        "齐伟",
        timezone="Europe/London",
        email="qi.wei@example.org",
        languages=["mandarin", "english"],
        reach_words=rows.say("Lives in London", "住在伦敦"),
    )
    child = add_person(
        rows, chance, "Qi Le", "齐乐", is_minor=True, guardian_id=daughter["id"], phone=""
    )
    add_link(rows, wife, patient_id, Relation.WIFE, ("Old Qi", "老齐"), "is_decision_maker")
    add_link(rows, daughter, patient_id, Relation.DAUGHTER, ("Dad", "爸爸"), "is_key_contact")
    add_link(rows, son, patient_id, Relation.SON, ("Dad", "爸爸"))
    add_link(rows, child, patient_id, Relation.GRANDCHILD, ("Grandpa", "外公"))
    rows.add(Estranged, first_id=daughter["id"], second_id=son["id"])


def of_sheng(rows: Rows, chance: random.Random, patient_id: int) -> None:
    """Add the family of Mrs Sheng, who want opposite things."""
    husband = add_person(rows, chance, "Dong Hai", "董海")
    daughter = add_person(rows, chance, "Dong Xue", "董雪")
    sister = add_person(rows, chance, "Sheng Qin", "盛琴")
    add_link(
        rows,
        husband,
        patient_id,
        Relation.HUSBAND,
        ("My wife", "老伴"),
        "is_carer",
        avoid=rows.say("Anything religious", "宗教方面的话"),
    )
    add_link(rows, daughter, patient_id, Relation.DAUGHTER, ("Mum", "妈妈"), "is_key_contact")
    add_link(rows, sister, patient_id, Relation.SISTER, ("My sister", "姐姐"))
    _stop(rows, husband["id"], StopScope.TOPIC, topic=rows.say("Religion", "宗教"))
    _stop(
        rows,
        sister["id"],
        StopScope.EVERYTHING,
        reason=rows.say("She will get in touch herself.", "她会自己联系我们。"),
    )
