"""Invitations, when an account was last seen, reasons for policies, and an admin who always remains."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
TEXTS = postgresql.ARRAY(sa.Text())

# The service asks the same question under the same lock and says why in plain words; this holds every other path
# to it too. The lock comes first: each statement of the function then sees what was committed before it.
KEEP_ONE_ADMIN = """
CREATE FUNCTION keep_one_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.is_active AND 'admin' = ANY (OLD.roles)
     AND NOT (TG_OP = 'UPDATE' AND NEW.is_active AND 'admin' = ANY (NEW.roles)) THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('active-admins', 0));
    IF NOT EXISTS (SELECT FROM users WHERE is_active AND 'admin' = ANY (roles) AND id <> OLD.id) THEN
      RAISE EXCEPTION 'the last active admin stays' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NULL;
END $$
"""

REVOKE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON policies FROM clipjury_app;
  END IF;
END $$
"""

GRANT = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    GRANT UPDATE, DELETE ON policies TO clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.add_column("users", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE users SET last_seen_at = s.at FROM (SELECT user_id, max(last_seen_at) AS at FROM browser_sessions "
        "GROUP BY user_id) s WHERE s.user_id = users.id"
    )
    op.execute(KEEP_ONE_ADMIN)
    op.execute(
        "CREATE TRIGGER users_keep_one_admin AFTER UPDATE OF roles, is_active OR DELETE ON users "
        "FOR EACH ROW EXECUTE FUNCTION keep_one_admin()"
    )
    _create_invitations()
    op.add_column("policies", sa.Column("reason", sa.Text(), nullable=True))
    op.execute(
        "CREATE TRIGGER policies_append_only BEFORE UPDATE OR DELETE ON policies "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER policies_no_truncate BEFORE TRUNCATE ON policies "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(REVOKE)
    # Votes are nine events in ten; what else happened is read without wading through them.
    op.create_index(
        "ix_audit_events_not_votes",
        "audit_events",
        ["id"],
        postgresql_where=sa.text("action <> 'vote_cast'"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_events_not_votes", table_name="audit_events")
    op.execute(GRANT)
    op.execute("DROP TRIGGER policies_no_truncate ON policies")
    op.execute("DROP TRIGGER policies_append_only ON policies")
    op.drop_column("policies", "reason")
    op.drop_table("invitations")
    op.execute("DROP TRIGGER users_keep_one_admin ON users")
    op.execute("DROP FUNCTION keep_one_admin")
    op.drop_column("users", "last_seen_at")


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("roles", TEXTS, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('account', 'password_reset')", name=op.f("ck_invitations_purpose_known")
        ),
        sa.CheckConstraint(
            "(purpose = 'password_reset') = (user_id IS NOT NULL)",
            name=op.f("ck_invitations_user_when_reset"),
        ),
        sa.CheckConstraint(
            "used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitations_used_or_revoked")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_invitations_created_by_users")),
        sa.ForeignKeyConstraint(["used_by"], ["users.id"], name=op.f("fk_invitations_used_by_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitations_token_sha256")),
    )
    op.create_index(op.f("ix_invitations_created_at_id"), "invitations", ["created_at", "id"])
