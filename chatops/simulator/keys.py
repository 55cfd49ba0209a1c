"""Access keys: whose they are, whether a request is signed with one, and when too many were not."""

import calendar
import hmac
import time

from chatops.simulator.clock import Clock
from chatops.simulator.errors import GatewayError, RefusedError
from chatops.simulator.settings import Account, Key
from chatops.simulator.signatures import (
    MOST_SIGNED_BYTES,
    SignatureError,
    Signed,
    parse_authorization,
    verify,
)

SKEW_SECONDS = 15 * 60
LOCK_SECONDS = 5 * 60
FAILURES_THAT_LOCK = 5


class Keys:
    """The access keys of all accounts, with their locks."""

    def __init__(self, accounts: tuple[Account, ...], clock: Clock) -> None:
        self._clock = clock
        self._keys = {key.access_key: (account, key) for account in accounts for key in account.keys}
        self._failures: dict[str, int] = {}
        self._locked_until: dict[str, float] = {}

    def is_locked(self, access_key: str) -> bool:
        """Whether five bad signatures in a row were seen in the last five minutes."""
        return self._locked_until.get(access_key, 0.0) > self._clock.protocol()

    def identify(self, signed: Signed) -> Account:
        """The account whose key signed a request.

        Raises:
            RefusedError: 413 above 12 MB, 401 with APIGW.0303 for a date more than 15 minutes off, and with
                APIGW.0301 for a key that is unknown or locked, and for a signature or security token that is wrong.

        """
        if len(signed.body) > MOST_SIGNED_BYTES:
            raise RefusedError(GatewayError.BODY_TOO_LARGE, "signed bodies may have 12 MB")
        try:
            authorization = parse_authorization(signed.headers["authorization"])
        except SignatureError as error:
            raise RefusedError(GatewayError.AUTHENTICATION_WRONG, str(error)) from error
        if authorization.access_key not in self._keys:
            raise RefusedError(GatewayError.AUTHENTICATION_WRONG, "AK does not exist")
        if self.is_locked(authorization.access_key):
            raise RefusedError(GatewayError.AUTHENTICATION_WRONG, "AK access failed to reach the limit, forbidden")
        self._check_date(signed)
        account, key = self._keys[authorization.access_key]
        try:
            _check_security_token(key, signed)
            verify(signed, authorization, key.secret_key)
        except SignatureError as error:
            self._count_failure(key.access_key)
            raise RefusedError(GatewayError.AUTHENTICATION_WRONG, str(error)) from error
        self._failures.pop(key.access_key, None)
        return account

    def _check_date(self, signed: Signed) -> None:
        try:
            parsed = time.strptime(signed.headers.get("x-sdk-date", ""), "%Y%m%dT%H%M%SZ")
        except ValueError as error:
            raise RefusedError(GatewayError.AUTHENTICATION_WRONG, "X-Sdk-Date is missing or malformed") from error
        if abs(calendar.timegm(parsed) - self._clock.protocol()) > SKEW_SECONDS:
            raise RefusedError(GatewayError.DATE_SKEWED)

    def _count_failure(self, access_key: str) -> None:
        failures = self._failures.get(access_key, 0) + 1
        self._failures[access_key] = failures
        if failures >= FAILURES_THAT_LOCK:
            self._failures.pop(access_key)
            self._locked_until[access_key] = self._clock.protocol() + LOCK_SECONDS


def _check_security_token(key: Key, signed: Signed) -> None:
    if key.security_token is None:
        if "x-security-token" in signed.headers:
            raise SignatureError("a permanent AK has no X-Security-Token")
        return
    sent = signed.headers.get("x-security-token", "")
    if not hmac.compare_digest(sent.encode(), key.security_token.encode()):
        raise SignatureError("X-Security-Token is missing or wrong")
