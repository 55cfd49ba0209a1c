"""The tables as the program knows them. Migrations bring a store there; a test compares the two.

Portable types only. ``Number`` is the type of a counted key: SQLite's own row number has to be of type INTEGER.
"""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, SmallInteger, String, Table, Text

Number = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),  # seconds since the epoch, by the store's clock; never goes down
    Column("kind", String(32), nullable=False),
    Column("denied", SmallInteger, nullable=False),  # 1 where somebody was told no; a number, so that 2 is a change
    Column("person", String(64)),
    Column("action", String(128)),
    Column("operation", String(64)),
    Column("key_id", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("mac", String(64), nullable=False),
    # Each ends with seq, so that a filtered page comes out of the index in order.
    Index("audit_events_by_time", "at", "seq"),
    Index("audit_events_by_denied", "denied", "seq"),
    Index("audit_events_by_person", "person", "seq"),
    Index("audit_events_by_action", "action", "seq"),
    Index("audit_events_by_operation", "operation", "seq"),
)
