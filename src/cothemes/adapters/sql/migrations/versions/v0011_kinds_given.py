"""Whether the kind of a document was given; policy texts by guess become documents of unknown kind.

Earlier versions made a policy text of whatever no rule read as an interview, and did not record whether
anyone had said so. A policy text may go to a remote model without consent, so none of these stays one until
someone names its kind again. Reviews were never guessed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NOTE = "An earlier version read it as a policy text and did not record whether anyone had said so."


def upgrade() -> None:
    """Adds the column and takes back what may have been a guess, in every version of a document."""
    op.add_column("documents", sa.Column("kind_given", sa.Boolean(), nullable=False, server_default="0"))
    documents = sa.table(
        "documents",
        sa.column("slug", sa.Text),
        sa.column("version", sa.Text),
        sa.column("kind", sa.Text),
        sa.column("kind_given", sa.Boolean),
        sa.column("notes", sa.JSON),
    )
    connection = op.get_bind()
    connection.execute(sa.update(documents).where(documents.c.kind == "review").values(kind_given=True))
    guessed = sa.select(documents.c.slug, documents.c.version, documents.c.notes)
    for slug, version, notes in connection.execute(guessed.where(documents.c.kind == "policy")).all():
        connection.execute(
            sa.update(documents)
            .where(documents.c.slug == slug, documents.c.version == version)
            .values(kind="unknown", notes=[*(notes or []), NOTE])
        )
