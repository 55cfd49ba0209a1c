"""A marked secret goes in through every field that takes one, and is looked for in everything that comes out."""

import json
import logging
import traceback
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue, SecretStr

from chatops.audit import Filter, every
from chatops.cloud import AccessKey, ClientSettings, Password, open_client
from chatops.errors import ChatopsError
from chatops.outcome import Outcome, Status
from chatops.rendering import render
from chatops.settings import load_settings
from chatops.simulator import Fault, SimulatorSettings, serve
from chatops.store import open_database
from chatops.surfaces.mcp.answers import answer
from tests.chatops.conftest import KEY, Bench, OpenBench, Person, approver, open_bench, person
from tools import list_instances

__all__ = ["open_bench"]

pytestmark = pytest.mark.anyio

CANARY = "CANARY0123456789abcdefghijklmnopqrstuvwxyz"
INSTALL: dict[str, JsonValue] = {
    "instance_ids": ["XvH39QVW", "Vpp8rC4Y"],
    "package": "com.example.app",
    "file_name": "app.apk",
    "version": "1",
    "size_mb": 1,
    "link": f"https://storage.example.com/app.apk?Expires=9&Signature={CANARY}#{CANARY}",
}
TOKEN: dict[str, JsonValue] = {"instance_id": "Q39YyZvI"}


@pytest.fixture(autouse=True)
def logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs, however small."""
    caplog.set_level(logging.DEBUG)
    return caplog


def bytes_of(folder: Path) -> bytes:
    """All that lies on the disk: the store, its log of writes, and what is beside it."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def spellings(secret: str) -> Iterator[str]:
    """The secret, and what it looks like where it was only encoded."""
    yield secret
    yield b64encode(secret.encode()).decode().rstrip("=")
    yield secret.encode().hex()


def assert_absent(secret: str, *places: object) -> None:
    for place in places:
        text = place.decode("latin-1") if isinstance(place, bytes) else str(place)
        for spelling in spellings(secret):
            assert spelling not in text


def shown(outcome: Outcome) -> list[object]:
    """An outcome on every door, and in every log that prints it."""
    result = answer(outcome)
    wire = result.model_dump_json()
    told = [str(outcome.error), repr(outcome.error), repr(outcome.error.__dict__)] if outcome.error else []
    return [repr(outcome), str(outcome.payload()), repr(render(outcome)), wire, *told]


async def audited(bench: Bench) -> str:
    await bench.service.trail.flush()
    return json.dumps([event.document() async for event in every(bench.service.database, Filter())])


async def test_link_is_nowhere_while_it_waits_for_an_approval_and_nowhere_afterwards(
    open_bench: OpenBench, tmp_path: Path, logs: pytest.LogCaptureFixture
) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        planned = await bench.executor.run(person(), "install_app", INSTALL, Person(), plan_only=True)
        outcome = await bench.executor.run(person(assistant=True), "install_app", INSTALL, Person())
        assert outcome.status is Status.APPROVAL_REQUIRED
        waiting = await bench.operation(outcome.operation_id)
        assert waiting.sealed
        assert_absent(CANARY, bytes_of(tmp_path), waiting, await audited(bench), *shown(planned), *shown(outcome))
        approved = await bench.service.approvals.approve(waiting.id, approver())
        assert CANARY in str(bench.simulator.requests.of("install")[0].body)
        ended = await bench.ended(waiting.id)
        assert ended.sealed is None
        assert_absent(CANARY, bytes_of(tmp_path), ended, await audited(bench), *shown(approved))
    assert_absent(CANARY, bytes_of(tmp_path), logs.text)


@pytest.mark.parametrize("kind", ["drop_after", "error", "html", "malformed", "throttled"])
async def test_link_is_in_no_error(
    open_bench: OpenBench, tmp_path: Path, logs: pytest.LogCaptureFixture, kind: str
) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        fault = Fault(
            kind=kind,  # type: ignore[arg-type]  # one of them
            operation="install",
            status=400 if kind == "error" else 0,
            code="KOOPHONE.API.62010" if kind == "error" else "",
            message=f"cannot fetch {INSTALL['link']}" if kind == "error" else "",
        )
        bench.simulator.faults.add(fault)
        outcome = await bench.executor.run(person(), "install_app", INSTALL, Person())
        assert outcome.status in {Status.FAILED, Status.UNKNOWN}
        operation = await bench.operation(outcome.operation_id)
        assert_absent(CANARY, bytes_of(tmp_path), operation, await audited(bench), *shown(outcome))
    assert_absent(CANARY, logs.text)


