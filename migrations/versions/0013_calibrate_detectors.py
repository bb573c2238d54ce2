"""Calibrations of detector versions on gold, and each score as a calibrated probability beside what was said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = "detector_calibrations"

REVOKE = f"""
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {TABLE} FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("detector_version_id", sa.BigInteger(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["detector_version_id"],
            ["detector_versions.id"],
            name=op.f("fk_detector_calibrations_detector_version_id_detector_versions"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_detector_calibrations_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detector_calibrations")),
        sa.UniqueConstraint("job_id", name=op.f("uq_detector_calibrations_job_id")),
    )
    op.create_index(
        op.f("ix_detector_calibrations_detector_version_id_id"), TABLE, ["detector_version_id", "id"]
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(REVOKE)
    op.add_column("scores", sa.Column("p_calibrated", sa.Float(), nullable=True))
    op.add_column("scores", sa.Column("calibration_id", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_scores_p_calibrated_range"), "scores", "p_calibrated > 0 AND p_calibrated < 1"
    )
    op.create_foreign_key(
        op.f("fk_scores_calibration_id_detector_calibrations"), "scores", TABLE, ["calibration_id"], ["id"]
    )
    op.create_index(
        "ix_scores_detector_version_id_calibration_id", "scores", ["detector_version_id", "calibration_id"]
    )
    # A maker's claim of calibration counts for nothing here; gold of this installation decides.
    op.execute("UPDATE detector_versions SET is_calibrated = false")


def downgrade() -> None:
    op.drop_index("ix_scores_detector_version_id_calibration_id", table_name="scores")
    op.drop_constraint(op.f("fk_scores_calibration_id_detector_calibrations"), "scores")
    op.drop_constraint(op.f("ck_scores_p_calibrated_range"), "scores")
    op.drop_column("scores", "calibration_id")
    op.drop_column("scores", "p_calibrated")
    op.drop_table(TABLE)
