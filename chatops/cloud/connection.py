"""The network: one request out, one answer in, within limits of time and size."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from chatops.cloud.documents import MOST_BYTES
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.received import Received
from chatops.cloud.requests import Outgoing
from chatops.cloud.settings import ClientSettings
from chatops.errors import ConfigurationError, UpstreamUnavailable

_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
_AHEAD_OF_THROTTLE = 2
"""Connections beyond the throttle's places: the token and the project are asked for beside it."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Sends requests. A changing one travels on a connection of its own.

    A kept connection may be closed by the other side just when it is used again. For a read that is a repetition; for
    a change it would be an unknown outcome, every time it happened.
    """

    kept: httpx2.AsyncClient
    fresh: httpx2.AsyncClient

    async def exchange(self, outgoing: Outgoing, *, alone: bool) -> Received:
        """The answer to this request, which is sent at most once. ``alone``: not on a kept connection.

        Raises:
            AttemptFailed: there was no answer; its fate says whether the request may have arrived.

        """
        client = self.fresh if alone else self.kept
        request = client.build_request(
            outgoing.method,
            outgoing.origin,
            content=outgoing.body,
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **outgoing.headers},
            extensions={"target": outgoing.target.encode("ascii")},  # the very bytes that were signed
        )
        try:
            response = await client.send(request, stream=True, auth=None, follow_redirects=False)
        except httpx2.TransportError as error:
            raise AttemptFailed(_no_answer(request.url.host, error)) from error
        try:
            return await _read(response)
        finally:
            await response.aclose()


async def _read(response: httpx2.Response) -> Received:
    body, damage = bytearray(), None
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                damage = f"is larger than {MOST_BYTES} bytes"
                break
    except httpx2.TransportError:
        damage = "broke off"
    return Received(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=b"" if damage else bytes(body),
        damage=damage,
    )


def _no_answer(host: str, error: httpx2.TransportError) -> Problem:
    unsent = isinstance(error, _NEVER_SENT)
    slow = isinstance(error, httpx2.TimeoutException)
    said = "could not be reached" if unsent else "did not answer in time" if slow else "closed the connection"
    return Problem(
        error=UpstreamUnavailable,
        message=f"{host} {said} ({type(error).__name__}).",
        fate=Fate.UNSENT if unsent else Fate.UNCERTAIN,
        next_step="Check the network, the proxy and the endpoint; then try again.",
        transient=not isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError),
    )


@asynccontextmanager
async def open_connection(settings: ClientSettings) -> AsyncIterator[Connection]:
    """Connections with the limits of these settings; redirects are not followed.

    Proxies of the environment are used (HTTPS_PROXY, NO_PROXY), because many networks have no other way out and the
    request stays encrypted through them; never for an endpoint on this machine.

    Raises:
        ConfigurationError: the environment names a proxy or a certificate file that cannot be used.

    """
    trusts_environment = not settings.is_local
    try:
        certificates = httpx2.create_ssl_context(trust_env=trusts_environment)
        kept = _client(settings, certificates, trusts_environment, keep=settings.concurrent)
        fresh = _client(settings, certificates, trusts_environment, keep=0)
    except (ValueError, OSError, httpx2.InvalidURL) as error:
        raise ConfigurationError(
            "A proxy or a certificate file named in the environment cannot be used",
            next_step="Check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from error
    async with kept, fresh:
        yield Connection(kept=kept, fresh=fresh)


def _client(
    settings: ClientSettings, certificates: ssl.SSLContext, trusts_environment: bool, *, keep: int
) -> httpx2.AsyncClient:
    most = settings.concurrent + _AHEAD_OF_THROTTLE
    return httpx2.AsyncClient(
        verify=certificates,
        trust_env=trusts_environment,
        follow_redirects=False,
        limits=httpx2.Limits(max_connections=most, max_keepalive_connections=keep),
        timeout=httpx2.Timeout(
            settings.read_limit,
            connect=settings.connect_limit,
            pool=settings.connect_limit,
        ),
    )
