"""Random stories of changing calls, played on the service and on a model of what it promises."""

import os
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar, get_args

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chatops.consent import Verdict
from chatops.control import every_action
from chatops.errors import ConsentGone
from chatops.outcome import Status
from chatops.policy import PolicyEngine, load_policy
from chatops.service import Service
from chatops.simulator import RunningSimulator, Simulator, serve
from chatops.simulator.phones import Phone
from tests.chatops.conftest import team
from tests.scenarios.model import APPROVAL, CONFIRMATION, LEASE, SENDING, Action, Call, Model
from tests.scenarios.stand import WORLD, Stand, Told

T = TypeVar("T")

_STORIES = int(os.environ.get("STORIES", "30"))
_PHONES = 3
_OWNERS = st.sampled_from(("1008600000104285462", "1008600000104285463"))
_FAULTS = st.sampled_from(("drop_before", "drop_after", "throttled", "html"))
_ENDED = {"done", "unknown", "refused", "expired", "declined", "cancelled"}
_ACTIONS = st.sampled_from(get_args(Action))
_CARRYING = (
    "read_again", "consumed", "before_claim", "claimed", "answered", "request_settled", "sent_all", "settled",
)  # fmt: skip
_CONFIRMING = st.sampled_from(("", "", "confirmed", *_CARRYING))
_CHOSEN = st.frozensets(st.integers(0, _PHONES - 1), min_size=1, max_size=2)


@cache
def policy() -> PolicyEngine:
    return load_policy(None, team(limits={"max_fleet_share": 1.0}), actions=every_action())


