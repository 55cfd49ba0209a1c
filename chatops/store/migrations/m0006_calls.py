"""Which call of the audit an operation came from, so that its events can carry the call's id."""

from sqlalchemy import Column, Connection, MetaData, String, Table

from chatops.store.altering import AddColumn


def apply(connection: Connection) -> None:
    """Add the column to the table ``operations``."""
    table = Table("operations", MetaData(), Column("call", String(64)))
    connection.execute(AddColumn(table.c.call))
