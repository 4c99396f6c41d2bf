"""instruments, screens and red flags."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
