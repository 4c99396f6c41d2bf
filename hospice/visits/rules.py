"""What a visit note holds, and which notes worry."""

from enum import StrEnum


class NoteState(StrEnum):
    """A note is a draft until its author sends it; it is never deleted."""

    DRAFT = "draft"
    SENT = "sent"
    READ = "read"


class Activity(StrEnum):
    """What was done; more than one may be."""

    COMPANY = "company"
    READ_OR_MUSIC = "read_or_music"
    MASSAGE = "massage"
    WALK = "walk"
    FAMILY_BREAK = "family_break"
    OTHER = "other"


class Mood(StrEnum):
    """How the patient was; more than one may be."""

    CALM = "calm"
    TALKATIVE = "talkative"
    SLEEPING = "sleeping"
    UNSETTLED = "unsettled"
    DISCOMFORT = "discomfort"


WORRYING = frozenset({Mood.UNSETTLED, Mood.DISCOMFORT})
