"""What query sources were last seen to say."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of what was seen, and of what waits to be put into the inbox."""
    op.create_table(
        "query_snapshots",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key"),
    )
    op.create_index("query_snapshots_by_person", "query_snapshots", ["person_id"], unique=False)
    op.create_table(
        "query_waiting",
        sa.Column("waiting_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("events", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("waiting_id"),
        sqlite_autoincrement=True,
    )
