"""Reports of clips, quarantine with its history, and leases that are withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LEASE_STATES_BEFORE = "state IN ('leased', 'voted', 'expired', 'skipped')"
LEASE_STATES = "state IN ('leased', 'voted', 'expired', 'skipped', 'withdrawn')"
APPEND_ONLY = ("quarantines", "media_reveals")

REVOKE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.add_column(
        "clips", sa.Column("is_safeguarded", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_clips_safeguarded_is_quarantined"),
        "clips",
        "quarantined_at IS NOT NULL OR NOT is_safeguarded",
    )
    _replace_lease_states(LEASE_STATES)
    _create_tables()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(REVOKE.format(tables=", ".join(APPEND_ONLY)))


def downgrade() -> None:
    for table in ("media_reveals", "quarantines", "reports"):
        op.drop_table(table)
    op.execute("UPDATE assignments SET state = 'expired' WHERE state = 'withdrawn'")
    _replace_lease_states(LEASE_STATES_BEFORE)
    op.drop_constraint(op.f("ck_clips_safeguarded_is_quarantined"), "clips")
    op.drop_column("clips", "is_safeguarded")


def _replace_lease_states(check: str) -> None:
    op.drop_constraint(op.f("ck_assignments_state_known"), "assignments")
    op.create_check_constraint(op.f("ck_assignments_state_known"), "assignments", check)


def _create_tables() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_reports_decided_when_closed")
        ),
        sa.CheckConstraint("desk IN ('moderators', 'safeguarding')", name=op.f("ck_reports_desk_known")),
        sa.CheckConstraint(
            "reason IN ('minor', 'intimate', 'depicted_person', 'illegal', 'rights')",
            name=op.f("ck_reports_reason_known"),
        ),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f("ck_reports_state_known")),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_reports_clip_id_clips")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_reports_decided_by_users")),
        sa.ForeignKeyConstraint(["reporter_id"], ["users.id"], name=op.f("fk_reports_reporter_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("receipt", name=op.f("uq_reports_receipt")),
    )
    op.create_index(
        "ix_reports_address",
        "reports",
        ["address", "created_at"],
        unique=False,
        postgresql_where=sa.text("address IS NOT NULL"),
    )
    op.create_index(op.f("ix_reports_clip_id_created_at"), "reports", ["clip_id", "created_at"], unique=False)
    op.create_index(
        "ix_reports_open",
        "reports",
        ["desk", "created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        op.f("ix_reports_reporter_id_created_at"), "reports", ["reporter_id", "created_at"], unique=False
    )
    op.create_table(
        "quarantines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(action = 'blocked') = (reference IS NOT NULL)",
            name=op.f("ck_quarantines_reference_when_blocked"),
        ),
        sa.CheckConstraint(
            "action IN ('quarantined', 'released', 'blocked')", name=op.f("ck_quarantines_action_known")
        ),
        sa.CheckConstraint("desk IN ('moderators', 'safeguarding')", name=op.f("ck_quarantines_desk_known")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_quarantines_actor_id_users")),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_quarantines_clip_id_clips")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_quarantines_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantines")),
    )
    op.create_index(op.f("ix_quarantines_clip_id_id"), "quarantines", ["clip_id", "id"], unique=False)
    op.create_table(
        "media_reveals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_media_reveals_clip_id_clips")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_media_reveals_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_reveals")),
    )
    op.create_index(
        op.f("ix_media_reveals_user_id_clip_id_at"),
        "media_reveals",
        ["user_id", "clip_id", "at"],
        unique=False,
    )
