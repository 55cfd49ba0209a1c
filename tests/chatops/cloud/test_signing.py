import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chatops.cloud.signing import (
    MOST_SIGNED_BYTES,
    UNSIGNED_PAYLOAD,
    authorization,
    canonical_path,
    canonical_request,
    payload_hash,
    query_string,
    signed_headers,
    timestamp,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data/signing_vectors.json").read_text(encoding="utf-8")
)["vectors"]


def headers_of(vector: Mapping[str, Any]) -> dict[str, str]:
    return {**vector["request"]["headers"], **vector["expected"]["extra_headers"]}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_signature_is_that_of_the_vendors_own_signer(vector: dict[str, Any]) -> None:
    request, expected = vector["request"], vector["expected"]
    body = None if request["body"] is None else request["body"].encode()
    query = query_string(map(tuple, request["query"]))
    headers = headers_of(vector)
    assert query == expected["canonical_query"]
    assert canonical_path(request["path"]) == expected["canonical_uri"]
    assert canonical_request(request["method"], request["path"], query, headers, body) == expected["canonical_request"]
    assert ";".join(name for name, _ in signed_headers(headers)) == expected["signed_headers"]
    proof = authorization(
        vector["access_key"],
        vector["secret_key"],
        method=request["method"],
        path=request["path"],
        query=query,
        headers=headers,
        body=body,
    )
    assert proof == expected["authorization"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_payload_hash_is_that_of_the_vector(vector: dict[str, Any]) -> None:
    body, expected = vector["request"]["body"], vector["expected"]["payload_hash"]
    assert expected in {UNSIGNED_PAYLOAD, payload_hash(None if body is None else body.encode())}


def test_no_body_and_an_empty_object_have_different_hashes() -> None:
    assert payload_hash(None) == payload_hash(b"") != payload_hash(b"{}")


def test_timestamp_is_utc_to_the_second() -> None:
    assert timestamp(1_573_788_995.9) == "20191115T033635Z"


def test_characters_of_a_path_are_encoded_once() -> None:
    assert canonical_path("/v1/instances/tasks/a%2Fb c~_-.") == "/v1/instances/tasks/a/b%20c~_-./"


def test_headers_with_an_underscore_are_not_signed() -> None:
    assert signed_headers({"X_Odd": "1", "Host": " h "}) == [("host", "h")]


def test_signed_bodies_may_have_twelve_megabytes() -> None:
    assert MOST_SIGNED_BYTES == 12 * 1024 * 1024
