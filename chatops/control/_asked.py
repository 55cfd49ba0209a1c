"""What the service's own actions are asked with, and what they may look at."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import anyio

from chatops.principal import Principal
from tools import AnyAction, Own, Params, Result

if TYPE_CHECKING:
    from chatops.freezes import Freezes
    from chatops.operations.dispatch import Dispatch
    from chatops.operations.ledger import Ledger
    from chatops.people import People
    from chatops.reasons import Reasons

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)


@dataclass(frozen=True, kw_only=True)
class Control:
    """The service's own state. ``actions`` are all that are offered; ``sleep`` waits between two looks at a record."""

    actions: Mapping[str, AnyAction]
    dispatch: "Dispatch"
    freezes: "Freezes"
    people: "People"
    reasons: "Reasons"
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep

    @property
    def ledger(self) -> "Ledger":
        """The record of changing calls."""
        return self.dispatch.ledger


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call: who asks, and what there is to look at."""

    control: Control
    principal: Principal


def own(answer: Callable[[Asked, P], Awaitable[R]]) -> Own[P, R]:
    """An action that is answered by this function."""
    return Own(answer=answer)
