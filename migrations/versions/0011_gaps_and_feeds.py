"""gaps and feeds."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
