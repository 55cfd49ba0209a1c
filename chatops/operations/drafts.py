"""What is written down of a changing call before anybody consents to it."""

import secrets
from dataclasses import dataclass

from pydantic import JsonValue

from chatops.principal import Principal
from chatops.roles import Role

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LENGTH = 16


def new_operation_id() -> str:
    """``op_`` and 16 characters that nobody guesses and nobody mixes up when reading them aloud."""
    return "op_" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One request that the call will become."""

    region: str | None
    targets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A planned call. ``params`` are masked, ``sealed`` holds the secret ones; ``lifetime`` is in seconds.

    ``asks`` says that somebody is asked for a consent, and ``approver_roles`` what another person has to be for it.
    ``call`` is the id of the call in the audit.
    """

    id: str
    call: str
    principal: Principal
    action: str
    risk: str
    count: int
    params: dict[str, JsonValue]
    sealed: str | None
    plan: dict[str, JsonValue]
    digest: str
    text_digest: str
    rules: tuple[str, ...]
    facts: dict[str, JsonValue]
    lifetime: float
    parts: tuple[Part, ...]
    asks: bool
    approver_roles: tuple[Role, ...] | None = None
