"""Requests over signed HTTP, to a real server: what is Slack's is taken, everything else is answered and forgotten."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import anyio
import httpx2
import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from chatops.surfaces.mcp.http import bind
from chatops.surfaces.slack.inbox import Inbox
from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.receiving.http import BODY_LIMIT, Events
from chatops.surfaces.slack.receiving.signatures import Signatures
from tests.chatops.store.stores import Place
from tests.chatops.surfaces.slack.handlers import Recording, until

pytestmark = pytest.mark.anyio

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # that of Slack's published example
NOW = 1_531_420_618.0
COMMAND = {"command": "/phone", "text": "list", "team_id": "T01", "user_id": "U0ALICE", "channel_id": "C0OPS"}
FORM = "application/x-www-form-urlencoded"


def signed(body: bytes, *, stamp: str = str(int(NOW)), secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def command(trigger: str = "1.2.3", **more: str) -> bytes:
    return urlencode({**COMMAND, "trigger_id": trigger, **more}).encode()


@dataclass(frozen=True, kw_only=True)
class Address:
    """The server, and what it has written down."""

    url: str
    client: httpx2.AsyncClient
    place: Place
    handler: Recording

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None, kind: str = FORM) -> httpx2.Response:
        given = signed(body) if headers is None else headers
        return await self.client.post(self.url, content=body, headers={"Content-Type": kind, **given})

    def states(self) -> list[object]:
        return [state for (state,) in self.place.ask("SELECT state FROM slack_inbox ORDER BY id")]


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[Address]:
    place, handler = Place(folder=tmp_path), Recording()
    intake = Intake(
        inbox=Inbox(database=place.open(), owner="ours"), handler=handler, clock=time.monotonic, wake=lambda: None
    )
    signatures = Signatures(secret=SecretStr(SECRET), now=lambda: NOW)
    events = Events(signatures=signatures, intake=intake, clock=time.monotonic)
    listener = bind("127.0.0.1", 0)
    app = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    async with anyio.create_task_group() as tasks, httpx2.AsyncClient(trust_env=False) as client:
        tasks.start_soon(server.serve, [listener])
        yield Address(url=url, client=client, place=place, handler=handler)
        server.should_exit = True
    place.close()


async def test_signature_is_that_of_the_published_example() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
        b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    published = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    signatures = Signatures(secret=SecretStr(SECRET), now=lambda: 1_531_420_618.0)
    assert signatures.is_good(body, "1531420618", published)
    assert not signatures.is_good(body + b"x", "1531420618", published)


async def test_command_is_written_down_and_acknowledged_with_nothing_else(address: Address) -> None:
    answer = await address.post(command())
    assert (answer.status_code, answer.text) == (200, "")
    await until(lambda: address.states() == ["acknowledged"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(command(), secret="another"),
        signed(b"another body"),
        signed(command(), stamp=str(int(NOW) - 301)),
        signed(command(), stamp=str(int(NOW) + 301)),
        signed(command(), stamp=""),
        signed(command(), stamp="-1531420618"),
        signed(command(), stamp="1531420618.0"),
        signed(command(), stamp="15e8"),
        signed(command(), stamp="9" * 5000),
        {**signed(command()), "X-Slack-Request-Timestamp": "1531420617"},
        {**signed(command()), "X-Slack-Request-Timestamp": "1531420618 "[:10] + "\u00b2".encode().decode("latin-1")},
        {**signed(command()), "X-Slack-Signature": ""},
        {**signed(command()), "X-Slack-Signature": signed(command())["X-Slack-Signature"].upper()},
        {**signed(command()), "X-Slack-Signature": signed(command())["X-Slack-Signature"][3:]},
    ],
)
async def test_what_slack_has_not_signed_within_five_minutes_is_refused_and_not_kept(
    address: Address, headers: dict[str, str]
) -> None:
    answer = await address.post(command(), {name: value.encode("latin-1") for name, value in headers.items()})  # type: ignore[misc]  # httpx takes bytes
    assert answer.status_code == 401
    assert address.states() == []


@pytest.mark.parametrize("late", [-300, 300])
async def test_clocks_may_differ_by_five_minutes(address: Address, late: int) -> None:
    assert (await address.post(command(), signed(command(), stamp=str(int(NOW) + late)))).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"7", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"type": "no_such_type"}', "application/json"),
        (b'{"type": ["event_callback"]}', "application/json"),
        (b'{"type": "event_callback", "event": 7, "team_id": "T01"}', "application/json"),
        (b"payload=%7B", FORM),
        (b"payload=%5B%5D", FORM),
        (b"&".join(b"a%d=1" % number for number in range(200)), FORM),
        (command(trigger=""), FORM),
        (command(trigger="x" * 300), FORM),
        (command(team_id=""), FORM),
        (b"command=%2Fphone", ""),
    ],
    ids=range(17),
)
async def test_signed_nonsense_is_answered_and_not_kept(address: Address, body: bytes, kind: str) -> None:
    assert (await address.post(body, kind=kind)).status_code == 400
    assert address.states() == []


async def test_too_large_a_body_is_refused_without_reading_it_all(address: Address) -> None:
    assert (await address.post(b"x" * (BODY_LIMIT + 1))).status_code == 413
    exactly = command(text="x" * (BODY_LIMIT - len(command(text=""))))
    assert (await address.post(exactly)).status_code == 200


async def test_address_is_verified_only_for_who_signs(address: Address) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c1", "token": "t"}).encode()
    assert (await address.post(body, kind="application/json")).json() == {"challenge": "c1"}
    assert (await address.post(body, {}, kind="application/json")).status_code == 401
    assert (await address.post(b"ssl_check=1&token=t")).status_code == 200
    assert address.states() == []


async def test_same_request_again_is_acknowledged_and_kept_once(address: Address) -> None:
    first, again, other = command(), command(), command("4.5.6")
    for body in (first, again, other):
        assert (await address.post(body)).status_code == 200
    await until(lambda: address.states() == ["acknowledged", "acknowledged"])


async def test_store_that_is_gone_is_answered_as_failed(address: Address, tmp_path: Path) -> None:
    _lose(tmp_path)
    answer = await address.post(command())
    assert answer.status_code == 503
    assert "does not run" in answer.text


def _lose(folder: Path) -> None:
    (folder / "away").mkdir()
    for file in folder.glob("chatops.db*"):
        file.rename(folder / "away" / file.name)


async def test_only_posts_are_answered(address: Address) -> None:
    assert (await address.client.get(address.url)).status_code == 405
