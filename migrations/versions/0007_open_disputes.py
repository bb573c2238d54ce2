"""Disputes with their reasons, provisional verdicts, decisions and appeals; importance; who saw which figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
UUID = sa.text("gen_random_uuid()")
JSONB = postgresql.JSONB(astext_type=sa.Text())
VERDICTS = "IN ('manipulated', 'no_manipulation_found', 'inconclusive', 'authentic')"
APPEND_ONLY = (
    "disputes", "dispute_reasons", "case_views", "score_views", "provisionals", "decisions", "appeals",
)  # fmt: skip
REVOKE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    _extend_policies()
    _extend_clips()
    op.drop_constraint(op.f("ck_verdicts_reason_known"), "verdicts")
    op.create_check_constraint(
        op.f("ck_verdicts_reason_known"), "verdicts", "reason IN ('evidence', 'cap', 'adjudication')"
    )
    op.add_column("verdicts", sa.Column("public_id", sa.Uuid(), server_default=UUID, nullable=False))
    op.create_unique_constraint(op.f("uq_verdicts_public_id"), "verdicts", ["public_id"])
    _create_disputes()
    _create_views()
    _create_judgements()
    _create_appeals()
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
    op.drop_constraint(op.f("fk_disputes_clip_id_previous_round_decisions"), "disputes")
    for table in (
        "appeals", "decisions", "provisionals", "score_views", "case_views", "dispute_reasons", "disputes",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_constraint(op.f("uq_verdicts_public_id"), "verdicts")
    op.drop_column("verdicts", "public_id")
    op.drop_constraint(op.f("ck_verdicts_reason_known"), "verdicts")
    op.create_check_constraint(
        op.f("ck_verdicts_reason_known"),
        "verdicts",
        "reason IN ('evidence', 'cap')",
        postgresql_not_valid=True,  # adjudicated verdicts stay: the table refuses to lose them
    )
    op.drop_index("ix_clips_capped", table_name="clips")
    op.drop_constraint(op.f("ck_clips_importance_range"), "clips")
    op.drop_column("clips", "importance")
    for column in ("disputes_per_day", "audit_share", "guard_gap", "detector_gap", "strong_odds"):
        op.drop_column("policies", column)


def _extend_policies() -> None:
    for name, default in (
        ("strong_odds", "3.5"),
        ("detector_gap", "0.5"),
        ("guard_gap", "0.5"),
        ("audit_share", "0.02"),
    ):
        op.add_column(
            "policies", sa.Column(name, sa.Double(), server_default=sa.text(default), nullable=False)
        )
    op.add_column(
        "policies", sa.Column("disputes_per_day", sa.Integer(), server_default=sa.text("50"), nullable=False)
    )


def _extend_clips() -> None:
    op.add_column(
        "clips", sa.Column("importance", sa.SmallInteger(), server_default=sa.text("1"), nullable=False)
    )
    op.create_check_constraint(op.f("ck_clips_importance_range"), "clips", "importance BETWEEN 1 AND 5")
    op.create_index(
        "ix_clips_capped", "clips", ["retired_at"], postgresql_where=sa.text("retirement_reason = 'cap'")
    )


def _create_disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), server_default=UUID, nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("previous_round", sa.SmallInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "(round = 1 AND previous_round IS NULL) OR (round > 1 AND previous_round = round - 1 "
            "AND previous_round IS NOT NULL)",
            name=op.f("ck_disputes_rounds_follow"),
        ),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_disputes_clip_id_clips")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("clip_id", "round", name=op.f("uq_disputes_clip_id_round")),
    )
    op.create_table(
        "dispute_reasons",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", JSONB, nullable=False),
        sa.Column("sampling_weight", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "reason IN ('strong_clash', 'detector_clash', 'guard', 'valuable_cap', 'audit', 'appeal')",
            name=op.f("ck_dispute_reasons_reason_known"),
        ),
        sa.CheckConstraint(
            "(reason = 'audit') = (sampling_weight IS NOT NULL)",
            name=op.f("ck_dispute_reasons_weight_of_audits"),
        ),
        sa.CheckConstraint("sampling_weight >= 1", name=op.f("ck_dispute_reasons_weight_range")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_reasons_dispute_id_disputes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_reasons")),
        sa.UniqueConstraint("dispute_id", "reason", name=op.f("uq_dispute_reasons_dispute_id_reason")),
    )
    op.create_index(op.f("ix_dispute_reasons_reason_created_at"), "dispute_reasons", ["reason", "created_at"])


def _create_views() -> None:
    op.create_table(
        "case_views",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_case_views_dispute_id_disputes")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_views_user_id_users")),
        sa.PrimaryKeyConstraint("dispute_id", "user_id", name=op.f("pk_case_views")),
    )
    op.create_table(
        "score_views",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_score_views_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "group_id", name=op.f("pk_score_views")),
    )


def _create_judgements() -> None:
    op.create_table(
        "provisionals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(f"verdict {VERDICTS}", name=op.f("ck_provisionals_verdict_known")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_provisionals_dispute_id_disputes")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["users.id"], name=op.f("fk_provisionals_moderator_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisionals")),
        sa.UniqueConstraint(
            "dispute_id", "moderator_id", name=op.f("uq_provisionals_dispute_id_moderator_id")
        ),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("vocabulary_version", sa.Integer(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("verdict_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(f"verdict {VERDICTS}", name=op.f("ck_decisions_verdict_known")),
        sa.CheckConstraint("cardinality(reason_codes) >= 1", name=op.f("ck_decisions_reasons_given")),
        sa.CheckConstraint("length(btrim(rationale)) >= 1", name=op.f("ck_decisions_rationale_given")),
        sa.ForeignKeyConstraint(
            ["clip_id", "round"],
            ["disputes.clip_id", "disputes.round"],
            name=op.f("fk_decisions_clip_id_round_disputes"),
        ),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_decisions_clip_id_clips")),
        sa.ForeignKeyConstraint(
            ["dispute_id", "moderator_id"],
            ["provisionals.dispute_id", "provisionals.moderator_id"],
            name=op.f("fk_decisions_dispute_id_moderator_id_provisionals"),
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_decisions_dispute_id_disputes")
        ),
        sa.ForeignKeyConstraint(["moderator_id"], ["users.id"], name=op.f("fk_decisions_moderator_id_users")),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_decisions_verdict_id_verdicts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("clip_id", "round", name=op.f("uq_decisions_clip_id_round")),
        sa.UniqueConstraint("dispute_id", name=op.f("uq_decisions_dispute_id")),
        sa.UniqueConstraint("verdict_id", name=op.f("uq_decisions_verdict_id")),
    )
    op.create_index("ix_decisions_blind", "decisions", ["clip_id"], postgresql_where=sa.text("is_blind"))
    op.create_foreign_key(
        op.f("fk_disputes_clip_id_previous_round_decisions"),
        "disputes",
        "decisions",
        ["clip_id", "previous_round"],
        ["clip_id", "round"],
    )


def _create_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), server_default=UUID, nullable=False),
        sa.Column("verdict_id", sa.BigInteger(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("appellant_id", sa.BigInteger(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("length(btrim(grounds)) >= 1", name=op.f("ck_appeals_grounds_given")),
        sa.ForeignKeyConstraint(["appellant_id"], ["users.id"], name=op.f("fk_appeals_appellant_id_users")),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_appeals_dispute_id_disputes")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_appeals_verdict_id_verdicts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("verdict_id", "appellant_id", name=op.f("uq_appeals_verdict_id_appellant_id")),
    )
    op.create_index(op.f("ix_appeals_dispute_id"), "appeals", ["dispute_id"])
