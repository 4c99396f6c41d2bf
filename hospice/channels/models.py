"""The table of ways beside email."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hospice.channels.rules import SCHEMES, Scheme
from hospice.core.db import Id, Instant, Model
from hospice.core.sealing import SealedText


class Channel(Model):
    """A service that an administrator set up, with its secret address."""

    __tablename__ = "channel"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    scheme: Mapped[str] = mapped_column(String(32))
    # Never shown, journalled or logged; it lies sealed, and is empty when it was sealed with
    # another key.
    secret: Mapped[str] = mapped_column(SealedText)
    is_paid: Mapped[bool] = mapped_column(default=False)
    is_own_host: Mapped[bool] = mapped_column(default=False)  # it may stand in our own network
    is_enabled: Mapped[bool] = mapped_column(default=True)
    # That the service does not accept us, which is about no message and no person.
    failed_at: Mapped[Instant | None]
    failed_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Instant]
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    changed_at: Mapped[Instant]
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def service(self) -> Scheme:
        """Return the service that it speaks to."""
        return SCHEMES[self.scheme]

    @property
    def is_unreadable(self) -> bool:
        """Tell whether the secret must be entered again: the app's own key has changed."""
        return not self.secret

    @property
    def way(self) -> str:
        """Return what a message and a person's ways call it."""
        return f"channel:{self.id}"
