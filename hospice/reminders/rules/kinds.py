"""What messages say, and the topics that a person may choose among."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message says; each has its template under `templates/messages/`."""

    PUBLISHED = "published"  # a new shift to answer
    CHANGED = "changed"  # its day, time or place changed
    CANCELLED = "cancelled"  # it will not take place, or goes on without this volunteer
    TWO_DAYS = "two_days"  # two days before
    MORNING = "morning"  # on the morning of the shift
    NOT_CONFIRMED = "not_confirmed"  # no answer yet, three days before
    ASKED = "asked"  # can you take an open place?
    FILLED = "filled"  # someone else took it
    CANT_COME = "cant_come"  # to coordinators: a volunteer cannot come
    CLAIM_GRANTED = "claim_granted"  # they asked for a place, and may come
    CLAIM_DECLINED = "claim_declined"  # they asked for a place: not this time
    WAITING_OFFERED = "waiting_offered"  # the first of the waiting list can have the place
    WAITING_GONE = "waiting_gone"  # the office gave it to someone else after all
    SWAP_ASKED = "swap_asked"  # someone would give you their place
    SWAP_PROPOSED = "swap_proposed"  # someone would take yours for one of theirs
    SWAP_DONE = "swap_done"  # someone has taken your place
    SWAP_GONE = "swap_gone"  # the place is not to be had any more
    LONE_ARRIVAL = "lone_arrival"  # at a home visit: are you there?
    LONE_OUT = "lone_out"  # after it: are you out again?
    LONE_ALARM = "lone_alarm"  # to the leader, then on call: someone has not checked out
    RED_FLAG = "red_flag"  # to a clinician: somebody in grief may be in danger
    SHORT = "short"  # to coordinators: a shift lacks people, a leader, experience
    NOTE_MISSING = "note_missing"  # the note of a visit is not here yet
    DIGEST = "digest"  # to coordinators, each morning: how the day looks
    WEEKLY = "weekly"  # to coordinators, on Fridays: how the week to come looks
    TASK_DUE = "task_due"  # to its owner: a task's day, or a promise's, has come
    FOLLOW_UP_DUE = "follow_up_due"  # to whoever follows a bereaved person
    CASE_UNREAD = "case_unread"  # to the team: words that may speak of harm wait for a reader
    CASE_DUE = "case_due"  # to whoever looks after what somebody said: its day has come
    PAPER = "paper"  # what a volunteer brought or learnt holds no longer than some day
    THANKS = "thanks"  # a year with us, a hundred hours
    INVITATION = "invitation"  # to someone who may sign in for the first time
    RESET = "reset"  # a link to choose a new password
    TEST = "test"  # to oneself, to see that messages leave


# What a publish says; the rest follows from the calendar, a question or an answer.
TOLD_KINDS = frozenset({Kind.PUBLISHED, Kind.CHANGED, Kind.CANCELLED, Kind.CLAIM_GRANTED})
# Their link opens the page with the two big buttons.
ANSWERED_BY_LINK = frozenset(
    {
        Kind.PUBLISHED,
        Kind.CHANGED,
        Kind.TWO_DAYS,
        Kind.MORNING,
        Kind.NOT_CONFIRMED,
        Kind.ASKED,
        Kind.CLAIM_GRANTED,
    }
)
# Their link opens a page of one's own, named in the facts, after signing in.
LED_BY_PATH = frozenset(
    {
        Kind.WAITING_OFFERED,
        Kind.SWAP_ASKED,
        Kind.SWAP_PROPOSED,
        Kind.SWAP_DONE,
        Kind.SHORT,
        Kind.NOTE_MISSING,
        Kind.LONE_ARRIVAL,
        Kind.LONE_OUT,
        Kind.LONE_ALARM,
        Kind.DIGEST,
        Kind.WEEKLY,
        Kind.TASK_DUE,
        Kind.FOLLOW_UP_DUE,
        Kind.CASE_UNREAD,
        Kind.CASE_DUE,
        Kind.RED_FLAG,
    }
)


class Topic(StrEnum):
    """What a person may want to hear of, or not."""

    SHIFTS = "shifts"  # their shifts: new, changed, off, and answers to what they asked for
    REMINDERS = "reminders"  # of a shift that is near
    ASKED = "asked"  # can you help?
    NOTES = "notes"  # what is still to be written down, and papers that run out
    TASKS = "tasks"  # what someone promised or is due
    OFFICE = "office"  # to staff: what went wrong with a shift
    SUMMARIES = "summaries"
    THANKS = "thanks"
    SAFETY = "safety"  # someone may need help
    ACCOUNT = "account"  # what whoever signs in asked for and waits for


TOPIC_OF: dict[Kind, Topic] = {
    Kind.PUBLISHED: Topic.SHIFTS,
    Kind.CHANGED: Topic.SHIFTS,
    Kind.CANCELLED: Topic.SHIFTS,
    Kind.CLAIM_GRANTED: Topic.SHIFTS,
    Kind.CLAIM_DECLINED: Topic.SHIFTS,
    Kind.WAITING_OFFERED: Topic.SHIFTS,
    Kind.WAITING_GONE: Topic.SHIFTS,
    Kind.SWAP_PROPOSED: Topic.SHIFTS,
    Kind.SWAP_DONE: Topic.SHIFTS,
    Kind.SWAP_GONE: Topic.SHIFTS,
    Kind.TWO_DAYS: Topic.REMINDERS,
    Kind.MORNING: Topic.REMINDERS,
    Kind.NOT_CONFIRMED: Topic.REMINDERS,
    Kind.ASKED: Topic.ASKED,
    Kind.FILLED: Topic.ASKED,
    Kind.SWAP_ASKED: Topic.ASKED,
    Kind.NOTE_MISSING: Topic.NOTES,
    Kind.PAPER: Topic.NOTES,
    Kind.TASK_DUE: Topic.TASKS,
    Kind.FOLLOW_UP_DUE: Topic.TASKS,
    Kind.CASE_DUE: Topic.TASKS,
    Kind.CASE_UNREAD: Topic.SAFETY,
    Kind.DIGEST: Topic.SUMMARIES,
    Kind.WEEKLY: Topic.SUMMARIES,
    Kind.THANKS: Topic.THANKS,
    Kind.CANT_COME: Topic.OFFICE,
    Kind.SHORT: Topic.OFFICE,
    Kind.LONE_ARRIVAL: Topic.SAFETY,
    Kind.LONE_OUT: Topic.SAFETY,
    Kind.LONE_ALARM: Topic.SAFETY,
    Kind.RED_FLAG: Topic.SAFETY,
    Kind.INVITATION: Topic.ACCOUNT,
    Kind.RESET: Topic.ACCOUNT,
    Kind.TEST: Topic.ACCOUNT,
}
# Said to everyone, whatever they wish: someone may be in trouble, or waits for what they asked for.
ALWAYS_SAID = frozenset({Topic.SAFETY, Topic.ACCOUNT})
# Who is not written to about these is to be phoned.
MUST_KNOW = frozenset({Topic.SHIFTS, Topic.REMINDERS})
