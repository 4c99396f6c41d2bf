"""Tables of messages and of the tick that sends them."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hospice.core.db import Facts, Id, Instant, Model, stored
from hospice.reminders.rules import Kind, MessageState


class Message(Model):
    """What was queued or sent, once for each key."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "state", "send_before"),
        Index(None, "about"),
        Index(None, "recipient", "id"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[Kind] = mapped_column(stored(Kind))
    about: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(16))
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


class Tick(Model):
    """When each job last ran to its end, for the heartbeat."""

    __tablename__ = "tick"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    ran_at: Mapped[Instant]
