"""The size of the faces that a detector scored, beside the score: a condition that scores differ by."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scores", sa.Column("face_px", sa.Double(), nullable=True))
    op.create_check_constraint(op.f("ck_scores_face_px_positive"), "scores", "face_px > 0")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_scores_face_px_positive"), "scores", type_="check")
    op.drop_column("scores", "face_px")
