"""Tracked jobs, datasets and their snapshots, quarantine, and the role of the safeguarding officer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
JSONB = postgresql.JSONB(astext_type=sa.Text())
LEASABLE_BEFORE = "state = 'open' AND live_leases < parallel_leases AND votes_count + live_leases < votes_cap"
LEASABLE = (
    "state = 'open' AND quarantined_at IS NULL AND live_leases < parallel_leases "
    "AND votes_count + live_leases < votes_cap"
)
ROLES_BEFORE = "roles <@ ARRAY['reviewer', 'moderator', 'curator', 'admin']"
ROLES = "roles <@ ARRAY['reviewer', 'moderator', 'curator', 'admin', 'safeguarding']"


def upgrade() -> None:
    _replace_roles(ROLES)
    op.add_column("clips", sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=True))
    _replace_leasable(LEASABLE)
    _create_jobs()
    _create_datasets()
    _create_snapshot_contents()


def downgrade() -> None:
    for table in ("snapshot_files", "snapshot_items", "snapshots", "datasets", "jobs"):
        op.drop_table(table)
    _replace_leasable(LEASABLE_BEFORE)
    op.drop_column("clips", "quarantined_at")
    op.execute("UPDATE users SET roles = array_remove(roles, 'safeguarding')")
    _replace_roles(ROLES_BEFORE)


def _replace_roles(check: str) -> None:
    op.drop_constraint(op.f("ck_users_roles_known"), "users")
    op.create_check_constraint(op.f("ck_users_roles_known"), "users", check)


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


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("arguments", JSONB, nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("progress", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("result", JSONB, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state_known")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_jobs_progress_range")),
        sa.CheckConstraint(
            "(state = 'failed') = (error IS NOT NULL)", name=op.f("ck_jobs_error_when_failed")
        ),
        sa.ForeignKeyConstraint(["requested_by"], ["users.id"], name=op.f("fk_jobs_requested_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(
        "ix_jobs_unfinished",
        "jobs",
        ["updated_at"],
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index(op.f("ix_jobs_created_at_id"), "jobs", ["created_at", "id"])
    op.create_index(op.f("ix_jobs_subject"), "jobs", ["subject"])


def _create_datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("filters", JSONB, nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_datasets_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
        sa.UniqueConstraint("name", name=op.f("uq_datasets_name")),
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'building'"), nullable=False),
        sa.Column("filters", JSONB, nullable=False),
        sa.Column("release_key", sa.LargeBinary(), nullable=False),
        sa.Column("reliability_version", sa.Integer(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("vote_watermark", sa.BigInteger(), nullable=True),
        sa.Column("clips_count", sa.Integer(), nullable=True),
        sa.Column("votes_count", sa.Integer(), nullable=True),
        sa.Column("counts", JSONB, nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('building', 'frozen', 'failed')", name=op.f("ck_snapshots_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'frozen') = (content_sha256 IS NOT NULL)", name=op.f("ck_snapshots_hash_when_frozen")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_snapshots_created_by_users")),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name=op.f("fk_snapshots_dataset_id_datasets")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_snapshots_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("dataset_id", "sequence", name=op.f("uq_snapshots_dataset_id_sequence")),
    )


def _create_snapshot_contents() -> None:
    op.create_table(
        "snapshot_items",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("split", sa.Text(), nullable=False),
        sa.Column("hard_label", sa.Text(), nullable=True),
        sa.Column("soft_label", sa.Double(), nullable=True),
        sa.Column("row", JSONB, nullable=False),
        sa.CheckConstraint(
            "hard_label IN ('authentic', 'manipulated')", name=op.f("ck_snapshot_items_label_known")
        ),
        sa.CheckConstraint(
            "split IN ('train', 'validation', 'test')", name=op.f("ck_snapshot_items_split_known")
        ),
        sa.CheckConstraint("soft_label BETWEEN 0 AND 1", name=op.f("ck_snapshot_items_soft_label_range")),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_snapshot_items_clip_id_clips")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk_snapshot_items_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "position", name=op.f("pk_snapshot_items")),
        sa.UniqueConstraint("snapshot_id", "clip_id", name=op.f("uq_snapshot_items_snapshot_id_clip_id")),
    )
    op.create_index(op.f("ix_snapshot_items_clip_id"), "snapshot_items", ["clip_id"])
    op.create_table(
        "snapshot_files",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk_snapshot_files_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "format", name=op.f("pk_snapshot_files")),
    )
