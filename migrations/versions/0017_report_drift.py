"""Drift reports of detector versions: what they see and answer now, beside what they were measured on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "detector_drift_reports"

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
        sa.Column("calibration_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('steady', 'alert', 'too_few')", name=op.f("ck_detector_drift_reports_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["detector_version_id"],
            ["detector_versions.id"],
            name=op.f("fk_detector_drift_reports_detector_version_id_detector_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["detector_calibrations.id"],
            name=op.f("fk_detector_drift_reports_calibration_id_detector_calibrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detector_drift_reports")),
    )
    op.create_index(
        op.f("ix_detector_drift_reports_detector_version_id_id"), TABLE, ["detector_version_id", "id"]
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


def downgrade() -> None:
    op.drop_table(TABLE)
