"""From params to a request: pure, and the same however it is authenticated."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, cast
from urllib.parse import quote

from pydantic import JsonValue

from chatops import __version__
from chatops.cloud.signing import QueryValue, query_string
from tools import WIRE, Endpoint, Params

AnyEndpoint = Endpoint[Any, Any]

USER_AGENT = f"clouddevice-chatops/{__version__}"
REQUEST_ID = "x-request-id"


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A request as it goes on the wire. Its representation shows neither headers nor body.

    ``path`` is percent-encoded; ``query`` is the very string that is signed.
    """

    method: str
    origin: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """The same request with these headers added."""
        return replace(self, headers={**self.headers, **headers})


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which page of a listing is asked for. The reference does not say where counting starts; 1 (conflict 10)."""

    number: int
    size: int


def outgoing_request(
    endpoint: AnyEndpoint,
    params: Params,
    *,
    origin: str,
    request_id: str,
    tenant_id: str | None = None,
    page: Page | None = None,
) -> Outgoing:
    """The request for these params, not yet authenticated.

    x-request-id is sent on every call, also where the tables leave it out (conflict 6). x-tenant-id is sent only where
    it is configured, because no call documents it (conflict 8).
    """
    headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, REQUEST_ID: request_id}
    if tenant_id is not None:
        headers["x-tenant-id"] = tenant_id
    return Outgoing(
        method=endpoint.method,
        origin=origin,
        path=_path(endpoint, params),
        query=query_string(_query(endpoint, params, request_id, page)),
        headers=headers,
        body=_body(endpoint, params),
    )


def _path(endpoint: AnyEndpoint, params: Params) -> str:
    """Ids in the path are encoded whole: a task id is opaque (conflict 25)."""
    values = params.model_dump(mode="json", include=set(endpoint.path_names), context=WIRE)
    return endpoint.path.format_map({name: quote(str(value), safe="-_.~") for name, value in values.items()})


def _query(
    endpoint: AnyEndpoint, params: Params, request_id: str, page: Page | None
) -> Iterator[tuple[str, QueryValue]]:
    if endpoint.method == "GET":
        for name, value in _fields(endpoint, params).items():
            for each in value if isinstance(value, list) else [value]:
                yield name, cast("QueryValue", each)
    yield from endpoint.query.items()
    if page is not None:
        yield "page_no", page.number
        yield "page_size", page.size
    if endpoint.request_id_in_query:  # required there as well, and the same value (conflict 5)
        yield REQUEST_ID, request_id


def _body(endpoint: AnyEndpoint, params: Params) -> bytes | None:
    """The JSON body; without anything in it there is none at all, and Content-Length is 0 (conflict 65)."""
    if endpoint.method == "GET":
        return None
    fields = endpoint.body(params) if endpoint.body is not None else _fields(endpoint, params)
    document = {**fields, **endpoint.constants}
    if not document:
        return None
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _fields(endpoint: AnyEndpoint, params: Params) -> dict[str, JsonValue]:
    """Everything that is neither in the path nor kept here, under the wire's own names, secrets opened."""
    local = endpoint.local | (endpoint.local_when(params) if endpoint.local_when else frozenset())
    return params.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude=set(local | endpoint.path_names), context=WIRE
    )
