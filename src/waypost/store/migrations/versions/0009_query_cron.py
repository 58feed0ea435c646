"""Query sources that are asked at the times of a cron expression."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column of the expression."""
    with op.batch_alter_table("query_sources") as table:
        table.add_column(sa.Column("cron", sa.Text(), nullable=True))
