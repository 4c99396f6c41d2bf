"""Tables of messages, of the tick that sends them, and of how people wish to be written to."""

from datetime import time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hospice.core.db import Facts, Id, Instant, Model, Words, stored
from hospice.reminders.rules import EMAIL, Kind, MessageState, Reason
from hospice.reminders.rules.standstill import Cause
from hospice.reminders.wording.rules import Case, Medium


class Message(Model):
    """What was queued or sent, once for each key."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "state", "send_before"),
        Index(None, "about"),
        Index(None, "recipient", "id"),
        Index(None, "due_at"),
        Index(
            "ix_message_standstill",
            "standstill_id",
            "state",
            sqlite_where=text("standstill_id IS NOT NULL"),
            postgresql_where=text("standstill_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[Kind] = mapped_column(stored(Kind))
    about: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(40), default=EMAIL)  # or "channel:3"
    facts: Mapped[Facts]
    state: Mapped[MessageState] = mapped_column(stored(MessageState), default=MessageState.WAITING)
    due_at: Mapped[Instant]
    send_before: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[Instant | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    queued_at: Mapped[Instant]
    settled_at: Mapped[Instant | None]
    # The standstill that made it late, and when it was due before that.
    standstill_id: Mapped[int | None]
    was_due_at: Mapped[Instant | None]


class MessageTry(Model):
    """One try to hand a message over, and what became of it; no reason means that it was taken."""

    __tablename__ = "message_try"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(254))  # masked
    tried_at: Mapped[Instant]
    reason: Mapped[Reason | None] = mapped_column(stored(Reason))
    detail: Mapped[str] = mapped_column(Text, default="")


class Tick(Model):
    """When each job last ran to its end, for the heartbeat."""

    __tablename__ = "tick"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    ran_at: Mapped[Instant]


class Installation(Model):
    """Which database this is, and how often messages went round: a restore shows by these."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[Id]
    database: Mapped[str] = mapped_column(String(32))
    rounds: Mapped[int] = mapped_column(default=0)


class Standstill(Model):
    """A time in which no message went round, or after which a person lets them leave."""

    __tablename__ = "standstill"
    __table_args__ = (Index(None, "until_at"),)

    id: Mapped[Id]
    cause: Mapped[Cause] = mapped_column(stored(Cause))
    from_at: Mapped[Instant]
    until_at: Mapped[Instant]
    listed_at: Mapped[Instant | None]  # when what came too late was written down
    settled_at: Mapped[Instant | None]  # when a person let messages leave again
    settled_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )


class ContactWishes(Model):
    """When and about what a person wants to be written to; who has said nothing has no row."""

    __tablename__ = "contact_wishes"

    recipient: Mapped[str] = mapped_column(String(40), primary_key=True)  # as in a message
    zone: Mapped[str] = mapped_column(String(64), default="")
    quiet_until: Mapped[time | None]  # None: the usual hours
    quiet_from: Mapped[time | None]
    topics_off: Mapped[Words]
    is_silent: Mapped[bool] = mapped_column(default=False)
    said_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ContactWay(Model):
    """A way to reach a person, and whether it failed; the smallest rank is tried first.

    For email the address is that of the person's record, and only the one that failed is kept
    here: once the record has another, the failure is over.
    """

    __tablename__ = "contact_way"
    __table_args__ = (UniqueConstraint("recipient", "channel"),)

    id: Mapped[Id]
    recipient: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(254), default="")
    rank: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[Instant | None]
    failed_reason: Mapped[str] = mapped_column(Text, default="")


class MessageWording(Model):
    """A hospice's own words for a kind of message; without text, the words that came with it."""

    __tablename__ = "message_wording"
    __table_args__ = (UniqueConstraint("kind", "said_to", "medium", "language"),)

    id: Mapped[Id]
    kind: Mapped[Kind] = mapped_column(stored(Kind))
    case: Mapped[Case] = mapped_column("said_to", stored(Case))  # "case" is a word of SQL
    medium: Mapped[Medium] = mapped_column(stored(Medium))
    language: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[Instant]
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
