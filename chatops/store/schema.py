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

operations = Table(
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
    Column("params", Text, nullable=False),  # JSON, secrets masked
    Column("sealed", Text),  # the params with their secrets, sealed; erased when the operation settles
    Column("plan", Text, nullable=False),  # JSON, what a person was shown
    Column("digest", String(64), nullable=False),
    Column("text_digest", String(64), nullable=False),
    Column("rules", Text, nullable=False),  # JSON list of the rules that decided
    Column("asked_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("decided_by", String(64)),
    Column("decided_at", Double),
    Column("reason", Text),  # of a denial, a withdrawal, a refusal, or why nobody knows
    Column("consumed_at", Double),  # when the consent was used: once
    Column("deadline", Double),  # no request is sent after it
    Column("settled_at", Double),
    Column("result", Text),  # JSON, the answers joined
    Column("verification", String(16)),
    Column("verified", Text),  # JSON, what was seen of each phone
    Column("watch_until", Double),
    Column("owner", String(64)),
    Column("lease_until", Double, nullable=False),
    Column("approver_roles", Text),  # JSON list of the roles that whoever approves has to have; approver if it is empty
    Column("asker_groups", Text),  # JSON list, the groups of an identity provider in which it was asked
    Column("call", String(64)),  # the id that every event of the call carries; none in stores of before
    Index("operations_by_state", "state", "lease_until"),
    Index("operations_by_person", "person", "consumed_at"),
    Index("operations_by_digest", "digest", "state"),
    Index("operations_by_time", "asked_at"),
)

requests = Table(
    "requests",
    metadata,
    Column("operation", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("region", String(64)),
    Column("targets", Text, nullable=False),  # JSON list of ids
    Column("sent_at", Double),
    Column("settled_at", Double),
    Column("request_ids", Text),  # JSON list
    Column("result", Text),  # JSON
    Column("error", Text),  # JSON
)

freezes = Table(
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

pickups = Table(
    "pickups",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("sealed", Text),  # what waits, sealed; erased when it was picked up or has waited too long
    Column("left_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("taken_at", Double),
    Index("pickups_by_end", "expires_at"),
)

slack_inbox = Table(
    "slack_inbox",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("id", String(255), primary_key=True),  # the same for every delivery of one request, over either transport
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("sealed", Text),  # the payload, sealed: it holds response URLs and what people typed; erased at the end
    Column("received_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("owner", String(64)),
    Column("lease_until", Double, nullable=False),
    Column("attempts", Integer, nullable=False),  # processes that took it, counted anew once it is begun
    Index("slack_inbox_by_state", "state", "received_at"),
)

slack_messages = Table(
    "slack_messages",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("key", String(128), primary_key=True),  # our name for the message, the same on all replicas
    Column("operation", String(24)),
    Column("kind", String(16), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("thread", String(32)),  # the message it answers
    Column("ts", String(32)),  # Slack's name for it; none while nobody knows whether it was posted
    Column("posted_at", Double, nullable=False),
    Column("version", Number, nullable=False),  # of what it says; an older state never replaces a newer one
    Column("lease_until", Double, nullable=False),  # until then one process posts or edits it
    Column("losses", Integer, nullable=False),  # how often somebody has deleted it
    Index("slack_messages_by_operation", "operation"),
    Index("slack_messages_by_version", "version"),
    Index("slack_messages_by_place", "team", "channel", "ts"),
)
