"""What a version of reliabilities was fitted from, and the scores of a posterior, so that both can be replayed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = "reliability_gold_changes"

REVOKE = f"""
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {TABLE} FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    # Null in rows from before: what was not kept cannot be replayed, and the replay says so.
    op.add_column("posteriors", sa.Column("scores", postgresql.JSONB(), nullable=True))
    op.add_column("reliability_versions", sa.Column("input_hash", sa.Text(), nullable=True))
    op.add_column(
        "reliability_versions", sa.Column("votes_missing", postgresql.ARRAY(sa.BigInteger()), nullable=True)
    )
    # No foreign key to clips: its lock on every gold clip would make votes and the refit wait for each other.
    op.create_table(
        TABLE,
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "label IN ('authentic', 'manipulated')", name=op.f("ck_reliability_gold_changes_label_known")
        ),
        sa.ForeignKeyConstraint(
            ["version"],
            ["reliability_versions.version"],
            name=op.f("fk_reliability_gold_changes_version_reliability_versions"),
        ),
        sa.PrimaryKeyConstraint("clip_id", "version", name=op.f("pk_reliability_gold_changes")),
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
    # The replay of one version reads its posteriors alone.
    op.create_index(
        "ix_posteriors_reliability_version", "posteriors", ["reliability_version", "clip_id", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_posteriors_reliability_version", table_name="posteriors")
    op.drop_table(TABLE)
    op.drop_column("reliability_versions", "votes_missing")
    op.drop_column("reliability_versions", "input_hash")
    op.drop_column("posteriors", "scores")
