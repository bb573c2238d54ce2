"""The queue of the embedded broker (dramatiq-postgres 1.4), kept in the schema `dramatiq`.

Table and column names are the broker's own; they are repeated here so that one migration history
describes the whole database and the application role needs no right to create tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "dramatiq"
STATE = postgresql.ENUM("queued", "consumed", "rejected", name="state", schema=SCHEMA, create_type=False)

GRANT = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clipjury_app') THEN
    GRANT USAGE ON SCHEMA dramatiq TO clipjury_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dramatiq TO clipjury_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA dramatiq TO clipjury_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.execute(f"CREATE SCHEMA {SCHEMA}")
    STATE.create(op.get_bind())
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "queue",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        sa.Column("queue_name", sa.Text, nullable=False, server_default="default"),
        sa.Column("state", STATE),
        sa.Column("mtime", moment, server_default=sa.func.now()),
        sa.Column("message", postgresql.JSONB),
        sa.Column("position", sa.BigInteger, sa.Identity(always=False)),
        sa.Column("available_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("worker_id", sa.Uuid),
        sa.Column("consumed_at", moment),
        schema=SCHEMA,
    )
    op.create_index(
        "queue_claim",
        "queue",
        ["queue_name", "available_at", "position"],
        schema=SCHEMA,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index("queue_state_mtime", "queue", ["state", "mtime"], schema=SCHEMA)
    op.create_table(
        "worker",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        sa.Column("heartbeat_at", moment, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "result",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        sa.Column("result", postgresql.JSONB),
        sa.Column("expires_at", moment),
        schema=SCHEMA,
    )
    op.execute(GRANT)


def downgrade() -> None:
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
