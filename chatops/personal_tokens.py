"""Personal tokens: what a person shows instead of one by an identity provider. The team file holds their hashes."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

PREFIX: Final = "chatops_pat_"
"""How every personal token begins, so that one in a log or a repository is found."""

LONGEST = timedelta(days=366)
_BYTES = 32
_HASH_PREFIX = "sha256:"


class PersonalToken(BaseModel):
    """A token of one person: its name, its hash, and its last day (UTC). Whoever removes it revokes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    hash: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    expires: date

    @property
    def is_expired(self) -> bool:
        """Whether its last day is over."""
        return datetime.now(UTC).date() > self.expires


def new_token() -> str:
    """A token that nobody can guess: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> str:
    """What the team file holds of it.

    Plain SHA-256: slow hashes protect passwords, which can be guessed; of 256 random bits there is nothing to guess.
    """
    return _HASH_PREFIX + hashlib.sha256(token.encode()).hexdigest()


def last_day(lifetime: timedelta) -> date:
    """The last day of a token that is made now."""
    return (datetime.now(UTC) + lifetime).date()


def matching(shown: str, known: Iterable[tuple[str, PersonalToken]]) -> tuple[str, PersonalToken] | None:
    """The person and their token, or None. Every hash is compared, in a time that tells nothing."""
    shown_hash = hash_of(shown)
    found: tuple[str, PersonalToken] | None = None
    for person, token in known:
        if hmac.compare_digest(shown_hash, token.hash):
            found = (person, token)
    return found
