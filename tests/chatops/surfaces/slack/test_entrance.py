"""The Slack door beside others: opened, looked after and ended, with the real service on the simulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from chatops.settings import load_settings
from chatops.slack_app import slack_app_of
from chatops.surfaces.slack.entrance import NOT_REACHED_YET, Build, Entrance
from chatops.surfaces.slack.flows.office import Office
from tests.chatops.conftest import Bench, OpenBench
from tests.chatops.surfaces.slack.handlers import Recording, until
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.faults import error

pytestmark = pytest.mark.anyio


def nothing(_: Office) -> Recording:
    return Recording()


def made(build: Build = nothing) -> Entrance:
    """Looks very often."""
    settings = load_settings()
    app = slack_app_of(settings)
    assert app is not None
    return Entrance(settings=settings, app=app, build=build, new_id=lambda: "ours", looks_after=0.02)


@pytest.fixture
async def slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    async with fake_slack() as running:
        monkeypatch.setenv("CHATOPS_SLACK_BOT_TOKEN", running.application.bot_token)
        monkeypatch.setenv("CHATOPS_SLACK_SIGNING_SECRET", running.application.signing_secret)
        monkeypatch.setenv("CHATOPS_SLACK_API_URL", running.api_url)
        yield running


@asynccontextmanager
async def opened(entrance: Entrance, open_bench: OpenBench) -> AsyncIterator[Bench]:
    async with open_bench() as bench, entrance.open(bench.service):
        yield bench


async def test_token_that_is_revoked_later_is_told_and_so_is_that_it_works_again(
    slack: FakeSlack, open_bench: OpenBench, caplog: pytest.LogCaptureFixture
) -> None:
    entrance = made()
    assert entrance.why_not() == NOT_REACHED_YET
    async with opened(entrance, open_bench):
        await until(lambda: entrance.why_not() == "")
        slack.revokes(slack.application.bot_token)
        await until(lambda: entrance.why_not() == "token_revoked")
        await slack.called("auth.test", times=len(slack.calls("auth.test")) + 3)
        slack.application.revoked.clear()
        await until(lambda: entrance.why_not() == "")
    told = [each.getMessage() for each in caplog.records if each.name.endswith("entrance")]
    assert len(told) == 2
    assert "CHATOPS_SLACK_BOT_TOKEN" in told[0]
    assert "again" in told[1]
    assert slack.application.bot_token not in caplog.text


async def test_slack_that_refuses_for_another_reason_is_tried_again(slack: FakeSlack, open_bench: OpenBench) -> None:
    slack.faults.plan("auth.test", error("access_denied"), times=2)
    entrance = made()
    async with opened(entrance, open_bench):
        await until(lambda: entrance.why_not() == "slack_rejected")
        await until(lambda: entrance.why_not() == "")


async def test_fault_of_the_flows_is_told_and_the_door_is_opened_again(
    slack: FakeSlack, open_bench: OpenBench, caplog: pytest.LogCaptureFixture
) -> None:
    built: list[Office] = []

    async def breaks() -> None:
        raise ZeroDivisionError

    def build(office: Office) -> Recording:
        built.append(office)
        if len(built) == 1:
            raise ZeroDivisionError
        if len(built) == 2:
            office.desk.tasks.append(breaks)
        return Recording()

    entrance = made(build)
    async with opened(entrance, open_bench) as bench:
        await until(lambda: len(built) == 3 and entrance.why_not() == "")
        assert built[-1].service is bench.service
        assert built[-1].command == "/phone"
    assert "slack_fault" not in entrance.why_not()
    assert caplog.text.count("ended in a fault") == 2
    assert slack.calls("auth.test")


async def test_end_while_slack_is_away_waits_for_nothing(slack: FakeSlack, open_bench: OpenBench) -> None:
    slack.goes_down()
    entrance = made()
    async with opened(entrance, open_bench):
        entrance.end(at_once=False)
        await entrance.wait_ended()
        assert entrance.why_not() == NOT_REACHED_YET


async def test_where_requests_come_in_is_told(
    slack: FakeSlack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert made().told == "Slack at /slack/events"
    monkeypatch.setenv("CHATOPS_SLACK_APP_TOKEN", slack.application.app_token)
    assert made().told == "Slack over Socket Mode and at /slack/events"
    monkeypatch.delenv("CHATOPS_SLACK_SIGNING_SECRET")
    assert made().told == "Slack over Socket Mode"


async def test_request_that_cannot_be_taken_fails_so_that_slack_tells_its_person(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def status(entrance: Entrance) -> int:
        transport = httpx2.ASGITransport(app=entrance)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.post("/slack/events", content=b"command=%2Fphone")).status_code

    assert await status(made()) == 503
    monkeypatch.delenv("CHATOPS_SLACK_SIGNING_SECRET")
    monkeypatch.setenv("CHATOPS_SLACK_APP_TOKEN", slack.application.app_token)
    assert await status(made()) == 404
