"""wishes."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
