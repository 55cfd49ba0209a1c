"""Faults on demand: what goes wrong, with which requests, and how often."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Literal, get_args

Instead = Literal["throttled", "error", "html", "drop_before", "raw"]
"""Kinds that answer in place of the service: the request has no effect."""

After = Literal[
    "drop_after",
    "business",
    "malformed",
    "truncated",
    "wrong_content_type",
    "oversized",
    "deep",
    "invalid_utf8",
    "missing_ids",
    "page_drift",
    "flat_install",
]
"""Kinds that let the request have its effect, and spoil the answer."""

Kind = Literal[Instead, After, "slow", "expired_token", "clock_skew"]
INSTEAD: tuple[Instead, ...] = get_args(Instead)
AFTER: tuple[After, ...] = get_args(After)
KINDS: tuple[Kind, ...] = get_args(Kind)
DRIFTS = ("shift", "duplicate", "repeat", "absurd_total")
MOST_SECONDS = 1e9
MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong. Matching fields left empty match everything; `times` left empty means always.

    Raises:
        ValueError: for an unknown kind, a drift that is none, or a number or header that cannot be.

    """

    kind: Kind
    operation: str = ""  # name of a call, such as "batch-reset"; IAM's are "iam-token" and "iam-projects"
    method: str = ""
    path: str = ""  # a glob over the path, such as "/v1/instances/tasks/*"
    times: int | None = None  # strikes this often, then is gone
    status: int = 0  # error, business, html, raw
    code: str = ""  # error, business
    message: str = ""  # error, business; empty: the documented message of status and code
    retry_after: str = ""  # throttled, error: value of Retry-After; empty: not sent
    seconds: float = 0.0  # slow: delay; clock_skew: how far this server's clock is ahead
    size: int = 8_388_608  # oversized: bytes of the body; deep: levels of nesting, at most a tenth of it
    content_type: str = "application/json"  # raw
    body_base64: str = ""  # raw
    drift: str = "shift"  # page_drift: one of DRIFTS

    def __post_init__(self) -> None:
        """Refuse what would silently never strike."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault: {self.kind}; known are {', '.join(KINDS)}")
        if self.drift not in DRIFTS:
            raise ValueError(f"unknown drift: {self.drift}; known are {', '.join(DRIFTS)}")
        base64.b64decode(self.body_base64, validate=True)
        for name, is_possible, wanted in self._limits():
            if not is_possible:
                raise ValueError(f"{name} must be {wanted}, not {getattr(self, name)!r}")

    def _limits(self) -> Iterator[tuple[str, bool, str]]:
        """Field, whether it can be, and what it must be."""
        yield "times", self.times is None or self.times >= 1, "1 or more"
        yield "status", self.status == 0 or 200 <= self.status <= 599, "200 to 599, or 0"
        least = -MOST_SECONDS if self.kind == "clock_skew" else 0.0  # a clock may be late as well
        yield "seconds", least <= self.seconds <= MOST_SECONDS, f"{least:g} to {MOST_SECONDS:g}"
        yield "size", 0 <= self.size <= MOST_BYTES, f"0 to {MOST_BYTES}"
        for name, value in (("retry_after", self.retry_after), ("content_type", self.content_type)):
            yield name, value.isascii() and value.isprintable(), "printable ASCII"

    def matches(self, operation: str, method: str, path: str) -> bool:
        """Whether a request is meant."""
        return (
            self.operation in ("", operation)
            and self.method in ("", method)
            and (not self.path or fnmatchcase(path, self.path))
        )


def fault_from_json(value: object) -> Fault:
    """A fault as the admin route is sent one.

    Raises:
        ValueError: if it is no object, lacks its kind, or has a key or a type no fault has.

    """
    if not isinstance(value, dict):
        raise ValueError("a fault is an object")  # noqa: TRY004 - one kind of error for whoever sends it
    known: Mapping[str, type | tuple[type, ...]] = {field.name: str for field in fields(Fault)} | {
        "times": (int, type(None)),
        "status": int,
        "seconds": (int, float),
        "size": int,
    }
    for name, each in value.items():
        if name not in known:
            raise ValueError(f"unknown key: {name}; known are {', '.join(known)}")
        if not isinstance(each, known[name]) or isinstance(each, bool):
            raise ValueError(f"wrong type: {name}")  # noqa: TRY004 - as above
    if "kind" not in value:
        raise ValueError("a fault needs a kind")
    return Fault(**value)


@dataclass(slots=True)
class _Armed:
    fault: Fault
    left: int | None


class Faults:
    """The faults that are armed, in the order in which they were added."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def __len__(self) -> int:
        return len(self._armed)

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._armed.append(_Armed(fault, fault.times))

    def clear(self) -> None:
        """Disarm all faults."""
        self._armed.clear()

    def take(self, operation: str, method: str, path: str) -> list[Fault]:
        """The faults that strike a request. Of those that answer in its place only the first strikes."""
        struck: list[_Armed] = []
        answered = False
        for armed in self._armed:
            answers = armed.fault.kind in INSTEAD
            if armed.fault.matches(operation, method, path) and not (answers and answered):
                struck.append(armed)
                answered = answered or answers
        for armed in struck:
            if armed.left is not None:
                armed.left -= 1
        self._armed = [armed for armed in self._armed if armed.left is None or armed.left > 0]
        return [armed.fault for armed in struck]
