"""IAM tokens: issued, looked up, expired, revoked."""

import random
import re
import time
from dataclasses import dataclass

from chatops.simulator.clock import Clock
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.settings import Account

_SHAPE = re.compile(r"MIISIM[A-Za-z0-9]{48}")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it was issued."""

    account: Account
    expires: float  # seconds since the epoch

    @property
    def expires_at(self) -> str:
        """The expiry as IAM prints it: `2019-02-13T06:52:13.855000Z`."""
        seconds, fraction = divmod(self.expires, 1)
        return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(fraction * 1_000_000):06d}Z"


class Tokens:
    """All tokens that are valid; a new one does not void the old ones."""

    def __init__(self, clock: Clock, lifetime: float, random_source: random.Random) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._random = random_source
        self._valid: dict[str, Token] = {}
        self.issued = 0

    def issue(self, account: Account) -> tuple[str, Token]:
        """A new token for a project of an account."""
        text = "MIISIM" + "".join(self._random.choices(_ALPHABET, k=48))
        token = Token(account, self._clock.protocol() + self._lifetime)
        self._valid[text] = token
        self.issued += 1
        return text, token

    def resolve(self, text: str) -> Token:
        """The token of a header.

        Raises:
            RefusedError: 500 with 6002 if it cannot be parsed, 401 with 6001 if it is expired, revoked or unknown.

        """
        if not _SHAPE.fullmatch(text):
            raise RefusedError(ApiError.TOKEN_UNPARSEABLE)
        token = self._valid.get(text)
        if token is None or token.expires <= self._clock.protocol():
            raise RefusedError(ApiError.TOKEN_INVALID)
        return token

    def revoke_all(self) -> None:
        """Void every token, as a changed password does."""
        self._valid.clear()
