"""The audit as people look into it at a door: which events they may see, and how those are shown."""

from dataclasses import replace

from chatops.audit import Filter, Recorded, show
from chatops.control import every_action
from chatops.errors import InvalidParams, PermissionMissing
from chatops.naming import action_named
from chatops.operations.visible import SEE_ALL, person_seen
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.store import Database


async def visible_events(
    database: Database, asked: Filter, principal: Principal, *, limit: int
) -> tuple[Recorded, ...]:
    """The newest events that fit and that this person may look at; an action may be named by its word.

    Raises:
        PermissionMissing: they are somebody else's.
        InvalidParams: there never was such an action.

    """
    wanted, only = replace(asked, action=_name_of(asked.action)), person_seen(principal)
    if only is not None:
        if wanted.person not in (None, only):
            raise PermissionMissing(
                f"{only} may look at their own events only.",
                next_step=f"Those of others come with the role {' or '.join(SEE_ALL)}.",
            )
        wanted = replace(wanted, person=only)
    events = await show(database, wanted, limit=limit)
    if wanted.action is not None and not events and wanted.action not in every_action():
        raise InvalidParams(f"There is no action {wanted.action!a}.", next_step="Name one that is listed, or its word.")
    return events


def events_table(events: tuple[Recorded, ...]) -> Shown:
    """Events, one a line."""
    return Shown(
        message=f"{len(events)} event{'' if len(events) == 1 else 's'}.",
        columns=("time (UTC)", "event", "person", "action", "operation", "status"),
        rows=tuple(_row(event) for event in events),
    )


def _name_of(given: str | None) -> str | None:
    """The name of the action that somebody means; what never was one may stand in the audit all the same."""
    known = action_named(given) if given is not None else None
    return known.name if known is not None else given


def _row(event: Recorded) -> tuple[str | None, ...]:
    status = event.body.get("status")
    return (
        event.at.strftime("%Y-%m-%d %H:%M:%S"),
        event.kind,
        event.person,
        event.action,
        event.operation,
        str(status) if status is not None else None,
    )
