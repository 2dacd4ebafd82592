"""What documents on several accounts need: each account of a document is read back by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = (
    *("connection", "account", "type", "id", "date", "amount", "currency", "guard", "key"),
    *("number", "memo", "party", "deleted", "question"),
)


def upgrade() -> None:
    """Makes the account a part of the key of the documents that were read back."""
    op.drop_index("document_period", "document")
    op.rename_table("document", "document_before")
    op.create_table(
        "document",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="", nullable=True),
        sa.Column("guard", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("memo", sa.Text(), server_default="", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "account", "type", "id"),
        sqlite_with_rowid=False,
    )
    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    op.execute(f"INSERT INTO document ({names}) SELECT {names} FROM document_before")
    op.drop_table("document_before")
    op.create_index("document_period", "document", ["connection", "account", "date"], unique=False)
    op.create_index("document_target", "document", ["connection", "type", "id"], unique=False)
