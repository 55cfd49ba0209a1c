"""How a simulator is set up, and the credentials it knows.

The credentials are published on purpose: they open nothing but a simulator.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Dialect = Literal["table", "example"]

ACCESS_KEY = "SIMULATORACCESSKEY01"
SECRET_KEY = "simulator-secret-key-opens-nothing-else"
TEMPORARY_ACCESS_KEY = "SIMULATORTEMPORARY01"
TEMPORARY_SECRET_KEY = "simulator-temporary-key-opens-nothing-else"
SECURITY_TOKEN = "simulator-security-token-opens-nothing-else=="
USERNAME = "demo-user"
PASSWORD = "demo-password-opens-nothing-else"
DOMAIN = "demo-domain"
PROJECT = "cn-north-4"
PROJECT_ID = "0d51a0000000000000000000000000e1"
TENANT_ID = "0d51a0000000000000000000000000a1"

OTHER_ACCESS_KEY = "SIMULATORACCESSKEY02"
OTHER_SECRET_KEY = "simulator-other-secret-key-opens-nothing-else"
OTHER_USERNAME = "other-user"
OTHER_PASSWORD = "other-password-opens-nothing-else"
OTHER_DOMAIN = "other-domain"
OTHER_PROJECT_ID = "0d51a0000000000000000000000000e2"
OTHER_TENANT_ID = "0d51a0000000000000000000000000a2"

MOST_PHONES = 100_000
LEAST_SPEED = 0.001
MOST_SPEED = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """An access key; a temporary one comes with a security token that has to be sent along."""

    access_key: str
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A tenant with its credentials and with what it may do."""

    tenant_id: str
    keys: tuple[Key, ...] = ()
    username: str
    password: str = field(repr=False)
    domain: str
    project: str = PROJECT
    project_id: str
    needs_tenant_header: bool = False  # then its calls lack x-tenant-id (0001), or have it wrong (0000)
    subscribed: bool = True  # else 1004
    whitelisted: bool = True  # else 1003
    permitted: bool = True  # else 403 with 6002


DEMO_ACCOUNT = Account(
    tenant_id=TENANT_ID,
    keys=(
        Key(access_key=ACCESS_KEY, secret_key=SECRET_KEY),
        Key(access_key=TEMPORARY_ACCESS_KEY, secret_key=TEMPORARY_SECRET_KEY, security_token=SECURITY_TOKEN),
    ),
    username=USERNAME,
    password=PASSWORD,
    domain=DOMAIN,
    project_id=PROJECT_ID,
)
OTHER_ACCOUNT = Account(
    tenant_id=OTHER_TENANT_ID,
    keys=(Key(access_key=OTHER_ACCESS_KEY, secret_key=OTHER_SECRET_KEY),),
    username=OTHER_USERNAME,
    password=OTHER_PASSWORD,
    domain=OTHER_DOMAIN,
    project_id=OTHER_PROJECT_ID,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatorSettings:
    """What a simulator is made of; the same settings give the same fleet.

    The first account owns the fleet, every other one has a phone or two that the first may not touch.

    Raises:
        ValueError: for a fleet above 100,000 phones, a speed beyond its bounds, or an unknown dialect.

    """

    phones: int = 200
    seed: int = 1
    speed: float = 1.0  # reboots, backups, tasks and so on take 1/speed of their time
    dialect: Dialect = "table"
    faults: bool = False  # opens the admin routes below /_simulator
    accounts: tuple[Account, ...] = (DEMO_ACCOUNT, OTHER_ACCOUNT)
    token_seconds: float = 86_400.0  # reference 3.2: a token is valid for 24 hours
    now: Callable[[], float] = time.time  # seconds since the epoch, for signatures, tokens and the motion of states

    def __post_init__(self) -> None:
        """Refuse what could not be simulated."""
        if not 0 <= self.phones <= MOST_PHONES:
            raise ValueError(f"phones must be 0 to {MOST_PHONES:,}, not {self.phones}")
        if not LEAST_SPEED <= self.speed <= MOST_SPEED:  # NaN is not between any two numbers
            raise ValueError(f"speed must be {LEAST_SPEED:g} to {MOST_SPEED:,}, not {self.speed:g}")
        if self.dialect not in ("table", "example"):
            raise ValueError(f"dialect must be table or example, not {self.dialect}")
        if not self.accounts:
            raise ValueError("a simulator needs an account that owns its fleet")
