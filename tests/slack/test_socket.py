"""Socket Mode, spoken to by the SDK's own client and by a bare WebSocket."""

import asyncio

import aiohttp
import pytest

from tests.slack.conftest import Recorder, client_of, socket_client
from tests.slack.fake import FakeSlack

pytestmark = pytest.mark.anyio


async def address_of(slack: FakeSlack) -> str:
    opened = await client_of(slack).apps_connections_open(app_token=slack.application.app_token)
    return str(opened["url"])


async def test_sdk_client_reconnects_when_asked_to(slack: FakeSlack, app: Recorder) -> None:
    async with socket_client(slack, app):
        first = slack.socket.ready[0].number
        await slack.socket.disconnect("refresh_requested")
        await slack.until(lambda: [one for one in slack.socket.ready if one.number != first])
        assert (await slack.person("U0BOB").types("/phone", "list")).is_ok
    assert slack.socket.frames[-1].connection != first


async def test_sdk_client_reconnects_after_a_broken_connection(slack: FakeSlack, app: Recorder) -> None:
    async with socket_client(slack, app):
        slack.socket.cut()
        await slack.connected()
        assert (await slack.person("U0BOB").types("/phone", "list")).is_ok


async def test_each_envelope_goes_to_one_connection(slack: FakeSlack) -> None:
    one, other = Recorder(), Recorder()
    async with socket_client(slack, one), socket_client(slack, other):
        for number in range(4):
            await slack.person("U0BOB").types("/phone", str(number))
    assert (len(one.got), len(other.got)) == (2, 2)


async def test_same_envelope_may_reach_another_connection(slack: FakeSlack) -> None:
    one, other = Recorder(), Recorder()
    async with socket_client(slack, one), socket_client(slack, other):
        answer = await slack.person("U0BOB").types("/phone", "reboot a")
        await slack.delivers_again(answer.delivery)
    assert one.envelopes[0].envelope_id == other.envelopes[0].envelope_id


async def test_same_envelope_may_reach_two_connections_at_once(slack: FakeSlack) -> None:
    one, other = Recorder(), Recorder()
    async with socket_client(slack, one), socket_client(slack, other):
        answer = await slack.person("U0BOB").types("/phone", "reboot a")
        receipts = await asyncio.gather(*(slack.socket.deliver_to(c, answer.delivery) for c in slack.socket.ready))
    assert all(receipt.is_ok for receipt in receipts)
    assert sorted((len(one.got), len(other.got))) == [1, 2]


async def test_hello_comes_first_and_frames_are_timed(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address_of(slack)) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        await slack.connected()
        typed = asyncio.ensure_future(slack.person("U0BOB").types("/phone", "list"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        slack.clock.advance(2)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "one moment"}})
        answer = await typed
        assert 2 <= answer.took < 3
        assert answer.seen == "one moment"
        assert slack.socket.frames[0].envelope_id == envelope["envelope_id"]


async def test_warned_connection_still_works_and_a_disabled_one_is_closed(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address_of(slack)) as socket:
        await socket.receive_json()
        await slack.connected()
        await slack.socket.disconnect("warning", slack.socket.ready[0])
        assert (await socket.receive_json())["reason"] == "warning"
        assert len(slack.socket.ready) == 1
        closing = asyncio.ensure_future(slack.socket.disconnect("link_disabled"))
        assert (await socket.receive_json())["reason"] == "link_disabled"
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        await closing
        await slack.until(lambda: not slack.socket.connections)


async def test_acknowledgement_of_an_event_carries_nothing(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address_of(slack)) as socket:
        await socket.receive_json()
        await slack.connected()
        telling = asyncio.ensure_future(slack.person("U0BOB").opens_home())
        envelope = await socket.receive_json()
        assert envelope["accepts_response_payload"] is False
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "x"}})
        await telling
    assert "acknowledged with a payload" in slack.complaints.pop()


async def test_address_is_good_for_one_connection(slack: FakeSlack) -> None:
    address = await address_of(slack)
    async with aiohttp.ClientSession() as session, session.ws_connect(address):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_eleventh_connection_is_sent_away(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        open_ones = [await session.ws_connect(await address_of(slack)) for _ in range(10)]
        await slack.connected(10)
        surplus = await session.ws_connect(await address_of(slack))
        assert (await surplus.receive_json())["reason"] == "too_many_websockets"
        for socket in (*open_ones, surplus):
            await socket.close()


async def test_without_a_connection_the_person_is_told_at_once(slack: FakeSlack) -> None:
    answer = await slack.person("U0BOB").types("/phone")
    assert (answer.failure, answer.took) == ("dispatch_failed", 0)


async def test_frames_that_acknowledge_nothing_are_complained_about(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address_of(slack)) as socket:
        for frame in ("no json", '{"envelope_id": "unknown"}', '{"envelope_id": "x", "more": 1}'):
            await socket.send_str(frame)
        await slack.until(lambda: len(slack.complaints) == 3)
    slack.complaints.clear()
