"""The table of places."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hospice.core.db import Id, Instant, Model, stored
from hospice.places.rules import PlaceKind, full_name


class Place(Model):
    """A ward, or "home visits"."""

    __tablename__ = "place"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    second_name: Mapped[str] = mapped_column(String(80), default="")  # "Garden"
    kind: Mapped[PlaceKind] = mapped_column(stored(PlaceKind), default=PlaceKind.WARD)
    address: Mapped[str] = mapped_column(String(300), default="")
    directions: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    timezone: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(default=0)
    is_open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def full_name(self) -> str:
        """Return "Ward 1 · Garden"."""
        return full_name(self.name, self.second_name)
