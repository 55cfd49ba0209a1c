"""The identity provider's public keys: found through its metadata, kept for a while, asked for again with measure."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import anyio
import httpx2

from chatops.addresses import is_loopback, is_private
from chatops.surfaces.mcp.auth.credential import CannotVerify

FRESH: Final = 600.0
"""Seconds after which the keys are read again."""

STALE: Final = 3600.0
"""Seconds after which keys that could not be read again are no longer believed."""

PAUSE: Final = 5.0
"""Seconds between two attempts, whatever is sent to us: tokens with invented keys must not become a flood there."""

_PATIENCE = 10.0
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 100
_LOG = logging.getLogger(__name__)

JsonObject = Mapping[str, Any]


class _Unusable(Exception):
    """What the identity provider answers cannot be used."""


@dataclass(kw_only=True)
class SigningKeys:
    """The keys of one issuer, by their ids. ``now`` are seconds that never go back."""

    issuer: str
    client: httpx2.AsyncClient
    now: Callable[[], float]
    _keys: Mapping[str, JsonObject] = field(default_factory=dict)
    _read_at: float | None = None
    _tried_at: float | None = None
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def find(self, key_id: str) -> JsonObject | None:
        """The key with this id, or None where the issuer has none such.

        Raises:
            CannotVerify: the keys cannot be had.

        """
        if self._age() > FRESH or key_id not in self._keys:
            await self._read_again(key_id)
        if self._age() > STALE:
            raise CannotVerify
        return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self.now() - self._read_at

    async def _read_again(self, key_id: str) -> None:
        async with self._lock:
            if self._age() <= FRESH and key_id in self._keys:
                return  # somebody else has read them meanwhile
            if self._tried_at is not None and self.now() - self._tried_at < PAUSE:
                return
            self._tried_at = self.now()
            # Whoever leaves while this is read must not keep a new key from everybody else.
            with anyio.CancelScope(shield=True):
                try:
                    self._keys = await _read(self.client, self.issuer)
                except (_Unusable, TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as error:
                    _LOG.warning("the keys of %s cannot be read: %s", self.issuer, str(error) or type(error).__name__)
                else:
                    self._read_at = self.now()


async def _read(client: httpx2.AsyncClient, issuer: str) -> Mapping[str, JsonObject]:
    with anyio.fail_after(_PATIENCE):
        found = await _get(client, await _keys_address(client, issuer))
    keys = found.get("keys") if found is not None else None
    if not isinstance(keys, list):
        raise _Unusable("there is no list of keys")
    return {
        str(each["kid"]): each
        for each in keys[:_MOST_KEYS]
        if isinstance(each, dict) and each.get("kid") and each.get("use", "sig") == "sig"
    }


async def _keys_address(client: httpx2.AsyncClient, issuer: str) -> str:
    for address in _metadata_addresses(issuer):
        metadata = await _get(client, address)
        if metadata is None:
            continue
        if metadata.get("issuer") != issuer:
            raise _Unusable(f"{address} is the metadata of another issuer")
        keys = metadata.get("jwks_uri")
        if not isinstance(keys, str) or not is_private(keys):
            raise _Unusable(f"{address} names no jwks_uri with https://")
        if _is_local(keys) and not _is_local(issuer):
            raise _Unusable(f"{address} says that the keys are on this machine")
        return keys
    raise _Unusable("there is no metadata")


def _is_local(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def _metadata_addresses(issuer: str) -> tuple[str, ...]:
    """OpenID Connect Discovery puts its name behind the issuer's path, RFC 8414 before it."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    origin = f"{parts.scheme}://{parts.netloc}"
    return (
        f"{origin}{path}/.well-known/openid-configuration",
        f"{origin}/.well-known/oauth-authorization-server{path}",
    )


async def _get(client: httpx2.AsyncClient, address: str) -> JsonObject | None:
    """The document at this address, or None where there is none."""
    body = bytearray()
    async with client.stream("GET", address, headers={"Accept": "application/json"}) as response:
        if response.status_code == httpx2.codes.NOT_FOUND:
            return None
        if response.status_code != httpx2.codes.OK:
            raise _Unusable(f"{address} answers {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise _Unusable(f"{address} answers more than {_MOST_BYTES} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise _Unusable(f"{address} answers no JSON") from None
    if not isinstance(document, dict):
        raise _Unusable(f"{address} answers no object")
    return document
