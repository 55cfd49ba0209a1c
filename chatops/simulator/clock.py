"""The two times of a simulator: that of the protocol, and that in which states move."""

import time
from collections.abc import Callable


class Clock:
    """Protocol time as injected, possibly skewed by a fault, and state time, which runs `speed` times as fast."""

    def __init__(self, now: Callable[[], float], speed: float) -> None:
        self._now = now
        self._speed = speed
        self._origin = now()
        self.skew = 0.0  # seconds by which this server's own clock is wrong

    def protocol(self) -> float:
        """Seconds since the epoch, as this server believes."""
        return self._now() + self.skew

    def state(self) -> float:
        """Seconds of simulated motion; only differences mean anything."""
        return (self._now() - self._origin) * self._speed

    def text(self, state: float) -> str:
        """A state time as the listing prints times: `2024-05-24 17:34:58`, here in UTC."""
        return time_text(self._origin + state / self._speed)


def time_text(seconds: float) -> str:
    """Seconds since the epoch as `2024-05-24 17:34:58`, in UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
