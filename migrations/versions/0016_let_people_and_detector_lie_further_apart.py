"""New installations dispute a clip where people and a calibrated detector lie .75 apart, in place of .5 (ADR 29)."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE policies ALTER COLUMN detector_gap SET DEFAULT 0.75")
    _set_unused(0.75)


def downgrade() -> None:
    op.execute("ALTER TABLE policies ALTER COLUMN detector_gap SET DEFAULT 0.5")
    _set_unused(0.5)


def _set_unused(gap: float) -> None:
    """The first policy of an installation that holds no clip yet; one that was decided under is never changed."""
    op.execute("ALTER TABLE policies DISABLE TRIGGER policies_append_only")
    op.execute(
        f"UPDATE policies SET detector_gap = {gap} WHERE created_by IS NULL AND NOT EXISTS (SELECT FROM clips)"
    )
    op.execute("ALTER TABLE policies ENABLE TRIGGER policies_append_only")
