"""Puts together what finds out who is calling."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx2

from chatops.addresses import is_loopback
from chatops.errors import ConfigurationError
from chatops.listening import Issuer
from chatops.people import HasTeam
from chatops.surfaces.mcp.auth.access_tokens import AccessTokens
from chatops.surfaces.mcp.auth.authenticator import Authenticator
from chatops.surfaces.mcp.auth.keys import SigningKeys

_SECONDS = 10.0


@asynccontextmanager
async def open_authenticator(
    issuer: Issuer | None, team: HasTeam, *, may_be_nobody: bool = False
) -> AsyncIterator[Authenticator]:
    """It, until the block ends; ``may_be_nobody`` where nobody has to be able to come in.

    Raises:
        ConfigurationError: there is no way in which anybody could say who they are.

    """
    if issuer is None:
        if not may_be_nobody and not any(team.team.tokens()):
            raise ConfigurationError(
                "Nobody could say who they are: there is no identity provider, and the team file holds no token.",
                next_step="Make a personal token with chatops token new, or set CHATOPS_OIDC_ISSUER.",
            )
        yield Authenticator(team=team, access_tokens=None)
        return
    # As for the cloud: the way out of many networks is a proxy of the environment, never for what is on this machine.
    async with httpx2.AsyncClient(
        trust_env=not is_loopback(httpx2.URL(issuer.url).host), follow_redirects=False, timeout=_SECONDS
    ) as client:
        keys = SigningKeys(issuer=issuer.url, client=client, now=anyio.current_time)
        yield Authenticator(team=team, access_tokens=AccessTokens(issuer=issuer, keys=keys))
