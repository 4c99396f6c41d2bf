"""The people and places of the made-up hospice; nobody in it is real."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hospice.accounts import actions as accounts
from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import names
from hospice.demo import words
from hospice.demo.rows import ZONE, Rows
from hospice.patients.models import Patient
from hospice.patients.rules import Address, Diagnosis, Massage, PatientState
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.volunteers.models import Availability, Away, Clearance, KeptApart, Volunteer
from hospice.volunteers.rules import DayPart, Experience, Gender, VolunteerState

STAFF: tuple[tuple[Role, str, tuple[str, str]], ...] = (
    (Role.ADMINISTRATOR, "admin@example.org", ("Shen Qing", "沈青")),
    (Role.COORDINATOR, "coordinator@example.org", ("Qian Wen", "钱雯")),
    (Role.GRIEF_SUPPORT, "grief@example.org", ("Meng Lan", "孟兰")),
    (Role.AUDITOR, "auditor@example.org", ("Ren Hui", "任慧")),
)
LEADER = "leader@example.org"
SIGNED_IN_VOLUNTEERS = ("lin.yue@example.org", "anna.reid@example.org")


def add_hospice(rows: Rows, password: str) -> None:
    """Add the hospice and its staff, who all have the demo's password."""
    rows.add(
        Hospice,
        id=1,
        name=rows.say("Osmanthus House Hospice", "桂园安宁疗护中心"),
        timezone=ZONE,
        locale=rows.locale,
        country="CN",
        office_phone="021 5555 0142",
        office_hours="08:00–20:00",
        created_at=rows.now - timedelta(days=400),
        version=1,
    )
    hashed = accounts.hash_password(password)
    for role, email, name in STAFF:
        _user(rows, role, email, rows.say(*name), hashed)
    _user(rows, Role.LEADER, LEADER, rows.say("He Ping", "何平"), hashed)
    for email, name in zip(
        SIGNED_IN_VOLUNTEERS, (("Lin Yue", "林悦"), ("Anna Reid", "Anna Reid")), strict=True
    ):
        _user(rows, Role.VOLUNTEER, email, rows.say(*name), hashed)


def _user(rows: Rows, role: Role, email: str, name: str, hashed: str) -> None:
    locale = "en" if email.startswith("anna") else rows.locale
    rows.add(
        User,
        email=email,
        name=name,
        role=role,
        password_hash=hashed,
        locale=locale,
        theme="system",
        text_size=1,
        large_mode=False,
        is_enabled=True,
        created_at=rows.now - timedelta(days=390),
        version=1,
    )


def add_people(rows: Rows, scale: int) -> None:
    """Add places, volunteers and patients, `scale` hospices' worth of them."""
    for part in range(scale):
        _add_places(rows, part)
        _add_volunteers(rows, part)
        _add_patients(rows, part)


def _add_places(rows: Rows, part: int) -> None:
    mark = f" {part + 1}" if part else ""
    two = (
        (
            ("Ward 1", "一病区"),
            ("Garden", "花园"),
            ("2nd floor, east side", "二楼东侧"),
            "021 5555 0161",
        ),
        (
            ("Ward 2", "二病区"),
            ("River", "河畔"),
            ("3rd floor, by the lifts", "三楼电梯旁"),
            "021 5555 0162",
        ),
    )
    base = len(rows.of(Place))
    for number, (name, second, where, phone) in enumerate(two):
        rows.add(
            Place,
            name=rows.say(*name)
            + (rows.say(f", house{mark}", f"（{part + 1}部）") if part else ""),
            second_name=rows.say(*second),
            kind=PlaceKind.WARD,
            address=rows.say("12 Osmanthus Lane, Changning", "长宁区桂花弄12号"),
            directions=rows.say(
                f"{where[0]}. Metro line 2, exit 3, then eight minutes on foot. "
                "Ring at the side gate after 18:00.",
                f"{where[1]}。地铁2号线3号口出，步行8分钟。18:00后请按侧门门铃。",
            ),
            phone=phone,
            timezone=ZONE,
            position=base + number,
            is_open=True,
            created_at=rows.now - timedelta(days=390),
            version=1,
        )
    rows.add(
        Place,
        name=rows.say("Home visits", "居家探访")
        + (rows.say(f", house{mark}", f"（{part + 1}部）") if part else ""),
        second_name="",
        kind=PlaceKind.HOME,
        address="",
        phone="021 5555 0163",
        directions=rows.say(
            "The address is on your shift. Ring the office when you arrive and when you leave.",
            "地址见您的班次。到达和离开时请给办公室打个电话。",
        ),
        timezone=ZONE,
        position=base + 2,
        is_open=True,
        created_at=rows.now - timedelta(days=390),
        version=1,
    )


def _volunteer_names(part: int) -> Iterator[tuple[str, str, Gender]]:
    if part == 0:
        yield from words.VOLUNTEERS
        return
    for number in range(30):
        surname = words.SURNAMES[(part * 7 + number * 3) % len(words.SURNAMES)]
        first = words.GIVEN[(part * 11 + number * 5) % len(words.GIVEN)]
        second = words.GIVEN[(part * 5 + number * 13) % len(words.GIVEN)]
        gender = Gender.MALE if number % 4 == 0 else Gender.FEMALE
        english = f"{surname[0]} {first[0]}{second[0].lower()}"
        yield english, surname[1] + first[1] + second[1], gender


