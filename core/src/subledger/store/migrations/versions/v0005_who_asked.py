"""What a log line about a run needs: who asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds to a flow who wants it to run before its time."""
    op.add_column("flow", sa.Column("asked_by", sa.Text(), server_default="", nullable=False))
