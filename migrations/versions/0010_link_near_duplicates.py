"""Perceptual hashes, near-duplicates, and the history of groups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPEND_ONLY = ("near_duplicate_changes", "group_changes", "group_parts")

REVOKE = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.add_column("clips", sa.Column("base_group_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_clips_base_group_id",
        "clips",
        ["base_group_id"],
        postgresql_where=sa.text("base_group_id IS NOT NULL"),
    )
    _create_tables()
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
    for table in (
        "group_changes",
        "near_duplicate_changes",
        "near_duplicates",
        "clip_hashes",
        "clip_fingerprints",
        "group_parts",
    ):
        op.drop_table(table)
    op.drop_index("ix_clips_base_group_id", table_name="clips")
    op.drop_column("clips", "base_group_id")


def _create_tables() -> None:
    op.create_table(
        "group_parts",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "part_id", name=op.f("pk_group_parts")),
    )
    op.create_index(op.f("ix_group_parts_part_id"), "group_parts", ["part_id"], unique=False)
    op.create_table(
        "clip_fingerprints",
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("frames", sa.SmallInteger(), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("is_compared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_clip_fingerprints_clip_id_clips")),
        sa.PrimaryKeyConstraint("clip_id", name=op.f("pk_clip_fingerprints")),
    )
    op.create_table(
        "clip_hashes",
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("hash", postgresql.BIT(length=256), nullable=False),
        sa.Column("mirrored", postgresql.BIT(length=256), nullable=False),
        sa.Column("quality", sa.SmallInteger(), nullable=False),
        sa.Column("bands", postgresql.ARRAY(sa.INTEGER()), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_clip_hashes_clip_id_clips")),
        sa.PrimaryKeyConstraint("clip_id", "frame", name=op.f("pk_clip_hashes")),
    )
    op.create_index("ix_clip_hashes_bands", "clip_hashes", ["bands"], unique=False, postgresql_using="gin")
    op.create_table(
        "near_duplicates",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("clip_a_id", sa.Uuid(), nullable=False),
        sa.Column("clip_b_id", sa.Uuid(), nullable=False),
        sa.Column("distance", sa.SmallInteger(), nullable=False),
        sa.Column("share_a", sa.Double(), nullable=False),
        sa.Column("share_b", sa.Double(), nullable=False),
        sa.Column("is_mirrored", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("hindrance", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "state IN ('linked', 'suggested', 'confirmed', 'rejected')",
            name=op.f("ck_near_duplicates_state_known"),
        ),
        sa.CheckConstraint("clip_a_id < clip_b_id", name=op.f("ck_near_duplicates_ordered")),
        sa.CheckConstraint("distance BETWEEN 0 AND 256", name=op.f("ck_near_duplicates_distance_range")),
        sa.CheckConstraint(
            "share_a BETWEEN 0 AND 1 AND share_b BETWEEN 0 AND 1", name=op.f("ck_near_duplicates_share_range")
        ),
        sa.ForeignKeyConstraint(["clip_a_id"], ["clips.id"], name=op.f("fk_near_duplicates_clip_a_id_clips")),
        sa.ForeignKeyConstraint(["clip_b_id"], ["clips.id"], name=op.f("fk_near_duplicates_clip_b_id_clips")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_near_duplicates_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_duplicates")),
        sa.UniqueConstraint("clip_a_id", "clip_b_id", name=op.f("uq_near_duplicates_clip_a_id_clip_b_id")),
    )
    op.create_index(op.f("ix_near_duplicates_clip_b_id"), "near_duplicates", ["clip_b_id"], unique=False)
    op.create_table(
        "near_duplicate_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("near_duplicate_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('linked', 'suggested', 'confirmed', 'rejected')",
            name=op.f("ck_near_duplicate_changes_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_near_duplicate_changes_actor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["near_duplicate_id"],
            ["near_duplicates.id"],
            name=op.f("fk_near_duplicate_changes_near_duplicate_id_near_duplicates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_duplicate_changes")),
    )
    op.create_index(
        op.f("ix_near_duplicate_changes_near_duplicate_id_id"),
        "near_duplicate_changes",
        ["near_duplicate_id", "id"],
        unique=False,
    )
    op.create_table(
        "group_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("from_group_id", sa.Uuid(), nullable=False),
        sa.Column("to_group_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["near_duplicate_changes.id"],
            name=op.f("fk_group_changes_change_id_near_duplicate_changes"),
        ),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_group_changes_clip_id_clips")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_changes")),
    )
    op.create_index(op.f("ix_group_changes_clip_id_id"), "group_changes", ["clip_id", "id"], unique=False)
