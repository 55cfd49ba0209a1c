"""The record of changing calls, their requests, and freezes."""

from sqlalchemy import Column, Connection, Double, Index, Integer, MetaData, String, Table, Text


def apply(connection: Connection) -> None:
    """Make the tables ``operations``, ``requests`` and ``freezes``."""
    metadata = MetaData()
    _operations(metadata)
    _requests(metadata)
    _freezes(metadata)
    metadata.create_all(connection, checkfirst=False)


def _operations(metadata: MetaData) -> None:
    Table(
        "operations",
        metadata,
        Column("id", String(24), primary_key=True),
        Column("state", String(32), nullable=False),
        Column("action", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        Column("door", String(16), nullable=False),
        Column("assistant", String(256)),
        Column("risk", String(16), nullable=False),
        Column("count", Integer, nullable=False),
        Column("params", Text, nullable=False),
        Column("sealed", Text),
        Column("plan", Text, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("text_digest", String(64), nullable=False),
        Column("rules", Text, nullable=False),
        Column("asked_at", Double, nullable=False),
        Column("expires_at", Double, nullable=False),
        Column("decided_by", String(64)),
        Column("decided_at", Double),
        Column("reason", Text),
        Column("consumed_at", Double),
        Column("deadline", Double),
        Column("settled_at", Double),
        Column("result", Text),
        Column("verification", String(16)),
        Column("verified", Text),
        Column("watch_until", Double),
        Column("owner", String(64)),
        Column("lease_until", Double, nullable=False),
        Index("operations_by_state", "state", "lease_until"),
        Index("operations_by_person", "person", "consumed_at"),
        Index("operations_by_digest", "digest", "state"),
        Index("operations_by_time", "asked_at"),
    )


def _requests(metadata: MetaData) -> None:
    Table(
        "requests",
        metadata,
        Column("operation", String(24), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("state", String(16), nullable=False),
        Column("region", String(64)),
        Column("targets", Text, nullable=False),
        Column("sent_at", Double),
        Column("settled_at", Double),
        Column("request_ids", Text),
        Column("result", Text),
        Column("error", Text),
    )


def _freezes(metadata: MetaData) -> None:
    Table(
        "freezes",
        metadata,
        Column("id", String(24), primary_key=True),
        Column("reason", Text, nullable=False),
        Column("begins_at", Double, nullable=False),
        Column("ends_at", Double, nullable=False),
        Column("by", String(64), nullable=False),
        Column("region", String(64)),
        Column("action", String(64)),
        Column("person", String(64)),
        Column("lifted_at", Double),
        Column("lifted_by", String(64)),
        Index("freezes_by_end", "ends_at"),
    )
