"""kin and deaths."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_INSTANT = sa.DateTime(timezone=True)
_STANDING = sa.text("undone_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", _INSTANT, nullable=True))
    _create_episodes()
    _create_losses()
    _create_kin()
    _create_deaths()


def _create_episodes() -> None:
    op.create_table(
        "episode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_as", sa.String(length=32), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        _key("episode", "patient_id", "patient"),
        sa.PrimaryKeyConstraint("id", name="pk_episode"),
    )
    op.create_index("ix_episode_patient_id", "episode", ["patient_id"])
    # Whoever is known already came when they were written down; who has gone, nobody knows when.
    op.execute(
        "INSERT INTO episode (patient_id, started_on, ended_on, ended_as, words)"
        " SELECT id, CAST(substr(CAST(created_at AS VARCHAR(40)), 1, 10) AS DATE), NULL, NULL, ''"
        " FROM patient"
        if op.get_bind().dialect.name != "sqlite"
        else "INSERT INTO episode (patient_id, started_on, ended_on, ended_as, words)"
        " SELECT id, date(created_at), NULL, NULL, '' FROM patient"
    )


def _create_losses() -> None:
    op.create_table(
        "loss",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("spared_until", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        _key("loss", "volunteer_id", "volunteer", ondelete="CASCADE"),
        _key("loss", "patient_id", "patient"),
        _user_key("loss", "entered_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_loss"),
    )
    _index("loss", "volunteer_id", "spared_until")


def _create_kin() -> None:
    op.create_table(
        "kin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("called", sa.String(length=120), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("reach_days", sa.JSON(), nullable=False),
        sa.Column("reach_from", sa.Time(), nullable=True),
        sa.Column("reach_until", sa.Time(), nullable=True),
        sa.Column("reach_words", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("post_address", sa.String(length=300), nullable=False),
        sa.Column("is_minor", sa.Boolean(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("safety_note", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("kin", "guardian_id", "kin"),
        sa.PrimaryKeyConstraint("id", name="pk_kin"),
    )
    op.create_index("ix_kin_sort_key", "kin", ["sort_key"])
    op.create_index("ix_kin_guardian_id", "kin", ["guardian_id"])
    op.create_table(
        "kinship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("kin_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("relation_words", sa.String(length=120), nullable=False),
        sa.Column("is_decision_maker", sa.Boolean(), nullable=False),
        sa.Column("is_carer", sa.Boolean(), nullable=False),
        sa.Column("is_key_contact", sa.Boolean(), nullable=False),
        sa.Column("name_for_patient", sa.String(length=120), nullable=False),
        sa.Column("words_to_avoid", sa.String(length=300), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        _key("kinship", "patient_id", "patient"),
        _key("kinship", "kin_id", "kin"),
        sa.PrimaryKeyConstraint("id", name="pk_kinship"),
        sa.UniqueConstraint("patient_id", "kin_id", name="uq_kinship_patient_id_kin_id"),
    )
    op.create_index("ix_kinship_kin_id", "kinship", ["kin_id"])
    op.create_table(
        "kin_way",
        sa.Column("kin_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", _INSTANT, nullable=True),
        _key("kin_way", "kin_id", "kin", ondelete="CASCADE"),
        _user_key("kin_way", "noted_by_id"),
        sa.PrimaryKeyConstraint("kin_id", "way", name="pk_kin_way"),
    )
    op.create_table(
        "kin_estranged",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_kin_estranged_order")),
        _key("kin_estranged", "first_id", "kin", ondelete="CASCADE"),
        _key("kin_estranged", "second_id", "kin", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_kin_estranged"),
    )
    op.create_index("ix_kin_estranged_second_id", "kin_estranged", ["second_id"])
    op.create_table(
        "contact_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kin_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=True),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", _INSTANT, nullable=True),
        _key("contact_stop", "kin_id", "kin", ondelete="CASCADE"),
        _user_key("contact_stop", "set_by_id"),
        _user_key("contact_stop", "lifted_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_stop"),
    )
    _index("contact_stop", "kin_id", "lifted_at")


def _create_deaths() -> None:
    op.create_table(
        "death",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("died_at", sa.Time(), nullable=True),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("told_how", sa.String(length=32), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", _INSTANT, nullable=False),
        sa.Column("state_before", sa.String(length=32), nullable=False),
        sa.Column("reason_before", sa.String(length=300), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", _INSTANT, nullable=True),
        sa.Column("source_name", sa.String(length=120), nullable=False),
        sa.Column("source_role", sa.String(length=120), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", _INSTANT, nullable=True),
        sa.Column("undone_reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("death", "patient_id", "patient"),
        _user_key("death", "reported_by_id"),
        _user_key("death", "confirmed_by_id"),
        _user_key("death", "undone_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_death"),
    )
    _index("death", "patient_id", "reported_at")
    op.create_index("ix_death_reported_at", "death", ["reported_at"])
    op.create_index(
        "uq_death_standing",
        "death",
        ["patient_id"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_table(
        "telling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("death_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("next_at", _INSTANT, nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("last_visit_on", sa.Date(), nullable=True),
        sa.Column("told_at", _INSTANT, nullable=True),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("took_it", sa.Text(), nullable=False),
        sa.Column("pause", sa.String(length=32), nullable=False),
        _key("telling", "death_id", "death"),
        _key("telling", "volunteer_id", "volunteer"),
        _user_key("telling", "told_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_telling"),
        sa.UniqueConstraint("death_id", "volunteer_id", name="uq_telling_death_id_volunteer_id"),
    )
    op.create_index("ix_telling_volunteer_id", "telling", ["volunteer_id"])


def downgrade() -> None:
    for table in (
        "telling",
        "death",
        "contact_stop",
        "kin_estranged",
        "kin_way",
        "kinship",
        "kin",
        "loss",
        "episode",
    ):
        op.drop_table(table)
    # Nothing knew of a death that was only reported: those are not visited either.
    op.execute("UPDATE patient SET state = 'died' WHERE state = 'death_reported'")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_column("paused_at")


def _key(
    table: str, name: str, other: str, *, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{other}.id"], name=f"fk_{table}_{name}_{other}", ondelete=ondelete
    )


def _user_key(table: str, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], ["user_account.id"], name=f"fk_{table}_{name}_user_account", ondelete="SET NULL"
    )


def _index(table: str, first: str, second: str) -> None:
    op.create_index(f"ix_{table}_{first}_{table}_{second}", table, [first, second])
