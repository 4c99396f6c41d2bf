"""channels."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
