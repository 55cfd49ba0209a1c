import random

import pytest

from chatops.simulator import DEMO_ACCOUNT
from chatops.simulator.clock import Clock
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.tokens import Tokens
from tests.chatops.simulator.harness import Time


@pytest.fixture
def time() -> Time:
    return Time(1_550_040_000.25)


@pytest.fixture
def tokens(time: Time) -> Tokens:
    return Tokens(Clock(time, 1.0), 60.0, random.Random(1))  # noqa: S311 - has to be repeatable


def _refusal(tokens: Tokens, text: str) -> object:
    with pytest.raises(RefusedError) as caught:
        tokens.resolve(text)
    return caught.value.error


def test_a_token_is_valid_until_it_expires(tokens: Tokens, time: Time) -> None:
    text, token = tokens.issue(DEMO_ACCOUNT)
    assert token.expires_at == "2019-02-13T06:41:00.250000Z"
    time.forward(59)
    assert tokens.resolve(text).account is DEMO_ACCOUNT
    time.forward(1)
    assert _refusal(tokens, text) is ApiError.TOKEN_INVALID


def test_a_new_token_does_not_void_the_old_one(tokens: Tokens) -> None:
    first, _ = tokens.issue(DEMO_ACCOUNT)
    second, _ = tokens.issue(DEMO_ACCOUNT)
    assert first != second
    assert tokens.resolve(first).account is DEMO_ACCOUNT
    assert tokens.issued == 2


def test_revoked_tokens_are_invalid(tokens: Tokens) -> None:
    text, _ = tokens.issue(DEMO_ACCOUNT)
    tokens.revoke_all()
    assert _refusal(tokens, text) is ApiError.TOKEN_INVALID


@pytest.mark.parametrize("text", ["", "nonsense", "MIISIM", "MIISIM" + "-" * 48])
def test_what_is_no_token_cannot_be_parsed(tokens: Tokens, text: str) -> None:
    assert _refusal(tokens, text) is ApiError.TOKEN_UNPARSEABLE
