"""Answers to one person through the address that came with what they did."""

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
from pydantic import JsonValue

from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.web import PATIENCE

_HOOKS = ("https", "hooks.slack.com")
_DONE = 200
_LOG = logging.getLogger(__name__)


async def respond(api_url: str, response_url: str, message: Message, *, thread: str = "") -> bool:
    """Show this to the person the address belongs to; False where it surely, or perhaps, did not arrive.

    Only Slack's own addresses are spoken to, and the host of the Web API.
    """
    if _place(response_url) not in (_HOOKS, _place(api_url)):
        _LOG.warning("a request came with an address to answer to that is not Slack's")
        return False
    body: dict[str, JsonValue] = {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": message.text,
        "blocks": [dict(each) for each in message.blocks],
    }
    try:
        return await _sent(response_url, body | ({"thread_ts": thread} if thread else {}))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        _LOG.warning("an answer did not arrive at its address: %s", type(error).__name__)
        return False


async def _sent(address: str, body: Mapping[str, JsonValue]) -> bool:
    """Without the client of slack_sdk, which writes what is sent into its log: it may be a secret."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(address, json=body, allow_redirects=False) as answer,
    ):
        # Slack says "ok"; what it refuses it may say with the same status.
        return answer.status == _DONE and "error" not in await answer.text()


def _place(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.netloc.lower()
    except ValueError:
        return "", ""
