"""In which groups of an identity provider a changing call was asked for: they may have brought the role for it."""

from sqlalchemy import Connection, text


def apply(connection: Connection) -> None:
    """Add the column to ``operations``."""
    connection.execute(text("ALTER TABLE operations ADD COLUMN asker_groups TEXT"))
