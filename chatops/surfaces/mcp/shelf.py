"""The runbooks that a caller is offered: those whose reads their roles include."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mcp.server.context import ServerRequestContext

from chatops.asking import Asking
from chatops.briefing import offered
from chatops.errors import StoreUnavailable
from chatops.executor import Executor
from chatops.principal import Principal
from chatops.runbooks import Runbook, load_runbooks

Context = ServerRequestContext[Any, Any]
Caller = Callable[[Context], Principal]
"""Who is behind a request."""


def asking_of(executor: Executor) -> Asking:
    """What knows the operations.

    Raises:
        StoreUnavailable: there is no store.

    """
    if executor.asking is None:
        raise executor.why_not or StoreUnavailable("There is no store, so there are no operations.")
    return executor.asking


@dataclass(frozen=True)
class Shelf:
    """Loaded when the first of them is asked for: a server has to answer its first list soon."""

    executor: Executor
    load: Callable[[], Mapping[str, Runbook]] = load_runbooks

    @cached_property
    def runbooks(self) -> Mapping[str, Runbook]:
        """All of them."""
        return self.load()

    def offered(self, principal: Principal) -> dict[str, Runbook]:
        """Those of this person, by name; nobody without a role is offered any."""
        return offered(self.runbooks, self.executor, principal)
