"""May this volunteer take a place on this shift, and how well do they fit: with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from hospice.core.errors import Objection
from hospice.shifts.rules.states import ShiftState
from hospice.volunteers.rules import Experience, Gender, VolunteerState, is_working_on

# Less than eight hours between two shifts is a hint, not a bar.
SHORT_REST = timedelta(hours=8)
# How far back a visit still means that someone knows a ward or a patient.
KNOWS_WITHIN = timedelta(days=180)


class Level(StrEnum):
    """The verdict in one word: may, may with a reason, may not."""

    OK = "ok"
    HINT = "hint"
    NO = "no"


@dataclass(frozen=True)
class ShiftFacts:
    """What a decision needs to know of a shift."""

    id: int
    starts_at: datetime
    ends_at: datetime
    local_day: date
    place_id: int
    place_name: str
    state: ShiftState
    wanted: int
    taken: int
    held: int = 0  # free places kept for people of the waiting list
    needs_leader: bool = False
    needs_language: str = ""
    needs_gender: Gender | None = None
    needs_skill: str = ""
    pairs_trainees: bool = False
    patient_id: int | None = None
    is_paused: bool = False  # its patient has died: the place stays for the coordinator to move
    has_patients: bool = True  # no office work, but time with people who are dying
    is_at_bedside: bool = True  # and beside them: not by telephone, not with their families


@dataclass(frozen=True)
class Held:
    """A place that a volunteer holds on some shift."""

    shift_id: int
    starts_at: datetime
    ends_at: datetime
    local_day: date
    place_name: str


@dataclass(frozen=True)
class VolunteerFacts:
    """What a decision needs to know of a volunteer, for one shift's day and place."""

    id: int
    name: str
    state: VolunteerState
    break_until: date | None
    gender: Gender
    experience: Experience
    is_leader: bool
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    preferred_a_month: int | None
    maximum_a_month: int | None
    is_cleared: bool
    clearance_ends_on: date | None
    distance_km: int | None
    gave_availability: bool
    is_available: bool
    is_away: bool
    held: tuple[Held, ...] = ()
    kept_apart_from: tuple[str, ...] = ()  # names of people on this shift
    needed_paper_until: date | None = None  # the first needed paper to run out
    needed_health_until: date | None = None  # the first about health; needed at a bedside only
    paper_until: date | None = None
    visits_here: int = 0
    visits_to_patient: int = 0
    last_visit_on: date | None = None
    # Losses they carry on the shift's day: a patient they knew well, someone of their own.
    patient_died_on: date | None = None
    own_loss_until: date | None = None
    # They know the patient, or someone in this ward, in their own life: kin, neighbours, friends.
    knows_privately: bool = False


