"""Freezes: nothing is changed while one holds, not even what somebody has consented to. Reads go on."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection, insert, select, update

from chatops.audit import AuditEvent, Kind, Trail
from chatops.errors import ConfigurationError
from chatops.principal import Principal
from chatops.store import Database, now, wall_clock
from chatops.store.schema import freezes, requests
from chatops.team import Window

_LONGEST = 30 * 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a freeze covers; what is None is covered entirely."""

    region: str | None = None
    action: str | None = None
    person: str | None = None

    @property
    def text(self) -> str:
        """The scope in words."""
        named = [f"{each.name} {value}" for each in fields(self) if (value := getattr(self, each.name)) is not None]
        return ", ".join(named) or "everything"


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """A freeze that holds. Times are seconds since the epoch, by the store's clock."""

    id: str
    reason: str
    begins_at: float
    ends_at: float
    by: str
    scope: Scope


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Why a call is not carried out now. ``of_region`` says that its requests to other regions may be."""

    reason: str
    until: datetime
    by: str
    of_region: bool

    @property
    def text(self) -> str:
        """The reason, until when, and by whom."""
        return f"{self.reason} (until {self.until.isoformat(timespec='minutes')}, by {self.by})"


def hold_on(
    connection: Connection, windows: Sequence[Window], *, action: str, regions: Collection[str | None], person: str
) -> Hold | None:
    """What stops such a call now: a window of the team file or a freeze, or None.

    A window is in everybody's time: a store whose own is ahead, because a clock once was, does not end it early.
    """
    moments = [datetime.fromtimestamp(each, UTC) for each in (now(connection), wall_clock(connection))]
    for window in windows:
        if any(map(window.holds, moments)):
            return Hold(reason=window.reason, until=window.until, by="the team file", of_region=False)
    freeze = active_freeze(connection, action=action, regions=regions, person=person)
    if freeze is None:
        return None
    until = datetime.fromtimestamp(freeze.ends_at, UTC)
    return Hold(reason=freeze.reason, until=until, by=freeze.by, of_region=freeze.scope.region is not None)


def active_freeze(
    connection: Connection, *, action: str, regions: Collection[str | None], person: str
) -> Freeze | None:
    """The freeze that stops such a call now, or None. A call that touches any frozen region is stopped whole.

    None among the regions stands for wherever nobody knows, which may be every one.
    """
    time = now(connection)
    rows = connection.execute(
        select(freezes)
        .where(freezes.c.lifted_at.is_(None), freezes.c.begins_at <= time, freezes.c.ends_at > time)
        .order_by(freezes.c.ends_at.desc())
    )
    for row in rows:
        freeze = _freeze_of(row)
        scope = freeze.scope
        if scope.action in (None, action) and scope.person in (None, person) and _touches(scope.region, regions):
            return freeze
    return None


def _touches(region: str | None, regions: Collection[str | None]) -> bool:
    return region is None or region in regions or None in regions or not regions


def _freeze_of(row: Any) -> Freeze:  # noqa: ANN401  # a row of the table
    return Freeze(
        id=row.id,
        reason=row.reason,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        by=row.by,
        scope=Scope(region=row.region, action=row.action, person=row.person),
    )


@dataclass(frozen=True, kw_only=True)
class Freezes:
    """Begin, lift and list freezes. Windows of the team file are not among them and are not lifted here."""

    database: Database
    trail: Trail

    async def begin(self, principal: Principal, scope: Scope, *, reason: str, seconds: float) -> Freeze:
        """Stop changes at once.

        Raises:
            ConfigurationError: no reason, or an end that is past or more than 30 days away.
            StoreUnavailable: it could not be written down, so nothing is frozen.

        """
        if not reason.strip():
            raise ConfigurationError("A freeze needs a reason.", next_step="Say why: --reason TEXT")
        if not 0 < seconds <= _LONGEST:
            raise ConfigurationError("A freeze lasts up to 30 days.", next_step="Say how long: --for 30m")
        return await self.database.write(self._begin, principal, scope, reason.strip(), seconds)

    def _begin(self, connection: Connection, principal: Principal, scope: Scope, reason: str, seconds: float) -> Freeze:
        time = now(connection)
        freeze = Freeze(
            id=f"fz_{secrets.token_hex(8)}",
            reason=reason,
            begins_at=time,
            ends_at=time + seconds,
            by=principal.person,
            scope=scope,
        )
        row = {name: value for name, value in vars(freeze).items() if name != "scope"}
        connection.execute(insert(freezes).values(**row, **vars(scope)))
        details: dict[str, JsonValue] = {"id": freeze.id, "scope": scope.text, "reason": reason, "seconds": seconds}
        self.trail.append(connection, AuditEvent(kind=Kind.FREEZE, principal=principal, details=details))
        return freeze

    async def lift(self, principal: Principal) -> tuple[Freeze, ...]:
        """End every freeze that holds; which they were."""
        return await self.database.write(self._lift, principal)

    def _lift(self, connection: Connection, principal: Principal) -> tuple[Freeze, ...]:
        time = now(connection)
        lifted = _held(connection, time)
        for freeze in lifted:
            connection.execute(
                update(freezes)
                .where(freezes.c.id == freeze.id, freezes.c.lifted_at.is_(None))
                .values(lifted_at=time, lifted_by=principal.person)
            )
        events = [
            AuditEvent(kind=Kind.UNFREEZE, principal=principal, details={"id": each.id, "scope": each.scope.text})
            for each in lifted
        ]
        self.trail.append(connection, *events)
        return lifted

    async def regions(self) -> frozenset[str]:
        """The regions to which requests were sent before."""
        statement = select(requests.c.region).where(requests.c.region.is_not(None), requests.c.state == "accepted")
        return await self.database.read(
            lambda connection: frozenset(connection.execute(statement.distinct()).scalars())
        )

    async def held(self) -> tuple[Freeze, ...]:
        """The freezes that hold now."""
        return await self.database.read(held)


def held(connection: Connection) -> tuple[Freeze, ...]:
    """The freezes that hold now."""
    return _held(connection, now(connection))


def _held(connection: Connection, time: float) -> tuple[Freeze, ...]:
    rows = connection.execute(
        select(freezes)
        .where(freezes.c.lifted_at.is_(None), freezes.c.begins_at <= time, freezes.c.ends_at > time)
        .order_by(freezes.c.begins_at)
    )
    return tuple(_freeze_of(row) for row in rows)