def _add_volunteers(rows: Rows, part: int) -> None:
    chance = rows.chance
    places = rows.of(Place)[part * 3 : part * 3 + 3]
    by_email = {row["email"]: row["id"] for row in rows.of(User)}
    for number, (english, chinese, gender) in enumerate(_volunteer_names(part)):
        name = rows.say(english, chinese)
        email = f"{english.lower().replace(' ', '.')}{part or ''}@example.org"
        user_id = by_email.get(email)
        if (english, part) == ("He Ping", 0):
            user_id, email = by_email[LEADER], LEADER
        phone = f"130 5555 {1000 + (part * 30 + number) % 9000:04d}"
        is_new = number >= 25
        state, until = VolunteerState.ACTIVE, None
        if number == 22:
            state, until = VolunteerState.ON_BREAK, rows.today + timedelta(days=40)
        if number == 23:
            state = VolunteerState.LEFT
        row = rows.add(
            Volunteer,
            user_id=user_id,
            legal_name=chinese,
            preferred_name=name,
            search_key=names.search_key(name, chinese, english, phone=phone),
            sort_key=names.sort_key(name),
            phone=phone,
            email="" if number == 17 else email,
            locale="en" if chinese.isascii() else rows.locale,
            gender=gender,
            languages=_languages(rows, chinese, number),
            skills=chance.sample(words.SKILLS, k=number % 3),
            experience=Experience.TRAINEE if is_new else Experience.EXPERIENCED,
            is_leader=number in {0, 3, 7, 11},
            preferred_a_month=2 if number % 3 else 4,
            maximum_a_month=None if number % 5 else 5,
            state=state,
            break_until=until,
            joined_on=rows.today - timedelta(days=60 if is_new else 300 + number * 41),
            restricted_notes="",
            created_at=rows.now - timedelta(days=380),
            version=1,
        )
        _add_habits(rows, row, places, number)
    first = part * 30
    rows.add(
        KeptApart,
        first_id=first + 5,
        second_id=first + 9,
        reason=rows.say("They asked for it themselves.", "两人自己提出的。"),
    )


def _languages(rows: Rows, chinese: str, number: int) -> list[str]:
    if chinese.isascii():
        return ["english", "mandarin"]
    extra = ["shanghainese"] if number % 2 == 0 else ["cantonese"] if number % 7 == 3 else []
    return ["mandarin", *extra]


def _add_habits(rows: Rows, row: dict[str, Any], places: list[dict[str, Any]], number: int) -> None:
    chance = rows.chance
    free = [(6, DayPart.AFTERNOON)]
    if number % 2 or number == 0:  # the first, Lin Yue, is asked about Wednesdays too
        free.append((2, DayPart.MORNING))
    if number % 3 == 0:
        free += [(6, DayPart.MORNING), (5, DayPart.AFTERNOON)]
    if number == 13:
        free = [(2, DayPart.MORNING), (4, DayPart.MORNING)]
    for weekday, part_of_day in free:
        rows.add(Availability, volunteer_id=row["id"], weekday=weekday, part=part_of_day)
    cleared = [places[number % 2], *([places[2]] if number % 3 == 0 else [])]
    if number % 4 == 1:
        cleared.append(places[(number + 1) % 2])
    for place in cleared:
        ends = rows.today + timedelta(days=200 + number * 3)
        if number == 19:
            ends = rows.today - timedelta(days=22)
        rows.add(
            Clearance,
            volunteer_id=row["id"],
            place_id=place["id"],
            distance_km=chance.randint(1, 18),
            expires_on=ends,
        )
    if number in {6, 14}:
        rows.add(
            Away,
            volunteer_id=row["id"],
            starts_on=rows.today + timedelta(days=3 + number),
            ends_on=rows.today + timedelta(days=12 + number),
            reason=rows.say("Visiting family", "探亲"),
            entered_at=rows.now - timedelta(days=5),
        )


def _add_patients(rows: Rows, part: int) -> None:
    chance = rows.chance
    places = rows.of(Place)[part * 3 : part * 3 + 3]
    for number, (english, chinese, spoken_of) in enumerate(words.PATIENTS):
        place = places[0] if number < 10 else places[1] if number < 19 else places[2]
        is_home = place["kind"] is PlaceKind.HOME
        name = rows.say(english, chinese)
        if part:
            name = rows.say(
                f"{english.split()[0]} {words.SURNAMES[(part + number) % len(words.SURNAMES)][0]}",
                words.SURNAMES[(part + number) % len(words.SURNAMES)][1]
                + ("女士" if spoken_of is Address.HER else "先生"),
            )
        likes, avoid, hearing = words.CARDS[number % len(words.CARDS)]
        rows.add(
            Patient,
            preferred_name=name,
            legal_name="",
            spoken_of=spoken_of,
            birth_year=1934 + (number * 7) % 26,
            search_key=names.search_key(name, chinese, english),
            sort_key=names.sort_key(name),
            place_id=place["id"],
            bed="" if is_home else str(number % 10 + 1),
            address=rows.say(
                f"{number} Willow Road, flat 30{number % 4 + 1}",
                f"柳树路{number}号30{number % 4 + 1}室",
            )
            if is_home
            else "",
            condition=rows.say(*words.CONDITIONS[number % len(words.CONDITIONS)]),
            languages=["mandarin", "shanghainese"] if number % 2 else ["mandarin"],
            hearing_and_sight=rows.say(*hearing),
            likes=rows.say(*likes),
            may_do=rows.say("Sit with them, read, play music.", "陪坐、读书、放音乐。"),
            massage=(Massage.YES, Massage.ASK_NURSE, Massage.NO)[number % 3],
            massage_areas=["hands"] if number % 3 == 0 else [],
            avoid=rows.say(*avoid),
            diagnosis=chance.choice(list(Diagnosis)),
            state=PatientState.ON_HOLD if number == 17 else PatientState.ACTIVE,
            state_reason=rows.say("In hospital for tests", "住院检查") if number == 17 else "",
            created_at=rows.now - timedelta(days=30 + number * 9),
            version=1,
        )
