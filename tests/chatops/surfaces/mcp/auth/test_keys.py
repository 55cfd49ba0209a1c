"""The identity provider's keys: rotation, floods, and answers that cannot be used."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx2
import pytest

from chatops.surfaces.mcp.auth.credential import CannotVerify
from chatops.surfaces.mcp.auth.keys import FRESH, PAUSE, STALE, SigningKeys
from tests.chatops.surfaces.mcp.issuer import KEYS, METADATA, OAUTH_METADATA, Issuer, SigningKey, open_issuer
from tests.chatops.surfaces.mcp.served import AUDIENCE, Served, wait_until

pytestmark = pytest.mark.anyio


@dataclass(kw_only=True)
class Clock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider() -> Iterator[Issuer]:
    with open_issuer() as running:
        yield running


@pytest.fixture
async def keys(provider: Issuer, clock: Clock) -> AsyncIterator[SigningKeys]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield SigningKeys(issuer=provider.url, client=client, now=clock)


@pytest.mark.process
def test_rotated_key_is_learned_without_a_restart(served: Served, issuer: Issuer) -> None:
    assert served.ask(issuer.token(AUDIENCE)).status_code == 200
    issuer.keys.insert(0, SigningKey.new_rsa("second"))
    wait_until(lambda: served.ask(issuer.token(AUDIENCE)).status_code == 200)


@pytest.mark.process
def test_flood_of_unknown_keys_asks_the_issuer_a_few_times_only(served: Served, issuer: Issuer) -> None:
    key = SigningKey.new("stranger")
    served.ask(issuer.token(AUDIENCE, key=key))
    before = issuer.asked.count(KEYS)
    for number in range(100):
        stranger = SigningKey(id=f"stranger-{number}", private=key.private, algorithm=key.algorithm)
        assert served.ask(issuer.token(AUDIENCE, key=stranger)).status_code == 401
    assert issuer.asked.count(KEYS) - before <= 2
    assert served.ask(issuer.token(AUDIENCE)).status_code == 200


async def test_keys_are_kept_while_they_are_fresh(keys: SigningKeys, provider: Issuer, clock: Clock) -> None:
    for _ in range(3):
        assert await keys.find("first") is not None
        clock.seconds += FRESH / 3
    assert provider.asked == [METADATA, KEYS]
    clock.seconds += 1
    assert await keys.find("first") is not None
    assert provider.asked == [METADATA, KEYS] * 2


async def test_new_key_is_found_after_the_pause_and_a_removed_one_is_forgotten(
    keys: SigningKeys, provider: Issuer, clock: Clock
) -> None:
    assert await keys.find("second") is None
    provider.keys = [SigningKey.new("second")]
    assert await keys.find("second") is None
    clock.seconds += PAUSE
    assert await keys.find("second") is not None
    assert await keys.find("first") is None


async def test_issuer_that_is_away_is_believed_for_a_while(keys: SigningKeys, provider: Issuer, clock: Clock) -> None:
    assert await keys.find("first") is not None
    provider.documents[METADATA] = b"<html>"
    clock.seconds += STALE
    assert await keys.find("first") is not None
    clock.seconds += 1
    with pytest.raises(CannotVerify):
        await keys.find("first")
    del provider.documents[METADATA]
    clock.seconds += PAUSE
    assert await keys.find("first") is not None


async def test_metadata_of_oauth_is_read_where_there_is_none_of_openid(keys: SigningKeys, provider: Issuer) -> None:
    provider.documents = {
        METADATA: None,
        OAUTH_METADATA: {"issuer": provider.url, "jwks_uri": f"{provider.url}{KEYS}"},
    }
    assert await keys.find("first") is not None
    assert provider.asked == [METADATA, OAUTH_METADATA, KEYS]


@pytest.mark.parametrize(
    "documents",
    [
        {METADATA: None},
        {METADATA: {"issuer": "https://id.example.com", "jwks_uri": "https://id.example.com/keys"}},
        {METADATA: {"issuer": "URL", "jwks_uri": "http://id.example.com/keys"}},
        {METADATA: {"issuer": "URL", "jwks_uri": "file:///etc/passwd"}},
        {METADATA: {"issuer": "URL"}},
        {METADATA: []},
        {METADATA: b"[" * 100_000},
        {KEYS: {"keys": 5}},
        {KEYS: b"{" + b" " * 300_000 + b"}"},
        {KEYS: None},
    ],
)
async def test_answer_that_cannot_be_used_verifies_nothing(
    keys: SigningKeys, provider: Issuer, documents: dict[str, object]
) -> None:
    for path, document in documents.items():
        named = isinstance(document, dict) and document.get("issuer") == "URL"
        provider.documents[path] = (
            {**document, "issuer": provider.url} if named and isinstance(document, dict) else document
        )
    with pytest.raises(CannotVerify):
        await keys.find("first")


async def test_keys_for_anything_but_signatures_are_left_out(keys: SigningKeys, provider: Issuer) -> None:
    document = provider.keys[0].document
    provider.documents[KEYS] = {"keys": [{**document, "use": "enc"}, "text", {**document, "kid": ""}]}
    assert await keys.find("first") is None
