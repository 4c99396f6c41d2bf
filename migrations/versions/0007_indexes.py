"""indexes."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
