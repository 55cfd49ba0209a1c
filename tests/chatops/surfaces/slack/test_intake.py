"""From arrival to acknowledgement, and from the store to the flows: clocks that stand still, a store of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from pydantic import JsonValue

from chatops.surfaces.slack.inbox import KEPT, LEASE, UNTOLD, Inbox, State
from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.received import Received, read
from chatops.surfaces.slack.workers import Workers
from tests.chatops.store.stores import Place
from tests.chatops.surfaces.slack.handlers import Recording, until

pytestmark = pytest.mark.anyio


def command(number: int = 1) -> Received:
    return read(
        {"command": "/phone", "text": "x", "team_id": "T01", "user_id": "U0A", "channel_id": "C", "trigger_id": number}
        | {"trigger_id": str(number)}
    )


def event() -> Received:
    about = {"type": "app_mention", "user": "U0A", "channel": "C", "ts": "1.1"}
    return read({"type": "event_callback", "team_id": "T01", "event_id": "E1", "event": about})


def interaction(kind: str, **more: Any) -> Received:  # noqa: ANN401  # any payload
    return read({"type": kind, "team": {"id": "T01"}, "user": {"id": "U0A"}, "trigger_id": "9", **more})


@dataclass(kw_only=True)
class Desk:
    """One process: its inbox, its intake, its workers, and what Slack was told."""

    place: Place
    owner: str = "one"
    seconds: float = 0.0
    slowly: float = 0.0
    breaks: bool = False
    handler: Recording = field(default_factory=Recording)

    def __post_init__(self) -> None:
        self.inbox = Inbox(database=self.place.open(), owner=self.owner)
        self.workers = Workers(inbox=self.inbox, handler=self.handler)
        self.intake = Intake(inbox=self.inbox, handler=self.handler, clock=lambda: self.seconds, wake=self.workers.wake)

    async def take(self, received: Received, arrived: float = 0.0) -> list[object]:
        """What Slack is told: what the acknowledgement carries, ``refused``, or nothing."""
        told: list[object] = []

        async def send(carried: Mapping[str, JsonValue] | None) -> None:
            self.seconds += self.slowly
            if self.breaks:
                raise ConnectionResetError
            told.append(carried)

        async def refuse() -> None:
            told.append("refused")

        await self.intake.take(received, arrived, send, refuse)
        return told

    def states(self) -> list[object]:
        return [state for (state,) in self.place.ask("SELECT state FROM slack_inbox ORDER BY id")]

    async def works(self) -> None:
        """Work until nothing waits."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.workers.run)
            waiting = {"acknowledged", "running", "begun"}
            await until(lambda: not waiting & {str(each) for each in self.states()})
            self.workers.end()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(folder=tmp_path)


async def test_command_is_acknowledged_then_run_once_and_erased(place: Place) -> None:
    desk = Desk(place=place)
    assert await desk.take(command()) == [None]
    assert desk.states() == ["acknowledged"]
    assert await desk.take(command()) == [None]
    await desk.works()
    assert desk.handler.handled == ["command:1"]
    assert desk.states() == ["done"]
    assert place.ask("SELECT count(*) FROM slack_inbox WHERE sealed IS NOT NULL") == [(0,)]
    assert await desk.take(command()) == [None]
    assert desk.states() == ["done"]


async def test_command_that_comes_too_late_is_refused_and_never_run(place: Place) -> None:
    desk = Desk(place=place, seconds=2.0)
    assert await desk.take(command(), arrived=0.0) == ["refused"]
    assert desk.states() in ([], ["failed"])
    await desk.works()
    assert desk.handler.handled == []


async def test_refused_command_is_refused_again_when_it_is_delivered_again(place: Place) -> None:
    desk = Desk(place=place)
    await desk.inbox.put(command())
    await desk.inbox.fail(command())
    assert await desk.take(command()) == ["refused"]
    await desk.works()
    assert desk.handler.handled == []


async def test_acknowledgement_that_did_not_arrive_means_that_it_never_runs(place: Place) -> None:
    desk = Desk(place=place, breaks=True)
    assert await desk.take(command()) == []
    assert desk.states() == ["failed"]


async def test_acknowledgement_that_took_too_long_means_that_it_never_runs(place: Place) -> None:
    desk = Desk(place=place, slowly=3.0)
    assert await desk.take(command()) == [None]
    # Nobody knows what Slack made of it: it is missed, and its person is told.
    assert desk.states() == ["received"]
    await desk.works()
    assert desk.handler.handled == []


@pytest.mark.parametrize("broken", [{"breaks": True}, {"slowly": 3.0}])
async def test_event_is_run_whatever_becomes_of_its_acknowledgement(place: Place, broken: dict[str, Any]) -> None:
    desk = Desk(place=place, **broken)
    await desk.take(event())
    await desk.works()
    assert desk.handler.handled == [event().id]
    await desk.take(event())
    await desk.works()
    assert desk.handler.handled == [event().id]


