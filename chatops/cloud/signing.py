"""The signature SDK-HMAC-SHA256 of Huawei Cloud (API Request Signing Guide)."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
MOST_SIGNED_BYTES = 12 * 1024 * 1024
"""A signed body may have 12 MB (section 3.2, conflict 76)."""

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_UNRESERVED = "-_.~"

QueryValue = str | int | bool


def timestamp(seconds: float) -> str:
    """A moment as X-Sdk-Date writes it; more than 15 minutes off and the gateway refuses."""
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y%m%dT%H%M%SZ")


def query_string(query: Iterable[tuple[str, QueryValue]]) -> str:
    """The canonical query, which must stand on the wire as well: sorted, %20 for a space, ``k=`` for an empty value."""
    encoded = ((_encode(name), _encode(_as_text(value))) for name, value in query)
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def canonical_path(path: str) -> str:
    """The path with each part encoded and a slash at the end, which the wire does not have."""
    encoded = "/".join(_encode(part) for part in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def payload_hash(body: bytes | None) -> str:
    """The hash of the body. No body is not the same as ``{}`` (conflict 65)."""
    return hashlib.sha256(body or b"").hexdigest()


def signed_headers(headers: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """The headers that are signed: all given ones but those with "_" in the name, in lower case and order."""
    return sorted((name.lower(), value.strip()) for name, value in headers.items() if "_" not in name)


def canonical_request(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes | None) -> str:
    """What is signed, as one text. ``query`` is that of :func:`query_string`."""
    kept = signed_headers(headers)
    digest = next((value for name, value in kept if name == "x-sdk-content-sha256"), payload_hash(body))
    lines = "".join(f"{name}:{value}\n" for name, value in kept)
    return "\n".join([method.upper(), canonical_path(path), query, lines, ";".join(name for name, _ in kept), digest])


def authorization(
    access_key: str,
    secret_key: str,
    *,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> str:
    """The Authorization header over these headers, of which X-Sdk-Date must be one."""
    moment = next(value for name, value in headers.items() if name.lower() == "x-sdk-date")
    request = canonical_request(method, path, query, headers, body)
    to_sign = "\n".join([ALGORITHM, moment, hashlib.sha256(request.encode()).hexdigest()])
    signature = hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    names = ";".join(name for name, _ in signed_headers(headers))
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"


def _encode(text: str) -> str:
    return quote(text, safe=_UNRESERVED)


def _as_text(value: QueryValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
