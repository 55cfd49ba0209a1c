"""In which groups of an identity provider a changing call was asked for: they may have brought the role for it."""

from sqlalchemy import Column, Connection, MetaData, Table, Text

from chatops.store.altering import AddColumn


def apply(connection: Connection) -> None:
    """Add the column to the table ``operations``."""
    table = Table("operations", MetaData(), Column("asker_groups", Text))
    connection.execute(AddColumn(table.c.asker_groups))
