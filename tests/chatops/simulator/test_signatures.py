import json
from dataclasses import replace
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import pytest

from chatops.simulator.signatures import (
    SignatureError,
    Signed,
    canonical_query,
    canonical_request,
    canonical_uri,
    parse_authorization,
    payload_hash,
    verify,
)


class Request(TypedDict):
    method: str
    headers: dict[str, str]
    body: str | None


class Expected(TypedDict):
    canonical_uri: str
    canonical_query: str
    payload_hash: str
    canonical_request: str
    authorization: str
    request_uri: str
    extra_headers: dict[str, str]


class Vector(TypedDict):
    id: str
    secret_key: str
    request: Request
    expected: Expected


_FILE = Path(__file__).parents[2] / "data" / "signing_vectors.json"
VECTORS: list[Vector] = json.loads(_FILE.read_text(encoding="utf-8"))["vectors"]


def _signed(vector: Vector) -> Signed:
    request, expected = vector["request"], vector["expected"]
    path, _, query = expected["request_uri"].partition("?")
    headers = {name.lower(): value for name, value in request["headers"].items()}
    headers |= {name.lower(): value for name, value in expected["extra_headers"].items()}
    return Signed(request["method"], path, query, headers, (request["body"] or "").encode())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_vector_of_the_vendors_signer_verifies(vector: Vector) -> None:
    expected, secret_key = vector["expected"], vector["secret_key"]
    signed = _signed(vector)
    authorization = parse_authorization(expected["authorization"])
    assert canonical_uri(signed.path) == expected["canonical_uri"]
    assert canonical_query(signed.query) == expected["canonical_query"]
    assert payload_hash(signed) == expected["payload_hash"]
    assert canonical_request(signed, authorization.signed_headers) == expected["canonical_request"]
    verify(signed, authorization, secret_key)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"},
        {"path": "/v1/instances/reboot"},
        {"query": "type=1"},
        {"body": b"{}"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("vector", VECTORS[1:4], ids=lambda vector: vector["id"])
def test_a_changed_request_does_not_verify(vector: Vector, change: dict[str, str | bytes]) -> None:
    signed = replace(_signed(vector), **change)  # type: ignore[arg-type]  # each field with a value of its type
    with pytest.raises(SignatureError, match="canonicalRequest"):
        verify(signed, parse_authorization(vector["expected"]["authorization"]), vector["secret_key"])


def test_another_secret_key_does_not_verify() -> None:
    vector = VECTORS[0]
    with pytest.raises(SignatureError, match="verify aksk signature fail"):
        verify(_signed(vector), parse_authorization(vector["expected"]["authorization"]), "wrong")


@pytest.mark.parametrize("name", ["x-security-token", "x-project-id", "x-sdk-content-sha256"])
def test_a_header_that_matters_must_be_signed_if_it_is_sent(name: str) -> None:
    vector = VECTORS[0]
    signed = _signed(vector)
    signed = replace(signed, headers={**signed.headers, name: "x"})
    with pytest.raises(SignatureError, match="not signed"):
        verify(signed, parse_authorization(vector["expected"]["authorization"]), vector["secret_key"])


def test_a_signed_header_that_was_not_sent_is_refused() -> None:
    vector = VECTORS[0]
    signed = _signed(vector)
    kept = {name: value for name, value in signed.headers.items() if name != "content-type"}
    with pytest.raises(SignatureError, match="signed header not sent: content-type"):
        verify(
            replace(signed, headers=kept),
            parse_authorization(vector["expected"]["authorization"]),
            vector["secret_key"],
        )


def test_the_date_must_be_signed() -> None:
    value = f"SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature={'0' * 64}"
    with pytest.raises(SignatureError, match="X-Sdk-Date must be signed"):
        verify(Signed("GET", "/", "", {"host": "h"}, b""), parse_authorization(value), "s")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer abc",
        f"SDK-HMAC-SHA256 Access=A,SignedHeaders=host,Signature={'0' * 64}",
        f"SDK-HMAC-SHA256 Access=A, SignedHeaders=Host, Signature={'0' * 64}",
        f"SDK-HMAC-SHA256 Access=A, SignedHeaders=x-sdk-date;host, Signature={'0' * 64}",
        f"SDK-HMAC-SHA256 Access=A, SignedHeaders=host;host, Signature={'0' * 64}",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=abc",
        f"V11-HMAC-SHA256 Access=A, SignedHeaders=host, Signature={'0' * 64}",
    ],
)
def test_a_malformed_authorization_is_refused(value: str) -> None:
    with pytest.raises(SignatureError):
        parse_authorization(value)


@pytest.mark.parametrize("part", ["a b", "a+b", "ü", "a%b", "~-_."])
def test_an_encoded_path_is_canonical_whether_or_not_it_was_encoded(part: str) -> None:
    encoded = quote(part, safe="-_.~")
    assert canonical_uri(f"/v1/{encoded}") == f"/v1/{encoded}/"


def test_a_plus_in_a_query_is_no_space() -> None:
    assert canonical_query("time=2023-08-15+14:30:45") == "time=2023-08-15%2B14%3A30%3A45"
