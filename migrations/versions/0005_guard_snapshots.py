"""Frozen snapshots refuse change; clips note whether their uploader agreed to publication."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("snapshot_items", "snapshot_files")

REFUSE_FROZEN = """
CREATE FUNCTION refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'snapshot % is frozen: % is refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""

# What is frozen takes no further rows either.
REFUSE_LATE = """
CREATE FUNCTION refuse_late_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM snapshots WHERE id = NEW.snapshot_id AND state = 'frozen') THEN
    RAISE EXCEPTION 'snapshot % is frozen: it takes no more rows', NEW.snapshot_id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""

REVOKE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON snapshot_items, snapshot_files FROM clipjury_app;
    REVOKE DELETE, TRUNCATE ON snapshots FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.add_column(
        "clips", sa.Column("media_consent", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(REFUSE_FROZEN)
    op.execute(
        "CREATE TRIGGER snapshots_frozen BEFORE UPDATE OR DELETE ON snapshots "
        "FOR EACH ROW WHEN (OLD.state = 'frozen') EXECUTE FUNCTION refuse_frozen()"
    )
    op.execute(
        "CREATE TRIGGER snapshots_no_truncate BEFORE TRUNCATE ON snapshots "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(REFUSE_LATE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_not_late BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_late_rows()"
        )
    op.execute(REVOKE)


def downgrade() -> None:
    for table in APPEND_ONLY:
        for trigger in ("not_late", "no_truncate", "append_only"):
            op.execute(f"DROP TRIGGER {table}_{trigger} ON {table}")
    op.execute("DROP TRIGGER snapshots_no_truncate ON snapshots")
    op.execute("DROP TRIGGER snapshots_frozen ON snapshots")
    op.execute("DROP FUNCTION refuse_late_rows")
    op.execute("DROP FUNCTION refuse_frozen")
    op.drop_column("clips", "media_consent")
