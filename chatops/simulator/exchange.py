"""A request as it came in, and the reply that goes out, both free of any web framework."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.records import Authentication
from chatops.simulator.signatures import Signed

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request, read to its end."""

    method: str
    path: str  # still percent-encoded
    raw_query: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)
    path_values: Mapping[str, str] = field(default_factory=dict)
    drift: str = ""  # how a fault moves the pages of the listing, if it does

    @property
    def authentication(self) -> Authentication:
        """Which credentials were sent, whatever they are worth."""
        if "authorization" in self.headers:
            return "both" if "x-auth-token" in self.headers else "signature"
        return "token" if "x-auth-token" in self.headers else "none"

    @property
    def signed(self) -> Signed:
        """What a signature has to cover."""
        return Signed(self.method, self.path, self.raw_query, self.headers, self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer before it is put on the wire."""

    status: int
    body: bytes
    verdict: str
    content_type: str | None = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def with_body(self, body: bytes) -> "Reply":
        """The same answer with another body."""
        return replace(self, body=body)


def json_bytes(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def refusal_body(refusal: RefusedError, gateway_id: str) -> dict[str, object]:
    """The body of an error; the gateway's own errors carry its request id."""
    body: dict[str, object] = {"error_code": refusal.error.code, "error_msg": refusal.message}
    if not isinstance(refusal.error, ApiError):
        body["request_id"] = gateway_id
    return body


def refusal_reply(refusal: RefusedError, gateway_id: str) -> Reply:
    """An error as an answer."""
    return Reply(
        status=refusal.error.status,
        body=json_bytes(refusal_body(refusal, gateway_id)),
        verdict=refusal.error.code,
        headers={"X-Request-Id": gateway_id},
    )
