"""What sources that poll us need: questions that belong to a flow."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds who asks a question, and for which kinds of records."""
    for name in ("flow", "kinds", "whole"):
        op.add_column("question", sa.Column(name, sa.Text(), server_default="", nullable=False))
