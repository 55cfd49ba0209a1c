"""What the service promises about changing calls, as a model small enough to be read at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

LEASE, SENDING, CONFIRMATION, APPROVAL = 30.0, 900.0, 600.0, 1800.0
"""Seconds: how long a process may be silent, a consent may be sent on, and people may think."""
LOST = ("drop_before", "drop_after", "html")
"""Faults after which nobody knows; only the second lets the request have its effect. "throttled" is sent again."""
Action = Literal["reset_instances", "unassign_instances"]
Expected = Literal["carried out", "refused", "gone", "crashed"]


@dataclass(kw_only=True)
class Call:
    """A changing call as the model has it. ``owners`` are those of its phones when it was asked for."""

    id: str
    action: Action
    owners: dict[str, str]
    asked_at: float
    expires_at: float
    state: str
    lease: float = 0.0
    consumed_at: float = 0.0
    request: str = "planned"
    disturbed: bool = False
    stopped: bool = False

    @property
    def is_half_way(self) -> bool:
        """Whether its consent is used, and its request was not claimed."""
        return self.state == "running" and self.request == "planned"

    @property
    def allowed(self) -> set[str]:
        """The states in which the store may have it. Reading goes on behind everybody's back."""
        if self.state == "done":
            return {"watching", "done"}
        return {"unknown", "done"} if self.state == "unknown" and self.disturbed else {self.state}


@dataclass(kw_only=True)
class Model:
    """Calls, phones with their owners, the time, and how many changing requests must have arrived."""

    owners: dict[str, str]
    time: float
    calls: dict[str, Call] = field(default_factory=dict)
    frozen_until: float = 0.0
    faults: dict[Action, str] = field(default_factory=dict)
    received: int = 0

    @property
    def is_frozen(self) -> bool:
        """Whether nothing may be changed now."""
        return self.time < self.frozen_until

    def targets(self, action: Action, phones: frozenset[str]) -> dict[str, str]:
        """The phones for which there is something to do, with their owners."""
        return {each: self.owners[each] for each in phones if action == "reset_instances" or self.owners[each]}

    def same(self, action: Action, phones: frozenset[str], *, approval: bool) -> Call | None:
        """The same call where it is under way already, or waits for the same approval."""
        waits = ("approved", "awaiting_approval") if approval else ("approved",)
        for call in self.calls.values():
            late = self.time >= call.expires_at
            under_way = call.state == "running" or (call.state in waits and not late)
            if under_way and (call.action, call.owners) == (action, self.targets(action, phones)):
                return call
        return None

    def expire(self) -> None:
        """Who has not said yes in time has not said yes."""
        for call in self.calls.values():
            waits = call.state in ("awaiting_approval", "awaiting_confirmation", "approved")
            if waits and self.time >= call.expires_at:
                call.state = "expired"

    def withdraw(self, call: Call) -> bool:
        """Take it back where nothing was sent; False where it is too late for that."""
        self.expire()
        if call.is_half_way:
            call.stopped = True
            return True
        if call.state in ("awaiting_approval", "awaiting_confirmation", "approved"):
            call.state = "cancelled"
            return True
        return False

    def carry(self, call: Call, crash: str) -> Expected:
        """Use the consent and send, up to the point at which the process dies."""
        now = self.targets(call.action, frozenset(call.owners))
        if now and crash == "read_again":
            return "crashed"
        if not now or now != call.owners or self.is_frozen or self._begun_meanwhile(call):
            call.state = "refused"
            return "refused"
        call.state, call.consumed_at, call.lease = "running", self.time, self.time + LEASE
        if crash in ("consumed", "before_claim"):
            return "crashed"
        return self.send(call, crash)

    def _begun_meanwhile(self, call: Call) -> bool:
        """Whether the same was asked for twice, and the other one was begun since this one was asked for."""
        return any(
            other.state == "running" or other.consumed_at > call.asked_at
            for other in self.calls.values()
            if other is not call and (other.action, other.owners) == (call.action, call.owners)
        )

    def send(self, call: Call, crash: str = "") -> Expected:
        """The request, from its claim to the end of the operation."""
        call.request = "sent"
        if crash == "claimed":
            return "crashed"
        fault = self.faults.pop(call.action, "")
        self.received += 2 if fault == "throttled" else 1
        if fault in ("", "throttled", "drop_after"):
            self._take_effect(call)
        if crash == "answered":
            return "crashed"
        call.request = "unknown" if fault in LOST else "accepted"
        if crash in ("request_settled", "sent_all"):
            return "crashed"
        self.settle(call)
        return "crashed" if crash == "settled" else "carried out"

    @staticmethod
    def settle(call: Call) -> None:
        """The end of an operation of which nothing more is sent."""
        call.state = "done" if call.request == "accepted" else "unknown"

    def _take_effect(self, call: Call) -> None:
        for other in self.calls.values():
            if other.owners.keys() & call.owners.keys():
                # What one call does to a phone, reading may take for what another has done.
                other.disturbed = True
        if call.action == "unassign_instances":
            self.owners.update(dict.fromkeys(call.owners, ""))

    def sweep(self) -> None:
        """What dead processes have left is taken over once their lease is over."""
        self.expire()
        for call in list(self._orphans()):
            if call.state == "approved":
                self.carry(call, "")
            elif call.request == "planned":
                self._resume(call)
            else:
                call.request = "unknown" if call.request == "sent" else call.request
                self.settle(call)

    def _orphans(self) -> Iterator[Call]:
        for call in sorted(self.calls.values(), key=lambda each: each.asked_at):
            if call.state in ("approved", "running") and self.time > call.lease:
                yield call

    def _resume(self, call: Call) -> None:
        same = self.targets(call.action, frozenset(call.owners)) == call.owners
        if call.stopped or not same or self.is_frozen or self.time >= call.consumed_at + SENDING:
            call.state = "cancelled"
            return
        call.lease = self.time + LEASE
        self.send(call)
