"""What goes wrong between the arrival of a request of Slack and its end."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
import uvicorn
from aiohttp import ClientSession
from pydantic import JsonValue, SecretStr
from sqlalchemy import select, update

from chatops.store.schema import slack_inbox
from chatops.surfaces.mcp.http import bind
from chatops.surfaces.slack.handler import Begin, Checked, Option, Redrawn
from chatops.surfaces.slack.inbox import Inbox
from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.received import Received, Unreadable, read
from chatops.surfaces.slack.receiving.http import Events
from chatops.surfaces.slack.receiving.signatures import Signatures
from chatops.surfaces.slack.workers import Workers
from tests.chatops.store.stores import Clock, Place
from tests.slack.signed import signature

pytestmark = pytest.mark.anyio

SECRET = "signing-secret"


def command(number: int = 1) -> dict[str, Any]:
    known = {"command": "/phone", "text": "list", "team_id": "T01", "user_id": "U0ALICE", "channel_id": "C0OPS"}
    return {**known, "trigger_id": f"trigger{number}"}


def submission() -> dict[str, Any]:
    return {"type": "view_submission", "team": {"id": "T01"}, "user": {"id": "U0ALICE"}, "trigger_id": "trigger1"}


def suggestion() -> dict[str, Any]:
    return {"type": "block_suggestion", "team": {"id": "T01"}, "user": {"id": "U0ALICE"}, "action_ts": "1.2"}


async def nothing() -> None:
    """What a flow does that has nothing to do."""


@dataclass(kw_only=True)
class Flows:
    """Flows that a test decides about, and what was asked of them."""

    handling: Callable[[], Awaitable[None]] = nothing
    validating: Callable[[], Awaitable[None]] = nothing
    checked: Checked = field(default_factory=dict)
    suggesting: Callable[[], Awaitable[None]] = nothing
    asked: list[str] = field(default_factory=list)

    async def handle(self, received: Received, begin: Begin) -> None:  # noqa: ARG002  # the protocol
        self.asked.append(f"handle {received.id}")
        await self.handling()

    async def interrupted(self, received: Received) -> None:
        self.asked.append(f"interrupted {received.id}")

    async def missed(self, received: Received) -> None:
        self.asked.append(f"missed {received.id}")

    async def validate(self, submission: Received) -> Checked:  # noqa: ARG002  # the protocol
        await self.validating()
        return self.checked

    async def suggest(self, request: Received) -> Sequence[Option]:  # noqa: ARG002  # the protocol
        await self.suggesting()
        return ()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(folder=tmp_path)
    yield found
    found.close()


def inbox_of(place: Place, owner: str = "elsewhere:1:a") -> Inbox:
    return Inbox(database=place.open(), owner=owner)


async def acknowledged(inbox: Inbox, *payloads: Mapping[str, Any]) -> None:
    for payload in payloads:
        await inbox.put(read(payload))
        await inbox.acknowledge(read(payload))


@dataclass(kw_only=True)
class Delivery:
    """Requests that come in at one process. Its clock moves on only while an acknowledgement is being sent."""

    flows: Flows = field(default_factory=Flows)
    sending: float = 0.0
    time: float = 0.0
    said: list[str] = field(default_factory=list)
    carried: Mapping[str, JsonValue] | None = None

    async def of(self, payload: Mapping[str, Any], inbox: Inbox) -> str:
        """What Slack is told of this request."""

        async def send(carried: Mapping[str, JsonValue] | None) -> None:
            self.time += self.sending
            self.carried = carried
            self.said.append("acknowledged")

        async def refuse() -> None:
            self.said.append("refused")

        intake = Intake(inbox=inbox, handler=self.flows, clock=lambda: self.time, wake=lambda: None)
        await intake.take(read(payload), self.time, send, refuse)
        return self.said.pop()


@dataclass(kw_only=True)
class CountingClock(Clock):
    """How often a transaction has asked what time it is."""

    asked: int = 0

    def __call__(self) -> float:
        self.asked += 1
        return super().__call__()


@asynccontextmanager
async def working(inbox: Inbox, flows: Flows, looks_after: float = 0.005) -> AsyncIterator[Workers]:
    workers = Workers(inbox=inbox, handler=flows, looks_after=looks_after, sweeps_after=looks_after)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(workers.run)
        yield workers
        workers.end()


@asynccontextmanager
async def served(place: Place, flows: Flows) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    signatures = Signatures(secret=SecretStr(SECRET), now=time.time)
    intake = Intake(inbox=inbox_of(place), handler=flows, clock=time.monotonic, wake=lambda: None)
    events = Events(signatures=signatures, intake=intake, clock=time.monotonic)
    listener = bind("127.0.0.1", 0)
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(events, lifespan="off", log_config=None))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listener])
        yield server, listener.getsockname()[1]
        server.should_exit = True


async def until(is_so: Callable[[], object]) -> None:
    while not is_so():  # noqa: ASYNC110  # nothing tells it
        await anyio.sleep(0.005)


def headers(body: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(SECRET, stamp, body),
    }


async def post(port: int, body: str) -> int:
    address = f"http://127.0.0.1:{port}/slack/events"
    async with ClientSession() as session, session.post(address, data=body, headers=headers(body)) as answer:
        return answer.status


@pytest.mark.parametrize("payload", [None, "text", 3, []], ids=["none", "text", "number", "list"])
async def test_what_is_no_object_is_unreadable(payload: JsonValue) -> None:
    with pytest.raises(Unreadable):
        read(cast("Mapping[str, Any]", payload))


@pytest.mark.parametrize("name", ["team_id", "user_id", "channel_id"])
async def test_name_that_is_too_long_for_the_store_is_unreadable(name: str) -> None:
    assert read({**command(), name: "N" * 32}).kind == "command"
    with pytest.raises(Unreadable):
        read({**command(), name: "N" * 33})


async def test_workspace_of_a_person_that_is_too_long_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read({**submission(), "user": {"id": "U0ALICE", "team_id": "T" * 33}})


async def test_signed_request_that_is_nested_too_deeply_is_refused(place: Place) -> None:
    async with served(place, Flows()) as (_, port):
        assert await post(port, '{"a":' + "[" * 200_000 + "]" * 200_000 + "}") == 400


@pytest.mark.parametrize(("sending", "runs"), [(1.9, True), (2.0, False), (2.9, False)])
async def test_command_whose_acknowledgement_is_finished_too_late_is_missed_and_never_runs(
    place: Place, sending: float, runs: bool
) -> None:
    inbox, delivery = inbox_of(place), Delivery(sending=sending)
    await delivery.of(command(), inbox)
    place.clock.seconds += 20
    assert [each.id for each in await inbox.sweep()] == ([] if runs else ["command:trigger1"])
    assert (await inbox.take() is not None) == runs


async def test_command_that_comes_again_after_its_process_has_died_is_refused_and_missed(place: Place) -> None:
    inbox, delivery = inbox_of(place), Delivery()
    await inbox.put(read(command()))
    place.clock.seconds += 10
    assert await delivery.of(command(), inbox) == "refused"
    assert await inbox.take() is None
    place.clock.seconds += 10
    assert [each.id for each in await inbox.sweep()] == ["command:trigger1"]


async def test_command_that_comes_again_has_only_the_time_that_is_left(place: Place) -> None:
    inbox, delivery = inbox_of(place), Delivery(sending=0.6)
    await inbox.put(read(command(1)))
    place.clock.seconds += 1.5
    await inbox.put(read(command(2)))
    assert await delivery.of(command(1), inbox) == "acknowledged"
    assert await inbox.take() is None
    assert await delivery.of(command(2), inbox) == "acknowledged"
    taken = await inbox.take()
    assert taken is not None
    assert taken.received.id == "command:trigger2"


async def test_event_that_comes_again_much_later_is_acknowledged(place: Place) -> None:
    event = {"type": "app_mention", "user": "U0ALICE", "channel": "C0OPS", "ts": "1.2"}
    payload = {"type": "event_callback", "team_id": "T01", "event": event, "event_id": "Ev1"}
    inbox, delivery = inbox_of(place), Delivery(sending=2.5)
    assert await delivery.of(payload, inbox) == "acknowledged"
    place.clock.seconds += 300
    assert await delivery.of(payload, inbox) == "acknowledged"
    assert await inbox.take() is not None


async def test_command_that_was_missed_is_refused_when_it_comes_again(place: Place) -> None:
    inbox, delivery = inbox_of(place), Delivery()
    await inbox.put(read(command()))
    place.clock.seconds += 20
    await inbox.sweep()
    assert await delivery.of(command(), inbox) == "refused"


@pytest.mark.parametrize("payload", [submission(), suggestion()], ids=["submission", "suggestion"])
async def test_fault_of_a_flow_that_is_asked_before_the_acknowledgement_is_refused_and_logged(
    place: Place, payload: Mapping[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def fault() -> None:
        raise KeyError("of ours")

    flows = Flows(validating=fault, suggesting=fault)
    assert await Delivery(flows=flows).of(payload, inbox_of(place)) == "refused"
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.exc_info


@pytest.mark.parametrize(
    ("checked", "carried"),
    [
        ({}, None),
        ({"param:reason": "Say why."}, {"response_action": "errors", "errors": {"param:reason": "Say why."}}),
        (Redrawn(view={"type": "modal"}), {"response_action": "update", "view": {"type": "modal"}}),
    ],
    ids=["good", "mistaken", "redrawn"],
)
async def test_form_is_handled_only_where_neither_mistakes_nor_another_form_are_shown(
    place: Place, checked: Checked, carried: Mapping[str, JsonValue] | None
) -> None:
    inbox, delivery = inbox_of(place), Delivery(flows=Flows(checked=checked))
    assert await delivery.of(submission(), inbox) == "acknowledged"
    assert delivery.carried == carried
    assert (await inbox.take() is not None) == (carried is None)


async def test_request_whose_client_has_hung_up_is_failed_and_never_runs(place: Place) -> None:
    asked, answers = anyio.Event(), anyio.Event()

    async def validating() -> None:
        asked.set()
        await answers.wait()

    body = json.dumps(submission())
    sent = {"Host": "localhost", "Content-Length": str(len(body)), **headers(body)}
    lines = ["POST /slack/events HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", body]
    async with served(place, Flows(validating=validating)) as (server, port):
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            await client.send("\r\n".join(lines).encode())
            await asked.wait()
        await until(lambda: not server.server_state.connections)
        answers.set()
        await until(lambda: not server.server_state.tasks)
    assert place.ask("SELECT state FROM slack_inbox") == [("failed",)]


SPOILED = {
    "of another key": "UPDATE slack_inbox SET sealed = 'x.y' WHERE id = 'command:trigger1'",
    "changed": "UPDATE slack_inbox SET sealed = replace(sealed, '.', '.AAAA') WHERE id = 'command:trigger1'",
    "gone": "UPDATE slack_inbox SET sealed = NULL WHERE id = 'command:trigger1'",
}


@pytest.mark.parametrize("statement", SPOILED.values(), ids=SPOILED.keys())
async def test_request_that_cannot_be_opened_fails_and_the_next_one_runs(
    place: Place, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = inbox_of(place)
    await acknowledged(inbox, command(1), command(2))
    place.tamper(statement)
    await assert_only_the_second_runs(inbox)
    (record,) = caplog.records
    assert record.levelname == "ERROR"


@pytest.mark.parametrize(
    "content", [b"{", b'{"type": "unheard_of"}', json.dumps(command(3)).encode()], ids=["no JSON", "unknown", "another"]
)
async def test_request_that_cannot_be_read_any_more_fails_and_the_next_one_runs(place: Place, content: bytes) -> None:
    inbox = inbox_of(place)
    await acknowledged(inbox, command(1), command(2))
    sealed = inbox.database.keyring.seal(content, bound_to="T01/command:trigger1")
    spoil = update(slack_inbox).where(slack_inbox.c.id == "command:trigger1").values(sealed=sealed)
    await inbox.database.write(lambda connection: connection.execute(spoil))
    await assert_only_the_second_runs(inbox)


async def assert_only_the_second_runs(inbox: Inbox) -> None:
    taken = await inbox.take()
    assert taken is not None
    assert taken.received.id == "command:trigger2"
    found = await inbox.database.read(
        lambda connection: connection.execute(select(slack_inbox.c.state).order_by(slack_inbox.c.id)).scalars().all()
    )
    assert found == ["failed", "running"]


async def test_untold_request_that_cannot_be_opened_does_not_keep_others_from_being_missed(place: Place) -> None:
    inbox = inbox_of(place)
    await inbox.put(read(command(1)))
    await inbox.put(read(command(2)))
    place.tamper("UPDATE slack_inbox SET sealed = 'x.y' WHERE id = 'command:trigger1'")
    place.clock.seconds += 20
    assert [each.id for each in await inbox.sweep()] == ["command:trigger2"]
    assert place.ask("SELECT state FROM slack_inbox ORDER BY id") == [("failed",), ("missed",)]


async def test_request_of_which_two_processes_have_died_is_given_up_and_missed(place: Place) -> None:
    await acknowledged(inbox_of(place), command())
    for process in ("elsewhere:1:a", "elsewhere:2:b"):
        taken = await inbox_of(place, process).take()
        assert taken is not None
        place.clock.seconds += 31
    last = inbox_of(place, "elsewhere:3:c")
    assert await last.take() is None
    assert [each.id for each in await last.sweep()] == ["command:trigger1"]
    assert place.ask("SELECT state, sealed FROM slack_inbox") == [("failed", None)]


async def test_request_that_was_begun_is_told_of_by_two_processes_at_most_and_never_missed(place: Place) -> None:
    inbox = inbox_of(place)
    await acknowledged(inbox, command())
    await inbox.take()
    await inbox.begin(read(command()))
    for process in ("elsewhere:2:b", "elsewhere:3:c"):
        place.clock.seconds += 31
        taken = await inbox_of(place, process).take()
        assert taken is not None
        assert taken.is_interrupted
    place.clock.seconds += 31
    last = inbox_of(place, "elsewhere:4:d")
    assert await last.take() is None
    assert await last.sweep() == ()
    assert place.ask("SELECT state FROM slack_inbox") == [("failed",)]


async def test_request_that_ends_in_a_fault_of_ours_is_failed_and_its_payload_erased(place: Place) -> None:
    async def fault() -> None:
        raise KeyError("of ours")

    inbox = inbox_of(place)
    await acknowledged(inbox, command())
    async with working(inbox, Flows(handling=fault)):
        await until(lambda: place.ask("SELECT 1 FROM slack_inbox WHERE ended_at IS NOT NULL"))
    assert place.ask("SELECT state, sealed FROM slack_inbox") == [("failed", None)]


async def test_idle_replica_looks_and_writes_nothing(tmp_path: Path) -> None:
    clock = CountingClock()
    place = Place(folder=tmp_path, clock=clock)
    inbox = inbox_of(place)
    # Every transaction that writes moves the mark of the time along.
    mark = place.ask("SELECT value FROM meta WHERE name = 'time'")
    clock.seconds += 60
    asked = clock.asked
    async with working(inbox, Flows()):
        await until(lambda: clock.asked >= asked + 20)
    assert place.ask("SELECT value FROM meta WHERE name = 'time'") == mark
    place.close()


async def test_request_of_a_process_that_has_died_is_found_by_looking(place: Place) -> None:
    await acknowledged(inbox_of(place, "elsewhere:1:a"), command(1), command(2))
    flows = Flows()
    async with working(inbox_of(place, "elsewhere:2:b"), flows):
        await until(lambda: len(flows.asked) == 2)
    assert sorted(flows.asked) == ["handle command:trigger1", "handle command:trigger2"]


async def test_requests_of_this_process_need_nobody_who_looks(place: Place) -> None:
    inbox, flows = inbox_of(place), Flows()
    async with working(inbox, flows, looks_after=3600) as workers:
        for number in range(30):
            await acknowledged(inbox, command(number))
            workers.wake()
        await until(lambda: len(flows.asked) == 30)


async def test_person_is_told_of_a_request_of_which_processes_have_died(place: Place) -> None:
    await acknowledged(inbox_of(place), command())
    for process in ("elsewhere:1:a", "elsewhere:2:b"):
        await inbox_of(place, process).take()
        place.clock.seconds += 31
    flows = Flows()
    async with working(inbox_of(place, "elsewhere:3:c"), flows):
        await until(lambda: flows.asked)
    assert flows.asked == ["missed command:trigger1"]
