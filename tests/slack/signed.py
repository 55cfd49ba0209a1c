"""Delivery over HTTP: signed requests to the app's own addresses, in turns if it has several."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.slack import JsonObject
from tests.slack.delivery import ACK_SECONDS, Delivery, Kind, Receipt
from tests.slack.state import State

_FORM = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: str) -> str:
    """``v0=`` and the HMAC-SHA256 of version, time and body."""
    base = f"v0:{timestamp}:{body}"
    return "v0=" + hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest()


def body_of(delivery: Delivery) -> tuple[str, str]:
    """Content type and body, as Slack sends each kind."""
    if delivery.kind is Kind.EVENT:
        return "application/json", json.dumps(delivery.payload)
    if delivery.kind is Kind.COMMAND:
        return _FORM, urlencode(delivery.payload)
    return _FORM, urlencode({"payload": json.dumps(delivery.payload)})


class SignedHttp:
    """Requests to ``addresses``, e.g. ``http://127.0.0.1:8080/slack/events``, one for each replica."""

    def __init__(self, state: State, addresses: tuple[str, ...]) -> None:
        self.addresses = addresses
        self._state = state
        self._turn = 0
        self._session: ClientSession | None = None

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Sends it to the next address."""
        self._turn += 1
        return await self.deliver_to(self.addresses[self._turn % len(self.addresses)], delivery)

    async def deliver_to(self, address: str, delivery: Delivery) -> Receipt:
        """Sends it to one address; Slack hangs up after three seconds."""
        content_type, body = body_of(delivery)
        more: dict[str, str] = {}
        if delivery.retry:
            more = {"X-Slack-Retry-Num": str(delivery.retry), "X-Slack-Retry-Reason": f"http_{delivery.reason}"}
        started = self._state.clock()
        sending = asyncio.ensure_future(self._timed(address, body, {**self.headers(body, content_type), **more}))
        timer = asyncio.ensure_future(self._state.clock.until(started + ACK_SECONDS))
        try:
            await asyncio.wait({sending, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
        if not sending.done():
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            return Receipt(took=self._state.clock() - started, failure="operation_timeout")
        receipt = sending.result()
        took = receipt.took - started
        return replace(receipt, took=took, failure="operation_timeout" if took > ACK_SECONDS else receipt.failure)

    async def _timed(self, address: str, body: str, headers: Mapping[str, str]) -> Receipt:
        """What came back; ``took`` is still the moment at which it came."""
        try:
            status, text, content_type = await self.post(address, body, headers)
        except (ClientError, ConnectionError):
            return Receipt(took=self._state.clock(), failure="dispatch_failed")
        at = self._state.clock()
        if not 200 <= status < 300:
            return Receipt(took=at, failure="dispatch_failed", status=status)
        return Receipt(took=at, body=_parsed(text, content_type), status=status)

    def headers(self, body: str, content_type: str = _FORM, *, at: float | None = None) -> dict[str, str]:
        """Headers of a signed request; ``at`` signs it for another time."""
        timestamp = str(int(self._state.clock() if at is None else at))
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._state.application.signing_secret, timestamp, body),
        }

    async def post(self, address: str, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Sends exactly this: also what was never signed. Status, text and content type of the answer."""
        if self._session is None:
            # A connection for each request: none that is kept may turn out to be one of a process that was killed.
            connector = TCPConnector(limit=0, force_close=True)
            self._session = ClientSession(connector=connector, timeout=ClientTimeout(total=30))
        async with self._session.post(address, data=body.encode(), headers=headers) as response:
            return response.status, await response.text(), response.content_type

    async def close(self) -> None:
        """Ends what is still open."""
        if self._session is not None:
            await self._session.close()

    async def verify_address(self, address: str) -> bool:
        """What Slack does when the address is entered: a challenge that must come back."""
        challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
        secret = self._state.application.verification_token
        body = json.dumps({"type": "url_verification", "token": secret, "challenge": challenge})
        status, text, kind = await self.post(address, body, self.headers(body, "application/json"))
        return status == 200 and (_parsed(text, kind).get("challenge", text) == challenge)


def _parsed(text: str, content_type: str) -> JsonObject:
    """The body of an acknowledgement: JSON, or text to be shown."""
    if content_type == "application/json" and text:
        parsed = json.loads(text)
        return parsed if isinstance(parsed, dict) else {}
    return {"text": text} if text else {}
