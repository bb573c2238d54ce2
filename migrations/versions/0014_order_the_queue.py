"""The queue's order by what one more vote is worth."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A fresh clip of importance 1, as domain/assignment.py places it.
FRESH = "CAST(floor(extract(epoch FROM {at} - TIMESTAMPTZ '2026-01-01 00:00+00') / 302400) AS integer) + 7"


def upgrade() -> None:
    op.add_column(
        "clips",
        sa.Column(
            "queue_bucket", sa.Integer(), server_default=sa.text(FRESH.format(at="now()")), nullable=False
        ),
    )
    op.execute(f"UPDATE clips SET queue_bucket = {FRESH.format(at='created_at')}")
    op.create_index(
        "ix_clips_value",
        "clips",
        ["queue_bucket", "rank"],
        postgresql_where=sa.text("leasable AND queue_priority < 2"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_clips_value", table_name="clips", postgresql_where=sa.text("leasable AND queue_priority < 2")
    )
    op.drop_column("clips", "queue_bucket")
