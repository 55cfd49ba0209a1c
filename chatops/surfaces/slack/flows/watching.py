"""Keeps every card as its operation is, whoever changed it: another replica, a terminal, an assistant, time itself."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from chatops.errors import ChatopsError
from chatops.operations.records import Operation
from chatops.operations.states import AWAITING, State
from chatops.principal import Surface
from chatops.store import now
from chatops.surfaces.slack.flows.depicting import ASKED, CARDS, is_over, version_of
from chatops.surfaces.slack.flows.living import ask_others, draw, post_card
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.resulting import tell_result
from chatops.surfaces.slack.messages import OVER, Posted

PAUSE = 2.0
"""Seconds between two looks into the store."""

_AGAIN_AFTER = 30.0
_SHOWN_WITHIN = 10.0
_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Watch:
    """One for each process. ``clock`` never goes back."""

    office: Office
    pause: float = PAUSE
    clock: Callable[[], float] = anyio.current_time
    _not_before: dict[tuple[str, str], float] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except ChatopsError as error:
                _LOG.warning("the cards of Slack are looked after later: %s", error.message)
            except Exception:  # noqa: BLE001  # whatever it is, the cards of others are drawn on
                _LOG.exception("the cards of Slack are looked after later")
            await anyio.sleep(self.pause)

    async def look(self) -> None:
        """One look: post what is missing, draw what has changed, tell what has ended.

        Raises:
            StoreUnavailable: the store cannot say what there is to show.

        """
        office, ledger = self.office, self.office.service.ledger
        cards: dict[str, list[Posted]] = {}
        for each in await office.desk.messages.looked_after():
            cards.setdefault(each.operation or "", []).append(each)
        waiting = await ledger.listed(states=[State.AWAITING_APPROVAL])
        identifiers = [*dict.fromkeys((*cards, *(each.id for each in waiting)))]
        found, time = await ledger.found(identifiers), await office.service.database.read(now)
        if any(each.state in AWAITING and each.expires_at <= time for each in found):
            await ledger.expire()
            found = await ledger.found(identifiers)
        self._not_before = {key: until for key, until in self._not_before.items() if key[0] in identifiers}
        for operation in found:
            if operation.action in office.service.actions:
                await self._show(operation, tuple(cards.get(operation.id, ())), time)

    async def _show(self, operation: Operation, posted: tuple[Posted, ...], time: float) -> None:
        office, version = self.office, version_of(operation, time)
        draw(office, operation, posted, time)
        cards = [each for each in posted if each.kind in CARDS and _is_wanted(each, operation)]
        lost = [each for each in cards if each.ts is None]
        if lost:
            await self._now_and_then(operation, "post", lambda: self._post(operation, lost))
        if operation.state is State.AWAITING_APPROVAL and not _is_about_to_be_shown(operation, posted, time):
            await self._now_and_then(operation, "ask", lambda: ask_others(office, operation))
        if is_over(operation) and posted and all(each.version >= version for each in cards):
            await self._now_and_then(operation, "end", lambda: self._end(operation, posted))

    async def _post(self, operation: Operation, lost: list[Posted]) -> bool:
        for each in lost:
            await post_card(self.office, operation, each, waits=False)
        return True

    async def _end(self, operation: Operation, posted: tuple[Posted, ...]) -> bool:
        if not await tell_result(self.office, operation, posted):
            return False
        for each in posted:
            await self.office.desk.messages.shown(each, OVER)
        return True

    async def _now_and_then(self, operation: Operation, what: str, do: Callable[[], Awaitable[bool]]) -> None:
        """Do it now, unless it has failed a moment ago."""
        if self.clock() < self._not_before.get((operation.id, what), 0.0):
            return
        try:
            well = await do()
        except ChatopsError as error:
            _LOG.warning("%s: %s", operation.id, error.message)
            well = False
        if not well:
            self._not_before[operation.id, what] = self.clock() + _AGAIN_AFTER


def _is_wanted(card: Posted, operation: Operation) -> bool:
    """Whether a card has to stand there: nobody has to be asked any more about what is over."""
    return card.ts is not None or card.losses > 0 or card.kind == ASKED or not is_over(operation)


def _is_about_to_be_shown(operation: Operation, posted: tuple[Posted, ...], time: float) -> bool:
    """Whether the flow that asked here shows it just now: where that is decides who is asked elsewhere."""
    return operation.door == Surface.SLACK and not posted and time < operation.asked_at + _SHOWN_WITHIN
