"""the family's own pages, and the words that people leave."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away again."""
