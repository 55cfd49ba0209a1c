"""The vendor's request signature SDK-HMAC-SHA256, from the verifying side (conflicts list, section 3).

Written from the description of the algorithm, not from a client, so that it can bear witness about one.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
MOST_SIGNED_BYTES = 12 * 1024 * 1024
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Access=(?P<access>[^,\s]+), SignedHeaders=(?P<names>[a-z0-9;-]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_MUST_BE_SIGNED_IF_SENT = ("x-security-token", "x-project-id", "x-sdk-content-sha256")


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it came over the wire; header names in lower case."""

    method: str
    path: str  # still percent-encoded
    query: str  # still percent-encoded
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parts of an Authorization header."""

    access_key: str
    signed_headers: tuple[str, ...]
    signature: str


class SignatureError(Exception):
    """A signature that is malformed or does not match; the message may be shown to whoever sent it."""


def parse_authorization(value: str) -> Authorization:
    """The parts of the header.

    Raises:
        SignatureError: if it is not of this algorithm, or lists its headers unsorted or twice.

    """
    match = _AUTHORIZATION.fullmatch(value.strip())
    if match is None:
        raise SignatureError("the Authorization header is malformed")
    names = tuple(match["names"].split(";"))
    if list(names) != sorted(set(names)):
        raise SignatureError("SignedHeaders must be sorted and unique")
    return Authorization(match["access"], names, match["signature"])


def canonical_uri(path: str) -> str:
    """The path with every part encoded once, and a slash at its end."""
    encoded = "/".join(quote(unquote(part), safe="-_.~") for part in path.split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def canonical_query(query: str) -> str:
    """The query with names and values encoded once, sorted."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    encoded = [(quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")) for name, _, value in pairs]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def payload_hash(signed: Signed) -> str:
    """The hash of the body, or what the header says in its place for a body that is left unsigned."""
    if signed.headers.get("x-sdk-content-sha256") == UNSIGNED_PAYLOAD:
        return UNSIGNED_PAYLOAD
    return hashlib.sha256(signed.body).hexdigest()


def canonical_request(signed: Signed, names: tuple[str, ...]) -> str:
    """What the signature is made over.

    Raises:
        SignatureError: if a header that is said to be signed was not sent.

    """
    absent = [name for name in names if name not in signed.headers]
    if absent:
        raise SignatureError(f"signed header not sent: {absent[0]}")
    lines = "".join(f"{name}:{signed.headers[name].strip()}\n" for name in names)
    return "\n".join(
        (
            signed.method,
            canonical_uri(signed.path),
            canonical_query(signed.query),
            lines,
            ";".join(names),
            payload_hash(signed),
        )
    )


def verify(signed: Signed, authorization: Authorization, secret_key: str) -> None:
    """Accept a signature made with this secret key over exactly this request.

    Raises:
        SignatureError: otherwise; as the gateway does, it tells the canonical request this side computed.

    """
    if "x-sdk-date" not in authorization.signed_headers:
        raise SignatureError("X-Sdk-Date must be signed")
    for name in _MUST_BE_SIGNED_IF_SENT:
        if name in signed.headers and name not in authorization.signed_headers:
            raise SignatureError(f"{name} was sent but not signed")
    request = canonical_request(signed, authorization.signed_headers)
    date = signed.headers["x-sdk-date"].strip()
    text = f"{ALGORITHM}\n{date}\n{hashlib.sha256(request.encode()).hexdigest()}"
    expected = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, authorization.signature):
        raise SignatureError(f"verify aksk signature fail, canonicalRequest:{request.replace(chr(10), '|')}")
