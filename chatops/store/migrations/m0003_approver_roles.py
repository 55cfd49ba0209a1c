"""Which roles an approver has to have, kept with what waits for one."""

from sqlalchemy import Column, Connection, MetaData, Table, Text

from chatops.store.altering import AddColumn


def apply(connection: Connection) -> None:
    """Add the column to the table ``operations``."""
    table = Table("operations", MetaData(), Column("approver_roles", Text))
    connection.execute(AddColumn(table.c.approver_roles))
