"""The Web API of Slack: rate limits honoured, everything in bounded time, nothing repeated that may have been done."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import anyio
from pydantic import JsonValue, SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from chatops.errors import SlackError, SlackRejected, SlackUnavailable

PATIENCE = 10.0
"""Seconds for one answer."""

_TRIES = 4
_LONGEST_WAIT = 60.0
_RATE_LIMITED = 429
_FAILED_AT = 500
_TAKE_JSON = ("chat.", "views.")
"""Methods that read JSON; others take a form, and some of them nothing else."""

_NOT_CONNECTED = "not_connected"
_LOG = logging.getLogger(__name__)


def web_client(token: SecretStr | None, api_url: str) -> AsyncWebClient:
    """A client that repeats nothing by itself."""
    return AsyncWebClient(
        token=None if token is None else token.get_secret_value(),
        base_url=api_url if api_url.endswith("/") else f"{api_url}/",
        timeout=int(PATIENCE),
        retry_handlers=[],
    )


@dataclass(frozen=True, kw_only=True)
class Web:
    """Calls methods."""

    client: AsyncWebClient
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep

    async def ask(self, method: str, **arguments: JsonValue) -> Mapping[str, Any]:
        """The answer of a method that may be called twice without harm: one that reads, edits, opens or deletes.

        Raises:
            SlackRejected: Slack says no.
            SlackUnavailable: there was no usable answer, several times.

        """
        return await self._call(method, arguments, tries=_TRIES)

    async def post(self, method: str, **arguments: JsonValue) -> Mapping[str, Any]:
        """The answer of a method that must not be called twice; only a rate limit lets it be repeated.

        Raises:
            SlackRejected: Slack says no.
            SlackUnavailable: there was no usable answer, and nobody knows whether it was done.

        """
        return await self._call(method, arguments, tries=1)

    async def _call(self, method: str, arguments: Mapping[str, JsonValue], *, tries: int) -> Mapping[str, Any]:
        failed, limited = 0, 0
        while True:
            try:
                return await self._once(method, arguments)
            except SlackUnavailable as error:
                # A rate limit says that nothing was done; anything else says nothing.
                limited += error.retry_after is not None
                failed += error.retry_after is None
                if failed >= tries or limited > _TRIES:
                    raise
                await self.sleep(min(error.retry_after or 2.0 ** (failed - 1), _LONGEST_WAIT))

    async def _once(self, method: str, arguments: Mapping[str, JsonValue]) -> Mapping[str, Any]:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            with anyio.fail_after(PATIENCE):
                answer = await self._sent(method, given)
        except SlackApiError as error:
            raise _refused(method, error) from error
        except aiohttp.ClientConnectorError as error:
            raise SlackUnavailable(f"Slack cannot be reached for {method}.", upstream_code=_NOT_CONNECTED) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            raise SlackUnavailable(f"Slack gave no answer to {method}.") from error
        data = answer.data
        return data if isinstance(data, dict) else {}

    def _sent(self, method: str, given: Mapping[str, JsonValue]) -> Awaitable[AsyncSlackResponse]:
        if method.startswith(_TAKE_JSON):
            return self.client.api_call(method, json=dict(given))
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        return self.client.api_call(method, data=form)


def was_not_done(error: SlackError) -> bool:
    """Whether what failed so surely has had no effect: refused, held back by a rate limit, or never sent."""
    refused = isinstance(error, SlackRejected)
    return refused or error.retry_after is not None or error.upstream_code == _NOT_CONNECTED


def _refused(method: str, error: SlackApiError) -> SlackRejected | SlackUnavailable:
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    if status == _RATE_LIMITED:
        headers = {str(name).lower(): value for name, value in dict(getattr(response, "headers", {}) or {}).items()}
        return SlackUnavailable(
            f"Slack asks for a pause before {method}.", retry_after=_seconds(headers.get("retry-after"))
        )
    code = str(response.get("error") or "") if hasattr(response, "get") else ""
    if status >= _FAILED_AT or code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout", ""):
        return SlackUnavailable(f"Slack could not carry out {method}.", upstream_code=code or None)
    return SlackRejected(f"Slack refused {method}: {code[:80]}.", upstream_code=code)


def _seconds(text: object) -> float:
    found = str(text[0] if isinstance(text, (list, tuple)) and text else text)
    return float(found) if found.isdigit() else 1.0
