"""What may be chosen in a form: the phones, regions and users of the last look at the fleet, for who may see them."""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import anyio

from chatops.errors import ChatopsError, Refusal, UpstreamError
from chatops.fleet import Snapshot
from chatops.principal import Principal
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.forms import SUGGEST
from chatops.surfaces.slack.handler import Option
from chatops.surfaces.slack.received import Received
from chatops.surfaces.slack.suggesting import Known, known_of, suggest
from tools import list_instances

_PATIENCE = 1.0
"""Seconds for the fleet, of the two in which Slack wants options."""
_OLD = 300.0
_SMALL = 1000
"""A fleet of more phones is not read while somebody types; the form has it read when it opens."""
_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Suggestions:
    """Answers what is typed into a field, from labels that are made once for each snapshot."""

    _known: Mapping[str, Known] = field(default_factory=dict, init=False)
    _of: Snapshot | None = field(default=None, init=False)

    async def options(self, office: Office, request: Received, principal: Principal) -> Sequence[Option]:
        """At most a hundred options; what was typed is the last one, as not everything is known."""
        source = str(request.payload.get("action_id") or "").removeprefix(SUGGEST)
        typed = str(request.payload.get("value") or "")
        known = await self._labels(office) if may_see_phones(office, principal) else {}
        return suggest(known.get(source, ()), typed)

    async def _labels(self, office: Office) -> Mapping[str, Known]:
        snapshot: Snapshot | None = None
        with anyio.move_on_after(_PATIENCE):
            try:
                snapshot = await office.service.executor.planner.fleet.at_hand(age=math.inf, most=_SMALL)
            except UpstreamError as error:
                _LOG.warning("nothing can be suggested just now: %s", error.message)
        if snapshot is not None and snapshot is not self._of:
            self._known = await anyio.to_thread.run_sync(known_of, snapshot.phones)
            self._of = snapshot
        return self._known


def may_see_phones(office: Office, principal: Principal) -> bool:
    """Whether the phones may be listed to this person."""
    executor = office.service.executor
    action = executor.actions[list_instances.ACTION.name]
    if action not in executor.offered(principal):
        return False
    try:
        executor.guard.check(principal, action, list_instances.ListInstancesParams())
    except Refusal:
        return False
    return True


async def warm(office: Office, principal: Principal) -> None:
    """Look at the fleet while somebody looks at a form, so that something can be suggested."""
    if may_see_phones(office, principal):
        await looked(office)


async def looked(office: Office) -> Snapshot | None:
    """The fleet of the last minutes; None where it cannot be read."""
    try:
        return await office.service.executor.planner.fleet.snapshot(age=_OLD)
    except ChatopsError as error:
        _LOG.warning("nothing is known of the phones just now: %s", error.message)
        return None
