"""Training runs, comparisons on gate gold, promotions; one active version a detector."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
JSONB = postgresql.JSONB(astext_type=sa.Text())
APPEND_ONLY = ("detector_comparisons", "promotions")

REVOKE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    _create_runs()
    _extend_versions()
    _create_comparisons()
    _create_promotions()
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
    op.drop_table("promotions")
    op.drop_table("detector_comparisons")
    op.drop_index("uq_detector_versions_active", table_name="detector_versions")
    op.drop_index(op.f("ix_detector_versions_training_run_id"), table_name="detector_versions")
    op.drop_constraint(op.f("ck_detector_versions_state_known"), "detector_versions")
    for column in ("training_run_id", "parent_id", "storage_key", "state"):
        op.drop_column("detector_versions", column)
    op.drop_table("training_runs")


def _create_runs() -> None:
    op.create_table(
        "training_runs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("base_version_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("live", JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("facts", JSONB, nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk_training_runs_snapshot_id_snapshots")
        ),
        sa.ForeignKeyConstraint(
            ["base_version_id"],
            ["detector_versions.id"],
            name=op.f("fk_training_runs_base_version_id_detector_versions"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_training_runs_job_id_jobs")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_training_runs_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_runs")),
    )
    op.create_index(op.f("ix_training_runs_created_at_id"), "training_runs", ["created_at", "id"])
    op.create_index(op.f("ix_training_runs_snapshot_id"), "training_runs", ["snapshot_id"])


def _extend_versions() -> None:
    op.add_column(
        "detector_versions",
        sa.Column("state", sa.Text(), server_default=sa.text("'candidate'"), nullable=False),
    )
    op.add_column("detector_versions", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    op.add_column("detector_versions", sa.Column("training_run_id", sa.Uuid(), nullable=True))
    op.add_column("detector_versions", sa.Column("storage_key", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_detector_versions_state_known"),
        "detector_versions",
        "state IN ('candidate', 'active', 'retired')",
    )
    op.create_foreign_key(
        op.f("fk_detector_versions_parent_id_detector_versions"),
        "detector_versions",
        "detector_versions",
        ["parent_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_detector_versions_training_run_id_training_runs"),
        "detector_versions",
        "training_runs",
        ["training_run_id"],
        ["id"],
    )
    op.create_index(op.f("ix_detector_versions_training_run_id"), "detector_versions", ["training_run_id"])
    # The newest version of each detector is the one whose scores have counted until now.
    op.execute(
        "UPDATE detector_versions v SET state = CASE WHEN v.id = (SELECT max(w.id) FROM detector_versions w "
        "WHERE w.detector = v.detector) THEN 'active' ELSE 'retired' END"
    )
    op.create_index(
        "uq_detector_versions_active",
        "detector_versions",
        ["detector"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )


def _create_comparisons() -> None:
    op.create_table(
        "detector_comparisons",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("candidate_id", sa.BigInteger(), nullable=False),
        sa.Column("incumbent_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('passed', 'refused', 'too_few_items')",
            name=op.f("ck_detector_comparisons_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["detector_versions.id"],
            name=op.f("fk_detector_comparisons_candidate_id_detector_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["incumbent_id"],
            ["detector_versions.id"],
            name=op.f("fk_detector_comparisons_incumbent_id_detector_versions"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_detector_comparisons_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detector_comparisons")),
    )
    op.create_index(
        op.f("ix_detector_comparisons_candidate_id_id"), "detector_comparisons", ["candidate_id", "id"]
    )


def _create_promotions() -> None:
    op.create_table(
        "promotions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("comparison_id", sa.BigInteger(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "kind IN ('first', 'gate', 'override', 'rollback')", name=op.f("ck_promotions_kind_known")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('override', 'rollback') OR reason <> ''", name=op.f("ck_promotions_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["detector_versions.id"], name=op.f("fk_promotions_version_id_detector_versions")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["detector_versions.id"],
            name=op.f("fk_promotions_previous_id_detector_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["comparison_id"],
            ["detector_comparisons.id"],
            name=op.f("fk_promotions_comparison_id_detector_comparisons"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_promotions_job_id_jobs")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_promotions_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.create_index(op.f("ix_promotions_detector_id"), "promotions", ["detector", "id"])
