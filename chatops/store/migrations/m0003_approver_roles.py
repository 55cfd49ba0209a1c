"""Which roles an approver has to have, kept with what waits for one."""

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Add the column to the table ``operations``."""
    connection.exec_driver_sql("ALTER TABLE operations ADD COLUMN approver_roles TEXT")