async def test_mistakes_in_a_form_are_its_acknowledgement_and_nothing_is_written_down(place: Place) -> None:
    desk = Desk(place=place, handler=Recording(errors={"reason": "Say why."}))
    form = interaction("view_submission", view={"id": "V1"})
    assert await desk.take(form) == [{"response_action": "errors", "errors": {"reason": "Say why."}}]
    assert desk.states() == []
    desk.handler.errors = {}
    assert await desk.take(form) == [None]
    await desk.works()
    assert desk.handler.handled == [form.id]


async def test_options_are_the_acknowledgement_of_a_suggestion(place: Place) -> None:
    option: dict[str, JsonValue] = {"text": {"type": "plain_text", "text": "a"}, "value": "a"}
    desk = Desk(place=place, handler=Recording(options=[option]))
    assert await desk.take(interaction("block_suggestion", action_id="suggest:phones")) == [{"options": [option]}]
    assert desk.states() == []


async def test_request_that_slack_was_never_told_of_is_given_up_and_told_to_its_person(place: Place) -> None:
    desk = Desk(place=place)
    await desk.inbox.put(command())
    place.clock.seconds += UNTOLD - 1
    assert await desk.inbox.sweep() == ()
    place.clock.seconds += 2
    assert [each.id for each in await desk.inbox.sweep()] == ["command:1"]
    assert desk.states() == ["missed"]
    assert not await desk.inbox.acknowledge(command())
    assert await desk.inbox.sweep() == ()
    assert await desk.inbox.take() is None


async def test_missed_request_is_told_by_the_workers(place: Place) -> None:
    desk = Desk(place=place)
    await desk.inbox.put(command())
    place.clock.seconds += UNTOLD + 1
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.workers.run)
        await until(lambda: desk.handler.missed_ == ["command:1"])
        desk.workers.end()
    assert desk.handler.handled == []


async def test_two_processes_take_each_request_once(place: Place) -> None:
    first, second = Desk(place=place), Desk(place=place, owner="two")
    for number in range(40):
        await (first if number % 2 else second).take(command(number))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first.works)
        tasks.start_soon(second.works)
    handled = [*first.handler.handled, *second.handler.handled]
    assert sorted(handled) == sorted(f"command:{number}" for number in range(40))


async def test_process_that_is_silent_is_followed_by_another_that_does_all_of_it_again(place: Place) -> None:
    first, second = Desk(place=place, owner="elsewhere"), Desk(place=place, owner="two")
    await first.take(command())
    assert await first.inbox.take() is not None
    assert await second.inbox.take() is None
    place.clock.seconds += LEASE + 1
    taken = await second.inbox.take()
    assert taken is not None
    assert not taken.is_interrupted
    assert not await first.inbox.begin(command())
    assert not await first.inbox.renew(command())
    await first.inbox.finish(command())
    assert first.states() == ["running"]


async def test_what_was_begun_for_good_is_interrupted_and_not_done_again(place: Place) -> None:
    first, second = Desk(place=place, owner="elsewhere"), Desk(place=place, owner="two")
    await first.take(command())
    assert await first.inbox.take() is not None
    assert await first.inbox.begin(command())
    place.clock.seconds += LEASE + 1
    await second.works()
    assert (second.handler.handled, second.handler.interrupted_) == ([], ["command:1"])


async def test_fault_in_a_flow_ends_that_request_alone(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    async def fault(received: Received) -> None:
        if received.id == "command:1":
            raise ZeroDivisionError

    desk = Desk(place=place, handler=Recording(doing=fault))
    await desk.take(command(1))
    await desk.take(command(2))
    await desk.works()
    assert desk.handler.handled == ["command:2"]
    assert desk.states() == ["failed", "done"]
    assert "ended in a fault" in caplog.text


async def test_id_is_known_for_eight_days_and_what_waits_is_never_forgotten(place: Place) -> None:
    desk = Desk(place=place)
    await desk.take(command(1))
    await desk.works()
    await desk.take(command(2))
    place.clock.seconds += KEPT + 1
    await desk.inbox.sweep()
    assert desk.states() == ["acknowledged"]


async def test_two_hundred_commands_at_once_are_none_lost_and_none_run_that_were_refused(place: Place) -> None:
    """Each acknowledgement takes a moment of everybody's, so that some come too late, and all in their time."""
    desk = Desk(place=place, slowly=0.02)
    answers: dict[str, list[object]] = {}

    async def types(number: int) -> None:
        answers[f"command:{number}"] = await desk.take(command(number))

    async with anyio.create_task_group() as tasks:
        for number in range(200):
            tasks.start_soon(types, number)
    await desk.works()
    place.clock.seconds += UNTOLD + 1
    given_up = {each.id for _ in range(200) for each in await desk.inbox.sweep()}
    told = {identifier for identifier, said in answers.items() if None in said}
    refused = {identifier for identifier, said in answers.items() if "refused" in said}
    assert len(told) + len(refused) == 200
    assert told
    assert refused
    assert len(desk.handler.handled) == len(set(desk.handler.handled))
    # Of what Slack was told just too late, nobody knows what it made: that is not run, and its person is told.
    assert {*desk.handler.handled, *given_up} >= told
    assert not refused & set(desk.handler.handled)
    assert set(desk.states()) <= {State.DONE.value, State.FAILED.value, State.MISSED.value}
