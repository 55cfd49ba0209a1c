import gzip
import socket

import pytest

from chatops.cloud.connection import Connection, open_connection
from chatops.cloud.documents import MOST_BYTES
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.received import Received
from chatops.cloud.requests import Outgoing
from chatops.cloud.settings import ClientSettings
from chatops.errors import ConfigurationError
from tests.chatops.cloud.world import KEY, NOTHING, SILENCE, Reply, Scripted, reply, scripted, unanswered

pytestmark = pytest.mark.anyio


def outgoing(url: str) -> Outgoing:
    return Outgoing(method="POST", origin=url, path="/v1/a%2Fb", query="t=1%3A2%20", headers={"Host": "somewhere:1"})


async def exchange(*replies: Reply, alone: bool = False) -> tuple[Received, Scripted]:
    async with scripted(*replies) as (_, said):
        settings = ClientSettings(credentials=KEY, endpoint=said.url)
        async with open_connection(settings) as connection:
            return await connection.exchange(outgoing(said.url), alone=alone), said


async def failure(*replies: Reply) -> Problem:
    with pytest.raises(AttemptFailed) as caught:
        await exchange(*replies)
    return caught.value.problem


async def test_target_and_host_are_sent_as_they_were_signed() -> None:
    _, said = await exchange(reply({}))
    assert said.seen[0].line == "POST /v1/a%2Fb?t=1%3A2%20 HTTP/1.1"
    assert said.seen[0].headers["host"] == "somewhere:1"


async def test_post_without_a_body_says_that_it_is_empty() -> None:
    _, said = await exchange(reply({}))
    assert said.seen[0].headers["content-length"] == "0"
    assert said.seen[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("alone", [True, False])
async def test_redirect_is_not_followed(alone: bool) -> None:
    received, said = await exchange(reply(status=302, headers={"Location": "/elsewhere"}), alone=alone)
    assert received.status == 302
    assert len(said.seen) == 1


async def test_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    received, _ = await exchange(reply(b"x" * (MOST_BYTES + 1)))
    assert received.damage is not None
    assert "larger" in received.damage
    assert received.body == b""


async def test_answer_that_breaks_off_is_damaged() -> None:
    received, _ = await exchange(reply(b'{"data"', length=100))
    assert received.damage == "broke off"


async def test_compressed_answer_comes_as_it_is() -> None:
    received, _ = await exchange(reply(gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}))
    assert received.document() == {}


async def test_connection_that_was_closed_leaves_it_open_what_happened() -> None:
    problem = await failure(NOTHING)
    assert (problem.fate, problem.transient) == (Fate.UNCERTAIN, True)
    assert "127.0.0.1 closed the connection" in problem.message


async def test_garbage_leaves_it_open_what_happened() -> None:
    assert (await failure(Reply(raw=b"SSH-2.0-OpenSSH\r\n\r\n"))).fate is Fate.UNCERTAIN


async def test_silence_ends_at_the_limit_and_leaves_it_open_what_happened() -> None:
    async with scripted(SILENCE) as (_, said), unanswered(said.asked, then=61.0):
        settings = ClientSettings(credentials=KEY, endpoint=said.url, read_limit=60.0)
        async with open_connection(settings) as connection:
            with pytest.raises(AttemptFailed, match="did not answer in time") as caught:
                await connection.exchange(outgoing(said.url), alone=False)
    assert caught.value.problem.fate is Fate.UNCERTAIN


async def test_refused_connection_was_surely_not_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    async with open_connection(ClientSettings(credentials=KEY, endpoint=url)) as connection:
        with pytest.raises(AttemptFailed) as caught:
            await connection.exchange(outgoing(url), alone=False)
    assert (caught.value.problem.fate, caught.value.problem.transient) == (Fate.UNSENT, True)


async def test_only_a_read_travels_on_a_kept_connection() -> None:
    settings = ClientSettings(credentials=KEY, endpoint="http://127.0.0.1:1")
    async with open_connection(settings) as connection:
        assert isinstance(connection, Connection)
        assert connection.fresh is not connection.kept


async def test_proxy_that_is_no_proxy_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://proxy.example.com")
    with pytest.raises(ConfigurationError, match="proxy"):
        async with open_connection(ClientSettings(credentials=KEY)):
            pass


async def test_proxy_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    received, _ = await exchange(reply({}))
    assert received.status == 200
