"""Everything the policy may look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatops.principal import Surface
from chatops.team import Limits
from tools import Risk


@dataclass(frozen=True, kw_only=True)
class Given:
    """A consent that was given. ``typed`` says that the person typed what had to be typed."""

    kind: Literal["confirmation", "approval"]
    by: str
    roles: frozenset[str]
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One call as the policy sees it. ``risk`` is that of these very params; ``fleet`` is None where it is not known.

    ``count`` is how many phones the call concerns, ``in_use`` how many of them somebody uses, or may be using.
    ``order_instances`` and ``order_months`` are the cost of an order, 0 for anything else. The numbers of the last
    hour and day are changing calls of this person that were carried out.
    """

    person: str
    roles: frozenset[str]
    door: Surface
    assistant: bool
    action: str
    permission: str
    risk: Risk
    count: int
    fleet: int | None
    regions: frozenset[str]
    in_use: int
    order_instances: int
    order_months: int
    frozen: bool
    freeze_reason: str
    now: datetime
    calls_last_hour: int
    calls_last_day: int
    orders_last_day: int
    limits: Limits
    consent: Given | None
