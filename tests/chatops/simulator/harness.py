"""A client of the simulator that knows nothing of the product's own: it sends exactly what a test says."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import httpx2

from chatops.simulator import ACCESS_KEY, DOMAIN, PASSWORD, PROJECT, SECRET_KEY, USERNAME, Simulator
from chatops.simulator.settings import Account, Dialect

REQUEST_ID = "6f1c2d3e4b5a69788796a5b4c3d2e1f0"
EPOCH = 1_756_300_000.0


@dataclass
class Time:
    """A clock that stands still until it is told otherwise."""

    seconds: float = EPOCH

    def __call__(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        self.seconds += seconds


def credentials(
    username: str = USERNAME, password: str = PASSWORD, domain: str = DOMAIN, project: str = PROJECT
) -> dict[str, object]:
    user = {"name": username, "password": password, "domain": {"name": domain}}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": {"project": {"name": project}}}}


@dataclass
class Cloud:
    """Sends requests, with a token unless told otherwise."""

    simulator: Simulator
    client: httpx2.AsyncClient
    time: Time
    token: str = field(default="", repr=False)

    async def sign_in(self, account: Account | None = None) -> None:
        account = account or self.simulator.settings.accounts[0]
        body = credentials(account.username, account.password, account.domain, account.project)
        answer = await self.client.post("/v3/auth/tokens", json=body)
        self.token = answer.headers["X-Subject-Token"]

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        without: tuple[str, ...] = (),
    ) -> httpx2.Response:
        if not self.token:
            await self.sign_in()
        sent = {"X-Auth-Token": self.token, "x-request-id": REQUEST_ID, **(headers or {})}
        kept = {name: value for name, value in sent.items() if name.lower() not in without}
        if content is not None:
            kept.setdefault("Content-Type", "application/json")
            return await self.client.request(method, path, content=content, params=params, headers=kept)
        return await self.client.request(method, path, json=body, params=params, headers=kept)

    async def post(self, call: str, body: object) -> httpx2.Response:
        return await self.send("POST", f"/v1/instances/{call}", body)

    async def list(self, **params: str) -> httpx2.Response:
        query = {"x-request-id": REQUEST_ID, "page_no": "1", "page_size": "100", **params}
        return await self.send("GET", "/v1/instances/batch-query", params=query)


class MakeCloud(Protocol):
    """Builds a cloud of its own: any setting but the clock can be given."""

    def __call__(
        self,
        *,
        phones: int = ...,
        dialect: Dialect = ...,
        speed: float = ...,
        faults: bool = ...,
        accounts: tuple[Account, ...] | None = ...,
        token_seconds: float = ...,
    ) -> AbstractAsyncContextManager[Cloud]: ...


def outcome(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of an answer, without the family's prefix; the code may stand inside data."""
    body = answer.json()
    code = body["error_code"] if "error_code" in body else body["data"]["error_code"]
    return answer.status_code, code.removeprefix("KOOPHONE.API.")


def signed_headers(
    method: str,
    url: str,
    body: bytes,
    at: float,
    *,
    access_key: str = ACCESS_KEY,
    secret_key: str = SECRET_KEY,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Headers with an AK/SK signature over all of them; the URL's path and query must need no encoding."""
    parts = urlsplit(url)
    headers = {
        "host": parts.netloc,
        "x-sdk-date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at)),
        **{name.lower(): value for name, value in (extra or {}).items()},
    }
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    query = "&".join(sorted(parts.query.split("&")))
    request = "\n".join(
        (method, f"{parts.path}/", query, lines, ";".join(names), hashlib.sha256(body).hexdigest()),
    )
    text = f"SDK-HMAC-SHA256\n{headers['x-sdk-date']}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"SDK-HMAC-SHA256 Access={access_key}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return headers