@pytest.mark.parametrize(
    "link",
    [
        f"ftp://storage.example.com/{CANARY}",
        f"https://{CANARY}@storage.example.com/",
        f"{CANARY}",
        f"https:// {CANARY}",
    ],
)
async def test_link_that_is_refused_is_not_repeated(
    open_bench: OpenBench, tmp_path: Path, logs: pytest.LogCaptureFixture, link: str
) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        outcome = await bench.executor.run(person(), "install_app", {**INSTALL, "link": link}, Person())
        assert outcome.status is Status.INVALID
        assert_absent(CANARY, bytes_of(tmp_path), await audited(bench), *shown(outcome))
    assert_absent(CANARY, logs.text)


async def test_device_token_is_shown_to_whoever_reveals_it_and_kept_nowhere(
    open_bench: OpenBench, tmp_path: Path, logs: pytest.LogCaptureFixture
) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        outcome = await bench.executor.run(person(), "get_device_token", TOKEN, Person())
        data = outcome.payload(reveal=True)["data"]
        assert isinstance(data, dict)
        token = str(data["device_token"])
        assert len(token) > 8
        assert_absent(token, bytes_of(tmp_path), await audited(bench), *shown(outcome))
    assert_absent(token, bytes_of(tmp_path), logs.text)


async def test_master_key_is_not_in_the_store(tmp_path: Path, logs: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "store"
    database = open_database(f"sqlite:///{folder / 'chatops.db'}", state_key=SecretStr(CANARY), folder=folder)
    sealed = database.keyring.seal(CANARY.encode(), bound_to="op_aaaaaaaaaaaaaaaa")
    described = [repr(database.keyring), repr(database.keyring.audit), repr(vars(database.keyring)), sealed]
    database.close()
    with pytest.raises(ChatopsError) as caught:
        open_database(f"sqlite:///{folder / 'chatops.db'}", state_key=SecretStr(CANARY[::-1]), folder=folder)
    assert_absent(CANARY, bytes_of(folder), *described, *_told(caught.value), logs.text)
    assert_absent(CANARY[::-1], *_told(caught.value), logs.text)


async def test_key_of_the_store_is_in_none_of_its_files(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        await bench.executor.run(person(assistant=True), "install_app", INSTALL, Person())
        assert_absent(KEY.get_secret_value(), bytes_of(tmp_path))


def _told(error: BaseException) -> list[object]:
    """All that a log, a door or a debugger prints of an error."""
    chain: list[BaseException] = []
    while error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__ or error
    trace = "".join(traceback.format_exception(chain[0]))
    return [trace, *(repr(each) for each in chain), *(str(vars(each)) for each in chain)]


@pytest.mark.parametrize(
    "credentials",
    [
        AccessKey(access_key="nobody", secret_key=SecretStr(CANARY), security_token=SecretStr(CANARY)),
        Password(username="nobody", password=SecretStr(CANARY), domain="nowhere"),
    ],
    ids=["signing", "password"],
)
async def test_credentials_of_the_cloud_are_in_no_error_and_no_log(
    logs: pytest.LogCaptureFixture, credentials: AccessKey | Password
) -> None:
    async with serve(SimulatorSettings(phones=1)) as running:
        settings = ClientSettings(credentials=credentials, endpoint=running.url, iam_endpoint=running.url)
        async with open_client(settings) as client:
            with pytest.raises(ChatopsError) as caught:
                await client.read(list_instances.ACTION, list_instances.ListInstancesParams())
            assert_absent(CANARY, *_told(caught.value), repr(client), repr(settings), str(settings))
    assert_absent(CANARY, logs.text)


@pytest.mark.parametrize("setting", ["CLOUD_SECRET_KEY", "CLOUD_SECURITY_TOKEN", "CLOUD_PASSWORD", "STATE_KEY"])
def test_secret_settings_are_not_shown(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(f"CHATOPS_{setting}", CANARY)
    settings = load_settings()
    assert_absent(CANARY, repr(settings), str(settings), settings.model_dump(), settings.model_dump_json())
