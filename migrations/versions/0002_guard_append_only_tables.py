"""Sealed votes, posteriors, verdicts and audit events refuse change; new outbox rows wake the relay."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("votes", "posteriors", "verdicts", "audit_events")

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""

# Only events with followers wake the relay at once: NOTIFY takes a database-wide lock at commit, which
# would line up all votes behind each other. The relay's one-second poll takes up the rest.
WAKE = """
CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$
"""

REVOKE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.execute(REFUSE)
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
    op.execute(WAKE)
    op.execute(
        "CREATE TRIGGER outbox_wake_relay AFTER INSERT ON outbox "
        "FOR EACH ROW WHEN (NEW.event <> 'vote_cast') EXECUTE FUNCTION wake_relay()"
    )
    op.execute(
        "INSERT INTO policies (theta, hysteresis, min_votes, cap, gold_cap, parallel_leases, min_anchored) "
        "VALUES (0.95, 0.02, 2, 12, 30, 3, 2)"
    )
    op.execute(
        "INSERT INTO reliability_versions (engine_version, is_active, gold_answers, gold_watermark, parameters) "
        "VALUES ('prior', true, 0, 0, '{}')"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER outbox_wake_relay ON outbox")
    op.execute("DROP FUNCTION wake_relay")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP FUNCTION refuse_change")
    op.execute("DELETE FROM reliability_versions WHERE engine_version = 'prior'")
    op.execute("DELETE FROM policies WHERE created_by IS NULL")