class Story(RuleBasedStateMachine):
    """One story. Every step is done on the service and on the model, and both must agree on what came of it."""

    portal: ClassVar[BlockingPortal]
    running: ClassVar[RunningSimulator]
    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        # The same server with another fleet: to start one takes longer than a story.
        vars(self.running.simulator).update(vars(Simulator(WORLD)))
        self.stand = Stand(simulator=self.running.simulator, url=self.running.url, folder=folder, policy=policy())
        self.process = ExitStack()
        self.service = self._open()
        fleet = [each for each in self.stand.simulator.fleet if not (each.frozen or each.journey or each.in_use)]
        usable = [each for each in fleet if each.owner and each.running == 2 and not each.broken]
        region = usable[0].region
        self.phones = [each for each in usable if each.region == region][:_PHONES]
        self.model = Model(owners={each.id: each.owner for each in self.phones}, time=self.stand.clock.seconds)

    def _open(self) -> Service:
        return self.process.enter_context(self.portal.wrap_async_context_manager(self.stand.opened()))

    def _do(self, step: Callable[..., Coroutine[Any, Any, T]], *values: object) -> T:
        result: T = self.portal.call(step, self.service, *values)
        return result

    def _tick(self, seconds: float = 1.0) -> None:
        self.portal.call(self.stand.advance, seconds)
        self.model.time += seconds

    def _crashed(self, told: Told) -> None:
        """The process is gone; the next one finds its store."""
        assert told.died, told
        self.process.close()
        self.service = self._open()

    def _ask(self, action: Action, chosen: frozenset[int], verdict: Verdict | None) -> Told:
        return self._do(self.stand.ask, action, [self.phones[each].id for each in sorted(chosen)], verdict)

    @rule(target=calls, action=_ACTIONS, chosen=_CHOSEN, crash=st.sampled_from(("", "", "decided", "approval_asked")))
    def ask_for_approval(self, action: Action, chosen: frozenset[int], crash: str) -> str | MultipleResults[str]:
        self._tick()
        model, phones = self.model, frozenset(self.phones[each].id for each in chosen)
        targets = model.targets(action, phones)
        refused = not targets or model.is_frozen
        same = model.same(action, phones, approval=True)
        self.stand.dies_at = "" if refused else crash
        told = self._ask(action, chosen, None)
        if not refused and (crash == "decided" or (crash and (same is None or same.state == "awaiting_approval"))):
            self._crashed(told)
            return self._taken_from_store(action, targets) if crash == "approval_asked" and same is None else multiple()
        self.stand.dies_at = ""
        assert told.outcome is not None
        if refused or (same is not None and same.state != "awaiting_approval"):
            assert told.outcome.status is Status.REFUSED
            return multiple()
        assert told.outcome.status is Status.APPROVAL_REQUIRED
        identifier = told.outcome.operation_id or ""
        if same is not None:
            assert identifier == same.id
            return multiple()
        return self._new(identifier, action, targets, "awaiting_approval", APPROVAL)

    def _taken_from_store(self, action: Action, targets: dict[str, str]) -> str:
        """Nobody was told, and yet it waits."""
        (waiting,) = [
            each for each in self.portal.call(self.service.approvals.waiting) if each.id not in self.model.calls
        ]
        self.model.expire()
        return self._new(waiting.id, action, targets, "awaiting_approval", APPROVAL)

    def _new(self, identifier: str, action: Action, targets: dict[str, str], state: str, lifetime: float) -> str:
        time = self.model.time
        self.model.calls[identifier] = Call(
            id=identifier, action=action, owners=targets, asked_at=time, expires_at=time + lifetime, state=state
        )
        return identifier

    @rule(action=_ACTIONS, chosen=_CHOSEN, crash=_CONFIRMING, yes=st.sampled_from((True, True, True, False)))
    def ask_and_confirm(self, action: Action, chosen: frozenset[int], crash: str, yes: bool) -> None:
        self._tick()
        model, phones = self.model, frozenset(self.phones[each].id for each in chosen)
        targets = model.targets(action, phones)
        refused = not targets or model.is_frozen or model.same(action, phones, approval=False) is not None
        self.stand.dies_at = crash if yes and not refused else ""
        known = set(model.calls)
        told = self._ask(action, chosen, Verdict.YES if yes else Verdict.NO)
        self.stand.dies_at = ""
        if refused:
            assert told.outcome is not None
            assert told.outcome.status is Status.REFUSED
            return
        if told.died:
            self._crashed(told)
        (identifier,) = {each.id for each in self.portal.call(self.service.ledger.listed)} - known
        self._new(identifier, action, targets, "awaiting_confirmation", CONFIRMATION)
        call = model.calls[identifier]
        if not yes:
            call.state = "declined"
            return
        expected = "crashed" if crash == "confirmed" else model.carry(call, crash)
        assert told.died is (expected == "crashed"), (told, expected)

    @rule(identifier=calls, name=st.sampled_from(("bob", "carol")), crash=st.sampled_from(("", "approved", *_CARRYING)))
    def approve(self, identifier: str, name: str, crash: str) -> None:
        model, call = self.model, self.model.calls[identifier]
        model.expire()
        waits = call.state == "awaiting_approval"
        self.stand.dies_at = crash if waits else ""
        told = self._do(self.stand.approve, identifier, name)
        self.stand.dies_at = ""
        if not waits:
            assert told.error is ConsentGone
            return
        call.state, call.lease = "approved", model.time + LEASE
        expected = "crashed" if crash == "approved" else model.carry(call, crash)
        if expected == "crashed":
            self._crashed(told)
        else:
            assert (told.error is None) is (expected == "carried out"), (told, expected)

    @rule(identifier=calls, what=st.sampled_from(("deny", "withdraw", "look", "look", "look")))
    def say_no(self, identifier: str, what: str) -> None:
        if what == "look":
            return
        call = self.model.calls[identifier]
        if what == "withdraw":
            told = self._do(self.stand.withdraw, identifier)
            assert told.error is (None if self.model.withdraw(call) else ConsentGone)
            return
        self.model.expire()
        told = self._do(self.stand.deny, identifier)
        if call.state == "awaiting_approval":
            assert told.error is None
            call.state = "declined"
        else:
            assert told.error is ConsentGone

    @precondition(lambda self: self.model.calls)
    @rule(seconds=st.sampled_from((5.0, LEASE + 1, CONFIRMATION, APPROVAL)))
    def time_passes(self, seconds: float) -> None:
        self._tick(seconds)

    @precondition(lambda self: self.model.calls)
    @rule(what=st.sampled_from(("freeze", "freeze", "unfreeze", "hands", "fault")), data=st.data())
    def something_happens(self, what: str, data: st.DataObject) -> None:
        if what == "freeze":
            self._do(self.stand.freeze, 60.0)
            self.model.frozen_until = max(self.model.frozen_until, self.model.time + 60.0)
        elif what == "unfreeze":
            self._do(self.stand.unfreeze)
            self.model.frozen_until = 0.0
        elif what == "hands":
            self._change_hands(self.phones[data.draw(st.integers(0, _PHONES - 1))], data.draw(_OWNERS))
        else:
            action: Action = data.draw(_ACTIONS)
            kind = data.draw(_FAULTS)
            self.stand.break_next(action, kind)
            self.model.faults = {action: kind}

    def _change_hands(self, phone: Phone, owner: str) -> None:
        phone.owner = self.model.owners[phone.id] = owner
        for call in self.model.calls.values():
            # Whoever unassigns wants the phone to be nobody's: reading may still have seen it before.
            call.disturbed = call.disturbed or phone.id in call.owners

    @precondition(lambda self: self.model.calls)
    @rule()
    def sweep(self) -> None:
        self._sweep()

    @precondition(lambda self: any(call.is_half_way for call in self.model.calls.values()))
    @rule(what=st.sampled_from(("freeze", "late", "withdraw", "nothing")))
    def half_way_is_gone_on_with(self, what: str) -> None:
        """The next process finds a call whose consent is used and of which nothing was sent."""
        if what == "freeze":
            self._do(self.stand.freeze, 60.0)
            self.model.frozen_until = max(self.model.frozen_until, self.model.time + 60.0)
        elif what == "late":
            self._tick(SENDING)
        elif what == "withdraw":
            half_way = next(call for call in self.model.calls.values() if call.is_half_way)
            assert self.model.withdraw(half_way)
            assert self._do(self.stand.withdraw, half_way.id).error is None
        self._sweep()

    def _sweep(self) -> None:
        self._tick(LEASE + 1)
        self._do(self.stand.sweep)
        self.model.sweep()

    @invariant()
    def every_request_was_received_as_often_as_the_model_says(self) -> None:
        assert self.stand.received == self.model.received

    @invariant()
    def every_call_is_where_the_model_has_it(self) -> None:
        for call in self.model.calls.values():
            found = self._do(self.stand.found, call.id)
            assert found is not None
            assert found.state in call.allowed, (call, found)

    def teardown(self) -> None:
        """Whatever was left behind ends, and the audit holds."""
        try:
            self._do(self.stand.unfreeze)
            self.model.frozen_until = 0.0
            for seconds in (LEASE + 1, APPROVAL, LEASE + 1, APPROVAL):
                self._tick(seconds)
                self._do(self.stand.sweep)
                self.model.sweep()
            assert {call.state for call in self.model.calls.values()} <= _ENDED
            self.every_request_was_received_as_often_as_the_model_says()
            self.every_call_is_where_the_model_has_it()
            assert self._do(self.stand.verified).problems == ()
        finally:
            self.process.close()
            self.stack.close()


@pytest.mark.timeout(240)  # half a minute alone; a machine that does much else must not end it
def test_every_story_ends_as_the_model_says() -> None:
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(serve(WORLD)) as running:
        Story.portal, Story.running = portal, running
        run_state_machine_as_test(
            Story,
            settings=settings(
                max_examples=_STORIES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
