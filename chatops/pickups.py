"""Secrets that wait for their person: sealed, for five minutes, given out once, never through an assistant."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue
from sqlalchemy import Connection, insert, select, update

from chatops.audit import AuditEvent, Kind, Trail
from chatops.errors import PickupGone
from chatops.principal import Principal
from chatops.store import Database, now
from chatops.store.schema import pickups
from tools import clean_text

LIFETIME = 300.0
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LENGTH = 16
_ID_LIMIT = 24


@dataclass(frozen=True, kw_only=True)
class Pickup:
    """Something that waits. Times are seconds since the epoch, by the store's clock."""

    id: str
    person: str
    expires_at: float

    @property
    def told(self) -> str:
        """Where its person gets it, and until when."""
        until = datetime.fromtimestamp(self.expires_at, UTC).strftime("%H:%M:%S UTC")
        return (
            f"It is not shown here: it waits for {self.person}, who can pick it up once, until {until}, "
            f"at a terminal: chatops pickup {self.id}"
        )


@dataclass(frozen=True, kw_only=True)
class Pickups:
    """Leaves and gives out; each method is one transaction."""

    database: Database
    trail: Trail

    async def leave(self, principal: Principal, action: str, content: Mapping[str, JsonValue]) -> Pickup:
        """Keep this for the person who asked.

        Raises:
            StoreUnavailable: it could not be written down, so nobody gets it.

        """
        return await self.database.write(self._leave, principal, action, json.dumps(dict(content)))

    def _leave(self, connection: Connection, principal: Principal, action: str, content: str) -> Pickup:
        time = now(connection)
        self._expire(connection)
        identifier = "pk_" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        kept = Pickup(id=identifier, person=principal.person, expires_at=time + LIFETIME)
        sealed = self.database.keyring.seal(content.encode(), bound_to=identifier)
        connection.execute(insert(pickups).values(**vars(kept), action=action, sealed=sealed, left_at=time))
        self.trail.append(connection, self._event(Kind.LEFT_FOR_PICKUP, principal, action, identifier))
        return kept

    async def take(self, identifier: str, principal: Principal) -> Mapping[str, JsonValue]:
        """What was left for this person, for the only time.

        Raises:
            PickupGone: there is no such thing, or it is somebody else's, which looks alike; or it is too late.
            StoreUnavailable: nothing was given out, and it still waits.

        """
        shown = clean_text(identifier, limit=_ID_LIMIT, lines=False)
        content, problem = await self.database.write(self._take, identifier, shown, principal)
        if content is None:
            error = PickupGone(problem, next_step="Ask for it again, and pick it up within five minutes.")
            denied = self._event(Kind.DENIED, principal, None, shown)
            await self.trail.note(denied)
            raise error
        opened: Mapping[str, JsonValue] = json.loads(content)
        return opened

    def _take(
        self, connection: Connection, identifier: str, shown: str, principal: Principal
    ) -> tuple[bytes | None, str]:
        self._expire(connection)
        row = connection.execute(select(pickups).where(pickups.c.id == identifier)).one_or_none()
        if row is None or row.person != principal.person or principal.assistant is not None:
            return None, f"There is nothing to pick up as {shown!r}."
        if row.sealed is None:
            gone = "was picked up before" if row.taken_at else "has waited too long and is erased"
            return None, f"{shown} {gone}."
        content = self.database.keyring.open(row.sealed, bound_to=identifier)
        connection.execute(
            update(pickups).where(pickups.c.id == identifier).values(sealed=None, taken_at=now(connection))
        )
        self.trail.append(connection, self._event(Kind.PICKED_UP, principal, row.action, identifier))
        return content, ""

    async def expire(self) -> None:
        """Erase what has waited too long."""
        await self.database.write(self._expire)

    @staticmethod
    def _expire(connection: Connection) -> None:
        late = (pickups.c.sealed.is_not(None), pickups.c.expires_at <= now(connection))
        connection.execute(update(pickups).where(*late).values(sealed=None))

    @staticmethod
    def _event(kind: Kind, principal: Principal, action: str | None, identifier: str) -> AuditEvent:
        return AuditEvent(kind=kind, principal=principal, action=action, details={"pickup": identifier})
