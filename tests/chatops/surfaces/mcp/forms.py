"""Clients that can show a form, and what comes back through them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Literal

from mcp import Client, types
from mcp.client.session import ClientRequestContext, ElicitationFnT

from chatops.principal import Assistant, Principal
from chatops.surfaces.mcp.admitting import PrincipalOf
from chatops.surfaces.mcp.server import build_server
from tests.chatops.conftest import Bench, person

Era = Literal["auto", "legacy"]
Answer = types.ElicitResult | types.ErrorData

ACCEPT = types.ElicitResult(action="accept", content={"confirm": True})
ACCEPT_FALSE = types.ElicitResult(action="accept", content={"confirm": False})
DECLINE = types.ElicitResult(action="decline")
CANCEL = types.ElicitResult(action="cancel")
BY_ITSELF = types.ElicitResult(action="accept", content={})
PERSUADED = types.ElicitResult(action="accept", content={"confirm": "true"})
NO_CONTENT = types.ElicitResult(action="accept")
CANNOT = types.ErrorData(code=types.INVALID_REQUEST, message="No window is open.")


class Behind:
    """Answers every form in one way, and remembers what was shown."""

    def __init__(self, answer: Answer = ACCEPT) -> None:
        self.answer = answer
        self.shown: list[types.ElicitRequestFormParams] = []

    async def __call__(
        self,
        context: ClientRequestContext,  # noqa: ARG002  # the SDK's names
        params: types.ElicitRequestParams,
    ) -> Answer:
        assert isinstance(params, types.ElicitRequestFormParams)
        self.shown.append(params)
        return self.answer


def alice(assistant: Assistant) -> Principal:
    return replace(person(assistant=True), assistant=assistant)


@asynccontextmanager
async def connected(
    bench: Bench,
    era: Era,
    behind: ElicitationFnT | None = None,
    *,
    principal_of: PrincipalOf | None = None,
    patience: float = 60,
) -> AsyncIterator[Client]:
    """A client of a server on this service; without anybody ``behind`` it cannot show forms."""
    server = build_server(bench.executor, principal_of or alice, patience=patience)
    async with Client(server, mode=era, elicitation_callback=behind) as client:
        yield client


def structured(result: types.CallToolResult) -> dict[str, Any]:
    assert isinstance(result.structured_content, dict)
    return result.structured_content
