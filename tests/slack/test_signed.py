"""Signed HTTP, held against the SDK's own verifier and Slack's published example."""

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.slack.conftest import Recorder, http_app
from tests.slack.fake import FakeSlack
from tests.slack.signed import signature

pytestmark = pytest.mark.anyio

# The example of Slack's page "Verifying requests from Slack".
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_signature_is_that_of_slacks_own_example() -> None:
    assert signature(SECRET, "1531420618", BODY) == SIGNATURE


async def test_every_kind_of_request_passes_the_sdks_verifier(slack: FakeSlack, app: Recorder) -> None:
    verifier = SignatureVerifier(slack.application.signing_secret)
    async with http_app(app) as address:
        slack.delivers_to(address)
        bob = slack.person("U0BOB")
        await bob.types("/phone", "list & more=“x”")
        await bob.mentions("status")
        await bob.uses_shortcut("run")
    assert len(app.headers) == 3
    for headers in app.headers:
        assert verifier.is_valid_request(headers["raw"], headers)
        assert not verifier.is_valid_request(headers["raw"] + " ", headers)


async def test_request_may_be_signed_for_another_time_or_not_at_all(slack: FakeSlack, app: Recorder) -> None:
    verifier = SignatureVerifier(slack.application.signing_secret)
    async with http_app(app) as address:
        old = slack.http.headers("a=b", at=slack.clock() - 301)
        assert (await slack.http.post(address, "a=b", old))[0] == 200
        assert (await slack.http.post(address, "a=b", {"Content-Type": "text/plain"}))[0] == 200
    assert [verifier.is_valid_request("a=b", headers) for headers in app.headers] == [False, False]


async def test_addresses_take_turns_like_replicas(slack: FakeSlack) -> None:
    one, other = Recorder(), Recorder()
    async with http_app(one) as first, http_app(other) as second:
        slack.delivers_to(first, second)
        for number in range(4):
            await slack.person("U0BOB").types("/phone", str(number))
    assert (len(one.got), len(other.got)) == (2, 2)


async def test_address_is_verified_by_challenge(slack: FakeSlack, app: Recorder) -> None:
    async def echo(payload: dict[str, object]) -> dict[str, object]:
        return {"challenge": payload["challenge"]}

    app.listener = echo
    async with http_app(app) as address:
        assert await slack.http.verify_address(address)
        app.listener = None
        assert not await slack.http.verify_address(address)


async def test_refused_and_unreachable_requests_are_failures(slack: FakeSlack, app: Recorder) -> None:
    async with http_app(app) as address:
        slack.delivers_to(address.replace("events", "nowhere"))
        answer = await slack.person("U0BOB").types("/phone")
        assert (answer.failure, answer.receipt.status) == ("dispatch_failed", 404)
    assert (await slack.person("U0BOB").types("/phone")).failure == "dispatch_failed"
