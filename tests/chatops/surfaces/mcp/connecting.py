"""A client of the official SDK on a server in the same process, in both eras of the protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Literal

import pytest
from mcp import Client, types

from chatops.principal import Assistant, Principal
from chatops.roles import Role
from chatops.surfaces.mcp.admitting import PrincipalOf
from chatops.surfaces.mcp.server import build_server
from tests.chatops.conftest import Bench, person
from tools import AnyAction, Risk, load_actions

Era = Literal["auto", "legacy"]
ACTIONS = load_actions()
ERAS: tuple[Era, ...] = ("auto", "legacy")
BOTH_ERAS = pytest.mark.parametrize("era", ERAS)
READS = {"batch-query", "batch-query-status", "task", "sku", "prepare-progress", "auth", "iam-token", "iam-projects"}


def as_role(role: Role = "operator") -> PrincipalOf:
    def principal_of(assistant: Assistant) -> Principal:
        return replace(person(role, assistant=True), assistant=assistant)

    return principal_of


@asynccontextmanager
async def connected(
    bench: Bench, era: Era = "auto", principal_of: PrincipalOf | None = None, claims: types.Implementation | None = None
) -> AsyncIterator[Client]:
    server = build_server(bench.executor, principal_of or as_role())
    async with Client(server, mode=era, client_info=claims) as client:
        yield client


def text_of(result: types.CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, types.TextContent)
    return content.text


def structured(result: types.CallToolResult) -> dict[str, Any]:
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def arguments_of(action: AnyAction) -> dict[str, Any]:
    """The printed example, with its secrets as they would be sent."""
    arguments = action.examples[0].params.model_dump(mode="json", exclude_none=True)
    return {**arguments, "link": "https://storage.example.com/a.apk?Signature=s"} if "link" in arguments else arguments


def may_run(action: AnyAction) -> bool:
    return action.risk_of(action.examples[0].params) <= Risk.CHANGE


def changes(bench: Bench) -> int:
    """How many requests that change something have arrived."""
    return sum(each.operation not in READS for each in bench.simulator.requests)


async def audited(bench: Bench) -> list[dict[str, Any]]:
    return [event.document() for event in await bench.events()]
