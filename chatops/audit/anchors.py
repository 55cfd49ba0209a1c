"""A note of how far the audit went at one moment, to be kept where nobody who writes to the store can write."""

from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection

from chatops.audit.chain import read_head
from chatops.errors import InvalidParams
from chatops.store.clock import now
from chatops.store.database import Database


class Anchor(BaseModel):
    """The newest event at that moment. Its mac covers all events before, so none of them can change any more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: str
    seq: int
    mac: str
    at: AwareDatetime

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """The anchor of a file.

        Raises:
            InvalidParams: it is not one.

        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InvalidParams(
                "This is not an anchor.", next_step="Give a file that chatops audit anchor has written."
            ) from error


async def anchor(database: Database) -> Anchor:
    """An anchor at the newest event.

    Raises:
        StoreUnavailable: the audit cannot be read, or its head was changed from outside.

    """

    def take(connection: Connection) -> Anchor:
        head = read_head(connection, database.keyring.audit, database.id)
        at = datetime.fromtimestamp(now(connection), tz=UTC)
        return Anchor(store=database.id, seq=head.seq, mac=head.mac, at=at)

    return await database.read(take)
