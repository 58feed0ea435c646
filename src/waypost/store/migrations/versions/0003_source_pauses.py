"""Pauses of sources."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of pauses; a source has one in force at most."""
    op.create_table(
        "source_pauses",
        sa.Column("pause_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=False),
        sa.Column("resumed_by", sa.Text(), nullable=True),
        sa.Column("resumed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("pause_id"),
    )
    op.create_index("source_pauses_of_source", "source_pauses", ["source", "pause_id"], unique=False)
    op.create_index(
        "source_pauses_in_force",
        "source_pauses",
        ["source"],
        unique=True,
        sqlite_where=sa.text("resumed_at is null"),
        postgresql_where=sa.text("resumed_at is null"),
    )
