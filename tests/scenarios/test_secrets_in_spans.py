"""The MCP SDK traces every message by itself; marked secrets are looked for in whatever an exporter would be handed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

import pytest
from mcp import Client, MCPError, types
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import JsonValue

from chatops.executor import Executor
from chatops.surfaces.mcp.server import build_server
from tests.chatops.conftest import OpenBench, Person, open_bench, person
from tests.scenarios.test_secrets_stay import CANARY, INSTALL, TOKEN, assert_absent

__all__ = ["open_bench"]

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def provider() -> TracerProvider:
    """The tracer of this process: it can be set once."""
    provider = TracerProvider()
    trace.set_tracer_provider(provider)
    return provider


@pytest.fixture
def exporter(provider: TracerProvider) -> Iterator[InMemorySpanExporter]:
    """All spans that end while a test runs."""
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    yield exporter
    processor.shutdown()


def spans_of(exporter: InMemorySpanExporter) -> str:
    """What was traced, whole; the server's side of calls is among it."""
    spans = exporter.get_finished_spans()
    assert [each for each in spans if each.kind is trace.SpanKind.SERVER and each.name.startswith("tools/call")]
    return "\n".join(each.to_json() for each in spans)


def connected(executor: Executor) -> Client:
    return Client(build_server(executor, lambda assistant: person(assistant=bool(assistant))))


async def call(executor: Executor, name: str, arguments: dict[str, JsonValue]) -> types.CallToolResult:
    async with connected(executor) as client:
        return await client.call_tool(name, dict(arguments))


async def test_link_is_in_no_span(open_bench: OpenBench, exporter: InMemorySpanExporter) -> None:
    async with open_bench() as bench:
        await call(bench.executor, "install_app", INSTALL)
        await call(bench.executor, "install_app", {**INSTALL, "link": f"ftp://storage.example.com/{CANARY}"})
        await call(bench.executor, "install_app", {**INSTALL, CANARY: CANARY})
        async with connected(bench.executor) as client:
            with pytest.raises(MCPError):
                await client.call_tool("no_such_tool", {"link": CANARY})
    assert_absent(CANARY, spans_of(exporter))


async def test_device_token_is_in_no_span(open_bench: OpenBench, exporter: InMemorySpanExporter) -> None:
    async with open_bench() as bench:
        await call(bench.executor, "get_device_token", TOKEN)
        revealed = await bench.executor.run(person(), "get_device_token", TOKEN, Person())
        data = revealed.payload(reveal=True)["data"]
        assert isinstance(data, dict)
    assert_absent(str(data["device_token"]), spans_of(exporter))


def explode(*_: object) -> NoReturn:
    raise RuntimeError(CANARY)


async def test_fault_of_ours_that_holds_a_secret_is_in_no_span(
    open_bench: OpenBench, exporter: InMemorySpanExporter
) -> None:
    async with open_bench() as bench:
        reading = bench.executor.actions["query_status"]
        broken = replace(reading, view=replace(reading.view, say=explode))
        executor = replace(bench.executor, actions={**bench.executor.actions, broken.name: broken})
        assert (await call(executor, broken.name, {"instance_ids": ["efjy72gs"]})).is_error
    assert_absent(CANARY, spans_of(exporter))
