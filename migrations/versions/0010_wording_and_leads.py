"""wording and leads."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Change the tables."""


def downgrade() -> None:
    """Change them back."""
