"""Tables of the hospice, its users, their sign-ins, single-use links and counted tries."""

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.rules import PERMISSIONS, Permission, Role, Theme, TicketKind
from hospice.core.db import Id, Instant, Model, stored


class Hospice(Model):
    """The one hospice that this database belongs to."""

    __tablename__ = "hospice"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2), default="")
    office_phone: Mapped[str] = mapped_column(String(40), default="")
    office_hours: Mapped[str] = mapped_column(String(80), default="")
    # Whom a phone rings when someone alone in a home does not come out again.
    on_call_name: Mapped[str] = mapped_column(String(120), default="")
    on_call_phone: Mapped[str] = mapped_column(String(40), default="")
    on_call_email: Mapped[str] = mapped_column(String(254), default="")
    # From when to when a volunteer may see whom they visit, counted from the shift.
    seen_before_hours: Mapped[int] = mapped_column(default=48)
    seen_after_hours: Mapped[int] = mapped_column(default=24)
    check_in_before_minutes: Mapped[int] = mapped_column(default=60)
    check_in_after_hours: Mapped[int] = mapped_column(default=24)
    # Someone alone in a home who does not check out: asked, then their leader, then on call.
    lone_volunteer_minutes: Mapped[int] = mapped_column(default=15)
    lone_leader_minutes: Mapped[int] = mapped_column(default=30)
    lone_on_call_minutes: Mapped[int] = mapped_column(default=45)
    # When someone cannot come, others are asked at once without waiting for a coordinator.
    asks_by_itself: Mapped[bool] = mapped_column(default=True)
    # Which names of the dead volunteers read in their own space: gatherings.rules.Remembrance.
    remembrance: Mapped[str] = mapped_column(String(32), default="off")
    # Whom a volunteer or one of the staff may ring who would like to talk.
    talk_name: Mapped[str] = mapped_column(String(120), default="")
    talk_phone: Mapped[str] = mapped_column(String(40), default="")
    # Since when nothing that was due before leaves, until a person has looked: after a restore.
    messages_held_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class User(UserMixin, Model):
    """A person who signs in."""

    __tablename__ = "user_account"  # "user" is a reserved word in PostgreSQL

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(stored(Role))
    locale: Mapped[str] = mapped_column(String(16))
    theme: Mapped[Theme] = mapped_column(stored(Theme), default=Theme.SYSTEM)
    text_size: Mapped[int] = mapped_column(default=1)
    large_mode: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    __allow_unmapped__ = True  # for the two below, which are not columns
    # The token of the present sign-in; set by `queries.by_token`, never stored here.
    sign_in_token: str | None = None
    is_fresh: bool = False

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the cookie: the sign-in's token, which can be ended."""
        return self.sign_in_token or ""

    @property
    def is_active(self) -> bool:
        return self.is_enabled

    def may(self, permission: Permission) -> bool:
        """Tell whether the person's role holds a permission."""
        return permission in PERMISSIONS[self.role]


class SignIn(Model):
    """One signed-in browser; ending the row ends it at once."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "user_id", "ended_at"),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    is_kept: Mapped[bool]
    started_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    device: Mapped[str] = mapped_column(String(120), default="")

    user: Mapped[User] = relationship(lazy="raise")


class Ticket(Model):
    """A single-use link: first run, invitation or reset; only the hash is kept.

    The token is made from `salt` and the app's secret key, so that a letter can carry it later
    while the database alone opens nothing.
    """

    __tablename__ = "ticket"

    id: Mapped[Id]
    kind: Mapped[TicketKind] = mapped_column(stored(TicketKind))
    salt: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
    wants_letter: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User | None] = relationship(lazy="raise")


class Attempt(Model):
    """One counted try at a secret, so that all processes throttle together."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "key_hash", "tried_at"),)

    id: Mapped[Id]
    key_hash: Mapped[str] = mapped_column(String(64))
    tried_at: Mapped[Instant]
