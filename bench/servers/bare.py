"""A bare MCP server: one tool, one call of the API, and none of our checks. The other side of ``bench/mcp.py``.

No policy, no audit, no validation, no retries, no throttle, no signature (a token, fetched once), no cleaning of what
comes back; over HTTP no authentication. It is what is left when everything that this project is for is taken away.
"""

import os
import sys
from typing import Any

import anyio
import httpx2
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

URL = os.environ["CHATOPS_CLOUD_ENDPOINT"]
SCHEMA = {
    "type": "object",
    "properties": {"instance_ids": {"type": "array", "items": {"type": "string"}}},
    "required": ["instance_ids"],
}
_Context = ServerRequestContext[Any, Any]


class Upstream:
    """The API, with a token that is fetched with the first call."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http
        self._token = ""

    async def status(self, instance_ids: list[str]) -> str:
        """What the API answers, as it comes."""
        if not self._token:
            self._token = await self._sign_in()
        body = {"instance_ids": instance_ids}
        answer = await self._http.post(
            "/v1/instances/batch-query-status", json=body, headers={"X-Auth-Token": self._token}
        )
        answer.raise_for_status()
        return answer.text

    async def _sign_in(self) -> str:
        user = {
            "name": os.environ["CHATOPS_CLOUD_USERNAME"],
            "password": os.environ["CHATOPS_CLOUD_PASSWORD"],
            "domain": {"name": os.environ["CHATOPS_CLOUD_DOMAIN"]},
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"name": "cn-north-4"}}}}
        answer = await self._http.post("/v3/auth/tokens", json=body)
        answer.raise_for_status()
        return answer.headers["X-Subject-Token"]


def build(upstream: Upstream) -> Server[Any]:
    """The server with its one tool."""

    async def list_tools(_: _Context, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool(name="query_status", input_schema=SCHEMA)])

    async def call_tool(_: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        text = await upstream.status((params.arguments or {})["instance_ids"])
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)])

    return Server("bare", get_tool_input_schema=lambda _: SCHEMA, on_list_tools=list_tools, on_call_tool=call_tool)


async def over_stdio(server: Server[Any]) -> None:
    """Until the client closes standard input."""
    async with stdio_server() as (inbound, outbound):
        await server.run(inbound, outbound, server.create_initialization_options())


async def over_http(server: Server[Any], port: int) -> None:
    """Until a signal ends it."""
    import uvicorn  # noqa: PLC0415  # weighs on the start of the other one

    app = server.streamable_http_app()
    await uvicorn.Server(uvicorn.Config(app, port=port, http="h11", log_level="warning")).serve()


async def main() -> None:
    """``bare.py``, or ``bare.py PORT`` for HTTP."""
    async with httpx2.AsyncClient(base_url=URL) as http:
        server = build(Upstream(http))
        await (over_http(server, int(sys.argv[1])) if len(sys.argv) > 1 else over_stdio(server))


anyio.run(main)
