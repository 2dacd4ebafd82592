"""What sinks that the kernel calls need: batches, blocked records, help to match, and grants."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds columns and the table of tokens; two sources may know one entry of the books."""
    op.add_column("effect", _text("batch"))
    op.add_column("effect", sa.Column("place", sa.Integer(), server_default="0", nullable=False))
    op.add_column("posting", _text("needs"))
    op.create_index(
        "posting_blocked",
        "posting",
        ["needs"],
        sqlite_where=sa.text("state = 'blocked'"),
        postgresql_where=sa.text("state = 'blocked'"),
    )
    op.create_index(
        "question_documents",
        "question",
        ["connection", "account", "asked"],
        sqlite_where=sa.text("query = 'documents'"),
        postgresql_where=sa.text("query = 'documents'"),
    )
    op.add_column("entry", _text("number"))
    op.add_column("entry", _text("email"))
    with op.batch_alter_table("link", table_kwargs={"sqlite_with_rowid": False}) as link:
        link.drop_constraint("link_target", type_="unique")
        link.create_unique_constraint("link_target", ["connection", "type", "target", "source"])
    op.create_table(
        "token",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("connection"),
        sqlite_with_rowid=False,
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)
