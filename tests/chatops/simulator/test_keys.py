import pytest

from chatops.simulator import (
    ACCESS_KEY,
    DEMO_ACCOUNT,
    OTHER_ACCESS_KEY,
    OTHER_ACCOUNT,
    OTHER_SECRET_KEY,
    SECRET_KEY,
    SECURITY_TOKEN,
    TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY,
)
from chatops.simulator.clock import Clock
from chatops.simulator.errors import RefusedError
from chatops.simulator.keys import Keys
from chatops.simulator.signatures import Signed
from tests.chatops.simulator.harness import Time, signed_headers

URL = "http://simulator.test/v1/instances/reboot"


def _request(
    at: float,
    body: bytes = b"{}",
    access_key: str = ACCESS_KEY,
    secret_key: str = SECRET_KEY,
    extra: dict[str, str] | None = None,
) -> Signed:
    headers = signed_headers("POST", URL, body, at, access_key=access_key, secret_key=secret_key, extra=extra)
    return Signed("POST", "/v1/instances/reboot", "", headers, body)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def keys(time: Time) -> Keys:
    return Keys((DEMO_ACCOUNT, OTHER_ACCOUNT), Clock(time, 1.0))


def _refusal(keys: Keys, signed: Signed) -> str:
    with pytest.raises(RefusedError) as caught:
        keys.identify(signed)
    return str(caught.value)


def test_a_key_identifies_its_account(keys: Keys, time: Time) -> None:
    assert keys.identify(_request(time())) is DEMO_ACCOUNT
    other = _request(time(), access_key=OTHER_ACCESS_KEY, secret_key=OTHER_SECRET_KEY)
    assert keys.identify(other) is OTHER_ACCOUNT


@pytest.mark.parametrize("offset", [-901, 901])
def test_a_date_more_than_fifteen_minutes_off_is_refused(keys: Keys, time: Time, offset: int) -> None:
    assert "APIGW.0303" in _refusal(keys, _request(time() + offset))


@pytest.mark.parametrize("offset", [-899, 899])
def test_a_date_less_than_fifteen_minutes_off_is_accepted(keys: Keys, time: Time, offset: int) -> None:
    assert keys.identify(_request(time() + offset)) is DEMO_ACCOUNT


def test_five_bad_signatures_in_a_row_lock_a_key_for_five_minutes(keys: Keys, time: Time) -> None:
    for _ in range(5):
        assert "canonicalRequest" in _refusal(keys, _request(time(), secret_key="wrong"))
    assert "limit" in _refusal(keys, _request(time()))
    time.forward(299)
    assert "limit" in _refusal(keys, _request(time()))
    time.forward(1)
    assert keys.identify(_request(time())) is DEMO_ACCOUNT


def test_a_good_signature_starts_the_count_again(keys: Keys, time: Time) -> None:
    for _ in range(3):
        for _ in range(4):
            _refusal(keys, _request(time(), secret_key="wrong"))
        keys.identify(_request(time()))
    assert not keys.is_locked(ACCESS_KEY)


def test_a_lock_leaves_other_keys_alone(keys: Keys, time: Time) -> None:
    for _ in range(5):
        _refusal(keys, _request(time(), secret_key="wrong"))
    assert keys.identify(_request(time(), access_key=OTHER_ACCESS_KEY, secret_key=OTHER_SECRET_KEY)) is OTHER_ACCOUNT


def test_an_unknown_key_is_refused(keys: Keys, time: Time) -> None:
    assert "does not exist" in _refusal(keys, _request(time(), access_key="NOBODY"))


def test_a_temporary_key_needs_its_security_token(keys: Keys, time: Time) -> None:
    def request(extra: dict[str, str]) -> Signed:
        return _request(time(), access_key=TEMPORARY_ACCESS_KEY, secret_key=TEMPORARY_SECRET_KEY, extra=extra)

    assert keys.identify(request({"X-Security-Token": SECURITY_TOKEN})) is DEMO_ACCOUNT
    assert "X-Security-Token" in _refusal(keys, request({}))
    assert "X-Security-Token" in _refusal(keys, request({"X-Security-Token": "wrong"}))


def test_a_permanent_key_takes_no_security_token(keys: Keys, time: Time) -> None:
    assert "permanent" in _refusal(keys, _request(time(), extra={"X-Security-Token": SECURITY_TOKEN}))


@pytest.mark.parametrize("date", ["", "2025-08-27T08:15:30Z", "20251327T081530Z"])
def test_a_date_that_is_none_is_refused(keys: Keys, time: Time, date: str) -> None:
    signed = _request(time())
    changed = Signed(signed.method, signed.path, "", {**signed.headers, "x-sdk-date": date}, signed.body)
    assert "X-Sdk-Date" in _refusal(keys, changed)


def test_a_malformed_authorization_is_refused(keys: Keys, time: Time) -> None:
    signed = _request(time())
    changed = Signed(signed.method, signed.path, "", {**signed.headers, "authorization": "Basic x"}, signed.body)
    assert "malformed" in _refusal(keys, changed)


def test_a_signed_body_above_twelve_megabytes_is_refused(keys: Keys, time: Time) -> None:
    limit = 12 * 1024 * 1024
    assert keys.identify(_request(time(), body=b" " * limit)) is DEMO_ACCOUNT
    assert "12 MB" in _refusal(keys, _request(time(), body=b" " * (limit + 1)))