@dataclass(frozen=True)
class Member:
    """Someone who already holds a place on the shift."""

    volunteer_id: int
    name: str
    experience: Experience
    is_leader: bool
    languages: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """Something that speaks for a person; `kind` names the wording."""

    kind: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """May they be placed, and why (not)."""

    level: Level
    objections: tuple[Objection, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def hard(self) -> tuple[Objection, ...]:
        """Return what cannot be passed."""
        return tuple(o for o in self.objections if o.hard)

    @property
    def soft(self) -> tuple[Objection, ...]:
        """Return what may be passed with a reason."""
        return tuple(o for o in self.objections if not o.hard)


def objections(
    shift: ShiftFacts, who: VolunteerFacts, team: Sequence[Member], now: datetime
) -> list[Objection]:
    """Return every reason against placing someone, hard ones first."""
    return [
        *_about_the_shift(shift, who, team, now),
        *_about_the_person(shift, who),
        *_soft(shift, who, team),
    ]


def _about_the_shift(
    shift: ShiftFacts, who: VolunteerFacts, team: Sequence[Member], now: datetime
) -> list[Objection]:
    found = []
    if shift.state is ShiftState.CANCELLED:
        found.append(Objection("cancelled_shift"))
    elif shift.is_paused:
        found.append(Objection("paused"))
    if shift.ends_at <= now:
        found.append(Objection("past"))
    if any(member.volunteer_id == who.id for member in team):
        found.append(Objection("already_here"))
    elif shift.taken >= shift.wanted:
        found.append(Objection("full"))
    return found


def _about_the_person(shift: ShiftFacts, who: VolunteerFacts) -> list[Objection]:
    found = []
    day = shift.local_day
    if who.state is VolunteerState.LEFT:
        found.append(Objection("left"))
    elif not is_working_on(who.state, who.break_until, day):
        found.append(Objection("on_break", facts={"until": who.break_until}))
    if not who.is_cleared:
        found.append(Objection("not_cleared", facts={"place": shift.place_name}))
    elif who.clearance_ends_on and who.clearance_ends_on < day:
        # Judged on the day of the shift, not today (domain: credential at shift date).
        found.append(Objection("clearance_expired", facts={"on": who.clearance_ends_on}))
    # Whoever only telephones or works in the office brings no illness to anyone.
    health_until = who.needed_health_until if shift.is_at_bedside else None
    needed = min(filter(None, (who.needed_paper_until, health_until)), default=None)
    if needed and needed < day:
        found.append(Objection("paper_needed", facts={"on": needed}))
    if who.is_away:
        found.append(Objection("away"))
    if shift.needs_gender and who.gender is not shift.needs_gender:
        found.append(Objection("wrong_gender", facts={"gender": shift.needs_gender.value}))
    if who.kept_apart_from:
        found.append(Objection("kept_apart", facts={"names": list(who.kept_apart_from)}))
    clash = next((held for held in who.held if overlaps(shift, held)), None)
    if clash:
        found.append(Objection("overlap", facts={"place": clash.place_name}))
    return found


def _soft(shift: ShiftFacts, who: VolunteerFacts, team: Sequence[Member]) -> list[Objection]:
    found = _losses(shift, who)
    if who.knows_privately and shift.has_patients:
        # Whom, and how, is restricted: whoever places them learns only that one asks first.
        found.append(Objection("knows_privately", hard=False))
    if who.gave_availability and not who.is_available:
        found.append(Objection("outside_availability", hard=False))
    count = in_month(who.held, shift.local_day, but=shift.id) + 1
    if who.maximum_a_month is not None and count > who.maximum_a_month:
        facts: dict[str, object] = {"count": count, "maximum": who.maximum_a_month}
        found.append(Objection("over_maximum", hard=False, facts=facts))
    elif who.preferred_a_month is not None and count > who.preferred_a_month:
        facts = {"count": count, "preferred": who.preferred_a_month}
        found.append(Objection("over_preferred", hard=False, facts=facts))
    if who.paper_until and who.paper_until < shift.local_day:
        found.append(Objection("paper_ended", hard=False, facts={"on": who.paper_until}))
    if any(rest(shift, held) < SHORT_REST for held in who.held if not overlaps(shift, held)):
        found.append(Objection("short_rest", hard=False))
    if shift.wanted - shift.taken <= 1:
        found += lacks(shift, [*team, as_member(who)])
    return found


def _losses(shift: ShiftFacts, who: VolunteerFacts) -> list[Objection]:
    """Return the losses that speak for asking first; office work is nobody's bedside."""
    found: list[Objection] = []
    if not shift.has_patients:
        return found
    if who.own_loss_until is not None:
        facts: dict[str, object] = {"until": who.own_loss_until}
        found.append(Objection("own_loss", hard=False, facts=facts))
    if who.patient_died_on is not None:
        facts = {"on": who.patient_died_on}
        found.append(Objection("patient_died", hard=False, facts=facts))
    return found


def as_member(who: VolunteerFacts) -> Member:
    """Return a volunteer as a member of a team."""
    return Member(
        volunteer_id=who.id,
        name=who.name,
        experience=who.experience,
        is_leader=who.is_leader,
        languages=who.languages,
        skills=who.skills,
    )


def composition(shift: ShiftFacts, team: Sequence[Member]) -> list[Objection]:
    """Return what the people on a shift lack together; looked at again after every change."""
    return lacks(shift, team) if team else []


def lacks(shift: ShiftFacts, team: Sequence[Member]) -> list[Objection]:
    """Return what the members of a team lack together, as soft objections."""
    found = []
    if shift.needs_leader and not any(member.is_leader for member in team):
        found.append(Objection("needs_leader", hard=False))
    if shift.needs_language and not any(shift.needs_language in m.languages for m in team):
        facts: dict[str, object] = {"language": shift.needs_language}
        found.append(Objection("needs_language", hard=False, facts=facts))
    if shift.needs_skill and not any(shift.needs_skill in member.skills for member in team):
        found.append(Objection("needs_skill", hard=False, facts={"skill": shift.needs_skill}))
    trainees = sum(member.experience is Experience.TRAINEE for member in team)
    if shift.pairs_trainees and trainees > len(team) - trainees:
        found.append(Objection("trainee_alone", hard=False))
    return found


def overlaps(shift: ShiftFacts, held: Held) -> bool:
    """Tell whether a held place is at the same time as another shift."""
    return (
        held.shift_id != shift.id
        and held.starts_at < shift.ends_at
        and shift.starts_at < held.ends_at
    )


def rest(shift: ShiftFacts, held: Held) -> timedelta:
    """Return the time between a shift and a held place; negative when they overlap."""
    if held.shift_id == shift.id:
        return timedelta.max
    return max(shift.starts_at - held.ends_at, held.starts_at - shift.ends_at)


def in_month(held: Sequence[Held], day: date, *, but: int | None = None) -> int:
    """Return how many places are held in the month of a day, leaving out one shift."""
    month = (day.year, day.month)
    return sum(
        (one.local_day.year, one.local_day.month) == month and one.shift_id != but for one in held
    )


def verdict(
    shift: ShiftFacts, who: VolunteerFacts, team: Sequence[Member], now: datetime
) -> Verdict:
    """Return whether someone may be placed, with everything for and against."""
    against = tuple(objections(shift, who, team, now))
    if any(objection.hard for objection in against):
        return Verdict(Level.NO, against)
    return Verdict(Level.HINT if against else Level.OK, against, tuple(_reasons(shift, who)))


def _reasons(shift: ShiftFacts, who: VolunteerFacts) -> list[Reason]:
    found = []
    if who.is_available:
        found.append(Reason("free"))
    if who.visits_to_patient:
        found.append(Reason("knows_patient", {"visits": who.visits_to_patient}))
    if who.visits_here:
        found.append(Reason("knows_place", {"place": shift.place_name}))
    else:
        found.append(Reason("new_here", {"place": shift.place_name}))
    if shift.needs_language and shift.needs_language in who.languages:
        found.append(Reason("language", {"language": shift.needs_language}))
    if shift.needs_skill and shift.needs_skill in who.skills:
        found.append(Reason("skill", {"skill": shift.needs_skill}))
    if shift.needs_leader and who.is_leader:
        found.append(Reason("leader"))
    if who.distance_km is not None:
        found.append(Reason("distance", {"km": who.distance_km}))
    count = in_month(who.held, shift.local_day, but=shift.id)
    found.append(Reason("this_month", {"count": count, "day": shift.local_day}))
    if who.last_visit_on:
        found.append(Reason("last_visit", {"day": who.last_visit_on}))
    return found


_ORDER = {Level.OK: 0, Level.HINT: 1, Level.NO: 2}


def rank(shift: ShiftFacts, who: VolunteerFacts, found: Verdict) -> tuple[object, ...]:
    """Return the sort key of "People who fit": smaller is better."""
    count = in_month(who.held, shift.local_day, but=shift.id)
    room = (who.preferred_a_month or 4) - count
    helps = bool(shift.needs_language and shift.needs_language in who.languages) + bool(
        shift.needs_skill and shift.needs_skill in who.skills
    )
    return (
        _ORDER[found.level],
        len(found.objections),
        -(who.visits_to_patient > 0),
        -helps,
        not who.is_available,
        -(who.visits_here > 0),
        -min(room, 3),
        who.distance_km if who.distance_km is not None else 999,
        who.last_visit_on or date.min,
        who.name,
    )
