"""Whatever is refused before it is a call leaves one event: who, what, why, and nothing of what was typed."""

import json
from contextlib import suppress
from typing import Any

import pytest
from mcp import MCPError
from pydantic import JsonValue

from chatops.errors import PersonUnknown
from chatops.principal import Assistant, Principal
from tests.chatops.conftest import Bench, OpenBench, Person, open_bench, person
from tests.chatops.surfaces.mcp.connecting import audited, connected

__all__ = ["open_bench"]

pytestmark = pytest.mark.anyio

SECRET = "S3cr3t-marker"
LINK = f"https://storage.example.com/app.apk?Signature={SECRET}"
INSTALL: dict[str, JsonValue] = {
    "instance_ids": ["XvH39QVW"],
    "package": "com.example.app",
    "file_name": "app.apk",
    "version": "1",
    "size_mb": 1,
    "link": LINK,
}
DOORS = pytest.mark.parametrize("door", ["terminal", "mcp"])
WRONG = {**INSTALL, "size_mb": SECRET, "lnk": LINK, f"{LINK}": 1}
PROBLEMS = ["size_mb: int_type", "lnk: extra_forbidden", "?: extra_forbidden"]


async def refused(
    bench: Bench, door: str, principal: Principal, name: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    """The only event that this call leaves."""
    if door == "terminal":
        await bench.executor.run(principal, name, arguments, Person())
    else:
        async with connected(bench, principal_of=lambda _: principal) as client:
            with suppress(MCPError):
                await client.call_tool(name, arguments)
    (line,) = await audited(bench)
    assert (line["door"], line["person"]) == (door, principal.person)
    assert SECRET not in json.dumps(line)
    assert bench.simulator.requests.total == 0
    return line


@DOORS
async def test_wrong_arguments_are_named_with_a_code_and_not_written(open_bench: OpenBench, door: str) -> None:
    async with open_bench() as bench:
        line = await refused(bench, door, person(assistant=door == "mcp"), "install_app", WRONG)
        assert (line["kind"], line["error"]) == ("invalid", "invalid_params")
        assert line["details"]["problems"] == PROBLEMS
        assert "params" not in line


@DOORS
async def test_forbidden_call_is_written_with_its_secrets_masked(open_bench: OpenBench, door: str) -> None:
    async with open_bench() as bench:
        vera = person("viewer", name="vera", assistant=door == "mcp")
        line = await refused(bench, door, vera, "install_app", INSTALL)
        assert line["kind"] == "denied"
        assert line["error"] == ("unknown_action" if door == "mcp" else "permission_missing")
        assert line["params"] == {**INSTALL, "link": "https://storage.example.com/app.apk?[secret]"}


@DOORS
async def test_forbidden_call_with_wrong_arguments_names_them(open_bench: OpenBench, door: str) -> None:
    async with open_bench() as bench:
        vera = person("viewer", name="vera", assistant=door == "mcp")
        line = await refused(bench, door, vera, "install_app", WRONG)
        assert (line["kind"], line["details"]["problems"]) == ("denied", PROBLEMS)


@DOORS
async def test_unknown_action_is_written_with_its_name_alone(open_bench: OpenBench, door: str) -> None:
    async with open_bench() as bench:
        line = await refused(bench, door, person(assistant=door == "mcp"), "melt_\x1binstances" * 9, WRONG)
        assert (line["kind"], line["error"]) == ("denied", "unknown_action")
        assert len(line["action"]) <= 64
        assert "\x1b" not in line["action"]
        assert not {"params", "details"} & set(line)


@pytest.mark.parametrize(
    ("arguments", "problem"), [({"where": float("nan")}, "not_json"), ({"where": "x" * 70_000}, "too_long")]
)
async def test_arguments_that_are_not_even_read_are_told_by_a_code(
    open_bench: OpenBench, arguments: dict[str, Any], problem: str
) -> None:
    async with open_bench() as bench:
        line = await refused(bench, "terminal", person(), "query_status", arguments)
        assert line["details"]["problems"] == [problem]


async def test_assistant_of_somebody_who_was_removed_is_turned_away_and_every_time_in_the_audit(
    open_bench: OpenBench,
) -> None:
    def nobody(_: Assistant) -> Principal:
        raise PersonUnknown("The team file names nobody with the account alice.", account="alice", next_step="")

    async with open_bench() as bench, connected(bench, principal_of=nobody) as client:
        with pytest.raises(MCPError, match="names nobody"):
            await client.list_tools()
        with pytest.raises(MCPError, match="names nobody"):
            await client.call_tool("query_status", {"instance_ids": ["efjy72gs"]})
        lines = await audited(bench)
        assert [(line["kind"], line["error"]) for line in lines] == [("denied", "person_unknown")] * 2
        assert {(line["details"]["account"], line["details"]["door"]) for line in lines} == {("alice", "mcp")}
