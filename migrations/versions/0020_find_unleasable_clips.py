"""An index of the open clips that nobody can be given at this moment, for whoever walks all open clips in order."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAME = "ix_clips_unleasable"
WHERE = "state IN ('open', 'closing') AND NOT leasable"


def upgrade() -> None:
    op.create_index(NAME, "clips", ["id"], postgresql_where=sa.text(WHERE))


def downgrade() -> None:
    op.drop_index(NAME, table_name="clips", postgresql_where=sa.text(WHERE))
