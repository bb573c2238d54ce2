"""Gold with one role a group for life, tallies of leases, and refits that a guard may freeze."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
JSONB = postgresql.JSONB(astext_type=sa.Text())
LEASABLE_BEFORE = (
    "state = 'open' AND quarantined_at IS NULL AND live_leases < parallel_leases "
    "AND votes_count + live_leases < votes_cap"
)
LEASABLE = f"{LEASABLE_BEFORE} AND queue_priority < 3"
DISPUTE_REASONS_BEFORE = "'strong_clash', 'detector_clash', 'guard', 'valuable_cap', 'audit', 'appeal'"
DISPUTE_REASONS = f"{DISPUTE_REASONS_BEFORE}, 'refit'"
APPEND_ONLY = ("gold_groups", "gold_labels")

# A group takes the role of its first gold clip; the foreign key over (group_id, role) refuses any other.
KEEP_ROLE = """
CREATE FUNCTION keep_gold_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT group_id INTO NEW.group_id FROM clips WHERE id = NEW.clip_id;
  INSERT INTO gold_groups (group_id, role) VALUES (NEW.group_id, NEW.role) ON CONFLICT DO NOTHING;
  RETURN NEW;
END $$
"""

# Served gold has a tier of its own; a group that is never served leaves the queue whole, near-duplicates too.
QUEUE_GOLD = """
CREATE FUNCTION queue_gold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.role = 'serve' THEN
    UPDATE clips SET queue_priority = 2 WHERE id = NEW.clip_id;
  ELSE
    UPDATE clips SET queue_priority = 3 WHERE group_id = NEW.group_id;
  END IF;
  RETURN NULL;
END $$
"""

WITHHOLD = """
CREATE FUNCTION withhold_gold_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM gold_groups WHERE group_id = NEW.group_id AND role <> 'serve') THEN
    NEW.queue_priority := 3;
  END IF;
  RETURN NEW;
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
    _create_groups()
    _replace_leasable(LEASABLE)
    op.create_check_constraint(
        op.f("ck_clips_queue_priority_known"), "clips", "queue_priority BETWEEN 0 AND 3"
    )
    op.create_index("ix_clips_reliability_version", "clips", ["state", "reliability_version"])
    op.create_index("ix_clips_policy_version", "clips", ["state", "policy_version"])
    _guard_roles()
    _create_tallies()
    _extend_versions()
    _replace_dispute_reasons(DISPUTE_REASONS)


