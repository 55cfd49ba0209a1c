"""What is known of the store itself, and the audit, to which rows are only ever added."""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

from chatops.store.sqlite import keep_rows


def apply(connection: Connection) -> None:
    """Make the tables ``meta`` and ``audit_events``."""
    metadata = MetaData()
    Table("meta", metadata, Column("name", String(64), primary_key=True), Column("value", Text, nullable=False))
    events = Table(
        "audit_events",
        metadata,
        Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
        Column("at", Double, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("denied", SmallInteger, nullable=False),
        Column("person", String(64)),
        Column("action", String(128)),
        Column("operation", String(64)),
        Column("key_id", String(32), nullable=False),
        Column("body", Text, nullable=False),
        Column("mac", String(64), nullable=False),
        Index("audit_events_by_time", "at", "seq"),
        Index("audit_events_by_denied", "denied", "seq"),
        Index("audit_events_by_person", "person", "seq"),
        Index("audit_events_by_action", "action", "seq"),
        Index("audit_events_by_operation", "operation", "seq"),
    )
    keep_rows(events, key="seq")
    metadata.create_all(connection, checkfirst=False)
