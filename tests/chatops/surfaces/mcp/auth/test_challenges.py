"""The official client, with OAuth, knows only the address, and gets everything else from our answers."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from tests.chatops.surfaces.mcp.issuer import Issuer
from tests.chatops.surfaces.mcp.served import AUDIENCE, Served

pytestmark = [pytest.mark.anyio, pytest.mark.process]

REDIRECT = AnyUrl("http://127.0.0.1:1/callback")


@dataclass(kw_only=True)
class Browser:
    """A person who consents to whatever scopes they are asked for, and a client that remembers what it was given."""

    issuer: Issuer
    asked: list[str] = field(default_factory=list)
    state: str = ""
    tokens: OAuthToken | None = None

    async def visit(self, url: str) -> None:
        """Sign in and consent."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(query["scope"])
        self.state = query["state"]
        token = self.issuer.token(AUDIENCE, scope=query["scope"])
        self.issuer.grant = {"access_token": token, "token_type": "Bearer", "scope": query["scope"], "expires_in": 600}

    async def come_back(self) -> AuthorizationCodeResult:
        """What the identity provider sends the browser back with."""
        return AuthorizationCodeResult(code="code", state=self.state)

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return OAuthClientInformationFull(
            client_id="tester", redirect_uris=[REDIRECT], token_endpoint_auth_method="none", issuer=self.issuer.url
        )

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """It is registered already."""


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_official_client_finds_the_issuer_and_asks_for_more_when_it_has_to(
    served: Served, issuer: Issuer, mode: str
) -> None:
    browser = Browser(issuer=issuer)
    provider = OAuthClientProvider(
        served.mcp,
        OAuthClientMetadata(redirect_uris=[REDIRECT], token_endpoint_auth_method="none"),
        browser,
        redirect_handler=browser.visit,
        callback_handler=browser.come_back,
    )
    async with (
        httpx2.AsyncClient(auth=provider, trust_env=False) as http,
        Client(streamable_http_client(served.mcp, http_client=http), mode=mode) as client,
    ):
        assert "start_command" in [tool.name for tool in (await client.list_tools()).tools]
        read = await client.call_tool("query_status", {"instance_ids": ["efjy72gs"]})
        assert browser.asked == ["chatops:read"]
        changed = await client.call_tool("start_command", {"instance_ids": ["efjy72gs"], "command": "uptime"})
    assert (read.is_error, changed.is_error) == (False, False)
    assert set(browser.asked[-1].split()) == {"chatops:read", "chatops:change"}
    assert len(browser.asked) == 2
