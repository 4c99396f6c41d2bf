"""kin and deaths."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