def downgrade() -> None:
    _replace_dispute_reasons(DISPUTE_REASONS_BEFORE)
    _reduce_versions()
    op.drop_table("lease_tallies")
    op.execute("DROP TRIGGER clips_withheld ON clips")
    op.execute("DROP TRIGGER gold_labels_queue ON gold_labels")
    op.execute("DROP TRIGGER gold_labels_role ON gold_labels")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    for function in ("withhold_gold_group", "queue_gold", "keep_gold_role"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index("ix_clips_policy_version", table_name="clips")
    op.drop_index("ix_clips_reliability_version", table_name="clips")
    op.drop_constraint(op.f("ck_clips_queue_priority_known"), "clips")
    op.execute("UPDATE clips SET queue_priority = LEAST(queue_priority, 1)")
    _replace_leasable(LEASABLE_BEFORE)
    for name in (
        "ck_gold_labels_origin_known",
        "fk_gold_labels_created_by_users",
        "fk_gold_labels_group_id_gold_groups",
    ):
        op.drop_constraint(op.f(name), "gold_labels")
    for column in ("created_by", "origin", "group_id"):
        op.drop_column("gold_labels", column)
    op.drop_table("gold_groups")


def _create_groups() -> None:
    op.create_table(
        "gold_groups",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("role IN ('serve', 'calibrate', 'gate')", name=op.f("ck_gold_groups_role_known")),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_gold_groups")),
        sa.UniqueConstraint("group_id", "role", name=op.f("uq_gold_groups_group_id_role")),
    )
    op.add_column("gold_labels", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column("gold_labels", sa.Column("origin", sa.Text(), server_default="import", nullable=False))
    op.add_column("gold_labels", sa.Column("created_by", sa.BigInteger(), nullable=True))
    op.execute("UPDATE gold_labels g SET group_id = c.group_id FROM clips c WHERE c.id = g.clip_id")
    # Drawn gold of a demo: nobody else has marked its clips as simulated.
    op.execute(
        "UPDATE gold_labels g SET origin = 'synthetic' FROM clips c WHERE c.id = g.clip_id AND c.is_simulated"
    )
    op.execute("INSERT INTO gold_groups (group_id, role) SELECT DISTINCT group_id, role FROM gold_labels")
    op.alter_column("gold_labels", "group_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_gold_labels_group_id_gold_groups"),
        "gold_labels",
        "gold_groups",
        ["group_id", "role"],
        ["group_id", "role"],
    )
    op.create_foreign_key(
        op.f("fk_gold_labels_created_by_users"), "gold_labels", "users", ["created_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_gold_labels_origin_known"),
        "gold_labels",
        "origin IN ('import', 'synthetic', 'adjudication')",
    )


def _guard_roles() -> None:
    op.execute(
        "UPDATE clips SET queue_priority = 2 FROM gold_labels g WHERE g.clip_id = clips.id AND role = 'serve'"
    )
    for function in (KEEP_ROLE, QUEUE_GOLD, WITHHOLD):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER gold_labels_role BEFORE INSERT ON gold_labels "
        "FOR EACH ROW EXECUTE FUNCTION keep_gold_role()"
    )
    op.execute(
        "CREATE TRIGGER gold_labels_queue AFTER INSERT ON gold_labels FOR EACH ROW EXECUTE FUNCTION queue_gold()"
    )
    op.execute(
        "CREATE TRIGGER clips_withheld BEFORE INSERT OR UPDATE OF group_id ON clips "
        "FOR EACH ROW EXECUTE FUNCTION withhold_gold_group()"
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
    op.execute(REVOKE.format(tables=", ".join(APPEND_ONLY)))


def _create_tallies() -> None:
    op.create_table(
        "lease_tallies",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("leases", sa.Integer(), nullable=False),
        sa.Column("gold_leases", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "gold_leases >= 0 AND gold_leases <= leases", name=op.f("ck_lease_tallies_gold_within_leases")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lease_tallies_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_lease_tallies")),
        postgresql_with={"fillfactor": "80"},
    )
    op.execute(
        "INSERT INTO lease_tallies SELECT a.reviewer_id, count(*), count(g.clip_id) FROM assignments a "
        "LEFT JOIN gold_labels g ON g.clip_id = a.clip_id GROUP BY a.reviewer_id"
    )


def _extend_versions() -> None:
    for column in (
        sa.Column("guard_state", sa.Text(), server_default="passed", nullable=False),
        sa.Column("guard", JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("vote_watermark", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
    ):
        op.add_column("reliability_versions", column)
    op.execute("UPDATE reliability_versions SET vote_watermark = (SELECT COALESCE(max(id), 0) FROM votes)")
    op.create_check_constraint(
        op.f("ck_reliability_versions_guard_state_known"),
        "reliability_versions",
        "guard_state IN ('pending', 'passed', 'frozen', 'overruled', 'discarded')",
    )
    op.create_check_constraint(
        op.f("ck_reliability_versions_active_passed"),
        "reliability_versions",
        "NOT is_active OR guard_state IN ('passed', 'overruled')",
    )
    op.create_foreign_key(
        op.f("fk_reliability_versions_decided_by_users"),
        "reliability_versions",
        "users",
        ["decided_by"],
        ["id"],
    )
    op.add_column(
        "reliabilities",
        sa.Column("synthetic_answers", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )


def _reduce_versions() -> None:
    op.drop_column("reliabilities", "synthetic_answers")
    for name in ("ck_reliability_versions_active_passed", "ck_reliability_versions_guard_state_known"):
        op.drop_constraint(op.f(name), "reliability_versions")
    op.drop_constraint(op.f("fk_reliability_versions_decided_by_users"), "reliability_versions")
    for column in ("decision_reason", "decided_at", "decided_by", "vote_watermark", "guard", "guard_state"):
        op.drop_column("reliability_versions", column)


def _replace_dispute_reasons(reasons: str) -> None:
    op.drop_constraint(op.f("ck_dispute_reasons_reason_known"), "dispute_reasons")
    op.create_check_constraint(
        op.f("ck_dispute_reasons_reason_known"), "dispute_reasons", f"reason IN ({reasons})"
    )


def _replace_leasable(expression: str) -> None:
    """A new generated column: changing an expression in place needs PostgreSQL 17."""
    op.drop_index("ix_clips_queue", table_name="clips")
    op.drop_column("clips", "leasable")
    op.add_column(
        "clips",
        sa.Column("leasable", sa.Boolean(), sa.Computed(expression, persisted=True), nullable=False),
    )
    op.create_index(
        "ix_clips_queue", "clips", ["queue_priority", "rank"], postgresql_where=sa.text("leasable")
    )
