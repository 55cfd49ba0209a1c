from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from chatops.settings import load_settings
from chatops.surfaces.mcp.http import bind
from chatops.surfaces.slack.door import Desk, Door, open_door
from chatops.surfaces.slack.handler import Begin, Option
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import Posted
from chatops.surfaces.slack.received import Received
from tests.chatops.conftest import ReplaceablePolicy, policy_for, team
from tests.chatops.store.stores import Place
from tests.slack.fake import FakeSlack, fake_slack

pytestmark = pytest.mark.anyio


@dataclass(kw_only=True)
class Echo:
    """Says in the channel who has asked for what."""

    desk: Desk
    handled: list[str] = field(default_factory=list)

    async def handle(self, received: Received, begin: Begin) -> None:
        principal = await self.desk.directory.principal(received.team, received.user, received.user_team)
        self.handled.append(received.id)
        await begin()
        new = Posted(team=received.team, key=received.id, kind="echo", channel=received.channel)
        said = Message(text=f"{principal.person} ({', '.join(sorted(principal.roles))}): {received.payload['text']}")
        posted = await self.desk.outgoing.post(new, said)
        self.desk.outgoing.edit(posted, Message(text=f"{said.text}, done"))

    async def interrupted(self, received: Received) -> None: ...

    async def missed(self, received: Received) -> None: ...

    async def validate(self, submission: Received) -> Mapping[str, str]:  # noqa: ARG002  # the protocol
        return {}

    async def suggest(self, request: Received) -> Sequence[Option]:  # noqa: ARG002  # the protocol
        return ()


@asynccontextmanager
async def served(door: Door) -> AsyncIterator[str]:
    assert door.events is not None
    app = Starlette(routes=[Route("/slack/events", door.events, methods=["POST"])])
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listener])
        while not server.started:  # noqa: ASYNC110  # uvicorn tells nobody
            await anyio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
        server.should_exit = True


@pytest.fixture(params=["socket", "http"])
async def opened(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[FakeSlack, list[Echo]]]:
    place, echoes = Place(folder=tmp_path), list[Echo]()

    def build(desk: Desk) -> Echo:
        echoes.append(Echo(desk=desk))
        return echoes[-1]

    known = team(
        people={"alice": {"roles": ["viewer"], "slack": ["T01:U0ALICE"]}},
        slack_usergroups={"T01:S0ONCALL": ["operator"]},
    )
    async with fake_slack() as slack:
        monkeypatch.setenv("CHATOPS_SLACK_BOT_TOKEN", slack.application.bot_token)
        monkeypatch.setenv("CHATOPS_SLACK_API_URL", slack.api_url)
        if request.param == "http":
            monkeypatch.setenv("CHATOPS_SLACK_SIGNING_SECRET", slack.application.signing_secret)
        else:
            monkeypatch.setenv("CHATOPS_SLACK_APP_TOKEN", slack.application.app_token)
        slack.channel("C0OPS")
        slack.group("S0ONCALL", "U0ALICE")
        policy = ReplaceablePolicy(engine=policy_for(known))
        async with open_door(load_settings(), place.open(), policy, lambda: "ours", build) as door:
            if request.param == "socket":
                await slack.connected()
                yield slack, echoes
            else:
                async with served(door) as address:
                    slack.delivers_to(address)
                    yield slack, echoes
    place.close()


async def test_command_is_acknowledged_run_once_and_answered_by_a_message(
    opened: tuple[FakeSlack, list[Echo]],
) -> None:
    slack, (echo,) = opened
    alice = slack.person("U0ALICE").joins("C0OPS")
    answer = await alice.types("/phone", "list", channel="C0OPS")
    assert answer.is_ok
    assert answer.took < 2
    message = await slack.message_in("C0OPS", containing="alice (operator, viewer): list")
    assert message is not None
    await slack.delivers_again(answer.delivery)
    await slack.message_in("C0OPS", containing="list, done")
    assert len(echo.handled) == 1


async def test_end_finishes_what_is_under_way_and_shows_its_last_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, release = Place(folder=tmp_path), anyio.Event()
    ran: list[str] = []

    @dataclass(kw_only=True)
    class Slow(Echo):
        async def handle(self, received: Received, begin: Begin) -> None:
            await self.desk.outgoing.post(
                Posted(team="T01", key="begun", kind="echo", channel="C0OPS"), Message(text="begun")
            )
            await release.wait()
            await super().handle(received, begin)

    async def beside() -> None:
        ran.append("begun")
        try:
            await anyio.sleep_forever()
        finally:
            ran.append("ended")

    def build(desk: Desk) -> Slow:
        desk.tasks.append(beside)
        return Slow(desk=desk)

    known = team(people={"alice": {"roles": ["viewer"], "slack": ["T01:U0ALICE"]}})
    async with fake_slack() as slack:
        monkeypatch.setenv("CHATOPS_SLACK_BOT_TOKEN", slack.application.bot_token)
        monkeypatch.setenv("CHATOPS_SLACK_APP_TOKEN", slack.application.app_token)
        monkeypatch.setenv("CHATOPS_SLACK_API_URL", slack.api_url)
        slack.channel("C0OPS")
        policy = ReplaceablePolicy(engine=policy_for(known))
        async with open_door(load_settings(), place.open(), policy, lambda: "ours", build):
            await slack.connected()
            assert (await slack.person("U0ALICE").types("/phone", "list")).is_ok
            await slack.message_in("C0OPS", containing="begun")
            assert ran == ["begun"]
            release.set()
        assert slack.messages_in("C0OPS", containing="alice (viewer): list, done")
        assert ran == ["begun", "ended"]
    place.close()
