"""Accounts, clips, leases, votes, consensus, detectors, audit log and outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_subject_id"), "audit_events", ["subject", "id"], unique=False)
    op.create_table(
        "detector_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("is_calibrated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("card", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detector_versions")),
        sa.UniqueConstraint("detector", "version", name=op.f("uq_detector_versions_detector_version")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "attempted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index(
        op.f("ix_login_attempts_address_attempted_at"),
        "login_attempts",
        ["address", "attempted_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_login_attempts_email_attempted_at"),
        "login_attempts",
        ["email", "attempted_at"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_unsent", "outbox", ["id"], unique=False, postgresql_where=sa.text("sent_at IS NULL")
    )
    op.create_table(
        "reliability_versions",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("gold_answers", sa.Integer(), nullable=False),
        sa.Column("gold_watermark", sa.BigInteger(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_reliability_versions")),
    )
    op.create_index(
        "uq_reliability_versions_active",
        "reliability_versions",
        ["is_active"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "email = lower(email) AND position('@' in email) > 1", name=op.f("ck_users_email_lower")
        ),
        sa.CheckConstraint(
            "roles <@ ARRAY['reviewer', 'moderator', 'curator', 'admin']", name=op.f("ck_users_roles_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_api_tokens")),
    )
    op.create_index(op.f("ix_api_tokens_user_id"), "api_tokens", ["user_id"], unique=False)
    op.create_table(
        "browser_sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_browser_sessions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_browser_sessions")),
    )
    op.create_index(op.f("ix_browser_sessions_user_id"), "browser_sessions", ["user_id"], unique=False)
    op.create_table(
        "clips",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("container", sa.Text(), nullable=False),
        sa.Column("original_name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("uploader_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("frames", sa.Integer(), nullable=True),
        sa.Column("fps", sa.Double(), nullable=True),
        sa.Column("has_audio", sa.Boolean(), nullable=True),
        sa.Column("probe", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'received'"), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.Column(
            "state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("queue_priority", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("rank", sa.Double(), server_default=sa.text("random()"), nullable=False),
        sa.Column("votes_cap", sa.SmallInteger(), nullable=False),
        sa.Column("parallel_leases", sa.SmallInteger(), nullable=False),
        sa.Column("votes_count", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("live_leases", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "leasable",
            sa.Boolean(),
            sa.Computed(
                "state = 'open' AND live_leases < parallel_leases AND votes_count + live_leases < votes_cap",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("p_people", sa.Double(), nullable=True),
        sa.Column("p_full", sa.Double(), nullable=True),
        sa.Column("p_low", sa.Double(), nullable=True),
        sa.Column("p_high", sa.Double(), nullable=True),
        sa.Column("n_effective", sa.Double(), nullable=True),
        sa.Column("reliability_version", sa.Integer(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("retirement_reason", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (failure_code IS NOT NULL)", name=op.f("ck_clips_failure_when_failed")
        ),
        sa.CheckConstraint(
            "(state = 'retired') = (outcome IS NOT NULL)", name=op.f("ck_clips_outcome_when_retired")
        ),
        sa.CheckConstraint(
            "outcome IN ('manipulated', 'no_manipulation_found', 'inconclusive', 'authentic')",
            name=op.f("ck_clips_outcome_known"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_clips_sha256_hex")),
        sa.CheckConstraint(
            "state IN ('received', 'processing', 'open', 'closing', 'retired', 'failed')",
            name=op.f("ck_clips_state_known"),
        ),
        sa.CheckConstraint(
            "p_full BETWEEN 0 AND 1 AND p_people BETWEEN 0 AND 1", name=op.f("ck_clips_posterior_range")
        ),
        sa.CheckConstraint(
            "votes_count >= 0 AND live_leases >= 0 AND votes_count + live_leases <= votes_cap",
            name=op.f("ck_clips_redundancy"),
        ),
        sa.ForeignKeyConstraint(["uploader_id"], ["users.id"], name=op.f("fk_clips_uploader_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clips")),
        sa.UniqueConstraint("sha256", name=op.f("uq_clips_sha256")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_clips_created_at_id"), "clips", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_clips_group_id"), "clips", ["group_id"], unique=False)
    op.create_index(
        "ix_clips_queue",
        "clips",
        ["queue_priority", "rank"],
        unique=False,
        postgresql_where=sa.text("leasable"),
    )
    op.create_index(
        "ix_clips_retired",
        "clips",
        ["retired_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'retired'"),
    )
    op.create_index(
        op.f("ix_clips_uploader_id_created_at"), "clips", ["uploader_id", "created_at"], unique=False
    )
    op.create_table(
        "exposures",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('uploaded', 'voted', 'skipped', 'read')", name=op.f("ck_exposures_reason_known")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_exposures_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "group_id", name=op.f("pk_exposures")),
    )
    op.create_table(
        "policies",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("theta", sa.Double(), nullable=False),
        sa.Column("hysteresis", sa.Double(), nullable=False),
        sa.Column("min_votes", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("gold_cap", sa.Integer(), nullable=False),
        sa.Column("parallel_leases", sa.Integer(), nullable=False),
        sa.Column("min_anchored", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_policies_created_by_users")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policies")),
    )
    op.create_table(
        "reliabilities",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("sensitivity", sa.Double(), nullable=False),
        sa.Column("specificity", sa.Double(), nullable=False),
        sa.Column("sensitivity_sd", sa.Double(), nullable=False),
        sa.Column("specificity_sd", sa.Double(), nullable=False),
        sa.Column("gold_answers", sa.Integer(), nullable=False),
        sa.Column("is_anchored", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "sensitivity > 0 AND sensitivity < 1", name=op.f("ck_reliabilities_sensitivity_range")
        ),
        sa.CheckConstraint(
            "specificity > 0 AND specificity < 1", name=op.f("ck_reliabilities_specificity_range")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reliabilities_user_id_users")),
        sa.ForeignKeyConstraint(
            ["version"],
            ["reliability_versions.version"],
            name=op.f("fk_reliabilities_version_reliability_versions"),
        ),
        sa.PrimaryKeyConstraint("version", "user_id", name=op.f("pk_reliabilities")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'leased'"), nullable=False),
        sa.Column("leased_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewals", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.Column("skip_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('leased', 'voted', 'expired', 'skipped')", name=op.f("ck_assignments_state_known")
        ),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_assignments_clip_id_clips")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_assignments_reviewer_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_assignments_clip_id"), "assignments", ["clip_id"], unique=False)
    op.create_index(
        "ix_assignments_live_expiry",
        "assignments",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'leased'"),
    )
    op.create_index(
        "uq_assignments_live_reviewer",
        "assignments",
        ["reviewer_id"],
        unique=True,
        postgresql_where=sa.text("state = 'leased'"),
    )
    op.create_table(
        "gold_labels",
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("'serve'"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("label IN ('authentic', 'manipulated')", name=op.f("ck_gold_labels_label_known")),
        sa.CheckConstraint("role IN ('serve', 'calibrate', 'gate')", name=op.f("ck_gold_labels_role_known")),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_gold_labels_clip_id_clips")),
        sa.PrimaryKeyConstraint("clip_id", name=op.f("pk_gold_labels")),
    )
    op.create_table(
        "posteriors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("p_people", sa.Double(), nullable=False),
        sa.Column("p_full", sa.Double(), nullable=False),
        sa.Column("p_low", sa.Double(), nullable=False),
        sa.Column("p_high", sa.Double(), nullable=False),
        sa.Column("n_votes", sa.Integer(), nullable=False),
        sa.Column("n_effective", sa.Double(), nullable=False),
        sa.Column("votes_hash", sa.Text(), nullable=False),
        sa.Column("reliability_version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_posteriors_clip_id_clips")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posteriors")),
    )
    op.create_index(op.f("ix_posteriors_clip_id_id"), "posteriors", ["clip_id", "id"], unique=False)
    op.create_table(
        "renditions",
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "name IN ('preview', 'poster', 'thumbnails', 'frames')", name=op.f("ck_renditions_name_known")
        ),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_renditions_clip_id_clips")),
        sa.PrimaryKeyConstraint("clip_id", "name", name=op.f("pk_renditions")),
    )
    op.create_table(
        "scores",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("detector_version_id", sa.BigInteger(), nullable=False),
        sa.Column("p_manipulated", sa.Double(), nullable=True),
        sa.Column("is_in_domain", sa.Boolean(), nullable=False),
        sa.Column("abstention", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("frames_used", sa.Integer(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("p_manipulated BETWEEN 0 AND 1", name=op.f("ck_scores_p_range")),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_scores_clip_id_clips")),
        sa.ForeignKeyConstraint(
            ["detector_version_id"],
            ["detector_versions.id"],
            name=op.f("fk_scores_detector_version_id_detector_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
        sa.UniqueConstraint(
            "clip_id", "detector_version_id", name=op.f("uq_scores_clip_id_detector_version_id")
        ),
    )
    op.create_table(
        "verdicts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("posterior_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('manipulated', 'no_manipulation_found', 'inconclusive', 'authentic')",
            name=op.f("ck_verdicts_outcome_known"),
        ),
        sa.CheckConstraint("reason IN ('evidence', 'cap')", name=op.f("ck_verdicts_reason_known")),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_verdicts_clip_id_clips")),
        sa.ForeignKeyConstraint(
            ["posterior_id"], ["posteriors.id"], name=op.f("fk_verdicts_posterior_id_posteriors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
        sa.UniqueConstraint("clip_id", "sequence", name=op.f("uq_verdicts_clip_id_sequence")),
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("clip_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("lean", sa.Text(), nullable=True),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("segments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("regions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cues", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "confidence IS NOT NULL OR label = 'unsure'", name=op.f("ck_votes_confidence_given")
        ),
        sa.CheckConstraint(
            "label IN ('authentic', 'manipulated', 'unsure')", name=op.f("ck_votes_label_known")
        ),
        sa.CheckConstraint(
            "lean IS NULL OR (label = 'unsure' AND lean IN ('authentic', 'manipulated'))",
            name=op.f("ck_votes_lean_with_unsure"),
        ),
        sa.CheckConstraint("confidence BETWEEN 0.5 AND 1", name=op.f("ck_votes_confidence_range")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_votes_assignment_id_assignments")
        ),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name=op.f("fk_votes_clip_id_clips")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_votes_reviewer_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_votes_assignment_id")),
        sa.UniqueConstraint("clip_id", "reviewer_id", name=op.f("uq_votes_clip_id_reviewer_id")),
    )
    op.create_index(op.f("ix_votes_reviewer_id_id"), "votes", ["reviewer_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_votes_reviewer_id_id"), table_name="votes")
    op.drop_table("votes")
    op.drop_table("verdicts")
    op.drop_table("scores")
    op.drop_table("renditions")
    op.drop_index(op.f("ix_posteriors_clip_id_id"), table_name="posteriors")
    op.drop_table("posteriors")
    op.drop_table("gold_labels")
    op.drop_index(
        "uq_assignments_live_reviewer", table_name="assignments", postgresql_where=sa.text("state = 'leased'")
    )
    op.drop_index(
        "ix_assignments_live_expiry", table_name="assignments", postgresql_where=sa.text("state = 'leased'")
    )
    op.drop_index(op.f("ix_assignments_clip_id"), table_name="assignments")
    op.drop_table("assignments")
    op.drop_table("reliabilities")
    op.drop_table("policies")
    op.drop_table("exposures")
    op.drop_index(op.f("ix_clips_uploader_id_created_at"), table_name="clips")
    op.drop_index("ix_clips_retired", table_name="clips", postgresql_where=sa.text("state = 'retired'"))
    op.drop_index("ix_clips_queue", table_name="clips", postgresql_where=sa.text("leasable"))
    op.drop_index(op.f("ix_clips_group_id"), table_name="clips")
    op.drop_index(op.f("ix_clips_created_at_id"), table_name="clips")
    op.drop_table("clips")
    op.drop_index(op.f("ix_browser_sessions_user_id"), table_name="browser_sessions")
    op.drop_table("browser_sessions")
    op.drop_index(op.f("ix_api_tokens_user_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_table("users")
    op.drop_index(
        "uq_reliability_versions_active",
        table_name="reliability_versions",
        postgresql_where=sa.text("is_active"),
    )
    op.drop_table("reliability_versions")
    op.drop_index("ix_outbox_unsent", table_name="outbox", postgresql_where=sa.text("sent_at IS NULL"))
    op.drop_table("outbox")
    op.drop_index(op.f("ix_login_attempts_email_attempted_at"), table_name="login_attempts")
    op.drop_index(op.f("ix_login_attempts_address_attempted_at"), table_name="login_attempts")
    op.drop_table("login_attempts")
    op.drop_table("detector_versions")
    op.drop_index(op.f("ix_audit_events_subject_id"), table_name="audit_events")
    op.drop_table("audit_events")
