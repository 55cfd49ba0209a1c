"""One call of the service, authenticated and parsed: what its handler is given, and what it answers with."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from chatops.simulator.clock import Clock
from chatops.simulator.reader import Query, Reader
from chatops.simulator.tenants import Tenant

_HEX = "0123456789abcdef"
_URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_ID = _URL_SAFE[:-2]


class Envelope(Enum):
    """Where the code of an answer stands."""

    TOP = "beside data"
    INSIDE = "inside data, as table 4-69 has it"
    EMPTY = "nowhere: no body at all"


@dataclass(frozen=True, slots=True)
class Answer:
    """A success. `data` is left out of the body when it is MISSING, which is not the same as null."""

    data: object
    message: str = "OK"
    envelope: Envelope = Envelope.TOP
    beside: Mapping[str, object] = field(default_factory=dict)  # what stands beside data at the top


MISSING = object()


@dataclass(slots=True, kw_only=True)
class Call:
    """Everything a handler may look at."""

    tenant: Tenant
    is_foreign: Callable[[str], bool]  # whether another tenant has a phone of this id
    clock: Clock
    random_source: random.Random
    printed: bool  # answer as the printed examples do, not as the tables do
    path_values: Mapping[str, str] = field(default_factory=dict)
    drift: str = ""  # how a fault moves the pages of the listing, if it does
    query: Query
    body: Reader

    def new_id(self, length: int = 32) -> str:
        """A new hexadecimal id."""
        return "".join(self.random_source.choices(_HEX, k=length))

    def new_url_safe_id(self, length: int) -> str:
        """A new id with hyphens and underscores."""
        return "".join(self.random_source.choices(_URL_SAFE, k=length))

    def new_phone_id(self) -> str:
        """A new id of eight letters and digits, as phones have."""
        return "".join(self.random_source.choices(_ID, k=8))

    def accepted(self, printed_message: str = "ok") -> Answer:
        """Success without data."""
        return Answer(MISSING, self.message(printed_message))

    def message(self, printed_message: str) -> str:
        """The text of a success: as printed for this call (conflict 37), or "OK"."""
        return printed_message if self.printed else "OK"
