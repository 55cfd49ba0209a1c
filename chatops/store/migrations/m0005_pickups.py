"""Secrets that wait for their person."""

from sqlalchemy import Column, Connection, Double, Index, MetaData, String, Table, Text


def apply(connection: Connection) -> None:
    """Make the table ``pickups``."""
    metadata = MetaData()
    Table(
        "pickups",
        metadata,
        Column("id", String(24), primary_key=True),
        Column("person", String(64), nullable=False),
        Column("action", String(64), nullable=False),
        Column("sealed", Text),
        Column("left_at", Double, nullable=False),
        Column("expires_at", Double, nullable=False),
        Column("taken_at", Double),
        Index("pickups_by_end", "expires_at"),
    )
    metadata.create_all(connection, checkfirst=False)
