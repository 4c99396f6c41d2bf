"""memorial gatherings, debriefs and remembrance."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
