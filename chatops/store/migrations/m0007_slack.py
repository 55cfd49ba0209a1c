"""What has come from Slack, until it is done; and where what we have posted there stands."""

from sqlalchemy import BigInteger, Column, Connection, Double, Index, Integer, MetaData, String, Table, Text


def apply(connection: Connection) -> None:
    """Make the tables ``slack_inbox`` and ``slack_messages``."""
    metadata = MetaData()
    Table(
        "slack_inbox",
        metadata,
        Column("team", String(32), primary_key=True),
        Column("id", String(255), primary_key=True),
        Column("kind", String(16), nullable=False),
        Column("state", String(16), nullable=False),
        Column("sealed", Text),
        Column("received_at", Double, nullable=False),
        Column("ended_at", Double),
        Column("owner", String(64)),
        Column("lease_until", Double, nullable=False),
        Column("attempts", Integer, nullable=False),
        Index("slack_inbox_by_state", "state", "received_at"),
    )
    Table(
        "slack_messages",
        metadata,
        Column("team", String(32), primary_key=True),
        Column("key", String(128), primary_key=True),
        Column("operation", String(24)),
        Column("kind", String(16), nullable=False),
        Column("channel", String(32), nullable=False),
        Column("thread", String(32)),
        Column("ts", String(32)),
        Column("posted_at", Double, nullable=False),
        Column("version", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
        Column("lease_until", Double, nullable=False),
        Column("losses", Integer, nullable=False),
        Index("slack_messages_by_operation", "operation"),
        Index("slack_messages_by_version", "version"),
        Index("slack_messages_by_place", "team", "channel", "ts"),
    )
    metadata.create_all(connection, checkfirst=False)
