"""Answers a test scripts: rate limits, errors, broken connections, before or after the request was processed."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.slack import JsonObject
from tests.slack.calls import Call


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens instead of the answer; ``is_processed`` says whether the request has its effect all the same."""

    status: int = 200
    body: JsonObject | None = None
    retry_after: int | None = None
    is_dropped: bool = False
    is_processed: bool = False

    def __str__(self) -> str:
        how = "connection dropped" if self.is_dropped else f"status {self.status} {self.body or ''}".rstrip()
        return f"{how} ({'after' if self.is_processed else 'before'} processing)"


def rate_limited(retry_after: int = 1) -> Fault:
    """429 with ``Retry-After``."""
    return Fault(status=429, body={"ok": False, "error": "ratelimited"}, retry_after=retry_after)


def error(name: str) -> Fault:
    """``ok: false`` with this error."""
    return Fault(body={"ok": False, "error": name})


def broken(status: int = 500, *, is_processed: bool = False) -> Fault:
    """A page instead of JSON, as proxies send it."""
    return Fault(status=status, is_processed=is_processed)


def dropped(*, is_processed: bool) -> Fault:
    """The connection ends without an answer."""
    return Fault(is_dropped=True, is_processed=is_processed)


@dataclass(kw_only=True)
class _Planned:
    method: str
    fault: Fault
    left: int | None
    where: Callable[[Call], bool]


class Faults:
    """What was scripted, first come first served."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(
        self,
        method: str,
        fault: Fault,
        *,
        times: int | None = 1,
        where: Callable[[Call], bool] = lambda _call: True,
    ) -> None:
        """The next calls of a method (``*``: of any) fail so; ``times=None`` until ``clear``."""
        self._planned.append(_Planned(method=method, fault=fault, left=times, where=where))

    def clear(self) -> None:
        """From now on everything is well."""
        self._planned.clear()

    @property
    def left(self) -> int:
        """Scripted failures that nobody has met so far."""
        return sum(planned.left or 0 for planned in self._planned)

    def take(self, call: Call) -> Fault | None:
        """The failure of this call, used up."""
        for planned in self._planned:
            if planned.method in (call.method, "*") and planned.left != 0 and planned.where(call):
                if planned.left is not None:
                    planned.left -= 1
                return planned.fault
        return None
