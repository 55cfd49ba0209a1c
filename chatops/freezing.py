"""Freezes as people ask for them at a door: who may, what would stop nothing, and what is said of it."""

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chatops.errors import ConfigurationError, InvalidParams
from chatops.freezes import Freeze, Freezes, Scope
from chatops.naming import action_named
from chatops.outcome import Outcome
from chatops.people import People, require_role
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.roles import Role
from chatops.showing import moment
from chatops.team import Window
from tools.fleet_summary import FleetSummary

Regions = Callable[[], Awaitable[frozenset[str]]]
"""The regions of the fleet as it is now; none where it cannot be read."""

_MAY_FREEZE: tuple[Role, ...] = ("operator", "approver", "admin")
_MAY_UNFREEZE: tuple[Role, ...] = ("approver", "admin")


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A freeze that holds from now on."""

    freeze: Freeze
    notes: tuple[str, ...]

    @property
    def until(self) -> str:
        """When it ends, in UTC."""
        return moment(self.freeze.ends_at) or ""


@dataclass(frozen=True, kw_only=True)
class Lifted:
    """Freezes that hold no longer, and the windows of the team file, which nothing here lifts."""

    freezes: tuple[Freeze, ...]
    windows: tuple[Window, ...]

    @property
    def shown(self) -> Shown:
        """In words."""
        scopes = "; ".join(each.scope.text for each in self.freezes)
        message = f"Lifted: {scopes}." if scopes else "Nothing was frozen from here."
        notes = tuple(
            f"The team file freezes until {each.until.isoformat(timespec='minutes')}: {each.reason}. "
            "Only it lifts that."
            for each in self.windows
        )
        return Shown(message=message, notes=notes)


@dataclass(frozen=True, kw_only=True)
class Freezing:
    """Begins and lifts freezes for people."""

    freezes: Freezes
    people: People

    async def begin(
        self, principal: Principal, asked: Scope, *, reason: str, seconds: float, regions: Regions
    ) -> Begun:
        """Stop changes at once. In ``asked`` the action may be named by its word.

        Raises:
            PermissionMissing: this person may not.
            InvalidParams: there is no such action, or it changes nothing.
            ConfigurationError: it would stop nothing, has no reason, or no sensible end.

        """
        require_role(principal, _MAY_FREEZE, "freeze")
        scope = replace(asked, action=_name_of(asked.action))
        if scope.person is not None and scope.person not in self.people.team.people:
            raise ConfigurationError(
                f"The team file does not name {scope.person}, so that would freeze nothing.",
                next_step="Name somebody it does, or leave the person out.",
            )
        notes = await self._unchecked(scope.region, regions) if scope.region is not None else ()
        freeze = await self.freezes.begin(principal, scope, reason=reason, seconds=seconds)
        return Begun(freeze=freeze, notes=notes)

    async def lift(self, principal: Principal) -> Lifted:
        """Let changes go on.

        Raises:
            PermissionMissing: this person may not.

        """
        require_role(principal, _MAY_UNFREEZE, "let frozen changes go on")
        lifted = await self.freezes.lift(principal)
        time = datetime.now(UTC)
        return Lifted(freezes=lifted, windows=tuple(each for each in self.people.team.freeze if each.holds(time)))

    async def _unchecked(self, region: str, regions: Regions) -> tuple[str, ...]:
        """Notes where nobody knows the regions: then it is frozen as it was typed."""
        known = await self.freezes.regions()
        if region in known:
            return ()
        known |= await regions()
        if region in known:
            return ()
        if not known:
            return (f"No region is known just now, so it was not checked that there is one named {region}.",)
        close = difflib.get_close_matches(region, sorted(known), n=1)
        meant = f"Did you mean {close[0]}? " if close else ""
        raise ConfigurationError(
            f"No phone is known in a region {region!a}, so that would freeze nothing.",
            next_step=f"{meant}Known: {', '.join(sorted(known))}. Without a region everything is frozen.",
        )


def regions_in(outcome: Outcome) -> frozenset[str]:
    """The regions that this answer of ``fleet_summary`` names."""
    summary = outcome.result
    regions = summary.regions if isinstance(summary, FleetSummary) else ()
    return frozenset(str(each.region) for each in regions if " " not in each.region)


def _name_of(given: str | None) -> str | None:
    """The name of the action that somebody means: a misspelt one would stop nothing, and nobody would notice."""
    if given is None:
        return None
    action = action_named(given)
    if action is None:
        raise InvalidParams(f"There is no action {given!a}.", next_step="Name one that is listed, or its word.")
    if action.change is None:
        raise InvalidParams(
            f"{action.name} changes nothing, so there is nothing to freeze.", next_step="Name an action that changes."
        )
    return action.name
