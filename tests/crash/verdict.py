"""What must hold when nothing is left to do, whatever was killed when."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from chatops.audit import Filter, Kind, Recorded, every, verify
from chatops.operations.records import Operation, Request
from chatops.operations.states import ENDED, RequestState, State
from chatops.service import Service
from tests.crash.course import Course, endpoint_of
from tools import Risk

_IDS = ("instance_ids", "instance_id_list", "instanceIdList")
_NEEDS_REASON = (State.UNKNOWN, State.REFUSED, State.EXPIRED, State.CANCELLED, State.DECLINED)
_NEVER_SENT = (RequestState.NEVER_SENT, RequestState.PLANNED)
_CONSENTED = (Risk.DISRUPTIVE.name, Risk.DESTRUCTIVE.name)
Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a run has come to. ``problems`` are sentences; there must be none."""

    problems: tuple[str, ...]
    ends: tuple[str, ...]
    verifications: tuple[str, ...]
    received: int
    duplicates: int
    events: int

    def document(self) -> dict[str, object]:
        """As JSON."""
        return vars(self)


async def examined(service: Service, url: str, course: Course, before: Sequence[Operation]) -> Report:
    """The verdict on a run. ``before`` is what the last process has found when it began."""
    listed = await service.ledger.listed()
    operations = [each for one in listed if (each := await service.ledger.find(one.id)) is not None]
    await service.trail.flush()
    events = [event async for event in every(service.database, Filter())]
    audit = await verify(service.database)
    async with httpx2.AsyncClient() as client:
        answer = (await client.get(f"{url}/_simulator/requests")).json()
    endpoint = endpoint_of(course.action)
    records = [
        each for each in answer["requests"] if (each["method"], each["path"]) == (endpoint.method, endpoint.path)
    ]
    times = Counter(phones_of(each) for each in records)
    problems = [*audit.problems]
    problems += [f"{set(phones)} was received {n} times" for phones, n in times.items() if n > 1]
    for operation in operations:
        about = [event for event in events if event.operation == operation.id]
        found = [*_state_of(operation), *_consent_of(operation, about, before), *_requests_of(operation, records)]
        problems += [f"{operation.id}: {each}" for each in found]
    return Report(
        problems=tuple(problems),
        ends=tuple(each.state.value for each in operations),
        verifications=tuple(each.verification.value for each in operations if each.verification),
        received=len(records),
        duplicates=sum(n - 1 for n in times.values()),
        events=audit.events,
    )


def phones_of(record: Record) -> frozenset[str]:
    """The phones that a request has named."""
    body = record["body"] or {}
    pairs = [each["instance_id"] for each in body.get("user_instances", ())]
    return frozenset([*(each for name in _IDS for each in body.get(name, ())), *pairs])


def _state_of(operation: Operation) -> Iterator[str]:
    if operation.state not in ENDED:
        yield f"stays {operation.state}"
    if operation.watch_until is not None:
        yield "is still looked at"
    if operation.state in _NEEDS_REASON and not operation.reason:
        yield f"is {operation.state} for no reason"
    if operation.sealed is not None:
        yield "still holds its sealed params"


def _consent_of(operation: Operation, events: Sequence[Recorded], before: Sequence[Operation]) -> Iterator[str]:
    given = sum(event.kind == Kind.CONSENT_GIVEN for event in events)
    if given > 1:
        yield f"was consented to {given} times"
    if operation.consumed_at is not None and operation.risk in _CONSENTED and given != 1:
        yield "was carried out without a consent"
    sent = sum(event.kind == Kind.SENT for event in events)
    claimed = sum(each.sent_at is not None for each in operation.requests)
    if sent != claimed:
        yield f"has claimed {claimed} requests, and the audit shows {sent}"
    for each in before:
        if each.id == operation.id and each.consumed_at not in (None, operation.consumed_at):
            yield "has used its consent twice"


def _requests_of(operation: Operation, records: Sequence[Record]) -> Iterator[str]:
    for request in operation.requests:
        of_it = [each for each in records if phones_of(each) == frozenset(request.targets)]
        wrong = _wrong(operation.action, request, of_it)
        if wrong:
            yield f"request {request.number} is {request.state}, but {wrong}"
        if of_it and operation.consumed_at is None:
            yield f"request {request.number} was received without a consent"


def _wrong(action: str, request: Request, records: Sequence[Record]) -> str | None:
    # Phones that were ready before look as if they had been prepared: reading cannot tell, and nothing is lost.
    by_reading = action == "prepare_instances" and request.result is None
    carried_out = sum(each["processed"] and each["verdict"] == "0" for each in records)
    if request.state is RequestState.SENT:
        return "nobody is sending it"
    if records and request.sent_at is None:
        return "it was received and not written down before"
    if request.state in _NEVER_SENT and records:
        return "it was received"
    if request.state is RequestState.ACCEPTED and len(records) != 1 and not (by_reading and not records):
        return f"it was received {len(records)} times"
    if request.state is RequestState.FAILED and request.error is not None and carried_out:
        return "it was carried out"
    return None
