"""What stands at this moment: the team in force, and what is frozen entirely for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chatops.freezes import Freeze, Scope, held
from chatops.store import Database
from chatops.team import Team
from tools import AnyAction


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A look at team and freezes. ``frozen`` are the scopes in which nothing is changed now."""

    team: Team
    frozen: frozenset[Scope]

    def forbids(self, action: AnyAction, person: str) -> bool:
        """Whether no call of this action by this person can change anything now, whatever phones it names."""
        return action.change is not None and any(
            scope.region is None and scope.action in (None, action.name) and scope.person in (None, person)
            for scope in self.frozen
        )

    def differs(self, other: "Standing") -> bool:
        """Whether somebody may be offered something else than before; a reload always counts."""
        return self.team is not other.team or self.frozen != other.frozen


async def standing_of(team: Team, database: Database | None) -> Standing:
    """What stands now; without a store, what the team file says.

    Raises:
        StoreUnavailable: the store cannot be read.

    """
    freezes: Sequence[Freeze] = await database.read(held) if database is not None else ()
    moment = datetime.now(UTC)
    scopes = {freeze.scope for freeze in freezes}
    if any(window.holds(moment) for window in team.freeze):
        scopes.add(Scope())
    return Standing(team=team, frozen=frozenset(scopes))
